use golden_two_profiles::{acme, beta};
use van_bulk::Job;
use van_bulk_ui_tests::Signup;

fn main() {
    let code = beta::activist_code::ActivistCode::new(Signup::CODE);
    let _ = Job::<acme::resource::Contacts, Signup>::new("Codes").apply(code);
}
