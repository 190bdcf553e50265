//! The rule about mapping types of which a job may hold one for each type.

use super::codes::*;
use super::finding::{RowFinding, named};
use super::judge::is_missing;
use super::plan::Typed;
use super::read::{Filled, Row};

/// What type a mapping is of in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Type<'r> {
    Is(&'r str),
    None,
}

pub(super) fn types_differ(row: &Row<'_>, findings: &mut Vec<RowFinding>) {
    for typed in &row.plan.typed {
        for (position, (mapping, field)) in typed.mappings.iter().enumerate() {
            let Some(later) = row.mapping(*mapping) else { continue };
            let Some(own) = type_of(&later, *field) else { continue };
            let mut earlier = typed.mappings.iter().take(position);
            let twin = earlier.find(|(mapping, field)| {
                row.mapping(*mapping).is_some_and(|earlier| type_of(&earlier, *field) == Some(own))
            });
            if twin.is_some() {
                findings.push(twice(typed, &later, *field, own));
            }
        }
    }
}

/// Nothing where the mapping does not count: it gives nothing in this row, or what it gives as its type is no type, which
/// is told elsewhere.
fn type_of<'r>(filled: &Filled<'r>, field: Option<usize>) -> Option<Type<'r>> {
    if filled.is_empty() {
        return None;
    }
    match field {
        Some(field) if filled.given(field).is_given() => filled.value(field).map(Type::Is),
        Some(field) if is_missing(filled, field) => None,
        _ => Some(Type::None),
    }
}

fn twice(typed: &Typed, filled: &Filled<'_>, field: Option<usize>, own: Type<'_>) -> RowFinding {
    let name = named(filled.mapping, &typed.field);
    let message = match own {
        Type::Is(_) => format!("an earlier mapping has the same {name} in this row, and VAN allows only one"),
        Type::None => format!("an earlier mapping has no {name} in this row either, and VAN allows only one"),
    };
    let help = "give each of them another type, or put one of the two into another file";
    match field {
        Some(field) => RowFinding::of_field(TYPE_TWICE, filled, field, message, help),
        None => RowFinding {
            mapping: Some(filled.index),
            field: Some(typed.field.clone()),
            ..RowFinding::of_row(TYPE_TWICE, message, help)
        },
    }
}
