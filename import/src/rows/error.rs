//! Why rows could not be checked or packed.

use std::io;
use std::path::{Path, PathBuf};

use van_bulk::HeaderError;
use van_bulk_schema::rules::row::PlanError;
use van_bulk_schema::text::printable;

use super::{Finding, MAX_FILE_NAME, Summary};
use crate::delimited::{DelimitedError, OpenError};

/// Rows could not be checked or packed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RowsError {
    /// VAN does not take a file with these columns.
    #[error(transparent)]
    Columns(#[from] HeaderError),
    /// The job itself breaks rules.
    #[error(transparent)]
    Job(#[from] PlanError),
    /// The delimiter is a word this crate does not know.
    #[error("no file can be written with the unknown column delimiter `{0}`; use `csv` or `tab`")]
    UnknownDelimiter(String),
    /// The name of the file inside the zip is not a plain file name.
    #[error(
        "`{}` is no name for a file inside the zip; use a plain one of at most {MAX_FILE_NAME} bytes such as `contacts.csv`, \
         without folders", printable(.0, 80)
    )]
    FileName(String),
    /// The job describes a file of another form than is packed.
    #[error(
        "the job says `{property}: false`, and files are packed with a header and with quotes around every cell; set it to \
         true"
    )]
    OtherForm {
        /// The property of the job's file.
        property: &'static str,
    },
    /// There is no folder for the zips.
    #[error("{} is no folder; create it, or name another", .0.display())]
    NoFolder(PathBuf),
    /// A file would be written over what must not be lost.
    #[error("{} cannot be written: {why}; name another file", .path.display())]
    Collision {
        /// The file that was to be written.
        path: PathBuf,
        /// What is there.
        why: &'static str,
    },
    /// The size of the parts is out of bounds.
    #[error("parts of {bytes} bytes cannot be packed; choose from {least} to {most} bytes")]
    PartBytes {
        /// The size that was chosen.
        bytes: u64,
        /// The least that may be.
        least: u64,
        /// The most that may be.
        most: u64,
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
    /// There are no rows.
    #[error("{0} has no rows, and VAN fails a job without rows; give it at least one")]
    NoRows(String),
    /// A row cannot be imported, and the policy is to stop at the first.
    #[error("stopped at the first row that cannot be imported, and nothing was packed: {0}")]
    Stopped(Box<Finding>),
    /// Rows cannot be imported, and the policy is to refuse the file for that.
    #[error("{0}\nNothing was packed: correct the rows, or choose the policy to leave them out")]
    Refused(Box<Summary>),
    /// A row is longer than a row of a file may be.
    #[error(
        "row {row} has {bytes} bytes, and at most {most} are taken; shorten it: no field of VAN's is that long"
    )]
    TooLong {
        /// The row, counted from 1.
        row: u64,
        /// Its size with quotes and delimiters, in bytes.
        bytes: u64,
        /// The most that is taken.
        most: u64,
    },
    /// A piece of the rows does not fit a part.
    #[error(
        "rows {first} to {last} have {bytes} bytes when zipped, more than a part may have ({most}); choose larger parts"
    )]
    TooLarge {
        /// The first row of the piece, counted from 1.
        first: u64,
        /// Its last row.
        last: u64,
        /// Its size when zipped, in bytes.
        bytes: u64,
        /// The size of a part that was chosen.
        most: u64,
    },
    /// The header of a file cannot be that of an import.
    #[error("{file}: {error}")]
    BadHeader {
        /// The file.
        file: String,
        /// What is wrong with it.
        error: HeaderError,
    },
    /// A thread that checks and compresses rows could not do so.
    #[error("the rows could not be worked on: {0}")]
    Threads(io::Error),
    /// A file could not be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// A CSV could not be read.
    #[error(transparent)]
    Source(#[from] DelimitedError),
    /// A record of the program could not be written as a row.
    #[error(
        "record {record} cannot be written as a row: {problem}; give records that are structs of plain values"
    )]
    Record {
        /// The record, counted from 1.
        record: u64,
        /// What is wrong.
        problem: String,
    },
    /// The packer failed before, so that what it wrote is not whole.
    #[error("nothing was packed, since packing failed before; pack the rows again")]
    Failed,
    /// The file system refused.
    #[error("could not {action} {}: {error}", .path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// On which file.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
}

pub(super) fn io_error(action: &'static str, path: &Path, error: io::Error) -> RowsError {
    RowsError::Io { action, path: path.to_owned(), error }
}
