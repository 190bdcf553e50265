//! The stable names of the rules of a row.

/// The row has more or fewer cells than the job has columns.
pub const CELL_COUNT: &str = "row::cell-count";
/// A row is not text in UTF-8. Who reads the file tells it: the rules are given text.
pub const NOT_UTF8: &str = "row::not-utf-8";
/// A cell holds the character NUL, at which programs cut text off.
pub const NUL: &str = "row::nul";
/// A cell has more characters than an override allows its field.
pub const TOO_LONG: &str = "row::too-long";
/// The column that says which record the row is about is blank.
pub const KEY_BLANK: &str = "row::key-blank";
/// What says which record the row is about is not a whole number.
pub const KEY_NOT_A_NUMBER: &str = "row::key-not-a-number";
/// A required field is not filled: its cell is blank, or nothing fills it though the row's values demand it.
pub const REQUIRED_BLANK: &str = "row::required-blank";
/// A cell is neither the id nor the unique name of a predefined value.
pub const UNKNOWN_VALUE: &str = "row::unknown-value";
/// A cell of a translated column is none that the job translates.
pub const NOT_TRANSLATED: &str = "row::not-translated";
/// A field is given, and a field that it depends on is blank.
pub const PARENT_BLANK: &str = "row::parent-blank";
/// The value of a field does not allow a field that depends on it, or its value.
pub const PARENT_VALUE: &str = "row::parent-value";
/// Two mappings of which a job may hold one for each type have the same type in the row.
pub const TYPE_TWICE: &str = "row::type-twice";
