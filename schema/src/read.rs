//! Turns the JSON of the discovery endpoints into the model.
//!
//! Reading never stops at the first problem: every problem becomes a [`Finding`] with its place, and what can be read is
//! returned. Both the paged envelope (`{"items": [..], "nextPageLink": .., "count": ..}`) and a bare array are accepted,
//! as are ids that are numbers and booleans that are the words `true` and `false`.

use std::collections::HashSet;

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value as Json};

use crate::cores::on_all_cores;
use crate::finding::{Finding, Location, Severity};
use crate::json::{self, JsonPath};
use crate::model::{
    AllowMultipleMode, Extra, Field, MappingType, Parent, Value, ValueList, ValueParent, ValueRef,
};

/// The text is not JSON.
pub const SYNTAX: &str = "schema::syntax";
/// A value has the wrong JSON type.
pub const WRONG_TYPE: &str = "schema::wrong-type";
/// A key that is needed is missing.
pub const MISSING_KEY: &str = "schema::missing-key";
/// The database mode of a snapshot is not one of VAN's two.
pub const UNKNOWN_DATABASE_MODE: &str = "schema::unknown-database-mode";
/// Two values of one list have the same id.
pub const DUPLICATE_VALUE: &str = "schema::duplicate-value";
/// Two value lists of a snapshot are for the same field.
pub const DUPLICATE_VALUE_LIST: &str = "schema::duplicate-value-list";

/// Reads the text of `GET /bulkImportMappingTypes`, or of a saved copy.
pub fn mapping_types(text: &str, document: &str, findings: &mut Vec<Finding>) -> Vec<MappingType> {
    placed_mapping_types(text, document, findings).into_iter().map(|placed| placed.mapping_type).collect()
}

/// A mapping type and its place in the document.
#[derive(Debug, Clone)]
pub(crate) struct Placed {
    pub(crate) mapping_type: MappingType,
    /// Nothing if parts of it could not be read: places inside it would be those of other parts.
    pub(crate) place: Option<JsonPath>,
}

/// Reads mapping types with their places.
pub(crate) fn placed_mapping_types(text: &str, document: &str, findings: &mut Vec<Finding>) -> Vec<Placed> {
    if let Some(read) = side_by_side(text, document) {
        return read
            .into_iter()
            .filter_map(|(placed, found)| {
                findings.extend(found);
                placed
            })
            .collect();
    }
    let Some(json) = json(text, document, findings) else { return Vec::new() };
    list(&json, document, findings, |reader, item, at| reader.placed(item, at))
}

/// The items of a page.
#[derive(Deserialize)]
struct Page<'t> {
    #[serde(borrow)]
    items: Vec<&'t RawValue>,
}

/// Mapping types with their problems, read on all cores, and without the JSON of all of them at once. Nothing if the text is not
/// just a list of them: only the JSON of all of it tells what it is then.
fn side_by_side(text: &str, document: &str) -> Option<Vec<(Option<Placed>, Vec<Finding>)>> {
    let root = At::Root;
    let (items, at) = match text.trim_start().starts_with('[') {
        true => (serde_json::from_str(text).ok()?, root),
        false => (serde_json::from_str::<Page<'_>>(text).ok()?.items, root.key("items")),
    };
    let items: Vec<(usize, &RawValue)> = items.into_iter().enumerate().collect();
    let read = on_all_cores(&items, |(index, item)| {
        let json: Json = serde_json::from_str(item.get()).ok()?;
        let mut findings = Vec::new();
        let placed = Reader { document, findings: &mut findings }.placed(&json, &at.index(*index));
        Some((placed, findings))
    });
    read.into_iter().collect()
}

/// Reads the text of `GET /bulkImportMappingTypes/{mappingTypeName}/{fieldName}/values`, or of a saved copy.
///
/// Of several values with the same id, the first one is returned and the others are findings.
pub fn values(text: &str, document: &str, findings: &mut Vec<Finding>) -> ValueList {
    json(text, document, findings).map(|json| values_in(&json, document, findings)).unwrap_or_default()
}

/// Reads the values in JSON.
pub(crate) fn values_in(json: &Json, document: &str, findings: &mut Vec<Finding>) -> ValueList {
    let mut ids = HashSet::new();
    let values = list(json, document, findings, |reader, item, at| {
        let value = reader.value(item, at)?;
        if ids.insert(value.id.clone()) {
            return Some(value);
        }
        reader.duplicate(&value, at);
        None
    });
    ValueList { values }
}

/// Reads the text of `GET /bulkImportJobs/resources`, or of a saved copy.
pub fn resources(text: &str, document: &str, findings: &mut Vec<Finding>) -> Vec<String> {
    let Some(json) = json(text, document, findings) else { return Vec::new() };
    list(&json, document, findings, |reader, item, at| reader.string(item, at))
}

/// Reads JSON; text that is not JSON is a finding at the place of the mistake.
pub fn json(text: &str, document: &str, findings: &mut Vec<Finding>) -> Option<Json> {
    match serde_json::from_str(text) {
        Ok(value) => Some(value),
        Err(error) => {
            let offset = json::offset(text, error.line(), error.column());
            findings.push(Finding {
                code: SYNTAX,
                severity: Severity::Error,
                document: document.to_owned(),
                location: Location::Offset(offset),
                message: format!("this is not JSON: {error}"),
                help: Some("fetch the responses again, or restore the file from version control".to_owned()),
            });
            None
        }
    }
}

fn list<T>(
    json: &Json,
    document: &str,
    findings: &mut Vec<Finding>,
    mut item: impl FnMut(&mut Reader<'_>, &Json, &At<'_>) -> Option<T>,
) -> Vec<T> {
    let mut reader = Reader { document, findings };
    let root = At::Root;
    let in_envelope = root.key("items");
    let (items, at) = match json {
        Json::Array(items) => (items, root),
        Json::Object(envelope) => match envelope.get("items") {
            Some(Json::Array(items)) => (items, in_envelope),
            Some(other) => {
                reader.wrong_type(other, &in_envelope, "an array");
                return Vec::new();
            }
            None => {
                reader.missing(&root, "items");
                return Vec::new();
            }
        },
        other => {
            reader.wrong_type(other, &root, "an array, or an object with the key `items`");
            return Vec::new();
        }
    };
    items.iter().enumerate().filter_map(|(index, value)| item(&mut reader, value, &at.index(index))).collect()
}

struct Reader<'a> {
    document: &'a str,
    findings: &'a mut Vec<Finding>,
}

