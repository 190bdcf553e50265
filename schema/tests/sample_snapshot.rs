//! The snapshot that this repository ships for the demo and the tests.
//!
//! It is written by hand, so these tests hold what a fetched snapshot has by construction: it reads without a finding,
//! it is in the form in which snapshots are saved, it does not contradict itself, and its origin is told to the last
//! part.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fs;
use std::path::PathBuf;

use van_bulk_schema::model::{Field, MappingType, Schema, ValueRef};
use van_bulk_schema::provenance::Origin;
use van_bulk_schema::snapshot::{NAMES_LOCK, OVERRIDES, PROVENANCE};
use van_bulk_schema::{AllowMultipleMode, Snapshot};

type TestResult = Result<(), Box<dyn Error>>;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../snapshots/sample")
}

fn sample() -> Result<Snapshot, Box<dyn Error>> {
    let (snapshot, findings) = Snapshot::load(&folder())?;
    assert!(findings.is_empty(), "the sample has findings: {findings:#?}");
    Ok(snapshot)
}

fn fields(schema: &Schema) -> impl Iterator<Item = (&MappingType, &Field)> {
    schema.mapping_types.iter().flat_map(|mapping| mapping.fields.iter().map(move |field| (mapping, field)))
}

/// Every limit must name a value of the parent's list by its id and name, where the sample has that list.
fn assert_limits_exist(schema: &Schema, mapping: &str, parent: &str, limits: &[ValueRef], of: &str) {
    assert!(!limits.is_empty(), "{mapping}.{of}: an empty limit allows nothing");
    if let Some(list) = schema.values(mapping, parent) {
        for limit in limits {
            let named = list.by_id(&limit.id).map(|value| value.name.as_str());
            assert_eq!(named, limit.name.as_deref(), "{mapping}.{of} is limited by {parent} {}", limit.id);
        }
    }
}

#[test]
fn it_reads_without_a_finding() -> TestResult {
    let snapshot = sample()?;
    assert_eq!(snapshot.schema.mapping_types.len(), 21);
    assert_eq!(fields(&snapshot.schema).count(), 181);
    assert_eq!(
        snapshot.schema.resources,
        ["Contacts", "Contributions", "ActivistCodes", "ContactsActivistCodes"]
    );
    Ok(())
}

#[test]
fn it_is_in_the_form_in_which_snapshots_are_saved() -> TestResult {
    let snapshot = sample()?;
    let mut on_disk = snapshot.documents.clone();
    let provenance = on_disk.remove(PROVENANCE).ok_or("the sample has no provenance")?;
    // These are no responses of VAN.
    on_disk.remove(NAMES_LOCK);
    on_disk.remove(OVERRIDES);
    let saved = Snapshot::documents_of(&snapshot.schema, snapshot.mode);
    assert_eq!(on_disk.keys().collect::<Vec<_>>(), saved.keys().collect::<Vec<_>>());
    for (name, text) in &saved {
        assert_eq!(&on_disk[name], text, "{name} is not as it would be saved");
    }
    assert_eq!(provenance, format!("{}\n", serde_json::to_string_pretty(&snapshot.provenance)?));
    Ok(())
}

#[test]
fn every_name_in_it_is_there_once() -> TestResult {
    let schema = sample()?.schema;
    let mut mappings = BTreeSet::new();
    for mapping in &schema.mapping_types {
        assert!(mappings.insert(mapping.name.to_lowercase()), "{} is there twice", mapping.name);
        let mut names = BTreeSet::new();
        for field in &mapping.fields {
            assert!(
                names.insert(field.name.to_lowercase()),
                "{}.{} is there twice",
                mapping.name,
                field.name
            );
        }
    }
    for ((mapping, field), list) in &schema.values {
        let ids: BTreeSet<_> = list.values.iter().map(|value| &value.id).collect();
        assert_eq!(ids.len(), list.values.len(), "{mapping}.{field} has an id twice");
        for value in &list.values {
            assert!(
                list.by_unique_name(&value.name).is_some(),
                "{mapping}.{field} has two values {:?}",
                value.name
            );
        }
    }
    Ok(())
}

#[test]
fn every_part_is_described_and_every_word_known() -> TestResult {
    let schema = sample()?.schema;
    for mapping in &schema.mapping_types {
        assert!(mapping.display_name.is_some(), "{} has no display name", mapping.name);
        assert!(mapping.upload_type.is_none() && mapping.extra.is_empty(), "{} has more keys", mapping.name);
        assert!(!matches!(mapping.allow_multiple_mode, AllowMultipleMode::Unknown(_)), "{}", mapping.name);
        assert!(!mapping.resource_types.is_empty(), "{} has no resource type", mapping.name);
        for resource in &mapping.resource_types {
            assert!(schema.resources.contains(resource), "{} is for {resource}", mapping.name);
        }
    }
    for (mapping, field) in fields(&schema) {
        let description = field.description.as_deref().unwrap_or_default();
        assert!(!description.is_empty(), "{}.{} has no description", mapping.name, field.name);
        assert!(field.extra.is_empty(), "{}.{} has more keys", mapping.name, field.name);
    }
    Ok(())
}

