//! `cargo xtask setup`: what tests and guards need beyond Rust.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use miette::IntoDiagnostic as _;

use crate::{process, workspace};

/// Install what tests and guards need beyond Rust: Chromium with its driver, axe-core, valgrind
///
/// Chromium, chromedriver and valgrind are Debian's, by apt-get, where this is root; axe-core goes into `target/tools/axe`, by
/// npm. What cannot be had is told and is no error: what needs it is skipped with a notice.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

/// What is installed by apt-get: packages, and the programs that show that they are there.
const PACKAGES: [(&str, &str); 3] =
    [("chromium", "chromium"), ("chromium-driver", "chromedriver"), ("valgrind", "valgrind")];
/// The version of axe-core; others find other things.
const AXE: &str = "axe-core@4.14.1";
/// The most that one step may take.
const PATIENCE: Duration = Duration::from_secs(300);

/// Runs the command.
pub(crate) fn run(_: &Args) -> miette::Result<()> {
    let folder = workspace::target().join("tools/axe");
    std::fs::create_dir_all(&folder).into_diagnostic()?;
    let log = folder.join("setup.log");
    let is_there =
        |name: &str| Command::new(name).arg("--version").output().is_ok_and(|said| said.status.success());
    let lacking: Vec<&str> =
        PACKAGES.iter().filter(|(_, program)| !is_there(program)).map(|(package, _)| *package).collect();
    if !lacking.is_empty() {
        let install = ["apt-get", "install", "--yes", "--no-install-recommends"];
        step(&log, &lacking.join(" "), &["apt-get", "update"], &[&install[..], &lacking].concat());
    }
    if !folder.join("package/axe.min.js").is_file() {
        let archive = format!("{}.tgz", AXE.replace('@', "-"));
        let (to, archive) = (folder.display().to_string(), folder.join(archive).display().to_string());
        step(
            &log,
            AXE,
            &["npm", "pack", "--silent", "--pack-destination", &to, AXE],
            &["tar", "xzf", &archive, "-C", &to],
        );
    }
    Ok(())
}

/// Runs two programs, one after the other; a failure is told and is no error.
fn step(log: &Path, what: &str, first: &[&str], second: &[&str]) {
    println!("installing {what} ...");
    for words in [first, second] {
        let Some((program, arguments)) = words.split_first() else { continue };
        let mut command = Command::new(program);
        command.args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
        if let Err(failure) = process::finish(&mut command, PATIENCE, log) {
            eprintln!("{failure}");
            eprintln!("SKIPPED: {what} cannot be installed with {program}, so what needs it will be skipped");
            return;
        }
    }
}
