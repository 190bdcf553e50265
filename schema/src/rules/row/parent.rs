//! Rules about fields that depend on others.

use super::codes::*;
use super::finding::{RowFinding, named, place};
use super::plan::{Field, Limit};
use super::read::{Filled, Given, Row};
use crate::rules::context::list;

/// What a parent says about its child in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Parent {
    Blank,
    /// It holds no known value, which is told elsewhere.
    NotKnown,
    Allows,
    Refuses,
}

fn parent(filled: &Filled<'_>, limit: &Limit) -> Parent {
    if !filled.is_parent_given(limit) {
        return Parent::Blank;
    }
    match limit.field.and_then(|field| filled.value(field)) {
        None => Parent::NotKnown,
        Some(value) if limit.allows(value) => Parent::Allows,
        Some(_) => Parent::Refuses,
    }
}

pub(super) fn parents_are_given(row: &Row<'_>, findings: &mut Vec<RowFinding>) {
    for (filled, index, field, _) in row.select(|of| &of.children, Given::is_given) {
        let is_blank = |limit: &&Limit| !filled.is_parent_given(limit);
        if !field.any_parent {
            for limit in field.parents.iter().filter(is_blank) {
                findings.push(parents_blank(&filled, index, field, std::slice::from_ref(limit)));
            }
        } else if !field.parents.is_empty() && field.parents.iter().all(|limit| is_blank(&limit)) {
            findings.push(parents_blank(&filled, index, field, &field.parents));
        }
    }
}

fn parents_blank(filled: &Filled<'_>, index: usize, field: &Field, parents: &[Limit]) -> RowFinding {
    let child = named(filled.mapping, &field.name);
    let (who, is) = match parents {
        [only] => (named(filled.mapping, &only.parent), "is blank"),
        _ => (join(parents.iter().map(|limit| named(filled.mapping, &limit.parent)), "and"), "are blank"),
    };
    let fill = join(parents.iter().map(|limit| place_of(filled, limit)), "or");
    RowFinding::of_field(
        PARENT_BLANK,
        filled,
        index,
        format!("{child} is given, but {who} {is}"),
        format!("fill {fill}, or clear {}", place(field)),
    )
}

fn place_of(filled: &Filled<'_>, limit: &Limit) -> String {
    let field = limit.field.and_then(|field| filled.mapping.fields.get(field));
    field.map_or_else(|| format!("`{}`", limit.parent), place)
}

pub(super) fn parents_allow_the_field(row: &Row<'_>, findings: &mut Vec<RowFinding>) {
    for (filled, index, field, _) in row.select(|of| &of.limited, Given::is_given) {
        let answer = |limit: &Limit| parent(&filled, limit);
        let might_allow = |limit: &Limit| matches!(answer(limit), Parent::Allows | Parent::NotKnown);
        // Where one parent is enough, one that allows the field is enough.
        if field.any_parent && field.parents.iter().any(might_allow) {
            continue;
        }
        for limit in field.parents.iter().filter(|limit| answer(limit) == Parent::Refuses) {
            findings.push(refused(&filled, index, limit));
        }
    }
}

/// The list of a field's values says which values of the parents each goes with: of all its parents, whatever the
/// overrides of the field.
pub(super) fn parents_allow_the_value(row: &Row<'_>, findings: &mut Vec<RowFinding>) {
    for (filled, index, field, _) in row.select(|of| &of.limiting, |given| matches!(given, Given::Choice(_)))
    {
        for limit in filled.choice(index).map(|choice| choice.limits.as_slice()).unwrap_or_default() {
            match parent(&filled, limit) {
                Parent::Refuses => findings.push(refused(&filled, index, limit)),
                Parent::Blank if limit.allowed.is_some() => {
                    findings.push(value_needs_parent(&filled, index, field, limit));
                }
                _ => {}
            }
        }
    }
}

fn refused(filled: &Filled<'_>, index: usize, limit: &Limit) -> RowFinding {
    let child = filled.mapping.fields.get(index).map(|field| field.name.as_str()).unwrap_or_default();
    RowFinding::of_field(
        PARENT_VALUE,
        filled,
        index,
        format!(
            "the value of {} does not allow {}",
            named(filled.mapping, &limit.parent),
            named(filled.mapping, child)
        ),
        allowed(limit),
    )
}

fn value_needs_parent(filled: &Filled<'_>, index: usize, field: &Field, limit: &Limit) -> RowFinding {
    let (child, parent) = (named(filled.mapping, &field.name), named(filled.mapping, &limit.parent));
    RowFinding::of_field(
        PARENT_VALUE,
        filled,
        index,
        format!("the value of {child} needs {parent}, which is blank"),
        allowed(limit),
    )
}

fn allowed(limit: &Limit) -> String {
    let ids = limit.allowed.iter().flatten().map(String::as_str);
    format!("it is allowed where `{}` is one of: {}", limit.parent, list(ids))
}

fn join(names: impl Iterator<Item = String>, word: &str) -> String {
    let names: Vec<String> = names.collect();
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} {word} {last}", rest.join(", ")),
        _ => names.concat(),
    }
}
