//! `cargo xtask bench payload`: building and serializing a mapping, beside a struct written by hand and `json!`.

mod program;

use std::path::{Path, PathBuf};
use std::process::Command;

use miette::miette;

use super::core::callgrind;
use super::core::charts::Chart;
use super::core::locks;
use super::core::results::Results;
use super::core::samples::{Ratio, ratio};
use super::core::tools::{self, Tools};
use super::core::turns::{Contender, take_turns};
use super::core::workspaces::{Step, Workspace};

/// The contenders by the names that the program knows, and by those that are told.
const CONTENDERS: [(&str, &str); 3] =
    [("ours", "ours"), ("struct", "a struct written by hand"), ("json", "`json!`")];

/// How many mappings a process builds: enough for its start not to count.
const TIMES: u64 = 50_000;
/// How many are built where instructions are counted, which takes fifty times as long.
const COUNTED_TIMES: u64 = 200;

/// Runs the group.
pub(super) fn run(tools: &Tools, quick: bool) -> miette::Result<Results> {
    let mut results = Results::default();
    results.version("rustc", tools::first_line("rustc", "-V").trim_start_matches("rustc "));
    results.version("serde_json", locks::version(locks::REPOSITORY, "serde_json"));
    let program = build(tools)?;
    let contenders = CONTENDERS.map(|(name, told)| {
        let program = &program;
        Contender::with_samples(told, move |samples| {
            let told = tools::json(Command::new(program).args([name, &TIMES.to_string()]))?;
            samples.seconds.extend(told["seconds"].as_f64());
            samples.bytes = told["bytes"].as_u64().unwrap_or_default();
            Ok(())
        })
    });
    let samples = take_turns(
        "building and serializing 60 fields",
        contenders.into_iter().collect(),
        if quick { 3 } else { 15 },
    )?;
    if let [ours, by_hand, json] = samples.as_slice() {
        results.target("S1.struct.time", ours.time_beside(by_hand));
        results.target("S1.json.time", json.time_beside(ours));
    }
    results.charts.push(Chart::of_seconds(format!("{TIMES} mappings of 60 fields"), &samples));
    results.measured("building and serializing 60 fields", &samples);
    match instructions(tools, &program) {
        Ok([ours, by_hand, json]) => {
            results.target("S1.struct", Ratio::exact(ratio(ours, by_hand)));
            results.target("S1.json", Ratio::exact(ratio(json, ours)));
            let chart = Chart::new("instructions for one mapping of 60 fields", "instructions");
            let counts = [ours, by_hand, json].map(|count| Ratio::exact(ratio(count, 1)));
            let bars = CONTENDERS.iter().zip(counts);
            results.charts.push(bars.fold(chart, |chart, ((_, told), count)| chart.bar(*told, count)));
        }
        Err(error) => results.note(format!("NOT MEASURED: instructions; {error}")),
    }
    Ok(results)
}

/// Builds the program with all contenders.
pub(super) fn build(tools: &Tools) -> miette::Result<PathBuf> {
    println!("building the payloads ...");
    let workspace: Workspace = program::workspace(&tools.folder().join("payload"))?;
    workspace.cargo(Step::Release, "program")?;
    Ok(workspace.program())
}

/// The instructions that one mapping takes, for each contender.
fn instructions(tools: &Tools, program: &Path) -> miette::Result<[u64; 3]> {
    let mut counts = [0; 3];
    for (count, (name, _)) in counts.iter_mut().zip(CONTENDERS) {
        *count = of_one(tools, program, name)?;
    }
    Ok(counts)
}

/// The instructions that one mapping takes one contender, without the start of the program.
pub(super) fn of_one(tools: &Tools, program: &Path, contender: &str) -> miette::Result<u64> {
    let count =
        |times: u64| callgrind::count(tools, Command::new(program).args([contender, &times.to_string()]));
    let (many, none) = (count(COUNTED_TIMES)?, count(0)?);
    let own = many.checked_sub(none).ok_or_else(|| miette!("{many} instructions, and {none} for nothing"))?;
    Ok(own / COUNTED_TIMES)
}
