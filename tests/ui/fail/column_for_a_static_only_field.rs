use van_bulk_mappings::apply_external_id::ApplyExternalId;
use van_bulk_ui_tests::Signup;

fn main() {
    let _ = ApplyExternalId::new(Signup::CODE, Signup::EMAIL);
}
