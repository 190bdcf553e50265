//! What the script of the page is told.
//!
//! Field names are short words of the page, not VAN's. Lists that may be long, those of values, are arrays.

use std::collections::BTreeMap;

use serde::Serialize;
use van_bulk_codegen::ir;
use van_bulk_schema::rules::{self, Multiplicity, Required};
use van_bulk_schema::{
    Field, MAX_COLUMNS, MAX_DESCRIPTION_CHARS, MappingType, RESULT_FILE_SIZE_KB, Schema, by_name, key_column,
};

use crate::Catalog;

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Data<'a> {
    /// The generated crate, as programs name it.
    krate: String,
    limits: Limits,
    /// The mapping type that finds the contacts of rows by itself.
    finds_contacts: &'static str,
    /// The column by which rows find their contacts otherwise.
    contact_key: &'static str,
    resources: Vec<Resource<'a>>,
    mappings: Vec<Mapping<'a>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Limits {
    columns: usize,
    description: usize,
    least_kb: u32,
    most_kb: u32,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Resource<'a> {
    name: &'a str,
    rust: &'a str,
    /// The column that says which record a row is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<&'static str>,
    about_contacts: bool,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Mapping<'a> {
    name: &'a str,
    /// The display name, as the page shows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    /// How often a job may hold it, as the rules take VAN's word: `single`, `perType` or `multiple`.
    mode: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    type_field: Option<&'a str>,
    resources: Vec<&'a str>,
    exclusive: Vec<Vec<Group<'a>>>,
    /// In VAN's order.
    fields: Vec<OneField<'a>>,
    rust: RustMapping<'a>,
}

#[derive(Debug, Serialize)]
struct Group<'a> {
    name: &'a str,
    fields: Vec<&'a str>,
}

#[derive(Debug, Serialize)]
struct RustMapping<'a> {
    module: &'a str,
    #[serde(rename = "type")]
    type_name: &'a str,
    /// The struct that the constructor takes, if it takes one.
    #[serde(skip_serializing_if = "Option::is_none")]
    required: Option<&'a str>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct OneField<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    /// `no`, `always`, or `whenAllowed` by the values of its parents.
    required: &'static str,
    /// Whether a column may fill it.
    column: bool,
    /// Whether VAN fills it from a column of its name.
    by_name: bool,
    parents: Vec<Parent<'a>>,
    /// Whether one of the parents is enough.
    any_parent: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    max: Option<usize>,
    /// The values, if the list is known: id, name and what each parent demands.
    #[serde(skip_serializing_if = "Option::is_none")]
    values: Option<Vec<OneValue<'a>>>,
    rust: RustField<'a>,
}

#[derive(Debug, Serialize)]
struct Parent<'a> {
    field: &'a str,
    /// The ids that allow the child; nothing if any does.
    allowed: Option<Vec<&'a str>>,
}

/// A value without parents takes two places, one with parents three.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum OneValue<'a> {
    Free(&'a str, &'a str),
    Limited(&'a str, &'a str, Vec<Parent<'a>>),
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct RustField<'a> {
    /// The place among the fields in which parents come before children.
    rank: usize,
    method: &'a str,
    /// Whether it is an argument of the constructor.
    argument: bool,
    /// Whether any text may fill it.
    text: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    module: Option<&'a str>,
    /// The types of values, by id.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    typed: BTreeMap<&'a str, &'a str>,
}

impl<'a> Data<'a> {
    pub(crate) fn new(catalog: &'a Catalog<'_>) -> Self {
        let (schema, program) = (&catalog.snapshot.schema, &catalog.program);
        let known = |wire: &str| program.mappings.iter().find(|mapping| mapping.wire == wire);
        Self {
            krate: catalog.builders(),
            limits: Limits {
                columns: MAX_COLUMNS,
                description: MAX_DESCRIPTION_CHARS,
                least_kb: *RESULT_FILE_SIZE_KB.start(),
                most_kb: *RESULT_FILE_SIZE_KB.end(),
            },
            finds_contacts: key_column::CREATE_OR_UPDATE_CONTACT,
            contact_key: key_column::VAN_ID,
            resources: program.resources.iter().map(resource).collect(),
            mappings: schema
                .mapping_types
                .iter()
                .filter_map(|mapping| Some(one_mapping(schema, mapping, known(&mapping.name)?)))
                .collect(),
        }
    }
}

