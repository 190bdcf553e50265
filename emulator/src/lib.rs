//! A server that speaks VAN's Bulk Import API on this machine.
//!
//! It answers discovery requests from a [`Schema`](van_bulk_schema::Schema), checks a job and its rows by the same rules
//! as everything else here, fetches the zip from the job's `sourceUrl`, applies the mappings row by row to contacts that it
//! keeps in memory, moves through VAN's statuses, and serves result files whose links expire.
//!
//! ```no_run
//! # async fn example(schema: van_bulk_schema::Schema) -> Result<(), van_bulk_emulator::EmulatorError> {
//! use van_bulk_emulator::{Config, Emulator};
//!
//! let emulator = Emulator::start(Config { schema, ..Config::default() }).await?;
//! println!("{}", emulator.base_url());
//! emulator.stop().await;
//! # Ok(())
//! # }
//! ```
//!
//! It can misbehave on demand, see [`faults`], and keeps a [`record`] of all it did, so that an import can be tried against
//! the worst.
//!
//! # What is VAN's and what is not
//!
//! Paths, property names, statuses, paging, the shape of errors, the columns of result files and the messages
//! `Processed`, `Invalid phone number` and `Ignored to avoid overwriting best phone` follow VAN's docs. These are not
//! known, so they are this emulator's own, and VAN may do otherwise:
//!
//! - the codes and texts of errors, the message `Invalid email address`, ids, and how contacts are matched;
//! - when exactly a phone number or an e-mail address is refused;
//! - when a row is left out: when it breaks one of the [rules of a row](van_bulk_schema::rules::row), all of which are
//!   readings, or when it names no record;
//! - that a rule that one mapping breaks, such as a required field that is blank, leaves out the whole row, with all other
//!   mappings: the stricter of two readings, as VAN's docs do not say whether it would only leave out that mapping;
//! - that two mappings of one type, where a job may hold one for each type, leave out the rows that say the same type
//!   for both;
//! - that a job without a single good row is `Failed`;
//! - the paths of result files, and that an expired link answers 403.

mod api;
mod config;
mod connection;
mod contacts;
mod emulator;
pub mod faults;
mod file_host;
mod job;
pub mod record;
mod server;
mod state;
mod token;

pub use config::Config;
pub use contacts::{Applied, Contact, Record};
pub use emulator::{Emulator, EmulatorError};
pub use file_host::FileHost;
pub use job::{JobError, JobReport, LeftOut, Status};
pub use state::Memory;
