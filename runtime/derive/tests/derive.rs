//! What `#[derive(Row)]` makes of a struct.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::marker::PhantomData;
use std::sync::Arc;

use van_bulk::{Cell, CellText, Cells, Column, Flattened, Row};

/// The cells of a row.
fn cells<R: Row>(row: &R) -> Vec<String> {
    let mut cells = Cells::new();
    row.write(&mut cells);
    assert_eq!(cells.len(), R::COLUMNS.len());
    cells.iter().map(str::to_owned).collect()
}

#[derive(Row)]
struct Address {
    street: String,
    city: String,
}

fn address() -> Address {
    Address { street: "3 Mill Road".to_owned(), city: "Ferndale".to_owned() }
}

#[test]
fn columns_stand_in_the_order_of_the_fields_and_are_named_after_them() {
    #[derive(Row)]
    struct Signup {
        first_name: String,
        #[row(column = "VanID")]
        van_id: u32,
        address_line_1: String,
        zip5: String,
    }
    assert_eq!(Signup::COLUMNS, ["FirstName", "VanID", "AddressLine1", "Zip5"]);
    let constants = [Signup::FIRST_NAME, Signup::VAN_ID, Signup::ADDRESS_LINE_1, Signup::ZIP5];
    assert!(constants.iter().map(Column::name).eq(Signup::COLUMNS.iter().copied()));
    let signup = Signup {
        first_name: "Ada".to_owned(),
        van_id: 7,
        address_line_1: "3 Mill Road".to_owned(),
        zip5: "45891".to_owned(),
    };
    assert_eq!(cells(&signup), ["Ada", "7", "3 Mill Road", "45891"]);
}

#[test]
fn a_skipped_field_is_no_column_and_its_type_may_be_anything() {
    #[derive(Row)]
    struct Signup {
        #[row(skip)]
        seen: BTreeMap<String, f64>,
        email: &'static str,
    }
    let signup = Signup { seen: BTreeMap::new(), email: "ada@example.org" };
    assert_eq!(Signup::COLUMNS, ["Email"]);
    assert_eq!(cells(&signup), ["ada@example.org"]);
    assert!(signup.seen.is_empty());
}

#[test]
fn none_is_a_blank_cell() {
    #[derive(Row)]
    struct Phones {
        home: Option<&'static str>,
        work: Option<Box<str>>,
    }
    assert_eq!(cells(&Phones { home: None, work: Some("413-555-0150".into()) }), ["", "413-555-0150"]);
}

#[test]
fn texts_characters_and_booleans_are_cells() {
    #[derive(Row)]
    struct Texts<'a> {
        borrowed: &'a str,
        either: Cow<'a, str>,
        shared: Arc<str>,
        boxed: Box<dyn Cell>,
        letter: char,
        yes: bool,
        no: &'a bool,
    }
    let texts = Texts {
        borrowed: "a",
        either: Cow::Borrowed("b"),
        shared: "c".into(),
        boxed: Box::new("d"),
        letter: 'é',
        yes: true,
        no: &false,
    };
    assert_eq!(cells(&texts), ["a", "b", "c", "d", "é", "true", "false"]);
}

#[test]
fn integers_are_cells_to_their_limits() {
    #[derive(Row)]
    struct Integers {
        small: i8,
        large: u128,
        id: std::num::NonZeroU32,
    }
    let id = std::num::NonZeroU32::MIN;
    assert_eq!(
        cells(&Integers { small: i8::MIN, large: u128::MAX, id }),
        ["-128", "340282366920938463463374607431768211455", "1"]
    );
}

#[test]
fn a_type_with_a_cell_of_its_own_is_a_column() {
    enum Phone {
        Mobile,
    }
    impl Cell for Phone {
        fn write(&self, text: &mut CellText<'_>) {
            match self {
                Self::Mobile => text.push('C'),
            }
        }
    }
    #[derive(Row)]
    struct Signup {
        kind: Phone,
        other: Option<Phone>,
    }
    assert_eq!(cells(&Signup { kind: Phone::Mobile, other: None }), ["C", ""]);
}

#[test]
fn dates_and_times_are_written_as_iso_8601() {
    use jiff::civil::{self, date};
    #[derive(Row)]
    struct Times {
        day: civil::Date,
        start: civil::DateTime,
        time: civil::Time,
        sent: jiff::Timestamp,
        zoned: jiff::Zoned,
    }
    let start = date(2026, 11, 3).at(19, 30, 0, 0);
    let zoned = start.to_zoned(jiff::tz::offset(-5).to_time_zone()).unwrap();
    let times = Times { day: start.date(), start, time: start.time(), sent: zoned.timestamp(), zoned };
    assert_eq!(
        cells(&times),
        [
            "2026-11-03",
            "2026-11-03T19:30:00",
            "19:30:00",
            "2026-11-04T00:30:00Z",
            "2026-11-03T19:30:00-05:00",
        ]
    );
}

#[test]
fn decimals_keep_their_places() {
    #[derive(Row)]
    struct Donation {
        amount: rust_decimal::Decimal,
    }
    assert_eq!(cells(&Donation { amount: rust_decimal::Decimal::new(1250, 2) }), ["12.50"]);
}

#[test]
fn a_flattened_field_puts_its_columns_in_its_place() {
    #[derive(Row)]
    struct Signup {
        first_name: &'static str,
        #[row(flatten)]
        address: Address,
        email: &'static str,
    }
    let signup = Signup { first_name: "Ada", address: address(), email: "ada@example.org" };
    assert_eq!(Signup::COLUMNS, ["FirstName", "Street", "City", "Email"]);
    assert_eq!(cells(&signup), ["Ada", "3 Mill Road", "Ferndale", "ada@example.org"]);
    let address: Flattened<Signup, Address> = Signup::ADDRESS;
    let city: Column<Signup> = address.column(Address::CITY);
    assert_eq!(city.name(), "City");
}

