//! Jobs that break one rule, made from jobs that keep them all.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};

use crate::job::{Filled, Job, Mapping, Source, Wrong, flag};
use crate::naive::{self, Broken};
use crate::rng::Rng;
use crate::world::{World, id_of};

/// What is wrong with a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A required field is not filled.
    RequiredMissing,
    /// A parent of a filled field is not.
    ParentMissing,
    /// The value of a parent does not allow a filled field.
    ParentValue,
    /// A column fills a field that takes none.
    StaticOnly,
    /// What fills a field cannot fill it: only a program can try.
    WrongSource,
    /// The job's resource type does not take a mapping.
    WrongResource,
    /// A mapping type of mode `Single` is there twice.
    SingleTwice,
    /// A mapping type of mode `SinglePerType` is there twice with the same type.
    TypeTwice,
    /// A parent is filled after a field that depends on it: only a program can do it.
    ParentAfterChild,
    /// A parent is filled twice: in a program, the second wins.
    ParentTwice,
    /// Fields of two groups are filled of which one job may fill one.
    TwoGroups,
    /// A value is not allowed by the value of a parent. Types do not know.
    ValueOfValue,
}

const KINDS: [Kind; 12] = [
    Kind::RequiredMissing,
    Kind::ParentMissing,
    Kind::ParentValue,
    Kind::StaticOnly,
    Kind::WrongSource,
    Kind::WrongResource,
    Kind::SingleTwice,
    Kind::TypeTwice,
    Kind::ParentAfterChild,
    Kind::ParentTwice,
    Kind::TwoGroups,
    Kind::ValueOfValue,
];

/// A job with one mistake.
#[derive(Debug, Clone)]
pub struct Mistake {
    /// What is wrong.
    pub kind: Kind,
    /// The job.
    pub job: Job,
    /// The index of the mapping that is wrong.
    pub mapping: usize,
    /// The field that is wrong, if one is.
    pub field: String,
    /// The parent that it depends on, if it is about one.
    pub parent: String,
}

impl Kind {
    /// What a report calls programs with such a mistake.
    pub fn shown(self) -> &'static str {
        match self {
            Self::RequiredMissing => "  required field missing",
            Self::ParentMissing => "  parent missing",
            Self::ParentValue => "  parent value that does not allow the field",
            Self::StaticOnly => "  column for a static-only field",
            Self::WrongSource => "  source that cannot fill the field",
            Self::WrongResource => "  wrong resource type",
            Self::SingleTwice => "  `Single` twice",
            Self::TypeTwice => "  `SinglePerType` twice with one type",
            Self::ParentAfterChild => "  parent after child",
            Self::ParentTwice => "  parent twice",
            Self::TwoGroups => "  fields of two exclusive groups",
            Self::ValueOfValue => "  value that the parent's value does not allow",
        }
    }

    /// The rule of data that such a job breaks; nothing where only a program can be wrong like this.
    pub fn rule(self) -> Option<&'static str> {
        match self {
            Self::RequiredMissing => Some("required-field"),
            Self::ParentMissing => Some("parent-not-mapped"),
            Self::ParentValue | Self::ValueOfValue => Some("parent-value"),
            Self::StaticOnly => Some("static-only"),
            Self::WrongResource => Some("wrong-resource-type"),
            Self::SingleTwice => Some("single-twice"),
            Self::TypeTwice => Some("type-twice"),
            Self::ParentTwice => Some("field-twice"),
            Self::TwoGroups => Some("exclusive"),
            Self::WrongSource | Self::ParentAfterChild => None,
        }
    }
}

/// A job with each mistake that this job has room for.
pub fn all(rng: &mut Rng, world: &World, job: &Job) -> Vec<Mistake> {
    KINDS.iter().filter_map(|kind| one(rng, world, job, *kind)).collect()
}

/// A job with this mistake and, in data, no other.
fn one(rng: &mut Rng, world: &World, job: &Job, kind: Kind) -> Option<Mistake> {
    let mut candidates = candidates(rng, world, job, kind);
    rng.shuffle(&mut candidates);
    candidates.into_iter().find(|mistake| match kind.rule() {
        None => true,
        Some(rule) => {
            let broken: Vec<Broken> = naive::check(world, &mistake.job.json()).into_iter().collect();
            let [only] = broken.as_slice() else { return false };
            let of_field = mistake.field.is_empty() || only.field == mistake.field;
            only.rule == rule && (of_field || kind == Kind::ParentTwice)
        }
    })
}

