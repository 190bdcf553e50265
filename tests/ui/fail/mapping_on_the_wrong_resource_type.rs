use van_bulk::Job;
use van_bulk_mappings::email::Email;
use van_bulk_mappings::resource::ContactsActivistCodes;
use van_bulk_ui_tests::Signup;

fn main() {
    let _ = Job::<ContactsActivistCodes, Signup>::new("Sign-ups").apply(Email::new(Signup::EMAIL));
}
