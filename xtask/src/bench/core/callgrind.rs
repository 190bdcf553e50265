//! Counts instructions with valgrind's callgrind: the count of a program does not depend on what else the machine does.

use std::ffi::OsString;
use std::process::Command;

use miette::miette;

use super::tools::{self, Tools};

/// Whether valgrind is here.
pub(in crate::bench) fn is_here() -> bool {
    tools::has("valgrind", "--version")
}

/// The instructions that a program executes from its start to its end, on all threads.
pub(in crate::bench) fn count(tools: &Tools, command: &Command) -> miette::Result<u64> {
    if !is_here() {
        return Err(miette!("there is no program `valgrind` here"));
    }
    let mut out = OsString::from("--callgrind-out-file=");
    out.push(tools.data().join("callgrind.out"));
    let mut valgrind = Command::new("valgrind");
    valgrind
        .args(["--tool=callgrind", "--quiet"])
        .arg(out)
        .arg(command.get_program())
        .args(command.get_args());
    tools::output(&mut valgrind)?;
    let path = tools.data().join("callgrind.out");
    let text = std::fs::read_to_string(&path).map_err(|error| miette!("{}: {error}", path.display()))?;
    let totals = text.lines().find_map(|line| line.strip_prefix("totals: "));
    totals
        .and_then(|totals| totals.trim().parse().ok())
        .ok_or_else(|| miette!("callgrind wrote no totals into {}", path.display()))
}
