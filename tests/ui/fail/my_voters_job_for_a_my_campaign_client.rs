use golden_activist_code::activist_code::ActivistCode;
use golden_activist_code::resource::ContactsActivistCodes;
use van_bulk::Job;
use van_bulk::mode::MyCampaign;
use van_bulk_ui_tests::{Client, Signup};

fn main() {
    let job = Job::<ContactsActivistCodes, Signup>::new("Codes").apply(ActivistCode::new(Signup::CODE));
    Client::<MyCampaign>::connect().submit(&job.finish().unwrap());
}
