//! Rows of the upload file as a type of the program.

use std::fmt;
use std::marker::PhantomData;

use crate::cell::{Cell, CellText};
use crate::source::Column;

/// One record of an upload file.
///
/// `#[derive(Row)]` makes a row type of a struct, with a constant for each column:
///
/// ```
/// use van_bulk::{Cells, Row};
///
/// #[derive(Row)]
/// struct Signup {
///     first_name: String,
///     #[row(column = "VanID")]
///     van_id: Option<u32>,
/// }
///
/// assert_eq!(Signup::COLUMNS, ["FirstName", "VanID"]);
/// assert_eq!(Signup::VAN_ID.name(), "VanID");
///
/// let mut cells = Cells::new();
/// Signup { first_name: "Ada".to_owned(), van_id: None }.write(&mut cells);
/// assert_eq!(cells.iter().collect::<Vec<_>>(), ["Ada", ""]);
/// ```
///
/// A type that the derive does not fit takes two items by hand, and [`column!`](crate::column!) for its columns:
///
/// ```
/// use van_bulk::{Cells, Column, Row, column};
///
/// /// Answers to three questions.
/// struct Answers([String; 3]);
///
/// impl Answers {
///     const FIRST: Column<Self> = column!(Answers, "Answer1");
/// }
///
/// impl Row for Answers {
///     const COLUMNS: &'static [&'static str] = &["Answer1", "Answer2", "Answer3"];
///
///     fn write(&self, cells: &mut Cells) {
///         for answer in &self.0 {
///             cells.push(answer);
///         }
///     }
/// }
/// # assert_eq!(Answers::FIRST.name(), "Answer1");
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a row",
    label = "not a row",
    note = "write `#[derive(van_bulk::Row)]` above the struct, or `impl van_bulk::Row`"
)]
pub trait Row {
    /// The names of the columns in the order of the file: 1 to 50, unique ignoring case.
    const COLUMNS: &'static [&'static str];

    /// Hands over every cell, in the order of [`COLUMNS`](Self::COLUMNS).
    fn write(&self, cells: &mut Cells);
}

#[diagnostic::do_not_recommend]
impl<R: Row> Row for &R {
    const COLUMNS: &'static [&'static str] = R::COLUMNS;

    fn write(&self, cells: &mut Cells) {
        (**self).write(cells);
    }
}

#[diagnostic::do_not_recommend]
impl<R: Row> Row for Box<R> {
    const COLUMNS: &'static [&'static str] = R::COLUMNS;

    fn write(&self, cells: &mut Cells) {
        (**self).write(cells);
    }
}

/// `None` is a blank cell for each column; that is of use for a flattened field.
#[diagnostic::do_not_recommend]
impl<R: Row> Row for Option<R> {
    const COLUMNS: &'static [&'static str] = R::COLUMNS;

    fn write(&self, cells: &mut Cells) {
        match self {
            Some(row) => row.write(cells),
            None => R::COLUMNS.iter().for_each(|_| cells.push("")),
        }
    }
}

/// The cells of one row, in the order of the columns.
///
/// They share one buffer, so that writing many rows allocates nothing once it has grown:
///
/// ```
/// use van_bulk::{Cells, Row};
///
/// # #[derive(Row)]
/// # struct Signup { name: &'static str, zip: u32 }
/// # let signups = [Signup { name: "Ada", zip: 12345 }, Signup { name: "Bo", zip: 54321 }];
/// let mut cells = Cells::new();
/// for signup in &signups {
///     cells.clear();
///     signup.write(&mut cells);
///     println!("{}", cells.iter().collect::<Vec<_>>().join(","));
/// }
/// # assert_eq!(cells.iter().collect::<Vec<_>>(), ["Bo", "54321"]);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cells {
    text: String,
    /// Where each cell ends in `text`.
    ends: Vec<usize>,
}

