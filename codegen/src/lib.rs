//! Generates typed mapping builders from a snapshot: a pure function from the discovery responses of one key to the
//! files of a crate.
//!
//! There are three ways to use them. [`generate`] makes a crate of one profile ([`generate_into`] file by file), and
//! [`generate_profiles`] a crate of several side by side, each in a module of its own. [`Config`] is for a build script: what
//! it writes is included by a module of the user's own crate. The modules are the same in all three: they name each other by
//! `super` only.
//!
//! The stages are `validate` (one function a rule, all findings) -> `resolve` (an [`ir`] in which every parent is an
//! index, every field has its class, every name is final) -> `emit` (text, and quote with prettyplease for what is
//! irregular) -> a [`Sink`], such as [`Files`]. Reading is done by `van-bulk-schema`, and only [`files`] touches the disk. The
//! same schema in any order gives the same bytes.
//!
//! ```
//! use van_bulk_codegen::{CrateConfig, generate};
//! use van_bulk_schema::Snapshot;
//!
//! let documents = [("mapping-types.json".to_owned(), r#"{"items": []}"#.to_owned())].into();
//! let (snapshot, _findings) = Snapshot::parse(documents);
//! let files = generate(&snapshot, &CrateConfig::new("acme-mappings", "snapshots/acme")).unwrap().files;
//! assert!(files.get("src/lib.rs").is_some());
//! ```

use van_bulk_schema::Snapshot;
use van_bulk_schema::finding::{Finding, any_error};
use van_bulk_schema::snapshot::NAMES_LOCK;

mod build_script;
pub mod diff;
mod emit;
pub mod files;
mod fingerprint;
pub mod ir;
pub mod lock;
mod names;
mod profiles;
mod resolve;
mod room;
mod taken;
mod text;
pub mod validate;

pub use build_script::{BuildError, Config, Refused, lock_names};
pub use files::{Change, Comparison, Difference, Files, FilesError, Hashes, Sink, Staged};
pub use fingerprint::{Inputs, fingerprint};
pub use lock::NamesLock;
pub use profiles::{
    GeneratedProfile, Profile, ProfileFindings, SideBySide, generate_profiles, generate_profiles_into,
    profile_module,
};
pub use resolve::{MAX_TYPED_VALUES, resolve};
pub use room::{MAX_SLOTS, TOO_MANY_SLOTS};
pub use taken::NAME_TAKEN;

/// What the generated crate is called and where its parts come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CrateConfig {
    /// The package; with `_` for `-` it is the crate's name in programs.
    pub package: String,
    /// Where the snapshot lies, for the reader of the generated files.
    pub source: String,
    /// How to generate again, for the reader of the generated files.
    pub command: String,
    /// The right-hand side of the dependency on `van-bulk` in `Cargo.toml`.
    pub runtime: String,
    /// Whether version, edition, licence and lints come from the workspace.
    pub inherit_workspace: bool,
    /// Whether the crate is a workspace of its own, for a folder below a workspace that it is not part of.
    pub own_workspace: bool,
    /// The name of the profile, for a crate of one whose messages should tell it and whose jobs should be taken by clients
    /// for this profile alone. A crate of several profiles names each anyway.
    pub profile: Option<String>,
}

impl CrateConfig {
    /// A crate of its own, over the published runtime.
    pub fn new(package: impl Into<String>, source: impl Into<String>) -> Self {
        Self {
            package: package.into(),
            source: source.into(),
            command: "cargo van-bulk codegen".to_owned(),
            runtime: format!("\"{}\"", env!("CARGO_PKG_VERSION")),
            inherit_workspace: false,
            own_workspace: false,
            profile: None,
        }
    }

    /// The crate's name in programs.
    fn library(&self) -> String {
        self.package.replace('-', "_")
    }
}

/// The generated files, and what is doubtful about the schema.
#[derive(Debug, Clone)]
pub struct Generated {
    /// The files of the crate.
    pub files: Files,
    /// The text of the snapshot's `names.lock`: the Rust names that are given now, and those given before.
    pub names_lock: String,
    /// Warnings only.
    pub warnings: Vec<Finding>,
}

/// What generating leaves besides the files.
#[derive(Debug, Clone)]
pub struct Left {
    /// The text of the snapshot's `names.lock`: the Rust names that are given now, and those given before.
    pub names_lock: String,
    /// Warnings only.
    pub warnings: Vec<Finding>,
}