fn candidates(rng: &mut Rng, world: &World, job: &Job, kind: Kind) -> Vec<Mistake> {
    let mut found = Vec::new();
    if kind == Kind::SingleTwice || kind == Kind::TypeTwice {
        for mapping in &job.mappings {
            let mut job = job.clone();
            job.mappings.push(mapping.clone());
            let last = job.mappings.len() - 1;
            found.push(mistake(kind, job, last, "", ""));
        }
        return found;
    }
    if kind == Kind::WrongResource {
        let mut resources = world.resources.clone();
        for mapping in &world.mapping_types {
            let named = mapping["resourceTypes"].as_array().into_iter().flatten();
            resources.extend(named.filter_map(|name| Some(name.as_str()?.to_owned())));
        }
        let all: BTreeSet<String> = resources.into_iter().collect();
        for mapping in &job.mappings {
            for resource in &all {
                let mappings = vec![mapping.clone()];
                let job = Job { resource: resource.clone(), mappings, ..job.clone() };
                found.push(mistake(kind, job, 0, "", ""));
            }
        }
        return found;
    }
    for (index, mapping) in job.mappings.iter().enumerate() {
        for filled in &mapping.fields {
            for (field, parent, changed) in changes(rng, world, job, mapping, filled, kind) {
                let mut job = job.clone();
                // The mapping with the mistake comes last, so that nothing after it can fail because of it.
                job.mappings.remove(index);
                job.mappings.push(changed);
                found.push(mistake(kind, job.clone(), job.mappings.len() - 1, &field, &parent));
            }
        }
    }
    found
}

fn mistake(kind: Kind, job: Job, mapping: usize, field: &str, parent: &str) -> Mistake {
    Mistake { kind, job, mapping, field: field.to_owned(), parent: parent.to_owned() }
}

/// The mapping with mistakes that are about one filled field, with the field and the parent that are wrong.
fn changes(
    rng: &mut Rng,
    world: &World,
    job: &Job,
    mapping: &Mapping,
    filled: &Filled,
    kind: Kind,
) -> Vec<(String, String, Mapping)> {
    let name = filled.field.clone();
    let known = world.mapping_types.iter().find(|known| known["name"].as_str() == Some(&mapping.name));
    let fields = || known.and_then(|known| known["fields"].as_array()).into_iter().flatten();
    let described = |name: &str| fields().find(|field| field["name"].as_str() == Some(name));
    let Some(own) = described(&name) else { return Vec::new() };
    let with = |field: &str, source: Source| {
        let mut changed = mapping.clone();
        for filled in changed.fields.iter_mut().filter(|filled| filled.field == field) {
            filled.source = source.clone();
        }
        changed
    };
    let without = |field: &str| {
        let mut changed = mapping.clone();
        changed.fields.retain(|filled| filled.field != field);
        changed
    };
    let limits = naive::field_limits(own);
    let mut made = Vec::new();
    match kind {
        Kind::RequiredMissing if mapping.fields.len() > 1 => {
            made.push((name.clone(), String::new(), without(&name)));
        }
        Kind::ParentMissing => {
            made.extend(
                limits.into_iter().map(|(parent, _)| (name.clone(), parent.clone(), without(&parent))),
            );
        }
        Kind::ParentValue => {
            for (parent, ids) in limits {
                let Some(ids) = ids else { continue };
                for other in ids_of(world, &mapping.name, &parent) {
                    if !ids.contains(&other) {
                        let source = if rng.chance(80) { Source::Value(other) } else { Source::Text(other) };
                        made.push((name.clone(), parent.clone(), with(&parent, source)));
                    }
                }
            }
        }
        Kind::ValueOfValue => {
            for id in ids_of(world, &mapping.name, &name) {
                made.push((name.clone(), String::new(), with(&name, Source::Value(id))));
            }
            made.retain(|(_, _, changed)| {
                // Only if the value is what breaks the rule.
                let changed = Job { mappings: vec![changed.clone()], ..job.clone() };
                let broken = naive::check(world, &changed.json());
                broken.iter().all(|broken| broken.path.ends_with(".staticValue"))
            });
        }
        Kind::StaticOnly if !flag(&own["canBeMappedToColumn"]) => {
            if let Some(column) = rng.pick(&job.columns) {
                made.push((name.clone(), String::new(), with(&name, Source::Column(column.clone()))));
            }
        }
        Kind::WrongSource => {
            // Fields that are allowed by this one's value would be wrong too.
            let decides = mapping.fields.iter().filter_map(|other| described(&other.field)).any(|other| {
                naive::field_limits(other).iter().any(|(parent, ids)| *parent == name && ids.is_some())
            });
            let text = if flag(&own["hasPredefinedValues"]) { Wrong::Text } else { Wrong::Str };
            let mut wrong = vec![text, Wrong::ForeignColumn];
            for ((of, field), list) in &world.values {
                if (of, field) != (&mapping.name, &name) {
                    let ids = list.iter().take(1).map(|value| id_of(&value["id"]));
                    wrong.extend(ids.map(|id| Wrong::ValueOf(of.clone(), field.clone(), id)));
                }
            }
            if !decides && let Some(wrong) = rng.pick(&wrong) {
                made.push((name.clone(), String::new(), with(&name, Source::Wrong(wrong.clone()))));
            }
        }
        Kind::ParentAfterChild => {
            for (parent, _) in limits {
                let mut changed = without(&name);
                let at = changed.fields.iter().position(|filled| filled.field == parent);
                if let Some(at) = at {
                    changed.fields.insert(at, filled.clone());
                    made.push((name.clone(), parent, changed));
                }
            }
        }
        Kind::TwoGroups => {
            let sets = world.overrides.exclusive.iter().filter(|(of, _)| *of == mapping.name);
            for other in sets.flat_map(|(_, groups)| groups.values().flatten()) {
                let takes_column = described(other).is_some_and(|other| flag(&other["canBeMappedToColumn"]));
                let source = match job.columns.first() {
                    Some(column) if takes_column => Source::Column(column.clone()),
                    _ => Source::Text("77".to_owned()),
                };
                if mapping.filled(other).is_none() {
                    let mut changed = mapping.clone();
                    changed.fields.push(Filled { field: other.clone(), source });
                    made.push((other.clone(), String::new(), changed));
                }
            }
        }
        Kind::ParentTwice => {
            let is_parent =
                fields().any(|field| naive::field_limits(field).iter().any(|(parent, _)| *parent == name));
            if is_parent {
                let mut changed = mapping.clone();
                changed.fields.push(filled.clone());
                made.push((name.clone(), String::new(), changed));
            }
        }
        _ => {}
    }
    made
}

