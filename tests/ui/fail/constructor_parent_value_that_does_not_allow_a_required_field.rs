use golden_every_rule::promoted_limit::{PromotedLimit, group};
use van_bulk_ui_tests::Signup;

fn main() {
    let _ = PromotedLimit::new(group::Eight, Signup::CODE, Signup::EMAIL);
}
