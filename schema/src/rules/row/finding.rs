//! What is wrong with a row.

use std::fmt;

use super::plan::{Field, Mapping};
use super::read::Filled;
use crate::text::printable;

/// How much of a cell is shown, in characters.
const SHOWN: usize = 60;

/// One rule that a row breaks.
///
/// The message and the help name fields, columns and predefined values, never what the row holds: that is in
/// [`value`](Self::value) alone, which is often about a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowFinding {
    /// Stable name of the rule, one of [`codes`](super::codes).
    pub code: &'static str,
    /// Which mapping of the job it is about, counted from 0.
    pub mapping: Option<usize>,
    /// VAN's name of the field it is about.
    pub field: Option<String>,
    /// The name of the column that fills the field, if one does.
    pub column: Option<String>,
    /// What the cell holds, or the field's static value; printable, at most 60 characters and an ellipsis.
    pub value: Option<String>,
    /// What is wrong, in one sentence.
    pub message: String,
    /// What to do.
    pub help: String,
}

impl RowFinding {
    pub(super) fn of_row(code: &'static str, message: String, help: impl Into<String>) -> Self {
        Self { code, mapping: None, field: None, column: None, value: None, message, help: help.into() }
    }

    pub(super) fn of_column(
        code: &'static str,
        column: &str,
        cell: &str,
        message: String,
        help: impl Into<String>,
    ) -> Self {
        Self {
            column: Some(column.to_owned()),
            value: Some(printable(cell, SHOWN)).filter(|text| !text.is_empty()),
            ..Self::of_row(code, message, help)
        }
    }

    pub(super) fn of_field(
        code: &'static str,
        filled: &Filled<'_>,
        index: usize,
        message: String,
        help: impl Into<String>,
    ) -> Self {
        let field = filled.mapping.fields.get(index);
        Self {
            mapping: Some(filled.index),
            field: field.map(|field| field.name.clone()),
            column: field.and_then(|field| field.column.as_ref()).map(|column| column.name.clone()),
            value: filled.raw(index).map(|text| printable(text, SHOWN)).filter(|text| !text.is_empty()),
            ..Self::of_row(code, message, help)
        }
    }
}

impl fmt::Display for RowFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{}] {} ({})", self.code, self.message, self.help)
    }
}

/// The field with its mapping type, such as `Phones.Phone`.
pub(super) fn named(mapping: &Mapping, field: &str) -> String {
    format!("{}.{field}", mapping.name)
}

/// How to fill a field: its column, if it has one.
pub(super) fn place(field: &Field) -> String {
    match &field.column {
        Some(column) => format!("the column `{}`", column.name),
        None => format!("`{}`", field.name),
    }
}