impl Reader<'_> {
    fn placed(&mut self, json: &Json, at: &At<'_>) -> Option<Placed> {
        let before = self.findings.len();
        let mapping_type = self.mapping_type(json, at)?;
        let whole = self.findings.len() == before;
        Some(Placed { mapping_type, place: whole.then(|| at.path()) })
    }

    fn mapping_type(&mut self, json: &Json, at: &At<'_>) -> Option<MappingType> {
        let mut keys = Keys::of(self.object(json, at)?);
        let name = self.required_string(&mut keys, "name", at);
        let display_name = self.optional_string(&mut keys, "displayName", at);
        let mode = self.required_string(&mut keys, "allowMultipleMode", at);
        let resource_types = self.array(&mut keys, "resourceTypes", at, true, Self::string);
        let fields = self.array(&mut keys, "fields", at, true, Self::field);
        let upload_type = keys.take("uploadType").cloned();
        Some(MappingType {
            name: name?,
            display_name,
            upload_type,
            allow_multiple_mode: AllowMultipleMode::from_word(&mode?),
            resource_types,
            fields,
            extra: keys.rest(),
        })
    }

    fn field(&mut self, json: &Json, at: &At<'_>) -> Option<Field> {
        let mut keys = Keys::of(self.object(json, at)?);
        let name = self.required_string(&mut keys, "name", at);
        let description = self.optional_string(&mut keys, "description", at);
        let has_predefined_values = self.required_bool(&mut keys, "hasPredefinedValues", at);
        let is_required = self.required_bool(&mut keys, "isRequired", at);
        let can_be_mapped_to_column = self.required_bool(&mut keys, "canBeMappedToColumn", at);
        let can_be_mapped_by_name = match keys.take("canBeMappedByName") {
            None | Some(Json::Null) => None,
            Some(value) => self.bool(value, &at.key("canBeMappedByName")),
        };
        let parents = self.array(&mut keys, "parents", at, false, Self::parent);
        Some(Field {
            name: name?,
            description,
            has_predefined_values: has_predefined_values?,
            is_required: is_required?,
            can_be_mapped_to_column: can_be_mapped_to_column?,
            can_be_mapped_by_name,
            parents,
            extra: keys.rest(),
        })
    }

    fn parent(&mut self, json: &Json, at: &At<'_>) -> Option<Parent> {
        let mut keys = Keys::of(self.object(json, at)?);
        let name = self.required_string(&mut keys, "parentFieldName", at);
        let limited = self.optional_refs(&mut keys, "limitedToParentValues", at);
        Some(Parent { parent_field_name: name?, limited_to_parent_values: limited, extra: keys.rest() })
    }

    fn value(&mut self, json: &Json, at: &At<'_>) -> Option<Value> {
        let mut keys = Keys::of(self.object(json, at)?);
        let id = self.required_id(&mut keys, at);
        let name = self.required_string(&mut keys, "name", at);
        let parents = self.array(&mut keys, "parents", at, false, Self::value_parent);
        Some(Value { id: id?, name: name?, parents, extra: keys.rest() })
    }

    fn value_parent(&mut self, json: &Json, at: &At<'_>) -> Option<ValueParent> {
        let mut keys = Keys::of(self.object(json, at)?);
        let name = self.required_string(&mut keys, "parentFieldName", at);
        let allowed = self.optional_refs(&mut keys, "allowedParentValues", at);
        Some(ValueParent { parent_field_name: name?, allowed_parent_values: allowed, extra: keys.rest() })
    }

    /// A list of values, where null and a missing key mean that there is no limit.
    fn optional_refs(
        &mut self,
        keys: &mut Keys<'_>,
        key: &'static str,
        at: &At<'_>,
    ) -> Option<Vec<ValueRef>> {
        match keys.peek(key) {
            None | Some(Json::Null) => {
                keys.take(key);
                None
            }
            Some(_) => Some(self.array(keys, key, at, false, Self::value_ref)),
        }
    }

    /// `{"id": .., "name": ..}`, or the id alone.
    fn value_ref(&mut self, json: &Json, at: &At<'_>) -> Option<ValueRef> {
        match json {
            Json::String(_) | Json::Number(_) => {
                Some(ValueRef { id: self.id(json, at)?, name: None, extra: Extra::new() })
            }
            Json::Object(object) => {
                let mut keys = Keys::of(object);
                let id = self.required_id(&mut keys, at);
                let name = self.optional_string(&mut keys, "name", at);
                Some(ValueRef { id: id?, name, extra: keys.rest() })
            }
            other => {
                self.wrong_type(other, at, "an object with the keys `id` and `name`, or an id");
                None
            }
        }
    }

    fn required_id(&mut self, keys: &mut Keys<'_>, at: &At<'_>) -> Option<String> {
        match keys.take("id") {
            Some(value) => self.id(value, &at.key("id")),
            None => {
                self.missing(at, "id");
                None
            }
        }
    }

    fn id(&mut self, json: &Json, at: &At<'_>) -> Option<String> {
        match json {
            Json::String(id) => Some(id.clone()),
            Json::Number(id) => Some(id.to_string()),
            other => {
                self.wrong_type(other, at, "a string or a number");
                None
            }
        }
    }

    fn required_string(&mut self, keys: &mut Keys<'_>, key: &'static str, at: &At<'_>) -> Option<String> {
        match keys.take(key) {
            Some(value) => self.string(value, &at.key(key)),
            None => {
                self.missing(at, key);
                None
            }
        }
    }

    fn optional_string(&mut self, keys: &mut Keys<'_>, key: &'static str, at: &At<'_>) -> Option<String> {
        match keys.take(key) {
            None | Some(Json::Null) => None,
            Some(value) => self.string(value, &at.key(key)),
        }
    }

    fn required_bool(&mut self, keys: &mut Keys<'_>, key: &'static str, at: &At<'_>) -> Option<bool> {
        match keys.take(key) {
            Some(value) => self.bool(value, &at.key(key)),
            None => {
                self.missing(at, key);
                None
            }
        }
    }

    fn bool(&mut self, json: &Json, at: &At<'_>) -> Option<bool> {
        match json {
            Json::Bool(value) => Some(*value),
            Json::String(word) if word.eq_ignore_ascii_case("true") => Some(true),
            Json::String(word) if word.eq_ignore_ascii_case("false") => Some(false),
            other => {
                self.wrong_type(other, at, "true or false");
                None
            }
        }
    }

    fn string(&mut self, json: &Json, at: &At<'_>) -> Option<String> {
        match json {
            Json::String(text) => Some(text.clone()),
            other => {
                self.wrong_type(other, at, "a string");
                None
            }
        }
    }

    /// An array; null means empty, and so does a missing key unless it is required.
    fn array<T>(
        &mut self,
        keys: &mut Keys<'_>,
        key: &'static str,
        at: &At<'_>,
        required: bool,
        mut item: impl FnMut(&mut Self, &Json, &At<'_>) -> Option<T>,
    ) -> Vec<T> {
        let at_key = at.key(key);
        match keys.take(key) {
            Some(Json::Array(items)) => items
                .iter()
                .enumerate()
                .filter_map(|(index, value)| item(self, value, &at_key.index(index)))
                .collect(),
            Some(Json::Null) => Vec::new(),
            Some(other) => {
                self.wrong_type(other, &at_key, "an array");
                Vec::new()
            }
            None => {
                if required {
                    self.missing(at, key);
                }
                Vec::new()
            }
        }
    }

    fn object<'j>(&mut self, json: &'j Json, at: &At<'_>) -> Option<&'j Map<String, Json>> {
        match json {
            Json::Object(object) => Some(object),
            other => {
                self.wrong_type(other, at, "an object");
                None
            }
        }
    }

    /// Several missing keys of one object are one finding.
    fn missing(&mut self, at: &At<'_>, key: &str) {
        let location = Location::Path(at.path());
        // Nothing inside the object misses a key before the object's own keys are read, so it is the last such finding.
        let last = self.findings.iter_mut().rev().find(|finding| finding.code == MISSING_KEY);
        let known = last.filter(|finding| finding.document == self.document && finding.location == location);
        match known {
            Some(known) => known.message.push_str(&format!(", `{key}`")),
            None => self.findings.push(
                Finding::error(MISSING_KEY, self.document, at.path(), format!("missing here: `{key}`"))
                    .help("VAN documents these keys for every entry; fetch the responses again"),
            ),
        }
    }

    fn duplicate(&mut self, value: &Value, at: &At<'_>) {
        let message =
            format!("the id `{}` is already there; this value, `{}`, is left out", value.id, value.name);
        self.findings.push(
            Finding::warning(DUPLICATE_VALUE, self.document, at.key("id").path(), message)
                .help("an id names one value; the first one of the list counts"),
        );
    }

    fn wrong_type(&mut self, json: &Json, at: &At<'_>, expected: &str) {
        let found = match json {
            Json::Null => "null",
            Json::Bool(_) => "a boolean",
            Json::Number(_) => "a number",
            Json::String(_) => "a string",
            Json::Array(_) => "an array",
            Json::Object(_) => "an object",
        };
        self.findings.push(
            Finding::error(
                WRONG_TYPE,
                self.document,
                at.path(),
                format!("expected {expected}, found {found}"),
            )
            .help("VAN documents another type for this value; fetch the responses again"),
        );
    }
}

