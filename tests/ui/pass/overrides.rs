use golden_every_rule::any_parent::{AnyParent, kind};
use golden_every_rule::any_parent_required::AnyParentRequired;
use golden_every_rule::disclosure::Disclosure;
use golden_every_rule::optional_type::{OptionalType, type_};
use golden_every_rule::resource::Things;
use van_bulk::{Job, raw};
use van_bulk_ui_tests::Signup;

fn main() {
    // One parent is enough, whichever it is.
    let _ = AnyParent::new().email(Signup::EMAIL).note(Signup::CODE);
    let _ = AnyParent::new().phone(Signup::HOME_PHONE).note(Signup::CODE);
    let _ = AnyParent::new().kind(kind::One).detail(Signup::CODE);
    let _ = AnyParent::new().email(Signup::EMAIL).kind(kind::Two).detail(Signup::CODE);
    let _ = AnyParent::new().kind(Signup::CODE).detail(Signup::CODE);

    let _ = Job::<Things, Signup>::new("Things")
        .apply(AnyParentRequired::new(Signup::CODE).phone(Signup::HOME_PHONE))
        // Any number of mappings may fill the same group, and those that fill none.
        .apply(Disclosure::new(Signup::CODE).occupation(Signup::EMAIL).employer(Signup::DATE))
        .apply(Disclosure::new(Signup::CODE).occupation(Signup::EMAIL))
        .apply(Disclosure::new(Signup::CODE).note(Signup::EMAIL))
        .apply(OptionalType::new(Signup::CODE))
        .apply(OptionalType::new(Signup::CODE).type_(type_::First))
        .apply(OptionalType::new(Signup::CODE).type_(type_::Second))
        .finish()
        .unwrap();

    // Values that are known only now are checked by the job.
    let job = Job::<Things, Signup>::new("Things").apply(AnyParent::new().kind(raw("2")).detail(Signup::CODE));
    assert!(job.finish().unwrap_err().to_string().contains("`Detail` is not allowed where `Kind` is `2`"));
}
