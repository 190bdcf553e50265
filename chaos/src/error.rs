//! Why a run could not be made.

use std::io;
use std::path::{Path, PathBuf};

use van_bulk_emulator::EmulatorError;
use van_bulk_import::{ImportError, LedgerError};

/// A run could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ChaosError {
    /// The emulator could not be started, or restarted.
    #[error("the emulator: {0}")]
    Emulator(#[from] EmulatorError),
    /// The ledger could not be read.
    #[error("the ledger: {0}")]
    Ledger(#[from] LedgerError),
    /// The report of the ledger could not be made.
    #[error("the report: {0}")]
    Import(#[from] ImportError),
    /// The file system refused.
    #[error("could not {action} {}: {source}", .path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// On which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl ChaosError {
    /// What to make of an error of the file system.
    pub(crate) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { action, path, source }
    }
}
