use golden_two_profiles::beta::paper_lanterns::PaperLanterns;
use golden_two_profiles::beta::resource::KiteFlyers;
use van_bulk::Job;
use van_bulk_ui_tests::Signup;

fn main() {
    let lantern = || PaperLanterns::new().lantern_color(Signup::CODE);
    let _ = Job::<KiteFlyers, Signup>::new("Kites").apply(lantern()).apply(lantern());
}
