use golden_two_profiles::acme::resource::LighthouseKeepers;
use golden_two_profiles::beta::tea_ceremonies::TeaCeremonies;
use van_bulk::Job;
use van_bulk_ui_tests::Signup;

fn main() {
    let _ = Job::<LighthouseKeepers, Signup>::new("Tea").apply(TeaCeremonies::new(Signup::CODE));
}
