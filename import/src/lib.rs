//! Packs, submits, follows and reconciles VAN bulk imports.
//!
//! - [`rows`] checks the rows of an import and packs them as quoted CSVs inside zips.
//! - [`upload`] puts the parts where VAN can fetch them.
//! - [`client`] speaks VAN's API: discovery, bulk import jobs, result files.
//! - [`results`] reads result files and accounts for every row that was sent.
//! - [`delimited`] is the strict reading of delimited files that the others share.
//!
//! The steps of one import, in order: check and pack the rows with a [`Packing`], publish each part where VAN can fetch it
//! with an [`UploadTarget`], submit the job with [`Client::create_job`], follow it with [`Client::wait`], fetch *every* result file with
//! [`Client::download`], and let a [`Reconciliation`] account for every row: VAN's result files hold only the rows that
//! passed its validation, and `Completed` does not mean that every row was imported.
//!
//! [`client`] and [`upload`] are behind the features of these names, which are on unless default features are turned off:
//! who only checks and packs rows compiles no HTTP.

#[cfg(feature = "client")]
pub mod client;
pub mod delimited;
mod files;
#[cfg(any(feature = "client", feature = "upload"))]
mod hosts;
pub mod results;
pub mod rows;
#[cfg(feature = "upload")]
pub mod upload;

#[cfg(feature = "client")]
pub use client::{Client, ClientError, Credentials};
pub use results::{Outcome, Reconciliation, ResultsError};
pub use rows::{Packed, Packing, Part, Policy, Preflight, RowsError};
#[cfg(feature = "upload")]
pub use upload::{UploadError, UploadTarget};
