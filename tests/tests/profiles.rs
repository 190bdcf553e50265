//! Two profiles in one program: what they have in common is there once, and what is wrong names the profile.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use golden_two_profiles::{acme, beta};
use van_bulk::mode::{Mode, MyCampaign};
use van_bulk::values::KnownValues;
use van_bulk::{DatabaseMode, Header, Job, static_value};

#[test]
fn rules_that_both_profiles_have_are_in_the_program_once() {
    assert!(std::ptr::eq(&acme::activist_code::RULES, &beta::activist_code::RULES));
}

#[test]
fn lists_of_values_that_both_profiles_have_are_in_the_program_once() {
    use acme::activist_code::contact_type_id::Values as Acme;
    use beta::activist_code::contact_type_id::Values as Beta;
    assert!(std::ptr::eq(Acme::VALUES, Beta::VALUES));
    assert_eq!(Acme::VALUES.len(), 2);
}

#[test]
fn what_differs_is_each_profiles_own() {
    assert!(!std::ptr::eq(&acme::paper_lanterns::RULES, &beta::paper_lanterns::RULES));
    assert_eq!(acme::paper_lanterns::RULES.resource_types, ["Contacts"]);
    assert_eq!(beta::paper_lanterns::RULES.resource_types, ["Contacts", "KiteFlyers"]);

    let names = |values: &[van_bulk::values::KnownValue]| -> Vec<&str> {
        values.iter().map(|value| value.name).collect()
    };
    use acme::activist_code::activist_code_id::Values as Acme;
    use beta::activist_code::activist_code_id::Values as Beta;
    assert_eq!(names(Acme::VALUES), ["Kelp Counter", "Fog Bell Ringer"]);
    assert_eq!(names(Beta::VALUES), ["Cloud Sorter"]);
}

#[test]
fn a_profile_is_a_mode_that_knows_its_name_and_its_database_mode() {
    assert_eq!((acme::Mode::PROFILE, acme::Mode::MODE), (Some("acme"), Some(DatabaseMode::MyCampaign)));
    assert_eq!((beta::Mode::PROFILE, beta::Mode::MODE), (Some("beta"), Some(DatabaseMode::MyCampaign)));
    assert_eq!(MyCampaign::PROFILE, None);
}

#[test]
fn a_job_that_cannot_be_sent_names_its_profile() {
    let header = Header::new(["VanID"]).unwrap();
    let code = beta::activist_code::ActivistCode::new(beta::activist_code::activist_code_id::CloudSorter)
        .canvassed_by(static_value(" "));
    let error = Job::<beta::resource::Contacts, _>::with_header("Clouds", &header).apply(code).finish();
    let error = error.unwrap_err();
    assert_eq!(error.profile, Some("beta"));
    assert!(error.to_string().starts_with("the job of profile `beta` cannot be sent\n"), "{error}");
}
