//! What can go wrong when an import is accounted for.

use std::io;
use std::path::PathBuf;

use crate::delimited::DelimitedError;

/// An import could not be accounted for.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ResultsError {
    /// A result file could not be opened.
    #[error("could not open the result file {}: {source}", .path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A result file is faulty as a CSV.
    #[error("{0}; download the result file again, VAN keeps it for 24 hours")]
    Csv(#[from] DelimitedError),
    /// The header of a result file is not that of this job.
    #[error(
        "{file}, line 1: {problem}; a result file has the columns BulkUploadDataID, ULFileID, PrimaryKey, \
         PrimaryKeyType, then the requested columns, then `mapping type_number` for each mapping: is this the file of \
         another job?"
    )]
    Header {
        /// The file.
        file: String,
        /// What is wrong.
        problem: String,
    },
    /// A row number is not one of the rows that were sent.
    #[error(
        "{file}, line {line}: BulkUploadDataID is `{found}`, not a row number from 1 to {sent}, the rows that were \
         sent; is this the file of another job?"
    )]
    RowNumber {
        /// The file.
        file: String,
        /// The line, counted from 1.
        line: u64,
        /// What the file says.
        found: String,
        /// The rows that were sent.
        sent: u64,
    },
    /// A row came back twice with different messages.
    #[error(
        "{file}, line {line}: row {row} was reported before with other messages; the result files contradict each other"
    )]
    Contradiction {
        /// The file.
        file: String,
        /// The line, counted from 1.
        line: u64,
        /// The row, counted from 1.
        row: u64,
    },
    /// The last line of a result file stops before or in the middle of a message.
    #[error(
        "{file}, line {line}: the file was cut off before the end of a message; download the result file again, VAN \
         keeps it for 24 hours"
    )]
    CutOff {
        /// The file.
        file: String,
        /// The line, counted from 1.
        line: u64,
    },
    /// The rows do not fit into memory.
    #[error("{0} rows cannot be accounted for at once: their states do not fit into memory")]
    TooManyRows(u64),
    /// A result file could not be read to its end, so there is no account.
    #[error(
        "{0} could not be read to its end, so the rows cannot be accounted for; begin again with whole files"
    )]
    Incomplete(PathBuf),
    /// The sum of the account is wrong: a mistake in this crate.
    #[error(
        "{sent} rows were sent, but {processed} processed, {refused} refused and {missing} missing do not add up; please report this"
    )]
    DoesNotAddUp {
        /// The rows that were sent.
        sent: u64,
        /// The rows whose mappings were all processed.
        processed: u64,
        /// The rows with a refused mapping.
        refused: u64,
        /// The rows in no result file.
        missing: u64,
    },
}
