//! What can go wrong in a build script, in words that are readable where Cargo shows them.

use std::error::Error;
use std::fmt;
use std::path::{Path, PathBuf};

use van_bulk_schema::snapshot::SnapshotError;
use van_bulk_schema::{Finding, Severity, Snapshot};

use super::told;
use crate::{CodegenError, FilesError};

/// Nothing was generated.
///
/// `Debug` shows the message and its causes, because that is what a `main` that returns the error prints.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// There is no snapshot, or it could not be read.
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
    /// The snapshot contradicts itself.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// Several snapshots cannot be generated from.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Several(Vec<BuildError>),
    /// No snapshot has such a resource type.
    #[error("no snapshot has the resource type `{name}`; {help}")]
    NoSuchResourceType {
        /// What was chosen.
        name: String,
        /// What there is.
        help: String,
    },
    /// Cargo cannot be told to look at a path that is no line of text.
    #[error(
        "Cargo cannot be told of the path {0:?}: it is not UTF-8, or has a line break; rename the folder"
    )]
    Path(PathBuf),
    /// Two configurations of one build script would write one file.
    #[error("{} was written from another snapshot already: give one of them another name with `file_name(..)`", .0.display())]
    Twice(PathBuf),
    /// What was given as the name of the file is none.
    #[error("{0:?} is no name of a file; say with `out_dir(..)` if it is to be in another folder")]
    FileName(String),
    /// There is no `OUT_DIR`.
    #[error("OUT_DIR is not set: this is no build script; say with `out_dir(..)` where to write")]
    NoOutDir,
    /// The generator failed.
    #[error(transparent)]
    Codegen(#[from] CodegenError),
    /// The file could not be written.
    #[error(transparent)]
    Files(#[from] FilesError),
}

impl BuildError {
    /// The message in single lines, the most that Cargo takes as one error.
    pub(super) fn lines(&self) -> Vec<String> {
        match self {
            Self::Refused(refused) => {
                std::iter::once(refused.head()).chain(refused.lines.iter().cloned()).collect()
            }
            Self::Several(errors) => errors.iter().flat_map(Self::lines).collect(),
            error => vec![one_line(error)],
        }
    }
}

/// An error and its causes.
fn one_line(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(&format!(": {error}"));
        cause = error.source();
    }
    text.replace(['\n', '\r'], " ")
}

impl fmt::Debug for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(_) | Self::Several(_) => fmt::Display::fmt(self, f),
            error => f.write_str(&one_line(error)),
        }
    }
}

/// What is wrong with a snapshot, each with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The folder of the snapshot.
    pub snapshot: PathBuf,
    /// Every finding, warnings too.
    pub findings: Vec<Finding>,
    /// The errors among them, each in a line with its place.
    lines: Vec<String>,
}

impl Refused {
    pub(super) fn new(folder: &Path, snapshot: &Snapshot, findings: Vec<Finding>) -> Self {
        let is_error = |finding: &&Finding| finding.severity == Severity::Error;
        let errors: Vec<Finding> = findings.iter().filter(is_error).cloned().collect();
        let lines = told::lines(folder, &snapshot.documents, &errors);
        Self { snapshot: folder.to_owned(), findings, lines }
    }

    fn head(&self) -> String {
        let count = self.lines.len();
        format!("the snapshot {} has {count} error(s), so nothing was generated", self.snapshot.display())
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.head())?;
        for line in &self.lines {
            write!(f, "\n  - {line}")?;
        }
        Ok(())
    }
}

impl Error for Refused {}
