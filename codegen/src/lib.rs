//! Generates typed mapping builders from a snapshot: a pure function from the discovery responses of one key to the
//! files of a crate.
//!
//! The stages are `validate` (one function a rule, all findings) -> `resolve` (an [`ir`] in which every parent is an
//! index, every field has its class, every name is final) -> `emit` (quote) -> `format` (prettyplease) -> [`Files`].
//! Reading is done by `van-bulk-schema`, and only `Files` touches the disk. The same schema in any order gives the same
//! bytes.
//!
//! ```
//! use van_bulk_codegen::{Config, generate};
//! use van_bulk_schema::Snapshot;
//!
//! let documents = [("mapping-types.json".to_owned(), r#"{"items": []}"#.to_owned())].into();
//! let (snapshot, _findings) = Snapshot::parse(documents);
//! let files = generate(&snapshot, &Config::new("acme-mappings", "snapshots/acme")).unwrap().files;
//! assert!(files.get("src/lib.rs").is_some());
//! ```

use van_bulk_schema::Snapshot;
use van_bulk_schema::finding::{Finding, any_error};
use van_bulk_schema::snapshot::NAMES_LOCK;

pub mod diff;
mod emit;
pub mod files;
mod fingerprint;
pub mod ir;
pub mod lock;
mod names;
mod resolve;
mod room;
mod taken;
mod text;
pub mod validate;

pub use files::{Difference, Files, FilesError};
pub use fingerprint::fingerprint;
pub use lock::NamesLock;
pub use resolve::{MAX_TYPED_VALUES, resolve};
pub use room::{MAX_SLOTS, TOO_MANY_SLOTS};
pub use taken::NAME_TAKEN;

/// What the generated crate is called and where its parts come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
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
}

impl Config {
    /// A crate of its own, over the published runtime.
    pub fn new(package: impl Into<String>, source: impl Into<String>) -> Self {
        Self {
            package: package.into(),
            source: source.into(),
            command: "cargo xtask codegen".to_owned(),
            runtime: format!("\"{}\"", env!("CARGO_PKG_VERSION")),
            inherit_workspace: false,
            own_workspace: false,
        }
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

/// Nothing was generated.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CodegenError {
    /// The schema is contradictory.
    #[error("the schema has {} problem(s), so nothing was generated", .0.iter().filter(|finding| finding.severity == van_bulk_schema::Severity::Error).count())]
    Schema(Vec<Finding>),
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
}

/// Generates the crate for a snapshot.
///
/// # Errors
/// When the schema contradicts itself; every finding is told at once, warnings too, and nothing is generated.
pub fn generate(snapshot: &Snapshot, config: &Config) -> Result<Generated, CodegenError> {
    let Resolved { program, names, warnings } = resolved(snapshot)?;
    let files = emit::emit(&program, config)?;
    Ok(Generated { files, names_lock: names.to_text(), warnings })
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
