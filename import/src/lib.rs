//! Packs, submits, follows and reconciles VAN bulk imports.
//!
//! - [`import`] is a whole import: a job and its rows, brought to their end and recorded at every step.
//! - [`ledger`] is that durable record, by which an import that was stopped is resumed.
//! - [`rows`] checks the rows of an import and packs them as quoted CSVs inside zips.
//! - [`upload`] puts the parts where VAN can fetch them.
//! - [`client`] speaks VAN's API: discovery, bulk import jobs, result files; [`blocking`] is the same without async.
//! - [`results`] reads result files and accounts for every row that was sent.
//! - [`delimited`] is the strict reading of delimited files that the others share.
//!
//! [`Import::run`] does all steps of an import. By hand they are, in order: check and pack the rows with a [`Packing`],
//! publish each part with an [`UploadTarget`], submit the job with [`Client::submit`], follow it with [`Client::wait`], fetch
//! *every* result file with [`Client::download`], and let a [`Reconciliation`] account for every row: VAN's result files hold
//! only the rows that passed its validation, and `Completed` does not mean that every row was imported.
//!
//! [`client`] with [`blocking`], [`upload`], and [`ledger`] with [`import`] are behind the features `client`, `upload` and
//! `ledger`, which are on unless default features are turned off: who only checks and packs rows compiles no HTTP and no
//! database.

#[cfg(feature = "client")]
pub mod blocking;
#[cfg(feature = "client")]
pub mod client;
pub mod delimited;
mod files;
#[cfg(any(feature = "client", feature = "upload"))]
mod hosts;
#[cfg(feature = "ledger")]
pub mod import;
#[cfg(feature = "ledger")]
pub mod ledger;
#[cfg(any(feature = "client", feature = "upload"))]
mod links;
pub mod results;
pub mod rows;
#[cfg(feature = "upload")]
pub mod upload;

#[cfg(feature = "client")]
pub use client::{Client, ClientError, Credentials};
#[cfg(feature = "ledger")]
pub use import::{Import, ImportError};
#[cfg(feature = "ledger")]
pub use ledger::{Ledger, LedgerError};
pub use results::{Outcome, Reconciliation, ResultsError};
pub use rows::{Packed, Packing, Part, Policy, Preflight, RowsError};
#[cfg(feature = "upload")]
pub use upload::{UploadError, UploadTarget};
