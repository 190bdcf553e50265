//! Random schemas: the discovery responses of made-up keys, as JSON.
//!
//! Every property of the responses appears, in every form that reading accepts. A schema may be strange, but validation
//! finds no error in it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value as Json, json};
use van_bulk_schema::finding::Finding;
use van_bulk_schema::snapshot::{MAPPING_TYPES, OVERRIDES, RESOURCES, VALUES};
use van_bulk_schema::{Severity, Snapshot};

use crate::job::flag as flag_is;
use crate::naive::field_limits;
use crate::rng::Rng;

/// The discovery responses of a made-up key.
#[derive(Debug, Clone, Default)]
pub struct World {
    /// The entries of `GET /bulkImportMappingTypes`.
    pub mapping_types: Vec<Json>,
    /// `GET /bulkImportJobs/resources`.
    pub resources: Vec<String>,
    /// The value lists by mapping type and field.
    pub values: BTreeMap<(String, String), Vec<Json>>,
    /// What people know beyond the responses.
    pub overrides: Overrides,
}

/// What people know beyond the responses.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overrides {
    /// Fields of which one parent is enough, by mapping type and field.
    pub any_parent: BTreeSet<(String, String)>,
    /// Fields that are required even where their parents' values do not allow them.
    pub strict: BTreeSet<(String, String)>,
    /// How many characters a text may have, by mapping type and field.
    pub max_characters: BTreeMap<(String, String), usize>,
    /// What `SinglePerType` counts, by mapping type.
    pub type_fields: BTreeMap<String, String>,
    /// Groups of fields of which one job may fill one: the mapping type, and the fields by the name of their group.
    pub exclusive: Vec<(String, BTreeMap<String, Vec<String>>)>,
}

impl Overrides {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// As the contents of an `overrides.toml`.
    fn toml(&self) -> String {
        // The escapes of JSON are those of TOML.
        let quoted = |name: &str| json!(name).to_string();
        let mut text = String::new();
        for (mapping, field) in &self.type_fields {
            text.push_str(&format!("[mapping-types.{}]\ntype-field = {}\n", quoted(mapping), quoted(field)));
        }
        let keys = self.any_parent.iter().chain(&self.strict).chain(self.max_characters.keys());
        for of @ (mapping, field) in keys.collect::<BTreeSet<_>>() {
            text.push_str(&format!("[mapping-types.{}.fields.{}]\n", quoted(mapping), quoted(field)));
            if self.any_parent.contains(of) {
                text.push_str("parents = \"any\"\n");
            }
            if self.strict.contains(of) {
                text.push_str("required = \"always\"\n");
            }
            if let Some(most) = self.max_characters.get(of) {
                text.push_str(&format!("max-characters = {most}\n"));
            }
        }
        for (mapping, groups) in &self.exclusive {
            let groups: Vec<String> =
                groups.iter().map(|(name, fields)| format!("{} = {}", quoted(name), json!(fields))).collect();
            text.push_str(&format!(
                "[[exclusive]]\nmapping-type = {}\ngroups = {{ {} }}\n",
                quoted(mapping),
                groups.join(", ")
            ));
        }
        text
    }

    /// Forgets a mapping type.
    pub(crate) fn remove(&mut self, mapping_type: &str) {
        self.any_parent.retain(|(mapping, _)| mapping != mapping_type);
        self.strict.retain(|(mapping, _)| mapping != mapping_type);
        self.max_characters.retain(|(mapping, _), _| mapping != mapping_type);
        self.type_fields.retain(|mapping, _| mapping != mapping_type);
        self.exclusive.retain(|(mapping, _)| mapping != mapping_type);
    }

    fn add(&mut self, other: &Self, old: &str, new: &str) {
        let renamed =
            |(mapping, field): &(String, String)| (mapping == old).then(|| (new.to_owned(), field.clone()));
        self.any_parent.extend(other.any_parent.iter().filter_map(renamed));
        self.strict.extend(other.strict.iter().filter_map(renamed));
        for (of, most) in &other.max_characters {
            self.max_characters.extend(renamed(of).map(|of| (of, *most)));
        }
        if let Some(field) = other.type_fields.get(old) {
            self.type_fields.insert(new.to_owned(), field.clone());
        }
        let sets = other.exclusive.iter().filter(|(mapping, _)| mapping == old);
        self.exclusive.extend(sets.map(|(_, groups)| (new.to_owned(), groups.clone())));
    }
}

