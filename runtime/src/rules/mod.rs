//! The rules of one mapping type over data, for what types cannot know: values chosen at run time, mappings made by name,
//! and payloads that other programs wrote.
//!
//! The generator writes the [`MappingRules`] of each mapping type beside its builder; `van-bulk-schema` makes them from a
//! snapshot. Both are checked by the one engine here, so that builders, data and emulator say the same.

mod problem;

use crate::payload::{FieldValueMapping, MappingType};

pub use problem::{Broken, Problem};

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

impl<'a> FieldRules<'a> {
    /// Optional fields that a column may fill and that depend on nothing. Generated rules begin with them and change what
    /// differs: a value for each field would cost the compiler a multiple of its time for the builder.
    #[doc(hidden)]
    pub const fn optional<const N: usize>(names: [&'a str; N]) -> [Self; N] {
        let mut fields = [const {
            FieldRules {
                name: "",
                required: Required::No,
                takes_column: true,
                parents: &[],
                any_parent: false,
            }
        }; N];
        let mut index = 0;
        while index < N {
            fields[index].name = names[index];
            index += 1;
        }
        fields
    }
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
        self.allowed.as_ref().is_none_or(|allowed| allowed.contains(&value))
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

impl<'a> MappingRules<'a> {
    /// Every rule that a mapping of this type breaks. Names of fields must be VAN's.
    ///
    /// What depends on the rows is not checked: a parent that a column fills allows everything here.
    pub fn check(&self, mapping: &MappingType) -> Vec<Problem> {
        let check = Check { rules: self, mapping };
        let mut problems = Vec::new();
        for rule in RULES {
            rule(&check, &mut problems);
        }
        problems
    }

    fn field(&self, name: &str) -> Option<&'a FieldRules<'a>> {
        self.fields.iter().find(|field| field.name == name)
    }
}

struct Check<'c, 'a> {
    rules: &'c MappingRules<'a>,
    mapping: &'c MappingType,
}

type Rule = fn(&Check<'_, '_>, &mut Vec<Problem>);

const RULES: &[Rule] =
    &[known_fields, static_only_fields, required_fields, parents_are_mapped, parents_allow_the_field];

/// What is known of a field before the rows are.
enum Filled<'a> {
    Not,
    Static(&'a str),
    ByRow,
}

impl<'c, 'a> Check<'c, 'a> {
    fn filled(&self, name: &str) -> Filled<'c> {
        filled(self.mapping, name)
    }

    fn is_filled(&self, name: &str) -> bool {
        !matches!(self.filled(name), Filled::Not)
    }

    /// The rules of every filled field, in the order of the mapping.
    fn filled_fields(&self) -> impl Iterator<Item = &'c FieldRules<'a>> {
        let fields = &self.mapping.field_value_mappings;
        fields.iter().enumerate().filter_map(|(index, field)| {
            let is_first = fields[..index].iter().all(|earlier| earlier.field_name != field.field_name);
            self.rules.field(&field.field_name).filter(|_| is_first)
        })
    }
}

fn known_fields(check: &Check<'_, '_>, problems: &mut Vec<Problem>) {
    for field in &check.mapping.field_value_mappings {
        if check.rules.field(&field.field_name).is_none() {
            problems.push(Problem::UnknownField { field: field.field_name.to_string() });
        }
    }
}

fn static_only_fields(check: &Check<'_, '_>, problems: &mut Vec<Problem>) {
    for field in check.mapping.field_value_mappings.iter().filter(|field| field.column_name.is_some()) {
        if check.rules.field(&field.field_name).is_some_and(|rules| !rules.takes_column) {
            problems.push(Problem::StaticOnly { field: field.field_name.to_string() });
        }
    }
}

fn required_fields(check: &Check<'_, '_>, problems: &mut Vec<Problem>) {
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

/// The parents' values that make a conditionally required field required: every parent that limits it has a static value
/// that allows it (where one parent is enough: one of them).
fn demanded_by(check: &Check<'_, '_>, rules: &FieldRules<'_>) -> Option<Vec<(String, String)>> {
    let limiting = || rules.parents.iter().filter(|parent| parent.allowed.is_some());
    let because: Vec<(String, String)> = limiting()
        .filter_map(|parent| match check.filled(parent.field) {
            Filled::Static(value) if parent.allows(value) => {
                Some((parent.field.to_owned(), value.to_owned()))
            }
            _ => None,
        })
        .collect();
    let enough = if rules.any_parent { 1 } else { limiting().count() };
    (!because.is_empty() && because.len() >= enough).then_some(because)
}

fn parents_are_mapped(check: &Check<'_, '_>, problems: &mut Vec<Problem>) {
    for rules in check.filled_fields() {
        let missing = || rules.parents.iter().filter(|parent| !check.is_filled(parent.field));
        let names = || missing().map(|parent| parent.field.to_owned());
        if rules.any_parent {
            if !rules.parents.is_empty() && missing().count() == rules.parents.len() {
                problems.push(Problem::ParentMissing {
                    field: rules.name.to_owned(),
                    parents: names().collect(),
                });
            }
        } else {
            problems.extend(names().map(|parent| Problem::ParentMissing {
                field: rules.name.to_owned(),
                parents: vec![parent],
            }));
        }
    }
}

fn parents_allow_the_field(check: &Check<'_, '_>, problems: &mut Vec<Problem>) {
    for rules in check.filled_fields() {
        let refusals: Vec<Problem> = rules
            .parents
            .iter()
            .filter_map(|parent| match check.filled(parent.field) {
                Filled::Static(value) if !parent.allows(value) => Some(Problem::ParentValue {
                    field: rules.name.to_owned(),
                    parent: parent.field.to_owned(),
                    value: value.to_owned(),
                    allowed: parent
                        .allowed
                        .iter()
                        .flat_map(|allowed| allowed.iter())
                        .map(|id| (*id).to_owned())
                        .collect(),
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

/// Every rule that the mappings of a job of `resource_type` break, by themselves and together.
///
/// What depends on the rows is not checked.
pub fn check(resource_type: &str, mappings: &[(&MappingRules<'_>, &MappingType)]) -> Vec<Broken> {
    let mut broken = Vec::new();
    for (index, (rules, mapping)) in mappings.iter().enumerate() {
        let earlier = &mappings[..index];
        let problems = wrong_resource(resource_type, rules)
            .into_iter()
            .chain(too_many(rules, mapping, earlier))
            .chain(rules.check(mapping))
            .chain(groups_exclude_each_other(rules, mapping, earlier));
        broken.extend(problems.map(|problem| Broken { mapping: index, problem }));
    }
    broken
}

fn wrong_resource(resource_type: &str, rules: &MappingRules<'_>) -> Option<Problem> {
    (!rules.resource_types.contains(&resource_type)).then(|| Problem::WrongResource {
        mapping: rules.name.to_owned(),
        resource_type: resource_type.to_owned(),
        allowed: rules.resource_types.iter().map(|name| (*name).to_owned()).collect(),
    })
}

/// The earlier mappings of the same type.
fn same_type<'m>(
    rules: &MappingRules<'_>,
    earlier: &'m [(&MappingRules<'_>, &MappingType)],
) -> impl Iterator<Item = &'m MappingType> {
    earlier.iter().filter(|(other, _)| other.name == rules.name).map(|(_, mapping)| *mapping)
}

fn too_many(
    rules: &MappingRules<'_>,
    mapping: &MappingType,
    earlier: &[(&MappingRules<'_>, &MappingType)],
) -> Option<Problem> {
    let name = rules.name.to_owned();
    match rules.multiplicity {
        Multiplicity::Multiple => None,
        Multiplicity::Single => {
            same_type(rules, earlier).next().map(|_| Problem::SingleTwice { mapping: name })
        }
        Multiplicity::SinglePerType(field) => {
            let own = filled(mapping, field);
            let value = match own {
                Filled::Not => None,
                Filled::Static(value) => Some(value),
                // The rows say which types there are.
                Filled::ByRow => return None,
            };
            let twice = same_type(rules, earlier).any(|other| match (filled(other, field), value) {
                (Filled::Not, None) => true,
                (Filled::Static(other), Some(value)) => other == value,
                _ => false,
            });
            twice.then(|| Problem::TypeTwice {
                mapping: name,
                field: field.to_owned(),
                value: value.map(str::to_owned),
            })
        }
    }
}

fn groups_exclude_each_other(
    rules: &MappingRules<'_>,
    mapping: &MappingType,
    earlier: &[(&MappingRules<'_>, &MappingType)],
) -> Vec<Problem> {
    let mut problems = Vec::new();
    for set in rules.exclusive.iter() {
        // The first group of the job decides: later ones are the mistakes.
        let mut first: Option<(&str, &str)> =
            same_type(rules, earlier).find_map(|earlier| filled_groups(set, earlier).next());
        for (group, field) in filled_groups(set, mapping) {
            match first {
                None => first = Some((group, field)),
                Some((earlier, other)) if earlier != group => problems.push(Problem::Exclusive {
                    field: field.to_owned(),
                    other: other.to_owned(),
                    groups: (earlier.to_owned(), group.to_owned()),
                }),
                Some(_) => {}
            }
        }
    }
    problems
}

/// The groups that a mapping fills, each with its first filled field.
fn filled_groups<'s>(
    set: &'s [Group<'_>],
    mapping: &MappingType,
) -> impl Iterator<Item = (&'s str, &'s str)> {
    set.iter().filter_map(|group| {
        let field = group.fields.iter().find(|field| !matches!(filled(mapping, field), Filled::Not))?;
        Some((group.name, *field))
    })
}

fn filled<'m>(mapping: &'m MappingType, name: &str) -> Filled<'m> {
    match mapping.field_value_mappings.iter().find(|field| field.field_name == name) {
        None => Filled::Not,
        // A blank static value is a mistake of its own, and nothing is known of what was meant.
        Some(FieldValueMapping { column_name: None, static_value: Some(value), .. })
            if !value.trim().is_empty() =>
        {
            Filled::Static(value)
        }
        Some(_) => Filled::ByRow,
    }
}
