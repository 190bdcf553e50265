use van_bulk_mappings::edit_contribution_data::EditContributionData;
use van_bulk_ui_tests::Signup;

fn main() {
    let _ = EditContributionData::new().payment_type_id(Signup::CODE).check_number(Signup::EMAIL);
}