fn resource(resource: &ir::Resource) -> Resource<'_> {
    Resource {
        name: &resource.wire,
        rust: &resource.type_name,
        key: key_column::key(&resource.wire),
        about_contacts: key_column::is_about_contacts(&resource.wire),
    }
}

fn one_mapping<'a>(schema: &'a Schema, mapping: &'a MappingType, known: &'a ir::Mapping) -> Mapping<'a> {
    let (mode, type_field) = match rules::multiplicity(schema, mapping) {
        Multiplicity::Single => ("single", None),
        Multiplicity::SinglePerType(field) => ("perType", Some(field)),
        Multiplicity::Multiple => ("multiple", None),
    };
    let sets = schema.overrides.exclusive.iter().filter(|set| set.mapping_type == mapping.name);
    let group = |(name, fields): (&'a String, &'a Vec<String>)| Group {
        name,
        fields: fields.iter().map(String::as_str).collect(),
    };
    let fields = mapping.fields.iter().filter_map(|field| {
        let rank = known.fields.iter().position(|known| known.wire == field.name)?;
        Some(one_field(schema, mapping, field, rank, &known.fields[rank]))
    });
    Mapping {
        name: &mapping.name,
        title: crate::text::description(mapping.display_name.as_deref()),
        mode,
        type_field,
        resources: mapping.resource_types.iter().map(String::as_str).collect(),
        exclusive: sets.map(|set| set.groups.iter().map(group).collect()).collect(),
        fields: fields.collect(),
        rust: RustMapping {
            module: &known.module,
            type_name: &known.type_name,
            required: known.required_struct.as_deref(),
        },
    }
}

fn one_field<'a>(
    schema: &'a Schema,
    mapping: &'a MappingType,
    field: &'a Field,
    rank: usize,
    known: &'a ir::Field,
) -> OneField<'a> {
    let parent = |limit: van_bulk_schema::model::ParentLimit<'a>| Parent {
        field: limit.parent,
        allowed: limit.allowed,
    };
    let values = schema.values(&mapping.name, &field.name).map(|list| {
        let values = list.values.iter().map(|value| {
            let limits: Vec<Parent<'a>> = value.parent_limits().into_iter().map(parent).collect();
            match limits.is_empty() {
                true => OneValue::Free(&value.id, &value.name),
                false => OneValue::Limited(&value.id, &value.name, limits),
            }
        });
        values.collect()
    });
    let typed = known.values.iter().flat_map(|values| &values.typed);
    OneField {
        name: &field.name,
        description: crate::text::description(field.description.as_deref()),
        required: match rules::required(schema, mapping, field) {
            Required::No => "no",
            Required::WhenAllowed => "whenAllowed",
            Required::Always => "always",
        },
        column: field.can_be_mapped_to_column,
        by_name: by_name::can_be_matched(field),
        parents: field.parent_limits().into_iter().map(parent).collect(),
        any_parent: schema.any_parent(&mapping.name, &field.name),
        max: schema.max_characters(&mapping.name, &field.name),
        values,
        rust: RustField {
            rank,
            method: &known.method,
            argument: known.requirement == ir::Requirement::Always,
            text: known.takes_text,
            module: known
                .values
                .as_ref()
                .filter(|values| !values.known.is_empty())
                .map(|values| values.module.as_str()),
            typed: typed.map(|value| (value.id.as_str(), value.type_name.as_str())).collect(),
        },
    }
}
