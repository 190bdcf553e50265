//! The body of `POST /bulkImportJobs`, in VAN's exact wire names.
//!
//! The builders write these types; the rules and the emulator read them. Writing is strict (real booleans, static
//! values as strings), reading is lenient: other clients send booleans as the strings `"True"` and `"False"` and static
//! values as numbers, and leave properties out. A property that is missing is read as its empty value, so that the
//! rules can report every problem of a payload at once. Unknown properties are ignored.
//!
//! Sources: the properties of the job and of its file are documented by VAN; those of columns, actions, mapping types
//! and field values were only seen in what other clients send.

use std::borrow::Cow;
use std::fmt;

use serde::de::{self, Deserializer, Visitor};
use serde::{Deserialize, Serialize, Serializer};

/// Text that is either part of the program or owned.
pub type Text = Cow<'static, str>;

/// The action type of every known bulk import job.
pub const LOAD_MAPPED_FILE: &str = "loadMappedFile";

/// A bulk import job, as sent to VAN.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Payload {
    /// What the import is for, 1 to 255 characters; VAN shows it in its notifications.
    pub description: Text,
    /// The file to import.
    pub file: File,
    /// What to do with the file. Every known job has exactly one action.
    pub actions: Vec<Action>,
}

/// The delimited file of a job, inside a zip that VAN fetches.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct File {
    /// Name of the delimited file inside the zip, such as `contacts.csv`.
    pub file_name: Text,
    /// What separates the fields of a line.
    pub column_delimiter: Delimiter,
    /// The columns in the order of the file: the only source of column names, at most 50.
    pub columns: Vec<ColumnName>,
    /// Whether the first line of the file is to be skipped. VAN never reads names from it.
    #[serde(deserialize_with = "lenient_bool")]
    pub has_header: bool,
    /// Whether fields are enclosed in double quotes.
    #[serde(deserialize_with = "lenient_bool")]
    pub has_quotes: bool,
    /// Where VAN fetches the zip.
    pub source_url: Text,
}

/// The name of a column of the file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ColumnName {
    /// The name, as the mappings refer to it.
    pub name: Text,
}

/// What separates the fields of a line.
///
/// `csv` was seen in other clients; the word for tab-delimited files was not, so [`Tab`](Self::Tab) is our reading.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Delimiter {
    /// A comma.
    #[default]
    Csv,
    /// A tab.
    Tab,
    /// A word this crate does not know; kept as it was read.
    Other(String),
}

impl Delimiter {
    /// The word in the payload.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Csv => "csv",
            Self::Tab => "tab",
            Self::Other(word) => word,
        }
    }

    /// The byte between two fields, if the word is known.
    pub fn byte(&self) -> Option<u8> {
        match self {
            Self::Csv => Some(b','),
            Self::Tab => Some(b'\t'),
            Self::Other(_) => None,
        }
    }
}

impl Serialize for Delimiter {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Delimiter {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = String::deserialize(deserializer)?;
        Ok(if word.eq_ignore_ascii_case("csv") {
            Self::Csv
        } else if word.eq_ignore_ascii_case("tab") {
            Self::Tab
        } else {
            Self::Other(word)
        })
    }
}

/// What VAN does with the file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Action {
    /// [`LOAD_MAPPED_FILE`], the only value ever seen.
    pub action_type: Text,
    /// What the rows are, such as `Contacts`; one of `GET /bulkImportJobs/resources`.
    pub resource_type: Text,
    /// The size cap of each result file, 5,000 to 100,000 KB. Replies call it `resultFileSizeLimitKb`.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "lenient_u32")]
    pub result_file_size_kb_limit: Option<u32>,
    /// The mappings, in the order in which VAN applies them.
    pub mapping_types: Vec<MappingType>,
    /// Columns of the upload that VAN copies into the result files.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub columns_to_include_in_results_file: Vec<ColumnName>,
}

/// One use of a mapping type.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct MappingType {
    /// VAN's name of the mapping type.
    pub name: Text,
    /// Seen in one client; presumably replaces the name of the column in the result files.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result_file_column_name: Option<Text>,
    /// How the fields are filled. Other clients leave it out and let VAN match columns to fields by name.
    #[serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "lenient_vec")]
    pub field_value_mappings: Vec<FieldValueMapping>,
}

/// How one field is filled: by exactly one of `column_name` and `static_value`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct FieldValueMapping {
    /// VAN's name of the field.
    pub field_name: Text,
    /// The column that fills it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column_name: Option<Text>,
    /// The value of every row.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "lenient_text")]
    pub static_value: Option<Text>,
    /// Translations of the column's values.
    #[serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "lenient_vec")]
    pub values: Vec<MappingValue>,
}

/// Translates one value of a column into a predefined value.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct MappingValue {
    /// The value in the file.
    #[serde(deserialize_with = "lenient_required_text")]
    pub source_value: Text,
    /// The id of the predefined value it stands for.
    #[serde(deserialize_with = "lenient_required_text")]
    pub target_value: Text,
}

/// A boolean, or the word `true` or `false` in any case, or null for false.
fn lenient_bool<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    struct Lenient;
    impl Visitor<'_> for Lenient {
        type Value = bool;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("true, false, \"True\" or \"False\"")
        }
        fn visit_bool<E: de::Error>(self, value: bool) -> Result<bool, E> {
            Ok(value)
        }
        fn visit_str<E: de::Error>(self, value: &str) -> Result<bool, E> {
            if value.eq_ignore_ascii_case("true") {
                Ok(true)
            } else if value.eq_ignore_ascii_case("false") {
                Ok(false)
            } else {
                Err(E::invalid_value(de::Unexpected::Str(value), &self))
            }
        }
        fn visit_unit<E: de::Error>(self) -> Result<bool, E> {
            Ok(false)
        }
    }
    deserializer.deserialize_any(Lenient)
}

/// A string, a number or a boolean, read as the text that VAN would see; null is nothing.
fn lenient_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Text>, D::Error> {
    struct Lenient;
    impl Visitor<'_> for Lenient {
        type Value = Option<Text>;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a string or a number")
        }
        fn visit_str<E: de::Error>(self, value: &str) -> Result<Self::Value, E> {
            Ok(Some(value.to_owned().into()))
        }
        fn visit_string<E: de::Error>(self, value: String) -> Result<Self::Value, E> {
            Ok(Some(value.into()))
        }
        fn visit_u64<E: de::Error>(self, value: u64) -> Result<Self::Value, E> {
            Ok(Some(value.to_string().into()))
        }
        fn visit_i64<E: de::Error>(self, value: i64) -> Result<Self::Value, E> {
            Ok(Some(value.to_string().into()))
        }
        fn visit_f64<E: de::Error>(self, value: f64) -> Result<Self::Value, E> {
            Ok(Some(value.to_string().into()))
        }
        fn visit_bool<E: de::Error>(self, value: bool) -> Result<Self::Value, E> {
            Ok(Some(if value { "True" } else { "False" }.into()))
        }
        fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
            Ok(None)
        }
    }
    deserializer.deserialize_any(Lenient)
}

fn lenient_required_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Text, D::Error> {
    lenient_text(deserializer).map(Option::unwrap_or_default)
}

/// A whole number, or the digits of one as a string; null is nothing.
fn lenient_u32<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    match lenient_text(deserializer)? {
        None => Ok(None),
        Some(text) => text.parse().map(Some).map_err(|_| {
            de::Error::invalid_value(de::Unexpected::Str(&text), &"a whole number of kilobytes")
        }),
    }
}

/// A list, or null for an empty one.
fn lenient_vec<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}
