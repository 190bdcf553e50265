//! The fields of one mapping type: their order, their requirement, their names and their gates.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use van_bulk_schema::model::{self, Schema};
use van_bulk_schema::overrides::ValuesMode;
use van_bulk_schema::provenance::MappingTypeOrigin;

use super::{MAX_TYPED_VALUES, generics};
use crate::ir::{
    Condition, ExclusiveGroup, ExclusiveSet, FILL, Field, Gate, KnownValue, Need, ParentTraits, Requirement,
    Value, Values,
};
use crate::lock::{NameScope, NamesLock};
use crate::names::{self, Scope};

/// Resolves the fields of one mapping type.
pub(super) struct Fields<'a> {
    schema: &'a Schema,
    mapping: &'a model::MappingType,
    /// The fields, parents first.
    sorted: Vec<&'a model::Field>,
    /// The parents of each field, each once, with the ids it limits the field to.
    parents: Vec<BTreeMap<usize, Option<BTreeSet<&'a str>>>>,
    /// The parents that limit some field to some of their values.
    limiting: BTreeSet<usize>,
}

impl<'a> Fields<'a> {
    pub(super) fn new(schema: &'a Schema, mapping: &'a model::MappingType) -> Self {
        let sorted = parents_first(&mapping.fields);
        let index: BTreeMap<&str, usize> =
            sorted.iter().enumerate().map(|(index, field)| (field.name.as_str(), index)).collect();
        let parents: Vec<BTreeMap<usize, Option<BTreeSet<&str>>>> =
            sorted.iter().map(|field| united_parents(field, &index)).collect();
        let limits = parents.iter().flatten().filter(|(_, limit)| limit.is_some());
        let limiting = limits.map(|(parent, _)| *parent).collect();
        Self { schema, mapping, sorted, parents, limiting }
    }

    /// The fields and their gates. Traits are named in the scope `traits` of the mapping.
    pub(super) fn resolve(
        &self,
        type_name: &str,
        origin: Option<&MappingTypeOrigin>,
        traits: &mut Scope,
        lock: &NamesLock,
    ) -> Resolved {
        let requirements = self.requirements();
        let type_field = self.schema.type_field(self.mapping).map(|field| field.name.as_str());
        let is_parent: BTreeSet<usize> = self.parents.iter().flat_map(BTreeMap::keys).copied().collect();

        let mapping = self.mapping.name.as_str();
        let overridden = self.overridden_names();
        let overridden = || overridden.iter().map(|(wire, name)| (*wire, name.as_str()));
        let mut methods = Scope::reserving(["new", FILL])
            .remembering(overridden())
            .remembering(lock.names(NameScope::Methods(mapping)));
        let mut modules = Scope::reserving(["exclusive", "field", "needs", type_name])
            .remembering(overridden())
            .remembering(lock.names(NameScope::ValueModules(mapping)));
        let mut parameters = generics(self.sorted.len());
        parameters.take(type_name.to_owned());
        let mut parameters = parameters.remembering(lock.names(NameScope::Parameters(mapping)));
        let mut markers = Scope::default();
        let mapping_marker = names::verbatim(&self.mapping.name, "Mapping");
        let sets = self.exclusive_sets();

        let mut fields: Vec<Field> = Vec::with_capacity(self.sorted.len());
        for (index, field) in self.sorted.iter().enumerate() {
            let wire = field.name.as_str();
            let camel = names::camel(self.overridden_name(wire).unwrap_or(wire), "Field");
            let is_required = requirements[index] == Requirement::Always;
            let is_type_field = type_field == Some(field.name.as_str());
            // A parent that the constructor fills is always mapped: only its value can matter.
            let is_kept_parent =
                is_parent.contains(&index) && (!is_required || self.limiting.contains(&index));
            let condition = self
                .only_limit(index)
                .filter(|_| requirements[index] == Requirement::WhenAllowed && !self.any_parent(index));
            let in_the_type = is_kept_parent || is_type_field || condition.is_some();
            let values = self.values(index, &camel, origin, &mut modules, traits, lock);
            let marker = format!("{mapping_marker}_{}", names::verbatim(&field.name, "Field"));
            let type_parameter = in_the_type.then(|| parameters.take_for(wire, camel.clone()));
            let method = methods.take_for(wire, names::snake(wire, "field"));
            let has_parent_traits = !is_required && (is_parent.contains(&index) || is_type_field);
            let parent_traits = type_parameter.as_ref().filter(|_| has_parent_traits).map(|parameter| {
                Box::new(ParentTraits {
                    is_mapped: traits.take(format!("{parameter}IsMapped")),
                    is_not_mapped: traits.take(format!("{parameter}IsNotMapped")),
                })
            });
            let condition = condition.map(|(parent, ids)| {
                Box::new(Condition {
                    parent,
                    values: allowed_values(&fields[parent], &ids),
                    trait_name: traits.take(format!("{camel}IsFilledFor")),
                })
            });
            fields.push(Field {
                wire: field.name.clone(),
                description: field.description.clone(),
                method,
                marker: markers.take(marker),
                type_parameter,
                parent_traits,
                condition,
                takes_column: field.can_be_mapped_to_column,
                takes_text: !field.has_predefined_values,
                values: values.map(Box::new),
                requirement: requirements[index],
                needs: Vec::new(),
                any_parent: self.any_parent(index).then(|| {
                    let parents = 0..self.parents[index].len();
                    parents.map(|_| traits.take(format!("{camel}HasAParent"))).collect()
                }),
                groups: groups_of(&sets, &field.name),
                origin: origin.and_then(|origin| origin.fields.get(&field.name)).copied(),
            });
        }
        let gates = self.gates(&mut fields, traits);
        let mut markers = Scope::default();
        let exclusive = sets
            .into_iter()
            .map(|groups| ExclusiveSet {
                type_parameter: parameters.take("Group".to_owned()),
                slot: 0,
                room_trait: traits.take(format!("RoomForGroupOf{type_name}")),
                groups: groups
                    .iter()
                    .map(|(name, fields)| {
                        let marker = markers.take(names::camel(name, "Group"));
                        ExclusiveGroup {
                            name: (*name).to_owned(),
                            allows_trait: traits.take(format!("Allows{marker}")),
                            marker,
                            fields: fields.to_vec(),
                        }
                    })
                    .collect(),
            })
            .collect();
        Resolved { fields, gates, exclusive }
    }

