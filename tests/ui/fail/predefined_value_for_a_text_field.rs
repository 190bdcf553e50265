use van_bulk_mappings::activist_code::{ActivistCode, contact_type_id};
use van_bulk_ui_tests::Signup;

fn main() {
    let _ = ActivistCode::new(Signup::CODE).canvassed_by(contact_type_id::Phone);
}
