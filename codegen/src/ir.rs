//! The schema with every question answered: parents are indices, every field has its class, every name is final.
//!
//! Everything is sorted, so the same schema in any order gives the same program.

use van_bulk_schema::DatabaseMode;
use van_bulk_schema::provenance::Origin;

use crate::names;

/// The program to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    /// The database mode of the key; nothing if the snapshot does not tell.
    pub mode: Option<DatabaseMode>,
    /// By wire name.
    pub resources: Vec<Resource>,
    /// By wire name.
    pub mappings: Vec<Mapping>,
    /// How deep the tree of slots is that a job needs: one level holds eight.
    pub slot_depth: u32,
}

impl Program {
    /// Names the profile in the types that stand for fields in messages, where there are others of the same names.
    pub(crate) fn name_profile(&mut self, label: &str) {
        let profile = names::snake(label, "profile");
        for field in self.mappings.iter_mut().flat_map(|mapping| &mut mapping.fields) {
            field.marker = format!("{profile}_{}", field.marker);
        }
    }
}

/// A resource type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource {
    /// VAN's name.
    pub wire: String,
    /// The type.
    pub type_name: String,
    /// The Cargo feature.
    pub feature: String,
}

/// How often a job may hold a mapping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Multiplicity {
    /// Once; the number is its slot.
    Single(usize),
    /// Once for each value of a type field.
    SinglePerType(PerType),
    /// Any number, also for modes that are not known and where the type field is not.
    Multiple,
}

/// A mapping that a job may hold once for each value of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PerType {
    /// Index of the type field.
    pub field: usize,
    /// The slot of each value that is a type, in the order of the values.
    pub slots: Vec<usize>,
    /// The slot of mappings that do not fill the type field, if they may.
    pub untyped_slot: Option<usize>,
}

/// A mapping type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    /// VAN's name.
    pub wire: String,
    /// What people see.
    pub display_name: Option<String>,
    /// VAN's word for the multiplicity.
    pub mode: String,
    /// How often a job may hold it.
    pub multiplicity: Multiplicity,
    /// Indices of the resource types that take it.
    pub resources: Vec<usize>,
    /// The module.
    pub module: String,
    /// The module's file, without its ending; another name where Rust loads no file of the module's name.
    pub file: String,
    /// The builder's type.
    pub type_name: String,
    /// The type that names the constructor's arguments, if there are too many to tell apart by their places.
    pub required_struct: Option<String>,
    /// The trait of the resource types that take it.
    pub takes_trait: String,
    /// The trait of the jobs that have room for it, if a job may hold it once.
    pub room_trait: Option<String>,
    /// Parents before children, then by wire name.
    pub fields: Vec<Field>,
    /// One for each parent and set of its values that some field is limited to.
    pub gates: Vec<Gate>,
    /// Sets of groups of fields of which one job may fill one.
    pub exclusive: Vec<ExclusiveSet>,
    /// Whether it is VAN's; nothing for a snapshot that was fetched.
    pub origin: Option<Origin>,
}

/// The type parameter of the states of several fields.
pub(crate) const STATES: &str = "States";

/// The type parameter of the states after a field was filled.
pub(crate) const AFTER: &str = "After";

/// The method behind every setter, which no field may have the name of.
pub(crate) const FILL: &str = "fill";

impl Mapping {
    /// The fields whose states stand in the type of the builder, each with the parameter that stands for it.
    pub fn parents(&self) -> impl Iterator<Item = (usize, &Field, &str)> {
        self.fields
            .iter()
            .enumerate()
            .filter_map(|(index, field)| Some((index, field, field.type_parameter.as_deref()?)))
    }

    /// What stands for the states in the type of the builder: of those fields, then of the sets of groups.
    pub fn parameters(&self) -> impl Iterator<Item = &str> {
        let fields = self.fields.iter().filter_map(|field| field.type_parameter.as_deref());
        fields.chain(self.exclusive.iter().map(|set| set.type_parameter.as_str()))
    }

    /// How many slots of a job it has.
    pub fn slots(&self) -> usize {
        let multiplicity = match &self.multiplicity {
            Multiplicity::Single(_) => 1,
            Multiplicity::SinglePerType(per_type) => {
                per_type.slots.len() + usize::from(per_type.untyped_slot.is_some())
            }
            Multiplicity::Multiple => 0,
        };
        multiplicity + self.exclusive.len()
    }

