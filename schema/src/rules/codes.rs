//! The stable names of the rules.

/// The description is missing, too long, or holds what VAN takes for HTML.
pub const DESCRIPTION: &str = "payload::description";
/// The name of the delimited file is missing.
pub const FILE_NAME: &str = "payload::file-name";
/// The address of the zip is missing, is no URL, or is of a kind that VAN may not fetch from.
pub const SOURCE_URL: &str = "payload::source-url";
/// There are no columns, or more than VAN allows.
pub const COLUMN_COUNT: &str = "payload::column-count";
/// A column has no name.
pub const BLANK_COLUMN: &str = "payload::blank-column";
/// Two columns have the same name, ignoring case and blanks around it.
pub const DUPLICATE_COLUMN: &str = "payload::duplicate-column";
/// The column by which the rows find their contacts is missing or not the first.
pub const KEY_COLUMN: &str = "payload::key-column";
/// No mapping uses a column, by its name or otherwise, so nothing in it is imported.
pub const UNUSED_COLUMN: &str = "payload::unused-column";
/// The delimiter is not a known word.
pub const UNKNOWN_DELIMITER: &str = "payload::unknown-delimiter";
/// The job has no action, or several.
pub const ONE_ACTION: &str = "payload::one-action";
/// The type of the action is not a known word.
pub const UNKNOWN_ACTION_TYPE: &str = "payload::unknown-action-type";
/// The key does not have the resource type.
pub const UNKNOWN_RESOURCE_TYPE: &str = "payload::unknown-resource-type";
/// The size limit of the result files is out of bounds.
pub const RESULT_FILE_SIZE: &str = "payload::result-file-size";
/// A column to include in the result files is none of the file's columns.
pub const UNKNOWN_RESULT_COLUMN: &str = "payload::unknown-result-column";
/// The action has no mapping types.
pub const NO_MAPPING_TYPES: &str = "payload::no-mapping-types";
/// The key does not have the mapping type.
pub const UNKNOWN_MAPPING_TYPE: &str = "payload::unknown-mapping-type";
/// The mapping type does not apply to the job's resource type.
pub const WRONG_RESOURCE_TYPE: &str = "payload::wrong-resource-type";
/// A mapping type that a job may hold once is in it again.
pub const SINGLE_TWICE: &str = "payload::single-twice";
/// The mapping type does not have the field.
pub const UNKNOWN_FIELD: &str = "payload::unknown-field";
/// A field is mapped twice in one mapping.
pub const FIELD_TWICE: &str = "payload::field-twice";
/// A field has both a column and a static value, or neither.
pub const ONE_SOURCE: &str = "payload::one-source";
/// The column is none of the file's.
pub const UNKNOWN_COLUMN: &str = "payload::unknown-column";
/// A field that takes only a static value is mapped to a column.
pub const STATIC_ONLY: &str = "payload::static-only";
/// Values are translated, but they come from no column.
pub const TRANSLATION_WITHOUT_COLUMN: &str = "payload::translation-without-column";
/// A translation gives a value that the field does not have.
pub const UNKNOWN_TARGET_VALUE: &str = "payload::unknown-target-value";
/// Two translations are for the same value of the file.
pub const DUPLICATE_SOURCE_VALUE: &str = "payload::duplicate-source-value";
/// The static value is blank.
pub const BLANK_STATIC_VALUE: &str = "payload::blank-static-value";
/// The static value has more characters than an override allows.
pub const STATIC_VALUE_TOO_LONG: &str = "payload::static-value-too-long";
/// The static value is none of the field's.
pub const UNKNOWN_STATIC_VALUE: &str = "payload::unknown-static-value";
/// A required field is not mapped.
pub const REQUIRED_FIELD: &str = "payload::required-field";
/// A field is mapped, but a parent of it is not.
pub const PARENT_NOT_MAPPED: &str = "payload::parent-not-mapped";
/// The static value of a parent does not allow the field, or the field's static value.
pub const PARENT_VALUE: &str = "payload::parent-value";
/// A mapping type that a job may hold once for each type is in it again with the same type.
pub const TYPE_TWICE: &str = "payload::type-twice";
/// Fields are mapped of groups that exclude each other.
pub const EXCLUSIVE: &str = "payload::exclusive";
