//! Files that appear under their final name only when they are whole.

use std::fs;
use std::io;
use std::path::Path;

use tempfile::{NamedTempFile, TempPath};

/// The folder of a file.
fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// A temporary file in the folder of `path`, readable by its owner only; it vanishes unless it is kept.
pub(crate) fn temporary_beside(path: &Path) -> io::Result<NamedTempFile> {
    tempfile::Builder::new().prefix(".van-bulk-").suffix(".part").tempfile_in(folder_of(path))
}

/// Gives a temporary file, already synced to disk, its final name; a file of that name is replaced.
pub(crate) fn keep(temporary: TempPath, path: &Path) -> io::Result<()> {
    temporary.persist(path).map_err(|error| error.error)?;
    sync_folder_of(path);
    Ok(())
}

/// Makes a new name last through a power cut, as far as it can be done: not every system can sync folders.
pub(crate) fn sync_folder_of(path: &Path) {
    if let Ok(folder) = fs::File::open(folder_of(path)) {
        let _ = folder.sync_all();
    }
}

/// A name that nobody can guess: 32 hexadecimal digits.
#[cfg(feature = "ledger")]
pub(crate) fn random_name() -> io::Result<String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
