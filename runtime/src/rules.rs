//! The rules of one mapping type over data, for what types cannot know: values chosen at run time, mappings made by name,
//! and payloads that other programs wrote.
//!
//! The generator writes the [`MappingRules`] of each mapping type beside its builder; `van-bulk-schema` makes them from a
//! snapshot. Both are checked by the one engine here, so that builders, data and emulator say the same.

use std::fmt;

use crate::payload::{FieldValueMapping, MappingType};

/// How often a job may hold a mapping type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Multiplicity<'a> {
    /// Once.
    Single,
    /// Once for each value of this field.
    SinglePerType(&'a str),
    /// Any number of times.
    Multiple,
}

/// The rules of one mapping type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MappingRules<'a> {
    /// VAN's name.
    pub name: &'a str,
    /// How often a job may hold it.
    pub multiplicity: Multiplicity<'a>,
    /// The resource types of the jobs that take it.
    pub resource_types: &'a [&'a str],
    /// Its fields.
    pub fields: &'a [FieldRules<'a>],
    /// Sets of groups of fields: of each set, a job may fill the fields of one group.
    pub exclusive: &'a [&'a [Group<'a>]],
}

/// The rules of one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldRules<'a> {
    /// VAN's name.
    pub name: &'a str,
    /// When a mapping must fill it.
    pub required: Required,
    /// Whether a column may fill it.
    pub takes_column: bool,
    /// The fields it depends on, each once.
    pub parents: &'a [ParentRule<'a>],
    /// Whether one of the parents is enough; VAN's docs are read as all of them.
    pub any_parent: bool,
}

/// When a mapping must fill a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Required {
    /// Never.
    No,
    /// When its parents have the values that it is limited to.
    WhenAllowed,
    /// Always.
    Always,
}

/// A field that another field depends on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParentRule<'a> {
    /// VAN's name of the parent.
    pub field: &'a str,
    /// The ids of the parent's values that allow the field; nothing if any does.
    pub allowed: Option<&'a [&'a str]>,
}

impl ParentRule<'_> {
    fn allows(&self, value: &str) -> bool {
        self.allowed.is_none_or(|allowed| allowed.contains(&value))
    }
}

/// Fields that belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group<'a> {
    /// What they are about, in the words of whoever grouped them.
    pub name: &'a str,
    /// VAN's names of the fields.
    pub fields: &'a [&'a str],
}

/// A rule that a mapping breaks. Fields are named as VAN names them.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Problem {
    /// A required field is not filled.
    Required {
        /// The field.
        field: String,
    },
    /// A field is not filled that its parents' values require.
    RequiredHere {
        /// The field.
        field: String,
        /// What requires it, as field and value.
        because: Vec<(String, String)>,
    },
    /// A parent of a filled field is not filled; or, where one parent is enough, none of them is.
    ParentMissing {
        /// The field.
        field: String,
        /// The parents, of which one would do if there are several.
        parents: Vec<String>,
    },
    /// A filled field is not allowed by the static value of its parent.
    ParentValue {
        /// The field.
        field: String,
        /// The parent.
        parent: String,
        /// The parent's value.
        value: String,
        /// The values that allow the field.
        allowed: Vec<String>,
    },
    /// A column fills a field that takes one value for the whole file.
    StaticOnly {
        /// The field.
        field: String,
    },
    /// Fields of groups that exclude each other are filled.
    Exclusive {
        /// A field of one group.
        field: String,
        /// A field of another, filled before.
        other: String,
        /// The names of the two groups.
        groups: (String, String),
    },
    /// A field is none of the mapping type's.
    UnknownField {
        /// The name.
        field: String,
    },
}

impl Problem {
    /// The field that the problem is about.
    pub fn field(&self) -> &str {
        match self {
            Self::Required { field }
            | Self::RequiredHere { field, .. }
            | Self::ParentMissing { field, .. }
            | Self::ParentValue { field, .. }
            | Self::StaticOnly { field }
            | Self::Exclusive { field, .. }
            | Self::UnknownField { field } => field,
        }
    }

