//! Jobs as data, and random ones that keep every rule.

use serde_json::{Value as Json, json};
use van_bulk_schema::payload::{
    Action, ColumnName, FieldValueMapping, File, LOAD_MAPPED_FILE, MappingType, MappingValue, Payload,
};

use crate::naive::{self, Broken};
use crate::rng::Rng;
use crate::world::{World, id_of};

/// The name of the delimited file in every job.
pub const FILE_NAME: &str = "upload.csv";
/// Where the zip of every job lies, until a real one is published.
pub const SOURCE_URL: &str = "https://example.org/upload.zip";

/// A job, as a program would build it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// What the rows are.
    pub resource: String,
    /// The columns of the file.
    pub columns: Vec<String>,
    /// The mappings in their order.
    pub mappings: Vec<Mapping>,
}

/// One use of a mapping type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    /// The mapping type.
    pub name: String,
    /// The fields in the order in which they are filled.
    pub fields: Vec<Filled>,
}

/// A field that is filled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filled {
    /// The field.
    pub field: String,
    /// By what.
    pub source: Source,
}

/// What fills a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A column.
    Column(String),
    /// A column whose values are translated, as pairs of a value of the file and an id.
    Translated(String, Vec<(String, String)>),
    /// One value for all rows; in a program one of the generated values, if there is one of this id.
    Value(String),
    /// One value for all rows; in a program a text, or a raw id.
    Text(String),
    /// Something that cannot fill the field: only a program can try.
    Wrong(Wrong),
}

/// What cannot fill a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wrong {
    /// A text, for a field that has predefined values.
    Text,
    /// A value of another field, as the mapping type, the field and the id.
    ValueOf(String, String, String),
    /// A column of another file.
    ForeignColumn,
    /// A string that says not whether it is a column or a value.
    Str,
}

impl Job {
    /// The body to send.
    pub fn payload(&self) -> Payload {
        let name = |name: &String| ColumnName { name: name.clone().into() };
        Payload {
            description: "A proof".into(),
            file: File {
                file_name: FILE_NAME.into(),
                columns: self.columns.iter().map(name).collect(),
                has_header: true,
                has_quotes: true,
                source_url: SOURCE_URL.into(),
                ..File::default()
            },
            actions: vec![Action {
                action_type: LOAD_MAPPED_FILE.into(),
                resource_type: self.resource.clone().into(),
                result_file_size_kb_limit: Some(5_000),
                mapping_types: self.mappings.iter().map(Mapping::payload).collect(),
                columns_to_include_in_results_file: Vec::new(),
            }],
        }
    }

    /// The body to send, as JSON.
    pub fn json(&self) -> Json {
        json!(self.payload())
    }
}

impl Mapping {
    fn payload(&self) -> MappingType {
        MappingType {
            name: self.name.clone().into(),
            result_file_column_name: None,
            field_value_mappings: self.fields.iter().map(Filled::payload).collect(),
        }
    }

    /// What fills a field, if anything does.
    pub fn filled(&self, field: &str) -> Option<&Filled> {
        self.fields.iter().find(|filled| filled.field == field)
    }
}

impl Filled {
    fn payload(&self) -> FieldValueMapping {
        let mut mapping =
            FieldValueMapping { field_name: self.field.clone().into(), ..FieldValueMapping::default() };
        match &self.source {
            Source::Column(column) => mapping.column_name = Some(column.clone().into()),
            Source::Translated(column, pairs) => {
                mapping.column_name = Some(column.clone().into());
                let value = |(from, to): &(String, String)| MappingValue {
                    source_value: from.clone().into(),
                    target_value: to.clone().into(),
                };
                mapping.values = pairs.iter().map(value).collect();
            }
            Source::Value(value) | Source::Text(value) => mapping.static_value = Some(value.clone().into()),
            Source::Wrong(_) => mapping.static_value = Some("wrong".into()),
        }
        mapping
    }
}

const COLUMNS: &[&str] = &[
    "Column",
    "column 2",
    "Größe der Spalte",
    "a \"quoted\" column",
    "🎉🎉",
    "Col,umn",
    "self",
    "*/",
    "{}",
    "x",
    "Last Name",
    "\\n",
];
const STATIC_TEXTS: &[&str] = &["text", "a \"b\" c", "1", "x", "🎉", "\\", "{}", "2026-11-03"];

/// How often an unfinished job is repaired before it is given up.
const REPAIRS: usize = 40;

