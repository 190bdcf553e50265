//! Rules about cells: how many there are, what they hold, and which must not be blank.

use van_bulk::header::{nearest, same_name};

use super::codes::*;
use super::finding::{RowFinding, named, place};
use super::lookup::Lookup;
use super::plan::{Field, Plan};
use super::read::{Filled, Given, Row};
use crate::rules::Required;
use crate::rules::context::list;

/// The longest list of values in which the nearest is looked for: a file may hold a million bad cells.
const SEARCHED: usize = 50;

pub(super) fn there_is_a_cell_for_each_column(plan: &Plan, count: usize, findings: &mut Vec<RowFinding>) {
    let columns = plan.columns.len();
    if count != columns {
        findings.push(RowFinding::of_row(
            CELL_COUNT,
            format!("it has {} for {}", counted(count, "cell"), counted(columns, "column")),
            "give each row one cell for each column, and quote cells that hold delimiters, quotes or line breaks",
        ));
    }
}

fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

pub(super) fn cells_hold_no_nul(row: &Row<'_>, findings: &mut Vec<RowFinding>) {
    // Without a way out of the loop, many bytes are compared at once.
    if !row.text().bytes().fold(false, |found, byte| found | (byte == 0)) {
        return;
    }
    for (index, column) in row.plan.columns.iter().enumerate() {
        let cell = row.cell(index);
        if cell.contains('\0') {
            findings.push(RowFinding::of_column(
                NUL,
                column,
                cell,
                format!("the column `{column}` holds a NUL character"),
                "remove it; the file may be damaged, or in another encoding",
            ));
        }
    }
}

pub(super) fn texts_are_not_too_long(row: &Row<'_>, findings: &mut Vec<RowFinding>) {
    // A text has at most as many characters as bytes.
    if row.plan.selections.bounds.iter().all(|(column, most)| row.cell_bytes(*column) <= *most) {
        return;
    }
    for (filled, index, field, _) in row.select(|of| &of.bounded, |given| given == Given::Cell) {
        let (Some(most), Some(column)) = (field.max_characters, &field.column) else { continue };
        let length = row.cell(column.index).chars().count();
        if length > most {
            let name = named(filled.mapping, &field.name);
            findings.push(RowFinding::of_field(
                TOO_LONG,
                &filled,
                index,
                format!("the text of {name} has {length} characters, and may have {most}"),
                "shorten it; `max-characters` in `overrides.toml` says how long it may be",
            ));
        }
    }
}

pub(super) fn values_are_known(row: &Row<'_>, findings: &mut Vec<RowFinding>) {
    if !row.has_strays {
        return;
    }
    let is_unknown = |given| given == Given::Unknown;
    for (filled, index, field, _) in row.select(|of| &of.looked_up, is_unknown) {
        let name = named(filled.mapping, &field.name);
        findings.push(RowFinding::of_field(
            UNKNOWN_VALUE,
            &filled,
            index,
            format!("the value of {name} is none of its predefined values"),
            known_values(field, filled.raw(index).unwrap_or_default()),
        ));
    }
}

/// The ids of the values that share the name, the nearest value, or the values there are.
fn known_values(field: &Field, cell: &str) -> String {
    let has_this_name = |name: &String| same_name(name, cell);
    let same = field.choices.iter().filter(|choice| choice.name.as_ref().is_some_and(has_this_name));
    let mut same = same.map(|choice| choice.id.as_str()).peekable();
    if same.peek().is_some() {
        return format!("several values have this name; give the id of one: {}", list(same));
    }
    let names = || field.choices.iter().filter_map(|choice| choice.name.as_deref());
    let near = if field.choices.len() <= SEARCHED { nearest(cell, names()) } else { None };
    match near {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!(
            "give the id or the name of a value; the ids are {}",
            list(field.choices.iter().map(|choice| choice.id.as_str()))
        ),
    }
}

