//! `cargo xtask deny`: whether dependencies are what `deny.toml` lets them be.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use miette::{IntoDiagnostic as _, miette};

use crate::{process, workspace};

/// Check licences, versions and sources of dependencies, and whether RustSec knows of faults in them
///
/// `deny.toml` says what may be. Builds cargo-deny into `target/tools` unless it is there, which takes some minutes. Where
/// RustSec's database, which is on GitHub, cannot be had, a notice says so, and the rest is checked all the same.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

/// The version of cargo-deny; others find other things.
const VERSION: &str = "0.20.2";
/// The most that fetching the database may take.
const FETCH: Duration = Duration::from_secs(60);

/// Runs the command.
pub(crate) fn run(_: &Args) -> miette::Result<()> {
    let tools = workspace::target().join("tools");
    let deny = Deny { program: tools.join("bin/cargo-deny").with_extension(std::env::consts::EXE_EXTENSION) };
    if !deny.is_there() {
        install(&tools)?;
    }
    deny.check(&["bans", "licenses", "sources"])?;
    let log = tools.join("advisories.log");
    let mut fetch = deny.command();
    fetch.args(["fetch", "db"]).env("GIT_TERMINAL_PROMPT", "0");
    match process::finish(&mut fetch, FETCH, &log) {
        Ok(()) => deny.check(&["advisories"]),
        Err(failure) => {
            eprintln!("{failure}");
            eprintln!(
                "SKIPPED: RustSec's database cannot be fetched, so known faults of dependencies were not looked for"
            );
            Ok(())
        }
    }
}

/// Builds cargo-deny. Without optimisation that takes less than half the time, and a check still takes seconds.
fn install(tools: &Path) -> miette::Result<()> {
    println!("building cargo-deny {VERSION} ...");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo)
        .args(["install", "cargo-deny", "--version", VERSION, "--locked", "--debug", "--quiet", "--root"])
        .arg(tools)
        .status()
        .into_diagnostic()?;
    if status.success() {
        return Ok(());
    }
    Err(miette!(
        code = "deny::not-installed",
        help =
            "crates.io, or whatever cargo is set up to use in its place, must be reachable for the first run",
        "could not build cargo-deny: {status}"
    ))
}

/// The program that checks.
struct Deny {
    program: PathBuf,
}

impl Deny {
    fn is_there(&self) -> bool {
        let said = Command::new(&self.program).arg("--version").output();
        said.is_ok_and(|said| {
            said.status.success()
                && String::from_utf8_lossy(&said.stdout).trim().ends_with(&format!(" {VERSION}"))
        })
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.arg("--locked").current_dir(workspace::root());
        command
    }

    fn check(&self, what: &[&str]) -> miette::Result<()> {
        let status = self.command().arg("check").args(what).status().into_diagnostic()?;
        if status.success() {
            return Ok(());
        }
        Err(miette!(
            code = "deny::refused",
            help = "choose another crate, or allow in `deny.toml` what you can give a reason for",
            "dependencies are not what `deny.toml` lets them be, see above"
        ))
    }
}
