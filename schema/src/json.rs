//! Places in JSON text.

use std::collections::HashMap;
use std::fmt;
use std::ops::Range;

use serde_json::value::RawValue;

/// One step from a JSON value to a value inside it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// A key of an object.
    Key(String),
    /// A zero-based index of an array.
    Index(usize),
}

/// The way from the root of a JSON document to a value, written like VAN's: `items[3].fields[0].name`.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct JsonPath(Vec<Step>);

impl JsonPath {
    /// The whole document.
    pub fn root() -> Self {
        Self::default()
    }

    /// Whether this is the whole document.
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// The value under `key`.
    #[must_use]
    pub fn key(&self, key: &str) -> Self {
        self.step(Step::Key(key.to_owned()))
    }

    /// The value at `index`.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        self.step(Step::Index(index))
    }

    fn step(&self, step: Step) -> Self {
        let mut steps = Vec::with_capacity(self.0.len() + 1);
        steps.extend_from_slice(&self.0);
        steps.push(step);
        Self(steps)
    }
}

impl fmt::Display for JsonPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, step) in self.0.iter().enumerate() {
            match step {
                Step::Key(key) if position == 0 => f.write_str(key)?,
                Step::Key(key) => write!(f, ".{key}")?,
                Step::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

/// The bytes of the value at `path` in `text`; see [`Locator::locate`], which is faster for several paths.
pub fn locate(text: &str, path: &JsonPath) -> Range<usize> {
    Locator::new(text).locate(path)
}

/// Finds values in one JSON text by their paths. What lies on the way is parsed once.
#[derive(Debug)]
pub struct Locator<'t> {
    text: &'t str,
    /// By the offset of the value.
    parsed: HashMap<usize, Children<'t>>,
}

#[derive(Debug)]
enum Children<'t> {
    Object(HashMap<String, &'t RawValue>),
    Array(Vec<&'t RawValue>),
    None,
}

impl<'t> Locator<'t> {
    /// For `text`, of which nothing is parsed yet.
    pub fn new(text: &'t str) -> Self {
        Self { text, parsed: HashMap::new() }
    }

    /// The bytes of the value at `path`.
    ///
    /// A path that leads nowhere gives the innermost value that exists, so a missing key is shown as the object that
    /// lacks it. Text that is not JSON gives an empty range.
    pub fn locate(&mut self, path: &JsonPath) -> Range<usize> {
        let Ok(mut value) = serde_json::from_str::<&RawValue>(self.text) else {
            return 0..0;
        };
        for step in &path.0 {
            let children =
                self.parsed.entry(offset_in(self.text, value)).or_insert_with(|| Children::of(value));
            let inner = match (step, children) {
                (Step::Key(key), Children::Object(object)) => object.get(key.as_str()).copied(),
                (Step::Index(index), Children::Array(array)) => array.get(*index).copied(),
                _ => None,
            };
            match inner {
                Some(inner) => value = inner,
                None => break,
            }
        }
        let start = offset_in(self.text, value);
        start..start + value.get().len()
    }
}

impl<'t> Children<'t> {
    fn of(value: &'t RawValue) -> Self {
        match value.get().as_bytes().first() {
            Some(b'{') => serde_json::from_str(value.get()).map_or(Self::None, Self::Object),
            Some(b'[') => serde_json::from_str(value.get()).map_or(Self::None, Self::Array),
            _ => Self::None,
        }
    }
}

/// `RawValue` borrows from the text, so the distance of the two pointers is the offset.
fn offset_in(text: &str, value: &RawValue) -> usize {
    (value.get().as_ptr() as usize).saturating_sub(text.as_ptr() as usize)
}

/// The byte offset of a line and column, both counted from 1, as `serde_json` reports them.
pub fn offset(text: &str, line: usize, column: usize) -> usize {
    let start: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    (start + column.saturating_sub(1)).min(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_written_as_van_writes_it() {
        let path = JsonPath::root().key("items").index(3).key("fields").index(0).key("name");
        assert_eq!(path.to_string(), "items[3].fields[0].name");
    }

    #[test]
    fn a_value_is_found_by_its_path() {
        let text = r#"{ "items": [ {"name": "A"}, {"name": "B" } ] }"#;
        let path = JsonPath::root().key("items").index(1).key("name");
        assert_eq!(&text[locate(text, &path)], "\"B\"");
    }

    #[test]
    fn a_missing_key_is_shown_as_the_object_that_lacks_it() {
        let text = r#"{ "items": [ {"name": "A"} ] }"#;
        let path = JsonPath::root().key("items").index(0).key("fields");
        assert_eq!(&text[locate(text, &path)], r#"{"name": "A"}"#);
    }

    #[test]
    fn text_that_is_not_json_has_no_places() {
        assert_eq!(locate("{", &JsonPath::root().key("items")), 0..0);
    }

    #[test]
    fn a_line_and_column_become_an_offset() {
        assert_eq!(offset("ab\ncd", 2, 2), 4);
        assert_eq!(offset("ab", 9, 9), 2);
    }
}
