//! The rules of mapping types, as [`van_bulk::rules`] checks them.

use std::collections::BTreeMap;

use van_bulk::rules::{Broken, Group, MappingRules, Multiplicity, Problem, check};

use super::codes::*;
use super::context::{Context, Findings, MappingUse, error};
use crate::by_name;
use crate::model::{AllowMultipleMode, Field, MappingType, Schema};
use crate::payload;

/// Everything that mapping types ask of their fields and of each other.
pub(super) fn mapping_types_keep_their_rules(context: &Context<'_>, findings: &mut Findings) {
    let mut actions: BTreeMap<usize, Vec<(&MappingUse<'_>, &MappingType)>> = BTreeMap::new();
    for mapping in &context.mappings {
        if let Some(known) = mapping.known {
            actions.entry(mapping.action).or_default().push((mapping, known));
        }
    }
    for uses in actions.values() {
        let Some((first, _)) = uses.first() else { continue };
        let mut known: Vec<&MappingType> = uses.iter().map(|(_, known)| *known).collect();
        known.sort_by(|a, b| a.name.cmp(&b.name));
        known.dedup_by(|a, b| a.name == b.name);
        let broken = broken(context.schema, first.resource_type, &known, uses);
        findings.extend(broken.into_iter().filter_map(|broken| {
            let (mapping, known) = uses.get(broken.mapping)?;
            finding(mapping, known, &broken.problem)
        }));
    }
}

/// Gives the engine the rules of `known` and the mappings of one action.
fn broken(
    schema: &Schema,
    resource_type: &str,
    known: &[&MappingType],
    uses: &[(&MappingUse<'_>, &MappingType)],
) -> Vec<Broken> {
    // Groups are lists of lists, which the rules borrow from the inside out.
    let group_fields: Vec<Vec<Vec<Vec<&str>>>> =
        known.iter().map(|mapping| all_group_fields(schema, mapping)).collect();
    let groups: Vec<Vec<Vec<Group<'_>>>> = known
        .iter()
        .zip(&group_fields)
        .map(|(mapping, fields)| all_groups(schema, mapping, fields))
        .collect();
    let lists: Vec<Lists<'_>> =
        known.iter().zip(&groups).map(|(mapping, groups)| Lists::of(schema, mapping, groups)).collect();
    let rules: BTreeMap<&str, MappingRules<'_>> = known
        .iter()
        .zip(&lists)
        .map(|(mapping, lists)| (mapping.name.as_str(), lists.rules(schema, mapping)))
        .collect();
    let pairs: Vec<(&MappingRules<'_>, &payload::MappingType)> = uses
        .iter()
        .filter_map(|(mapping, known)| Some((rules.get(known.name.as_str())?, mapping.expanded)))
        .collect();
    check(resource_type, &pairs)
}

/// How often a job may hold a mapping type, after the overrides; a mode that is not known is any number of times.
pub fn multiplicity<'a>(schema: &'a Schema, mapping: &'a MappingType) -> Multiplicity<'a> {
    match mapping.allow_multiple_mode {
        AllowMultipleMode::Single => Multiplicity::Single,
        AllowMultipleMode::SinglePerType => match schema.type_field(mapping) {
            Some(field) => Multiplicity::SinglePerType(&field.name),
            None => Multiplicity::Multiple,
        },
        AllowMultipleMode::Multiple | AllowMultipleMode::Unknown(_) => Multiplicity::Multiple,
    }
}

/// What the rules of a mapping type borrow.
struct Lists<'a> {
    resource_types: Vec<&'a str>,
    fields: Vec<&'a str>,
    required: Vec<&'a str>,
    required_when_allowed: Vec<&'a str>,
    static_only: Vec<&'a str>,
    parents: Vec<(&'a str, &'a str)>,
    limits: Vec<(&'a str, &'a str, &'a str)>,
    any_parent: Vec<&'a str>,
    exclusive: Vec<&'a [Group<'a>]>,
}

impl<'a> Lists<'a> {
    fn of(schema: &Schema, mapping: &'a MappingType, groups: &'a [Vec<Group<'a>>]) -> Self {
        let names = |which: &dyn Fn(&Field) -> bool| -> Vec<&'a str> {
            let fields = mapping.fields.iter().filter(|field| which(field));
            fields.map(|field| field.name.as_str()).collect()
        };
        let mut lists = Self {
            resource_types: mapping.resource_types.iter().map(String::as_str).collect(),
            fields: names(&|_| true),
            required: names(&|field| required(schema, mapping, field) == Required::Always),
            required_when_allowed: names(&|field| required(schema, mapping, field) == Required::WhenAllowed),
            static_only: names(&|field| !field.can_be_mapped_to_column),
            parents: Vec::new(),
            limits: Vec::new(),
            any_parent: names(&|field| schema.any_parent(&mapping.name, &field.name)),
            exclusive: groups.iter().map(Vec::as_slice).collect(),
        };
        for field in &mapping.fields {
            for limit in field.parent_limits() {
                lists.parents.push((&field.name, limit.parent));
                let ids = limit.allowed.into_iter().flatten();
                lists.limits.extend(ids.map(|id| (field.name.as_str(), limit.parent, id)));
            }
        }
        lists
    }

    fn rules(&'a self, schema: &'a Schema, mapping: &'a MappingType) -> MappingRules<'a> {
        MappingRules {
            name: &mapping.name,
            multiplicity: multiplicity(schema, mapping),
            resource_types: &self.resource_types,
            fields: &self.fields,
            required: &self.required,
            required_when_allowed: &self.required_when_allowed,
            static_only: &self.static_only,
            parents: &self.parents,
            limits: &self.limits,
            any_parent: &self.any_parent,
            exclusive: &self.exclusive,
        }
    }
}

/// When a mapping must fill a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Required {
    /// Never.
    No,
    /// When its parents have the values that it is limited to.
    WhenAllowed,
    /// Always.
    Always,
}

/// When a mapping must fill a field, after the overrides.
pub fn required(schema: &Schema, mapping: &MappingType, field: &Field) -> Required {
    let is_limited = field.parent_limits().iter().any(|limit| limit.allowed.is_some());
    match field.is_required {
        false => Required::No,
        true if is_limited && !schema.strictly_required(&mapping.name, &field.name) => Required::WhenAllowed,
        true => Required::Always,
    }
}

/// By set and group: the fields.
fn all_group_fields<'a>(schema: &'a Schema, mapping: &MappingType) -> Vec<Vec<Vec<&'a str>>> {
    let sets = schema.overrides.exclusive.iter().filter(|set| set.mapping_type == mapping.name);
    sets.map(|set| set.groups.values().map(|fields| fields.iter().map(String::as_str).collect()).collect())
        .collect()
}

fn all_groups<'a>(
    schema: &'a Schema,
    mapping: &MappingType,
    fields: &'a [Vec<Vec<&'a str>>],
) -> Vec<Vec<Group<'a>>> {
    let sets = schema.overrides.exclusive.iter().filter(|set| set.mapping_type == mapping.name).zip(fields);
    sets.map(|(set, fields)| {
        set.groups.keys().zip(fields).map(|(name, fields)| Group { name, fields }).collect()
    })
    .collect()
}

