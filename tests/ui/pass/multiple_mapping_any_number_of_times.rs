use van_bulk::Job;
use van_bulk_mappings::activist_code::{ActivistCode, activist_code_id};
use van_bulk_mappings::resource::{Contacts, ContactsActivistCodes};
use van_bulk_ui_tests::Signup;

fn main() {
    let codes = || ActivistCode::new(activist_code_id::HarborCleanupHost);
    let _ = Job::<Contacts, Signup>::new("Sign-ups").apply(codes()).apply(codes()).apply(codes()).finish();
    let _ = Job::<ContactsActivistCodes, Signup>::new("Codes").apply(codes()).apply(codes()).finish();
}
