use golden_every_rule::any_parent::AnyParent;
use van_bulk_ui_tests::Signup;

fn main() {
    let _ = AnyParent::new().note(Signup::CODE);
}
