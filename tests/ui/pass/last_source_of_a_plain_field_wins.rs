use van_bulk::{Job, static_value};
use van_bulk_mappings::create_or_update_contact::CreateOrUpdateContact;
use van_bulk_mappings::resource::Contacts;
use van_bulk_ui_tests::Signup;

fn main() {
    let contact = CreateOrUpdateContact::new().first_name(Signup::EMAIL).first_name(static_value("Ada"));
    let job = Job::<Contacts, Signup>::new("Sign-ups").apply(contact).finish().unwrap();
    let fields = &job.mappings()[0].field_value_mappings;
    assert_eq!(fields.len(), 1);
    assert_eq!(fields[0].static_value.as_deref(), Some("Ada"));
    assert_eq!(fields[0].column_name, None);
}
