//! Mappings that VAN infers from column names.

#![allow(clippy::unwrap_used)] // The helpers of the tests, too, fail by panicking.

use std::path::Path;

use van_bulk_schema::payload::Payload;
use van_bulk_schema::{Schema, Snapshot, by_name};

fn fixtures() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/rules"))
}

fn schema() -> Schema {
    let (snapshot, findings) = Snapshot::load(&fixtures().join("snapshot")).unwrap();
    assert_eq!(findings, []);
    snapshot.schema
}

fn job(name: &str) -> Payload {
    let text = std::fs::read_to_string(fixtures().join("jobs").join(name)).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// The field mappings of one mapping type, each as `field <- column` or `field = value`.
fn mapped(payload: &Payload, mapping: usize) -> Vec<String> {
    let entries = payload.actions[0].mapping_types[mapping].field_value_mappings.iter();
    let text = entries.map(|entry| match (&entry.column_name, &entry.static_value) {
        (Some(column), _) => format!("{} <- {column}", entry.field_name),
        (None, value) => format!("{} = {}", entry.field_name, value.as_deref().unwrap_or("nothing")),
    });
    text.collect()
}

#[test]
fn a_mapping_without_fields_takes_every_column_of_a_fields_name_ignoring_case() {
    let expanded = by_name::expand(&schema(), &job("suppressions_by_name.json"));
    assert_eq!(mapped(&expanded, 0), ["SuppressionID <- suppressionid"]);
}

#[test]
fn underscores_and_spaces_are_not_folded() {
    let mut payload = job("suppressions_by_name.json");
    for name in ["suppression_id", "suppression id"] {
        payload.file.columns[1].name = name.into();
        assert!(mapped(&by_name::expand(&schema(), &payload), 0).is_empty());
    }
}

#[test]
fn a_field_that_only_takes_a_static_value_is_not_filled_by_name() {
    let mut payload = job("badges_mixed.json");
    payload.file.columns[5].name = "BadgeTypeID".into();
    payload.actions[0].mapping_types[1].field_value_mappings.clear();
    let mapped = mapped(&by_name::expand(&schema(), &payload), 1);
    assert!(!mapped.iter().any(|entry| entry.starts_with("BadgeTypeID")), "{mapped:?}");
}

#[test]
fn a_field_that_says_it_cannot_be_mapped_by_name_is_not() {
    let mut payload = job("badges_mixed.json");
    payload.actions[0].mapping_types[1].field_value_mappings.clear();
    let mapped = mapped(&by_name::expand(&schema(), &payload), 1);
    assert_eq!(mapped, ["Engraving <- engraving", "BadgeNumber <- badgenumber", "Note <- Note"]);
}

#[test]
fn mixed_style_takes_free_columns_for_fields_whose_parents_are_mapped() {
    let expanded = by_name::expand(&schema(), &job("badges_mixed.json"));
    // `Note` is named by the other mapping; `Engraving` waits for its parent `BadgeNumber`.
    assert_eq!(
        mapped(&expanded, 1),
        ["BadgeTypeID = 3", "BadgeNumber <- badgenumber", "Engraving <- engraving"]
    );
}

#[test]
fn mixed_style_leaves_a_field_alone_whose_parent_is_not_mapped() {
    let mut payload = job("badges_mixed.json");
    payload.file.columns[2].name = "other".into();
    assert_eq!(mapped(&by_name::expand(&schema(), &payload), 1), ["BadgeTypeID = 3"]);
}

#[test]
fn mixed_style_leaves_a_field_alone_that_its_static_parent_does_not_allow() {
    let mut payload = job("badges_mixed.json");
    let entries = &mut payload.actions[0].mapping_types[1].field_value_mappings;
    entries[0].static_value = Some("1".into());
    assert_eq!(mapped(&by_name::expand(&schema(), &payload), 1), ["BadgeTypeID = 1"]);
}

#[test]
fn names_of_fields_and_columns_get_the_known_spelling() {
    let expanded = by_name::expand(&schema(), &job("badges_mixed.json"));
    assert_eq!(mapped(&expanded, 0), ["ActivistCodeID <- Code", "CanvassedBy <- Note"]);
}

#[test]
fn what_is_not_known_stays_as_it_is() {
    let mut payload = job("good.json");
    payload.actions[0].mapping_types[0].name = "activistcode".into();
    payload.actions[0].mapping_types[1].field_value_mappings[0].field_name = "Nothing".into();
    payload.actions[0].mapping_types[1].field_value_mappings[1].column_name = Some("Nowhere".into());
    assert_eq!(by_name::expand(&schema(), &payload), payload);
}
