//! The core of every builder, and what makes a builder fit into a job.

use std::marker::PhantomData;

use crate::payload::{FieldValueMapping, MappingType, Text};
use crate::rules::{MappingRules, Problem};
use crate::source::{IntoSource, Source};

/// What a builder holds: one pointer to the mapping it builds.
///
/// One pointer, because a builder moves through every call of a chain; and one function that is not generic for all
/// setters, because they would otherwise be compiled again and again in the user's crate.
#[derive(Debug)]
pub struct MappingCore(Box<MappingType>);

impl MappingCore {
    /// A mapping of the type `name`, with room for `fields` fields.
    #[doc(hidden)]
    #[inline(never)]
    pub fn new(name: &'static str, fields: usize) -> Self {
        Self(Box::new(MappingType {
            name: Text::Borrowed(name),
            result_file_column_name: None,
            field_value_mappings: Vec::with_capacity(fields),
        }))
    }

    /// Fills `field`; the last source wins.
    #[doc(hidden)]
    #[inline(never)]
    pub fn with(mut self, field: &'static str, source: Source) -> Self {
        let (column_name, static_value, values) = match source {
            Source::ColumnName(name) => (Some(name), None, Vec::new()),
            Source::StaticText(value) => (None, Some(value), Vec::new()),
            Source::Translated(name, values) => (Some(name), None, values),
        };
        let mapping =
            FieldValueMapping { field_name: Text::Borrowed(field), column_name, static_value, values };
        let fields = &mut self.0.field_value_mappings;
        match fields.iter_mut().find(|known| known.field_name == field) {
            Some(known) => *known = mapping,
            None => fields.push(mapping),
        }
        self
    }

    /// The same from anything that fills a field; all that a setter does.
    #[doc(hidden)]
    pub fn fill(self, field: &'static str, source: impl IntoSource) -> Self {
        self.with(field, source.into_source())
    }

    /// The mapping as the payload holds it.
    #[doc(hidden)]
    pub fn into_mapping(self) -> MappingType {
        *self.0
    }
}

/// A mapping that can be applied to a job over `Row`s of the resource type `Resource`, as long as `Slots` has room.
///
/// The generator implements it for every builder, with the conditions that VAN sets.
#[diagnostic::on_unimplemented(
    message = "this mapping cannot be applied to a job over `{Row}` rows",
    label = "not a mapping over `{Row}`",
    note = "its columns must be columns of the job's row type `{Row}`"
)]
pub trait Apply<Resource, Row, Slots> {
    /// The rules of the mapping type as data.
    const RULES: &'static MappingRules<'static>;
    /// The job's slots afterwards.
    type Next;
    /// The mapping without its type.
    fn into_mapping(self) -> MappingType;
}

/// A mapping whose rules are checked when the program runs, over `Row`s.
///
/// Every builder becomes one by `.into()`, whatever its states: for mappings that are put together in branches or loops.
/// [`Job::apply_checked`](crate::Job::apply_checked) takes it.
#[derive(Debug)]
pub struct Mapping<Row> {
    pub(crate) rules: &'static MappingRules<'static>,
    pub(crate) mapping: MappingType,
    row: PhantomData<fn() -> Row>,
}

impl<Row> Mapping<Row> {
    /// For the builders, which know their rules.
    #[doc(hidden)]
    pub fn new(rules: &'static MappingRules<'static>, core: MappingCore) -> Self {
        Self { rules, mapping: core.into_mapping(), row: PhantomData }
    }

    /// Every rule that the mapping breaks by itself.
    pub fn problems(&self) -> Vec<Problem> {
        self.rules.check(&self.mapping)
    }
}
