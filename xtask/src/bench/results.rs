//! `cargo xtask bench results`: accounting for the rows of result files, beside reading them.

use std::process::Command;

use miette::{IntoDiagnostic as _, miette};

use super::core::charts::Chart;
use super::core::locks;
use super::core::results::Results;
use super::core::samples::{Ratio, ratio, timed};
use super::core::tools::{self, Tools};

/// Runs the group.
pub(super) fn run(tools: &Tools, quick: bool) -> miette::Result<Results> {
    let mut results = Results::default();
    results.version("csv", locks::version(locks::BENCHES, "csv"));
    let program = tools.build("van-bulk-benches", "import", None)?;
    let folder = tools.data().join("results");
    std::fs::create_dir_all(&folder).into_diagnostic()?;
    let rows: u64 = if quick { 100_000 } else { 1_000_000 };
    println!("writing result files of {rows} rows ...");
    let run = |command: &str, rows: u64, arguments: &[&str]| {
        let mut process = Command::new(&program);
        process.arg(command).arg(&folder).args(["--rows", &rows.to_string()]).args(arguments);
        tools::json(&mut process)
    };
    run("write-results", rows, &[])?;
    println!("reconciling ...");
    let measured = run("reconcile", rows, &["--rounds", if quick { "5" } else { "15" }])?;
    let samples = timed(&measured);
    let [csv, reader, ours] = samples.as_slice() else {
        return Err(miette!("`reconcile` told of {} contenders", samples.len()));
    };
    results.target("R1.csv", ours.time_beside(csv));
    results.target("R1.reader", ours.time_beside(reader));
    results.figure("R1.readers", "time of reading, `delimited::Reader` : `csv`", reader.time_beside(csv));
    // What another ten million rows take that were sent and did not come back.
    let more = rows + 10_000_000;
    let peak = |rows| Ok::<_, miette::Report>(run("reconcile", rows, &[])?["peakKiB"].as_u64());
    match (peak(rows)?, peak(more)?) {
        (Some(few), Some(many)) => {
            let bytes = many.saturating_sub(few) * 1024;
            results.target("R1.memory", Ratio::exact(ratio(bytes, more - rows)));
        }
        _ => results.note("NOT MEASURED: peak memory; this system does not tell it in /proc"),
    }
    results.charts.push(Chart::of_seconds(format!("result files of {rows} rows"), &samples));
    results.measured("reconciling", &samples);
    Ok(results)
}
