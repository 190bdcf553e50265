//! Rules about values that depend on other fields of the same mapping.

use super::codes::*;
use super::context::{Context, FieldUse, Findings, MappingUse, error, list};
use crate::model::ParentLimit;

pub(super) fn static_parents_allow_the_static_value(context: &Context<'_>, findings: &mut Findings) {
    for (mapping, field) in uses(context) {
        let (Some(values), Some(id)) = (field.values, field.static_value()) else { continue };
        let Some(chosen) = values.by_id(id) else { continue };
        for (limit, value) in refused(chosen.parent_limits(), mapping) {
            let name = &field.entry.field_name;
            findings.push(
                error(
                    PARENT_VALUE,
                    field.at("staticValue"),
                    format!(
                        "the value `{id}` of `{name}` is not allowed where `{}` is `{value}`",
                        limit.parent
                    ),
                )
                .help(allowed(&limit)),
            );
        }
    }
}

fn uses<'c, 'a>(context: &'c Context<'a>) -> impl Iterator<Item = (&'c MappingUse<'a>, &'c FieldUse<'a>)> {
    context.mappings.iter().flat_map(|mapping| mapping.fields.iter().map(move |field| (mapping, field)))
}

/// The limits that the static value of their parent breaks, with that value.
fn refused<'m, 's>(
    limits: Vec<ParentLimit<'s>>,
    mapping: &'m MappingUse<'_>,
) -> impl Iterator<Item = (ParentLimit<'s>, &'m str)> {
    limits.into_iter().filter_map(|limit| {
        let value = mapping.field(limit.parent)?.static_value()?;
        (!limit.allows(value)).then_some((limit, value))
    })
}

fn allowed(limit: &ParentLimit<'_>) -> String {
    let values = limit.allowed.iter().flatten().copied();
    format!("it is allowed where `{}` is one of: {}", limit.parent, list(values))
}
