use van_bulk::Job;
use van_bulk_mappings::create_or_update_contact::CreateOrUpdateContact;
use van_bulk_mappings::resource::Contacts;
use van_bulk_ui_tests::Signup;

fn main() {
    let _ = Job::<Contacts, Signup>::new("Sign-ups")
        .apply(CreateOrUpdateContact::new().email(Signup::EMAIL))
        .apply(CreateOrUpdateContact::new().phone(Signup::HOME_PHONE));
}
