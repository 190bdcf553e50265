//! Replacing the folder of a snapshot by a new one.

use std::collections::BTreeMap;
use std::fs::{self, DirEntry, File, FileType};
use std::io::{self, Write as _};
use std::path::Path;

use tempfile::TempDir;

use super::{
    DIGEST, MAPPING_TYPES, PROFILE, PROVENANCE, RESOURCES, SnapshotError, VALUES, io_error, is_value_list,
};

/// What tells people the same as [`PROVENANCE`] tells programs.
const PROVENANCE_FOR_PEOPLE: &str = "PROVENANCE.md";

/// Saves the documents as the folder's snapshot, with everything of the old folder that is no part of one.
pub(super) fn save(documents: &BTreeMap<String, String>, folder: &Path) -> Result<(), SnapshotError> {
    let parent = match folder.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    fs::create_dir_all(parent).map_err(|source| io_error("create", parent, source))?;
    let there = is_there(folder)?;
    let staging = tempfile::Builder::new()
        .prefix(".snapshot-")
        .tempdir_in(parent)
        .map_err(|source| io_error("write in", parent, source))?;
    let new = staging.path().join("new");
    write(documents, &new)?;
    if there {
        keep_others(folder, &new)?;
        replace(folder, &new, staging, |from, to| fs::rename(from, to))
    } else {
        fs::rename(&new, folder).map_err(|source| io_error("create", folder, source))?;
        sync_folder(parent);
        Ok(())
    }
}

/// Whether there is a folder; anything else under its name is an error.
fn is_there(folder: &Path) -> Result<bool, SnapshotError> {
    match fs::symlink_metadata(folder) {
        Ok(metadata) if metadata.is_dir() => Ok(true),
        Ok(metadata) => Err(cannot_keep(folder, metadata.file_type())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(source) => Err(io_error("look at", folder, source)),
    }
}

fn write(documents: &BTreeMap<String, String>, new: &Path) -> Result<(), SnapshotError> {
    let values = new.join(VALUES);
    fs::create_dir_all(&values).map_err(|source| io_error("create", &values, source))?;
    for (name, text) in documents {
        let path = new.join(name);
        let written = File::create(&path).and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            file.sync_all()
        });
        written.map_err(|source| io_error("write", &path, source))?;
    }
    sync_folder(&values);
    sync_folder(new);
    Ok(())
}

/// Puts `new` in the place of `folder`; both are in `staging` or beside it. What was there is deleted in the end.
fn replace(
    folder: &Path,
    new: &Path,
    staging: TempDir,
    rename: impl Fn(&Path, &Path) -> io::Result<()>,
) -> Result<(), SnapshotError> {
    let old = staging.path().join("old");
    rename(folder, &old).map_err(|source| io_error("replace", folder, source))?;
    if let Err(source) = rename(new, folder) {
        return Err(match rename(&old, folder) {
            Ok(()) => io_error("replace", folder, source),
            Err(restore) => {
                let kept = staging.keep().join("old");
                SnapshotError::NotRestored { folder: folder.to_owned(), kept, source, restore }
            }
        });
    }
    if let Some(parent) = staging.path().parent() {
        // Before the old folder is deleted.
        sync_folder(parent);
    }
    Ok(())
}

/// Copies what is no part of a snapshot.
fn keep_others(from: &Path, to: &Path) -> Result<(), SnapshotError> {
    let entries = entries(from)?;
    let is_sample = entries.iter().any(|entry| entry.file_name() == PROVENANCE);
    for entry in entries {
        let name = entry.file_name();
        if name == VALUES {
            keep_other_values(&entry, &to.join(VALUES))?;
        } else if name != MAPPING_TYPES
            && name != RESOURCES
            && name != PROFILE
            && name != DIGEST
            && name != PROVENANCE
            && !(is_sample && name == PROVENANCE_FOR_PEOPLE)
        {
            copy(&entry, to)?;
        }
    }
    sync_folder(to);
    Ok(())
}

fn keep_other_values(values: &DirEntry, to: &Path) -> Result<(), SnapshotError> {
    let path = values.path();
    let file_type = file_type(values)?;
    if !file_type.is_dir() {
        return Err(cannot_keep(&path, file_type));
    }
    for entry in entries(&path)? {
        let is_list = entry.file_name().to_str().is_some_and(is_value_list);
        if !is_list || self::file_type(&entry)?.is_dir() {
            copy(&entry, to)?;
        }
    }
    sync_folder(to);
    Ok(())
}

