//! One cell of a row: a value of the program as the text that stands in the file.

use std::borrow::Cow;
use std::fmt::{self, Write as _};
use std::num::NonZero;
use std::rc::Rc;
use std::sync::Arc;

/// A value that can stand in a cell of an upload file.
///
/// Texts, characters, integers and `bool` are cells; so are dates and times with the feature `jiff`, and decimal numbers
/// with the feature `rust_decimal`. `None` is a blank cell. `f32` and `f64` are deliberately not cells: they are not
/// exact, and an amount of money has to be.
///
/// A type of your own becomes a cell by writing its text:
///
/// ```
/// use van_bulk::{Cell, CellText, Cells};
///
/// enum Phone {
///     Home,
///     Mobile,
/// }
///
/// impl Cell for Phone {
///     fn write(&self, text: &mut CellText<'_>) {
///         text.push_str(match self {
///             Phone::Home => "H",
///             Phone::Mobile => "C",
///         });
///     }
/// }
///
/// let mut cells = Cells::new();
/// cells.push(&Phone::Home);
/// cells.push(&Some(Phone::Mobile));
/// cells.push(&None::<Phone>);
/// assert_eq!(cells.iter().collect::<Vec<_>>(), ["H", "C", ""]);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a cell of a row",
    label = "not a cell",
    note = "cells are texts, characters, integers, `bool`, and `Option`, `Box`, `Rc`, `Arc` or a reference of a cell; with \
            the feature `jiff` of `van-bulk` also dates and times of jiff, with `rust_decimal` also its `Decimal`",
    note = "floats are not exact, so they are no cells: use `rust_decimal::Decimal`, or a `String`",
    note = "for a type of your own, write `impl van_bulk::Cell`; a field that is no column takes `#[row(skip)]`, one that \
            is a row itself `#[row(flatten)]`"
)]
pub trait Cell {
    /// Writes the text of the cell; a blank cell writes nothing.
    fn write(&self, text: &mut CellText<'_>);
}

/// The text of one cell while it is written; text can only be added.
///
/// It is a [`fmt::Write`], so `write!` works, and never fails:
///
/// ```
/// use std::fmt::Write;
///
/// use van_bulk::{Cell, CellText, Cells};
///
/// /// An amount in cents.
/// struct Cents(u64);
///
/// impl Cell for Cents {
///     fn write(&self, text: &mut CellText<'_>) {
///         let _ = write!(text, "{}.{:02}", self.0 / 100, self.0 % 100);
///     }
/// }
///
/// let mut cells = Cells::new();
/// cells.push(&Cents(1205));
/// assert_eq!(cells.get(0), Some("12.05"));
/// ```
#[derive(Debug)]
pub struct CellText<'a> {
    text: &'a mut String,
}

impl<'a> CellText<'a> {
    /// A cell whose text is added to `text`.
    pub(crate) fn new(text: &'a mut String) -> Self {
        Self { text }
    }
}

impl CellText<'_> {
    /// Adds a text.
    pub fn push_str(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Adds a character.
    pub fn push(&mut self, character: char) {
        self.text.push(character);
    }
}

impl fmt::Write for CellText<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.push_str(text);
        Ok(())
    }
}

#[diagnostic::do_not_recommend]
impl Cell for str {
    fn write(&self, text: &mut CellText<'_>) {
        text.push_str(self);
    }
}

#[diagnostic::do_not_recommend]
impl Cell for String {
    fn write(&self, text: &mut CellText<'_>) {
        text.push_str(self);
    }
}

#[diagnostic::do_not_recommend]
impl Cell for char {
    fn write(&self, text: &mut CellText<'_>) {
        text.push(*self);
    }
}

/// `true` or `false`.
///
/// VAN's docs do not say how a boolean is written in a file. Where VAN expects other words, use a text, or say what each
/// word stands for with [`Column::translate`](crate::Column::translate).
#[diagnostic::do_not_recommend]
impl Cell for bool {
    fn write(&self, text: &mut CellText<'_>) {
        text.push_str(if *self { "true" } else { "false" });
    }
}

/// `None` is a blank cell.
#[diagnostic::do_not_recommend]
impl<C: Cell> Cell for Option<C> {
    fn write(&self, text: &mut CellText<'_>) {
        if let Some(cell) = self {
            cell.write(text);
        }
    }
}

/// Cells that are what they point to.
macro_rules! pointers {
    ($($pointer:ty),*) => {$(
        #[diagnostic::do_not_recommend]
        impl<C: Cell + ?Sized> Cell for $pointer {
            fn write(&self, text: &mut CellText<'_>) {
                (**self).write(text);
            }
        }
    )*};
}

pointers!(&C, Box<C>, Rc<C>, Arc<C>);

#[diagnostic::do_not_recommend]
impl<C: Cell + ToOwned + ?Sized> Cell for Cow<'_, C> {
    fn write(&self, text: &mut CellText<'_>) {
        (**self).write(text);
    }
}

/// Cells whose text is what they display.
macro_rules! displayed {
    ($($(#[$attribute:meta])* $cell:ty),* $(,)?) => {$(
        $(#[$attribute])*
        #[diagnostic::do_not_recommend]
        impl Cell for $cell {
            fn write(&self, text: &mut CellText<'_>) {
                // Adding to a text cannot fail.
                let _ = write!(text, "{self}");
            }
        }
    )*};
}

displayed!(i8, i16, i32, i64, i128, isize, u8, u16, u32, u64, u128, usize);
displayed!(NonZero<i8>, NonZero<i16>, NonZero<i32>, NonZero<i64>, NonZero<i128>, NonZero<isize>);
displayed!(NonZero<u8>, NonZero<u16>, NonZero<u32>, NonZero<u64>, NonZero<u128>, NonZero<usize>);

#[cfg(feature = "rust_decimal")]
displayed!(
    /// With as many decimal places as the number was made with: `12.50`.
    rust_decimal::Decimal
);

#[cfg(feature = "jiff")]
displayed!(
    /// ISO 8601: `2026-11-03`.
    jiff::civil::Date,
    /// ISO 8601: `2026-11-03T19:30:00`.
    jiff::civil::DateTime,
    /// ISO 8601: `19:30:00`.
    jiff::civil::Time,
    /// ISO 8601 in UTC: `2026-11-03T19:30:00Z`.
    jiff::Timestamp,
);

/// ISO 8601 with the offset from UTC, but without the name of the time zone, which is an extension that few programs
/// read: `2026-11-03T19:30:00-05:00`.
#[cfg(feature = "jiff")]
#[diagnostic::do_not_recommend]
impl Cell for jiff::Zoned {
    fn write(&self, text: &mut CellText<'_>) {
        // Adding to a text cannot fail.
        let _ = write!(text, "{}", self.timestamp().display_with_offset(self.offset()));
    }
}
