//! What a run reads and writes must not get into each other's way.

use std::fs;
use std::path::{Path, PathBuf};

use miette::miette;

use super::{Args, OnBadRows};
use crate::given::is_standard;

/// The file for rejected rows in the folder of the zips.
const REJECTED: &str = "rejected.csv";

/// Where rejected rows go, if they are to be written.
pub(super) fn rejected(args: &Args) -> Option<PathBuf> {
    let folder = args.pack.as_deref().filter(|_| args.bad_rows == OnBadRows::LeaveOut)?;
    Some(args.rejected.clone().unwrap_or_else(|| folder.join(REJECTED)))
}

/// Refuses what can be refused before anything is read. What would be written over is for the packing to see.
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
    Ok(())
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
