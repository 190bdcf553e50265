use van_bulk_mappings::email::{Email, email_type_id};
use van_bulk_ui_tests::Signup;

fn main() {
    let _ = Email::new(Signup::EMAIL).email_subscription_status_id(email_type_id::Personal);
}
