use golden_two_profiles::acme::paper_lanterns::{PaperLanterns, lantern_color};
use van_bulk_ui_tests::Signup;

fn main() {
    let lantern = PaperLanterns::new().lantern_color(lantern_color::Green);
    let _ = lantern.wish_text(Signup::EMAIL);
}
