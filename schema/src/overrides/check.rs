//! Whether every override still applies to the snapshot that it stands in.

mod exclusive;

use std::collections::BTreeMap;

use super::{FieldOverride, MappingTypeOverride, Places, rust_name};
use crate::finding::{Finding, did_you_mean};
use crate::json::JsonPath;
use crate::model::{AllowMultipleMode, Field, MappingType, Schema};
use crate::snapshot::{OVERRIDES, Snapshot};

/// There is no mapping type of this name.
pub const UNKNOWN_MAPPING_TYPE: &str = "overrides::unknown-mapping-type";
/// The mapping type has no field of this name.
pub const UNKNOWN_FIELD: &str = "overrides::unknown-field";
/// A type field is named for a mapping type that is not of mode `SinglePerType`.
pub const NOT_SINGLE_PER_TYPE: &str = "overrides::not-single-per-type";
/// The field has no list of predefined values.
pub const NO_VALUES: &str = "overrides::no-predefined-values";
/// A length is given for a field whose texts are predefined values.
pub const NO_TEXT: &str = "overrides::no-text";
/// Any of several parents is to be enough, and the field has fewer than two.
pub const TOO_FEW_PARENTS: &str = "overrides::too-few-parents";
/// It is said when a field is required that is not required, or always is.
pub const NOT_CONDITIONAL: &str = "overrides::not-conditionally-required";
/// A Rust name is no identifier.
pub const NOT_AN_IDENTIFIER: &str = "overrides::not-an-identifier";
/// Two things are given the same Rust name.
pub const NAME_TWICE: &str = "overrides::name-twice";
/// There are fewer than two exclusive groups.
pub const TOO_FEW_GROUPS: &str = "overrides::too-few-groups";
/// An exclusive group has no field.
pub const EMPTY_GROUP: &str = "overrides::empty-group";
/// A field is in exclusive groups twice.
pub const GROUPED_TWICE: &str = "overrides::grouped-twice";
/// A field that every mapping fills is in an exclusive group.
pub const REQUIRED_IN_GROUP: &str = "overrides::required-in-group";
/// A field and a field that it depends on are in different exclusive groups.
pub const PARENT_IN_OTHER_GROUP: &str = "overrides::parent-in-other-group";

/// An error for every override that does not apply to the snapshot, with its place, in the order of the text. Overrides
/// of mapping types of which parts could not be read are left out: what reading said of these comes first.
pub fn check(snapshot: &Snapshot) -> Vec<Finding> {
    let mut check = Check { snapshot, findings: Vec::new() };
    check.mapping_types();
    check.exclusive_groups();
    check.findings.sort_by(|a, b| a.location.cmp(&b.location));
    check.findings
}

struct Check<'a> {
    snapshot: &'a Snapshot,
    findings: Vec<Finding>,
}

