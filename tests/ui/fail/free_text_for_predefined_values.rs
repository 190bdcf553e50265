use van_bulk::static_value;
use van_bulk_mappings::phones::Phones;
use van_bulk_ui_tests::Signup;

fn main() {
    let _ = Phones::new(Signup::HOME_PHONE, static_value("Home"));
}
