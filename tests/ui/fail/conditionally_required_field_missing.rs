use golden_every_rule::required::{Required, Required_2, kind};
use golden_every_rule::resource::Things;
use van_bulk::Job;
use van_bulk_ui_tests::Signup;

fn main() {
    let mapping = Required::new(Required_2 {
        grandparent: Signup::EMAIL,
        kind: kind::One,
        parent: Signup::CODE,
        child: Signup::DATE,
    });
    let _ = Job::<Things, Signup>::new("Things").apply(mapping);
}
