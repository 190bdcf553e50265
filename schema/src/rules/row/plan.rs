//! A job with every name looked up once.

use std::collections::BTreeSet;
use std::fmt;

use van_bulk::header::same_name;
use van_bulk::rules::Multiplicity;

use super::lookup::{Choice, Lookup};
use super::read::Rows;
use crate::by_name;
use crate::finding::{Finding, Severity};
use crate::key_column;
use crate::model::{self, ParentLimit, Schema};
use crate::payload::{self, FieldValueMapping, Payload};
use crate::rules::{self, Required, codes, engine};

/// What a job may lack while its rows are judged: it says nothing about them.
const NOT_ABOUT_ROWS: [&str; 3] = [codes::DESCRIPTION, codes::FILE_NAME, codes::SOURCE_URL];

/// The rows of a job cannot be judged, because the job itself breaks rules.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub struct PlanError {
    /// The errors, as [`check`](rules::check) finds them; at least one.
    pub findings: Vec<Finding>,
}

impl fmt::Display for PlanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the rows cannot be checked before the job is right")?;
        self.findings.iter().try_for_each(|finding| write!(f, "\n  - {finding}"))
    }
}

/// How a job reads and judges each row of its file. It borrows nothing, and threads can share it.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The names of the columns.
    pub(super) columns: Vec<String>,
    /// The column that says which record a row is about.
    pub(super) key: Option<Column>,
    pub(super) mappings: Vec<Mapping>,
    pub(super) selections: Selections,
    /// The mappings of each `SinglePerType` mapping type that is there more than once.
    pub(super) typed: Vec<Typed>,
}

/// Which fields each rule is about, by mapping and field, so that a row costs no look at the others.
#[derive(Debug, Clone, Default)]
pub(super) struct Selections {
    /// Those whose values are known: predefined or translated.
    pub(super) looked_up: Vec<(usize, usize)>,
    /// Those that can be required.
    pub(super) required: Vec<(usize, usize)>,
    /// Those that depend on others.
    pub(super) children: Vec<(usize, usize)>,
    /// Those of them that only some values of others allow.
    pub(super) limited: Vec<(usize, usize)>,
    /// Those with a value that asks something of other fields.
    pub(super) limiting: Vec<(usize, usize)>,
    /// Those whose texts have a greatest length.
    pub(super) bounded: Vec<(usize, usize)>,
    /// The columns of these, each with the greatest length: what tells at little cost that no text is too long.
    pub(super) bounds: Vec<(usize, usize)>,
    /// Those that are ids of VAN's.
    pub(super) ids: Vec<(usize, usize)>,
}

impl Selections {
    fn new(mappings: &[Mapping]) -> Self {
        let which = |is: &dyn Fn(&Mapping, &Field) -> bool| {
            let mut selected = Vec::new();
            for (index, mapping) in mappings.iter().enumerate() {
                let numbered = mapping.fields.iter().enumerate();
                selected.extend(
                    numbered.filter(|(_, field)| is(mapping, field)).map(|(field, _)| (index, field)),
                );
            }
            selected
        };
        let is_looked_up =
            |field: &Field| matches!(field.lookup, Lookup::Translated(_) | Lookup::Listed { .. });
        let fields = mappings.iter().flat_map(|mapping| &mapping.fields);
        let bounds = fields.filter_map(|field| Some((field.column.as_ref()?.index, field.max_characters?)));
        Self {
            bounds: bounds.collect(),
            looked_up: which(&|_, field| is_looked_up(field)),
            required: which(&|_, field| field.required != Required::No),
            children: which(&|_, field| !field.parents.is_empty()),
            limited: which(&|_, field| field.parents.iter().any(|parent| parent.allowed.is_some())),
            limiting: which(&|_, field| field.choices.iter().any(|choice| !choice.limits.is_empty())),
            bounded: which(&|_, field| field.max_characters.is_some()),
            ids: which(&|mapping, field| {
                mapping.name == key_column::CREATE_OR_UPDATE_CONTACT && field.name == key_column::VAN_ID
            }),
        }
    }
}

