//! What became of an import: statuses, result files, and the account of every row.
//!
//! VAN's result files hold only the rows that passed its validation, and `Completed` does not mean that every row was
//! imported. So the rows that were sent are reconciled with those that came back: each is processed, refused or missing.

mod account;
mod error;
mod file;
mod outcome;
mod status;

pub use account::Reconciliation;
pub use error::ResultsError;
pub use file::{MappingColumn, PROCESSED, ResultRow};
pub use outcome::{MappingOutcome, Outcome, RefusedRow, RowStatus};
pub use status::Status;
