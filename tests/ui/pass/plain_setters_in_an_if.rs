use van_bulk::static_value;
use van_bulk_mappings::create_or_update_contact::CreateOrUpdateContact;
use van_bulk_ui_tests::Signup;

fn main() {
    let mut contact = CreateOrUpdateContact::new().email(Signup::EMAIL);
    if std::env::args().count() > 1 {
        contact = contact.first_name(static_value("Unknown"));
    }
    let _ = contact;
}
