//! The responses of VAN's discovery endpoints.
//!
//! Names and meanings follow VAN's docs unless a property says otherwise. Everything is lenient: what VAN may leave out
//! is optional, words that are not known are kept, and so are unknown keys (in `extra`).

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};
use serde_json::Map;

use crate::overrides::{Overrides, ParentMode, RequiredMode};
use van_bulk::header::same_name;

/// Unknown keys of an object, kept as they were read.
pub type Extra = Map<String, serde_json::Value>;

/// How often a job may hold a mapping type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AllowMultipleMode {
    /// Once in a job.
    Single,
    /// Once for each value of the mapping type's type field; the response does not say which field that is.
    SinglePerType,
    /// Any number of times.
    Multiple,
    /// A word this crate does not know; treated like [`Multiple`](Self::Multiple).
    Unknown(String),
}

impl AllowMultipleMode {
    /// VAN's word.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Single => "Single",
            Self::SinglePerType => "SinglePerType",
            Self::Multiple => "Multiple",
            Self::Unknown(word) => word,
        }
    }

    /// The mode that a word of VAN's stands for.
    pub fn from_word(word: &str) -> Self {
        match word {
            "Single" => Self::Single,
            "SinglePerType" => Self::SinglePerType,
            "Multiple" => Self::Multiple,
            other => Self::Unknown(other.to_owned()),
        }
    }
}

impl Serialize for AllowMultipleMode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// One entry of `GET /bulkImportMappingTypes`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MappingType {
    /// The name that a job uses.
    pub name: String,
    /// The name that people see.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// Only in one published example, where it is null; of unknown meaning.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub upload_type: Option<serde_json::Value>,
    /// How often a job may hold it.
    pub allow_multiple_mode: AllowMultipleMode,
    /// The kinds of import that may use it.
    pub resource_types: Vec<String>,
    /// What it can fill.
    pub fields: Vec<Field>,
    /// Unknown keys.
    #[serde(flatten)]
    pub extra: Extra,
}

impl MappingType {
    /// The field of this name, in VAN's spelling.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }
}

/// What one parent field demands: every entry that names the parent, united.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParentLimit<'a> {
    /// The name of the parent field, in the same mapping type.
    pub parent: &'a str,
    /// The ids of the parent's values that allow the child; `None` allows any.
    pub allowed: Option<Vec<&'a str>>,
}

impl<'a> ParentLimit<'a> {
    /// Whether the parent's value of this id allows the child.
    pub fn allows(&self, id: &str) -> bool {
        self.allowed.as_ref().is_none_or(|allowed| allowed.contains(&id))
    }

    /// Unites the entries of the same parent, in the order in which the parents appear. An entry without a limit lets
    /// any value of its parent pass.
    fn unite(entries: impl Iterator<Item = (&'a str, Option<&'a [ValueRef]>)>) -> Vec<Self> {
        let mut limits: Vec<Self> = Vec::new();
        for (parent, values) in entries {
            let ids = values.map(|values| values.iter().map(|value| value.id.as_str()).collect::<Vec<_>>());
            match limits.iter_mut().find(|limit| limit.parent == parent) {
                Some(limit) => match (&mut limit.allowed, ids) {
                    (Some(allowed), Some(ids)) => allowed.extend(ids),
                    _ => limit.allowed = None,
                },
                None => limits.push(Self { parent, allowed: ids }),
            }
        }
        limits
    }
}

/// One field of a mapping type.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Field {
    /// The name that a job uses.
    pub name: String,
    /// What it is, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Whether its values come from a list, "under at least some circumstances".
    pub has_predefined_values: bool,
    /// Whether a mapping must fill it.
    pub is_required: bool,
    /// Whether a column may fill it; if not, it takes one static value for the whole file.
    pub can_be_mapped_to_column: bool,
    /// Whether VAN fills it from a column of the same name. Seen in one captured response, not in VAN's docs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub can_be_mapped_by_name: Option<bool>,
    /// The fields that must be mapped before this one; all of them.
    #[serde(serialize_with = "null_if_empty")]
    pub parents: Vec<Parent>,
    /// Unknown keys.
    #[serde(flatten)]
    pub extra: Extra,
}

impl Field {
    /// What each parent demands, one entry a parent. All of them must be met.
    ///
    /// That several parents mean "and", and that the same parent listed twice unites its values, is our reading.
    pub fn parent_limits(&self) -> Vec<ParentLimit<'_>> {
        ParentLimit::unite(
            self.parents.iter().map(|parent| (parent.parent_field_name.as_str(), parent.limit())),
        )
    }
}

/// A field that another field depends on.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Parent {
    /// The name of the parent field, in the same mapping type.
    pub parent_field_name: String,
    /// The values of the parent that allow the child, as they were read; [`limit`](Self::limit) is what they mean.
    pub limited_to_parent_values: Option<Vec<ValueRef>>,
    /// Unknown keys.
    #[serde(flatten)]
    pub extra: Extra,
}

impl Parent {
    /// The values of the parent that allow the child; nothing if any value does.
    ///
    /// VAN's docs do not say what an empty list means; it is read like none, or the field could never be mapped.
    pub fn limit(&self) -> Option<&[ValueRef]> {
        limit(self.limited_to_parent_values.as_deref())
    }
}

/// An empty list is no limit.
fn limit(values: Option<&[ValueRef]>) -> Option<&[ValueRef]> {
    values.filter(|values| !values.is_empty())
}

/// Names a predefined value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ValueRef {
    /// Its id, not always a number.
    pub id: String,
    /// Its name, where the response gives it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Unknown keys.
    #[serde(flatten)]
    pub extra: Extra,
}

