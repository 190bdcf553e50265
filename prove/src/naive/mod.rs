//! The rules once more, as simply as they can be said: JSON in, broken rules out.
//!
//! This shares no code with the rules that it is compared with, nor with the model they read. It is slow and repeats
//! itself on purpose; whoever changes it should read what the rules mean, not how they are written.

mod row;

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};

use crate::world::{World, id_of};

pub use row::{LeftOut, row};

/// A rule that a job breaks.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Broken {
    /// Its name, after `payload::`.
    pub rule: &'static str,
    /// The place in the job.
    pub path: String,
    /// The index of the mapping in its action.
    pub mapping: Option<usize>,
    /// The field that it is about.
    pub field: String,
    /// The parent that the field depends on, where it is about one.
    pub parent: String,
}

fn text<'a>(json: &'a Json, key: &str) -> &'a str {
    json[key].as_str().unwrap_or("")
}

fn list<'a>(json: &'a Json, key: &str) -> &'a [Json] {
    json[key].as_array().map_or(&[], Vec::as_slice)
}

fn is_true(json: &Json) -> bool {
    json.as_bool() == Some(true) || json.as_str().is_some_and(|word| word.to_lowercase() == "true")
}

fn is_false(json: &Json) -> bool {
    json.as_bool() == Some(false) || json.as_str().is_some_and(|word| word.to_lowercase() == "false")
}

fn same(a: &str, b: &str) -> bool {
    a.to_lowercase() == b.to_lowercase()
}

fn mapping_type<'a>(world: &'a World, name: &str) -> Option<&'a Json> {
    world.mapping_types.iter().find(|mapping| text(mapping, "name") == name)
}

fn field<'a>(mapping: &'a Json, name: &str) -> Option<&'a Json> {
    list(mapping, "fields").iter().find(|field| text(field, "name") == name)
}

fn values<'a>(world: &'a World, mapping: &str, field: &str) -> Option<&'a [Json]> {
    world.values.get(&(mapping.to_owned(), field.to_owned())).map(Vec::as_slice)
}

