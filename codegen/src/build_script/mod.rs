//! Generating from a build script, into a file that a module of the user's own crate includes.

mod error;
mod names;
mod told;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use van_bulk_schema::Snapshot;
use van_bulk_schema::finding::{any_error, did_you_mean};

use crate::emit::{self, Beside};
use crate::ir::Program;
use crate::{CodegenError, Resolved, files, profiles, resolved};
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
///
/// There are no Cargo features: all is compiled, or what [`resource_types`](Self::resource_types) says. What is included keeps the
/// usual lints, but modules cannot allow those of letters that are not ASCII. Where VAN's names have such, the crate says so at
/// its root: `#![allow(uncommon_codepoints, confusable_idents, mixed_script_confusables)]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    sources: Sources,
    file_name: Option<String>,
    out_dir: Option<PathBuf>,
    resource_types: Option<BTreeSet<String>>,
}

/// The folders of snapshots.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Sources {
    One(PathBuf),
    /// By the name of the profile.
    SideBySide(Vec<(String, PathBuf)>),
}

impl Config {
    /// Builders of the snapshot in this folder, which is relative to the package.
    pub fn new(snapshot: impl Into<PathBuf>) -> Self {
        Self::of(Sources::One(snapshot.into()))
    }

    /// Builders of several profiles side by side, each in a module of its own: names, and the folders of their snapshots.
    ///
    /// Messages name the profile, what was built for one does not compile with another, and its jobs are taken by clients for
    /// this profile, or for any mode. What profiles have in common is in the program once.
    ///
    /// ```no_run
    /// let profiles = [("acme", "snapshots/acme"), ("beta", "snapshots/beta")];
    /// van_bulk_codegen::Config::side_by_side(profiles).file_name("tenants.rs").generate_or_exit();
    /// ```
    pub fn side_by_side<N: Into<String>, P: Into<PathBuf>>(
        profiles: impl IntoIterator<Item = (N, P)>,
    ) -> Self {
        let profiles = profiles.into_iter().map(|(name, snapshot)| (name.into(), snapshot.into()));
        Self::of(Sources::SideBySide(profiles.collect()))
    }

    fn of(sources: Sources) -> Self {
        Self { sources, file_name: None, out_dir: None, resource_types: None }
    }

    /// The name of the file. Unless this is called, it is that of the snapshot's folder as a module's with `.rs` behind it, so
    /// that `snapshots/my-voters` becomes `my_voters.rs`; for several profiles it is `profiles.rs`.
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

    /// Only these resource types, by VAN's names, with the mapping types that they take; all unless this is called. Where there
    /// are several profiles, one of them has it.
    #[must_use]
    pub fn resource_types<T: Into<String>>(mut self, names: impl IntoIterator<Item = T>) -> Self {
        self.resource_types = Some(names.into_iter().map(Into::into).collect());
        self
    }