    /// The fields that are arguments of the constructor.
    pub fn required(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(|field| field.requirement == Requirement::Always)
    }

    /// The fields that have methods.
    pub fn optional(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(|field| field.requirement != Requirement::Always)
    }
}

/// When a mapping must fill a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Requirement {
    /// Never.
    Optional,
    /// Only when its parents have the values it is limited to.
    WhenAllowed,
    /// Always: VAN says so, or a field that is always required depends on it.
    Always,
}

/// A field of a mapping type. What few fields have is boxed: large schemas have 100,000 of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// VAN's name.
    pub wire: String,
    /// What it is, for people.
    pub description: Option<String>,
    /// The method, or the argument of the constructor.
    pub method: String,
    /// The type that stands for the field in messages.
    pub marker: String,
    /// The type parameter, if other fields depend on this one.
    pub type_parameter: Option<String>,
    /// The traits of a parent that has a method.
    pub parent_traits: Option<Box<ParentTraits>>,
    /// The condition under which it must be filled, if types can tell.
    pub condition: Option<Box<Condition>>,
    /// Whether a column may fill it.
    pub takes_column: bool,
    /// Whether any text may fill it.
    pub takes_text: bool,
    /// Its values, if it has predefined ones or others depend on some of its values.
    pub values: Option<Box<Values>>,
    /// When it must be filled.
    pub requirement: Requirement,
    /// What must be mapped before it.
    pub needs: Vec<Need>,
    /// The traits of the states in which one of the parents is enough, if one is: the first says so, and each of the others
    /// looks at the rest of the parents.
    pub any_parent: Option<Vec<String>>,
    /// The groups it belongs to, each as set and group.
    pub groups: Vec<(usize, usize)>,
    /// Whether its name is VAN's; nothing for a snapshot that was fetched.
    pub origin: Option<Origin>,
}

impl Field {
    /// Its values, if some are known.
    pub fn known_values(&self) -> Option<&Values> {
        self.values.as_deref().filter(|values| !values.known.is_empty())
    }
}

/// The traits of the states of a parent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParentTraits {
    /// It is mapped.
    pub is_mapped: String,
    /// It is not mapped yet.
    pub is_not_mapped: String,
}

/// A field that must be filled for some values of its parent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// Index of the parent field.
    pub parent: usize,
    /// Indices of the values that require the field.
    pub values: Vec<usize>,
    /// The trait.
    pub trait_name: String,
}

/// Groups of fields of which one job may fill one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExclusiveSet {
    /// The type parameter that says which group a mapping fills.
    pub type_parameter: String,
    /// The slot in which a job remembers it.
    pub slot: usize,
    /// The trait of the jobs that have room for a group.
    pub room_trait: String,
    /// By name.
    pub groups: Vec<ExclusiveGroup>,
}

/// Fields that belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExclusiveGroup {
    /// What they are about, in the words of the override.
    pub name: String,
    /// The type that stands for the group.
    pub marker: String,
    /// The trait of the states in which a field of the group may be filled.
    pub allows_trait: String,
    /// VAN's names of the fields.
    pub fields: Vec<String>,
}

/// A parent that a field needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Need {
    /// Index of the parent field.
    pub parent: usize,
    /// Index of the gate that the parent must pass; nothing if any value will do.
    pub gate: Option<usize>,
}

/// The values of a parent that some field is limited to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gate {
    /// Index of the parent field.
    pub parent: usize,
    /// Indices of the allowed values.
    pub allowed: Vec<usize>,
    /// The trait.
    pub trait_name: String,
}

/// The values of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Values {
    /// The module of the value types.
    pub module: String,
    /// The trait of everything that fills the field.
    pub trait_name: String,
    /// The values that are types, by id.
    pub typed: Vec<Value>,
    /// All known values, by id: those of the list, and those that others depend on.
    pub known: Vec<KnownValue>,
    /// How many values the list has; nothing if there is no list.
    pub listed: Option<usize>,
    /// Whether the list is VAN's; nothing for a snapshot that was fetched.
    pub origin: Option<Origin>,
}

/// A predefined value as data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownValue {
    /// What is sent.
    pub id: String,
    /// What people see.
    pub name: String,
}

/// A predefined value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Value {
    /// What is sent.
    pub id: String,
    /// What people see.
    pub name: String,
    /// The type.
    pub type_name: String,
}
