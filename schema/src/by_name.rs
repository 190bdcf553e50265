//! Mappings that VAN infers from column names.
//!
//! Other clients leave `fieldValueMappings` out, or give only some of them, and let VAN fill the fields from columns of
//! the same name. That VAN does so, and ignores case, was seen in those clients; underscores and spaces are not folded.

use van_bulk::header::same_name;

use crate::model::{Field, MappingType, ParentLimit, Schema};
use crate::payload::{self, FieldValueMapping, Payload, Text};

/// The payload with every field mapping written out that VAN would infer from a column of the field's name.
///
/// A column stands for a field if their names are equal ignoring case, the field can be mapped to a column, and the
/// field does not say that it cannot be mapped by name.
///
/// - A mapping without any field mapping takes every matching column.
/// - A mapping that has some (mixed style) also takes matching columns for its other fields, but only columns that no
///   field mapping of the job names, and only for fields whose parents are all mapped and, where they are static, have
///   a value that allows the field. These limits are our reading: they keep a job that spells out its mappings from
///   being filled with columns that were meant for something else.
///
/// Inferred mappings come after those that were sent, so the index of a sent one stays. Names of mapping types are
/// taken as they are; names of fields and columns are matched ignoring case and written in the spelling of the schema
/// and of the file's columns. What is not known stays as it is; [`rules`](crate::rules) reports it.
pub fn expand(schema: &Schema, payload: &Payload) -> Payload {
    let columns: Vec<&Text> = payload.file.columns.iter().map(|column| &column.name).collect();
    let named = columns_named(payload);
    let mut expanded = payload.clone();
    for mapping in expanded.actions.iter_mut().flat_map(|action| &mut action.mapping_types) {
        let mapping_type = schema.mapping_type(&mapping.name);
        for entry in &mut mapping.field_value_mappings {
            use_known_spelling(entry, mapping_type, &columns);
        }
        let Some(mapping_type) = mapping_type else { continue };
        if mapping.field_value_mappings.is_empty() {
            infer_all(mapping, mapping_type, &columns);
        } else {
            infer_rest(schema, mapping, mapping_type, &columns, &named);
        }
    }
    expanded
}

/// The field that `name` stands for: the one of exactly this name, else the first of this name ignoring case.
pub fn field<'a>(mapping_type: &'a MappingType, name: &str) -> Option<&'a Field> {
    let ignoring_case = || mapping_type.fields.iter().find(|field| same_name(&field.name, name));
    mapping_type.field(name).or_else(ignoring_case)
}

/// The column that `name` stands for: the one of exactly this name, else the first of this name ignoring case.
fn column<'a>(columns: &[&'a Text], name: &str) -> Option<&'a Text> {
    let exact = columns.iter().find(|column| column.as_ref() == name);
    exact.or_else(|| columns.iter().find(|column| same_name(column, name))).copied()
}

fn columns_named(payload: &Payload) -> Vec<&str> {
    let mappings = payload.actions.iter().flat_map(|action| &action.mapping_types);
    let entries = mappings.flat_map(|mapping| &mapping.field_value_mappings);
    entries.filter_map(|entry| entry.column_name.as_deref()).collect()
}

fn use_known_spelling(entry: &mut FieldValueMapping, mapping_type: Option<&MappingType>, columns: &[&Text]) {
    if let Some(field) = mapping_type.and_then(|mapping_type| field(mapping_type, &entry.field_name)) {
        entry.field_name = field.name.clone().into();
    }
    if let Some(name) = &mut entry.column_name
        && let Some(column) = column(columns, name)
    {
        *name = column.clone();
    }
}

/// Whether VAN fills the field from a column of its name.
pub fn can_be_matched(field: &Field) -> bool {
    field.can_be_mapped_to_column && field.can_be_mapped_by_name != Some(false)
}

/// The column that VAN would take for the field.
fn matching_column<'a>(field: &Field, columns: &[&'a Text]) -> Option<&'a Text> {
    if can_be_matched(field) { column(columns, &field.name) } else { None }
}

fn infer_all(mapping: &mut payload::MappingType, mapping_type: &MappingType, columns: &[&Text]) {
    for field in &mapping_type.fields {
        if let Some(column) = matching_column(field, columns) {
            mapping.field_value_mappings.push(from_column(field, column));
        }
    }
}

fn infer_rest(
    schema: &Schema,
    mapping: &mut payload::MappingType,
    mapping_type: &MappingType,
    columns: &[&Text],
    named: &[&str],
) {
    // A field inferred in one round may be the parent of one in the next.
    loop {
        let before = mapping.field_value_mappings.len();
        for field in &mapping_type.fields {
            if is_mapped(mapping, &field.name) {
                continue;
            }
            let Some(column) = matching_column(field, columns) else { continue };
            let is_free = !named.iter().any(|name| same_name(name, column));
            let limits = field.parent_limits();
            let is_allowed = match schema.any_parent(&mapping_type.name, &field.name) {
                true => limits.is_empty() || limits.iter().any(|limit| is_met(limit, mapping)),
                false => limits.iter().all(|limit| is_met(limit, mapping)),
            };
            if is_free && is_allowed {
                mapping.field_value_mappings.push(from_column(field, column));
            }
        }
        if mapping.field_value_mappings.len() == before {
            return;
        }
    }
}

fn is_mapped(mapping: &payload::MappingType, field: &str) -> bool {
    entry(mapping, field).is_some()
}

fn entry<'a>(mapping: &'a payload::MappingType, field: &str) -> Option<&'a FieldValueMapping> {
    mapping.field_value_mappings.iter().find(|entry| entry.field_name == field)
}

/// Whether the parent is mapped and, if it has the same value in every row, has one that allows the child.
fn is_met(limit: &ParentLimit<'_>, mapping: &payload::MappingType) -> bool {
    let Some(parent) = entry(mapping, limit.parent) else { return false };
    match (&parent.column_name, &parent.static_value) {
        (None, Some(value)) => limit.allows(value),
        _ => true,
    }
}

fn from_column(field: &Field, column: &Text) -> FieldValueMapping {
    FieldValueMapping {
        field_name: field.name.clone().into(),
        column_name: Some(column.clone()),
        ..FieldValueMapping::default()
    }
}