/// The parents in the list `parents` of a field or a value, each once, with the ids that are allowed: nothing if any is.
pub(crate) fn limits(of: &Json, key: &str) -> Vec<(String, Option<Vec<String>>)> {
    let mut names: Vec<&str> = Vec::new();
    for parent in list(of, "parents") {
        let name = text(parent, "parentFieldName");
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let mut limits = Vec::new();
    for name in names {
        let mut any = false;
        let mut ids = Vec::new();
        for parent in list(of, "parents") {
            if text(parent, "parentFieldName") != name {
                continue;
            }
            let allowed = list(parent, key);
            if allowed.is_empty() {
                any = true;
            }
            for value in allowed {
                ids.push(if value.is_object() { id_of(&value["id"]) } else { id_of(value) });
            }
        }
        limits.push((name.to_owned(), if any { None } else { Some(ids) }));
    }
    limits
}

/// The limits of a field.
pub(crate) fn field_limits(field: &Json) -> Vec<(String, Option<Vec<String>>)> {
    limits(field, "limitedToParentValues")
}

fn allows(allowed: Option<&Vec<String>>, value: &str) -> bool {
    match allowed {
        None => true,
        Some(ids) => ids.iter().any(|id| id == value),
    }
}

/// Whether one of a field's parents is enough.
fn any_parent(world: &World, mapping: &str, field: &str) -> bool {
    world.overrides.any_parent.contains(&(mapping.to_owned(), field.to_owned()))
}

/// Whether a field is required whatever its parents' values.
fn strict(world: &World, mapping: &str, field: &str) -> bool {
    world.overrides.strict.contains(&(mapping.to_owned(), field.to_owned()))
}

/// How many characters a text of a field may have, as far as it is known.
fn max_characters(world: &World, mapping: &str, field: &str) -> Option<usize> {
    world.overrides.max_characters.get(&(mapping.to_owned(), field.to_owned())).copied()
}

/// Whether a required field must be given, if `value` tells what its parents are where that is known.
fn demanded(world: &World, mapping: &str, field: &Json, value: &dyn Fn(&str) -> Option<String>) -> bool {
    let name = text(field, "name");
    let limiting: Vec<_> = field_limits(field).into_iter().filter(|(_, ids)| ids.is_some()).collect();
    if limiting.is_empty() || strict(world, mapping, name) {
        return true;
    }
    let asks = |(parent, ids): &(String, Option<Vec<String>>)| {
        value(parent).is_some_and(|value| allows(ids.as_ref(), &value))
    };
    if any_parent(world, mapping, name) { limiting.iter().any(asks) } else { limiting.iter().all(asks) }
}

// ---- by name ----

/// The job with what VAN infers from column names written out; such entries have the key `inferred`.
pub fn expanded(world: &World, payload: &Json) -> Json {
    let mut payload = payload.clone();
    let columns: Vec<String> =
        list(&payload["file"], "columns").iter().map(|column| text(column, "name").to_owned()).collect();
    let column = |name: &str| {
        let exact = columns.iter().find(|column| column.as_str() == name);
        exact.or_else(|| columns.iter().find(|column| same(column, name))).cloned()
    };
    let mut named: Vec<String> = Vec::new();
    for action in list(&payload, "actions") {
        for mapping in list(action, "mappingTypes") {
            for entry in list(mapping, "fieldValueMappings") {
                if let Some(name) = entry["columnName"].as_str() {
                    named.push(name.to_owned());
                }
            }
        }
    }
    let Some(actions) = payload["actions"].as_array_mut() else { return payload };
    for action in actions {
        let Some(mappings) = action["mappingTypes"].as_array_mut() else { continue };
        for mapping in mappings {
            let known = mapping_type(world, text(mapping, "name"));
            let mut entries = list(mapping, "fieldValueMappings").to_vec();
            for entry in &mut entries {
                if let Some(name) = entry["columnName"].as_str().and_then(&column) {
                    entry["columnName"] = json!(name);
                }
                let Some(known) = known else { continue };
                let name = text(entry, "fieldName").to_owned();
                if field(known, &name).is_none()
                    && let Some(near) =
                        list(known, "fields").iter().find(|field| same(text(field, "name"), &name))
                {
                    entry["fieldName"] = near["name"].clone();
                }
            }
            let all = entries.is_empty();
            if let Some(known) = known {
                let mut changed = true;
                while changed {
                    changed = false;
                    for candidate in list(known, "fields") {
                        let name = text(candidate, "name");
                        if entries.iter().any(|entry| text(entry, "fieldName") == name)
                            || !is_true(&candidate["canBeMappedToColumn"])
                            || is_false(&candidate["canBeMappedByName"])
                        {
                            continue;
                        }
                        let Some(taken) = column(name) else { continue };
                        let free = !named.iter().any(|named| same(named, &taken));
                        let limits = field_limits(candidate);
                        let fits = |(parent, ids): &(String, Option<Vec<String>>)| {
                            let entry = entries.iter().find(|entry| text(entry, "fieldName") == parent);
                            match entry {
                                None => false,
                                Some(entry) if entry["columnName"].is_string() => true,
                                Some(entry) => match entry["staticValue"].as_str() {
                                    Some(value) => allows(ids.as_ref(), value),
                                    None => true,
                                },
                            }
                        };
                        let allowed = match any_parent(world, text(known, "name"), name) {
                            true => limits.iter().any(fits),
                            false => limits.iter().all(fits),
                        };
                        if all || (free && allowed) {
                            entries.push(json!({ "fieldName": name, "columnName": taken, "inferred": true }));
                            changed = true;
                        }
                    }
                }
            }
            mapping["fieldValueMappings"] = Json::Array(entries);
        }
    }
    payload
}

/// Whether VAN fills some field of the job by column name alone.
pub fn infers(world: &World, payload: &Json) -> bool {
    let job = expanded(world, payload);
    let mappings = list(&job, "actions").iter().flat_map(|action| list(action, "mappingTypes"));
    mappings.flat_map(|mapping| list(mapping, "fieldValueMappings")).any(|entry| is_true(&entry["inferred"]))
}

// ---- a whole job ----

/// Every rule that a job breaks, as far as it makes VAN refuse the job.
pub fn check(world: &World, sent: &Json) -> BTreeSet<Broken> {
    let mut broken = BTreeSet::new();
    let mut say = |rule: &'static str, path: String| {
        broken.insert(Broken { rule, path, mapping: None, field: String::new(), parent: String::new() });
    };

    // The job and its file.
    let description = text(sent, "description");
    if description.trim().is_empty()
        || description.chars().count() > 255
        || description.contains('<')
        || description.contains('>')
        || description.contains("&#")
    {
        say("description", "description".to_owned());
    }
    let file = &sent["file"];
    if text(file, "fileName").trim().is_empty() {
        say("file-name", "file.fileName".to_owned());
    }
    let url = text(file, "sourceUrl");
    let scheme = url.split_once("://").map_or("", |(scheme, _)| scheme);
    let host = url.split_once("://").and_then(|(_, rest)| rest.split('/').next()).unwrap_or("");
    let is_word = scheme.chars().all(|c| c.is_ascii_alphanumeric());
    if url.contains(' ') || scheme.is_empty() || !is_word || host.is_empty() {
        say("source-url", "file.sourceUrl".to_owned());
    }
    let columns: Vec<&str> = list(file, "columns").iter().map(|column| text(column, "name")).collect();
    if columns.is_empty() || columns.len() > 50 {
        say("column-count", "file.columns".to_owned());
    }
    for (index, name) in columns.iter().enumerate() {
        let path = format!("file.columns[{index}].name");
        if name.trim().is_empty() {
            say("blank-column", path);
        } else if columns.iter().take(index).any(|earlier| same(earlier.trim(), name.trim())) {
            say("duplicate-column", path);
        }
    }
    if !["csv", "tab"].contains(&text(file, "columnDelimiter").to_lowercase().as_str()) {
        say("unknown-delimiter", "file.columnDelimiter".to_owned());
    }

    // The action.
    if list(sent, "actions").len() != 1 {
        say("one-action", "actions".to_owned());
    }
    let mut resources: Vec<&str> = world.resources.iter().map(String::as_str).collect();
    for mapping in &world.mapping_types {
        resources.extend(list(mapping, "resourceTypes").iter().filter_map(Json::as_str));
    }
    for (number, action) in list(sent, "actions").iter().enumerate() {
        let at = format!("actions[{number}]");
        if text(action, "actionType") != "loadMappedFile" {
            say("unknown-action-type", format!("{at}.actionType"));
        }
        if !resources.contains(&text(action, "resourceType")) {
            say("unknown-resource-type", format!("{at}.resourceType"));
        }
        if let Some(size) = action["resultFileSizeKbLimit"].as_u64()
            && !(5_000..=100_000).contains(&size)
        {
            say("result-file-size", format!("{at}.resultFileSizeKbLimit"));
        }
        for (index, wanted) in list(action, "columnsToIncludeInResultsFile").iter().enumerate() {
            if !columns.iter().any(|column| same(column, text(wanted, "name"))) {
                say("unknown-result-column", format!("{at}.columnsToIncludeInResultsFile[{index}].name"));
            }
        }
        if list(action, "mappingTypes").is_empty() {
            say("no-mapping-types", format!("{at}.mappingTypes"));
        }
    }

    // The mappings.
    let whole = expanded(world, sent);
    for (number, action) in list(&whole, "actions").iter().enumerate() {
        let mappings = list(action, "mappingTypes");
        for (index, mapping) in mappings.iter().enumerate() {
            let at = format!("actions[{number}].mappingTypes[{index}]");
            let name = text(mapping, "name");
            let known = mapping_type(world, name);
            let mut say = |rule: &'static str, path: String, field: &str, parent: &str| {
                let (field, parent) = (field.to_owned(), parent.to_owned());
                broken.insert(Broken { rule, path, mapping: Some(index), field, parent });
            };
            if let Some(known) = known {
                let takes = list(known, "resourceTypes");
                if !takes.iter().any(|resource| resource.as_str() == Some(text(action, "resourceType"))) {
                    say("wrong-resource-type", at.clone(), "", "");
                }
                let earlier = mappings.iter().take(index).any(|earlier| text(earlier, "name") == name);
                if text(known, "allowMultipleMode") == "Single" && earlier {
                    say("single-twice", at.clone(), "", "");
                }
                if text(known, "allowMultipleMode") == "SinglePerType"
                    && let Some(type_field) = type_field(world, known)
                {
                    let own = (entry(mapping, type_field).is_some(), static_value(mapping, type_field));
                    let twice = mappings.iter().take(index).any(|earlier| {
                        let other = (entry(earlier, type_field).is_some(), static_value(earlier, type_field));
                        text(earlier, "name") == name && own == other && own != (true, None)
                    });
                    if twice {
                        let entries = list(mapping, "fieldValueMappings");
                        let place = entries.iter().position(|entry| text(entry, "fieldName") == type_field);
                        let path = place.map_or(at.clone(), |place| {
                            format!("{at}.fieldValueMappings[{place}].staticValue")
                        });
                        say("type-twice", path, type_field, "");
                    }
                }
                for (_, groups) in world.overrides.exclusive.iter().filter(|(of, _)| of == name) {
                    let filled = |mapping: &Json| -> Vec<(String, String)> {
                        let groups = groups.iter().filter_map(|(group, fields)| {
                            let field = fields.iter().find(|field| entry(mapping, field).is_some())?;
                            Some((group.clone(), field.clone()))
                        });
                        groups.collect()
                    };
                    let earlier = mappings.iter().take(index).filter(|earlier| text(earlier, "name") == name);
                    let own = filled(mapping);
                    let first = earlier.flat_map(filled).chain(own.clone()).next();
                    for (group, field) in &own {
                        if first.as_ref().is_some_and(|(first, _)| first != group) {
                            let entries = list(mapping, "fieldValueMappings");
                            let place = entries.iter().position(|entry| text(entry, "fieldName") == field);
                            let inferred = place.is_some_and(|place| is_true(&entries[place]["inferred"]));
                            let path = match place {
                                Some(place) if !inferred => {
                                    format!("{at}.fieldValueMappings[{place}].fieldName")
                                }
                                _ => at.clone(),
                            };
                            say("exclusive", path, field, "");
                        }
                    }
                }
                for missing in missing_required(world, known, mapping) {
                    say("required-field", at.clone(), &missing, "");
                }
            } else {
                say("unknown-mapping-type", format!("{at}.name"), "", "");
            }
            check_fields(world, &columns, known, mapping, &at, &mut say);
        }
    }
    broken
}

