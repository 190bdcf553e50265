use golden_every_rule::any_parent_required::AnyParentRequired;
use golden_every_rule::resource::Things;
use van_bulk::Job;
use van_bulk_ui_tests::Signup;

fn main() {
    let _ = Job::<Things, Signup>::new("Things").apply(AnyParentRequired::new(Signup::CODE));
}
