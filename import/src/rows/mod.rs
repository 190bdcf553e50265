//! The rows of an import, as VAN fetches them: a delimited file inside a zip.
//!
//! [`Packer`] takes rows one by one, typed ones too, [`pack_csv`] and [`pack_csv_from`] take them from a CSV. Both stream: memory does
//! not grow with the number of rows.
//!
//! What is written, and why:
//! - Every cell is quoted and a quote inside a cell doubled, so that a job says `hasQuotes: true` and no cell can break a
//!   line. The first line is a header (`hasHeader: true`).
//! - Text is UTF-8 without a byte order mark. VAN's docs do not name an encoding.
//! - Lines end in `\r\n`, as RFC 4180 has it. VAN's docs do not name a line ending; one client that imports in production
//!   leaves it to Python's `csv` module, which writes `\r\n` too.
//! - The zip holds that one file, deflated, with fixed times and attributes: the same rows give the same bytes.
//!
//! The zip is readable by its owner only, since it holds personal data.

use std::io;
use std::path::{Path, PathBuf};

mod columns;
mod packer;
mod source;

pub use packer::{PackedFile, Packer};
pub use source::{pack_csv, pack_csv_from};

use van_bulk::HeaderError;

use crate::delimited::DelimitedError;

/// The most that VAN's table of job properties allows for a file: 100 MB (100,000 KB), in bytes. The docs do not say
/// whether they mean the zip or the file in it, nor which kilobyte; this is the zip and the smaller kilobyte.
pub const MAX_ZIP_BYTES: u64 = 100_000_000;

/// The most that the introduction of the same page of VAN's docs allows in most copies: 20 MB, in bytes. A larger zip is
/// packed with a warning.
pub const ADVISED_ZIP_BYTES: u64 = 20_000_000;

/// The most that a file may hold before it is zipped: 4 GiB less one byte, since larger ones need a form of zip (ZIP64)
/// that VAN may not read.
pub const MAX_UNZIPPED_BYTES: u64 = u32::MAX as u64;

/// Rows could not be packed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RowsError {
    /// VAN does not take a file with these columns.
    #[error("{0}")]
    Columns(#[from] HeaderError),
    /// The delimiter is a word this crate does not know.
    #[error("no file can be written with the unknown column delimiter `{0}`; use `csv` or `tab`")]
    UnknownDelimiter(String),
    /// The name of the file inside the zip is not a plain file name.
    #[error(
        "`{0}` is no name for a file inside the zip; use a plain name such as `contacts.csv`, without folders"
    )]
    FileName(String),
    /// A row has another number of cells than there are columns. The row was not written.
    #[error(
        "row {row} has {found} cells for {expected} columns; give one cell per column, an empty one where nothing is known"
    )]
    CellCount {
        /// The row, counted from 1.
        row: u64,
        /// The number of columns.
        expected: usize,
        /// The number of cells.
        found: usize,
    },
    /// A cell is not UTF-8. The row was not written.
    #[error(
        "row {row}, column `{column}`: byte {offset} of the cell is not UTF-8; convert the text to UTF-8 first"
    )]
    NotUtf8 {
        /// The row, counted from 1.
        row: u64,
        /// The name of the column.
        column: String,
        /// The offset of the first bad byte in the cell, counted from 0.
        offset: usize,
    },
    /// The zip grew above [`MAX_ZIP_BYTES`].
    #[error(
        "{} grew above {limit} bytes at row {rows}, the most that VAN takes; split the rows into several imports",
        .path.display()
    )]
    TooLarge {
        /// The zip that was to be written.
        path: PathBuf,
        /// The limit, in bytes.
        limit: u64,
        /// The rows packed by then.
        rows: u64,
    },
    /// The file in the zip grew above [`MAX_UNZIPPED_BYTES`].
    #[error(
        "the file in {} grew above {limit} bytes at row {rows}; split the rows into several imports",
        .path.display()
    )]
    TooLargeUnzipped {
        /// The zip that was to be written.
        path: PathBuf,
        /// The limit, in bytes.
        limit: u64,
        /// The rows packed by then.
        rows: u64,
    },
    /// The header of a CSV is not the columns of the job.
    #[error(
        "{file}: the header is not the columns of the job: {problem}; give the file the columns of the job, spelled and \
         ordered alike"
    )]
    Header {
        /// The CSV.
        file: String,
        /// What differs.
        problem: String,
    },
    /// The columns of a row type are not those of the file. The row was not written.
    #[error(
        "row {row}: the columns of the row type `{row_type}` are not those of the file: {problem}; write rows of the type \
         that the job was made with"
    )]
    RowType {
        /// The row, counted from 1.
        row: u64,
        /// The row type.
        row_type: &'static str,
        /// What differs.
        problem: String,
    },
    /// A CSV could not be read.
    #[error(transparent)]
    Source(#[from] DelimitedError),
    /// The packer failed before, so that what it wrote is not whole.
    #[error("{} was not written, since packing it failed before; pack the rows again", .0.display())]
    Failed(PathBuf),
    /// The file system refused.
    #[error("could not {action} {}: {source}", .path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// On which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

fn io_error(action: &'static str, path: &Path, source: impl Into<io::Error>) -> RowsError {
    RowsError::Io { action, path: path.to_owned(), source: source.into() }
}
