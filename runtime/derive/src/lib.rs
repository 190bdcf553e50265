//! `#[derive(Row)]` of `van-bulk`: a struct as the row type of an upload file. It is used as `van_bulk::Row`.
//!
//! What it writes names `van-bulk`, which has to be a dependency under its own name.

mod expand;
mod field;
mod names;
mod row;

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

/// Makes a row type of a struct with named fields: `impl Row`, and a constant for each column.
///
/// ```
/// use van_bulk::{Cells, Column, Row};
///
/// #[derive(Row)]
/// struct Address<'a> {
///     street: &'a str,
///     city: &'a str,
/// }
///
/// #[derive(Row)]
/// struct Signup<'a> {
///     first_name: &'a str,
///     #[row(column = "VanID")]
///     van_id: Option<u32>,
///     #[row(flatten)]
///     address: Option<Address<'a>>,
///     #[row(skip)]
///     line: usize,
/// }
///
/// assert_eq!(Signup::COLUMNS, ["FirstName", "VanID", "Street", "City"]);
/// let van_id: Column<Signup> = Signup::VAN_ID;
/// let city: Column<Signup> = Signup::ADDRESS.column(Address::CITY);
/// # assert_eq!([van_id.name(), city.name()], ["VanID", "City"]);
///
/// let address = Address { street: "3 Mill Road", city: "Ferndale" };
/// let signup = Signup { first_name: "Ada", van_id: None, address: Some(address), line: 2 };
/// let mut cells = Cells::new();
/// signup.write(&mut cells);
/// assert_eq!(cells.iter().collect::<Vec<_>>(), ["Ada", "", "3 Mill Road", "Ferndale"]);
/// # assert_eq!(signup.line, 2);
/// ```
///
/// Each field is a column, in the order of the struct; its type is a `Cell`, and `None` is a blank one. A column's name is
/// the field's name in PascalCase, as most of VAN's own names are: `first_name` becomes `FirstName`. Its constant, a
/// `Column`, is the field's name in capitals, `FIRST_NAME`, and as visible as the struct.
///
/// | attribute of a field | meaning |
/// |---|---|
/// | `#[row(column = "VanID")]` | the column has this name |
/// | `#[row(skip)]` | the field is no column |
/// | `#[row(flatten)]` | the field is a row itself, or an `Option` of one; its columns stand in its place |
///
/// The constant of a flattened field is a `Flattened`, whose method `column` leads to its columns:
/// `Signup::ADDRESS.column(Address::CITY)`. `Option<..>`, `Box<..>` and `&` around the field's type do not count there;
/// behind another name, such as a type alias, the derive cannot see them. No constant may be named `COLUMNS`, which the trait
/// has.
///
/// Names of columns are unique ignoring case, and a row has at most 50 columns. What breaks that does not compile; in a
/// row with type parameters and flattened fields, it shows where the row is used with its types. Two columns of flattened
/// fields that differ only in the case of letters beyond ASCII are found when a job is finished.
#[proc_macro_derive(Row, attributes(row))]
pub fn derive_row(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    row::RowType::read(&input)
        .map_or_else(|error| error.to_compile_error(), |row| expand::expand(&row))
        .into()
}