#[test]
fn a_flattened_none_is_a_blank_cell_for_each_column() {
    #[derive(Row)]
    struct Signup {
        #[row(flatten)]
        address: Option<Box<Address>>,
        email: &'static str,
    }
    assert_eq!(cells(&Signup { address: None, email: "x" }), ["", "", "x"]);
    let signup = Signup { address: Some(Box::new(address())), email: "x" };
    assert_eq!(cells(&signup), ["3 Mill Road", "Ferndale", "x"]);
    assert_eq!(Signup::ADDRESS.column(Address::STREET).name(), "Street");
}

#[test]
fn flattened_rows_may_have_flattened_rows() {
    #[derive(Row)]
    struct Household {
        #[row(flatten)]
        address: Address,
        size: u8,
    }
    #[derive(Row)]
    struct Signup {
        email: &'static str,
        #[row(flatten)]
        household: Option<Household>,
    }
    assert_eq!(Signup::COLUMNS, ["Email", "Street", "City", "Size"]);
    let household = Some(Household { address: address(), size: 3 });
    assert_eq!(cells(&Signup { email: "x", household }), ["x", "3 Mill Road", "Ferndale", "3"]);
    let city: Column<Signup> = Signup::HOUSEHOLD.column(Household::ADDRESS.column(Address::CITY));
    assert_eq!(city.name(), "City");
}

#[test]
fn rows_may_borrow_also_where_they_are_flattened() {
    #[derive(Row)]
    struct Name<'n> {
        given: &'n str,
    }
    #[derive(Row)]
    struct Signup<'n, 'a> {
        #[row(flatten)]
        name: Name<'n>,
        #[row(flatten)]
        address: &'a Address,
    }
    let (given, address) = ("Ada".to_owned(), address());
    let signup = Signup { name: Name { given: &given }, address: &address };
    assert_eq!(Signup::COLUMNS, ["Given", "Street", "City"]);
    assert_eq!(cells(&signup), ["Ada", "3 Mill Road", "Ferndale"]);
    assert_eq!(Signup::NAME.column(Name::GIVEN).name(), "Given");
    assert_eq!(cells(&&signup), cells(&Box::new(signup)));
}

#[test]
fn rows_may_have_parameters_also_for_what_is_flattened() {
    #[derive(Row)]
    struct Tagged<T, P, const N: usize = 2>
    where
        P: Clone,
    {
        #[row(flatten)]
        row: T,
        tag: Option<P>,
        #[row(skip)]
        marker: PhantomData<[P; N]>,
    }
    let tagged: Tagged<_, _> = Tagged { row: address(), tag: Some(5_u8), marker: PhantomData };
    assert_eq!(Tagged::<Address, u8>::COLUMNS, ["Street", "City", "Tag"]);
    assert_eq!(cells(&tagged), ["3 Mill Road", "Ferndale", "5"]);
    let city: Column<Tagged<Address, u8>> = Tagged::<Address, u8>::ROW.column(Address::CITY);
    assert_eq!(city.name(), "City");
    let _ = tagged.marker;
}

#[test]
fn a_field_named_by_a_keyword_is_a_column() {
    #[derive(Row)]
    struct Signup {
        r#type: &'static str,
        #[row(flatten)]
        r#where: Address,
    }
    assert_eq!(Signup::TYPE.name(), "Type");
    assert_eq!(Signup::WHERE.column(Address::CITY).name(), "City");
    assert_eq!(cells(&Signup { r#type: "H", r#where: address() })[0], "H");
}

#[test]
fn names_in_scope_do_not_stand_in_for_what_the_derive_means() {
    #![allow(non_camel_case_types, dead_code, non_upper_case_globals)]
    struct str;
    struct Cells;
    struct Column;
    struct Option;
    const text: u8 = 0;
    trait Row {}
    mod van_bulk {}
    mod core {}

    #[derive(::van_bulk::Row)]
    struct Signup {
        row: u8,
        #[row(flatten)]
        address: Address,
    }
    assert_eq!(<Signup as ::van_bulk::Row>::COLUMNS, ["Row", "Street", "City"]);
    assert_eq!(Signup::ROW.name(), "Row");
    assert_eq!(cells(&Signup { row: 1, address: address() })[0], "1");
}

mod sheet {
    #![deny(missing_docs, unreachable_pub, unused, deprecated, rustdoc::all, clippy::all, clippy::pedantic)]
    //! The derive gives nobody a warning.

    /// A row.
    #[derive(van_bulk::Row)]
    pub(crate) struct Sheet<'a> {
        /// A name.
        #[row(column = "a `name` <b>")]
        pub(crate) name: &'a str,
        /// Not used any more.
        #[deprecated = "use `name`"]
        pub(crate) old: Option<u8>,
    }
}

#[test]
#[allow(deprecated, reason = "an old field")]
fn constants_are_as_visible_as_the_struct() {
    assert_eq!(sheet::Sheet::NAME.name(), "a `name` <b>");
    assert_eq!(cells(&sheet::Sheet { name: "Ada", old: None }), ["Ada", ""]);
}

#[test]
fn cells_are_used_again_for_the_next_row() {
    let mut cells = Cells::new();
    for _ in 0..2 {
        cells.clear();
        address().write(&mut cells);
    }
    assert_eq!((cells.get(0), cells.get(1), cells.get(2)), (Some("3 Mill Road"), Some("Ferndale"), None));
    assert_eq!(cells.iter().len(), 2);
    assert_eq!(cells, cells.clone());
}
