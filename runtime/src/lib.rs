//! Builder core for compile-time-checked NGP VAN / EveryAction bulk imports.
//!
//! The generator writes one builder for each mapping type of an API key, on top of this crate. A wrong mapping then does
//! not compile; a right one becomes the JSON body of `POST /bulkImportJobs`.
//!
//! - [`Job`] collects mappings and makes a [`Payload`](payload::Payload).
//! - Fields are filled by a [`Column`] of the file, a [`static_value`], a generated predefined value, or a [`raw`] id.
//! - [`mode`] is VAN's database modes; a job remembers which one it was built for.
//! - Columns come from a [`Row`] type or from a [`Header`] that was read, never from free text.
//!
//! It needs serde alone, and knows nothing of any schema. Features: `derive` (on by default) for `#[derive(Row)]`, `jiff`
//! and `rust_decimal` for the dates, times and decimal numbers of those crates as cells.

#[doc(hidden)]
pub mod __private;
pub mod cell;
pub mod header;
pub mod job;
pub mod mapping;
pub mod mode;
pub mod payload;
pub mod row;
pub mod rules;
pub mod slots;
pub mod source;
pub mod state;
pub mod values;

pub use cell::{Cell, CellText};
pub use header::{Header, HeaderError, NoSuchColumn};
pub use job::{FinishedJob, Job, JobError, Resource};
pub use mapping::Mapping;
pub use mode::DatabaseMode;
pub use row::{Cells, Flattened, Row};
pub use source::{Column, Raw, StaticValue, raw, static_value};
pub use state::{Dynamic, Fixed, Unmapped};
#[cfg(feature = "derive")]
pub use van_bulk_derive::Row;

/// Includes the builders that a build script wrote (`van_bulk_codegen::Config`), into the module in which it stands.
///
/// The name is that of the file in `OUT_DIR`, without its ending.
///
/// ```text
/// mod acme {
///     van_bulk::include_mappings!("acme");
/// }
/// ```
#[macro_export]
macro_rules! include_mappings {
    ($name:literal) => {
        ::core::include!(::core::concat!(::core::env!("OUT_DIR"), "/", $name, ".rs"));
    };
}
