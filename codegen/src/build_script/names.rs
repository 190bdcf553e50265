//! The names of a snapshot that is generated from by a build script, which may write nothing but its output.

use std::path::Path;

use van_bulk_schema::Snapshot;
use van_bulk_schema::finding::any_error;
use van_bulk_schema::snapshot::NAMES_LOCK;

use super::{BuildError, Refused};
use crate::{CodegenError, Files, NamesLock, resolved};

/// Writes the Rust names that builders of a snapshot have into its `names.lock`, so that later changes of the schema do not
/// change them; build scripts only read that file. Says whether it changed.
///
/// # Errors
/// When there is no snapshot in the folder, its schema contradicts itself, or the file cannot be written.
pub fn lock_names(snapshot: &Path) -> Result<bool, BuildError> {
    let folder = snapshot;
    let (snapshot, findings) = Snapshot::load(folder)?;
    if any_error(&findings) {
        return Err(Refused::new(folder, &snapshot, findings).into());
    }
    let resolved = match resolved(&snapshot) {
        Ok(resolved) => resolved,
        Err(CodegenError::Schema(findings)) => return Err(Refused::new(folder, &snapshot, findings).into()),
        Err(error) => return Err(error.into()),
    };
    let mut files = Files::default();
    files.insert(NAMES_LOCK, resolved.names.to_text());
    Ok(!files.write(folder)?.is_empty())
}

/// That names are not locked yet, and how to lock them; nothing if all are.
pub(super) fn unlocked(folder: &Path, snapshot: &Snapshot, given: &NamesLock) -> Option<String> {
    let locked = snapshot.documents.get(NAMES_LOCK).and_then(|text| NamesLock::parse(text).ok());
    if locked.as_ref() == Some(given) {
        return None;
    }
    let what = match locked {
        Some(_) => "not all Rust names are locked in",
        None => "the Rust names are not locked, for there is no",
    };
    Some(format!(
        "{what} {}, so a later change of the schema may rename builders: run `cargo van-bulk codegen --names --snapshot \
         {}` in the folder of the package, and commit the file",
        folder.join(NAMES_LOCK).display(),
        quoted(folder)
    ))
}

/// A path as a word for a shell.
fn quoted(path: &Path) -> String {
    let word = path.display().to_string();
    let is_plain = |c: char| c.is_alphanumeric() || "/\\._-:".contains(c);
    if word.chars().all(is_plain) { word } else { format!("'{}'", word.replace('\'', r"'\''")) }
}
