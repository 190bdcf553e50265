use van_bulk::Job;
use van_bulk_mappings::phones::{Phones, phone_type_id};
use van_bulk_mappings::resource::Contacts;
use van_bulk_ui_tests::Signup;

fn main() {
    let _ = Job::<Contacts, Signup>::new("Sign-ups")
        .apply(Phones::new(Signup::HOME_PHONE, phone_type_id::Home))
        .apply(Phones::new(Signup::WORK_PHONE, phone_type_id::Home));
}
