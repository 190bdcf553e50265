//! Generating from a build script, into a file that a module of the user's own crate includes.

mod error;
mod names;
mod told;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use van_bulk_schema::Snapshot;
use van_bulk_schema::finding::{any_error, did_you_mean};

use crate::emit::{self, Compiled, Scope, Shared};
use crate::ir::Program;
use crate::{CodegenError, Resolved, files, resolved};
pub use error::{BuildError, Refused};
pub use names::lock_names;

/// Generates the builders of a snapshot from a build script.
///
/// In `build.rs`, with `van-bulk-codegen` among the build dependencies:
///
/// ```no_run
/// van_bulk_codegen::Config::new("snapshots/acme").generate_or_exit();
/// ```
///
/// In a module of the crate, with `van-bulk` among the dependencies:
///
/// ```text
/// mod acme {
///     van_bulk::include_mappings!("acme");
/// }
/// ```
///
/// The script runs again when a file of the snapshot's folder was changed, added or removed, and never otherwise. Nothing is
/// written but the one file in `OUT_DIR`, and that only if its text changes. `names.lock` is read; where names are not locked
/// yet, a warning says how to lock them. Doubts about the schema are warnings, too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    snapshot: PathBuf,
    file_name: Option<String>,
    out_dir: Option<PathBuf>,
    profile: Option<String>,
    resource_types: Option<BTreeSet<String>>,
}

impl Config {
    /// Builders of the snapshot in this folder, which is relative to the package.
    pub fn new(snapshot: impl Into<PathBuf>) -> Self {
        Self {
            snapshot: snapshot.into(),
            file_name: None,
            out_dir: None,
            profile: None,
            resource_types: None,
        }
    }

    /// The name of the file; that of the snapshot's folder as a module's with `.rs` behind it unless this is called, so that
    /// `snapshots/my-voters` becomes `my_voters.rs`.
    #[must_use]
    pub fn file_name(mut self, name: impl Into<String>) -> Self {
        self.file_name = Some(name.into());
        self
    }

    /// The folder of the file; what Cargo says in `OUT_DIR` unless this is called.
    #[must_use]
    pub fn out_dir(mut self, folder: impl Into<PathBuf>) -> Self {
        self.out_dir = Some(folder.into());
        self
    }

    /// The name of the profile, for a program that holds the builders of several: messages name it, and its jobs are taken by
    /// clients for this profile, or for any mode.
    #[must_use]
    pub fn profile(mut self, name: impl Into<String>) -> Self {
        self.profile = Some(name.into());
        self
    }

    /// Only these resource types, by VAN's names, with the mapping types that they take; all unless this is called.
    #[must_use]
    pub fn resource_types<T: Into<String>>(mut self, names: impl IntoIterator<Item = T>) -> Self {
        self.resource_types = Some(names.into_iter().map(Into::into).collect());
        self
    }

    /// Writes the file and gives its path, and tells Cargo what it depends on and what is doubtful, on standard output.
    ///
    /// # Errors
    /// When there is no snapshot in the folder, its schema contradicts itself, a resource type is none of its own, or the
    /// file cannot be written. The message names every problem with its document, line and column.
    pub fn generate(&self) -> Result<PathBuf, BuildError> {
        let shown = self.snapshot.to_str().filter(|path| !path.contains(['\n', '\r']));
        let shown = shown.ok_or_else(|| BuildError::Path(self.snapshot.clone()))?;
        // First, and the whole folder: Cargo looks at all that is in it, and at the folder itself when a file goes.
        println!("cargo::rerun-if-changed={shown}");
        let (snapshot, mut findings) = Snapshot::load(&self.snapshot)?;
        if any_error(&findings) {
            return Err(Refused::new(&self.snapshot, &snapshot, findings).into());
        }
        let Resolved { mut program, names, warnings } = match resolved(&snapshot) {
            Ok(resolved) => resolved,
            Err(CodegenError::Schema(findings)) => {
                return Err(Refused::new(&self.snapshot, &snapshot, findings).into());
            }
            Err(error) => return Err(error.into()),
        };
        findings.extend(warnings);
        if let Some(profile) = &self.profile {
            program.name_profile(profile);
        }
        let compiled = match &self.resource_types {
            Some(chosen) => Compiled::Only(known(chosen, &program)?),
            None => Compiled::All,
        };
        let shared = Shared::default();
        let scope = Scope {
            program: &program,
            label: self.profile.as_deref(),
            path: None,
            module: None,
            compiled,
            shared: &shared,
        };
        let path = self.path()?;
        let text = emit::included(&scope, &path.display().to_string(), shown)?;
        files::write_if_changed(&path, &text)?;
        for line in told::lines(&self.snapshot, &snapshot.documents, &findings) {
            println!("cargo::warning={line}");
        }
        if let Some(line) = names::unlocked(&self.snapshot, &snapshot, &names) {
            println!("cargo::warning={line}");
        }
        Ok(path)
    }

    /// Does the same as [`generate`](Self::generate); where it fails, the build script ends, and Cargo fails the build with
    /// every problem as an error of the package.
    pub fn generate_or_exit(&self) {
        if let Err(error) = self.generate() {
            for line in error.lines() {
                println!("cargo::error={line}");
            }
            // Cargo fails where errors were told, and shows these alone, not all that the script wrote.
            std::process::exit(0);
        }
    }

    /// The path of the file.
    fn path(&self) -> Result<PathBuf, BuildError> {
        let folder = match &self.out_dir {
            Some(folder) => folder.clone(),
            None => std::env::var_os("OUT_DIR").map(PathBuf::from).ok_or(BuildError::NoOutDir)?,
        };
        let name = self.file_name.clone().unwrap_or_else(|| {
            let folder = folder_name(&self.snapshot);
            format!("{}.rs", crate::names::snake(&folder, "mappings"))
        });
        Ok(folder.join(name))
    }
}

/// The name of a snapshot's folder, which is that of its profile.
fn folder_name(snapshot: &Path) -> String {
    snapshot.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// The chosen resource types, if the snapshot has all of them.
fn known<'a>(chosen: &'a BTreeSet<String>, program: &Program) -> Result<&'a BTreeSet<String>, BuildError> {
    let all: Vec<&str> = program.resources.iter().map(|resource| resource.wire.as_str()).collect();
    match chosen.iter().find(|name| !all.contains(&name.as_str())) {
        None => Ok(chosen),
        Some(name) => {
            let help = did_you_mean(name, all.iter().copied())
                .unwrap_or_else(|| format!("it has: {}", all.join(", ")));
            Err(BuildError::NoSuchResourceType { name: name.clone(), help })
        }
    }
}
