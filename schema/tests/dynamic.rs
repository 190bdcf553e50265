//! Jobs built by name when a program runs.

#![allow(clippy::unwrap_used)] // The helpers of the tests, too, fail by panicking.

use std::path::Path;

use van_bulk_schema::dynamic::{DynamicError, JobBuilder};
use van_bulk_schema::payload::Payload;
use van_bulk_schema::rules::{self, codes};
use van_bulk_schema::{Schema, Severity, Snapshot};

const URL: &str = "https://files.example.org/people.zip";

fn fixtures() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/rules"))
}

fn schema() -> Schema {
    let (snapshot, findings) = Snapshot::load(&fixtures().join("snapshot")).unwrap();
    assert_eq!(findings, []);
    snapshot.schema
}

fn good_job() -> Payload {
    let text = std::fs::read_to_string(fixtures().join("jobs/good.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

const COLUMNS: [&str; 6] = ["VanID", "Code", "Recruiter", "Color", "Serial", "Text"];

fn builder(schema: &Schema) -> JobBuilder<'_> {
    JobBuilder::new(schema, "Contacts", "Codes and badges", &COLUMNS).unwrap()
}

/// Code, path and help of the only finding.
fn only(error: &DynamicError) -> (&'static str, String, &str) {
    assert_eq!(error.findings.len(), 1, "{error}");
    let finding = &error.findings[0];
    assert_eq!(finding.severity, Severity::Error);
    (finding.code, finding.path(), finding.help.as_deref().unwrap())
}

#[test]
fn a_job_built_by_name_is_the_job_that_is_meant() {
    let schema = schema();
    let mut job = builder(&schema);
    job.include_in_results_file("vanid").unwrap();
    let mut codes = job.mapping("ActivistCode").unwrap();
    codes.translate("activistcodeid", "CODE", [("vol", "101"), ("sign", "102")]).unwrap();
    codes.column("CanvassedBy", "Recruiter").unwrap();
    job.mapping("Badge")
        .unwrap()
        .value("BadgeTypeID", "brass")
        .unwrap()
        .column("BadgeNumber", "Serial")
        .unwrap()
        .column("Engraving", "Text")
        .unwrap()
        .static_value("ColorID", "R")
        .unwrap();
    let payload = job.finish("people.csv", URL).unwrap();
    assert_eq!(payload, good_job());
}

#[test]
fn names_that_are_not_known_are_refused_at_once_with_what_was_meant() {
    let schema = schema();
    let error = JobBuilder::new(&schema, "Contact", "Codes", &COLUMNS).unwrap_err();
    assert_eq!(
        only(&error),
        (codes::UNKNOWN_RESOURCE_TYPE, "actions[0].resourceType".to_owned(), "did you mean `Contacts`?")
    );

    let mut job = builder(&schema);
    let error = job.include_in_results_file("VanIDs").unwrap_err();
    let path = "actions[0].columnsToIncludeInResultsFile[0].name".to_owned();
    assert_eq!(only(&error), (codes::UNKNOWN_RESULT_COLUMN, path, "did you mean `VanID`?"));

    let error = job.mapping("Bagde").unwrap_err();
    let path = "actions[0].mappingTypes[0].name".to_owned();
    assert_eq!(only(&error), (codes::UNKNOWN_MAPPING_TYPE, path, "did you mean `Badge`?"));

    let mut badge = job.mapping("Badge").unwrap();
    let at = "actions[0].mappingTypes[0].fieldValueMappings[0]";
    let error = badge.column("BadgeNumbr", "Serial").unwrap_err();
    assert_eq!(
        only(&error),
        (codes::UNKNOWN_FIELD, format!("{at}.fieldName"), "did you mean `BadgeNumber`?")
    );
    let error = badge.column("BadgeNumber", "Seriel").unwrap_err();
    assert_eq!(only(&error), (codes::UNKNOWN_COLUMN, format!("{at}.columnName"), "did you mean `Serial`?"));
    let error = badge.value("BadgeTypeID", "Bras").unwrap_err();
    assert_eq!(
        only(&error),
        (codes::UNKNOWN_STATIC_VALUE, format!("{at}.staticValue"), "did you mean `Brass`?")
    );
    let error = badge.translate("ColorID", "Color", [("rot", "Red")]).unwrap_err();
    assert_eq!(
        only(&error),
        (
            codes::UNKNOWN_TARGET_VALUE,
            format!("{at}.values[0].targetValue"),
            "values are given by id: `R` for Red"
        )
    );
}

#[test]
fn what_was_refused_is_not_in_the_job() {
    let schema = schema();
    let mut job = builder(&schema);
    job.mapping("Bagde").unwrap_err();
    job.include_in_results_file("Nowhere").unwrap_err();
    let mut badge = job.mapping("Badge").unwrap();
    badge.column("Nothing", "Serial").unwrap_err();
    badge.value("BadgeTypeID", "Wood").unwrap_err();
    badge.value("BadgeTypeID", "Tin").unwrap();
    let payload = job.finish("people.csv", URL).unwrap();
    let [mapping] = &payload.actions[0].mapping_types[..] else { panic!() };
    assert_eq!(mapping.field_value_mappings.len(), 1);
    assert_eq!(mapping.field_value_mappings[0].static_value.as_deref(), Some("1"));
    assert_eq!(payload.actions[0].columns_to_include_in_results_file, []);
}

#[test]
fn a_value_is_given_by_its_id_or_by_a_name_that_only_it_has() {
    let mut schema = schema();
    let key = ("Badge".to_owned(), "BadgeTypeID".to_owned());
    let list = schema.values.get_mut(&key).unwrap();
    list.values[1].name = "Tin".to_owned();
    let mut job = builder(&schema);
    let mut badge = job.mapping("Badge").unwrap();
    let error = badge.value("BadgeTypeID", "tin").unwrap_err();
    assert_eq!(error.findings[0].message, "the field `BadgeTypeID` has several values `tin`");
    badge.value("BadgeTypeID", "1").unwrap();
    let payload = job.finish("people.csv", URL).unwrap();
    let entry = &payload.actions[0].mapping_types[0].field_value_mappings[0];
    assert_eq!(entry.static_value.as_deref(), Some("1"));
}

#[test]
fn a_value_of_a_field_whose_values_are_not_known_can_only_be_given_as_it_is() {
    let schema = schema();
    let mut job = builder(&schema);
    let mut suppression = job.mapping("Suppressions").unwrap();
    let error = suppression.value("SuppressionID", "Do not call").unwrap_err();
    let (code, _, help) = only(&error);
    assert_eq!(code, codes::UNKNOWN_STATIC_VALUE);
    assert!(help.contains("`static_value`"), "{help}");
    suppression.static_value("SuppressionID", "7").unwrap();
    assert!(job.finish("people.csv", URL).is_ok());
}

#[test]
fn every_rule_that_the_whole_job_breaks_is_told_when_it_is_finished() {
    let schema = schema();
    let mut job = JobBuilder::new(&schema, "Contacts", "", &COLUMNS).unwrap();
    job.result_file_size_kb(1);
    let mut badge = job.mapping("Badge").unwrap();
    // Its parent may still come, so it is not refused yet.
    badge.column("Engraving", "Text").unwrap();
    let error = job.finish("", URL).unwrap_err();
    let found: Vec<&str> = error.findings.iter().map(|finding| finding.code).collect();
    for expected in [
        codes::DESCRIPTION,
        codes::FILE_NAME,
        codes::RESULT_FILE_SIZE,
        codes::REQUIRED_FIELD,
        codes::PARENT_NOT_MAPPED,
    ] {
        assert!(found.contains(&expected), "no {expected} in {found:?}");
    }
    let text = error.to_string();
    assert!(text.starts_with("the job cannot be sent like this\n  - error [payload::description]"), "{text}");
    assert_eq!(text.lines().count(), 1 + error.findings.len());
}

#[test]
fn a_warning_does_not_stop_a_job() {
    let schema = schema();
    let mut job = builder(&schema);
    job.mapping("Badge").unwrap().value("BadgeTypeID", "Tin").unwrap().static_value("ColorID", "X").unwrap();
    let payload = job.finish("people.csv", URL).unwrap();
    let found = rules::check(&schema, &payload);
    assert!(found.iter().any(|finding| finding.code == codes::UNKNOWN_STATIC_VALUE));
    assert!(found.iter().all(|finding| finding.severity == Severity::Warning));
}