/// One mapping of the job.
#[derive(Debug, Clone)]
pub(super) struct Mapping {
    pub(super) name: String,
    /// The fields that it fills, and the required ones that it does not.
    pub(super) fields: Vec<Field>,
    /// What each of them is read from: close together, since every row is read by them.
    pub(super) sources: Vec<Source>,
    /// Which fields have a static value and parents.
    pub(super) static_children: Vec<usize>,
}

/// What a field is read from.
#[derive(Debug, Clone, Copy)]
pub(super) enum Source {
    /// Nothing fills it.
    Nothing,
    /// Every row has its first choice.
    Static,
    /// The column of this index, whose cells are the values.
    Cell(usize),
    /// The column of this index, whose cells are looked up.
    LookedUp(usize),
}

/// A field of a mapping.
#[derive(Debug, Clone)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) column: Option<Column>,
    pub(super) lookup: Lookup,
    /// The values that the lookup leads to.
    pub(super) choices: Vec<Choice>,
    pub(super) required: Required,
    pub(super) parents: Vec<Limit>,
    pub(super) any_parent: bool,
    /// How many characters a text may have, as far as it is known.
    pub(super) max_characters: Option<usize>,
}

/// A column that fills a field.
#[derive(Debug, Clone)]
pub(super) struct Column {
    pub(super) index: usize,
    pub(super) name: String,
}

/// What a field, or one of its values, asks of a parent.
#[derive(Debug, Clone)]
pub(super) struct Limit {
    /// The name of the parent.
    pub(super) parent: String,
    /// Which field of the mapping it is, if the mapping fills it.
    pub(super) field: Option<usize>,
    /// The values that allow it; nothing if any does.
    pub(super) allowed: Option<BTreeSet<String>>,
}

/// Mappings of one `SinglePerType` mapping type.
#[derive(Debug, Clone)]
pub(super) struct Typed {
    /// The name of the field that says the type.
    pub(super) field: String,
    /// Each mapping with its type field, if it fills it.
    pub(super) mappings: Vec<(usize, Option<usize>)>,
}

impl Plan {
    /// Plans a job; mappings that VAN infers from column names are written out.
    ///
    /// The job may still lack its description, the name of its file and the address of the zip.
    ///
    /// # Errors
    /// When the job breaks any other rule, with all that it breaks. Doubts are no errors.
    pub fn new(schema: &Schema, payload: &Payload) -> Result<Self, PlanError> {
        let mut findings = rules::check(schema, payload);
        findings
            .retain(|finding| finding.severity == Severity::Error && !NOT_ABOUT_ROWS.contains(&finding.code));
        if !findings.is_empty() {
            return Err(PlanError { findings });
        }
        let job = by_name::expand(schema, payload);
        let columns: Vec<&str> = job.file.columns.iter().map(|column| column.name.as_ref()).collect();
        // There is exactly one action, and all its names are known: that was checked above.
        let uses = job.actions.iter().flat_map(|action| &action.mapping_types);
        let uses: Vec<(&payload::MappingType, &model::MappingType)> =
            uses.filter_map(|mapping| Some((mapping, schema.mapping_type(&mapping.name)?))).collect();
        let mappings: Vec<Mapping> =
            uses.iter().map(|(mapping, known)| plan_mapping(schema, mapping, known, &columns)).collect();
        let typed = typed(schema, &uses, &mappings);
        let key = job.actions.first().and_then(|action| key(action, &columns));
        let columns = columns.iter().map(|name| (*name).to_owned()).collect();
        let selections = Selections::new(&mappings);
        Ok(Self { columns, key, mappings, selections, typed })
    }

    /// For rows of which nothing but the columns is known.
    pub fn without_mappings(columns: &[impl AsRef<str>]) -> Self {
        let columns = columns.iter().map(|name| name.as_ref().to_owned()).collect();
        Self {
            columns,
            key: None,
            mappings: Vec::new(),
            selections: Selections::default(),
            typed: Vec::new(),
        }
    }

    /// Judges rows one after the other.
    pub fn rows(&self) -> Rows<'_> {
        Rows::new(self)
    }

    /// How many cells a row has.
    pub fn columns(&self) -> usize {
        self.columns.len()
    }
}

