use golden_every_rule::required::{Required, kind};
use golden_every_rule::resource::Things;
use van_bulk::Job;
use van_bulk_ui_tests::Signup;

fn main() {
    let mapping = Required::new(Signup::EMAIL, kind::One, Signup::CODE, Signup::DATE);
    let _ = Job::<Things, Signup>::new("Things").apply(mapping);
}
