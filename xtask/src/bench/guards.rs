//! `cargo xtask bench --quick`: counts of instructions, beside those that were accepted before. They do not depend on what
//! else the machine does, so that they can fail a build, as times cannot.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use comfy_table::{Table, presets};
use miette::{IntoDiagnostic as _, WrapErr as _, miette};
use serde::{Deserialize, Serialize};

use super::core::callgrind;
use super::core::samples::ratio;
use super::core::schema::Schema;
use super::core::targets::number;
use super::core::tools::{self, Tools};
use super::payload;
use crate::workspace;

const ROWS: u64 = 20_000;

/// What was accepted, in `benches/instructions.json`.
#[derive(Debug, Serialize, Deserialize)]
struct Accepted {
    /// How many percent more are still accepted: another processor takes other ways through the system's library.
    tolerance_percent: f64,
    /// By what is counted.
    instructions: BTreeMap<String, u64>,
}

/// Counts, and compares or accepts.
pub(super) fn run(tools: &Tools, bless: bool) -> miette::Result<()> {
    if !callgrind::is_here() {
        eprintln!("SKIPPED: there is no program `valgrind` here, so no instructions were counted");
        return Ok(());
    }
    let counts = count(tools)?;
    let path = workspace::root().join("benches/instructions.json");
    let accepted = read(&path)?;
    println!("{}", table(&counts, &accepted));
    if bless {
        return write(&path, &Accepted { instructions: counts, ..accepted });
    }
    let worse = worse(&counts, &accepted);
    if worse.is_empty() {
        return Ok(());
    }
    Err(miette!(
        code = "bench::instructions",
        help = "make it cheaper, or accept the counts with `cargo xtask bench --quick --bless` and commit the file",
        "{} take(s) more instructions than {} accepts, by more than {} %: {}",
        worse.len(),
        path.display(),
        accepted.tolerance_percent,
        worse.join("; ")
    ))
}

/// Builds what is counted, and counts.
fn count(tools: &Tools) -> miette::Result<BTreeMap<String, u64>> {
    let mut counts = BTreeMap::new();
    let payloads = payload::build(tools)?;
    let rows = tools.build("van-bulk-benches", "import", None)?;
    let generate = tools.build("generate", "codegen", None)?;
    println!("counting instructions ...");
    let data = tools.data();
    for way in ["ours", "struct", "json"] {
        let told = format!("payload of 60 fields, {way}");
        counts.insert(told, payload::of_one(tools, &payloads, way)?);
    }
    let results = data.join("results");
    std::fs::create_dir_all(&results).into_diagnostic()?;
    counts.insert(format!("reconcile {ROWS} rows"), reconcile(tools, &rows, &results)?);
    counts.insert(format!("check {ROWS} rows"), check(tools, &rows, &data)?);
    let snapshot = data.join("snapshot");
    Schema::new(5, 60).write(&snapshot)?;
    let generated = callgrind::count(tools, Command::new(&generate).arg(&snapshot))?;
    counts.insert("generate 5 x 60 fields".to_owned(), generated);
    Ok(counts)
}

fn reconcile(tools: &Tools, program: &Path, folder: &Path) -> miette::Result<u64> {
    let rows = ROWS.to_string();
    tools::json(Command::new(program).arg("write-results").arg(folder).args(["--rows", &rows]))?;
    callgrind::count(tools, Command::new(program).arg("reconcile").arg(folder).args(["--rows", &rows]))
}

/// Without what a few rows take: reading the schema is not counted.
fn check(tools: &Tools, program: &Path, data: &Path) -> miette::Result<u64> {
    let count = |rows: u64| {
        let file = data.join(format!("{rows}.csv"));
        let mut write = Command::new(program);
        write.arg("write").arg(&file).args(["--shape", "plain", "--seed", "20", "--rows", &rows.to_string()]);
        tools::json(&mut write)?;
        callgrind::count(tools, Command::new(program).arg("check").arg(file))
    };
    let (many, few) = (count(ROWS)?, count(1)?);
    many.checked_sub(few).ok_or_else(|| miette!("{many} instructions for {ROWS} rows, and {few} for one"))
}

/// What takes more than is accepted, with the counts.
fn worse(counts: &BTreeMap<String, u64>, accepted: &Accepted) -> Vec<String> {
    let most = 1.0 + accepted.tolerance_percent / 100.0;
    let told = |(what, now): (&String, &u64)| {
        let before = *accepted.instructions.get(what)?;
        let ratio = ratio(*now, before);
        (ratio > most).then(|| format!("{what}: {now} instead of {before}, {ratio:.3} times as many"))
    };
    counts.iter().filter_map(told).collect()
}

fn table(counts: &BTreeMap<String, u64>, accepted: &Accepted) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_FULL_CONDENSED).set_header(["", "instructions", "accepted", "ratio"]);
    for (what, now) in counts {
        let (before, beside) = match accepted.instructions.get(what) {
            Some(before) => (number(ratio(*before, 1)), format!("{:.3}", ratio(*now, *before))),
            None => ("never".to_owned(), String::new()),
        };
        table.add_row([what.clone(), number(ratio(*now, 1)), before, beside]);
    }
    table
}

fn read(path: &Path) -> miette::Result<Accepted> {
    let text = std::fs::read_to_string(path)
        .into_diagnostic()
        .wrap_err_with(|| format!("could not read {}", path.display()))?;
    serde_json::from_str(&text)
        .into_diagnostic()
        .wrap_err_with(|| format!("could not read {}", path.display()))
}

fn write(path: &Path, accepted: &Accepted) -> miette::Result<()> {
    let text = serde_json::to_string_pretty(accepted).into_diagnostic()?;
    std::fs::write(path, text + "\n")
        .into_diagnostic()
        .wrap_err_with(|| format!("could not write {}", path.display()))?;
    println!("accepted in {}", path.display());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_instructions_than_the_tolerance_are_told_with_both_counts() {
        let of = |count| [("packing".to_owned(), count)].into();
        let accepted = Accepted { tolerance_percent: 3.0, instructions: of(1_000) };
        assert!(worse(&of(1_030), &accepted).is_empty());
        assert_eq!(worse(&of(1_031), &accepted), ["packing: 1031 instead of 1000, 1.031 times as many"]);
        assert!(worse(&[("new".to_owned(), 5)].into(), &accepted).is_empty());
    }
}
