//! Rules about how fields are filled.

use std::collections::HashSet;

use van_bulk::header::same_name;

use super::codes::*;
use super::context::{Context, Findings, error, help_or, list};
use crate::finding::did_you_mean;

pub(super) fn field_is_known(context: &Context<'_>, findings: &mut Findings) {
    for mapping in &context.mappings {
        let Some(known) = mapping.known else { continue };
        let names = || known.fields.iter().map(|field| field.name.as_str());
        for field in mapping.fields.iter().filter(|field| field.known.is_none()) {
            let name = &field.entry.field_name;
            let finding = error(
                UNKNOWN_FIELD,
                field.at("fieldName"),
                format!("`{}` has no field `{name}`", known.name),
            );
            findings.push(help_or(finding, did_you_mean(name, names()), || {
                format!("its fields are {}", list(names()))
            }));
        }
    }
}

pub(super) fn field_is_mapped_once(context: &Context<'_>, findings: &mut Findings) {
    for mapping in &context.mappings {
        let mut seen = HashSet::new();
        for field in &mapping.fields {
            let name = &field.entry.field_name;
            if !seen.insert(name.as_ref()) {
                findings.push(
                    error(
                        FIELD_TWICE,
                        field.at("fieldName"),
                        format!("the field `{name}` is already mapped in this `{}`", mapping.name),
                    )
                    .help("keep one of the two"),
                );
            }
        }
    }
}

pub(super) fn field_has_one_source(context: &Context<'_>, findings: &mut Findings) {
    for field in context.fields() {
        let name = &field.entry.field_name;
        let (key, message) = match (&field.entry.column_name, &field.entry.static_value) {
            (Some(_), Some(_)) => {
                ("staticValue", format!("the field `{name}` has both a `columnName` and a `staticValue`"))
            }
            (None, None) => {
                ("columnName", format!("the field `{name}` has neither a `columnName` nor a `staticValue`"))
            }
            _ => continue,
        };
        findings.push(error(ONE_SOURCE, field.at(key), message).help("give exactly one of them"));
    }
}

pub(super) fn column_is_known(context: &Context<'_>, findings: &mut Findings) {
    for field in context.fields() {
        let Some(column) = &field.entry.column_name else { continue };
        if !context.columns().any(|name| same_name(name, column)) {
            let finding = error(
                UNKNOWN_COLUMN,
                field.at("columnName"),
                format!("the file has no column `{column}` for the field `{}`", field.entry.field_name),
            );
            findings.push(help_or(finding, did_you_mean(column, context.columns()), || {
                format!("its columns are {}", list(context.columns()))
            }));
        }
    }
}
