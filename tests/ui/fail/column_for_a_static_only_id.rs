use van_bulk::raw;
use van_bulk_mappings::create_or_update_activist_codes::CreateOrUpdateActivistCodes;
use van_bulk_ui_tests::Signup;

fn main() {
    let _ = CreateOrUpdateActivistCodes::new(Signup::CODE, raw("1")).action(Signup::EMAIL);
}
