//! The rules of one mapping type over data, for what types cannot know: values chosen at run time, mappings made by name,
//! and payloads that other programs wrote.
//!
//! The generator writes the [`MappingRules`] of each mapping type beside its builder; `van-bulk-schema` makes them from a
//! snapshot. Both are checked by the one engine here, so that builders, data and emulator say the same.

mod problem;

use std::collections::BTreeMap;

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
    /// VAN's names of its fields.
    pub fields: &'a [&'a str],
    /// The fields that every mapping must fill.
    pub required: &'a [&'a str],
    /// The fields that a mapping must fill when their parents have values that they are limited to.
    pub required_when_allowed: &'a [&'a str],
    /// The fields that no column may fill.
    pub static_only: &'a [&'a str],
    /// The fields that depend on others, each with a parent; each pair once.
    pub parents: &'a [(&'a str, &'a str)],
    /// Where only some values of a parent allow a field: the field, the parent, and the id of such a value. A pair that is
    /// not here allows the field with any value.
    pub limits: &'a [(&'a str, &'a str, &'a str)],
    /// The fields for which one of the parents is enough; VAN's docs are read as all of them.
    pub any_parent: &'a [&'a str],
    /// Sets of groups of fields: of each set, a job may fill the fields of one group.
    pub exclusive: &'a [&'a [Group<'a>]],
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
        let mut ids: BTreeMap<&str, BTreeMap<&str, Vec<&str>>> = BTreeMap::new();
        for (field, parent, id) in self.limits {
            ids.entry(field).or_default().entry(parent).or_default().push(id);
        }
        let check = Check { rules: self, mapping, ids };
        let mut problems = Vec::new();
        for rule in RULES {
            rule(&check, &mut problems);
        }
        problems
    }

    /// The parents of a field.
    fn parents_of(&self, field: &str) -> impl Iterator<Item = &'a str> {
        self.parents.iter().filter(move |(child, _)| *child == field).map(|(_, parent)| *parent)
    }

    fn one_parent_is_enough(&self, field: &str) -> bool {
        self.any_parent.contains(&field)
    }
}

struct Check<'c, 'a> {
    rules: &'c MappingRules<'a>,
    mapping: &'c MappingType,
    /// By field and parent: the ids of the parent's values that allow the field; nothing where any value does.
    ids: BTreeMap<&'a str, BTreeMap<&'a str, Vec<&'a str>>>,
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

    /// The ids of a parent's values that allow a field; nothing where any value does.
    fn ids(&self, field: &str, parent: &str) -> Option<&[&'a str]> {
        self.ids.get(field)?.get(parent).map(Vec::as_slice)
    }

    /// The filled fields that the mapping type has, each once, in the order of the mapping.
    fn filled_fields(&self) -> impl Iterator<Item = &'c str> {
        let fields = &self.mapping.field_value_mappings;
        fields.iter().enumerate().filter_map(|(index, field)| {
            let name = field.field_name.as_ref();
            let is_first = fields[..index].iter().all(|earlier| earlier.field_name != name);
            (is_first && self.rules.fields.contains(&name)).then_some(name)
        })
    }
}

fn known_fields(check: &Check<'_, '_>, problems: &mut Vec<Problem>) {
    for field in &check.mapping.field_value_mappings {
        if !check.rules.fields.contains(&field.field_name.as_ref()) {
            problems.push(Problem::UnknownField { field: field.field_name.to_string() });
        }
    }
}

fn static_only_fields(check: &Check<'_, '_>, problems: &mut Vec<Problem>) {
    for field in check.mapping.field_value_mappings.iter().filter(|field| field.column_name.is_some()) {
        if check.rules.static_only.contains(&field.field_name.as_ref()) {
            problems.push(Problem::StaticOnly { field: field.field_name.to_string() });
        }
    }
}

fn required_fields(check: &Check<'_, '_>, problems: &mut Vec<Problem>) {
    for field in check.rules.required.iter().filter(|field| !check.is_filled(field)) {
        problems.push(Problem::Required { field: (*field).to_owned() });
    }
    for field in check.rules.required_when_allowed.iter().filter(|field| !check.is_filled(field)) {
        if let Some(because) = demanded_by(check, field) {
            problems.push(Problem::RequiredHere { field: (*field).to_owned(), because });
        }
    }
}

/// The parents' values that make a conditionally required field required: every parent that limits it has a static value
/// that allows it (where one parent is enough: one of them).
fn demanded_by(check: &Check<'_, '_>, field: &str) -> Option<Vec<(String, String)>> {
    let rules = check.rules;
    let limiting = || rules.parents_of(field).filter_map(|parent| Some((parent, check.ids(field, parent)?)));
    let because: Vec<(String, String)> = limiting()
        .filter_map(|(parent, ids)| match check.filled(parent) {
            Filled::Static(value) if ids.contains(&value) => Some((parent.to_owned(), value.to_owned())),
            _ => None,
        })
        .collect();
    let enough = if rules.one_parent_is_enough(field) { 1 } else { limiting().count() };
    (!because.is_empty() && because.len() >= enough).then_some(because)
}

fn parents_are_mapped(check: &Check<'_, '_>, problems: &mut Vec<Problem>) {
    for field in check.filled_fields() {
        let parents = || check.rules.parents_of(field);
        let missing = || parents().filter(|parent| !check.is_filled(parent));
        if check.rules.one_parent_is_enough(field) {
            if parents().next().is_some() && missing().count() == parents().count() {
                problems.push(Problem::ParentMissing {
                    field: field.to_owned(),
                    parents: missing().map(str::to_owned).collect(),
                });
            }
        } else {
            problems.extend(missing().map(|parent| Problem::ParentMissing {
                field: field.to_owned(),
                parents: vec![parent.to_owned()],
            }));
        }
    }
}

fn parents_allow_the_field(check: &Check<'_, '_>, problems: &mut Vec<Problem>) {
    let rules = check.rules;
    for field in check.filled_fields() {
        let refusals: Vec<Problem> = rules
            .parents_of(field)
            .filter_map(|parent| match (check.ids(field, parent), check.filled(parent)) {
                (Some(ids), Filled::Static(value)) if !ids.contains(&value) => Some(Problem::ParentValue {
                    field: field.to_owned(),
                    parent: parent.to_owned(),
                    value: value.to_owned(),
                    allowed: ids.iter().map(|id| (*id).to_owned()).collect(),
                }),
                _ => None,
            })
            .collect();
        let filled = rules.parents_of(field).filter(|parent| check.is_filled(parent)).count();
        // Where one parent is enough, one that allows the field is enough.
        if !rules.one_parent_is_enough(field) || refusals.len() == filled {
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