impl Cells {
    /// No cells.
    ///
    /// ```
    /// assert!(van_bulk::Cells::new().is_empty());
    /// ```
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes all cells out, and keeps the memory for the next ones.
    ///
    /// ```
    /// # let mut cells = van_bulk::Cells::new();
    /// cells.push("Ada");
    /// cells.clear();
    /// assert_eq!(cells.len(), 0);
    /// ```
    pub fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
    }

    /// Adds a cell after the others.
    ///
    /// ```
    /// # let mut cells = van_bulk::Cells::new();
    /// cells.push("Ada");
    /// cells.push(&1815);
    /// assert_eq!(cells.iter().collect::<Vec<_>>(), ["Ada", "1815"]);
    /// ```
    pub fn push<C: Cell + ?Sized>(&mut self, cell: &C) {
        cell.write(&mut CellText::new(&mut self.text));
        self.ends.push(self.text.len());
    }

    /// How many cells there are.
    ///
    /// ```
    /// # let mut cells = van_bulk::Cells::new();
    /// cells.push("");
    /// assert_eq!(cells.len(), 1);
    /// ```
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is no cell, not even a blank one.
    ///
    /// ```
    /// # let mut cells = van_bulk::Cells::new();
    /// cells.push("");
    /// assert!(!cells.is_empty());
    /// ```
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The text of a cell, counted from 0; a blank cell is `""`.
    ///
    /// ```
    /// # let mut cells = van_bulk::Cells::new();
    /// cells.push("Ada");
    /// assert_eq!((cells.get(0), cells.get(1)), (Some("Ada"), None));
    /// ```
    pub fn get(&self, index: usize) -> Option<&str> {
        self.ends.get(index).map(|end| self.cell(index, *end))
    }

    /// The texts of all cells.
    ///
    /// ```
    /// # let mut cells = van_bulk::Cells::new();
    /// cells.push("Ada");
    /// assert!(cells.iter().eq(["Ada"]));
    /// ```
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &str> + Clone {
        self.ends.iter().enumerate().map(|(index, end)| self.cell(index, *end))
    }

    /// The cell `index`, which ends at `end`.
    fn cell(&self, index: usize, end: usize) -> &str {
        let start = if index == 0 { 0 } else { self.ends[index - 1] };
        &self.text[start..end]
    }
}

/// A field of the row type `R` that is itself a row, `Part`, whose columns stand among those of `R`.
///
/// `#[derive(Row)]` makes one for each field with `#[row(flatten)]`; [`column`](Self::column) leads to the columns.
///
/// ```
/// use van_bulk::{Column, Row};
///
/// #[derive(Row)]
/// struct Address {
///     street: String,
///     city: String,
/// }
///
/// #[derive(Row)]
/// struct Signup {
///     email: String,
///     #[row(flatten)]
///     address: Option<Address>,
/// }
///
/// assert_eq!(Signup::COLUMNS, ["Email", "Street", "City"]);
/// let city: Column<Signup> = Signup::ADDRESS.column(Address::CITY);
/// assert_eq!(city.name(), "City");
/// ```
pub struct Flattened<R, Part> {
    types: PhantomData<fn() -> (R, Part)>,
}

impl<R, Part> Flattened<R, Part> {
    /// For `#[derive(Row)]`, which knows that the columns of `Part` are among those of `R`.
    pub(crate) const fn known() -> Self {
        Self { types: PhantomData }
    }

    /// A column of the flattened field as a column of the row that holds it.
    pub fn column(&self, column: Column<Part>) -> Column<R> {
        Column::known(column.into_name())
    }
}

impl<R, Part> Clone for Flattened<R, Part> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R, Part> Copy for Flattened<R, Part> {}

impl<R, Part> fmt::Debug for Flattened<R, Part> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Flattened")
    }
}

/// The column of a row type by its name; a name that is not among the row's columns does not compile.
///
/// It is for row types with an `impl Row` by hand: `#[derive(Row)]` makes a constant for each column.
///
/// ```compile_fail
/// # struct Signup;
/// # impl van_bulk::Row for Signup {
/// #     const COLUMNS: &'static [&'static str] = &["Email"];
/// #     fn write(&self, cells: &mut van_bulk::Cells) { cells.push("") }
/// # }
/// const EMAIL: van_bulk::Column<Signup> = van_bulk::column!(Signup, "Emial");
/// ```
#[macro_export]
macro_rules! column {
    ($row:ty, $name:literal) => {
        const {
            if !$crate::row::has_column::<$row>($name) {
                panic!("{}", concat!("the row type has no column `", $name, "`; see its `Row::COLUMNS`"))
            }
            $crate::row::column_of::<$row>($name)
        }
    };
}

/// For [`column!`](crate::column!): whether the row type has a column of this name.
#[doc(hidden)]
pub const fn has_column<R: Row>(name: &str) -> bool {
    let mut index = 0;
    while index < R::COLUMNS.len() {
        if same(R::COLUMNS[index], name) {
            return true;
        }
        index += 1;
    }
    false
}

/// For [`column!`](crate::column!), which has checked that the row type has the column.
#[doc(hidden)]
pub const fn column_of<R: Row>(name: &'static str) -> Column<R> {
    Column::known(crate::payload::Text::Borrowed(name))
}

/// String equality, which the standard library does not offer to constants.
const fn same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let mut index = 0;
    while index < a.len() {
        if a[index] != b[index] {
            return false;
        }
        index += 1;
    }
    true
}
