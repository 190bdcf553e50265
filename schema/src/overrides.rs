//! What people know about a key that its discovery responses do not say: the contents of `overrides.toml`.
//!
//! ```toml
//! [mapping-types.Email]
//! type-field = "EmailTypeId"          # what `SinglePerType` counts
//!
//! [mapping-types.CanvassResults]
//! name = "Canvass"                    # the Rust name of the builder
//!
//! [mapping-types.CanvassResults.fields.AddressID]
//! parents = "any"                     # one of its parents is enough; "all" otherwise
//! required = "always"                 # although limited to parent values; "when-allowed" otherwise
//! max-characters = 50                 # how long a text may be
//! values = "types"                    # or "data": whether its values become types
//! name = "address"                    # the Rust name of the method
//!
//! [[exclusive]]                       # of these groups, one job may fill one
//! mapping-type = "ApplyContributions"
//! groups = { individual = ["DF1", "DF2"], organization = ["DF3"] }
//! ```

mod check;
mod read;
pub mod rust_name;

use std::collections::BTreeMap;
use std::ops::Range;

use crate::json::JsonPath;

pub use check::*;
pub use read::{MISSING_KEY, NOT_TOML, UNKNOWN_KEY, UNKNOWN_WORD, WRONG_TYPE, read};

/// The contents of an `overrides.toml`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overrides {
    /// By mapping type.
    pub mapping_types: BTreeMap<String, MappingTypeOverride>,
    /// Groups of fields of which one job may fill one.
    pub exclusive: Vec<Exclusive>,
}

/// What is known of a mapping type.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MappingTypeOverride {
    /// The Rust name of its builder.
    pub name: Option<String>,
    /// The field that says which type a `SinglePerType` mapping is of.
    pub type_field: Option<String>,
    /// By field.
    pub fields: BTreeMap<String, FieldOverride>,
}

/// What is known of a field.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FieldOverride {
    /// The Rust name of its method.
    pub name: Option<String>,
    /// How many of its parents must be mapped.
    pub parents: Option<ParentMode>,
    /// When it is required, if VAN says that it is and limits it to values of its parents.
    pub required: Option<RequiredMode>,
    /// Whether its values become types.
    pub values: Option<ValuesMode>,
    /// How many characters a text may have.
    pub max_characters: Option<usize>,
}

/// How many of a field's parents must be mapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParentMode {
    /// All: how VAN's docs are read.
    All,
    /// One is enough.
    Any,
}

/// When a required field with limited parents is required.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequiredMode {
    /// Always.
    Always,
    /// When its parents have values that allow it: how VAN's flags are read.
    WhenAllowed,
}

/// What becomes of the values of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValuesMode {
    /// A type each, however many there are.
    Types,
    /// A table.
    Data,
}

/// Groups of fields of which one job may fill one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exclusive {
    /// The mapping type.
    pub mapping_type: String,
    /// The fields of each group.
    pub groups: BTreeMap<String, Vec<String>>,
}

impl Overrides {
    /// What is known of a mapping type.
    pub fn mapping_type(&self, mapping_type: &str) -> Option<&MappingTypeOverride> {
        self.mapping_types.get(mapping_type)
    }

    /// What is known of a field.
    pub fn field(&self, mapping_type: &str, field: &str) -> Option<&FieldOverride> {
        self.mapping_type(mapping_type)?.fields.get(field)
    }
}

/// Where the parts of an `overrides.toml` stand in its text: the keys of tables that people name, such as those of mapping
/// types and fields, and the values of everything else.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Places {
    bytes: BTreeMap<JsonPath, Range<usize>>,
}

impl Places {
    /// The bytes of a part, such as `mapping-types.Email.type-field`; the start of the text for one that is not there.
    pub fn bytes(&self, part: &JsonPath) -> Range<usize> {
        self.bytes.get(part).cloned().unwrap_or(0..0)
    }
}
