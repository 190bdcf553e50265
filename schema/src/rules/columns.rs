//! Rules about columns that nothing is done with.

use van_bulk::header::{nearest, same_name};

use super::codes::*;
use super::context::{Context, Findings, warning};
use crate::json::JsonPath;
use crate::key_column;
use crate::model::Field;

/// A doubt, not an error: VAN's docs let a file have columns that no mapping names. But a column that is meant for a field
/// and misses its name by a letter is not imported, and nothing says so.
pub(super) fn no_column_is_unused(context: &Context<'_>, findings: &mut Findings) {
    // Without mappings, or with one whose fields are not known, there is an error, and any column may be meant for it.
    if context.mappings.is_empty() || context.mappings.iter().any(|mapping| mapping.known.is_none()) {
        return;
    }
    for (index, name) in context.columns().enumerate() {
        // A column without a name is an error of its own.
        if !name.trim().is_empty() && !is_used(context, name) {
            let place = JsonPath::root().key("file").key("columns").index(index).key("name");
            findings.push(
                warning(
                    UNUSED_COLUMN,
                    place,
                    format!("no mapping uses the column `{name}`, so nothing in it is imported"),
                )
                .help(what_to_do(context, name)),
            );
        }
    }
}

/// Whether a mapping, the search for the record of a row, or the result files use the column.
fn is_used(context: &Context<'_>, name: &str) -> bool {
    let mapped = context.fields().any(|field| {
        let column = field.entry.column_name.as_deref();
        column.is_some_and(|column| same_name(column, name) || is_slip_of(context, column, name))
    });
    let in_action = context.payload.actions.iter().any(|action| {
        let mut results = action.columns_to_include_in_results_file.iter();
        key_column::is_key(&action.resource_type, name) || results.any(|column| same_name(&column.name, name))
    });
    mapped || in_action
}

/// Whether `column` is none of the file's and reads like a slip of `name`: then an error of its own proposes `name`.
fn is_slip_of(context: &Context<'_>, column: &str, name: &str) -> bool {
    !context.columns().any(|known| same_name(known, column))
        && nearest(column, context.columns()) == Some(name)
}

fn what_to_do(context: &Context<'_>, name: &str) -> String {
    let fields = || fields(context);
    if let Some((mapping, field, is_filled)) = fields().find(|(_, field, _)| same_name(&field.name, name)) {
        return why_not_by_name(mapping, field, is_filled);
    }
    let free = || fields().filter(|(_, field, is_filled)| field.can_be_mapped_to_column && !is_filled);
    let actions = context.payload.actions.iter();
    let keys = actions.filter_map(|action| key_column::key(&action.resource_type));
    let keys = keys.filter(|key| !context.columns().any(|column| same_name(column, key)));
    match nearest(name, free().map(|(_, field, _)| field.name.as_str()).chain(keys)) {
        Some(near) => match free().find(|(_, field, _)| field.name == near) {
            Some((mapping, ..)) => format!("did you mean `{near}`, a field of `{mapping}`?"),
            None => format!("did you mean `{near}`?"),
        },
        None => "map a field to it, leave it out of the file, or copy it into the result files with \
                 `columnsToIncludeInResultsFile`"
            .to_owned(),
    }
}

/// Every field of the job's mapping types, with the name of its mapping type and whether the job fills it.
fn fields<'c>(context: &'c Context<'_>) -> impl Iterator<Item = (&'c str, &'c Field, bool)> {
    context.mappings.iter().flat_map(|mapping| {
        let known = mapping.known.into_iter().flat_map(|known| &known.fields);
        known.map(|field| (mapping.name, field, mapping.field(&field.name).is_some()))
    })
}

fn why_not_by_name(mapping: &str, field: &Field, is_filled: bool) -> String {
    let name = &field.name;
    if !field.can_be_mapped_to_column {
        format!("`{name}` of `{mapping}` takes one static value for the whole file; leave the column out")
    } else if is_filled {
        format!(
            "`{name}` of `{mapping}` is filled with something else; map it to this column or leave the column out"
        )
    } else if field.can_be_mapped_by_name == Some(false) {
        format!("`{name}` of `{mapping}` is not filled by name; map it to the column")
    } else {
        format!(
            "`{name}` of `{mapping}` is filled by name only where its parents are mapped and allow it; map them, or \
             leave the column out"
        )
    }
}