/// Nothing was generated.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CodegenError {
    /// The schema is contradictory.
    #[error("the schema has {} problem(s), so nothing was generated", .0.iter().filter(|finding| finding.severity == van_bulk_schema::Severity::Error).count())]
    Schema(Vec<Finding>),
    /// The schemas of some profiles are contradictory.
    #[error("the schemas of {} have problems, so nothing was generated", profiles::list(.0))]
    Profiles(Vec<ProfileFindings>),
    /// A profile cannot have its name in a crate of several.
    #[error("the profile `{name}` cannot stand beside others in one crate: {problem}; rename the profile")]
    ProfileName {
        /// The name.
        name: String,
        /// What is wrong with it.
        problem: String,
    },
    /// The generator wrote something that is not Rust: a bug of the generator.
    #[error(
        "the generator wrote a file that is not Rust, `{path}`: {message}; this is a bug, please report it with the snapshot"
    )]
    NotRust {
        /// The file.
        path: String,
        /// What the parser said.
        message: String,
    },
    /// What takes the files could not keep one.
    #[error(transparent)]
    Files(#[from] FilesError),
}

/// Generates the crate for a snapshot, in memory.
///
/// # Errors
/// When the schema contradicts itself; every finding is told at once, warnings too, and nothing is generated.
pub fn generate(snapshot: &Snapshot, config: &CrateConfig) -> Result<Generated, CodegenError> {
    let mut files = Files::default();
    let Left { names_lock, warnings } = generate_into(snapshot, config, &mut files)?;
    Ok(Generated { files, names_lock, warnings })
}

/// Generates the crate for a snapshot, and hands each file on as it is ready: the files of a large schema take more memory than
/// all else.
///
/// # Errors
/// As [`generate`], and when a file is not taken.
pub fn generate_into(
    snapshot: &Snapshot,
    config: &CrateConfig,
    sink: &mut dyn Sink,
) -> Result<Left, CodegenError> {
    let Resolved { mut program, names, warnings } = resolved(snapshot)?;
    if let Some(profile) = &config.profile {
        program.name_profile(profile);
    }
    emit::single(&program, config, sink)?;
    drop(program);
    Ok(Left { names_lock: names.to_text(), warnings })
}

/// A program to begin with: it prints the payload of a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// The text of `main.rs`. It uses the generated crate, `van_bulk` and `serde_json`.
    pub main: String,
    /// The columns of the file that the job is for.
    pub columns: Vec<String>,
}

/// Writes a program to begin with, on the crate that is generated from a snapshot. `None` if the key may import nothing that
/// a column fills.
///
/// # Errors
/// As [`generate`].
pub fn example(snapshot: &Snapshot, config: &CrateConfig) -> Result<Option<Example>, CodegenError> {
    let example = emit::example(&resolved(snapshot)?.program, &config.package)?;
    Ok(example.map(|(main, columns)| Example { main, columns }))
}

/// The program that [`generate`] writes for a snapshot, in which every Rust name is final: for those who write calls of the
/// builders, or tell about them.
///
/// # Errors
/// When the schema contradicts itself; every finding is told at once, warnings too.
pub fn program(snapshot: &Snapshot) -> Result<ir::Program, CodegenError> {
    Ok(resolved(snapshot)?.program)
}

/// What is known of a valid snapshot before anything is written.
struct Resolved {
    program: ir::Program,
    names: NamesLock,
    warnings: Vec<Finding>,
}

/// Everything of generating but the writing.
fn resolved(snapshot: &Snapshot) -> Result<Resolved, CodegenError> {
    let findings = validate::validate(snapshot);
    if any_error(&findings) {
        return Err(CodegenError::Schema(findings));
    }
    let mut names = match snapshot.documents.get(NAMES_LOCK) {
        Some(text) => NamesLock::parse(text).map_err(CodegenError::Schema)?,
        None => NamesLock::default(),
    };
    let program = resolve::resolve(snapshot, &mut names);
    let mut errors = taken::taken_names(snapshot, &program);
    errors.extend(room::too_many_slots(snapshot, &program));
    if !errors.is_empty() {
        return Err(CodegenError::Schema(findings.into_iter().chain(errors).collect()));
    }
    Ok(Resolved { program, names, warnings: findings })
}
