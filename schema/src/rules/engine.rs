//! The rules of mapping types, as [`van_bulk::rules`] checks them.

use std::collections::BTreeMap;

use van_bulk::rules::{
    Broken, FieldRules, Group, MappingRules, Multiplicity, ParentRule, Problem, Required, check,
};

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
    // The rules borrow lists of lists, which are made from the inside out.
    let ids: Vec<Vec<Vec<Option<Vec<&str>>>>> = known.iter().map(|mapping| all_ids(mapping)).collect();
    let parents: Vec<Vec<Vec<ParentRule<'_>>>> =
        known.iter().zip(&ids).map(|(mapping, ids)| all_parents(mapping, ids)).collect();
    let fields: Vec<Vec<FieldRules<'_>>> =
        known.iter().zip(&parents).map(|(mapping, parents)| all_fields(schema, mapping, parents)).collect();
    let resources: Vec<Vec<&str>> =
        known.iter().map(|mapping| mapping.resource_types.iter().map(String::as_str).collect()).collect();
    let group_fields: Vec<Vec<Vec<Vec<&str>>>> =
        known.iter().map(|mapping| all_group_fields(schema, mapping)).collect();
    let groups: Vec<Vec<Vec<Group<'_>>>> = known
        .iter()
        .zip(&group_fields)
        .map(|(mapping, fields)| all_groups(schema, mapping, fields))
        .collect();
    let sets: Vec<Vec<&[Group<'_>]>> =
        groups.iter().map(|sets| sets.iter().map(Vec::as_slice).collect()).collect();
    let rules: BTreeMap<&str, MappingRules<'_>> = known
        .iter()
        .enumerate()
        .map(|(index, mapping)| {
            let rules = MappingRules {
                name: &mapping.name,
                multiplicity: multiplicity(schema, mapping),
                resource_types: &resources[index],
                fields: &fields[index],
                exclusive: &sets[index],
            };
            (mapping.name.as_str(), rules)
        })
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

/// By field and parent: the ids that the parent is limited to.
fn all_ids(mapping: &MappingType) -> Vec<Vec<Option<Vec<&str>>>> {
    mapping
        .fields
        .iter()
        .map(|field| {
            let limits = field.parent_limits().into_iter();
            limits.map(|limit| limit.allowed.map(|ids| ids.into_iter().collect())).collect()
        })
        .collect()
}

fn all_parents<'a>(
    mapping: &'a MappingType,
    ids: &'a [Vec<Option<Vec<&'a str>>>],
) -> Vec<Vec<ParentRule<'a>>> {
    let fields = mapping.fields.iter().zip(ids);
    fields
        .map(|(field, ids)| {
            let limits = field.parent_limits().into_iter().zip(ids);
            limits.map(|(limit, ids)| ParentRule { field: limit.parent, allowed: ids.as_deref() }).collect()
        })
        .collect()
}

fn all_fields<'a>(
    schema: &Schema,
    mapping: &'a MappingType,
    parents: &'a [Vec<ParentRule<'a>>],
) -> Vec<FieldRules<'a>> {
    let fields = mapping.fields.iter().zip(parents);
    fields
        .map(|(field, parents)| FieldRules {
            name: &field.name,
            required: required(schema, mapping, field),
            takes_column: field.can_be_mapped_to_column,
            parents,
            any_parent: schema.any_parent(&mapping.name, &field.name),
        })
        .collect()
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
