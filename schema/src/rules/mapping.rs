//! Rules about the mapping types of an action.

use std::collections::HashSet;

use super::codes::*;
use super::context::{Context, Findings, MappingUse, error, help_or, list};
use crate::finding::did_you_mean;
use crate::model::{AllowMultipleMode, Field};

pub(super) fn mapping_type_is_known(context: &Context<'_>, findings: &mut Findings) {
    let names = || context.schema.mapping_types.iter().map(|mapping| mapping.name.as_str());
    for mapping in context.mappings.iter().filter(|mapping| mapping.known.is_none()) {
        let finding = error(
            UNKNOWN_MAPPING_TYPE,
            mapping.path.key("name"),
            format!("this key has no mapping type `{}`", mapping.name),
        );
        findings.push(help_or(finding, did_you_mean(mapping.name, names()), || {
            format!("it has {}", list(names()))
        }));
    }
}

pub(super) fn mapping_type_fits_the_resource(context: &Context<'_>, findings: &mut Findings) {
    for mapping in &context.mappings {
        let Some(known) = mapping.known else { continue };
        if !known.resource_types.iter().any(|resource| resource == mapping.resource_type) {
            let resources = list(known.resource_types.iter().map(String::as_str));
            findings.push(
                error(
                    WRONG_RESOURCE_TYPE,
                    mapping.path.clone(),
                    format!(
                        "`{}` does not apply to the resource type `{}`",
                        known.name, mapping.resource_type
                    ),
                )
                .help(format!("it applies to: {resources}")),
            );
        }
    }
}

pub(super) fn single_is_used_once(context: &Context<'_>, findings: &mut Findings) {
    let mut seen = HashSet::new();
    for mapping in &context.mappings {
        let Some(known) = mapping.known else { continue };
        let is_single = known.allow_multiple_mode == AllowMultipleMode::Single;
        if is_single && !seen.insert((mapping.action, mapping.name)) {
            findings.push(
                error(
                    SINGLE_TWICE,
                    mapping.path.clone(),
                    format!("the job already holds `{}`, which it may hold once", known.name),
                )
                .help("put all its fields into the first one, or send another job"),
            );
        }
    }
}

pub(super) fn required_fields_are_mapped(context: &Context<'_>, findings: &mut Findings) {
    for mapping in &context.mappings {
        let Some(known) = mapping.known else { continue };
        for field in known.fields.iter().filter(|field| field.is_required) {
            if mapping.field(&field.name).is_none() && is_demanded(field, mapping) {
                let finding = error(
                    REQUIRED_FIELD,
                    mapping.path.clone(),
                    format!("`{}` requires the field `{}`, which is not mapped", known.name, field.name),
                );
                findings.push(finding.help(how_to_map(field)));
            }
        }
    }
}

/// A required field that is limited to some values of its parents is demanded only where they have such a value. A
/// parent that comes from a column can only be judged row by row.
fn is_demanded(field: &Field, mapping: &MappingUse<'_>) -> bool {
    field.parent_limits().iter().filter(|limit| limit.allowed.is_some()).all(|limit| {
        let value = mapping.field(limit.parent).and_then(|parent| parent.static_value());
        value.is_some_and(|value| limit.allows(value))
    })
}

fn how_to_map(field: &Field) -> String {
    let name = &field.name;
    if !field.can_be_mapped_to_column {
        return format!("give `{name}` a static value");
    }
    let by_name = match field.can_be_mapped_by_name {
        Some(false) => String::new(),
        _ => format!(", or name a column `{name}`"),
    };
    format!("map `{name}` to a column or give it a static value{by_name}")
}
