//! The commands of van-bulk: `cargo van-bulk <command>` in any workspace, and the same in the repository of van-bulk itself.
//! One file a command; each parses its arguments, calls a library and prints.
//!
//! `fetch`, `codegen`, `diff` and `drift` are about the snapshot of a key and the builders that are generated from it; `lint` and
//! `preflight` check a job and its rows; `import`, `resume`, `status` and `history` bring rows into VAN; `emulate` is VAN on this
//! machine.

mod catalog;
mod codegen;
mod diff;
mod drift;
mod emulate;
pub mod fetch;
mod files;
pub mod given;
mod history;
mod import;
mod init;
mod ledger;
mod lint;
mod preflight;
mod profiles;
pub mod report;
mod resume;
mod shell;
mod status;
mod stop;
pub mod workspace;

use std::process::ExitCode;

pub use codegen::files_of;
pub use shell::{Completions, Man};
pub use workspace::Workspace;

/// The commands. What each is for is the documentation of its arguments, which is its `--help`, too.
#[derive(Debug, clap::Subcommand)]
#[allow(missing_docs, reason = "a comment here would take the place of that help")]
pub enum Command {
    Catalog(catalog::Args),
    Codegen(codegen::Args),
    Diff(diff::Args),
    Drift(drift::Args),
    Emulate(emulate::Args),
    Fetch(fetch::Args),
    History(history::Args),
    Import(import::Args),
    Init(init::Args),
    Lint(lint::Args),
    Preflight(preflight::Args),
    Resume(resume::Args),
    Status(status::Args),
}

impl Command {
    /// Runs the command in a workspace.
    ///
    /// # Errors
    /// With a report for people. Some commands print it themselves and tell by the exit code.
    pub async fn run(&self, workspace: &Workspace) -> miette::Result<ExitCode> {
        match self {
            Self::Catalog(args) => catalog::run(args, workspace)?,
            Self::Codegen(args) => codegen::run(args, workspace)?,
            Self::Emulate(args) => emulate::run(args, workspace).await?,
            Self::Fetch(args) => fetch::run(args, workspace).await?,
            Self::Init(args) => init::run(args, workspace).await?,
            Self::History(args) => history::run(args, workspace)?,
            Self::Status(args) => status::run(args, workspace)?,
            Self::Diff(args) => return diff::run(args, workspace).await,
            Self::Drift(args) => return drift::run(args, workspace).await,
            Self::Import(args) => return import::run(args, workspace).await,
            Self::Lint(args) => return lint::run(args, workspace),
            Self::Preflight(args) => return preflight::run(args, workspace).await,
            Self::Resume(args) => return resume::run(args, workspace).await,
        }
        Ok(ExitCode::SUCCESS)
    }
}
