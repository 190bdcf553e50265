use van_bulk::{Fixed, static_value};
use van_bulk_mappings::edit_contribution_data::{EditContributionData, payment_type_id};
use van_bulk_ui_tests::Donation;

fn main() {
    let edit = EditContributionData::new()
        .amount(Donation::AMOUNT)
        .payment_type_id(payment_type_id::Check)
        .check_number(static_value("1021"));
    // The type can be named: parents in the order of their names.
    let _: EditContributionData<Donation, (_, Fixed<payment_type_id::Check>)> = edit;
}