    /// The Rust name that an override gives a field.
    fn overridden_name(&self, field: &str) -> Option<&'a str> {
        self.schema.overrides.field(&self.mapping.name, field)?.name.as_deref()
    }

    /// The methods that overrides name, by wire name.
    fn overridden_names(&self) -> Vec<(&'a str, String)> {
        let names = self
            .sorted
            .iter()
            .filter_map(|field| Some((field.name.as_str(), self.overridden_name(&field.name)?)));
        names.map(|(wire, name)| (wire, names::snake(name, "field"))).collect()
    }

    /// Whether one of a field's parents is enough.
    fn any_parent(&self, field: usize) -> bool {
        self.parents[field].len() > 1 && self.schema.any_parent(&self.mapping.name, &self.sorted[field].name)
    }

    /// The groups of each set, with their fields.
    fn exclusive_sets(&self) -> Vec<Vec<(&'a str, &'a [String])>> {
        let sets = self.schema.overrides.exclusive.iter().filter(|set| set.mapping_type == self.mapping.name);
        sets.map(|set| set.groups.iter().map(|(name, fields)| (name.as_str(), fields.as_slice())).collect())
            .collect()
    }

    /// The parent that limits a field, with the values it allows, if there is just one.
    fn only_limit(&self, field: usize) -> Option<(usize, BTreeSet<&'a str>)> {
        let mut limits = self.parents[field].iter().filter_map(|(parent, ids)| Some((*parent, ids.clone()?)));
        let first = limits.next();
        first.filter(|_| limits.next().is_none())
    }

    /// A required field makes its parents required too, unless it is limited to some of their values: then it is
    /// required only for these.
    fn requirements(&self) -> Vec<Requirement> {
        let mut requirements: Vec<Requirement> = self
            .sorted
            .iter()
            .zip(&self.parents)
            .map(|(field, parents)| match field.is_required {
                false => Requirement::Optional,
                true if self.schema.strictly_required(&self.mapping.name, &field.name) => Requirement::Always,
                true if parents.values().any(Option::is_some) => Requirement::WhenAllowed,
                true => Requirement::Always,
            })
            .collect();
        // Parents stand before their children, so one pass from the end reaches every ancestor. Where one parent is
        // enough, none of them is required.
        for child in (0..self.sorted.len()).rev() {
            if requirements[child] == Requirement::Always && !self.any_parent(child) {
                for parent in self.parents[child].keys() {
                    requirements[*parent] = Requirement::Always;
                }
            }
        }
        requirements
    }

    fn values(
        &self,
        index: usize,
        camel: &str,
        origin: Option<&MappingTypeOrigin>,
        modules: &mut Scope,
        traits: &mut Scope,
        lock: &NamesLock,
    ) -> Option<Values> {
        let field = self.sorted[index];
        let limits = self.limits_on(index);
        if !field.has_predefined_values && limits.is_empty() {
            return None;
        }
        let list = self.schema.values(&self.mapping.name, &field.name);
        let mut typed: BTreeMap<&str, String> = BTreeMap::new();
        let mode =
            self.schema.overrides.field(&self.mapping.name, &field.name).and_then(|known| known.values);
        let becomes_types = |list: &model::ValueList| match mode {
            Some(ValuesMode::Types) => true,
            Some(ValuesMode::Data) => false,
            None => list.values.len() <= MAX_TYPED_VALUES,
        };
        if let Some(list) = list.filter(|list| becomes_types(list)) {
            for value in &list.values {
                typed.entry(&value.id).or_insert_with(|| value.name.clone());
            }
        }
        for (id, name) in limits {
            let known = list.and_then(|list| list.by_id(id)).map(|value| value.name.clone());
            let name = known.or(name.map(str::to_owned)).unwrap_or_else(|| id.to_owned());
            typed.insert(id, name);
        }
        let mut known: BTreeMap<&str, String> = typed.clone();
        for value in list.iter().flat_map(|list| &list.values) {
            known.entry(&value.id).or_insert_with(|| value.name.clone());
        }
        // The traits of sources are over the type parameter `Row`; `Any` and `Values` are ours.
        let at = NameScope::Values(&self.mapping.name, &field.name);
        let mut types = Scope::reserving(["Row", "Any", "Values"]).remembering(lock.names(at));
        let typed = sorted_by_id(typed)
            .into_iter()
            .map(|(id, name)| {
                let type_name = types.take_for(&id, names::camel(&name, "Value"));
                Value { id, type_name, name }
            })
            .collect();
        let known = sorted_by_id(known).into_iter().map(|(id, name)| KnownValue { id, name }).collect();
        let module = modules.take_for(&field.name, names::snake(&field.name, "field"));
        Some(Values {
            module,
            trait_name: traits.take(format!("Fills{camel}")),
            typed,
            known,
            listed: list.map(|list| list.values.len()),
            origin: origin.and_then(|origin| origin.values.get(&field.name)).copied(),
        })
    }

    /// The values of a field that other fields are limited to, with the names that the limits give them.
    fn limits_on(&self, parent: usize) -> BTreeMap<&'a str, Option<&'a str>> {
        let name = &self.sorted[parent].name;
        let mut limits: BTreeMap<&str, Option<&str>> = BTreeMap::new();
        if !self.limiting.contains(&parent) {
            return limits;
        }
        for (index, field) in self.sorted.iter().enumerate() {
            // A parent that is listed twice, once without a limit, allows any value.
            if !matches!(self.parents[index].get(&parent), Some(Some(_))) {
                continue;
            }
            for listed in field.parents.iter().filter(|listed| &listed.parent_field_name == name) {
                for value in listed.limited_to_parent_values.iter().flatten() {
                    let known = limits.entry(&value.id).or_default();
                    // Where two limits disagree about the name, the order of the fields must not decide.
                    *known = (*known).max(value.name.as_deref());
                }
            }
        }
        limits
    }

    fn gates(&self, fields: &mut [Field], traits: &mut Scope) -> Vec<Gate> {
        let mut gates: Vec<Gate> = Vec::new();
        for (child, parents) in self.parents.iter().enumerate() {
            for (&parent, limit) in parents {
                let gate = limit.as_ref().map(|ids| {
                    let values = fields[parent].values.as_ref().map_or(&[][..], |values| &values.typed);
                    let allowed: Vec<usize> =
                        (0..values.len()).filter(|index| ids.contains(values[*index].id.as_str())).collect();
                    let known =
                        gates.iter().position(|gate| gate.parent == parent && gate.allowed == allowed);
                    known.unwrap_or_else(|| {
                        let name = gate_name(&fields[parent], &allowed, &fields[child]);
                        gates.push(Gate { parent, allowed, trait_name: traits.take(name) });
                        gates.len() - 1
                    })
                });
                fields[child].needs.push(Need { parent, gate });
            }
        }
        gates
    }
}

