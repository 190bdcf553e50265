use van_bulk::raw;
use van_bulk_mappings::email::Email;
use van_bulk_ui_tests::Signup;

fn main() {
    let _ = Email::new(Signup::EMAIL.translate([("me", raw("me@example.org"))]));
}
