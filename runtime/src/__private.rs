//! For the code that `#[derive(Row)]` and the generator write. Not for anyone else: it may change in any version.

use crate::header::MAX_COLUMNS;
use crate::payload::Text;
use crate::row::Flattened;
use crate::source::Column;

/// Keeps [`Mode`](crate::mode::Mode) for the modes and for the profiles that the generator writes.
pub trait IsMode {}

/// The column of the row type `R` by its name, which the derive knows to be among the row's columns.
///
/// `R` is not asked to be a row, so that a mistake in a generic row is told once, and not for every column again.
pub const fn column<R>(name: &'static str) -> Column<R> {
    Column::known(Text::Borrowed(name))
}

/// The field of the row type `R` whose own columns, those of `Part`, are among the row's columns.
pub const fn flattened<R, Part>() -> Flattened<R, Part> {
    Flattened::known()
}

/// The columns of a row that has flattened fields, put together field by field.
///
/// The array is as long as any row can be, because the length of an array cannot depend on a type parameter.
#[derive(Debug, Clone, Copy)]
pub struct Joined {
    names: [&'static str; MAX_COLUMNS],
    /// The field that each column is from.
    fields: [&'static str; MAX_COLUMNS],
    count: usize,
}

impl Joined {
    /// No columns.
    pub const NONE: Self = Self { names: [""; MAX_COLUMNS], fields: [""; MAX_COLUMNS], count: 0 };

    /// Adds the columns of a field.
    ///
    /// # Panics
    /// When there are too many, or two have the same name, ignoring ASCII case; that happens while the program compiles.
    /// Names that differ in the case of other letters are found when a job is finished.
    #[track_caller]
    #[allow(clippy::panic, reason = "it is the compiler that panics")]
    pub const fn with(mut self, field: &'static str, names: &[&'static str]) -> Self {
        let mut index = 0;
        while index < names.len() {
            let name = names[index];
            if self.count == MAX_COLUMNS {
                let message = Message::of(&[
                    "with the field `",
                    field,
                    "` the row has more than the 50 columns that VAN takes: leave fields out with `#[row(skip)]`",
                ]);
                panic!("{}", message.text());
            }
            if let Some(earlier) = self.field_with(name) {
                let message = Message::of(&[
                    "the column `",
                    name,
                    "` of the field `",
                    field,
                    "` is there already, from the field `",
                    earlier,
                    "` (case does not count): name one of them otherwise with `#[row(column = \"..\")]`",
                ]);
                panic!("{}", message.text());
            }
            self.names[self.count] = name;
            self.fields[self.count] = field;
            self.count += 1;
            index += 1;
        }
        self
    }

    /// The names, in the order of the file.
    pub const fn names(&self) -> &[&'static str] {
        self.names.split_at(self.count).0
    }

    /// The field that a column of this name is from, ignoring ASCII case.
    const fn field_with(&self, name: &str) -> Option<&'static str> {
        let mut index = 0;
        while index < self.count {
            if same_ignoring_ascii_case(self.names[index].as_bytes(), name.as_bytes()) {
                return Some(self.fields[index]);
            }
            index += 1;
        }
        None
    }
}

const fn same_ignoring_ascii_case(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let mut index = 0;
    while index < a.len() {
        if !a[index].eq_ignore_ascii_case(&b[index]) {
            return false;
        }
        index += 1;
    }
    true
}

/// A message that names what is wrong; constants cannot format.
struct Message {
    bytes: [u8; Self::SIZE],
    length: usize,
}

impl Message {
    const SIZE: usize = 1024;

    const fn of(parts: &[&str]) -> Self {
        let mut message = Self { bytes: [0; Self::SIZE], length: 0 };
        let mut part = 0;
        while part < parts.len() {
            let bytes = parts[part].as_bytes();
            // What does not fit is left out whole, so that the message stays UTF-8.
            if bytes.len() <= Self::SIZE - message.length {
                let mut index = 0;
                while index < bytes.len() {
                    message.bytes[message.length] = bytes[index];
                    message.length += 1;
                    index += 1;
                }
            }
            part += 1;
        }
        message
    }

    const fn text(&self) -> &str {
        match std::str::from_utf8(self.bytes.split_at(self.length).0) {
            Ok(text) => text,
            Err(_) => "the columns of a row cannot be put together",
        }
    }
}