/// Every id of a field that the schema knows: those of its list, and those that other fields are limited to.
fn ids_of(world: &World, mapping: &str, field: &str) -> Vec<String> {
    let list = world.values.get(&(mapping.to_owned(), field.to_owned()));
    let mut ids: BTreeSet<String> = list.into_iter().flatten().map(|value| id_of(&value["id"])).collect();
    let known = world.mapping_types.iter().find(|known| known["name"].as_str() == Some(mapping));
    for child in known.and_then(|known| known["fields"].as_array()).into_iter().flatten() {
        for (parent, limit) in naive::field_limits(child) {
            if parent == field {
                ids.extend(limit.into_iter().flatten());
            }
        }
    }
    ids.into_iter().collect()
}

/// Changes of a job that no builder can make, with the rule that each breaks; nothing of what it needs may be missing.
pub fn edits(rng: &mut Rng, job: &Json) -> Vec<(&'static str, Json)> {
    let mut made = Vec::new();
    let mut edit = |rule: &'static str, pointer: &str, value: Json| {
        let mut changed = job.clone();
        let (parent, key) = pointer.rsplit_once('/').unwrap_or(("", pointer));
        let Some(parent) = changed.pointer_mut(parent) else { return };
        match (parent, key.parse::<usize>()) {
            (Json::Object(object), _) => drop(object.insert(key.to_owned(), value)),
            (Json::Array(items), Ok(index)) if index <= items.len() => items.insert(index, value),
            _ => return,
        }
        made.push((rule, changed));
    };
    let long = "é".repeat(256);
    for text in ["", "  ", "a < b", "a > b", "&#39;", long.as_str()] {
        edit("description", "/description", json!(text));
    }
    edit("file-name", "/file/fileName", json!(" "));
    for url in ["", "upload.zip", "https://", "https:///upload.zip", "https://exa mple.org/"] {
        edit("source-url", "/file/sourceUrl", json!(url));
    }
    edit("unknown-delimiter", "/file/columnDelimiter", json!("semicolon"));
    edit("blank-column", "/file/columns/0", json!({ "name": " " }));
    let first = job["file"]["columns"][0]["name"].as_str().unwrap_or_default().to_owned();
    edit(
        "duplicate-column",
        "/file/columns/1",
        json!({ "name": format!(" {}", first.to_ascii_uppercase()) }),
    );
    let many: Vec<Json> = (0..51).map(|number| json!({ "name": format!("Spare {number}") })).collect();
    let own = job["file"]["columns"].as_array().cloned().unwrap_or_default();
    edit("column-count", "/file/columns", Json::Array(own.iter().chain(&many).cloned().collect()));
    let room: Vec<Json> = own.iter().chain(&many).take(50).cloned().collect();
    edit("", "/file/columns", Json::Array(room));
    edit("one-action", "/actions", json!([]));
    edit("one-action", "/actions/0", job["actions"][0].clone());
    edit("unknown-action-type", "/actions/0/actionType", json!("loadmappedfile"));
    edit("unknown-resource-type", "/actions/0/resourceType", json!("Nothing"));
    for size in [0, 4_999, 100_001] {
        edit("result-file-size", "/actions/0/resultFileSizeKbLimit", json!(size));
    }
    for size in [5_000, 100_000] {
        edit("", "/actions/0/resultFileSizeKbLimit", json!(size));
    }
    edit("unknown-result-column", "/actions/0/columnsToIncludeInResultsFile", json!([{ "name": "Nowhere" }]));
    edit("", "/actions/0/columnsToIncludeInResultsFile", json!([{ "name": first.to_lowercase() }]));
    edit("no-mapping-types", "/actions/0/mappingTypes", json!([]));

    let mappings = job["actions"][0]["mappingTypes"].as_array().map_or(0, Vec::len);
    let at = format!("/actions/0/mappingTypes/{}", rng.below(mappings));
    edit("unknown-mapping-type", &format!("{at}/name"), json!("Nothing"));
    let fields = format!("{at}/fieldValueMappings");
    let count = job.pointer(&fields).and_then(Json::as_array).map_or(0, Vec::len);
    if count == 0 {
        return made;
    }
    let unknown = json!({ "fieldName": "No such field", "staticValue": "x" });
    edit("unknown-field", &format!("{fields}/{}", rng.between(0, count)), unknown);
    let index = rng.below(count);
    let one = format!("{fields}/{index}");
    let entry = job.pointer(&one).cloned().unwrap_or_default();
    edit("field-twice", &format!("{fields}/{count}"), entry.clone());
    let case = entry["fieldName"].as_str().unwrap_or_default().to_lowercase();
    edit("", &format!("{one}/fieldName"), json!(case));
    if entry["columnName"].is_string() {
        edit("unknown-column", &format!("{one}/columnName"), json!("Nowhere"));
        edit("one-source", &format!("{one}/staticValue"), json!("x"));
        let twice = json!({ "sourceValue": " y ", "targetValue": "1" });
        edit("", &format!("{one}/values"), json!([twice]));
        edit("", &format!("{one}/values"), json!([{ "sourceValue": "y", "targetValue": "No such id" }]));
        edit(
            "duplicate-source-value",
            &format!("{one}/values"),
            json!([twice, { "sourceValue": "y", "targetValue": "1" }]),
        );
    } else {
        edit("blank-static-value", &format!("{one}/staticValue"), json!(" "));
        edit(
            "translation-without-column",
            &format!("{one}/values"),
            json!([{ "sourceValue": "y", "targetValue": "1" }]),
        );
    }
    edit("one-source", &one, json!({ "fieldName": "No such field" }));
    made
}

