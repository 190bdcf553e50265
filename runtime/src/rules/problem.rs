//! What is wrong with a mapping, and what to do.

use std::fmt;

/// A broken rule, and the mapping of the job that breaks it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// Which mapping, counted from 0 in the order of the job.
    pub mapping: usize,
    /// What is wrong with it.
    pub problem: Problem,
}

/// A rule that a mapping breaks. Fields are named as VAN names them.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Problem {
    /// Jobs of this resource type do not take the mapping type.
    WrongResource {
        /// The mapping type.
        mapping: String,
        /// The job's resource type.
        resource_type: String,
        /// The resource types that take it.
        allowed: Vec<String>,
    },
    /// A job may hold the mapping type once, and this is not the first.
    SingleTwice {
        /// The mapping type.
        mapping: String,
    },
    /// A job may hold the mapping type once for each type, and this is not the first of its type.
    TypeTwice {
        /// The mapping type.
        mapping: String,
        /// The field that says the type.
        field: String,
        /// The type; nothing where neither mapping says one.
        value: Option<String>,
    },
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
    /// The field that the problem is about, if it is about one.
    pub fn field(&self) -> Option<&str> {
        match self {
            Self::WrongResource { .. } | Self::SingleTwice { .. } => None,
            Self::TypeTwice { field, .. }
            | Self::Required { field }
            | Self::RequiredHere { field, .. }
            | Self::ParentMissing { field, .. }
            | Self::ParentValue { field, .. }
            | Self::StaticOnly { field }
            | Self::Exclusive { field, .. }
            | Self::UnknownField { field } => Some(field),
        }
    }

    /// What to do.
    pub fn help(&self) -> String {
        match self {
            Self::WrongResource { allowed, .. } if allowed.is_empty() => {
                "VAN lists no resource types for it".to_owned()
            }
            Self::WrongResource { allowed, .. } => format!("VAN takes it in jobs of {}", list(allowed, "or")),
            Self::SingleTwice { .. } | Self::TypeTwice { .. } => {
                "set its fields in one mapping, or put the second one into another job".to_owned()
            }
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
            Self::WrongResource { mapping, resource_type, .. } => {
                write!(f, "a `{resource_type}` job does not take the mapping type `{mapping}`")
            }
            Self::SingleTwice { mapping } => {
                write!(f, "this job already has a `{mapping}` mapping, and VAN allows only one")
            }
            Self::TypeTwice { mapping, field, value: Some(value) } => {
                write!(
                    f,
                    "this job already has a `{mapping}` mapping with the {field} `{value}`, and VAN allows only one"
                )
            }
            Self::TypeTwice { mapping, field, value: None } => {
                write!(
                    f,
                    "this job already has a `{mapping}` mapping without a {field}, and VAN allows only one"
                )
            }
            Self::Required { field } => write!(f, "the required field `{field}` is not mapped"),
            Self::RequiredHere { field, because } => {
                let because: Vec<String> =
                    because.iter().map(|(parent, value)| format!("`{parent}` is `{value}`")).collect();
                write!(f, "the field `{field}` is required where {}", because.join(" and "))
            }
            Self::ParentMissing { field, parents } => {
                let is =
                    if parents.len() == 1 { "which is not mapped" } else { "and none of them is mapped" };
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
