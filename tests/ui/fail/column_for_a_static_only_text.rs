use golden_every_rule::sources::Sources;
use van_bulk_ui_tests::Signup;

fn main() {
    let _ = Sources::<Signup>::new().static_text(Signup::CODE);
}
