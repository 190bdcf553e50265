//! What can go wrong with a ledger.

use std::io;
use std::path::PathBuf;

use super::{ImportId, PartState};

/// A ledger could not be opened, read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LedgerError {
    /// There is no ledger in the folder.
    #[error(
        "there is no ledger in {}; name the folder that the import was started with, or start one",
        .0.display()
    )]
    None(PathBuf),
    /// A folder could not be created.
    #[error("could not create the folder {}: {source}", .path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file of the database could not be created.
    #[error("could not create the ledger {}: {source}", .path.display())]
    Create {
        /// The database.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The database could not be opened.
    #[error("could not open the ledger {}: {source}", .path.display())]
    Open {
        /// The database.
        path: PathBuf,
        /// What SQLite said.
        source: rusqlite::Error,
    },
    /// The file is a database of something else.
    #[error("{} is not a ledger of imports; name another folder", .0.display())]
    NotALedger(PathBuf),
    /// A later version of this program wrote the ledger.
    #[error(
        "the ledger {} has version {found}, and this program knows versions up to {known}; use the later program",
        .path.display()
    )]
    Later {
        /// The database.
        path: PathBuf,
        /// Its version.
        found: i64,
        /// The latest version that is known.
        known: i64,
    },
    /// The database could not be read.
    #[error("could not read the ledger {}: {source}", .path.display())]
    Read {
        /// The database.
        path: PathBuf,
        /// What SQLite said.
        source: rusqlite::Error,
    },
    /// The database could not be written, so what was about to be done was not done.
    #[error("could not write the ledger {}: {source}; nothing more was sent", .path.display())]
    Write {
        /// The database.
        path: PathBuf,
        /// What SQLite said.
        source: rusqlite::Error,
    },
    /// There is no import of that number.
    #[error("the ledger in {} has no import {id}", .folder.display())]
    NoSuchImport {
        /// The number.
        id: ImportId,
        /// The folder of the ledger.
        folder: PathBuf,
    },
    /// Another process works on the import.
    #[error("import {0} is being worked on by another process; wait for it, or stop it")]
    Busy(ImportId),
    /// The lock of an import could not be taken.
    #[error("could not lock {}: {source}", .path.display())]
    Lock {
        /// The lock's file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A part is not in a state in which this can be done to it.
    #[error(
        "part {part} of import {import} is {}, so it cannot become {to}; the ledger was changed by something else, and nothing \
         was sent",
        .is.map_or("gone", PartState::as_str)
    )]
    State {
        /// The import.
        import: ImportId,
        /// The part, counted from 1.
        part: u32,
        /// Its state; `None` if there is no such part.
        is: Option<PartState>,
        /// The state that it was to have.
        to: PartState,
    },
}
