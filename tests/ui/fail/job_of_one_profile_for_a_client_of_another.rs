use golden_two_profiles::{acme, beta};
use van_bulk::Job;
use van_bulk_ui_tests::{Client, Signup};

fn main() {
    let code = acme::activist_code::ActivistCode::new(Signup::CODE);
    let job = Job::<acme::resource::Contacts, Signup>::new("Codes").apply(code).finish().unwrap();
    Client::<beta::Mode>::connect().submit(&job);
}