pub(super) fn cells_are_translated(row: &Row<'_>, findings: &mut Vec<RowFinding>) {
    if !row.has_strays {
        return;
    }
    let is_untranslated = |given| given == Given::Untranslated;
    for (filled, index, field, _) in row.select(|of| &of.looked_up, is_untranslated) {
        let name = named(filled.mapping, &field.name);
        findings.push(RowFinding::of_field(
            NOT_TRANSLATED,
            &filled,
            index,
            format!("the value of {name} is none that the job translates"),
            translated(field),
        ));
    }
}

fn translated(field: &Field) -> String {
    let mut sources: Vec<&str> = match &field.lookup {
        Lookup::Translated(sources) => sources.keys().map(String::as_str).collect(),
        _ => Vec::new(),
    };
    sources.sort_unstable();
    format!("add a translation, or correct the cell; translated, case included, are {}", list(sources))
}

pub(super) fn required_fields_are_given(row: &Row<'_>, findings: &mut Vec<RowFinding>) {
    for (filled, index, field, given) in row.select(|of| &of.required, |given| !given.is_given()) {
        if !is_missing(&filled, index) {
            continue;
        }
        let finding = match given {
            Given::LeftOut => left_out(&filled, index, field),
            _ => Some(blank(&filled, index, field)),
        };
        findings.extend(finding);
    }
}

fn blank(filled: &Filled<'_>, index: usize, field: &Field) -> RowFinding {
    let name = named(filled.mapping, &field.name);
    let (message, help) = match &field.column {
        Some(column) => (
            format!("the required field {name} is blank"),
            format!("fill the column `{}`, or leave the row out of the file", column.name),
        ),
        None => {
            let parents = field.parents.iter().filter(|parent| parent.allowed.is_some());
            let parents = list(parents.map(|parent| parent.parent.as_str()));
            (
                format!("the field {name} is required here, and nothing fills it"),
                format!(
                    "the row's value of {parents} requires it: map a column to it, or leave the row out of the file"
                ),
            )
        }
    };
    RowFinding::of_field(REQUIRED_BLANK, filled, index, message, help)
}

/// A required field with a static value whose parents are blank; nothing if that is told of a parent already.
fn left_out(filled: &Filled<'_>, index: usize, field: &Field) -> Option<RowFinding> {
    let mut blank = field.parents.iter().filter(|parent| !filled.is_parent_given(parent));
    if blank.clone().any(|parent| parent.field.is_some_and(|parent| is_missing(filled, parent))) {
        return None;
    }
    let parent = blank.next()?;
    let (name, parent_name) = (named(filled.mapping, &field.name), named(filled.mapping, &parent.parent));
    let to_fill = parent.field.and_then(|parent| filled.mapping.fields.get(parent));
    let to_fill = to_fill.map_or_else(|| format!("`{}`", parent.parent), place);
    Some(RowFinding::of_field(
        REQUIRED_BLANK,
        filled,
        index,
        format!("the required field {name} needs {parent_name}, which is blank"),
        format!("fill {to_fill}, or leave the row out of the file"),
    ))
}

/// Whether a field is not given, though the row requires it.
pub(super) fn is_missing(filled: &Filled<'_>, index: usize) -> bool {
    let is_required = |field: &Field| match field.required {
        Required::No => false,
        Required::Always => true,
        Required::WhenAllowed => is_allowed_by_value(filled, field),
    };
    !filled.given(index).is_given() && filled.mapping.fields.get(index).is_some_and(is_required)
}

/// Whether the parents that limit a field have values that allow it.
fn is_allowed_by_value(filled: &Filled<'_>, field: &Field) -> bool {
    let mut limiting = field.parents.iter().filter(|parent| parent.allowed.is_some());
    let allows = |parent: &super::plan::Limit| {
        parent.field.and_then(|parent| filled.value(parent)).is_some_and(|value| parent.allows(value))
    };
    if field.any_parent { limiting.any(allows) } else { limiting.all(allows) }
}