const MAPPING_NAMES: &[&str] = &[
    "Required",
    "Email",
    "Phones",
    "Badge",
    "self",
    "type",
    "gen",
    "Größe",
    "a-b",
    "a_b",
    "A B",
    "1st",
    "r#type",
    "🎉",
    "field",
    "needs",
    "Box",
    "Job",
    "Option",
    "`quoted`",
    "<b>x</b>",
    "{Self}",
    "Value",
    "Row",
    "Slots",
    "new",
    "lib",
    "String",
    "ApplyExternalID",
    "\u{202e}desrever",
    "a\"b\\c",
    "*/ x",
    "resource",
];
pub(crate) const FIELD_NAMES: &[&str] = &[
    "Phone",
    "Kind",
    "KindTypeID",
    "SourceTypeId",
    "Amount",
    "self",
    "new",
    "type",
    "gen",
    "Row",
    "Source",
    "Source1",
    "Slots",
    "é",
    "e\u{301}",
    "日本",
    "kind",
    "KIND",
    "A-B",
    "A_B",
    "A B",
    "1",
    "2nd Phone",
    "🎉",
    "=,>,<",
    "`x`",
    "{Row}",
    "{}",
    "a\"b",
    "core",
    "state",
    "source",
    "into_source",
    "Resource",
    "Self",
    "[link](http://x)",
    "*/",
    "Email Address",
    "Dynamic",
    "Unmapped",
    "translate",
    "Any",
    "Required",
];
pub(crate) const VALUE_NAMES: &[&str] = &[
    "Home", "Work", "home", "Cell", "Self", "Row", "Option", "🎉", "", "1", "A B", "A-B", "type", "Größe",
    "`x`", "{V}", "Ok", "Some", "Any", "Other",
];
pub(crate) const VALUE_IDS: &[&str] =
    &["1", "2", "3", "10", "07", "x", "X", "a b", "é", "-1", "{1}", "\"q\""];
const RESOURCE_NAMES: &[&str] = &["Things", "Widgets", "self", "Größe", "A B", "things 2", "Parts"];
pub(crate) const MODES: &[&str] = &[
    "Single",
    "Single",
    "Single",
    "Multiple",
    "Multiple",
    "Multiple",
    "Multiple",
    "SinglePerType",
    "SinglePerType",
    "Sometimes",
];
const TEXTS: &[&str] =
    &["plain", "*/ /* // \"quoted\"", "<script>x</script>", "[link](http://example.org)", "    code", "`"];

impl World {
    /// A random schema of 1 to 4 mapping types with up to 8 fields each.
    pub fn random(rng: &mut Rng) -> Self {
        let mut world = Self::default();
        let resources = distinct(rng, RESOURCE_NAMES, 1, 3);
        let names = distinct(rng, MAPPING_NAMES, 1, 4);
        for name in names {
            let mapping = world.mapping_type(rng, name, &resources);
            world.mapping_types.push(mapping);
        }
        // Resource types that only a mapping type names count too.
        world.resources =
            resources.iter().filter(|_| rng.chance(80)).map(|name| (*name).to_owned()).collect();
        world
    }

    /// A random schema, sometimes with overrides.
    pub fn with_overrides(rng: &mut Rng) -> Self {
        let mut world = Self::random(rng);
        for mapping in world.mapping_types.clone() {
            if rng.chance(50) {
                world.override_some(rng, &mapping);
            }
        }
        // Groups are checked as a whole: those that contradict the schema are not what is tried here.
        if !world.snapshot().1.is_empty() {
            world.overrides.exclusive.clear();
        }
        world
    }

    fn override_some(&mut self, rng: &mut Rng, mapping: &Json) {
        let name = mapping["name"].as_str().unwrap_or_default().to_owned();
        let fields = mapping["fields"].as_array().cloned().unwrap_or_default();
        let name_of = |field: &Json| field["name"].as_str().unwrap_or_default().to_owned();
        let mut optional = Vec::new();
        for field in &fields {
            let limits = field_limits(field);
            let key = (name.clone(), name_of(field));
            if limits.len() > 1 && rng.chance(60) {
                self.overrides.any_parent.insert(key.clone());
            }
            let required = flag_is(&field["isRequired"]);
            // Few of the texts that are tried are longer; none of those that a mistake writes.
            if !flag_is(&field["hasPredefinedValues"]) && rng.chance(30) {
                self.overrides.max_characters.insert(key.clone(), rng.between(5, 9));
            }
            if required && limits.iter().any(|(_, ids)| ids.is_some()) && rng.chance(40) {
                self.overrides.strict.insert(key);
            }
            if !required {
                optional.push(name_of(field));
            }
        }
        if mapping["allowMultipleMode"] == "SinglePerType" && rng.chance(50) {
            let with_values: Vec<&Json> =
                fields.iter().filter(|field| flag_is(&field["hasPredefinedValues"])).collect();
            if let Some(field) = rng.pick(&with_values) {
                self.overrides.type_fields.insert(name.clone(), name_of(field));
            }
        }
        rng.shuffle(&mut optional);
        if optional.len() > 1 && rng.chance(60) {
            let mut groups: BTreeMap<String, Vec<String>> = BTreeMap::new();
            let count = rng.between(2, 3.min(optional.len()));
            for (index, field) in optional.into_iter().take(5).enumerate() {
                let group = ["individual", "organization", "other \"group\""].get(index % count).copied();
                groups.entry(group.unwrap_or_default().to_owned()).or_default().push(field);
            }
            self.overrides.exclusive.push((name, groups));
        }
    }

