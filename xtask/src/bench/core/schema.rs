//! Made-up schemas of any size, the same on every machine.
//!
//! A mapping type has two required fields and as many optional ones as are wanted, with the relations of a large mapping
//! type of VAN's: 15 of them over 7 parents, 6 limited to some of the parent's values, two children with two parents, and
//! one chain. One field in ten has predefined values without a list, and one in fifteen takes no columns.

use std::path::Path;

use miette::{IntoDiagnostic as _, WrapErr as _, miette};
use serde_json::{Value, json};
use van_bulk_codegen::ir::Program;
use van_bulk_codegen::{NamesLock, resolve};
use van_bulk_schema::Snapshot;
use van_bulk_schema::finding::any_error;
use van_bulk_schema::snapshot::{MAPPING_TYPES, RESOURCES};

/// How many fields a mapping type must have: the constructor takes them.
const REQUIRED: u64 = 2;

/// Children with their parents, by number, and the values of the parent that they are limited to.
const RELATIONS: [(u64, u64, &[&str]); 15] = [
    (10, 0, &[]),
    (11, 0, &[]),
    (12, 0, &[]),
    (13, 1, &[]),
    (14, 1, &[]),
    (16, 2, &["A", "B"]),
    (17, 2, &["A", "B"]),
    (18, 2, &["A", "B"]),
    (19, 3, &["A"]),
    (20, 3, &["A"]),
    (21, 4, &[]),
    (21, 5, &[]),
    (22, 0, &[]),
    (22, 2, &["A"]),
    (23, 10, &[]),
];

/// The fields whose values are listed, since others are limited to some of them.
const LISTED: [u64; 2] = [2, 3];

/// Mapping types of which a job may hold one, or one for each type; all others are without bound, since a job keeps no more
/// than 512 apart.
const COUNTED: u64 = 60;

/// A made-up schema.
#[derive(Debug, Clone, Copy)]
pub(in crate::bench) struct Schema {
    pub(in crate::bench) mappings: u64,
    /// The optional ones of each.
    pub(in crate::bench) fields: u64,
    /// Changes the description of one field.
    pub(in crate::bench) edition: u64,
}

impl Schema {
    pub(in crate::bench) fn new(mappings: u64, fields: u64) -> Self {
        Self { mappings, fields, edition: 0 }
    }

    /// The snapshot in memory, and what the generator makes of its names.
    pub(in crate::bench) fn resolved(self) -> miette::Result<(Snapshot, Program)> {
        let (snapshot, findings) = Snapshot::parse(self.documents().into_iter().collect());
        if any_error(&findings) {
            return Err(miette!("the made-up schema is wrong: {findings:?}"));
        }
        let program = resolve(&snapshot, &mut NamesLock::default());
        Ok((snapshot, program))
    }

    /// Writes the snapshot into a folder.
    pub(in crate::bench) fn write(self, folder: &Path) -> miette::Result<()> {
        for (name, text) in self.documents() {
            let path = folder.join(name);
            if let Some(parent) = path.parent() {
                std::fs::create_dir_all(parent).into_diagnostic()?;
            }
            std::fs::write(&path, text)
                .into_diagnostic()
                .wrap_err_with(|| format!("could not write {}", path.display()))?;
        }
        Ok(())
    }

    fn documents(self) -> Vec<(String, String)> {
        let mapping_types: Vec<Value> = (0..self.mappings).map(|mapping| self.mapping(mapping)).collect();
        let mut documents = vec![
            (MAPPING_TYPES.to_owned(), json!({ "items": mapping_types }).to_string()),
            (RESOURCES.to_owned(), json!(["Contacts"]).to_string()),
            ("overrides.toml".to_owned(), self.overrides()),
        ];
        for mapping in 0..self.mappings {
            for field in LISTED.into_iter().filter(|field| *field < self.fields) {
                let (mapping, field) = (mapping_name(mapping), field_name(field));
                let items: Vec<Value> = ["A", "B", "C"].into_iter().map(value).collect();
                let list = json!({ "mappingType": mapping, "field": field, "items": items });
                documents.push((format!("values/{mapping}.{field}.json"), list.to_string()));
            }
        }
        documents
    }

    fn overrides(self) -> String {
        (0..self.mappings.min(COUNTED))
            .filter(|mapping| mode(*mapping) == "SinglePerType")
            .map(|mapping| {
                let (mapping, field) = (mapping_name(mapping), field_name(LISTED[0]));
                format!("[mapping-types.{mapping}]\ntype-field = \"{field}\"\n")
            })
            .collect()
    }

    fn mapping(self, number: u64) -> Value {
        let required = (0..REQUIRED).map(|field| {
            json!({
                "name": format!("Required{field}"),
                "description": format!("What mapping type {number} cannot be without, number {field}"),
                "hasPredefinedValues": false,
                "isRequired": true,
                "canBeMappedToColumn": true,
                "canBeMappedByName": true,
                "parents": null,
            })
        });
        let fields: Vec<Value> =
            required.chain((0..self.fields).map(|field| self.field(number, field))).collect();
        json!({
            "name": mapping_name(number),
            "displayName": format!("Mapping number {number}"),
            "allowMultipleMode": mode(number),
            "resourceTypes": ["Contacts"],
            "fields": fields,
        })
    }

    fn field(self, mapping: u64, number: u64) -> Value {
        let edition = if (mapping, number) == (0, 0) { self.edition } else { 0 };
        let parents: Vec<Value> = RELATIONS
            .iter()
            .filter(|(child, ..)| *child == number)
            .map(|(_, parent, values)| {
                let values: Vec<Value> = values.iter().copied().map(value).collect();
                let limit = if values.is_empty() { Value::Null } else { values.into() };
                json!({ "parentFieldName": field_name(*parent), "limitedToParentValues": limit })
            })
            .collect();
        json!({
            "name": field_name(number),
            "description": format!("What field {number} of mapping type {mapping} is for, in words of edition {edition}"),
            "hasPredefinedValues": LISTED.contains(&number) || number % 10 == 9,
            "isRequired": false,
            "canBeMappedToColumn": number % 15 != 14,
            "canBeMappedByName": true,
            "parents": if parents.is_empty() { Value::Null } else { parents.into() },
        })
    }
}

fn value(id: &str) -> Value {
    json!({ "id": id, "name": format!("Value {id}"), "parents": null })
}

fn mapping_name(number: u64) -> String {
    format!("Mapping{number:03}")
}

fn field_name(number: u64) -> String {
    format!("Field{number:03}")
}

fn mode(number: u64) -> &'static str {
    match number % 3 {
        _ if number >= COUNTED => "Multiple",
        0 => "Multiple",
        1 => "Single",
        _ => "SinglePerType",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schema_is_one_that_the_generator_takes_whole() {
        let (snapshot, program) = Schema::new(3, 60).resolved().unwrap();
        assert!(van_bulk_codegen::generate(&snapshot, &van_bulk_codegen::CrateConfig::new("x", "y")).is_ok());
        let needs: usize = program.mappings[0].fields.iter().map(|field| field.needs.len()).sum();
        assert_eq!((program.mappings[0].fields.len(), needs), (62, 15));
        let limited: usize = program.mappings[0]
            .fields
            .iter()
            .flat_map(|field| &field.needs)
            .filter(|need| need.gate.is_some())
            .count();
        assert_eq!(limited, 6);
        assert_eq!(
            program.mappings.iter().map(van_bulk_codegen::ir::Mapping::slots).collect::<Vec<_>>(),
            [0, 1, 4]
        );
    }
}
