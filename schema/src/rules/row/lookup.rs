//! From what a cell holds to a predefined value.
//!
//! The maps hash fast rather than safely: what is put into them is the schema and the job, never a row.

use rustc_hash::FxHashMap;

use super::plan::Limit;
use crate::model::{ParentLimit, Value, ValueList};
use crate::payload::FieldValueMapping;

/// How the value of a field is found.
#[derive(Debug, Clone)]
pub(super) enum Lookup {
    /// Nothing fills the field.
    Unfilled,
    /// Every row has the first choice.
    Static,
    /// The cell is the value.
    Cell,
    /// The job says which choice each cell stands for.
    Translated(FxHashMap<String, usize>),
    /// The cell is the id or the unique name of a choice.
    Listed { by_id: FxHashMap<String, usize>, by_name: FxHashMap<String, Option<usize>> },
}

/// A value that a field can have.
#[derive(Debug, Clone)]
pub(super) struct Choice {
    pub(super) id: String,
    /// Its name, if the value is of a list.
    pub(super) name: Option<String>,
    /// What it asks of parents.
    pub(super) limits: Vec<Limit>,
}

impl Lookup {
    /// How an entry of the job finds the value, and the values it may find. `limits` looks up parents.
    pub(super) fn new(
        entry: Option<&FieldValueMapping>,
        values: Option<&ValueList>,
        limits: &impl Fn(Vec<ParentLimit<'_>>) -> Vec<Limit>,
    ) -> (Self, Vec<Choice>) {
        let listed = |value: &Value| Choice {
            id: value.id.clone(),
            name: Some(value.name.clone()),
            limits: limits(value.parent_limits()),
        };
        let choice = |id: &str| {
            let known = values.and_then(|values| values.by_id(id));
            known.map_or_else(|| Choice { id: id.to_owned(), name: None, limits: Vec::new() }, listed)
        };
        let Some(entry) = entry else { return (Self::Unfilled, Vec::new()) };
        if entry.column_name.is_none() {
            return (Self::Static, entry.static_value.iter().map(|value| choice(value)).collect());
        }
        if !entry.values.is_empty() {
            let choices = entry.values.iter().map(|value| choice(&value.target_value)).collect();
            let sources = entry.values.iter().map(|value| value.source_value.trim().to_owned());
            return (Self::Translated(sources.zip(0..).collect()), choices);
        }
        match values {
            None => (Self::Cell, Vec::new()),
            Some(values) => (Self::listed(values), values.values.iter().map(listed).collect()),
        }
    }

    fn listed(values: &ValueList) -> Self {
        let mut by_id = FxHashMap::default();
        let mut by_name = FxHashMap::default();
        for (index, value) in values.values.iter().enumerate() {
            by_id.entry(value.id.clone()).or_insert(index);
            // A name that several values have stands for none of them.
            by_name.entry(value.name.to_lowercase()).and_modify(|known| *known = None).or_insert(Some(index));
        }
        Self::Listed { by_id, by_name }
    }
}

/// Looks names up ignoring case as [`same_name`](van_bulk::header::same_name) does, with one buffer for all.
#[derive(Debug, Default)]
pub(super) struct Folded(String);

impl Folded {
    pub(super) fn find(&mut self, names: &FxHashMap<String, Option<usize>>, name: &str) -> Option<usize> {
        if name.is_ascii() {
            self.0.clear();
            self.0.push_str(name);
            self.0.make_ascii_lowercase();
            names.get(&self.0).copied().flatten()
        } else {
            names.get(&name.to_lowercase()).copied().flatten()
        }
    }
}
