//! What in a snapshot is VAN's and what is made up.
//!
//! A snapshot that was fetched with a key needs none of this. The sample snapshot carries a `provenance.json`, because
//! most of it is invented.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

/// How much of a thing is known to be VAN's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// Published whole by VAN or captured from it by others.
    Attested,
    /// The name is known to be VAN's; everything else about it is our guess.
    NameAttested,
    /// Made up here to have something to show and test.
    Invented,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Attested => "attested",
            Self::NameAttested => "name attested",
            Self::Invented => "invented",
        })
    }
}

/// The origin of every part of a snapshot: the contents of `provenance.json`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Provenance {
    /// By mapping type.
    pub mapping_types: BTreeMap<String, MappingTypeOrigin>,
}

/// The origin of a mapping type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MappingTypeOrigin {
    /// Of the mapping type itself: its name, mode, resource types and the flags of its fields.
    pub origin: Origin,
    /// Of each field's name.
    pub fields: BTreeMap<String, Origin>,
    /// Of each field's value list, where the snapshot has one.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub values: BTreeMap<String, Origin>,
}
