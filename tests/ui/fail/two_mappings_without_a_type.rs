use golden_every_rule::optional_type::OptionalType;
use golden_every_rule::resource::Things;
use van_bulk::Job;
use van_bulk_ui_tests::Signup;

fn main() {
    let _ = Job::<Things, Signup>::new("Things")
        .apply(OptionalType::new(Signup::CODE))
        .apply(OptionalType::new(Signup::EMAIL));
}