/// One entry of `GET /bulkImportMappingTypes/{mappingTypeName}/{fieldName}/values`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Value {
    /// What a job sends; not always a number.
    pub id: String,
    /// What people see.
    pub name: String,
    /// The parent values that allow this value.
    #[serde(serialize_with = "null_if_empty")]
    pub parents: Vec<ValueParent>,
    /// Unknown keys.
    #[serde(flatten)]
    pub extra: Extra,
}

impl Value {
    /// What each parent demands for this value, one entry a parent. All of them must be met.
    pub fn parent_limits(&self) -> Vec<ParentLimit<'_>> {
        ParentLimit::unite(
            self.parents.iter().map(|parent| (parent.parent_field_name.as_str(), parent.limit())),
        )
    }
}

/// The parent values that allow a value. Note that VAN calls the list `allowedParentValues` here.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ValueParent {
    /// The name of the parent field.
    pub parent_field_name: String,
    /// The values of the parent that allow this value, as they were read; [`limit`](Self::limit) is what they mean.
    pub allowed_parent_values: Option<Vec<ValueRef>>,
    /// Unknown keys.
    #[serde(flatten)]
    pub extra: Extra,
}

impl ValueParent {
    /// The values of the parent that allow this value; nothing if any value does. An empty list is read as in
    /// [`Parent::limit`].
    pub fn limit(&self) -> Option<&[ValueRef]> {
        limit(self.allowed_parent_values.as_deref())
    }
}

fn null_if_empty<T: Serialize, S: Serializer>(list: &[T], serializer: S) -> Result<S::Ok, S::Error> {
    if list.is_empty() { serializer.serialize_none() } else { serializer.collect_seq(list) }
}

/// The predefined values of one field.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ValueList {
    /// The values, in VAN's order. Reading leaves out a value whose id is already there, so the first one counts.
    pub values: Vec<Value>,
}

impl ValueList {
    /// The value of this id.
    pub fn by_id(&self, id: &str) -> Option<&Value> {
        self.values.iter().find(|value| value.id == id)
    }

    /// The value of this name, ignoring case, if exactly one has it. VAN accepts such names in the cells of a file.
    pub fn by_unique_name(&self, name: &str) -> Option<&Value> {
        let mut found = self.values.iter().filter(|value| same_name(&value.name, name));
        match (found.next(), found.next()) {
            (Some(value), None) => Some(value),
            _ => None,
        }
    }
}

/// Everything that one API key may import.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Schema {
    /// The mapping types, in VAN's order.
    pub mapping_types: Vec<MappingType>,
    /// The resource types of `GET /bulkImportJobs/resources`, in VAN's order.
    pub resources: Vec<String>,
    /// The known value lists, by mapping type and field.
    pub values: BTreeMap<(String, String), ValueList>,
    /// What people know beyond the responses.
    pub overrides: Overrides,
}

impl Schema {
    /// The mapping type of this name, in VAN's spelling.
    pub fn mapping_type(&self, name: &str) -> Option<&MappingType> {
        self.mapping_types.iter().find(|mapping| mapping.name == name)
    }

    /// The predefined values of a field, if the list is known.
    pub fn values(&self, mapping_type: &str, field: &str) -> Option<&ValueList> {
        self.values.get(&(mapping_type.to_owned(), field.to_owned()))
    }

    /// The field that says which type a mapping of mode `SinglePerType` is of: the overridden one, else the required field
    /// with predefined values whose name ends in `TypeID` or `TypeId`. VAN's responses do not say it; this is our reading.
    pub fn type_field<'a>(&'a self, mapping_type: &'a MappingType) -> Option<&'a Field> {
        if mapping_type.allow_multiple_mode != AllowMultipleMode::SinglePerType {
            return None;
        }
        let overridden = self.overrides.mapping_type(&mapping_type.name);
        if let Some(name) = overridden.and_then(|overridden| overridden.type_field.as_deref()) {
            return mapping_type.field(name);
        }
        let mut candidates = mapping_type.fields.iter().filter(|field| {
            let named = field.name.ends_with("TypeID") || field.name.ends_with("TypeId");
            named && field.is_required && field.has_predefined_values
        });
        let first = candidates.next();
        first.filter(|_| candidates.next().is_none())
    }

    /// Whether one of a field's parents is enough.
    pub fn any_parent(&self, mapping_type: &str, field: &str) -> bool {
        let overridden = self.overrides.field(mapping_type, field);
        overridden.and_then(|overridden| overridden.parents) == Some(ParentMode::Any)
    }

    /// Whether a field is required even where its parents' values do not allow it.
    pub fn strictly_required(&self, mapping_type: &str, field: &str) -> bool {
        let overridden = self.overrides.field(mapping_type, field);
        overridden.and_then(|overridden| overridden.required) == Some(RequiredMode::Always)
    }

    /// How many characters a text of a field may have, as far as somebody knows: the discovery responses do not say.
    pub fn max_characters(&self, mapping_type: &str, field: &str) -> Option<usize> {
        self.overrides.field(mapping_type, field)?.max_characters
    }

    /// Every resource type: those the key lists, then those that only mapping types name.
    pub fn all_resources(&self) -> Vec<&str> {
        let mut all: Vec<&str> = Vec::new();
        let named = self.mapping_types.iter().flat_map(|mapping| &mapping.resource_types);
        for resource in self.resources.iter().chain(named) {
            if !all.contains(&resource.as_str()) {
                all.push(resource);
            }
        }
        all
    }
}
