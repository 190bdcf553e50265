//! The core of every builder, and what makes a builder fit into a job.

use std::marker::PhantomData;

use crate::payload::{FieldValueMapping, MappingType, MappingValue, Text};
use crate::rules::{MappingRules, Problem};
use crate::source::{IntoSource, Source};

/// What a builder holds: one pointer to the mapping it builds.
///
/// One pointer, because a builder moves through every call of a chain; and one function that is not generic for all
/// setters, because they would otherwise be compiled again and again in the user's crate.
#[derive(Debug)]
pub struct MappingCore(Box<Inner>);

#[derive(Debug)]
struct Inner {
    mapping: MappingType,
    /// Which of the first fields of the mapping type are filled, so that a setter need not search for its field. Setters of
    /// later ones search.
    filled: [bool; 256],
}

impl MappingCore {
    /// A mapping of the type `name`, with room for `fields` fields.
    #[doc(hidden)]
    #[inline(never)]
    pub fn new(name: &'static str, fields: usize) -> Self {
        let mapping = MappingType {
            name: Text::Borrowed(name),
            result_file_column_name: None,
            field_value_mappings: Vec::with_capacity(fields),
        };
        Self(Box::new(Inner { mapping, filled: [false; 256] }))
    }

    /// Fills `field`, which has this place among those of the mapping type; the last source wins.
    #[doc(hidden)]
    #[inline(never)]
    pub fn with(mut self, index: usize, field: &'static str, source: Source) -> Self {
        if self.0.may_be_filled(index) || self.0.is_full() {
            return self.put(field, source);
        }
        // There is room, and each arm knows its mapping: it is written where it stays, and moved nowhere.
        let fields = &mut self.0.mapping.field_value_mappings;
        match source {
            Source::ColumnName(name) => fields.push(FieldValueMapping::of_column(field, name, Vec::new())),
            Source::StaticText(text) => fields.push(FieldValueMapping::of_text(field, text)),
            Source::Translated(name, values) => return self.put(field, Source::Translated(name, values)),
        }
        self
    }

    /// Puts a mapping into the place of an earlier one of the same field, or behind the last.
    #[cold]
    #[inline(never)]
    fn put(mut self, field: &'static str, source: Source) -> Self {
        let mapping = FieldValueMapping::new(field, source);
        let fields = &mut self.0.mapping.field_value_mappings;
        match fields.iter_mut().find(|known| known.field_name == mapping.field_name) {
            Some(known) => *known = mapping,
            None => fields.push(mapping),
        }
        self
    }

    /// The same from anything that fills a field; all that a setter does.
    #[doc(hidden)]
    pub fn fill(self, index: usize, field: &'static str, source: impl IntoSource) -> Self {
        self.with(index, field, source.into_source())
    }

    /// The mapping as the payload holds it.
    #[doc(hidden)]
    pub fn into_mapping(self) -> MappingType {
        self.0.mapping
    }
}

impl FieldValueMapping {
    fn new(field: &'static str, source: Source) -> Self {
        match source {
            Source::ColumnName(name) => Self::of_column(field, name, Vec::new()),
            Source::StaticText(text) => Self::of_text(field, text),
            Source::Translated(name, values) => Self::of_column(field, name, values),
        }
    }

    #[inline]
    fn of_column(field: &'static str, name: Text, values: Vec<MappingValue>) -> Self {
        Self { field_name: Text::Borrowed(field), column_name: Some(name), static_value: None, values }
    }

    #[inline]
    fn of_text(field: &'static str, text: Text) -> Self {
        let field_name = Text::Borrowed(field);
        Self { field_name, column_name: None, static_value: Some(text), values: Vec::new() }
    }
}

impl Inner {
    /// Whether there is no room for another mapping.
    fn is_full(&self) -> bool {
        let fields = &self.mapping.field_value_mappings;
        fields.len() == fields.capacity()
    }

    /// Whether a field was filled before, as far as that is known without a search; it is filled from now on.
    fn may_be_filled(&mut self, index: usize) -> bool {
        self.filled.get_mut(index).is_none_or(|filled| std::mem::replace(filled, true))
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

#[cfg(test)]
mod tests {
    use super::*;

    fn text(value: &'static str) -> Source {
        Source::StaticText(Text::Borrowed(value))
    }

    #[test]
    fn the_last_source_of_a_field_wins_at_the_place_of_the_first_however_many_fields_there_are() {
        for (first, second) in [(0, 1), (63, 64), (200, 255), (255, 256), (300, 4_000)] {
            let core = MappingCore::new("M", 2);
            let core =
                core.with(first, "A", text("1")).with(second, "B", text("2")).with(first, "A", text("3"));
            let mapping = core.into_mapping();
            let filled: Vec<_> = mapping
                .field_value_mappings
                .iter()
                .map(|field| (field.field_name.as_ref(), field.static_value.as_deref()))
                .collect();
            assert_eq!(filled, [("A", Some("3")), ("B", Some("2"))], "{first} and {second}");
        }
    }
}
