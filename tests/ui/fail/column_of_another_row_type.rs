use van_bulk_mappings::activist_code::ActivistCode;
use van_bulk_ui_tests::{Donation, Signup};

fn main() {
    let _ = ActivistCode::new(Signup::CODE).canvassed_by(Donation::AMOUNT);
}