/// The field that `SinglePerType` counts: the overridden one, else the only required field with predefined values whose name says so.
fn type_field<'a>(world: &'a World, known: &'a Json) -> Option<&'a str> {
    if let Some(field) = world.overrides.type_fields.get(text(known, "name")) {
        return Some(field);
    }
    let mut found = Vec::new();
    for field in list(known, "fields") {
        let name = text(field, "name");
        let named = name.ends_with("TypeID") || name.ends_with("TypeId");
        if named && is_true(&field["isRequired"]) && is_true(&field["hasPredefinedValues"]) {
            found.push(name);
        }
    }
    if found.len() == 1 { found.first().copied() } else { None }
}

fn entry<'a>(mapping: &'a Json, field: &str) -> Option<&'a Json> {
    list(mapping, "fieldValueMappings").iter().find(|entry| text(entry, "fieldName") == field)
}

/// The value of every row, if there is one.
fn static_value<'a>(mapping: &'a Json, field: &str) -> Option<&'a str> {
    let entry = entry(mapping, field)?;
    if entry["columnName"].is_string() {
        return None;
    }
    entry["staticValue"].as_str().filter(|value| !value.trim().is_empty())
}

fn missing_required(world: &World, known: &Json, mapping: &Json) -> Vec<String> {
    let mut missing = Vec::new();
    for field in list(known, "fields") {
        let name = text(field, "name");
        let value = |parent: &str| static_value(mapping, parent).map(str::to_owned);
        if is_true(&field["isRequired"])
            && entry(mapping, name).is_none()
            && demanded(world, text(known, "name"), field, &value)
        {
            missing.push(name.to_owned());
        }
    }
    missing
}