/// A problem as a finding; names that the mapping type does not have are told by another rule.
fn finding(mapping: &MappingUse<'_>, known: &MappingType, problem: &Problem) -> Option<crate::Finding> {
    let name = &known.name;
    let of_field = |key: &str| {
        let field = problem.field().and_then(|field| mapping.field(field));
        field.map_or(mapping.path.clone(), |field| field.at(key))
    };
    let (code, at) = match problem {
        Problem::WrongResource { .. } => (WRONG_RESOURCE_TYPE, mapping.path.clone()),
        Problem::SingleTwice { .. } => (SINGLE_TWICE, mapping.path.clone()),
        Problem::TypeTwice { .. } => (TYPE_TWICE, of_field("staticValue")),
        Problem::Required { .. } | Problem::RequiredHere { .. } => (REQUIRED_FIELD, mapping.path.clone()),
        Problem::ParentMissing { .. } => (PARENT_NOT_MAPPED, of_field("fieldName")),
        Problem::ParentValue { .. } => (PARENT_VALUE, of_field("fieldName")),
        Problem::StaticOnly { field } => {
            // The field may be mapped twice, and only once to a column.
            let to_column = mapping
                .fields
                .iter()
                .find(|used| used.entry.field_name == *field && used.entry.column_name.is_some());
            (STATIC_ONLY, to_column.map_or(mapping.path.clone(), |used| used.at("columnName")))
        }
        Problem::Exclusive { .. } => (EXCLUSIVE, of_field("fieldName")),
        _ => return None,
    };
    let message = match problem {
        Problem::WrongResource { .. } | Problem::SingleTwice { .. } | Problem::TypeTwice { .. } => {
            problem.to_string()
        }
        _ => format!("`{name}`: {problem}"),
    };
    let mut help = problem.help();
    if let Problem::Required { field } | Problem::RequiredHere { field, .. } = problem
        && known.field(field).is_some_and(by_name::can_be_matched)
    {
        help.push_str(&format!(", or name a column `{field}`"));
    }
    Some(error(code, at, message).help(help))
}
