//! What a run reads and writes must not get into each other's way.

use std::fs;
use std::path::{Path, PathBuf};

use miette::miette;
use van_bulk_import::rows::is_part_name;

use super::{Args, OnBadRows};

/// The file for rejected rows in the folder of the zips.
const REJECTED: &str = "rejected.csv";

/// Where rejected rows go, if they are to be written.
pub(super) fn rejected(args: &Args) -> Option<PathBuf> {
    let folder = args.pack.as_deref().filter(|_| args.bad_rows == OnBadRows::LeaveOut)?;
    Some(args.rejected.clone().unwrap_or_else(|| folder.join(REJECTED)))
}

/// Refuses what can be refused before anything is read.
pub(super) fn check(args: &Args) -> miette::Result<()> {
    if is_standard(&args.file) && is_standard(&args.job) {
        return Err(miette!(
            help = "give the rows or the job as a file",
            "standard input cannot be both the rows and the job"
        ));
    }
    if let Some(folder) = &args.pack
        && fs::metadata(folder).is_ok_and(|state| !state.is_dir())
    {
        return Err(miette!(
            help = "give a folder; it is created if need be",
            "the zips cannot be put into {}, which is not a folder",
            folder.display()
        ));
    }
    let Some(rejected) = rejected(args) else {
        return match &args.rejected {
            None => Ok(()),
            Some(rejected) => Err(miette!(
                help = "add `--bad-rows leave-out`, or remove `--rejected`",
                "no rows would be written to {}, since bad rows are not left out",
                rejected.display()
            )),
        };
    };
    if is_standard(&rejected) {
        return Err(miette!(
            help = "give a file, as in `--rejected rejected.csv`",
            "rejected rows cannot be written to standard output, which has the report"
        ));
    }
    if fs::metadata(&rejected).is_ok_and(|state| !state.is_file()) {
        return Err(miette!(
            help = "give a file that may be replaced, or a name that is not taken",
            "rejected rows cannot be written to {}, which is not a regular file",
            rejected.display()
        ));
    }
    for (what, read) in read(args) {
        if is_same(read, &rejected) {
            return Err(miette!(
                help = "give another file with `--rejected`",
                "{} is the file with the {what}, which the rejected rows would replace",
                rejected.display()
            ));
        }
    }
    Ok(())
}

/// Refuses files in the folder of the zips that would be replaced or removed by zips of this name.
pub(super) fn check_parts(args: &Args, folder: &Path, file_name: &str) -> miette::Result<()> {
    for (what, read) in read(args) {
        if is_part(read, folder, file_name)
            || read.canonicalize().is_ok_and(|read| is_part(&read, folder, file_name))
        {
            return Err(miette!(
                help = "move or rename it, or give another folder with `--pack`",
                "{}, the file with the {what}, is named like a zip of this import, which would replace it",
                read.display()
            ));
        }
    }
    match rejected(args) {
        Some(rejected) if is_part(&rejected, folder, file_name) => Err(miette!(
            help = "give another file with `--rejected`",
            "{}, the file for rejected rows, is named like a zip of this import",
            rejected.display()
        )),
        _ => Ok(()),
    }
}

pub(super) fn is_standard(path: &Path) -> bool {
    path == Path::new("-")
}

/// The files that are read, and what is in them.
fn read(args: &Args) -> impl Iterator<Item = (&'static str, &Path)> {
    [("rows", &*args.file), ("job", &*args.job)].into_iter().filter(|(_, path)| !is_standard(path))
}

fn is_same(one: &Path, other: &Path) -> bool {
    matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
}

/// Whether a path lies in the folder and is named like a part.
fn is_part(path: &Path, folder: &Path, file_name: &str) -> bool {
    let beside = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    is_part_name(&name, file_name) && (beside == folder || is_same(beside, folder))
}

/// The folder of the zips. What was created of it is removed again if nothing comes into it.
pub(super) struct Folder {
    /// The folders that were created, inner ones first.
    created: Vec<PathBuf>,
}

impl Folder {
    pub(super) fn create(folder: &Path) -> miette::Result<Self> {
        let missing = folder.ancestors().filter(|path| !path.as_os_str().is_empty());
        let created = missing.take_while(|path| !path.exists()).map(Path::to_owned).collect();
        let folders = Self { created };
        match fs::create_dir_all(folder) {
            Ok(()) => Ok(folders),
            Err(error) => Err(miette!(
                help = "give a folder that can be created with `--pack`",
                "could not create {}: {error}",
                folder.display()
            )),
        }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Those that are not empty stay.
        let _ = self.created.iter().try_for_each(fs::remove_dir);
    }
}
