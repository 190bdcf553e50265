use van_bulk_mappings::email::email_type_id;
use van_bulk_mappings::phones::Phones;
use van_bulk_ui_tests::Signup;

fn main() {
    let work = email_type_id::Any::try_from("Work").unwrap();
    let _ = Phones::new(Signup::HOME_PHONE, Signup::CODE.translate([("w", work)]));
}
