//! One process at a time works on an import.

use std::fs::{File, TryLockError};
use std::path::Path;

use super::{ImportId, LedgerError};

/// The lock of an import. The system lets go of it when the process ends, however it ends.
///
/// Its file is never removed: who had opened it before would then hold a lock that nobody else meets.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

impl Lock {
    pub(super) fn take(import: ImportId, path: &Path) -> Result<Self, LedgerError> {
        let failed = |source| LedgerError::Lock { path: path.to_owned(), source };
        let file = File::options().create(true).truncate(false).write(true).open(path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(LedgerError::Busy(import)),
            Err(TryLockError::Error(source)) => Err(failed(source)),
        }
    }
}