/// What is resolved of the fields of a mapping type.
pub(super) struct Resolved {
    pub(super) fields: Vec<Field>,
    pub(super) gates: Vec<Gate>,
    pub(super) exclusive: Vec<ExclusiveSet>,
}

/// The groups that a field belongs to, each as set and group.
fn groups_of(sets: &[Vec<(&str, &[String])>], field: &str) -> Vec<(usize, usize)> {
    let groups = sets.iter().enumerate().flat_map(|(set, groups)| {
        groups.iter().enumerate().map(move |(group, (_, fields))| ((set, group), fields))
    });
    groups.filter(|(_, fields)| fields.iter().any(|name| name == field)).map(|(place, _)| place).collect()
}

/// The indices of a parent's values that are among `ids`.
fn allowed_values(parent: &Field, ids: &BTreeSet<&str>) -> Vec<usize> {
    let values = parent.values.as_ref().map_or(&[][..], |values| &values.typed);
    (0..values.len()).filter(|index| ids.contains(values[*index].id.as_str())).collect()
}

/// A readable name for the trait of a gate, as it stands in compiler messages.
fn gate_name(parent: &Field, allowed: &[usize], child: &Field) -> String {
    let name = names::camel(&parent.wire, "Field");
    let values = parent.values.as_ref().map_or(&[][..], |values| &values.typed);
    if allowed.len() <= 3 {
        let allowed: Vec<&str> = allowed.iter().map(|index| values[*index].type_name.as_str()).collect();
        format!("{name}Is{}", allowed.join("Or"))
    } else {
        format!("{name}Allows{}", names::camel(&child.wire, "Field"))
    }
}

