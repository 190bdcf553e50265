use van_bulk::{raw, static_value};
use van_bulk_mappings::edit_contribution_data::EditContributionData;
use van_bulk_ui_tests::Donation;

fn main() {
    let id = std::env::args().next().unwrap_or_default();
    let _ = EditContributionData::<Donation>::new().payment_type_id(raw(id)).check_number(static_value("1021"));
}
