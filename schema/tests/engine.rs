//! The rules that mapping types of the sample keep together, and those of overrides.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use std::path::Path;

use serde_json::{Value as Json, json};
use van_bulk_schema::rules::{self, codes};
use van_bulk_schema::{Schema, Snapshot};

fn sample() -> Schema {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../snapshots/sample");
    Snapshot::load(&folder).unwrap().0.schema
}

/// A job over the columns `VanID`, `A` and `B` with these mappings.
fn job(resource_type: &str, mapping_types: Json) -> Json {
    json!({
        "description": "A job",
        "file": {
            "fileName": "a.csv",
            "columnDelimiter": "csv",
            "columns": [{ "name": "VanID" }, { "name": "A" }, { "name": "B" }],
            "hasHeader": true,
            "hasQuotes": true,
            "sourceUrl": "https://uploads.example.org/a.zip"
        },
        "actions": [{
            "actionType": "loadMappedFile",
            "resourceType": resource_type,
            "mappingTypes": mapping_types,
            "columnsToIncludeInResultsFile": [{ "name": "A" }, { "name": "B" }]
        }]
    })
}

fn errors(schema: &Schema, job: Json) -> Vec<(&'static str, String)> {
    let findings = rules::check(schema, &serde_json::from_value(job).unwrap());
    let errors = findings.into_iter().filter(|finding| finding.severity == van_bulk_schema::Severity::Error);
    errors.map(|finding| (finding.code, finding.path())).collect()
}

fn phone(column: &str, kind: Json) -> Json {
    let mut fields = vec![json!({ "fieldName": "Phone", "columnName": column })];
    let mut kind = kind;
    kind["fieldName"] = json!("PhoneTypeID");
    fields.push(kind);
    json!({ "name": "Phones", "fieldValueMappings": fields })
}

#[test]
fn a_job_holds_one_mapping_of_each_type() {
    let home = || json!({ "staticValue": "H" });
    let two =
        |second: Json| errors(&sample(), job("Contacts", json!([phone("A", home()), phone("B", second)])));
    assert_eq!(two(json!({ "staticValue": "W" })), []);
    assert_eq!(two(json!({ "columnName": "A" })), [], "the rows say the types");
    let path = "actions[0].mappingTypes[1].fieldValueMappings[1].staticValue".to_owned();
    assert_eq!(two(home()), [(codes::TYPE_TWICE, path)]);
}

#[test]
fn an_overridden_type_field_counts_mappings_without_a_type_too() {
    let email = |column: &str| json!({ "name": "Email", "fieldValueMappings": [{ "fieldName": "Email", "columnName": column }] });
    let twice = || job("Contacts", json!([email("A"), email("B")]));
    assert_eq!(errors(&sample(), twice()), [(codes::TYPE_TWICE, "actions[0].mappingTypes[1]".to_owned())]);

    let mut schema = sample();
    schema.overrides.mapping_types.clear();
    assert_eq!(errors(&schema, twice()), [], "VAN does not say which field is the type");
}

#[test]
fn one_job_fills_one_of_the_groups_that_exclude_each_other() {
    let mut schema = sample();
    let names = |fields: &[&str]| fields.iter().map(|field| (*field).to_owned()).collect();
    schema.overrides.exclusive.push(van_bulk_schema::overrides::Exclusive {
        mapping_type: "EditContributionData".to_owned(),
        groups: [
            ("individual".to_owned(), names(&["Notes", "Amount"])),
            ("organization".to_owned(), names(&["DateThanked"])),
        ]
        .into(),
    });
    let edit = |fields: &[&str]| {
        let fields: Vec<Json> =
            fields.iter().map(|field| json!({ "fieldName": field, "columnName": "A" })).collect();
        job("Contributions", json!([{ "name": "EditContributionData", "fieldValueMappings": fields }]))
    };
    assert_eq!(errors(&schema, edit(&["Notes", "Amount", "PledgeID"])), []);
    let path = "actions[0].mappingTypes[0].fieldValueMappings[1].fieldName".to_owned();
    assert_eq!(errors(&schema, edit(&["Notes", "DateThanked"])), [(codes::EXCLUSIVE, path)]);
}

#[test]
fn one_of_several_parents_is_enough_where_an_override_says_so() {
    let mut schema = sample();
    let mapping = schema.mapping_types.iter_mut().find(|mapping| mapping.name == "ApplyJobs").unwrap();
    let field = mapping.fields.iter_mut().find(|field| field.name == "JobClassID").unwrap();
    let mut second = field.parents[0].clone();
    second.parent_field_name = "ShiftTypeID".to_owned();
    field.parents.push(second);
    let apply = || {
        let filled = |field: &str| json!({ "fieldName": field, "columnName": "A" });
        let fields = [filled("EmployerID"), filled("ShiftTypeID"), filled("JobClassID")];
        job("Contacts", json!([{ "name": "ApplyJobs", "fieldValueMappings": fields }]))
    };
    let path = "actions[0].mappingTypes[0].fieldValueMappings[2].fieldName".to_owned();
    assert_eq!(errors(&schema, apply()), [(codes::PARENT_NOT_MAPPED, path)]);

    let overrides = schema.overrides.mapping_types.entry("ApplyJobs".to_owned()).or_default();
    overrides.fields.entry("JobClassID".to_owned()).or_default().parents =
        Some(van_bulk_schema::overrides::ParentMode::Any);
    assert_eq!(errors(&schema, apply()), []);
}
