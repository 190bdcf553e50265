//! Reading `overrides.toml`: every problem with its place, all at once.

use std::collections::BTreeMap;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{
    Exclusive, FieldOverride, MappingTypeOverride, Overrides, ParentMode, Places, RequiredMode, ValuesMode,
};
use crate::finding::{Finding, did_you_mean};
use crate::json::JsonPath;

/// The text is not TOML.
pub const NOT_TOML: &str = "overrides::not-toml";
/// A key is none that an override can have.
pub const UNKNOWN_KEY: &str = "overrides::unknown-key";
/// A value has another type than its key takes.
pub const WRONG_TYPE: &str = "overrides::wrong-type";
/// A word is none of those that its key takes.
pub const UNKNOWN_WORD: &str = "overrides::unknown-word";
/// A key is missing.
pub const MISSING_KEY: &str = "overrides::missing-key";

type Value<'i> = Spanned<DeValue<'i>>;

/// Reads the text of an `overrides.toml`. Every problem becomes a finding, in the order of the text; what can be read is
/// returned with its places. Of text that is not TOML, nothing is read: what its parser makes of the rest is a guess.
pub fn read(text: &str, document: &str, findings: &mut Vec<Finding>) -> (Overrides, Places) {
    let (table, errors) = DeTable::parse_recoverable(text);
    let mut reader = Reader { document, findings: Vec::new(), places: Places::default() };
    let mut overrides = Overrides::default();
    if errors.is_empty() {
        overrides = reader.overrides(table.get_ref());
    }
    for error in errors {
        let message = format!("this is not TOML: {}", error.message());
        let help = match error.message() {
            "duplicate key" => "a table has each key once: keep one of them",
            _ => "texts stand in quotes, and so do keys with other signs than letters, digits, `-` and `_`",
        };
        reader.error(NOT_TOML, error.span().unwrap_or(0..0), message, help);
    }
    reader.findings.sort_by(|a, b| a.location.cmp(&b.location));
    findings.append(&mut reader.findings);
    (overrides, reader.places)
}

struct Reader<'a> {
    document: &'a str,
    findings: Vec<Finding>,
    places: Places,
}

