use golden_two_profiles::{acme, beta};
use van_bulk_ui_tests::Signup;

fn main() {
    let code = acme::activist_code::ActivistCode::new(Signup::CODE).canvassed_by(Signup::CANVASSED_BY);
    let _ = code.contact_type_id(beta::activist_code::contact_type_id::Walk);
}