/// A random job over some of these mapping types that keeps every rule; nothing if none was found.
///
/// A job is made up and then repaired until the naive rules find nothing wrong with it.
pub fn random(rng: &mut Rng, world: &World, mapping_types: &[String]) -> Option<Job> {
    let columns = columns(rng, world, mapping_types);
    let mut maker = Maker { world, columns, rng };
    let mut job = maker.draft(mapping_types)?;
    for _ in 0..REPAIRS {
        let broken = naive::check(world, &job.json());
        let Some(first) = broken.into_iter().next() else {
            let fills_nothing =
                |mapping: &Mapping| mapping.fields.is_empty() && maker.fields(&mapping.name).next().is_some();
            return (!job.mappings.iter().any(fills_nothing)).then_some(job);
        };
        if !maker.repair(&mut job, &first) {
            return None;
        }
    }
    None
}

/// A job of one mapping that keeps every rule and fills these fields like this, with as little else as needed; nothing if none
/// was found.
pub(crate) fn around(rng: &mut Rng, world: &World, mapping_type: &str, wanted: &[Filled]) -> Option<Job> {
    let columns = vec!["Column".to_owned()];
    let mut maker = Maker { world, columns: columns.clone(), rng };
    let resources: Vec<&str> = maker.resources(mapping_type).collect();
    let resource = (*maker.rng.pick(&resources)?).to_owned();
    let mapping = Mapping { name: mapping_type.to_owned(), fields: wanted.to_vec() };
    let mut job = Job { resource, columns, mappings: vec![mapping] };
    for _ in 0..REPAIRS {
        let broken = naive::check(world, &job.json());
        let Some(first) = broken.into_iter().next() else {
            let mapping = job.mappings.first()?;
            let is_there = |wanted: &Filled| mapping.filled(&wanted.field) == Some(wanted);
            return wanted.iter().all(is_there).then_some(job);
        };
        if !maker.repair(&mut job, &first) {
            return None;
        }
    }
    None
}

/// A job that says nothing but the names of its mapping types, so that columns are matched by name.
pub fn by_name(rng: &mut Rng, world: &World, mapping_types: &[String]) -> Option<Job> {
    let name = rng.pick(mapping_types)?;
    let maker = Maker { world, columns: Vec::new(), rng };
    let resource = maker.resources(name).next()?.to_owned();
    let mut columns: Vec<String> = Vec::new();
    for field in maker.fields(name) {
        let wanted = flag(&field["isRequired"]) || maker.rng.chance(60);
        let field = field["name"].as_str().unwrap_or_default();
        let is_new = !columns.iter().any(|column| column.to_lowercase() == field.to_lowercase());
        if wanted && is_new && !field.trim().is_empty() {
            columns.push(field.to_owned());
        }
    }
    maker.rng.shuffle(&mut columns);
    let job = Job { resource, columns, mappings: vec![Mapping { name: name.clone(), fields: Vec::new() }] };
    naive::check(world, &job.json()).is_empty().then_some(job)
}

fn columns(rng: &mut Rng, world: &World, mapping_types: &[String]) -> Vec<String> {
    let mut columns: Vec<String> = Vec::new();
    let mut pool: Vec<String> = COLUMNS.iter().map(|name| (*name).to_owned()).collect();
    if rng.chance(20) {
        // Columns that have names of fields.
        for mapping in world.mapping_types.iter().filter(|mapping| is_one_of(mapping, mapping_types)) {
            let fields = mapping["fields"].as_array().into_iter().flatten();
            pool.extend(fields.filter_map(|field| Some(field["name"].as_str()?.to_uppercase())));
        }
    }
    rng.shuffle(&mut pool);
    for name in pool {
        if !columns.iter().any(|column| column.trim().to_lowercase() == name.trim().to_lowercase()) {
            columns.push(name);
        }
    }
    columns.truncate(rng.between(1, 7));
    columns
}

fn is_one_of(mapping: &Json, names: &[String]) -> bool {
    names.iter().any(|name| mapping["name"].as_str() == Some(name))
}

struct Maker<'a> {
    world: &'a World,
    columns: Vec<String>,
    rng: &'a mut Rng,
}

