use van_bulk::{Column, column};
use van_bulk_ui_tests::Signup;

const EMAIL: Column<Signup> = column!(Signup, "Emial");

fn main() {
    let _ = EMAIL;
}
