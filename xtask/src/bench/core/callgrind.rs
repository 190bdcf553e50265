//! Counts instructions with valgrind's callgrind: the count of a program does not depend on what else the machine does.

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

use miette::{IntoDiagnostic as _, WrapErr as _, miette};

use super::tools::{self, Tools};
use super::workspaces::Workspace;

/// Whether valgrind is here.
pub(in crate::bench) fn is_here() -> bool {
    tools::has("valgrind", "--version")
}

/// The instructions that a program executes from its start to its end, on all threads.
pub(in crate::bench) fn count(tools: &Tools, command: &Command) -> miette::Result<u64> {
    if !is_here() {
        return Err(miette!("there is no program `valgrind` here"));
    }
    let out = tools.data().join("callgrind.out");
    let mut valgrind = Command::new("valgrind");
    valgrind.args(arguments(&out)).arg(command.get_program()).args(command.get_args());
    tools::output(&mut valgrind)?;
    total(&out)
}

/// The instructions that the compiler executes for the library of a workspace whose dependencies are compiled.
pub(in crate::bench) fn count_check(tools: &Tools, workspace: &Workspace) -> miette::Result<u64> {
    if !is_here() {
        return Err(miette!("there is no program `valgrind` here"));
    }
    let out = tools.data().join("callgrind.out");
    // Cargo starts a wrapper with nothing but the compiler and what that is told.
    let wrapper = tools.data().join("wrapper");
    let arguments: Vec<String> =
        arguments(&out).iter().map(|argument| format!("'{}'", argument.to_string_lossy())).collect();
    let script = format!("#!/bin/sh\nexec valgrind {} \"$@\"\n", arguments.join(" "));
    std::fs::write(&wrapper, script).into_diagnostic()?;
    tools::output(Command::new("chmod").arg("+x").arg(&wrapper))?;
    workspace.check_with(&wrapper)?;
    total(&out)
}

fn arguments(out: &Path) -> Vec<OsString> {
    let mut file = OsString::from("--callgrind-out-file=");
    file.push(out);
    vec!["--tool=callgrind".into(), "--quiet".into(), file]
}

fn total(out: &Path) -> miette::Result<u64> {
    let text = std::fs::read_to_string(out)
        .into_diagnostic()
        .wrap_err_with(|| format!("could not read {}", out.display()))?;
    let total = text.lines().find_map(|line| line.strip_prefix("totals: "));
    total
        .and_then(|total| total.trim().parse().ok())
        .ok_or_else(|| miette!("callgrind wrote no totals into {}", out.display()))
}