impl<'a> Maker<'a> {
    fn mapping_type(&self, name: &str) -> Option<&'a Json> {
        self.world.mapping_types.iter().find(|mapping| mapping["name"].as_str() == Some(name))
    }

    fn fields(&self, mapping: &str) -> impl Iterator<Item = &'a Json> + use<'a> {
        self.mapping_type(mapping).and_then(|mapping| mapping["fields"].as_array()).into_iter().flatten()
    }

    fn resources(&self, mapping: &str) -> impl Iterator<Item = &'a str> + use<'a> {
        let mapping = self.mapping_type(mapping).and_then(|mapping| mapping["resourceTypes"].as_array());
        mapping.into_iter().flatten().filter_map(Json::as_str)
    }

    fn draft(&mut self, mapping_types: &[String]) -> Option<Job> {
        let first = self.rng.pick(mapping_types)?;
        let resources: Vec<&str> = self.resources(first).collect();
        let resource = (*self.rng.pick(&resources)?).to_owned();
        let fitting: Vec<&String> =
            mapping_types.iter().filter(|name| self.resources(name).any(|fits| fits == resource)).collect();
        let mut names = vec![first.clone()];
        for _ in 0..self.rng.below(3) {
            if let Some(name) = self.rng.pick(&fitting) {
                names.push((*name).clone());
            }
        }
        let mappings = names.iter().map(|name| self.mapping(name)).collect();
        Some(Job { resource, columns: self.columns.clone(), mappings })
    }

    fn mapping(&mut self, name: &str) -> Mapping {
        let mut fields: Vec<&Json> = self.fields(name).collect();
        self.rng.shuffle(&mut fields);
        let often = self.rng.between(10, 80);
        fields.retain(|field| flag(&field["isRequired"]) || self.rng.chance(often));
        let mut mapping = Mapping { name: name.to_owned(), fields: Vec::new() };
        for field in fields {
            self.fill(&mut mapping, field["name"].as_str().unwrap_or_default());
        }
        if mapping.fields.is_empty() {
            let all: Vec<&Json> = self.fields(name).collect();
            if let Some(field) = self.rng.pick(&all) {
                self.fill(&mut mapping, field["name"].as_str().unwrap_or_default());
            }
        }
        mapping
    }

    /// Fills a field; another time it is filled otherwise.
    fn fill(&mut self, mapping: &mut Mapping, field: &str) {
        let Some(source) = self.source(&mapping.name, field) else { return };
        match mapping.fields.iter_mut().find(|filled| filled.field == field) {
            Some(filled) => filled.source = source,
            None => mapping.fields.push(Filled { field: field.to_owned(), source }),
        }
    }

    fn source(&mut self, mapping: &str, field: &str) -> Option<Source> {
        let described = self.fields(mapping).find(|known| known["name"].as_str() == Some(field))?;
        let list = self.world.values.get(&(mapping.to_owned(), field.to_owned()));
        let ids: Vec<String> = list.into_iter().flatten().map(|value| id_of(&value["id"])).collect();
        let column = self.rng.pick(&self.columns).cloned();
        let takes_column = flag(&described["canBeMappedToColumn"]);
        if let Some(column) = column.filter(|_| takes_column && self.rng.chance(50)) {
            if ids.is_empty() || self.rng.chance(75) {
                return Some(Source::Column(column));
            }
            let mut froms = ["y", "n", "Ja", "1", "a b"];
            self.rng.shuffle(&mut froms);
            let mut pairs = Vec::new();
            for from in froms.iter().take(self.rng.between(1, 3)) {
                pairs.push(((*from).to_owned(), self.rng.pick(&ids)?.clone()));
            }
            return Some(Source::Translated(column, pairs));
        }
        let limited = self.limited_to(mapping, field);
        Some(match flag(&described["hasPredefinedValues"]) {
            true => match self.rng.pick(&ids).cloned() {
                Some(id) if self.rng.chance(80) => Source::Value(id),
                Some(id) => Source::Text(id),
                None => Source::Text(self.rng.pick(&limited).cloned().unwrap_or("77".to_owned())),
            },
            false => match self.rng.pick(&limited).cloned() {
                Some(id) if self.rng.chance(40) => Source::Value(id),
                Some(id) if self.rng.chance(50) => Source::Text(id),
                _ => Source::Text(self.rng.word(STATIC_TEXTS).to_owned()),
            },
        })
    }

    /// The values of a field that other fields are limited to.
    fn limited_to(&self, mapping: &str, parent: &str) -> Vec<String> {
        let limits = self.fields(mapping).flat_map(naive::field_limits);
        limits.filter(|(name, _)| name == parent).filter_map(|(_, ids)| ids).flatten().collect()
    }

    /// Changes a job so that it no longer breaks a rule; other rules may be broken then. False if that is not possible.
    fn repair(&mut self, job: &mut Job, broken: &Broken) -> bool {
        let Some(index) = broken.mapping else { return false };
        match broken.rule {
            "single-twice" | "type-twice" => {
                job.mappings.remove(index);
                return true;
            }
            _ => {}
        }
        let Some(mapping) = job.mappings.get_mut(index) else { return false };
        match broken.rule {
            "required-field" | "static-value-too-long" => self.fill(mapping, &broken.field),
            "parent-not-mapped" => self.fill(mapping, &broken.parent),
            "exclusive" => mapping.fields.retain(|filled| filled.field != broken.field),
            "parent-value" if self.rng.chance(30) => {
                mapping.fields.retain(|filled| filled.field != broken.field);
            }
            "parent-value" => self.fill(mapping, &broken.parent),
            _ => return false,
        }
        true
    }
}

/// A boolean in one of the forms that responses have.
pub(crate) fn flag(json: &Json) -> bool {
    json.as_bool() == Some(true) || json.as_str().is_some_and(|word| word.eq_ignore_ascii_case("true"))
}
