//! What commands are given: the payload of a job, and the snapshot to check it against.

mod input;
pub mod payload;

pub(crate) use input::{InputArgs, is_standard};

use std::path::{Path, PathBuf};

use miette::{IntoDiagnostic as _, miette};
use van_bulk_schema::finding::any_error;
use van_bulk_schema::{Schema, Snapshot};

use crate::report;
use crate::workspace::{self, Workspace};

/// Which snapshot says what can be imported.
#[derive(Debug, clap::Args)]
pub(crate) struct Against {
    /// The snapshot in this folder says what can be imported
    #[arg(long, value_name = "DIR", conflicts_with = "profile")]
    snapshot: Option<PathBuf>,
    /// The snapshot in this folder below `snapshots/` does; that of the only profile of van-bulk.toml unless one is named
    #[arg(long, value_parser = workspace::profile_name)]
    profile: Option<String>,
}

impl Against {
    /// The folder of the snapshot.
    pub(crate) fn folder(&self, workspace: &Workspace) -> miette::Result<PathBuf> {
        match &self.snapshot {
            Some(folder) => Ok(folder.clone()),
            None => Ok(workspace.profile_or_only(self.profile.as_deref())?.snapshot(workspace)),
        }
    }
}

/// Loads a snapshot.
///
/// # Errors
/// When it cannot be read, or has errors: it would find errors in jobs that have none.
pub fn schema(folder: &Path, workspace: &Workspace) -> miette::Result<Schema> {
    Ok(snapshot(folder, workspace)?.schema)
}

/// Loads a snapshot with all that it tells.
pub(crate) fn snapshot(folder: &Path, workspace: &Workspace) -> miette::Result<Snapshot> {
    let (snapshot, findings) = Snapshot::load(folder).into_diagnostic()?;
    report::findings(&findings, &snapshot.documents, folder);
    if any_error(&findings) {
        return Err(miette!(
            code = "snapshot::errors",
            help = format!(
                "correct the places shown above, or fetch the snapshot again with `{}`",
                workspace.call("fetch")
            ),
            "the snapshot `{}` has errors, so nothing was checked",
            folder.display()
        ));
    }
    Ok(snapshot)
}
