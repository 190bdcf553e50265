//! What one API key may import: the discovery responses of VAN's Bulk Import API as a model, saved on disk as a
//! snapshot, and the rules that a bulk import job must keep.
//!
//! - [`model`] is the lenient model of the responses: unknown keys are kept, optional ones may be missing.
//! - [`read`] turns JSON into the model and reports every problem with its place.
//! - [`snapshot`] is the responses of one key as a folder of files.
//! - [`overrides`] is what people know about a key that its responses do not say.
//! - [`provenance`] says which parts of a snapshot are VAN's and which are made up.
//! - [`key_column`] says how the rows of a job find their contacts.
//! - [`by_name`] fills in the mappings that VAN infers from column names.
//! - [`rules`] checks a job, and the rows of its file, against the model.
//! - [`dynamic`] builds jobs by name, when a program runs.
//! - [`finding`] and [`json`] are how problems and their places are told, and [`text`] how text from elsewhere is shown.
//! - [`cores`] works on all cores.
//!
//! This crate knows the payload types of `van-bulk`, and the facts that it states about names, files and descriptions,
//! and nothing else of this project.

pub mod by_name;
pub mod cores;
pub mod dynamic;
pub mod finding;
pub mod json;
pub mod key_column;
pub mod model;
pub mod overrides;
pub mod provenance;
pub mod read;
pub mod rules;
pub mod snapshot;
pub mod text;

pub use finding::{Finding, Severity};
pub use model::{AllowMultipleMode, Field, MappingType, Parent, Schema, Value, ValueList, ValueRef};
pub use snapshot::Snapshot;
pub use van_bulk::header::{MAX_COLUMNS, same_name};
pub use van_bulk::job::{MAX_DESCRIPTION_CHARS, RESULT_FILE_SIZE_KB};
pub use van_bulk::mode::DatabaseMode;
pub use van_bulk::payload;
