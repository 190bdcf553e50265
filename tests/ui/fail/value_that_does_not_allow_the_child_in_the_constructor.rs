use van_bulk::static_value;
use van_bulk_mappings::apply_contact_custom_fields::{ApplyContactCustomFields, custom_field_group_id};
use van_bulk_ui_tests::Signup;

fn main() {
    let _ = ApplyContactCustomFields::<Signup>::new(custom_field_group_id::Other).cf123(static_value("text"));
}