/// Copies a file, a folder with all that is in it, or a symbolic link as such, into the folder `to`.
fn copy(entry: &DirEntry, to: &Path) -> Result<(), SnapshotError> {
    let from = entry.path();
    let target = to.join(entry.file_name());
    let file_type = file_type(entry)?;
    let failed = |source| io_error("copy", &from, source);
    if file_type.is_dir() {
        fs::create_dir(&target).map_err(failed)?;
        for entry in entries(&from)? {
            copy(&entry, &target)?;
        }
        sync_folder(&target);
        Ok(())
    } else if file_type.is_file() {
        copy_file(&from, &target).map_err(failed)
    } else if file_type.is_symlink() && cfg!(unix) {
        copy_link(&from, &target).map_err(failed)
    } else {
        Err(cannot_keep(&from, file_type))
    }
}

/// Never overwrites: on a file system that ignores case, `target` may be one of the new documents.
fn copy_file(from: &Path, target: &Path) -> io::Result<()> {
    let mut source = File::open(from)?;
    let mut copy = File::create_new(target)?;
    io::copy(&mut source, &mut copy)?;
    copy.set_permissions(source.metadata()?.permissions())?;
    copy.sync_all()
}

/// A relative link leads to the same place from the copy, which takes the place of what it is copied from.
#[cfg(unix)]
fn copy_link(from: &Path, target: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(fs::read_link(from)?, target)
}

#[cfg(not(unix))]
fn copy_link(_: &Path, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

fn entries(folder: &Path) -> Result<Vec<DirEntry>, SnapshotError> {
    let entries = fs::read_dir(folder).and_then(Iterator::collect);
    entries.map_err(|source| io_error("list", folder, source))
}

fn file_type(entry: &DirEntry) -> Result<FileType, SnapshotError> {
    entry.file_type().map_err(|source| io_error("look at", &entry.path(), source))
}

fn cannot_keep(path: &Path, file_type: FileType) -> SnapshotError {
    let kind = if file_type.is_symlink() {
        "a symbolic link"
    } else if file_type.is_file() {
        "a file"
    } else {
        "neither a file nor a folder"
    };
    SnapshotError::CannotKeep { path: path.to_owned(), kind }
}

/// Makes the names in a folder outlast a power failure, where the system can: not all can open or sync a folder, and
/// the snapshot is good without.
fn sync_folder(folder: &Path) {
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file system that refuses to move anything to where the snapshot belongs, the first `times` times.
    fn refuses(to: &Path, times: usize) -> impl Fn(&Path, &Path) -> io::Result<()> {
        let count = std::cell::Cell::new(0);
        move |from, target| {
            if target == to {
                count.set(count.get() + 1);
            }
            if target == to && count.get() <= times {
                return Err(io::Error::other(format!("refusal {}", count.get())));
            }
            fs::rename(from, target)
        }
    }

    /// The parent of an old snapshot and of a new one that is to take its place.
    fn old_and_new() -> (TempDir, TempDir) {
        let parent = tempfile::tempdir().unwrap();
        let staging = tempfile::tempdir_in(parent.path()).unwrap();
        for (folder, text) in [(parent.path().join("snapshot"), "old"), (staging.path().join("new"), "new")] {
            fs::create_dir(&folder).unwrap();
            fs::write(folder.join("text"), text).unwrap();
        }
        (parent, staging)
    }

    #[test]
    fn what_cannot_be_replaced_is_put_back() {
        let (parent, staging) = old_and_new();
        let folder = parent.path().join("snapshot");
        let new = staging.path().join("new");
        let error = replace(&folder, &new, staging, refuses(&folder, 1)).unwrap_err();
        let SnapshotError::Io { source, .. } = error else { panic!("{error}") };
        assert_eq!(source.to_string(), "refusal 1");
        assert_eq!(fs::read_to_string(folder.join("text")).unwrap(), "old");
        assert_eq!(fs::read_dir(parent.path()).unwrap().count(), 1, "nothing else is left");
    }

    #[test]
    fn what_cannot_be_put_back_is_kept_and_named() {
        let (parent, staging) = old_and_new();
        let folder = parent.path().join("snapshot");
        let new = staging.path().join("new");
        let error = replace(&folder, &new, staging, refuses(&folder, 2)).unwrap_err();
        let message = error.to_string();
        let SnapshotError::NotRestored { kept, .. } = error else { panic!("{error}") };
        assert_eq!(fs::read_to_string(kept.join("text")).unwrap(), "old");
        assert!(message.contains(&kept.display().to_string()), "{message}");
        assert!(message.contains("refusal 1") && message.contains("refusal 2"), "{message}");
    }
}
