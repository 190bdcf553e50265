use van_bulk::Job;
use van_bulk_mappings::email::Email;
use van_bulk_mappings::resource::Contacts;
use van_bulk_ui_tests::{Donation, Signup};

fn main() {
    let _ = Job::<Contacts, Signup>::new("Sign-ups").apply(Email::new(Donation::AMOUNT));
}
