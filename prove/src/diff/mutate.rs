//! Random changes of a schema, such as VAN or the people who write overrides could make.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use crate::job::flag;
use crate::rng::Rng;
use crate::world::{FIELD_NAMES, MODES, VALUE_IDS, VALUE_NAMES, World, id_of, with_limit};

/// How often a change is tried until one leaves a valid schema.
const TRIES: usize = 20;

/// The schema with one to three changes, and what these are. It is valid, too.
pub(super) fn mutated(rng: &mut Rng, world: &World) -> (World, Vec<&'static str>) {
    let mut mutated = world.clone();
    let mut done = Vec::new();
    for _ in 0..rng.between(1, 3) {
        for _ in 0..TRIES {
            let mut next = mutated.clone();
            let Some(what) = change(rng, &mut next) else { continue };
            if next.snapshot().1.is_empty() {
                mutated = next;
                done.push(what);
                break;
            }
        }
    }
    (mutated, done)
}

/// Where a change is made.
struct Place<'a> {
    rng: &'a mut Rng,
    world: &'a mut World,
    /// Of the mapping type in the schema.
    mapping: usize,
    /// Of the field in the mapping type.
    field: usize,
    mapping_name: String,
    field_name: String,
}

impl Place<'_> {
    fn mapping(&mut self) -> &mut Json {
        &mut self.world.mapping_types[self.mapping]
    }

    fn field(&mut self) -> &mut Json {
        &mut self.world.mapping_types[self.mapping]["fields"][self.field]
    }

    fn key(&self) -> (String, String) {
        (self.mapping_name.clone(), self.field_name.clone())
    }

    fn other_fields(&self) -> Vec<String> {
        let fields = names(&self.world.mapping_types[self.mapping]);
        fields.into_iter().filter(|name| *name != self.field_name).collect()
    }
}

fn names(mapping: &Json) -> Vec<String> {
    let fields = mapping["fields"].as_array().into_iter().flatten();
    fields.filter_map(|field| field["name"].as_str().map(str::to_owned)).collect()
}

fn change(rng: &mut Rng, world: &mut World) -> Option<&'static str> {
    let mapping = rng.below(world.mapping_types.len());
    let fields = names(world.mapping_types.get(mapping)?);
    let field = rng.below(fields.len());
    let field_name = fields.get(field)?.clone();
    let mapping_name = world.mapping_types[mapping]["name"].as_str()?.to_owned();
    let mut place = Place { rng, world, mapping, field, mapping_name, field_name };
    let changes: &[fn(&mut Place<'_>) -> Option<&'static str>] = &[
        remove_field,
        add_field,
        add_field,
        required,
        required,
        column,
        predefined,
        add_parent,
        add_parent,
        remove_parents,
        limits,
        limits,
        limits,
        mode,
        resources,
        remove_value,
        remove_value,
        add_value,
        rename_value,
        long_list,
        remove_list,
        texts,
        any_parent,
        strict,
        max_characters,
        type_field,
        exclusive,
    ];
    let change = *place.rng.pick(changes)?;
    change(&mut place)
}

