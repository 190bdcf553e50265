use golden_every_rule::required::{Required, Required_2, kind};
use golden_every_rule::resource::Things;
use van_bulk::{Job, raw};
use van_bulk_mappings::phones::{Phones, phone_type_id};
use van_bulk_mappings::resource::Contacts;
use van_bulk_ui_tests::Signup;

fn main() {
    let _ = Job::<Contacts, Signup>::new("One phone of each type, and types that are known at run time")
        .apply(Phones::new(Signup::HOME_PHONE, phone_type_id::Home))
        .apply(Phones::new(Signup::WORK_PHONE, phone_type_id::Work))
        .apply(Phones::new(Signup::WORK_PHONE, Signup::CODE))
        .finish()
        .unwrap();

    // Nothing is required where the parent has another value, or comes from a column.
    let _ = Job::<Things, Signup>::new("Things")
        .apply(Required::new(Required_2 { grandparent: Signup::EMAIL, kind: kind::Two, parent: Signup::CODE, child: Signup::DATE }))
        .apply(Required::new(Required_2 { grandparent: Signup::EMAIL, kind: Signup::CODE, parent: Signup::CODE, child: Signup::DATE }))
        .apply(
            Required::new(Required_2 { grandparent: Signup::EMAIL, kind: kind::One, parent: Signup::CODE, child: Signup::DATE })
                .sometimes(Signup::EMAIL),
        )
        .finish()
        .unwrap();

    // What the compiler cannot know, the job finds out.
    let job = Job::<Contacts, Signup>::new("Two home phones")
        .apply(Phones::new(Signup::HOME_PHONE, phone_type_id::Home))
        .apply(Phones::new(Signup::WORK_PHONE, raw("H")));
    let error = job.finish().unwrap_err().to_string();
    assert!(error.contains("this job already has a `Phones` mapping with the PhoneTypeID `H`"), "{error}");
    let job = Job::<Things, Signup>::new("Things")
        .apply(Required::new(Required_2 { grandparent: Signup::EMAIL, kind: raw("1"), parent: Signup::CODE, child: Signup::DATE }));
    let error = job.finish().unwrap_err().to_string();
    assert!(error.contains("the field `Sometimes` is required where `Kind` is `1`"), "{error}");
}
