//! A payload with every name looked up in the schema, for the rules to share.

use crate::finding::Finding;
use crate::json::JsonPath;
use crate::model::{self, ValueList};
use crate::payload::{self, FieldValueMapping, Payload};
use crate::rules::DOCUMENT;

pub(super) type Findings = Vec<Finding>;

/// What the rules look at.
pub(super) struct Context<'a> {
    pub(super) schema: &'a model::Schema,
    /// The job as it was sent.
    pub(super) payload: &'a Payload,
    /// Its mappings with those written out that VAN infers from column names.
    pub(super) mappings: Vec<MappingUse<'a>>,
}

/// A mapping type as one action uses it.
pub(super) struct MappingUse<'a> {
    pub(super) path: JsonPath,
    /// The index of its action.
    pub(super) action: usize,
    pub(super) resource_type: &'a str,
    pub(super) name: &'a str,
    /// The mapping type, if the key has it.
    pub(super) known: Option<&'a model::MappingType>,
    pub(super) fields: Vec<FieldUse<'a>>,
    /// The mapping with all field mappings.
    pub(super) expanded: &'a payload::MappingType,
}

/// A field as one mapping fills it.
pub(super) struct FieldUse<'a> {
    path: JsonPath,
    is_inferred: bool,
    pub(super) entry: &'a FieldValueMapping,
    /// The field, if the mapping type is known and has it.
    pub(super) known: Option<&'a model::Field>,
    /// Its values, if the list is known.
    pub(super) values: Option<&'a ValueList>,
}

impl<'a> Context<'a> {
    pub(super) fn new(schema: &'a model::Schema, sent: &'a Payload, expanded: &'a Payload) -> Self {
        let mut mappings = Vec::new();
        for (action_index, (action, sent_action)) in expanded.actions.iter().zip(&sent.actions).enumerate() {
            let at = action_path(action_index).key("mappingTypes");
            let pairs = action.mapping_types.iter().zip(&sent_action.mapping_types);
            for (index, (mapping, sent_mapping)) in pairs.enumerate() {
                let path = at.index(index);
                let known = schema.mapping_type(&mapping.name);
                let sent_fields = sent_mapping.field_value_mappings.len();
                mappings.push(MappingUse {
                    action: action_index,
                    resource_type: &action.resource_type,
                    name: &mapping.name,
                    known,
                    fields: field_uses(schema, known, mapping, sent_fields, &path),
                    expanded: mapping,
                    path,
                });
            }
        }
        Self { schema, payload: sent, mappings }
    }

    /// Every field of every mapping.
    pub(super) fn fields(&self) -> impl Iterator<Item = &FieldUse<'a>> {
        self.mappings.iter().flat_map(|mapping| &mapping.fields)
    }

    /// The names of the file's columns.
    pub(super) fn columns(&self) -> impl Iterator<Item = &str> {
        self.payload.file.columns.iter().map(|column| column.name.as_ref())
    }
}

impl<'a> MappingUse<'a> {
    /// How the field of this name is filled, if it is.
    pub(super) fn field(&self, name: &str) -> Option<&FieldUse<'a>> {
        self.fields.iter().find(|field| field.entry.field_name == name)
    }
}

impl FieldUse<'_> {
    /// The place of a property of the field mapping, or the mapping type if VAN infers the field mapping.
    pub(super) fn at(&self, key: &str) -> JsonPath {
        if self.is_inferred { self.path.clone() } else { self.path.key(key) }
    }

    /// The value of every row, if it is the same in all and not blank.
    pub(super) fn static_value(&self) -> Option<&str> {
        let value = self.entry.static_value.as_deref().filter(|value| !value.trim().is_empty());
        if self.entry.column_name.is_none() { value } else { None }
    }
}

fn field_uses<'a>(
    schema: &'a model::Schema,
    known: Option<&'a model::MappingType>,
    mapping: &'a payload::MappingType,
    sent_fields: usize,
    at: &JsonPath,
) -> Vec<FieldUse<'a>> {
    let entries = mapping.field_value_mappings.iter().enumerate();
    entries
        .map(|(index, entry)| {
            let is_inferred = index >= sent_fields;
            FieldUse {
                path: if is_inferred { at.clone() } else { at.key("fieldValueMappings").index(index) },
                is_inferred,
                entry,
                known: known.and_then(|mapping_type| mapping_type.field(&entry.field_name)),
                values: schema.values(&mapping.name, &entry.field_name),
            }
        })
        .collect()
}

/// The place of an action.
pub(super) fn action_path(index: usize) -> JsonPath {
    JsonPath::root().key("actions").index(index)
}

/// An error in the payload.
pub(super) fn error(code: &'static str, path: JsonPath, message: impl Into<String>) -> Finding {
    Finding::error(code, DOCUMENT, path, message.into())
}

/// A doubt about the payload.
pub(super) fn warning(code: &'static str, path: JsonPath, message: impl Into<String>) -> Finding {
    Finding::warning(code, DOCUMENT, path, message.into())
}

/// Adds the help, or `otherwise` if there is none.
pub(super) fn help_or(finding: Finding, help: Option<String>, otherwise: impl FnOnce() -> String) -> Finding {
    finding.help(help.unwrap_or_else(otherwise))
}

/// The names in backticks, with commas; long lists are cut.
pub(super) fn list<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    const MOST: usize = 12;
    let mut names = names.into_iter();
    let mut text: Vec<String> = names.by_ref().take(MOST).map(|name| format!("`{name}`")).collect();
    match names.count() {
        0 => {}
        more => text.push(format!("and {more} more")),
    }
    if text.is_empty() { "none".to_owned() } else { text.join(", ") }
}
