use golden_every_rule::disclosure::Disclosure;
use van_bulk_ui_tests::Signup;

fn main() {
    let _ = Disclosure::new(Signup::CODE).occupation(Signup::EMAIL).tax_number(Signup::DATE);
}