#[test]
fn every_parent_and_every_limit_exists() -> TestResult {
    let schema = sample()?.schema;
    for (mapping, field) in fields(&schema) {
        for parent in &field.parents {
            let name = &parent.parent_field_name;
            assert_ne!(name, &field.name, "{} is its own parent", field.name);
            assert!(mapping.field(name).is_some(), "{}.{} has the parent {name}", mapping.name, field.name);
            if let Some(limits) = &parent.limited_to_parent_values {
                assert_limits_exist(&schema, &mapping.name, name, limits, &field.name);
            }
        }
    }
    for ((mapping, field), list) in &schema.values {
        let owner = schema.mapping_type(mapping).and_then(|owner| owner.field(field));
        let owner = owner.ok_or_else(|| format!("values of the unknown field {mapping}.{field}"))?;
        assert!(owner.has_predefined_values, "{mapping}.{field} takes no predefined values");
        assert!(!list.values.is_empty(), "{mapping}.{field} has an empty list");
        for parent in list.values.iter().flat_map(|value| &value.parents) {
            let name = &parent.parent_field_name;
            assert!(
                owner.parents.iter().any(|of_field| &of_field.parent_field_name == name),
                "a value of {mapping}.{field} depends on {name}, the field does not"
            );
            if let Some(limits) = &parent.allowed_parent_values {
                assert_limits_exist(&schema, mapping, name, limits, field);
            }
        }
    }
    Ok(())
}

#[test]
fn it_has_what_a_generator_must_cope_with() -> TestResult {
    let schema = sample()?.schema;
    let limited_by = |parent: &str| {
        fields(&schema)
            .filter(|(_, field)| {
                let limited = |of: &van_bulk_schema::Parent| {
                    of.parent_field_name == parent && of.limited_to_parent_values.is_some()
                };
                field.parents.iter().any(limited)
            })
            .map(|(mapping, field)| format!("{}.{}", mapping.name, field.name))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        limited_by("CustomFieldGroupID"),
        ["CF157", "CF123", "CF124"].map(|field| format!("ApplyContactCustomFields.{field}"))
    );
    assert_eq!(
        limited_by("PaymentTypeID"),
        [
            "ApplyContributions.CheckNumber",
            "ApplyContributions.CheckDate",
            "EditContributionData.CheckNumber",
            "EditContributionData.CheckDate"
        ]
    );
    assert_eq!(limited_by("DesignationID"), ["ApplyContributions.DF190", "EditContributionData.DF190"]);

    let static_only: Vec<_> = fields(&schema)
        .filter(|(_, field)| !field.can_be_mapped_to_column)
        .map(|(_, field)| field.name.as_str())
        .collect();
    assert_eq!(
        static_only,
        [
            "CustomAddressTypeID",
            "CustomFieldGroupID",
            "ExternalIDTypeID",
            "Action",
            "IsInFileMatchingEnabled",
            "Action",
            "DoNotUpdateBest",
            "SkipEmailSubscriptionUpdate"
        ]
    );

    let states = schema.values("CreateOrUpdateContact", "StateOrProvince").ok_or("no list of states")?;
    assert!(states.values.len() > 50, "a list that is too long to become a type");
    let listed = |mapping: &MappingType, field: &Field| schema.values(&mapping.name, &field.name).is_some();
    assert!(
        fields(&schema).any(|(mapping, field)| field.has_predefined_values && !listed(mapping, field)),
        "a predefined field whose list is not known"
    );
    Ok(())
}

#[test]
fn the_attested_mapping_type_is_as_attested() -> TestResult {
    let snapshot = sample()?;
    let attested = snapshot.provenance.mapping_types.iter().filter(|(_, of)| of.origin == Origin::Attested);
    assert_eq!(attested.map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["ActivistCode"]);

    let mapping = snapshot.schema.mapping_type("ActivistCode").ok_or("no ActivistCode")?;
    assert_eq!(mapping.display_name.as_deref(), Some("Apply Activist Code"));
    assert_eq!(mapping.allow_multiple_mode, AllowMultipleMode::Multiple);
    assert_eq!(mapping.resource_types, ["Contacts", "ContactsActivistCodes"]);
    let fields: Vec<_> = mapping
        .fields
        .iter()
        .map(|field| {
            assert!(field.can_be_mapped_to_column && field.can_be_mapped_by_name == Some(true));
            assert!(field.parents.iter().all(|parent| parent.limited_to_parent_values.is_none()));
            let parents: Vec<_> =
                field.parents.iter().map(|parent| parent.parent_field_name.as_str()).collect();
            (field.name.as_str(), field.has_predefined_values, field.is_required, parents)
        })
        .collect();
    assert_eq!(
        fields,
        [
            ("ActivistCodeID", true, true, vec![]),
            ("CanvassedBy", false, false, vec![]),
            ("DateCanvassed", false, false, vec!["CanvassedBy"]),
            ("ContactTypeID", true, false, vec!["CanvassedBy"]),
        ]
    );
    Ok(())
}

