//! The changes between two snapshots.

use std::collections::BTreeMap;
use std::fmt;

use serde::ser::SerializeStruct as _;
use serde::{Serialize, Serializer};

use super::{Sentence, Use};

/// What a change means for callers, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Some program that compiled does not any more, or does something else.
    Breaking,
    /// Every program compiles, but jobs or rows may be refused when it runs, or VAN may treat them in another way.
    NeedsALook,
    /// There is more that programs may do.
    Additive,
    /// Only what people read.
    Text,
}

impl Verdict {
    /// All of them, the worst first.
    pub const ALL: [Self; 4] = [Self::Breaking, Self::NeedsALook, Self::Additive, Self::Text];

    /// The verdict as the head of a list.
    pub fn title(self) -> &'static str {
        match self {
            Self::Breaking => "Breaking",
            Self::NeedsALook => "Needs a look",
            Self::Additive => "Additive",
            Self::Text => "Text only",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Breaking => "breaking",
            Self::NeedsALook => "needs a look",
            Self::Additive => "additive",
            Self::Text => "text only",
        })
    }
}

/// What kind of change it is. The verdict on most kinds depends on what the compiler asks of programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Kind {
    /// The database mode of the profile is another one.
    DatabaseMode,
    /// A resource type is gone, or a mapping type can no longer be used with it.
    ResourceTypeRemoved,
    /// A resource type is new, or a mapping type can now be used with it.
    ResourceTypeAdded,
    /// `GET /bulkImportJobs/resources` lists a resource type that it did not list, or the other way round.
    ResourceTypeListed,
    /// A mapping type is gone.
    MappingTypeRemoved,
    /// A mapping type is new.
    MappingTypeAdded,
    /// A job may hold a mapping type less often.
    ModeTightened,
    /// A job may hold a mapping type more often.
    ModeRelaxed,
    /// VAN's word for how often a job may hold a mapping type is another one, which builders treat the same.
    ModeWord,
    /// What `SinglePerType` counts is another field.
    TypeField,
    /// The arguments of a constructor, which are for the same fields, stand in another order or form.
    Constructor,
    /// The type parameters of a builder are others.
    TypeParameters,
    /// Which fields exclude each other.
    ExclusiveGroups,
    /// A field is gone.
    FieldRemoved,
    /// A field is new.
    FieldAdded,
    /// A field is an argument of the constructor now.
    NowRequired,
    /// A field is no argument of the constructor any more.
    NoLongerRequired,
    /// A field is required for more values of its parents.
    RequiredForMore,
    /// A field is required for fewer values of its parents.
    RequiredForFewer,
    /// A field has another parent.
    ParentAdded,
    /// A field has lost a parent.
    ParentRemoved,
    /// Fewer values of a parent allow a field.
    LimitNarrowed,
    /// More values of a parent allow a field.
    LimitWidened,
    /// All parents of a field must be mapped, where one was enough.
    AllParents,
    /// One of the parents of a field is enough.
    AnyParent,
    /// A builder remembers in its type whether a field is filled.
    Remembered,
    /// A column may no longer fill a field.
    ColumnRefused,
    /// A column may fill a field.
    ColumnAllowed,
    /// A field takes predefined values where it took any text.
    PredefinedOnly,
    /// A field takes any text where it took predefined values.
    AnyText,
    /// The values of a field are no longer known.
    ListRemoved,
    /// The values of a field are known now.
    ListAdded,
    /// The values of a field are data where they were types.
    ValuesAreData,
    /// The values of a field are types where they were data.
    ValuesAreTypes,
    /// A value is gone.
    ValueRemoved,
    /// A value is new.
    ValueAdded,
    /// A value has another name.
    ValueName,
    /// A value depends on other values of parents.
    ValueParents,
    /// A Rust name is another one, although VAN's name is the same.
    RustName,
    /// How long a text may be.
    TextLength,
    /// Whether VAN fills a field from a column of the same name.
    MappedByName,
    /// A property whose meaning is not known.
    UnknownProperty,
    /// A display name.
    DisplayName,
    /// A description.
    Description,
}

