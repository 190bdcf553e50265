//! Jobs over the made-up mapping types of the fixtures, and their rows.

use std::path::Path;

use serde_json::{Value as Json, json};
use van_bulk_schema::overrides::{FieldOverride, ParentMode};
use van_bulk_schema::payload::Payload;
use van_bulk_schema::rules::row::{Plan, RowFinding};
use van_bulk_schema::{Parent, Schema, Snapshot, ValueRef};

pub(crate) fn fixtures() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/rules"))
}

pub(crate) fn schema() -> Schema {
    let (snapshot, findings) = Snapshot::load(&fixtures().join("snapshot")).unwrap();
    assert_eq!(findings, []);
    snapshot.schema
}

pub(crate) fn job(name: &str) -> Payload {
    let text = std::fs::read_to_string(fixtures().join("jobs").join(name)).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// A job with these mappings over columns `A`, `B`, and so on, as many as they name.
pub(crate) fn job_of(resource_type: &str, mappings: &[Json]) -> Payload {
    let text = json!(mappings).to_string();
    let columns: Vec<Json> = ["A", "B", "C", "D", "E", "F"]
        .iter()
        .filter(|name| text.contains(&format!("\"columnName\":\"{name}\"")))
        .map(|name| json!({ "name": name }))
        .collect();
    let job = json!({
        "file": { "columns": columns, "columnDelimiter": "csv", "hasHeader": true, "hasQuotes": true },
        "actions": [{ "actionType": "loadMappedFile", "resourceType": resource_type, "mappingTypes": mappings }]
    });
    serde_json::from_value(job).unwrap()
}

/// A mapping whose fields are each filled by a column, or by a static value if that starts with `=`.
pub(crate) fn mapping(name: &str, fields: &[(&str, &str)]) -> Json {
    let entries = fields.iter().map(|(field, source)| match source.strip_prefix('=') {
        Some(value) => json!({ "fieldName": field, "staticValue": value }),
        None => json!({ "fieldName": field, "columnName": source }),
    });
    json!({ "name": name, "fieldValueMappings": entries.collect::<Vec<_>>() })
}

/// All that is wrong with a row, which is the same whether its cells are given one by one or as places in a text.
pub(crate) fn check(schema: &Schema, job: &Payload, row: &[&str]) -> Vec<RowFinding> {
    let plan = Plan::new(schema, job).unwrap();
    let mut rows = plan.rows();
    let findings = rows.check(row.iter().copied()).err().unwrap_or_default();
    let mut text = String::new();
    let places = row.iter().map(|cell| {
        text.push_str(" ,");
        text.push_str(cell);
        (text.len() - cell.len(), text.len())
    });
    let places: Vec<(usize, usize)> = places.collect();
    assert_eq!(rows.check_within(&text, places).err().unwrap_or_default(), findings);
    findings
}

/// The code and the field of each rule that a row breaks.
pub(crate) fn broken(schema: &Schema, job: &Payload, row: &[&str]) -> Vec<(&'static str, String)> {
    let findings = check(schema, job, row).into_iter();
    findings.map(|finding| (finding.code, finding.field.unwrap_or_default())).collect()
}

pub(crate) fn found<const N: usize>(expected: [(&'static str, &str); N]) -> Vec<(&'static str, String)> {
    expected.map(|(code, field)| (code, field.to_owned())).into()
}

/// What a good row gives the first mapping.
pub(crate) fn values(schema: &Schema, job: &Payload, row: &[&str]) -> Vec<(String, String)> {
    let plan = Plan::new(schema, job).unwrap();
    let mut rows = plan.rows();
    let values = rows.check(row.iter().copied()).unwrap();
    values.of_mapping(0).map(|(field, value)| (field.to_owned(), value.to_owned())).collect()
}

pub(crate) fn given<const N: usize>(expected: [(&str, &str); N]) -> Vec<(String, String)> {
    expected.map(|(field, value)| (field.to_owned(), value.to_owned())).into()
}

pub(crate) fn donations() -> Payload {
    job_of("Contributions", &[mapping("Donation", &[("KindID", "A"), ("Amount", "B"), ("Hours", "C")])])
}

pub(crate) fn overridden<'s>(
    schema: &'s mut Schema,
    mapping_type: &str,
    field: &str,
) -> &'s mut FieldOverride {
    let mapping_type = schema.overrides.mapping_types.entry(mapping_type.to_owned()).or_default();
    mapping_type.fields.entry(field.to_owned()).or_default()
}

pub(crate) fn parent(name: &str, ids: &[&str]) -> Parent {
    let value = |id: &&str| ValueRef { id: (*id).to_owned(), name: None, extra: Default::default() };
    Parent {
        parent_field_name: name.to_owned(),
        limited_to_parent_values: Some(ids.iter().map(value).collect()),
        extra: Default::default(),
    }
}

/// `DateCanvassed` of `ActivistCode` needs `CanvassedBy`, or a `ContactTypeID` of 5, and the latter needs nothing.
pub(crate) fn schema_with_alternatives() -> Schema {
    let mut schema = schema();
    let mapping = schema.mapping_types.iter_mut().find(|mapping| mapping.name == "ActivistCode").unwrap();
    for field in &mut mapping.fields {
        match field.name.as_str() {
            "DateCanvassed" => field.parents.push(parent("ContactTypeID", &["5"])),
            "ContactTypeID" => field.parents.clear(),
            _ => {}
        }
    }
    overridden(&mut schema, "ActivistCode", "DateCanvassed").parents = Some(ParentMode::Any);
    schema
}

pub(crate) fn recruited() -> Payload {
    let fields = [("CanvassedBy", "A"), ("ContactTypeID", "B"), ("DateCanvassed", "C")];
    let fields: Vec<(&str, &str)> = std::iter::once(("ActivistCodeID", "=101")).chain(fields).collect();
    job_of("Contacts", &[mapping("ActivistCode", &fields)])
}
