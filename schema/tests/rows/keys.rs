//! Rules about what says which record a row is about.

use serde_json::{Value as Json, json};
use van_bulk_schema::payload::Payload;
use van_bulk_schema::rules::row::codes;
use van_bulk_schema::{Schema, Snapshot};

use crate::support::{broken, check, donations, found, job, mapping, schema};

/// The schema of the sample, which has `CreateOrUpdateContact`.
fn sample() -> Schema {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../snapshots/sample");
    Snapshot::load(folder.as_ref()).unwrap().0.schema
}

/// A job over these columns.
fn job_over(resource_type: &str, columns: &[&str], mappings: &[Json]) -> Payload {
    let columns: Vec<Json> = columns.iter().map(|name| json!({ "name": name })).collect();
    let job = json!({
        "file": { "columns": columns, "columnDelimiter": "csv", "hasHeader": true, "hasQuotes": true },
        "actions": [{ "actionType": "loadMappedFile", "resourceType": resource_type, "mappingTypes": mappings }]
    });
    serde_json::from_value(job).unwrap()
}

fn phones_by_van_id() -> Payload {
    let fields = [("Phone", "Phone"), ("PhoneTypeID", "Type")];
    job_over("Contacts", &["VanID", "Phone", "Type"], &[mapping("Phones", &fields)])
}

const NUMBERS: [&str; 4] = ["1", "0", " 100734386 ", "007"];
const NO_NUMBERS: [&str; 10] =
    ["x", "+1", "1.0", "-1", "1e3", "0x1", "1 2", "١", "1,000", "99999999999999999999"];

#[test]
fn rows_about_contacts_are_numbered_where_no_mapping_finds_the_contact() {
    let (schema, job) = (sample(), phones_by_van_id());
    for id in NUMBERS {
        assert_eq!(broken(&schema, &job, &[id, "413-555-0100", "H"]), [], "{id}");
    }
    for id in ["", "  "] {
        let [finding] = check(&schema, &job, &[id, "413-555-0100", "H"]).try_into().unwrap();
        assert_eq!((finding.code, finding.mapping, &finding.field), (codes::KEY_BLANK, None, &None));
        assert_eq!((finding.column.as_deref(), finding.value), (Some("VanID"), None));
        assert_eq!(finding.message, "`VanID` is blank, so nothing says which record the row is about");
        assert_eq!(finding.help, "fill the column `VanID`, or leave the row out of the file");
    }
    for id in NO_NUMBERS {
        let [finding] = check(&schema, &job, &[id, "413-555-0100", "H"]).try_into().unwrap();
        assert_eq!((finding.code, finding.mapping, &finding.field), (codes::KEY_NOT_A_NUMBER, None, &None));
        assert_eq!((finding.column.as_deref(), finding.value.as_deref()), (Some("VanID"), Some(id)));
        assert_eq!(finding.message, "`VanID` is not a whole number");
    }
}

#[test]
fn the_column_is_found_ignoring_case_and_named_as_the_file_has_it() {
    let job = job("activist_codes_by_name.json");
    let columns: Vec<&str> = job.file.columns.iter().map(|column| column.name.as_ref()).collect();
    let at = columns.iter().position(|column| column.eq_ignore_ascii_case("VanID")).unwrap();
    assert_ne!(columns[at], "VanID", "the fixture spells it otherwise");
    let row: Vec<&str> = (0..columns.len()).map(|index| if index == at { "x" } else { "101" }).collect();
    let findings = check(&schema(), &job, &row);
    assert_eq!(
        (findings[0].code, findings[0].column.as_deref()),
        (codes::KEY_NOT_A_NUMBER, Some(columns[at]))
    );
}

#[test]
fn the_key_is_told_before_what_the_mappings_say() {
    assert_eq!(
        broken(&sample(), &phones_by_van_id(), &["", "", "sundial"]),
        found([
            (codes::KEY_BLANK, ""),
            (codes::UNKNOWN_VALUE, "PhoneTypeID"),
            (codes::PARENT_BLANK, "PhoneTypeID"),
            (codes::REQUIRED_BLANK, "Phone"),
        ])
    );
}

#[test]
fn rows_about_contributions_are_numbered_where_the_file_has_their_column() {
    let fields = [("KindID", "Kind"), ("Amount", "Amount")];
    let job =
        job_over("Contributions", &["Kind", "ContributionID", "Amount"], &[mapping("Donation", &fields)]);
    assert_eq!(broken(&schema(), &job, &["M", "7", "5"]), []);
    let [finding] = check(&schema(), &job, &["M", " ", "5"]).try_into().unwrap();
    assert_eq!((finding.code, finding.column.as_deref()), (codes::KEY_BLANK, Some("ContributionID")));
    let [finding] = check(&schema(), &job, &["M", "C7", "5"]).try_into().unwrap();
    assert_eq!((finding.code, finding.column.as_deref()), (codes::KEY_NOT_A_NUMBER, Some("ContributionID")));
    // Without the column nothing is known of it.
    assert_eq!(broken(&schema(), &donations(), &["M", "5", ""]), []);
}

#[test]
fn contacts_that_a_mapping_finds_may_have_no_number_but_none_that_is_not_whole() {
    let fields = [("VanID", "VanID"), ("FirstName", "First"), ("LastName", "Last")];
    let columns = ["VanID", "First", "Last"];
    let job = job_over("Contacts", &columns, &[mapping("CreateOrUpdateContact", &fields)]);
    for id in NUMBERS.into_iter().chain(["", "  "]) {
        assert_eq!(broken(&sample(), &job, &[id, "Ada", "Abara"]), [], "{id:?}");
    }
    for id in NO_NUMBERS {
        let [finding] = check(&sample(), &job, &[id, "Ada", "Abara"]).try_into().unwrap();
        assert_eq!((finding.code, finding.mapping), (codes::KEY_NOT_A_NUMBER, Some(0)));
        assert_eq!((finding.field.as_deref(), finding.column.as_deref()), (Some("VanID"), Some("VanID")));
        assert_eq!(finding.message, "CreateOrUpdateContact.VanID is not a whole number");
        assert_eq!(finding.value.as_deref(), Some(id));
    }
}

#[test]
fn a_field_of_another_mapping_type_that_is_named_alike_may_hold_anything() {
    let mut schema = schema();
    let badge = schema.mapping_types.iter_mut().find(|mapping| mapping.name == "Badge").unwrap();
    badge.fields.iter_mut().find(|field| field.name == "Note").unwrap().name = "VanID".to_owned();
    let fields = [("BadgeTypeID", "=1"), ("VanID", "Note")];
    let job = job_over("Contacts", &["VanID", "Note"], &[mapping("Badge", &fields)]);
    assert_eq!(broken(&schema, &job, &["1", "not a number"]), []);
}
