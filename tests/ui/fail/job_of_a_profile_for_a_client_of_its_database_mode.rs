use golden_two_profiles::acme;
use van_bulk::Job;
use van_bulk::mode::MyCampaign;
use van_bulk_ui_tests::{Client, Signup};

fn main() {
    let code = acme::activist_code::ActivistCode::new(Signup::CODE);
    let job = Job::<acme::resource::Contacts, Signup>::new("Codes").apply(code).finish().unwrap();
    Client::<MyCampaign>::connect().submit(&job);
}