/// The parents of a field, each once: the value sets of a parent that is listed twice unite, and no limit wins. An
/// empty list of values limits nothing.
fn united_parents<'a>(
    field: &'a model::Field,
    index: &BTreeMap<&str, usize>,
) -> BTreeMap<usize, Option<BTreeSet<&'a str>>> {
    let mut united: BTreeMap<usize, Option<BTreeSet<&str>>> = BTreeMap::new();
    for parent in &field.parents {
        let Some(&parent_index) = index.get(parent.parent_field_name.as_str()) else { continue };
        let ids = parent.limit().map(|values| values.iter().map(|value| value.id.as_str()).collect());
        united
            .entry(parent_index)
            .and_modify(|known| match (known.as_mut(), &ids) {
                (Some(known), Some(ids)) => known.extend(ids),
                _ => *known = None,
            })
            .or_insert_with(|| ids.clone());
    }
    united
}

/// The fields by name, but each after its parents.
fn parents_first(fields: &[model::Field]) -> Vec<&model::Field> {
    let mut waiting: Vec<&model::Field> = fields.iter().collect();
    waiting.sort_by(|a, b| a.name.cmp(&b.name));
    let mut sorted: Vec<&model::Field> = Vec::with_capacity(fields.len());
    let mut done: BTreeSet<&str> = BTreeSet::new();
    while !waiting.is_empty() {
        let (ready, rest): (Vec<&model::Field>, Vec<&model::Field>) = waiting.iter().partition(|field| {
            field.parents.iter().all(|parent| done.contains(parent.parent_field_name.as_str()))
        });
        if ready.is_empty() {
            // A cycle or an unknown parent, which validation refuses; keep the fields all the same.
            sorted.extend(rest);
            break;
        }
        done.extend(ready.iter().map(|field| field.name.as_str()));
        sorted.extend(ready);
        waiting = rest;
    }
    sorted
}

fn sorted_by_id(values: BTreeMap<&str, String>) -> Vec<(String, String)> {
    let mut sorted: Vec<(String, String)> =
        values.into_iter().map(|(id, name)| (id.to_owned(), name)).collect();
    sorted.sort_by(|a, b| by_id(&a.0, &b.0));
    sorted
}

/// Ids in the order people expect: numbers by their value, before everything else.
fn by_id(a: &str, b: &str) -> Ordering {
    match (a.parse::<u64>(), b.parse::<u64>()) {
        (Ok(left), Ok(right)) => left.cmp(&right).then_with(|| a.cmp(b)),
        (Ok(_), Err(_)) => Ordering::Less,
        (Err(_), Ok(_)) => Ordering::Greater,
        (Err(_), Err(_)) => a.cmp(b),
    }
}
