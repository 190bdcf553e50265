//! Rules about static values and translations.

use std::collections::HashSet;

use super::codes::*;
use super::context::{Context, Findings, error, list, warning};
use crate::model::ValueList;

pub(super) fn translations_have_a_column(context: &Context<'_>, findings: &mut Findings) {
    for field in context.fields() {
        if !field.entry.values.is_empty() && field.entry.column_name.is_none() {
            findings.push(
                error(
                    TRANSLATION_WITHOUT_COLUMN,
                    field.at("values"),
                    format!("the field `{}` translates `values` but has no column", field.entry.field_name),
                )
                .help("give the `columnName` whose values these are, or leave `values` out"),
            );
        }
    }
}

pub(super) fn translations_give_known_values(context: &Context<'_>, findings: &mut Findings) {
    for field in context.fields() {
        let Some(values) = field.values else { continue };
        for (index, translation) in field.entry.values.iter().enumerate() {
            let target = &translation.target_value;
            if values.by_id(target).is_none() {
                let at = field.at("values").index(index).key("targetValue");
                let message = format!("the field `{}` has no value `{target}`", field.entry.field_name);
                findings.push(error(UNKNOWN_TARGET_VALUE, at, message).help(known_values(values, target)));
            }
        }
    }
}

pub(super) fn translations_are_unambiguous(context: &Context<'_>, findings: &mut Findings) {
    for field in context.fields() {
        let mut seen = HashSet::new();
        for (index, translation) in field.entry.values.iter().enumerate() {
            let source = translation.source_value.trim();
            if !seen.insert(source) {
                findings.push(
                    error(
                        DUPLICATE_SOURCE_VALUE,
                        field.at("values").index(index).key("sourceValue"),
                        format!(
                            "`{source}` is already translated for the field `{}`",
                            field.entry.field_name
                        ),
                    )
                    .help("keep one of the two"),
                );
            }
        }
    }
}

pub(super) fn static_value_is_not_blank(context: &Context<'_>, findings: &mut Findings) {
    for field in context.fields() {
        if field.entry.static_value.as_ref().is_some_and(|value| value.trim().is_empty()) {
            findings.push(
                error(
                    BLANK_STATIC_VALUE,
                    field.at("staticValue"),
                    format!("the static value of the field `{}` is blank", field.entry.field_name),
                )
                .help("give the value of every row, or leave the field out; a blank value deletes nothing"),
            );
        }
    }
}

/// A doubt, not an error: VAN says that a list applies under at least some circumstances, so not always.
pub(super) fn static_value_is_known(context: &Context<'_>, findings: &mut Findings) {
    for field in context.fields() {
        let (Some(values), Some(value)) = (field.values, &field.entry.static_value) else { continue };
        // A blank one is an error of its own.
        if !value.trim().is_empty() && values.by_id(value).is_none() {
            findings.push(
                warning(
                    UNKNOWN_STATIC_VALUE,
                    field.at("staticValue"),
                    format!("the field `{}` has no value `{value}`", field.entry.field_name),
                )
                .help(known_values(values, value)),
            );
        }
    }
}

pub(super) fn static_value_is_not_too_long(context: &Context<'_>, findings: &mut Findings) {
    for mapping in &context.mappings {
        for field in &mapping.fields {
            let most = context.schema.max_characters(mapping.name, &field.entry.field_name);
            let (Some(most), Some(value)) = (most, &field.entry.static_value) else { continue };
            let length = value.chars().count();
            if length > most {
                findings.push(
                    error(
                        STATIC_VALUE_TOO_LONG,
                        field.at("staticValue"),
                        format!(
                            "the static value of the field `{}` has {length} characters, and may have {most}",
                            field.entry.field_name
                        ),
                    )
                    .help("shorten it; `max-characters` in `overrides.toml` says how long it may be"),
                );
            }
        }
    }
}

/// The id that was meant, if a value has this name; else the ids there are.
fn known_values(values: &ValueList, given: &str) -> String {
    match values.by_unique_name(given) {
        Some(value) => format!("values are given by id: `{}` for {}", value.id, value.name),
        None => format!("its values are {}", list(values.values.iter().map(|value| value.id.as_str()))),
    }
}
