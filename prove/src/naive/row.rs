//! What becomes of each row of a good job.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use super::{
    allows, any_parent, demanded, expanded, field_limits, is_true, limits, list, mapping_type,
    max_characters, same, text, type_field, values,
};
use crate::world::{World, id_of};

/// Why a row is left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut(pub String);

/// What each mapping of a good job gets from a row, by field, or why the row is left out.
pub fn row(world: &World, sent: &Json, cells: &[String]) -> Result<Vec<BTreeMap<String, String>>, LeftOut> {
    let job = expanded(world, sent);
    let columns: Vec<&str> =
        list(&job["file"], "columns").iter().map(|column| text(column, "name")).collect();
    if cells.len() != columns.len() {
        return Err(LeftOut("it has another number of cells than there are columns".to_owned()));
    }
    if cells.iter().any(|cell| cell.contains('\0')) {
        return Err(LeftOut("a cell holds a NUL".to_owned()));
    }
    let cell = |name: &str| {
        let index = columns.iter().position(|column| same(column, name));
        index.and_then(|index| cells.get(index)).map_or("", |cell| cell.trim())
    };
    let mut all: Vec<BTreeMap<String, String>> = Vec::new();
    let mappings = list(&job["actions"][0], "mappingTypes");
    for mapping in mappings {
        let given = mapping_row(world, mapping, &cell)?;
        // Once for each type; a mapping that gives nothing in this row does not count.
        let known = mapping_type(world, text(mapping, "name"));
        let single = known.filter(|known| text(known, "allowMultipleMode") == "SinglePerType");
        if let Some(field) = single.and_then(|known| type_field(world, known)) {
            for (earlier, other) in all.iter().zip(mappings) {
                let both = !earlier.is_empty() && !given.is_empty() && other["name"] == mapping["name"];
                if both && earlier.get(field) == given.get(field) {
                    return Err(LeftOut(format!("another mapping has the same {field}")));
                }
            }
        }
        all.push(given);
    }
    Ok(all)
}

fn mapping_row<'a>(
    world: &World,
    mapping: &Json,
    cell: &dyn Fn(&str) -> &'a str,
) -> Result<BTreeMap<String, String>, LeftOut> {
    let name = text(mapping, "name");
    let Some(known) = mapping_type(world, name) else {
        return Err(LeftOut(format!("no mapping type {name}")));
    };
    let mut given: BTreeMap<String, String> = BTreeMap::new();
    let mut fixed: BTreeSet<String> = BTreeSet::new();
    for entry in list(mapping, "fieldValueMappings") {
        let field = text(entry, "fieldName");
        let Some(column) = entry["columnName"].as_str() else {
            given.insert(field.to_owned(), text(entry, "staticValue").to_owned());
            fixed.insert(field.to_owned());
            continue;
        };
        let cell = cell(column);
        let translations = list(entry, "values");
        let translation = translations.iter().find(|one| text(one, "sourceValue").trim() == cell);
        if let Some(translation) = translation {
            given.insert(field.to_owned(), text(translation, "targetValue").to_owned());
        } else if cell.is_empty() {
            // Blank: the field is not filled in this row.
        } else if !translations.is_empty() {
            return Err(LeftOut(format!("`{cell}` of {field} is not translated")));
        } else if let Some(ids) = values(world, name, field) {
            let by_id = ids.iter().find(|value| id_of(&value["id"]) == cell);
            let by_name: Vec<&Json> = ids.iter().filter(|value| same(text(value, "name"), cell)).collect();
            let only = by_name.first().copied().filter(|_| by_name.len() == 1);
            let Some(value) = by_id.or(only) else {
                return Err(LeftOut(format!("`{cell}` is no value of {field}")));
            };
            given.insert(field.to_owned(), id_of(&value["id"]));
        } else {
            if max_characters(world, name, field).is_some_and(|most| cell.chars().count() > most) {
                return Err(LeftOut(format!("the text of {field} is too long")));
            }
            given.insert(field.to_owned(), cell.to_owned());
        }
    }

    // A static value is meant for rows in which its parents are given.
    let mut changed = true;
    while changed {
        changed = false;
        for field in list(known, "fields") {
            let name = text(field, "name");
            let limits = field_limits(field);
            let mut parents = limits.iter().map(|(parent, _)| given.contains_key(parent));
            let missing = match any_parent(world, text(known, "name"), name) {
                true => !limits.is_empty() && !parents.any(|given| given),
                false => parents.any(|given| !given),
            };
            if fixed.contains(name) && given.contains_key(name) && missing {
                given.remove(name);
                changed = true;
            }
        }
    }

    for field in list(known, "fields") {
        let field_name = text(field, "name");
        let limits_of_field = field_limits(field);
        if let Some(value) = given.get(field_name) {
            let any = any_parent(world, name, field_name);
            let fits = |(parent, ids): &(String, Option<Vec<String>>)| {
                given.get(parent).is_some_and(|value| allows(ids.as_ref(), value))
            };
            let fine = match any {
                true => limits_of_field.is_empty() || limits_of_field.iter().any(fits),
                false => limits_of_field.iter().all(fits),
            };
            if !fine {
                return Err(LeftOut(format!("the parents of {field_name} do not allow it")));
            }
            let chosen = values(world, name, field_name).into_iter().flatten();
            for chosen in chosen.filter(|known| id_of(&known["id"]) == *value).take(1) {
                for (parent, ids) in limits(chosen, "allowedParentValues") {
                    let fits = match given.get(&parent) {
                        Some(value) => allows(ids.as_ref(), value),
                        None => ids.is_none(),
                    };
                    if !fits {
                        return Err(LeftOut(format!(
                            "the value of {field_name} does not go with that of {parent}"
                        )));
                    }
                }
            }
        } else if is_true(&field["isRequired"]) {
            let value = |parent: &str| given.get(parent).cloned();
            if demanded(world, name, field, &value) {
                return Err(LeftOut(format!("{field_name} is required")));
            }
        }
    }
    Ok(given)
}