impl Kind {
    /// All of them.
    pub const ALL: &[Self] = &[
        Self::DatabaseMode,
        Self::ResourceTypeRemoved,
        Self::ResourceTypeAdded,
        Self::ResourceTypeListed,
        Self::MappingTypeRemoved,
        Self::MappingTypeAdded,
        Self::ModeTightened,
        Self::ModeRelaxed,
        Self::ModeWord,
        Self::TypeField,
        Self::Constructor,
        Self::TypeParameters,
        Self::ExclusiveGroups,
        Self::FieldRemoved,
        Self::FieldAdded,
        Self::NowRequired,
        Self::NoLongerRequired,
        Self::RequiredForMore,
        Self::RequiredForFewer,
        Self::ParentAdded,
        Self::ParentRemoved,
        Self::LimitNarrowed,
        Self::LimitWidened,
        Self::AllParents,
        Self::AnyParent,
        Self::Remembered,
        Self::ColumnRefused,
        Self::ColumnAllowed,
        Self::PredefinedOnly,
        Self::AnyText,
        Self::ListRemoved,
        Self::ListAdded,
        Self::ValuesAreData,
        Self::ValuesAreTypes,
        Self::ValueRemoved,
        Self::ValueAdded,
        Self::ValueName,
        Self::ValueParents,
        Self::RustName,
        Self::TextLength,
        Self::MappedByName,
        Self::UnknownProperty,
        Self::DisplayName,
        Self::Description,
    ];
}

/// Where a change lies, in VAN's names.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Place {
    /// The mapping type.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mapping_type: Option<String>,
    /// Its field.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// The id of a value of the field.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// The resource type.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_type: Option<String>,
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Change {
    /// What it means for callers.
    pub verdict: Verdict,
    /// Where it lies.
    pub place: Place,
    /// What kind of change it is.
    pub kind: Kind,
    /// What was and what is.
    pub what: Sentence,
    /// Whether programs that it breaks may compile all the same and do something else, because what they write means
    /// something else now.
    pub silent: bool,
    /// The items of the generated crate that it touches, without the crate's name: those of the old builders where there are
    /// any.
    pub rust_items: Vec<String>,
    /// What programs can no longer do.
    #[serde(skip)]
    pub breaks: Vec<Use>,
}

/// The part of a version to raise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Bump {
    /// None: nothing changed.
    None,
    /// The third number.
    Patch,
    /// The second number.
    Minor,
    /// The first number.
    Major,
}

impl Bump {
    /// The part to raise while the version is below 1.0, where Cargo takes the second number for the first.
    #[must_use]
    pub fn below_one(self) -> Self {
        match self {
            Self::Major => Self::Minor,
            Self::Minor | Self::Patch => Self::Patch,
            Self::None => Self::None,
        }
    }
}

impl fmt::Display for Bump {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "none",
            Self::Patch => "patch",
            Self::Minor => "minor",
            Self::Major => "major",
        })
    }
}

/// Everything that changed, the worst first, then by place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Diff {
    /// The changes.
    pub changes: Vec<Change>,
}

impl Diff {
    pub(super) fn new(mut changes: Vec<Change>) -> Self {
        changes.sort();
        Self { changes }
    }

    /// How many changes have this verdict.
    pub fn count(&self, verdict: Verdict) -> usize {
        self.changes.iter().filter(|change| change.verdict == verdict).count()
    }

    /// The worst verdict; nothing if nothing changed.
    pub fn worst(&self) -> Option<Verdict> {
        self.changes.iter().map(|change| change.verdict).min()
    }

    /// The part of the generated crate's version to raise, from 1.0 on; [`Bump::below_one`] is for versions before.
    pub fn semver(&self) -> Bump {
        match self.worst() {
            None => Bump::None,
            Some(Verdict::Text) => Bump::Patch,
            Some(Verdict::Additive | Verdict::NeedsALook) => Bump::Minor,
            Some(Verdict::Breaking) => Bump::Major,
        }
    }

    /// Whether a change is as bad as `verdict`, or worse.
    pub fn has(&self, verdict: Verdict) -> bool {
        self.worst().is_some_and(|worst| worst <= verdict)
    }
}

/// The counts, the bump and the changes.
impl Serialize for Diff {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let counts: BTreeMap<Verdict, usize> =
            Verdict::ALL.into_iter().map(|verdict| (verdict, self.count(verdict))).collect();
        let mut object = serializer.serialize_struct("Diff", 5)?;
        object.serialize_field("worst", &self.worst())?;
        object.serialize_field("counts", &counts)?;
        object.serialize_field("semver", &self.semver())?;
        object.serialize_field("semverBelowOne", &self.semver().below_one())?;
        object.serialize_field("changes", &self.changes)?;
        object.end()
    }
}
