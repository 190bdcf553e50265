//! Columns of a file that a job does nothing with.

#![allow(clippy::unwrap_used)] // The helpers of the tests, too, fail by panicking.

use std::path::Path;

use serde_json::{Value as Json, json};
use van_bulk_schema::rules::{self, codes};
use van_bulk_schema::{Finding, Severity, Snapshot};

fn fixtures() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/rules"))
}

fn job(name: &str) -> Json {
    let text = std::fs::read_to_string(fixtures().join("jobs").join(name)).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// A job that uses every column; `Color` is there for the result files.
fn good() -> Json {
    let mut job = job("good.json");
    job["actions"][0]["columnsToIncludeInResultsFile"] = json!([{"name": "VanID"}, {"name": "Color"}]);
    job
}

fn check(job: &Json) -> Vec<Finding> {
    let (snapshot, findings) = Snapshot::load(&fixtures().join("snapshot")).unwrap();
    assert_eq!(findings, []);
    rules::check(&snapshot.schema, &serde_json::from_value(job.clone()).unwrap())
}

/// Place and help of each unused column of the job; each is a warning.
fn unused(job: &Json) -> Vec<(String, String)> {
    let mut findings = check(job);
    findings.retain(|finding| finding.code == codes::UNUSED_COLUMN);
    assert!(findings.iter().all(|finding| finding.severity == Severity::Warning));
    findings.into_iter().map(|finding| (finding.path(), finding.help.unwrap())).collect()
}

fn add_column(job: &mut Json, name: &str) {
    job["file"]["columns"].as_array_mut().unwrap().push(json!({ "name": name }));
}

/// The help for one more column of this name in a job.
fn help_for(mut job: Json, name: &str) -> String {
    add_column(&mut job, name);
    let [(path, help)] = unused(&job).try_into().unwrap();
    let last = job["file"]["columns"].as_array().unwrap().len() - 1;
    assert_eq!(path, format!("file.columns[{last}].name"));
    help
}

#[test]
fn a_job_that_uses_every_column_explicitly_or_by_name_has_no_unused_one() {
    assert_eq!(unused(&good()), []);
    for name in ["activist_codes_by_name.json", "suppressions_by_name.json"] {
        assert_eq!(unused(&job(name)), [], "{name}");
    }
}

#[test]
fn a_column_that_misses_the_name_of_a_field_by_a_letter_is_proposed_that_field() {
    let mut job = job("activist_codes_by_name.json");
    add_column(&mut job, "CanvasedBy");
    let [finding] = check(&job).try_into().unwrap();
    assert_eq!(
        finding.to_string(),
        "warning [payload::unused-column] payload at file.columns[2].name: no mapping uses the column `CanvasedBy`, so \
         nothing in it is imported (did you mean `CanvassedBy`, a field of `ActivistCode`?)"
    );
}

#[test]
fn a_column_with_blanks_around_the_name_of_a_field_is_unused() {
    assert_eq!(
        help_for(job("activist_codes_by_name.json"), "CanvassedBy "),
        "did you mean `CanvassedBy`, a field of `ActivistCode`?"
    );
}

#[test]
fn a_field_that_is_filled_already_is_not_proposed() {
    let mut job = job("activist_codes_by_name.json");
    add_column(&mut job, "CanvassedBy");
    assert!(help_for(job, "CanvasedBy").starts_with("map a field to it, leave it out"));
}

#[test]
fn a_column_without_a_namesake_may_be_mapped_left_out_or_copied_into_the_results() {
    let mut job = good();
    let help = help_for(job.clone(), "Wholly different");
    assert!(help.contains("`columnsToIncludeInResultsFile`"), "{help}");
    add_column(&mut job, "Wholly different");
    let wanted = job["actions"][0]["columnsToIncludeInResultsFile"].as_array_mut().unwrap();
    wanted.push(json!({"name": "wholly DIFFERENT"}));
    assert_eq!(unused(&job), []);
}

#[test]
fn a_column_of_the_name_of_a_field_that_van_leaves_alone_is_unused_and_says_why() {
    let badge = |entries: Json| {
        let mut job = job("activist_codes_by_name.json");
        job["actions"][0]["resourceType"] = json!("Contacts");
        job["actions"][0]["mappingTypes"] = json!([
            {"name": "ActivistCode"},
            {"name": "Badge", "fieldValueMappings": entries}
        ]);
        job
    };
    let tin = || badge(json!([{"fieldName": "BadgeTypeID", "staticValue": "1"}]));
    assert_eq!(help_for(tin(), "motto"), "`Motto` of `Badge` is not filled by name; map it to the column");
    assert_eq!(
        help_for(tin(), "BadgeTypeID"),
        "`BadgeTypeID` of `Badge` takes one static value for the whole file; leave the column out"
    );
    assert_eq!(
        help_for(tin(), "BadgeNumber"),
        "`BadgeNumber` of `Badge` is filled by name only where its parents are mapped and allow it; map them, or leave \
         the column out"
    );
    let noted = json!([
        {"fieldName": "BadgeTypeID", "staticValue": "1"},
        {"fieldName": "Note", "staticValue": "none"}
    ]);
    assert_eq!(
        help_for(badge(noted), "Note"),
        "`Note` of `Badge` is filled with something else; map it to this column or leave the column out"
    );
}

#[test]
fn the_key_column_of_a_resource_type_is_used_without_a_mapping() {
    let mut gifts = job("good.json");
    gifts["actions"][0]["resourceType"] = json!("Contributions");
    gifts["actions"][0]["mappingTypes"] = json!([{"name": "Donation"}]);
    gifts["file"]["columns"] = json!([{"name": "contributionid"}, {"name": "KindID"}, {"name": "Other"}]);
    gifts["actions"][0]["columnsToIncludeInResultsFile"] = json!([]);
    assert_eq!(unused(&gifts)[0].0, "file.columns[2].name");
    gifts["file"]["columns"] = json!([{"name": "VanID"}, {"name": "KindID"}, {"name": "Contribution_ID"}]);
    let found = unused(&gifts);
    assert_eq!(found[0].0, "file.columns[0].name", "no key of contributions");
    assert_eq!(found[1].1, "did you mean `ContributionID`?");
}

#[test]
fn a_column_that_a_misspelt_mapping_means_is_told_of_there_alone() {
    let mut job = good();
    let recruiter = job.pointer_mut("/actions/0/mappingTypes/0/fieldValueMappings/1").unwrap();
    recruiter["columnName"] = json!("Recruter");
    let codes: Vec<&str> = check(&job).iter().map(|finding| finding.code).collect();
    assert_eq!(codes, [codes::UNKNOWN_COLUMN]);
}

#[test]
fn columns_are_not_judged_where_it_is_not_known_what_the_mappings_fill() {
    let mut unknown = job("activist_codes_by_name.json");
    add_column(&mut unknown, "Other");
    unknown["actions"][0]["mappingTypes"][0]["name"] = json!("ActivistCodes");
    assert_eq!(unused(&unknown), []);
    unknown["actions"][0]["mappingTypes"] = json!([]);
    assert_eq!(unused(&unknown), []);
}

#[test]
fn a_column_without_a_name_is_not_called_unused() {
    let mut job = good();
    add_column(&mut job, " ");
    assert_eq!(unused(&job), []);
}