#[test]
fn attested_value_lists_hold_the_attested_values() -> TestResult {
    let snapshot = sample()?;
    let attested: BTreeMap<(&str, &str), &[(&str, &str)]> = BTreeMap::from([
        (("CanvassResults", "PhoneOptInStatusID"), OPT_IN),
        (("CanvassResults", "PhoneTypeID"), PHONE_TYPES),
        (("Email", "EmailSubscriptionStatusId"), SUBSCRIPTIONS),
        (("Email", "EmailTypeId"), EMAIL_TYPES),
        (("Phones", "PhoneOptInStatusID"), OPT_IN),
        (("Phones", "PhoneTypeID"), PHONE_TYPES),
    ]);
    let mut found = BTreeMap::new();
    for (mapping, origin) in &snapshot.provenance.mapping_types {
        for (field, _) in origin.values.iter().filter(|(_, origin)| **origin == Origin::Attested) {
            let list = snapshot.schema.values(mapping, field).ok_or("an attested list is missing")?;
            let values: Vec<_> =
                list.values.iter().map(|value| (value.id.as_str(), value.name.as_str())).collect();
            found.insert((mapping.as_str(), field.as_str()), values);
        }
    }
    assert_eq!(found, attested.into_iter().map(|(of, values)| (of, values.to_vec())).collect());
    Ok(())
}

const PHONE_TYPES: &[(&str, &str)] = &[
    ("C", "Cell"),
    ("F", "Fax"),
    ("H", "Home"),
    ("M", "Main"),
    ("O", "Office"),
    ("U", "Unknown"),
    ("W", "Work"),
];
const OPT_IN: &[(&str, &str)] = &[("1", "Opt-In"), ("2", "Unknown"), ("3", "Opt-Out")];
const EMAIL_TYPES: &[(&str, &str)] = &[("1", "Personal"), ("2", "Work"), ("3", "Other")];
const SUBSCRIPTIONS: &[(&str, &str)] = &[("0", "Unsubscribed"), ("1", "Not Subscribed"), ("2", "Subscribed")];

#[test]
fn its_provenance_names_every_part_and_nothing_else() -> TestResult {
    let Snapshot { schema, provenance, .. } = sample()?;
    let parts: BTreeSet<_> = fields(&schema)
        .map(|(mapping, field)| (mapping.name.as_str(), "field", field.name.as_str()))
        .chain(schema.values.keys().map(|(mapping, field)| (mapping.as_str(), "values", field.as_str())))
        .chain(schema.mapping_types.iter().map(|mapping| (mapping.name.as_str(), "mapping type", "")))
        .collect();
    let mut told = BTreeSet::new();
    for (mapping, origin) in &provenance.mapping_types {
        told.insert((mapping.as_str(), "mapping type", ""));
        told.extend(origin.fields.keys().map(|field| (mapping.as_str(), "field", field.as_str())));
        told.extend(origin.values.keys().map(|field| (mapping.as_str(), "values", field.as_str())));
    }
    assert_eq!(told, parts);
    Ok(())
}

#[test]
fn an_invented_mapping_type_has_no_attested_part() -> TestResult {
    for (mapping, origin) in sample()?.provenance.mapping_types {
        let parts: Vec<_> = origin.fields.values().chain(origin.values.values()).collect();
        match origin.origin {
            Origin::Attested => {
                assert!(origin.fields.values().all(|of| *of == Origin::Attested), "{mapping}");
            }
            Origin::NameAttested => {}
            Origin::Invented => assert!(parts.iter().all(|of| **of == Origin::Invented), "{mapping}"),
        }
    }
    Ok(())
}

#[test]
fn provenance_for_people_says_the_same_as_provenance_for_programs() -> TestResult {
    let Snapshot { schema, provenance, .. } = sample()?;
    let text = fs::read_to_string(folder().join("PROVENANCE.md"))?;
    let row = |start: &str| text.lines().find(|line| line.starts_with(start)).map(str::to_owned);
    for (mapping, origin) in &provenance.mapping_types {
        let start = format!("| `{mapping}` | {} |", origin.origin);
        assert!(row(&start).is_some(), "PROVENANCE.md has no row `{start}`");
    }
    for (mapping, field) in schema.values.keys() {
        let told = provenance.mapping_types[mapping].values[field];
        let listed = text.lines().any(|line| {
            line.contains(&format!("`{mapping}.{field}`")) && line.starts_with(&format!("| {told} |"))
        });
        assert!(listed, "PROVENANCE.md has no row for the {told} values of `{mapping}.{field}`");
    }
    Ok(())
}