fn remove_field(at: &mut Place<'_>) -> Option<&'static str> {
    let (index, name) = (at.field, at.field_name.clone());
    let fields = at.mapping()["fields"].as_array_mut()?;
    fields.remove(index);
    for field in fields {
        if let Some(parents) = field["parents"].as_array_mut() {
            parents.retain(|parent| parent["parentFieldName"] != name.as_str());
        }
    }
    let key = at.key();
    at.world.values.remove(&key);
    for list in
        at.world.values.iter_mut().filter(|((mapping, _), _)| *mapping == key.0).flat_map(|(_, list)| list)
    {
        if let Some(parents) = list["parents"].as_array_mut() {
            parents.retain(|parent| parent["parentFieldName"] != name.as_str());
        }
    }
    let overrides = &mut at.world.overrides;
    overrides.any_parent.remove(&key);
    overrides.strict.remove(&key);
    overrides.max_characters.remove(&key);
    Some("a field removed")
}

fn add_field(at: &mut Place<'_>) -> Option<&'static str> {
    let before = names(at.mapping());
    let name = at.rng.word(FIELD_NAMES);
    if before.iter().any(|known| known.to_lowercase() == name.to_lowercase()) {
        return None;
    }
    let before: Vec<&str> = before.iter().map(String::as_str).collect();
    let mapping = at.mapping_name.clone();
    let field = at.world.field(at.rng, &mapping, name, &before);
    at.mapping()["fields"].as_array_mut()?.push(field);
    Some("a field added")
}

fn toggle(at: &mut Place<'_>, key: &str) {
    let now = flag(&at.field()[key]);
    at.field()[key] = json!(!now);
}

fn required(at: &mut Place<'_>) -> Option<&'static str> {
    toggle(at, "isRequired");
    let key = at.key();
    at.world.overrides.strict.remove(&key);
    Some("a requirement turned")
}

fn column(at: &mut Place<'_>) -> Option<&'static str> {
    toggle(at, "canBeMappedToColumn");
    Some("a column allowed or not")
}

fn predefined(at: &mut Place<'_>) -> Option<&'static str> {
    toggle(at, "hasPredefinedValues");
    let key = at.key();
    at.world.overrides.max_characters.remove(&key);
    Some("predefined values or any text")
}

fn add_parent(at: &mut Place<'_>) -> Option<&'static str> {
    let others = at.other_fields();
    let parent = at.rng.pick(&others)?.clone();
    let limit = at.world.limit(at.rng, &at.mapping_name, &parent);
    let parent = with_limit(at.rng, &parent, "limitedToParentValues", limit);
    let parents = &mut at.field()["parents"];
    if !parents.is_array() {
        *parents = json!([]);
    }
    parents.as_array_mut()?.push(parent);
    Some("a parent added")
}

fn remove_parents(at: &mut Place<'_>) -> Option<&'static str> {
    let count = at.field()["parents"].as_array().filter(|parents| !parents.is_empty())?.len();
    let index = at.rng.below(count);
    at.field()["parents"].as_array_mut()?.remove(index);
    let key = at.key();
    at.world.overrides.any_parent.remove(&key);
    at.world.overrides.strict.remove(&key);
    Some("a parent removed")
}

fn limits(at: &mut Place<'_>) -> Option<&'static str> {
    let count = at.field()["parents"].as_array().filter(|parents| !parents.is_empty())?.len();
    let index = at.rng.below(count);
    let parent = at.field()["parents"][index]["parentFieldName"].as_str()?.to_owned();
    let limit = at.world.limit(at.rng, &at.mapping_name, &parent);
    let parent = with_limit(at.rng, &parent, "limitedToParentValues", limit);
    at.field()["parents"][index] = parent;
    let key = at.key();
    at.world.overrides.strict.remove(&key);
    Some("a limit changed")
}

fn mode(at: &mut Place<'_>) -> Option<&'static str> {
    let mode = at.rng.word(MODES);
    at.mapping()["allowMultipleMode"] = json!(mode);
    let name = at.mapping_name.clone();
    at.world.overrides.type_fields.remove(&name);
    Some("a mode changed")
}

fn resources(at: &mut Place<'_>) -> Option<&'static str> {
    let all = at.world.resources.clone();
    let own = at.world.mapping_types[at.mapping]["resourceTypes"].as_array_mut()?;
    match at.rng.chance(50) && !own.is_empty() {
        true => drop(own.remove(at.rng.below(own.len()))),
        false => {
            let new = at.rng.pick(&all)?;
            if own.iter().any(|known| known == new.as_str()) {
                return None;
            }
            own.push(json!(new));
        }
    }
    Some("the resource types of a mapping type changed")
}

fn remove_value(at: &mut Place<'_>) -> Option<&'static str> {
    let key = at.key();
    let list = at.world.values.get_mut(&key).filter(|list| !list.is_empty())?;
    let index = at.rng.below(list.len());
    list.remove(index);
    Some("a value removed")
}

fn add_value(at: &mut Place<'_>) -> Option<&'static str> {
    let key = at.key();
    let id = at.rng.word(VALUE_IDS);
    let name = at.rng.word(VALUE_NAMES);
    let list = at.world.values.entry(key).or_default();
    if list.iter().any(|value| id_of(&value["id"]) == id) {
        return None;
    }
    let at = at.rng.below(list.len() + 1);
    list.insert(at, json!({ "id": id, "name": name }));
    Some("a value added")
}

fn rename_value(at: &mut Place<'_>) -> Option<&'static str> {
    let key = at.key();
    let name = at.rng.word(VALUE_NAMES);
    let list = at.world.values.get_mut(&key).filter(|list| !list.is_empty())?;
    let index = at.rng.below(list.len());
    list[index]["name"] = json!(name);
    Some("a value renamed")
}

fn long_list(at: &mut Place<'_>) -> Option<&'static str> {
    let key = at.key();
    let list = at.world.values.get_mut(&key)?;
    match list.len() > 10 {
        true => list.truncate(5),
        false => {
            list.extend((100..145).map(|id| json!({ "id": id.to_string(), "name": format!("Value {id}") })))
        }
    }
    Some("a list grown or cut")
}

fn remove_list(at: &mut Place<'_>) -> Option<&'static str> {
    let key = at.key();
    at.world.values.remove(&key)?;
    Some("a list removed")
}

fn texts(at: &mut Place<'_>) -> Option<&'static str> {
    at.field()["description"] = json!("another description");
    at.mapping()["displayName"] = json!("another name");
    Some("texts changed")
}

/// Takes a key out of a set, or puts it in.
fn turn<K: Ord>(set: &mut std::collections::BTreeSet<K>, key: K) {
    if !set.remove(&key) {
        set.insert(key);
    }
}

fn any_parent(at: &mut Place<'_>) -> Option<&'static str> {
    let key = at.key();
    turn(&mut at.world.overrides.any_parent, key);
    Some("one parent enough or not")
}

fn strict(at: &mut Place<'_>) -> Option<&'static str> {
    let key = at.key();
    turn(&mut at.world.overrides.strict, key);
    Some("always required or not")
}

fn max_characters(at: &mut Place<'_>) -> Option<&'static str> {
    let key = at.key();
    let most = at.rng.between(5, 9);
    at.world.overrides.max_characters.insert(key, most);
    Some("a length changed")
}

fn type_field(at: &mut Place<'_>) -> Option<&'static str> {
    let (mapping, field) = at.key();
    at.world.overrides.type_fields.insert(mapping, field);
    Some("a type field chosen")
}

fn exclusive(at: &mut Place<'_>) -> Option<&'static str> {
    let mapping = at.mapping_name.clone();
    let sets = &mut at.world.overrides.exclusive;
    if let Some(known) = sets.iter().position(|(of, _)| *of == mapping) {
        sets.remove(known);
        return Some("groups removed");
    }
    let others = at.other_fields();
    let other = at.rng.pick(&others)?.clone();
    let groups = BTreeMap::from([
        ("individual".to_owned(), vec![at.field_name.clone()]),
        ("organization".to_owned(), vec![other]),
    ]);
    at.world.overrides.exclusive.push((mapping, groups));
    Some("groups added")
}
