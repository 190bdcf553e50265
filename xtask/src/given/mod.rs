//! What commands are given: the payload of a job, and the snapshot to check it against.

pub(crate) mod payload;

use std::path::{Path, PathBuf};

use miette::{IntoDiagnostic as _, miette};
use van_bulk_schema::finding::any_error;
use van_bulk_schema::{Schema, Snapshot};

use crate::{report, workspace};

/// Which snapshot says what can be imported.
#[derive(Debug, clap::Args)]
pub(crate) struct Against {
    /// The snapshot in this folder says what can be imported
    #[arg(long, value_name = "DIR", conflicts_with = "profile")]
    snapshot: Option<PathBuf>,
    /// The snapshot in this folder below `snapshots/` does
    #[arg(long, default_value = workspace::DEFAULT_PROFILE, value_parser = workspace::profile_name)]
    profile: String,
}

impl Against {
    /// The folder of the snapshot.
    pub(crate) fn folder(&self) -> PathBuf {
        self.snapshot.clone().unwrap_or_else(|| workspace::snapshots().join(&self.profile))
    }
}

/// Loads a snapshot; one with errors would find errors in jobs that have none.
pub(crate) fn schema(folder: &Path) -> miette::Result<Schema> {
    let (snapshot, findings) = Snapshot::load(folder).into_diagnostic()?;
    report::findings(&findings, &snapshot.documents, folder);
    if any_error(&findings) {
        return Err(miette!(
            code = "snapshot::errors",
            help = "correct the places shown above, or fetch the snapshot again with `cargo xtask fetch`",
            "the snapshot `{}` has errors, so nothing was checked",
            folder.display()
        ));
    }
    Ok(snapshot.schema)
}
