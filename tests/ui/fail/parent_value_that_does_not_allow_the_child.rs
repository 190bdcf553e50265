use van_bulk::static_value;
use van_bulk_mappings::edit_contribution_data::{EditContributionData, payment_type_id};
use van_bulk_ui_tests::Donation;

fn main() {
    let _ = EditContributionData::<Donation>::new()
        .payment_type_id(payment_type_id::Cash)
        .check_number(static_value("1021"));
}
