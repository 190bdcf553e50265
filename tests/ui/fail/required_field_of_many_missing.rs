use van_bulk_mappings::canvass_results::{CanvassResults, Required, contact_type_id, result_id};
use van_bulk_ui_tests::Signup;

fn main() {
    let _ = CanvassResults::new(Required {
        canvassed_by: Signup::CANVASSED_BY,
        contact_type_id: contact_type_id::Walk,
        result_id: result_id::Any::try_from("1").unwrap(),
    });
}