    pub(crate) fn mapping_type(&mut self, rng: &mut Rng, name: &str, resources: &[&'static str]) -> Json {
        let count = if rng.chance(3) { 0 } else { rng.between(1, 8) };
        let mut fields = distinct(rng, FIELD_NAMES, count, count);
        let mode = rng.word(MODES);
        // Such a mapping type has a field that says the type, if it has any.
        if mode == "SinglePerType" && rng.chance(80) && !fields.contains(&"KindTypeID") {
            fields.pop();
            let at = rng.below(fields.len() + 1);
            fields.insert(at, "KindTypeID");
        }
        let mut made: Vec<Json> = Vec::new();
        for (index, field) in fields.iter().enumerate() {
            let before = fields.get(..index).unwrap_or_default();
            made.push(self.field(rng, name, field, before));
        }
        // The responses do not put parents first.
        rng.shuffle(&mut made);
        let applies_to: Vec<&str> = match rng.below(100) {
            0..3 => Vec::new(),
            _ => {
                let count = rng.between(1, resources.len());
                let mut all = resources.to_vec();
                rng.shuffle(&mut all);
                all.truncate(count);
                all
            }
        };
        let mut mapping = json!({
            "name": name,
            "allowMultipleMode": mode,
            "resourceTypes": applies_to,
            "fields": made,
        });
        if rng.chance(30) {
            mapping["displayName"] = json!(rng.word(TEXTS));
        }
        mapping
    }

    /// A field that may depend on the fields `before`.
    pub(crate) fn field(&mut self, rng: &mut Rng, mapping: &str, name: &str, before: &[&str]) -> Json {
        let is_type = name.ends_with("TypeID") || name.ends_with("TypeId");
        let predefined = rng.chance(if is_type { 85 } else { 45 });
        let has_list = if predefined { rng.chance(80) } else { rng.chance(4) };
        let parents = if rng.chance(45) { self.parents(rng, mapping, before) } else { Vec::new() };
        if has_list {
            let list = self.value_list(rng, mapping, before);
            self.values.insert((mapping.to_owned(), name.to_owned()), list);
        }
        let required = rng.chance(if is_type { 70 } else { 25 });
        let takes_column = rng.chance(75);
        let mut field = json!({
            "name": name,
            "hasPredefinedValues": flag(rng, predefined),
            "isRequired": flag(rng, required),
            "canBeMappedToColumn": flag(rng, takes_column),
        });
        match rng.below(10) {
            0..2 => field["canBeMappedByName"] = json!(true),
            2..4 => field["canBeMappedByName"] = json!(false),
            _ => {}
        }
        if rng.chance(30) {
            field["description"] = json!(rng.word(TEXTS));
        }
        match parents.is_empty() {
            true if rng.chance(50) => {}
            true => field["parents"] = Json::Null,
            false => field["parents"] = Json::Array(parents),
        }
        field
    }

    fn parents(&mut self, rng: &mut Rng, mapping: &str, before: &[&str]) -> Vec<Json> {
        let mut parents = Vec::new();
        for _ in 0..rng.between(1, 3) {
            let Some(parent) = rng.pick(before) else { break };
            let times = if rng.chance(20) { 2 } else { 1 };
            for _ in 0..times {
                let limit = self.limit(rng, mapping, parent);
                parents.push(with_limit(rng, parent, "limitedToParentValues", limit));
            }
        }
        parents
    }

    /// Some values of a field, in every form that a response may have; nothing for no limit.
    pub(crate) fn limit(&self, rng: &mut Rng, mapping: &str, field: &str) -> Option<Vec<Json>> {
        if rng.chance(40) {
            return None;
        }
        if rng.chance(4) {
            return Some(Vec::new());
        }
        let ids: Vec<String> = match self.values.get(&(mapping.to_owned(), field.to_owned())) {
            Some(list) if !list.is_empty() && rng.chance(95) => {
                let count = rng.between(1, 3.min(list.len()));
                let mut ids: Vec<String> = list.iter().map(|value| id_of(&value["id"])).collect();
                rng.shuffle(&mut ids);
                ids.truncate(count);
                ids
            }
            // A parent whose values are not known, or a value that its list lacks.
            _ => distinct(rng, VALUE_IDS, 1, 3).into_iter().map(str::to_owned).collect(),
        };
        let whole_numbers =
            ids.iter().all(|id| id.parse::<u32>().is_ok_and(|number| number.to_string() == *id));
        let form = rng.below(4);
        Some(
            ids.iter()
                .map(|id| match form {
                    0 => json!(id),
                    1 if whole_numbers => json!(id.parse::<u32>().unwrap_or_default()),
                    2 => json!({ "id": id }),
                    _ => json!({ "id": id, "name": rng.word(VALUE_NAMES) }),
                })
                .collect(),
        )
    }

    pub(crate) fn value_list(&self, rng: &mut Rng, mapping: &str, before: &[&str]) -> Vec<Json> {
        let ids: Vec<String> = match rng.below(100) {
            0..3 => Vec::new(),
            3..8 => (1..=rng.between(39, 44)).map(|id| id.to_string()).collect(),
            _ => distinct(rng, VALUE_IDS, 1, 5).into_iter().map(str::to_owned).collect(),
        };
        let depends = rng.chance(30);
        ids.iter()
            .map(|id| {
                let mut value = json!({ "id": id, "name": rng.word(VALUE_NAMES) });
                if depends
                    && rng.chance(50)
                    && let Some(parent) = rng.pick(before)
                {
                    let limit = self.limit(rng, mapping, parent);
                    value["parents"] = json!([with_limit(rng, parent, "allowedParentValues", limit)]);
                }
                value
            })
            .collect()
    }

    /// Several schemas as one, with the names of the mapping types of each: names that are taken get a number.
    pub fn merged(worlds: &[Self]) -> (Self, Vec<Vec<String>>) {
        let mut all = Self::default();
        let mut taken: BTreeSet<String> = BTreeSet::new();
        let mut names = Vec::new();
        for world in worlds {
            let mut own = Vec::new();
            for mapping in &world.mapping_types {
                let old = mapping["name"].as_str().unwrap_or_default();
                let mut new = old.to_owned();
                let mut number = 2;
                while !taken.insert(new.clone()) {
                    new = format!("{old} {number}");
                    number += 1;
                }
                let mut mapping = mapping.clone();
                mapping["name"] = json!(new);
                all.mapping_types.push(mapping);
                for ((of, field), list) in &world.values {
                    if of == old {
                        all.values.insert((new.clone(), field.clone()), list.clone());
                    }
                }
                all.overrides.add(&world.overrides, old, &new);
                own.push(new);
            }
            for resource in &world.resources {
                if !all.resources.contains(resource) {
                    all.resources.push(resource.clone());
                }
            }
            names.push(own);
        }
        (all, names)
    }

    /// The documents of a snapshot of this schema.
    pub fn documents(&self) -> BTreeMap<String, String> {
        let mut documents = BTreeMap::from([
            (MAPPING_TYPES.to_owned(), json!({ "items": self.mapping_types }).to_string()),
            (RESOURCES.to_owned(), json!(self.resources).to_string()),
        ]);
        for (index, ((mapping, field), list)) in self.values.iter().enumerate() {
            let text = json!({ "mappingType": mapping, "field": field, "items": list }).to_string();
            documents.insert(format!("{VALUES}/{index}.json"), text);
        }
        if !self.overrides.is_empty() {
            documents.insert(OVERRIDES.to_owned(), self.overrides.toml());
        }
        documents
    }

    /// The schema as it is read, and every error that reading or validation finds: there should be none.
    pub fn snapshot(&self) -> (Snapshot, Vec<Finding>) {
        let (snapshot, mut findings) = Snapshot::parse(self.documents());
        findings.extend(van_bulk_codegen::validate::validate(&snapshot));
        findings.retain(|finding| finding.severity == Severity::Error);
        (snapshot, findings)
    }
}

fn flag(rng: &mut Rng, yes: bool) -> Json {
    match (rng.chance(5), yes) {
        (false, yes) => json!(yes),
        (true, true) => json!("True"),
        (true, false) => json!("false"),
    }
}

pub(crate) fn with_limit(rng: &mut Rng, parent: &str, key: &str, limit: Option<Vec<Json>>) -> Json {
    let mut json = json!({ "parentFieldName": parent });
    match limit {
        Some(values) => json[key] = Json::Array(values),
        None if rng.chance(50) => json[key] = Json::Null,
        None => {}
    }
    json
}

/// An id as it is sent: numbers become their digits.
pub(crate) fn id_of(id: &Json) -> String {
    match id {
        Json::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Between `low` and `high` different words in random order.
fn distinct(rng: &mut Rng, words: &[&'static str], low: usize, high: usize) -> Vec<&'static str> {
    let mut all = words.to_vec();
    rng.shuffle(&mut all);
    let count = rng.between(low, high);
    all.truncate(count);
    all
}