fn plan_mapping(
    schema: &Schema,
    mapping: &payload::MappingType,
    known: &model::MappingType,
    columns: &[&str],
) -> Mapping {
    let entry = |name: &str| mapping.field_value_mappings.iter().find(|entry| entry.field_name == name);
    let used: Vec<(&model::Field, Option<&FieldValueMapping>)> = known
        .fields
        .iter()
        .map(|field| (field, entry(&field.name)))
        .filter(|(field, entry)| entry.is_some() || field.is_required)
        .collect();
    let limits = |limits: Vec<ParentLimit<'_>>| -> Vec<Limit> {
        let index = |name: &str| used.iter().position(|(field, _)| field.name == name);
        limits.into_iter().map(|limit| Limit::new(&limit, index(limit.parent))).collect()
    };
    let fields: Vec<Field> = used
        .iter()
        .map(|(field, entry)| {
            let values = schema.values(&known.name, &field.name);
            let (lookup, choices) = Lookup::new(*entry, values, &limits);
            Field {
                name: field.name.clone(),
                column: entry.and_then(|entry| column(entry, columns)),
                lookup,
                choices,
                required: engine::required(schema, known, field),
                parents: limits(field.parent_limits()),
                any_parent: schema.any_parent(&known.name, &field.name),
                max_characters: schema.max_characters(&known.name, &field.name),
            }
        })
        .collect();
    let has_static_value =
        |field: &Field| matches!(field.lookup, Lookup::Static) && !field.parents.is_empty();
    let numbered = fields.iter().enumerate();
    let static_children =
        numbered.filter(|(_, field)| has_static_value(field)).map(|(index, _)| index).collect();
    let sources = fields.iter().map(Source::of).collect();
    Mapping { name: known.name.clone(), fields, sources, static_children }
}

/// The column that says which record a row is about, unless a mapping finds it.
fn key(action: &payload::Action, columns: &[&str]) -> Option<Column> {
    let name = key_column::key(&action.resource_type)?;
    if name == key_column::VAN_ID && !key_column::is_needed(action) {
        return None;
    }
    let index = columns.iter().position(|column| same_name(column, name))?;
    Some(Column { index, name: (*columns.get(index)?).to_owned() })
}

fn column(entry: &FieldValueMapping, columns: &[&str]) -> Option<Column> {
    let name = entry.column_name.as_deref()?;
    let index = columns.iter().position(|column| same_name(column, name))?;
    Some(Column { index, name: (*columns.get(index)?).to_owned() })
}

impl Source {
    fn of(field: &Field) -> Self {
        match (&field.lookup, &field.column) {
            (Lookup::Static, _) => Self::Static,
            (Lookup::Unfilled, _) | (_, None) => Self::Nothing,
            (Lookup::Cell, Some(column)) => Self::Cell(column.index),
            (Lookup::Translated(_) | Lookup::Listed { .. }, Some(column)) => Self::LookedUp(column.index),
        }
    }
}

impl Limit {
    fn new(limit: &ParentLimit<'_>, field: Option<usize>) -> Self {
        let allowed = limit.allowed.as_ref();
        let allowed = allowed.map(|ids| ids.iter().map(|id| (*id).to_owned()).collect());
        Self { parent: limit.parent.to_owned(), field, allowed }
    }

    pub(super) fn allows(&self, id: &str) -> bool {
        self.allowed.as_ref().is_none_or(|allowed| allowed.contains(id))
    }
}

fn typed(
    schema: &Schema,
    uses: &[(&payload::MappingType, &model::MappingType)],
    mappings: &[Mapping],
) -> Vec<Typed> {
    let mut typed: Vec<(&str, Typed)> = Vec::new();
    for (index, ((_, known), mapping)) in uses.iter().zip(mappings).enumerate() {
        let Multiplicity::SinglePerType(name) = engine::multiplicity(schema, known) else { continue };
        let own = (index, mapping.fields.iter().position(|field| field.name == name));
        match typed.iter_mut().find(|(mapping_type, _)| *mapping_type == known.name) {
            Some((_, typed)) => typed.mappings.push(own),
            None => typed.push((&known.name, Typed { field: name.to_owned(), mappings: vec![own] })),
        }
    }
    typed.into_iter().map(|(_, typed)| typed).filter(|typed| typed.mappings.len() > 1).collect()
}
