//! How a field is filled: by a column of the file, or by one static value for the whole file.

use std::fmt;
use std::marker::PhantomData;

use crate::payload::{MappingValue, Text};
use crate::state::{Dynamic, Fixed, IsMapped};
use crate::values::Target;

/// A column of the upload file whose rows are `Row`s.
///
/// There is no way to name a column that is not in the file: a column comes from a row type, by the constants of
/// `#[derive(Row)]` or by [`column!`](crate::column!), or from a header that was read, by
/// [`Header::column`](crate::Header::column).
pub struct Column<Row> {
    name: Text,
    row: PhantomData<fn() -> Row>,
}

impl<Row> Column<Row> {
    /// For rows and headers, which know that the column exists.
    pub(crate) const fn known(name: Text) -> Self {
        Self { name, row: PhantomData }
    }

    /// The column's name, as the job tells it to VAN.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The name without the row type.
    pub(crate) fn into_name(self) -> Text {
        self.name
    }

    /// Says which predefined value each value of the column stands for. What VAN does with other values is not known.
    ///
    /// The targets are of one type: the field's `Any`, or [`raw`] ids.
    ///
    /// ```
    /// # use van_bulk::{Header, raw};
    /// let header = Header::new(["Kind"])?;
    /// let kind = header.column("Kind")?.translate([("landline", raw("H")), ("mobile", raw("C"))]);
    /// # let _ = kind;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn translate<T: Into<Text>, V: Target>(
        self,
        values: impl IntoIterator<Item = (T, V)>,
    ) -> Translated<Row, V> {
        let values = values.into_iter().map(|(source, target)| MappingValue {
            source_value: source.into(),
            target_value: target.into_id(),
        });
        Translated { column: self.name, values: values.collect(), types: PhantomData }
    }
}

impl<Row> Clone for Column<Row> {
    fn clone(&self) -> Self {
        Self::known(self.name.clone())
    }
}

impl<Row> fmt::Debug for Column<Row> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Column").field(&self.name).finish()
    }
}

impl<Row> PartialEq for Column<Row> {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl<Row> Eq for Column<Row> {}

/// One text for the whole file, made by [`static_value`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaticValue(Text);

/// Fills a field with the same text in every row. For fields without predefined values.
///
/// ```
/// let when = van_bulk::static_value("2026-11-03");
/// # let _ = when;
/// ```
pub fn static_value(text: impl Into<Text>) -> StaticValue {
    StaticValue(text.into())
}

/// The id of a predefined value that is not among the generated ones, made by [`raw`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Raw(Text);

/// Fills a field that has predefined values with the value of this id in every row.
///
/// The compiler cannot check the id: use it where the snapshot has no list of the field's values, or where the id is
/// known only when the program runs.
///
/// ```
/// let code = van_bulk::raw("4567");
/// # let _ = code;
/// ```
pub fn raw(id: impl Into<Text>) -> Raw {
    Raw(id.into())
}

/// How a field is filled, as the builder core stores it.
// A tag of its own is read at once; one that is kept inside a text has to be worked out for every field of a job.
#[derive(Debug, Clone, PartialEq, Eq)]
#[repr(u8)]
pub enum Source {
    /// By the column of this name.
    ColumnName(Text),
    /// By this text in every row.
    StaticText(Text),
    /// By the column of this name, whose values stand for others.
    Translated(Text, Vec<MappingValue>),
}

/// A column whose values stand for predefined values, made by [`Column::translate`].
pub struct Translated<Row, V> {
    column: Text,
    values: Vec<MappingValue>,
    types: PhantomData<fn() -> (Row, V)>,
}

impl<Row, V> fmt::Debug for Translated<Row, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Translated").field("column", &self.column).field("values", &self.values).finish()
    }
}

#[diagnostic::do_not_recommend]
impl<Row, V> IntoSource for Translated<Row, V> {
    type State = Dynamic;
    fn into_source(self) -> Source {
        Source::Translated(self.column, self.values)
    }
}

/// Anything that can fill some field.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot fill a field",
    label = "neither a column nor a value",
    note = "use a column of the file, `static_value(..)`, or one of the field's predefined values"
)]
pub trait IntoSource {
    /// What the builder knows of a field that is filled this way.
    type State: IsMapped;
    /// The source without its type.
    fn into_source(self) -> Source;
}

#[diagnostic::do_not_recommend]
impl<Row> IntoSource for Column<Row> {
    type State = Dynamic;
    fn into_source(self) -> Source {
        Source::ColumnName(self.name)
    }
}

#[diagnostic::do_not_recommend]
impl IntoSource for StaticValue {
    type State = Dynamic;
    fn into_source(self) -> Source {
        Source::StaticText(self.0)
    }
}

#[diagnostic::do_not_recommend]
impl IntoSource for Raw {
    type State = Dynamic;
    fn into_source(self) -> Source {
        Source::StaticText(self.0)
    }
}

/// A predefined value of one field; the generator writes one type for each value of a short list.
pub trait PredefinedValue {
    /// What the job sends.
    const ID: &'static str;
}

#[diagnostic::do_not_recommend]
impl<V: PredefinedValue> IntoSource for V {
    type State = Fixed<V>;
    fn into_source(self) -> Source {
        Source::StaticText(Text::Borrowed(V::ID))
    }
}

/// What fills `Field`, a field without predefined values: a column of the job's rows, or a text.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot fill the field `{Field}`",
    label = "not a source for `{Field}`",
    note = "use a column of `{Row}`, or one text for the whole file: `static_value(\"..\")`"
)]
pub trait FillsText<Field, Row>: IntoSource {}

#[diagnostic::do_not_recommend]
impl<Field, Row> FillsText<Field, Row> for Column<Row> {}
#[diagnostic::do_not_recommend]
impl<Field, Row> FillsText<Field, Row> for StaticValue {}

/// What fills `Field`, a field with predefined values of which none are known: a column of the job's rows, whose values may be
/// translated into ids, or the id of a value.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot fill the field `{Field}`",
    label = "not a source for `{Field}`",
    note = "use a column of `{Row}`, or `raw(\"id\")`"
)]
pub trait FillsId<Field, Row>: IntoSource {}

#[diagnostic::do_not_recommend]
impl<Field, Row> FillsId<Field, Row> for Column<Row> {}
#[diagnostic::do_not_recommend]
impl<Field, Row> FillsId<Field, Row> for Raw {}
#[diagnostic::do_not_recommend]
impl<Field, Row> FillsId<Field, Row> for Translated<Row, Raw> {}

/// What fills `Field`, a field with predefined values of which none are known and that VAN takes only as a static value: the
/// id of a value.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot fill the field `{Field}`",
    label = "not a source for `{Field}`",
    note = "VAN takes one value for the whole file (`canBeMappedToColumn: false`): use `raw(\"id\")`"
)]
pub trait FillsStaticId<Field>: IntoSource {}

#[diagnostic::do_not_recommend]
impl<Field> FillsStaticId<Field> for Raw {}

/// What fills `Field`, a field without predefined values that VAN takes only as a static value: a text.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot fill the field `{Field}`, which takes one text for the whole file",
    label = "`{Field}` cannot be mapped to a column",
    note = "VAN reports `canBeMappedToColumn: false` for it: use `static_value(\"..\")`"
)]
pub trait FillsStaticText<Field>: IntoSource {}

#[diagnostic::do_not_recommend]
impl<Field> FillsStaticText<Field> for StaticValue {}
