//! Rows of the upload file as a type of the program.

use crate::source::Column;

/// One record of an upload file.
///
/// ```
/// use van_bulk::{Column, Row, column};
///
/// struct Signup {
///     first_name: String,
///     email: String,
/// }
///
/// impl Signup {
///     const FIRST_NAME: Column<Self> = column!(Signup, "FirstName");
///     const EMAIL: Column<Self> = column!(Signup, "Email");
/// }
///
/// impl Row for Signup {
///     const COLUMNS: &'static [&'static str] = &["FirstName", "Email"];
///
///     fn cells(&self, cell: &mut dyn FnMut(&str)) {
///         cell(&self.first_name);
///         cell(&self.email);
///     }
/// }
/// # let signup = Signup { first_name: "Ada".into(), email: "ada@example.org".into() };
/// # let mut cells = Vec::new();
/// # signup.cells(&mut |cell| cells.push(cell.to_owned()));
/// # assert_eq!(cells, ["Ada", "ada@example.org"]);
/// # assert_eq!([Signup::FIRST_NAME.name(), Signup::EMAIL.name()], ["FirstName", "Email"]);
/// ```
pub trait Row {
    /// The names of the columns in the order of the file: at most 50, unique ignoring case.
    const COLUMNS: &'static [&'static str];

    /// Hands every cell, in the order of [`COLUMNS`](Self::COLUMNS), to `cell`; an empty cell is `""`.
    fn cells(&self, cell: &mut dyn FnMut(&str));
}

/// The column of a row type by its name; a name that is not among the row's columns does not compile.
///
/// ```compile_fail
/// # struct Signup;
/// # impl van_bulk::Row for Signup {
/// #     const COLUMNS: &'static [&'static str] = &["Email"];
/// #     fn cells(&self, cell: &mut dyn FnMut(&str)) { cell("") }
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