/// The way to a value, as long as it is being read: only problems need it as a path of its own.
#[derive(Clone, Copy)]
enum At<'a> {
    Root,
    Key(&'a At<'a>, &'a str),
    Index(&'a At<'a>, usize),
}

impl<'a> At<'a> {
    fn key(&'a self, key: &'a str) -> Self {
        Self::Key(self, key)
    }

    fn index(&'a self, index: usize) -> Self {
        Self::Index(self, index)
    }

    fn path(&self) -> JsonPath {
        match self {
            Self::Root => JsonPath::root(),
            Self::Key(before, key) => before.path().key(key),
            Self::Index(before, index) => before.path().index(*index),
        }
    }
}

/// The keys of an object, of which those that were taken are known.
struct Keys<'j> {
    object: &'j Map<String, Json>,
    taken: Vec<&'static str>,
}

impl<'j> Keys<'j> {
    fn of(object: &'j Map<String, Json>) -> Self {
        Self { object, taken: Vec::new() }
    }

    fn peek(&self, key: &str) -> Option<&'j Json> {
        self.object.get(key)
    }

    fn take(&mut self, key: &'static str) -> Option<&'j Json> {
        self.taken.push(key);
        self.object.get(key)
    }

    fn rest(self) -> Extra {
        self.object
            .iter()
            .filter(|(key, _)| !self.taken.contains(&key.as_str()))
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_side_by_side_is_what_is_read_in_one_piece() {
        let field =
            r#"{"name": "F", "hasPredefinedValues": 1, "extra": [{"deep": null}], "parents": [{}, 2]}"#;
        let items = format!(
            r#"[{{"name": "A", "fields": [{field}]}}, 3, {{"name": "B", "allowMultipleMode": "Single",
            "resourceTypes": ["R", null], "fields": null, "more": 1.50}}, {{}}]"#
        );
        for text in [items.clone(), format!(r#" {{"count": 4, "items": {items}, "nextPageLink": null}}"#)] {
            let (mut beside, mut whole) = (Vec::new(), Vec::new());
            let read = placed_mapping_types(&text, "it", &mut beside);
            assert!(side_by_side(&text, "it").is_some());
            let json = json(&text, "it", &mut whole).unwrap();
            let known = list(&json, "it", &mut whole, |reader, item, at| reader.placed(item, at));
            assert_eq!(beside, whole);
            assert_eq!(format!("{read:?}"), format!("{known:?}"));
            assert!(whole.len() > 5, "{whole:?}");
        }
    }

    #[test]
    fn what_is_no_list_is_told_with_its_place() {
        for text in [
            r#"{"items": 1}"#,
            r#"{"items": [{"name": "A"]}"#,
            "[1",
            "{}",
            "2",
            r#"{"items": [], "items": 1}"#,
        ] {
            let mut findings = Vec::new();
            assert!(side_by_side(text, "it").is_none(), "{text}");
            assert!(placed_mapping_types(text, "it", &mut findings).is_empty(), "{text}");
            assert_eq!(findings.len(), 1, "{text}: {findings:?}");
        }
    }
}