fn check_fields(
    world: &World,
    columns: &[&str],
    known: Option<&Json>,
    mapping: &Json,
    at: &str,
    say: &mut dyn FnMut(&'static str, String, &str, &str),
) {
    let mapping_name = text(mapping, "name");
    let entries = list(mapping, "fieldValueMappings");
    for (index, entry) in entries.iter().enumerate() {
        let name = text(entry, "fieldName");
        let place = |key: &str| match is_true(&entry["inferred"]) {
            true => at.to_owned(),
            false => format!("{at}.fieldValueMappings[{index}].{key}"),
        };
        let known_field = known.and_then(|known| field(known, name));
        if known.is_some() && known_field.is_none() {
            say("unknown-field", place("fieldName"), name, "");
        }
        if entries.iter().take(index).any(|earlier| text(earlier, "fieldName") == name) {
            say("field-twice", place("fieldName"), name, "");
        }
        let column = entry["columnName"].as_str();
        let value = entry["staticValue"].as_str();
        match (column, value) {
            (Some(_), Some(_)) => say("one-source", place("staticValue"), name, ""),
            (None, None) => say("one-source", place("columnName"), name, ""),
            _ => {}
        }
        if let Some(column) = column {
            if !columns.iter().any(|known| same(known, column)) {
                say("unknown-column", place("columnName"), name, "");
            }
            if known_field.is_some_and(|field| !is_true(&field["canBeMappedToColumn"])) {
                say("static-only", place("columnName"), name, "");
            }
        }
        if value.is_some_and(|value| value.trim().is_empty()) {
            say("blank-static-value", place("staticValue"), name, "");
        }
        let most = max_characters(world, mapping_name, name);
        if value.is_some_and(|value| most.is_some_and(|most| value.chars().count() > most)) {
            say("static-value-too-long", place("staticValue"), name, "");
        }

        let translations = list(entry, "values");
        let ids = values(world, mapping_name, name);
        if !translations.is_empty() && column.is_none() {
            say("translation-without-column", place("values"), name, "");
        }
        for (number, translation) in translations.iter().enumerate() {
            let at = format!("{}[{number}]", place("values"));
            if let Some(ids) = ids
                && !ids.iter().any(|value| id_of(&value["id"]) == text(translation, "targetValue"))
            {
                say("unknown-target-value", format!("{at}.targetValue"), name, "");
            }
            let source = text(translation, "sourceValue").trim();
            if translations.iter().take(number).any(|earlier| text(earlier, "sourceValue").trim() == source) {
                say("duplicate-source-value", format!("{at}.sourceValue"), name, "");
            }
        }

        // A field that is mapped twice is told where it stands first.
        let is_first = entries.iter().take(index).all(|earlier| text(earlier, "fieldName") != name);
        if let Some(known_field) = known_field.filter(|_| is_first) {
            let limits = field_limits(known_field);
            let any = any_parent(world, mapping_name, name);
            let is_mapped = |parent: &str| self::entry(mapping, parent).is_some();
            if any && !limits.is_empty() && !limits.iter().any(|(parent, _)| is_mapped(parent)) {
                say("parent-not-mapped", place("fieldName"), name, &limits[0].0);
            }
            let refuses = |(parent, ids): &(String, Option<Vec<String>>)| {
                static_value(mapping, parent).is_some_and(|value| !allows(ids.as_ref(), value))
            };
            // Where one parent is enough, one that is mapped and does not refuse is enough.
            let is_fine = any && limits.iter().any(|limit| is_mapped(&limit.0) && !refuses(limit));
            for limit in &limits {
                if !any && !is_mapped(&limit.0) {
                    say("parent-not-mapped", place("fieldName"), name, &limit.0);
                }
                if refuses(limit) && !is_fine {
                    say("parent-value", place("fieldName"), name, &limit.0);
                }
            }
        }
        if let (Some(ids), None, Some(value)) = (ids, column, value.filter(|value| !value.trim().is_empty()))
            && let Some(chosen) = ids.iter().find(|known| id_of(&known["id"]) == value)
        {
            for (parent, ids) in limits(chosen, "allowedParentValues") {
                if static_value(mapping, &parent).is_some_and(|value| !allows(ids.as_ref(), value)) {
                    say("parent-value", place("staticValue"), name, &parent);
                }
            }
        }
    }
}