    /// What to do.
    pub fn help(&self) -> String {
        match self {
            Self::Required { .. } | Self::RequiredHere { .. } => {
                "fill it from a column or with a static value".to_owned()
            }
            Self::ParentMissing { parents, .. } => format!("map {} in the same mapping", list(parents, "or")),
            Self::ParentValue { parent, allowed, .. } => {
                format!("it is allowed where `{parent}` is {}", list(allowed, "or"))
            }
            Self::StaticOnly { .. } => "give it one static value for the whole file".to_owned(),
            Self::Exclusive { groups: (one, other), .. } => {
                format!("import the fields of `{one}` and those of `{other}` with two files")
            }
            Self::UnknownField { .. } => "look the name up in the mapping type's documentation".to_owned(),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Required { field } => write!(f, "the required field `{field}` is not mapped"),
            Self::RequiredHere { field, because } => {
                let because: Vec<String> =
                    because.iter().map(|(parent, value)| format!("`{parent}` is `{value}`")).collect();
                write!(f, "the field `{field}` is required where {}", because.join(" and "))
            }
            Self::ParentMissing { field, parents } => {
                let is = if parents.len() == 1 { "which is not mapped" } else { "and none of them is mapped" };
                write!(f, "the field `{field}` needs the field {}, {is}", list(parents, "or"))
            }
            Self::ParentValue { field, parent, value, .. } => {
                write!(f, "the field `{field}` is not allowed where `{parent}` is `{value}`")
            }
            Self::StaticOnly { field } => write!(f, "the field `{field}` cannot be mapped to a column"),
            Self::Exclusive { field, other, .. } => {
                write!(f, "the fields `{field}` and `{other}` cannot be imported by one job")
            }
            Self::UnknownField { field } => write!(f, "there is no field `{field}`"),
        }
    }
}

fn list(names: &[String], word: &str) -> String {
    /// Longer lists say how many more there are.
    const MOST: usize = 12;
    let mut shown: Vec<String> = names.iter().take(MOST).map(|name| format!("`{name}`")).collect();
    if names.len() > MOST {
        shown.push(format!("{} others", names.len() - MOST));
    }
    match shown.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} {word} {last}", rest.join(", ")),
        _ => shown.concat(),
    }
}

impl MappingRules<'_> {
    /// Every rule that a mapping of this type breaks. Names of fields must be VAN's.
    ///
    /// What depends on the rows is not checked: a parent that a column fills allows everything here.
    pub fn check(&self, mapping: &MappingType) -> Vec<Problem> {
        let check = Check { rules: self, fields: &mapping.field_value_mappings };
        let mut problems = Vec::new();
        for rule in RULES {
            rule(&check, &mut problems);
        }
        problems
    }

    fn field(&self, name: &str) -> Option<&FieldRules<'_>> {
        self.fields.iter().find(|field| field.name == name)
    }
}

struct Check<'a> {
    rules: &'a MappingRules<'a>,
    fields: &'a [FieldValueMapping],
}

type Rule = fn(&Check<'_>, &mut Vec<Problem>);

const RULES: &[Rule] = &[
    known_fields,
    static_only_fields,
    required_fields,
    parents_are_mapped,
    parents_allow_the_field,
    groups_exclude_each_other,
];

/// What is known of a field before the rows are.
enum Filled<'a> {
    Not,
    Static(&'a str),
    ByRow,
}

impl<'a> Check<'a> {
    fn filled(&self, name: &str) -> Filled<'a> {
        match self.fields.iter().find(|field| field.field_name == name) {
            None => Filled::Not,
            Some(FieldValueMapping { column_name: None, static_value: Some(value), .. }) => Filled::Static(value),
            Some(_) => Filled::ByRow,
        }
    }

    fn is_filled(&self, name: &str) -> bool {
        !matches!(self.filled(name), Filled::Not)
    }

    /// The rules of every filled field.
    fn filled_fields(&self) -> impl Iterator<Item = &FieldRules<'a>> {
        self.rules.fields.iter().filter(|rules| self.is_filled(rules.name))
    }
}