impl<'a> Check<'a> {
    fn schema(&self) -> &'a Schema {
        &self.snapshot.schema
    }

    fn error(&mut self, code: &'static str, at: &JsonPath, message: String, help: impl Into<String>) {
        let places: &Places = &self.snapshot.override_places;
        let finding = Finding::error_at(code, OVERRIDES, places.bytes(at), message);
        self.findings.push(finding.help(help));
    }

    /// The mapping type of this name, if all of it could be read; a finding if there is none.
    fn mapping_type(&mut self, name: &str, at: &JsonPath) -> Option<&'a MappingType> {
        let schema = self.schema();
        let Some(index) = schema.mapping_types.iter().position(|mapping| mapping.name == name) else {
            if self.snapshot.is_whole {
                let names = schema.mapping_types.iter().map(|mapping| mapping.name.as_str());
                let help = did_you_mean(name, names)
                    .unwrap_or_else(|| "remove this override; the snapshot no longer has it".to_owned());
                let message = format!("there is no mapping type `{name}` in the snapshot");
                self.error(UNKNOWN_MAPPING_TYPE, at, message, help);
            }
            return None;
        };
        let is_whole = self.snapshot.places.get(index).is_some_and(Option::is_some);
        schema.mapping_types.get(index).filter(|_| is_whole)
    }

    /// The field of this name; a finding if there is none.
    fn field(&mut self, mapping: &'a MappingType, name: &str, at: &JsonPath) -> Option<&'a Field> {
        let field = mapping.field(name);
        if field.is_none() {
            let names = mapping.fields.iter().map(|field| field.name.as_str());
            let help = did_you_mean(name, names)
                .unwrap_or_else(|| "remove this override; the snapshot no longer has it".to_owned());
            let message = format!("there is no field `{name}` of `{}` in the snapshot", mapping.name);
            self.error(UNKNOWN_FIELD, at, message, help);
        }
        field
    }

    fn mapping_types(&mut self) {
        let at = JsonPath::root().key("mapping-types");
        let overrides = &self.schema().overrides.mapping_types;
        for (name, known) in overrides {
            let at = at.key(name);
            if let Some(mapping) = self.mapping_type(name, &at) {
                self.type_field(mapping, known, &at);
                for (name, known) in &known.fields {
                    let at = at.key("fields").key(name);
                    if let Some(field) = self.field(mapping, name, &at) {
                        self.field_override(mapping, field, known, &at);
                    }
                }
            }
            let names = known.fields.iter().map(|(name, known)| (name, known.name.as_deref()));
            self.rust_names(names, &at.key("fields"));
        }
        let names = overrides.iter().map(|(name, known)| (name, known.name.as_deref()));
        self.rust_names(names, &at);
    }

    fn type_field(&mut self, mapping: &'a MappingType, known: &MappingTypeOverride, at: &JsonPath) {
        let Some(name) = &known.type_field else { return };
        let at = at.key("type-field");
        let mode = &mapping.allow_multiple_mode;
        if *mode != AllowMultipleMode::SinglePerType {
            let message = format!(
                "`{}` is of mode `{}`, and only mapping types of mode `SinglePerType` have a type field",
                mapping.name,
                mode.as_str()
            );
            self.error(NOT_SINGLE_PER_TYPE, &at, message, "remove this override");
            return;
        }
        if self.field(mapping, name, &at).is_some_and(|field| !field.has_predefined_values) {
            let message = format!("`{name}` has no predefined values, so it cannot say which type is meant");
            let candidates: Vec<String> = mapping
                .fields
                .iter()
                .filter(|field| field.has_predefined_values)
                .map(|field| format!("`{}`", field.name))
                .collect();
            let help = match candidates.as_slice() {
                [] => "remove this override; no field of the mapping type has predefined values".to_owned(),
                some => format!("name a field that has: {}", some.join(", ")),
            };
            self.error(NO_VALUES, &at, message, help);
        }
    }

    fn field_override(
        &mut self,
        mapping: &'a MappingType,
        field: &'a Field,
        known: &FieldOverride,
        at: &JsonPath,
    ) {
        let name = &field.name;
        let limits = field.parent_limits();
        if known.parents == Some(super::ParentMode::Any) && limits.len() < 2 {
            let has = match limits.as_slice() {
                [] => "no parents".to_owned(),
                [one, ..] => format!("one parent, `{}`", one.parent),
            };
            let message = format!("`{name}` has {has}: there is nothing to choose from");
            self.error(TOO_FEW_PARENTS, &at.key("parents"), message, "remove this override");
        }
        if known.required.is_some() {
            let why = match (field.is_required, limits.iter().any(|limit| limit.allowed.is_some())) {
                (true, true) => None,
                (false, _) => Some("is not required"),
                (true, false) => Some("is always required, as no parent limits it to some values"),
            };
            if let Some(why) = why {
                let message = format!("`{name}` {why}, so there is nothing to say about when it is");
                self.error(NOT_CONDITIONAL, &at.key("required"), message, "remove this override");
            }
        }
        if known.max_characters.is_some() && field.has_predefined_values {
            let message =
                format!("`{name}` has predefined values, so there is no text that could be too long");
            self.error(NO_TEXT, &at.key("max-characters"), message, "remove this override");
        }
        if known.values.is_some() {
            let at = at.key("values");
            if !field.has_predefined_values {
                let message = format!("`{name}` has no predefined values");
                self.error(NO_VALUES, &at, message, "remove this override");
            } else if self.schema().values(&mapping.name, name).is_none() {
                let message = format!("the snapshot has no list of the values of `{name}`");
                let help = format!("fetch it (`--values {}.{name}`), or remove this override", mapping.name);
                self.error(NO_VALUES, &at, message, help);
            }
        }
    }

    /// Names for things of one scope, by their wire names.
    fn rust_names<'n>(&mut self, names: impl Iterator<Item = (&'n String, Option<&'n str>)>, at: &JsonPath) {
        let mut given: BTreeMap<&str, &str> = BTreeMap::new();
        for (wire, name) in names {
            let Some(name) = name else { continue };
            let at = at.key(wire).key("name");
            if !rust_name::is_identifier(name) {
                let why =
                    if rust_name::is_keyword(name) { "a keyword of Rust" } else { "no Rust identifier" };
                let help =
                    "use letters, digits and `_`, beginning with a letter, and no keyword of any edition";
                self.error(NOT_AN_IDENTIFIER, &at, format!("`{name}` is {why}"), help);
            } else if let Some(first) = given.insert(name, wire) {
                let message = format!("`{first}` has the Rust name `{name}`, too");
                self.error(NAME_TWICE, &at, message, "give each a name of its own");
            }
        }
    }
}
