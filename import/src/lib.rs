//! Packs, submits, follows and reconciles VAN bulk imports.
//!
//! - [`rows`] checks the rows of an import and packs them as quoted CSVs inside zips.
//! - [`client`] speaks VAN's API: discovery, bulk import jobs, result files; [`blocking`] is the same without async.
//! - [`results`] reads result files and accounts for every row that was sent.
//! - [`delimited`] is the strict reading of delimited files that the others share.
//!
//! The steps of one import, in order: check and pack the rows with a [`Packing`], publish each part where VAN can fetch it,
//! submit the job with [`Client::submit`], follow it with [`Client::wait`], fetch *every* result file with
//! [`Client::download`], and let a [`Reconciliation`] account for every row: VAN's result files hold only the rows that
//! passed its validation, and `Completed` does not mean that every row was imported.
//!
//! [`client`] and [`blocking`] are behind the feature `client`, which is on unless default features are turned off: who only
//! checks and packs rows compiles no HTTP.

#[cfg(feature = "client")]
pub mod blocking;
#[cfg(feature = "client")]
pub mod client;
pub mod delimited;
mod files;
pub mod results;
pub mod rows;

#[cfg(feature = "client")]
pub use client::{Client, ClientError, Credentials};
pub use results::{Outcome, Reconciliation, ResultsError};
pub use rows::{Packed, Packing, Part, Policy, Preflight, RowsError};