fn known_fields(check: &Check<'_>, problems: &mut Vec<Problem>) {
    for field in check.fields {
        if check.rules.field(&field.field_name).is_none() {
            problems.push(Problem::UnknownField { field: field.field_name.to_string() });
        }
    }
}

fn static_only_fields(check: &Check<'_>, problems: &mut Vec<Problem>) {
    for field in check.fields.iter().filter(|field| field.column_name.is_some()) {
        if check.rules.field(&field.field_name).is_some_and(|rules| !rules.takes_column) {
            problems.push(Problem::StaticOnly { field: field.field_name.to_string() });
        }
    }
}

fn required_fields(check: &Check<'_>, problems: &mut Vec<Problem>) {
    for rules in check.rules.fields.iter().filter(|rules| !check.is_filled(rules.name)) {
        let field = rules.name.to_owned();
        match rules.required {
            Required::No => {}
            Required::Always => problems.push(Problem::Required { field }),
            Required::WhenAllowed => {
                if let Some(because) = demanded_by(check, rules) {
                    problems.push(Problem::RequiredHere { field, because });
                }
            }
        }
    }
}

/// The parents' values that make a conditionally required field required: all parents are filled, and every one that
/// the field is limited by has a static value that allows it (where one parent is enough: one of them).
fn demanded_by(check: &Check<'_>, rules: &FieldRules<'_>) -> Option<Vec<(String, String)>> {
    let mut because = Vec::new();
    for parent in rules.parents {
        let demands = match check.filled(parent.field) {
            Filled::Static(value) if parent.allows(value) => {
                if parent.allowed.is_some() {
                    because.push((parent.field.to_owned(), value.to_owned()));
                }
                true
            }
            Filled::ByRow => parent.allowed.is_none(),
            Filled::Static(_) | Filled::Not => false,
        };
        if !demands && !rules.any_parent {
            return None;
        }
    }
    (!because.is_empty()).then_some(because)
}

fn parents_are_mapped(check: &Check<'_>, problems: &mut Vec<Problem>) {
    for rules in check.filled_fields() {
        let missing = || rules.parents.iter().filter(|parent| !check.is_filled(parent.field));
        let names = || missing().map(|parent| parent.field.to_owned());
        if rules.any_parent {
            if !rules.parents.is_empty() && missing().count() == rules.parents.len() {
                problems.push(Problem::ParentMissing { field: rules.name.to_owned(), parents: names().collect() });
            }
        } else {
            problems.extend(
                names().map(|parent| Problem::ParentMissing { field: rules.name.to_owned(), parents: vec![parent] }),
            );
        }
    }
}

fn parents_allow_the_field(check: &Check<'_>, problems: &mut Vec<Problem>) {
    for rules in check.filled_fields() {
        let refusals: Vec<Problem> = rules
            .parents
            .iter()
            .filter_map(|parent| match check.filled(parent.field) {
                Filled::Static(value) if !parent.allows(value) => Some(Problem::ParentValue {
                    field: rules.name.to_owned(),
                    parent: parent.field.to_owned(),
                    value: value.to_owned(),
                    allowed: parent.allowed.unwrap_or_default().iter().map(|id| (*id).to_owned()).collect(),
                }),
                _ => None,
            })
            .collect();
        let filled = rules.parents.iter().filter(|parent| check.is_filled(parent.field)).count();
        // Where one parent is enough, one that allows the field is enough.
        if !rules.any_parent || refusals.len() == filled {
            problems.extend(refusals);
        }
    }
}

fn groups_exclude_each_other(check: &Check<'_>, problems: &mut Vec<Problem>) {
    for set in check.rules.exclusive {
        let mut first: Option<(&Group<'_>, &str)> = None;
        for group in *set {
            let Some(field) = group.fields.iter().find(|field| check.is_filled(field)) else { continue };
            match first {
                None => first = Some((group, field)),
                Some((earlier, other)) => problems.push(Problem::Exclusive {
                    field: (*field).to_owned(),
                    other: other.to_owned(),
                    groups: (earlier.name.to_owned(), group.name.to_owned()),
                }),
            }
        }
    }
}
