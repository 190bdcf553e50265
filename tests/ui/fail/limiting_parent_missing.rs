use van_bulk::static_value;
use van_bulk_mappings::edit_contribution_data::EditContributionData;
use van_bulk_ui_tests::Donation;

fn main() {
    let _ = EditContributionData::<Donation>::new().check_number(static_value("1021"));
}
