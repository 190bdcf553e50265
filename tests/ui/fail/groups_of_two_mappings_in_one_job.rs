use golden_every_rule::disclosure::Disclosure;
use golden_every_rule::resource::Things;
use van_bulk::Job;
use van_bulk_ui_tests::Signup;

fn main() {
    let _ = Job::<Things, Signup>::new("Things")
        .apply(Disclosure::new(Signup::CODE).occupation(Signup::EMAIL))
        .apply(Disclosure::new(Signup::CODE).tax_number(Signup::EMAIL));
}
