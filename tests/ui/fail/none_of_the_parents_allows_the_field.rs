use golden_every_rule::any_parent::{AnyParent, kind};
use van_bulk_ui_tests::Signup;

fn main() {
    let _ = AnyParent::new().kind(kind::Two).detail(Signup::CODE);
}