impl Reader<'_> {
    fn overrides(&mut self, table: &DeTable<'_>) -> Overrides {
        let mut overrides = Overrides::default();
        for (key, value) in table {
            let at = JsonPath::root().key(key.get_ref());
            match key.get_ref().as_ref() {
                "mapping-types" => {
                    overrides.mapping_types = self.named(value, &at, "mapping type", Self::mapping_type);
                }
                "exclusive" => {
                    overrides.exclusive =
                        self.list(value, &at, "tables, each headed `[[exclusive]]`", Self::exclusive);
                }
                _ => self.unknown_key(key.span(), key.get_ref(), &["mapping-types", "exclusive"]),
            }
        }
        overrides
    }

    fn mapping_type(&mut self, value: &Value<'_>, at: &JsonPath) -> Option<MappingTypeOverride> {
        let mut known = MappingTypeOverride::default();
        for (key, value) in self.table(value, "a table")? {
            let at = at.key(key.get_ref());
            match key.get_ref().as_ref() {
                "name" => known.name = self.string(value, &at),
                "type-field" => known.type_field = self.string(value, &at),
                "fields" => known.fields = self.named(value, &at, "field", Self::field),
                _ => self.unknown_key(key.span(), key.get_ref(), &["name", "type-field", "fields"]),
            }
        }
        Some(known)
    }

    fn field(&mut self, value: &Value<'_>, at: &JsonPath) -> Option<FieldOverride> {
        let mut known = FieldOverride::default();
        for (key, value) in self.table(value, "a table")? {
            let at = at.key(key.get_ref());
            match key.get_ref().as_ref() {
                "name" => known.name = self.string(value, &at),
                "parents" => {
                    let words = [("all", ParentMode::All), ("any", ParentMode::Any)];
                    known.parents = self.word(value, &at, words);
                }
                "required" => {
                    let words =
                        [("always", RequiredMode::Always), ("when-allowed", RequiredMode::WhenAllowed)];
                    known.required = self.word(value, &at, words);
                }
                "values" => {
                    let words = [("types", ValuesMode::Types), ("data", ValuesMode::Data)];
                    known.values = self.word(value, &at, words);
                }
                "max-characters" => known.max_characters = self.count(value, &at),
                _ => {
                    let keys = ["name", "parents", "required", "values", "max-characters"];
                    self.unknown_key(key.span(), key.get_ref(), &keys);
                }
            }
        }
        Some(known)
    }

    /// One that cannot be read whole is left out, so that no follow-up of the same mistake is told.
    fn exclusive(&mut self, value: &Value<'_>, at: &JsonPath) -> Option<Exclusive> {
        let told = self.findings.len();
        let mut mapping_type = None;
        let mut groups = None;
        let table = self.table(value, "a table")?;
        for (key, value) in table {
            let at = at.key(key.get_ref());
            match key.get_ref().as_ref() {
                "mapping-type" => mapping_type = self.string(value, &at),
                "groups" => {
                    self.places.bytes.insert(at.clone(), key.span());
                    groups = Some(self.named(value, &at, "group", |reader, value, at| {
                        Some(reader.list(value, at, "names of fields", Self::string))
                    }));
                }
                _ => self.unknown_key(key.span(), key.get_ref(), &["mapping-type", "groups"]),
            }
        }
        for key in ["mapping-type", "groups"] {
            if !table.keys().any(|known| known.get_ref() == key) {
                let message = format!("the key `{key}` is missing");
                let help = "name the mapping type (`mapping-type`) and, by group, its fields (`groups`)";
                self.error(MISSING_KEY, value.span(), message, help);
            }
        }
        let exclusive = Exclusive { mapping_type: mapping_type?, groups: groups? };
        (self.findings.len() == told).then_some(exclusive)
    }

    /// A table whose keys people choose. Its keys are the places of its entries.
    fn named<T>(
        &mut self,
        value: &Value<'_>,
        at: &JsonPath,
        what: &str,
        mut entry: impl FnMut(&mut Self, &Value<'_>, &JsonPath) -> Option<T>,
    ) -> BTreeMap<String, T> {
        let mut entries = BTreeMap::new();
        let Some(table) = self.table(value, &format!("a table with the name of each {what} as key")) else {
            return entries;
        };
        for (key, value) in table {
            let at = at.key(key.get_ref());
            if let Some(read) = entry(self, value, &at) {
                entries.insert(key.get_ref().clone().into_owned(), read);
            }
            self.places.bytes.insert(at, key.span());
        }
        entries
    }

    fn list<T>(
        &mut self,
        value: &Value<'_>,
        at: &JsonPath,
        of: &str,
        mut entry: impl FnMut(&mut Self, &Value<'_>, &JsonPath) -> Option<T>,
    ) -> Vec<T> {
        let Some(array) = value.get_ref().as_array() else {
            self.wrong_type(value, &format!("an array of {of}"));
            return Vec::new();
        };
        let mut entries = Vec::new();
        for value in array {
            // The place of an entry has its index in what was read: one that cannot be read is left out.
            let at = at.index(entries.len());
            if let Some(read) = entry(self, value, &at) {
                self.places.bytes.insert(at, value.span());
                entries.push(read);
            }
        }
        entries
    }

    fn table<'v, 'i>(&mut self, value: &'v Value<'i>, expected: &str) -> Option<&'v DeTable<'i>> {
        let table = value.get_ref().as_table();
        if table.is_none() {
            self.wrong_type(value, expected);
        }
        table
    }

    fn string(&mut self, value: &Value<'_>, at: &JsonPath) -> Option<String> {
        let Some(text) = value.get_ref().as_str() else {
            self.wrong_type(value, "a string");
            return None;
        };
        self.places.bytes.insert(at.clone(), value.span());
        Some(text.to_owned())
    }

    /// A whole number of at least 1.
    fn count(&mut self, value: &Value<'_>, at: &JsonPath) -> Option<usize> {
        const EXPECTED: &str = "a whole number of at least 1";
        let Some(integer) = value.get_ref().as_integer() else {
            self.wrong_type(value, EXPECTED);
            return None;
        };
        self.places.bytes.insert(at.clone(), value.span());
        let count = usize::from_str_radix(integer.as_str(), integer.radix()).ok().filter(|count| *count > 0);
        if count.is_none() {
            let message = format!("this must be {EXPECTED}");
            self.error(WRONG_TYPE, value.span(), message, format!("write {EXPECTED}, or remove the key"));
        }
        count
    }

    /// One of the words that a setting can be.
    fn word<T: Copy>(&mut self, value: &Value<'_>, at: &JsonPath, words: [(&str, T); 2]) -> Option<T> {
        let text = self.string(value, at)?;
        let found = words.iter().find(|(word, _)| *word == text).map(|(_, meaning)| *meaning);
        if found.is_none() {
            let [(one, _), (other, _)] = words;
            let near = did_you_mean(&text, [one, other]);
            let message = format!("`{text}` is neither `{one}` nor `{other}`");
            let help = near.unwrap_or_else(|| format!("write \"{one}\" or \"{other}\""));
            self.error(UNKNOWN_WORD, value.span(), message, help);
        }
        found
    }

    fn wrong_type(&mut self, value: &Value<'_>, expected: &str) {
        let found = value.get_ref().type_str();
        let article = if found.starts_with(['a', 'i']) { "an" } else { "a" };
        let message = format!("this must be {expected}, but it is {article} {found}");
        self.error(WRONG_TYPE, value.span(), message, format!("write {expected}, or remove the key"));
    }

    fn unknown_key(&mut self, bytes: Range<usize>, key: &str, known: &[&str]) {
        let help = did_you_mean(key, known.iter().copied()).unwrap_or_else(|| {
            let keys: Vec<String> = known.iter().map(|key| format!("`{key}`")).collect();
            format!("the keys here are {}", keys.join(", "))
        });
        self.error(UNKNOWN_KEY, bytes, format!("the key `{key}` is not known here"), help);
    }

    fn error(&mut self, code: &'static str, bytes: Range<usize>, message: String, help: impl Into<String>) {
        self.findings.push(Finding::error_at(code, self.document, bytes, message).help(help));
    }
}
