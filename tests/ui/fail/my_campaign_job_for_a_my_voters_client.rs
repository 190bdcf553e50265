use van_bulk::Job;
use van_bulk::mode::MyVoters;
use van_bulk_mappings::activist_code::ActivistCode;
use van_bulk_mappings::resource::ContactsActivistCodes;
use van_bulk_ui_tests::{Client, Signup};

fn main() {
    let job = Job::<ContactsActivistCodes, Signup>::new("Codes").apply(ActivistCode::new(Signup::CODE));
    Client::<MyVoters>::connect().submit(&job.finish().unwrap());
}