/// A job with a few random changes, of which nobody knows whether it keeps the rules.
pub fn chaos(rng: &mut Rng, job: &Json) -> Json {
    let mut job = job.clone();
    let mut texts = Vec::new();
    collect_texts(&job, &mut texts);
    for _ in 0..rng.between(1, 4) {
        change_something(rng, &mut job, &texts);
    }
    job
}

fn collect_texts(json: &Json, texts: &mut Vec<String>) {
    match json {
        Json::String(text) => texts.push(text.clone()),
        Json::Array(items) => items.iter().for_each(|item| collect_texts(item, texts)),
        Json::Object(object) => object.values().for_each(|value| collect_texts(value, texts)),
        _ => {}
    }
}

/// Walks down a random way and changes what is there.
fn change_something(rng: &mut Rng, json: &mut Json, texts: &[String]) {
    match json {
        Json::Object(object) => {
            let keys: Vec<String> = object.keys().cloned().collect();
            let Some(key) = rng.pick(&keys) else { return };
            if rng.chance(8) {
                object.remove(key);
            } else if let Some(value) = object.get_mut(key) {
                change_something(rng, value, texts);
            }
        }
        Json::Array(items) => {
            let index = rng.below(items.len());
            match rng.below(10) {
                0 if !items.is_empty() => drop(items.remove(index)),
                1 if !items.is_empty() => items.push(items[index].clone()),
                2 => rng.shuffle(items),
                _ => {
                    if let Some(item) = items.get_mut(index) {
                        change_something(rng, item, texts);
                    }
                }
            }
        }
        Json::String(text) => match rng.below(5) {
            0 => *text = text.to_uppercase(),
            1 => *text = format!(" {text}"),
            2 => text.clear(),
            _ => *text = rng.pick(texts).cloned().unwrap_or_default(),
        },
        _ => {}
    }
}
