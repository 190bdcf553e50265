//! What a program can do with generated builders, in the smallest parts that a change can break.

use std::collections::{BTreeMap, BTreeSet};

use crate::ir::Field;

/// What fills a field, as the compiler tells sources apart.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// A column.
    Column,
    /// A text for the whole file.
    Text,
    /// A raw id.
    Raw,
    /// A value that is chosen when the program runs.
    Any,
    /// A column whose values stand for raw ids.
    TranslatedRaw,
    /// A column whose values stand for values chosen when the program runs.
    TranslatedAny,
}

impl Source {
    /// Whether it is a column.
    pub(super) fn is_column(&self) -> bool {
        matches!(self, Self::Column | Self::TranslatedRaw | Self::TranslatedAny)
    }
}

/// What the compiler knows of a field.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// It is not filled.
    Unmapped,
    /// It is filled by something whose value is not known.
    Dynamic,
    /// It is filled by the predefined value of this id.
    Value(String),
}

/// Fields, by VAN's names, each in one of some states.
pub type Given = BTreeMap<String, BTreeSet<State>>;

/// One thing that programs do. All names are VAN's, those of the old snapshot.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Use {
    /// Submitting a job with a client of a database mode.
    Mode,
    /// Naming a resource type.
    Resource(String),
    /// Naming a resource type's Cargo feature.
    Feature(String),
    /// Naming a builder.
    Builder(String),
    /// Calling the constructor of a mapping type.
    New(String),
    /// Filling a field in any way.
    Field(String, String),
    /// Filling a field from such a source.
    Fill(String, String, Source),
    /// Naming anything of the values of a field.
    Values(String, String),
    /// Naming the value of an id of a field.
    Value(String, String, String),
    /// Filling a field where the builder must keep its type, as in an `if`.
    Reassign(String, String),
    /// Filling a field a second time.
    Again(String, String),
    /// Filling a field while others are in such states.
    Call(String, String, Given),
    /// Applying a mapping type to a job of a resource type.
    ApplyTo(String, String),
    /// Applying a mapping type while its fields are in such states.
    Apply(String, Given),
    /// Applying a mapping type twice to a job; with a field, when it has the same value in both, or none.
    Second(String, Option<String>),
    /// Filling two fields in one job.
    Together(String, String, String),
}

/// The sources of a field beside its values.
pub(super) fn sources(field: &Field) -> BTreeSet<Source> {
    let mut sources = BTreeSet::new();
    let mut take = |source, takes: bool| {
        if takes {
            sources.insert(source);
        }
    };
    let has_list = field.known_values().is_some();
    take(Source::Column, field.takes_column);
    take(Source::Text, field.takes_text);
    take(Source::Raw, !field.takes_text);
    take(Source::TranslatedRaw, !field.takes_text && field.takes_column);
    take(Source::Any, has_list);
    take(Source::TranslatedAny, has_list && field.takes_column);
    sources
}