    /// Writes the file and gives its path, and tells Cargo what it depends on and what is doubtful, on standard output.
    ///
    /// # Errors
    /// When there is no snapshot in a folder, a schema contradicts itself, no profile has a resource type that was chosen, a
    /// profile has a name that no module can have, or the file cannot be written. The message names every problem of a schema
    /// with its document, line and column.
    pub fn generate(&self) -> Result<PathBuf, BuildError> {
        let path = self.path()?;
        let written = || WRITTEN.lock().unwrap_or_else(PoisonError::into_inner);
        if written().get(&path).is_some_and(|before| before != self) {
            return Err(BuildError::Twice(path));
        }
        let shown = path.display().to_string();
        let text = match &self.sources {
            Sources::One(snapshot) => {
                let read = Read::from(snapshot)?;
                self.known([&read.program])?;
                emit::included(&read.program, self.resource_types.as_ref(), &shown, &read.shown)?
            }
            Sources::SideBySide(profiles) => self.several(profiles, &shown)?,
        };
        files::write_if_changed(&path, &text)?;
        written().insert(path.clone(), self.clone());
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

    /// The text of the file for several profiles.
    fn several(&self, profiles: &[(String, PathBuf)], path: &str) -> Result<String, BuildError> {
        let modules = profiles::modules(profiles.iter().map(|(name, _)| name.as_str()))?;
        // All are looked at, so that Cargo knows of all folders and people of all mistakes.
        let (mut read, mut errors) = (Vec::new(), Vec::new());
        for (_, folder) in profiles {
            match Read::from(folder) {
                Ok(one) => read.push(one),
                Err(error) => errors.push(error),
            }
        }
        match (errors.pop(), errors.is_empty()) {
            (None, _) => {}
            (Some(only), true) => return Err(only),
            (Some(last), false) => {
                return Err(BuildError::Several(errors.into_iter().chain([last]).collect()));
            }
        }
        for ((name, _), read) in profiles.iter().zip(&mut read) {
            read.program.name_profile(name);
        }
        self.known(read.iter().map(|read| &read.program))?;
        let beside = profiles.iter().zip(modules).zip(&read);
        let mut beside: Vec<Beside<'_>> = beside
            .map(|(((name, _), module), read)| Beside {
                name,
                module,
                source: &read.shown,
                program: &read.program,
            })
            .collect();
        beside.sort_by(|a, b| a.name.cmp(b.name));
        Ok(emit::included_side_by_side(&beside, self.resource_types.as_ref(), path)?)
    }

    /// The path of the file.
    fn path(&self) -> Result<PathBuf, BuildError> {
        let folder = match &self.out_dir {
            Some(folder) => folder.clone(),
            None => std::env::var_os("OUT_DIR").map(PathBuf::from).ok_or(BuildError::NoOutDir)?,
        };
        let name = self.file_name.clone().unwrap_or_else(|| match &self.sources {
            Sources::One(snapshot) => {
                format!("{}.rs", crate::names::snake(&folder_name(snapshot), "mappings"))
            }
            Sources::SideBySide(_) => "profiles.rs".to_owned(),
        });
        let is_plain = Path::new(&name).file_name().is_some_and(|plain| plain == name.as_str());
        if !is_plain {
            return Err(BuildError::FileName(name));
        }
        Ok(folder.join(name))
    }

    /// That every chosen resource type is one of some program.
    fn known<'a>(&self, programs: impl IntoIterator<Item = &'a Program>) -> Result<(), BuildError> {
        let resources = programs.into_iter().flat_map(|program| &program.resources);
        let all: BTreeSet<&str> = resources.map(|resource| resource.wire.as_str()).collect();
        let mut chosen = self.resource_types.iter().flatten();
        match chosen.find(|name| !all.contains(name.as_str())) {
            None => Ok(()),
            Some(name) => {
                let all: Vec<&str> = all.into_iter().collect();
                let help = did_you_mean(name, all.iter().copied())
                    .unwrap_or_else(|| format!("there are: {}", all.join(", ")));
                Err(BuildError::NoSuchResourceType { name: name.clone(), help })
            }
        }
    }
}

/// What this build script has written.
static WRITTEN: Mutex<BTreeMap<PathBuf, Config>> = Mutex::new(BTreeMap::new());

/// A snapshot that was read, and of which everything was told.
struct Read {
    program: Program,
    /// Its folder, for the reader of the generated file.
    shown: String,
}

impl Read {
    fn from(folder: &Path) -> Result<Self, BuildError> {
        let shown = folder.to_str().filter(|path| !path.contains(['\n', '\r']));
        let shown = shown.ok_or_else(|| BuildError::Path(folder.to_owned()))?;
        // First, and the whole folder: Cargo looks at all that is in it, and at the folder itself when a file goes.
        println!("cargo::rerun-if-changed={shown}");
        let (snapshot, mut findings) = Snapshot::load(folder)?;
        if any_error(&findings) {
            return Err(Refused::new(folder, &snapshot, findings).into());
        }
        let Resolved { program, names, warnings } = match resolved(&snapshot) {
            Ok(resolved) => resolved,
            Err(CodegenError::Schema(findings)) => {
                return Err(Refused::new(folder, &snapshot, findings).into());
            }
            Err(error) => return Err(error.into()),
        };
        findings.extend(warnings);
        let unlocked = names::unlocked(folder, &snapshot, &names);
        for line in told::lines(folder, &snapshot.documents, &findings).into_iter().chain(unlocked) {
            println!("cargo::warning={line}");
        }
        Ok(Self { program, shown: shown.to_owned() })
    }
}

/// The name of a snapshot's folder, which is that of its profile.
fn folder_name(snapshot: &Path) -> String {
    snapshot.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
