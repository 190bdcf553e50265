//! Strict reading of delimited files.
//!
//! CSV libraries read almost anything: a quote that is never closed swallows the rest of the file, text after a closing
//! quote is glued to the cell. For an import each of these is lost or wrong data, so the first fault of the structure is an
//! error that names its line. Reading is streaming, in blocks of whole records: `split` cuts them and finds the faults,
//! `record` takes a record apart. What the cells hold is not judged here; [`Reader`] refuses what is not UTF-8, the
//! pre-flight reports it row by row.
//!
//! [`Input`] opens what people have: compressed, in another encoding, from standard input.

use std::fmt;
use std::io;
use std::path::PathBuf;

mod encoding;
mod find;
mod input;
mod reader;
pub(crate) mod record;
pub(crate) mod split;

pub use encoding::{Encoding, UnknownEncoding};
pub use input::Input;
pub use reader::{Place, Reader};

/// No record may be longer than this, quotes and delimiters included: 1 MiB. Our own bound, which keeps memory flat; 50
/// columns of 1,000 characters are far below it.
pub const MAX_RECORD_BYTES: u64 = 1024 * 1024;

/// A delimited file could not be read.
#[derive(Debug, thiserror::Error)]
#[error("{file}, line {line}: {problem}")]
#[non_exhaustive]
pub struct DelimitedError {
    /// The file, as the caller named it.
    pub file: String,
    /// The line, counted from 1, of what is wrong: the beginning of the record, the byte, or the quote.
    pub line: u64,
    /// What is wrong there.
    pub problem: Problem,
}

/// A file could not be opened.
#[derive(Debug, thiserror::Error)]
#[error("could not open {}: {error}; give the file with the rows", .path.display())]
pub struct OpenError {
    /// The file.
    pub path: PathBuf,
    /// What the system said.
    pub error: io::Error,
}

/// What is wrong with a delimited file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// There is no header.
    #[error("the file is empty; its first line must be a header with the names of the columns")]
    Empty,
    /// A record has more or fewer cells than the header.
    #[error(
        "row {row} has {}, the header has {expected}; the file was cut off, or a cell with a delimiter, a quote or a line \
         break is not quoted", cells(*.found)
    )]
    CellCount {
        /// The row, counted from 1 after the header.
        row: u64,
        /// The cells of the header.
        expected: usize,
        /// The cells of the row.
        found: usize,
    },
    /// A quote is open at the end of the file.
    #[error(
        "the quote opened in {row} is never closed; the file was cut off, or a quote inside a cell is not doubled"
    )]
    OpenQuote {
        /// The record.
        row: Row,
    },
    /// A closing quote is not followed by a delimiter or the end of the line.
    #[error(
        "{row} has text after a closing quote, which was opened on line {opened}; a quote inside a quoted cell must be \
         doubled, and no blank may follow the closing one"
    )]
    TextAfterQuote {
        /// The record.
        row: Row,
        /// The line on which the quote was opened, counted from 1.
        opened: u64,
    },
    /// A byte is not UTF-8.
    #[error("{row} is not UTF-8 at byte {offset} of the file; save the file as UTF-8, or name its encoding")]
    NotUtf8 {
        /// The record.
        row: Row,
        /// The offset of the byte in the file, counted from 0.
        offset: u64,
    },
    /// A record is longer than [`MAX_RECORD_BYTES`].
    #[error("{row} is longer than {MAX_RECORD_BYTES} bytes, the most that is taken; {}", why_too_long(*.opened))]
    TooLong {
        /// The record.
        row: Row,
        /// The line on which a quote was opened that is not closed yet, counted from 1.
        opened: Option<u64>,
    },
    /// The file begins like UTF-16, and is read as another encoding.
    #[error("the file is UTF-16, not {read_as}; save it as UTF-8, or read it with the encoding utf-16")]
    Utf16 {
        /// The encoding that it was to be read with.
        read_as: Encoding,
    },
    /// The bytes are no text of the encoding.
    #[error("byte {offset} is no {encoding}; name the encoding that the file has")]
    Malformed {
        /// The encoding that it was read with.
        encoding: Encoding,
        /// About where, counted from 0 in the file, or in what it holds if it is compressed.
        offset: u64,
    },
    /// The file is a zip, which an Excel workbook is too.
    #[error(
        "this is a zip archive or an Excel workbook; give the CSV itself: unpack it, or save it as CSV UTF-8"
    )]
    Zip,
    /// The header holds NUL characters.
    #[error("the header holds NUL characters; the file is probably UTF-16: read it with the encoding utf-16")]
    NulInHeader,
    /// What was unpacked is compressed again.
    #[error("the file is compressed with gzip twice; unpack it once")]
    PackedTwice,
    /// A gzip file is faulty or cut off.
    #[error("the gzip data is damaged or was cut off: {0}; compress the file again")]
    Gzip(io::Error),
    /// The file was written to while it was read.
    #[error("the file changed while it was read; wait until it is written, or read a copy of it")]
    Changed,
    /// The system could not read on.
    #[error("could not read on: {0}")]
    Io(io::Error),
}

fn cells(count: usize) -> String {
    if count == 1 { "1 cell".to_owned() } else { format!("{count} cells") }
}

fn why_too_long(opened: Option<u64>) -> String {
    match opened {
        Some(line) => format!("the quote opened on line {line} is probably never closed"),
        None => "the file is probably no text with a row on each line".to_owned(),
    }
}

/// A record of a delimited file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Row {
    /// The first record.
    Header,
    /// A data row, counted from 1.
    Data(u64),
}

impl Row {
    /// The record of this number, counted from 0.
    pub(crate) fn of_record(number: u64) -> Self {
        if number == 0 { Self::Header } else { Self::Data(number) }
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Header => f.write_str("the header"),
            Self::Data(row) => write!(f, "row {row}"),
        }
    }
}
