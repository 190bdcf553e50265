use golden_two_profiles::acme::activist_code::ActivistCode;
use van_bulk_ui_tests::Signup;

fn main() {
    let _ = ActivistCode::new(Signup::CODE).date_canvassed(Signup::DATE);
}
