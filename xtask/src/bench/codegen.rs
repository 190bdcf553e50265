//! `cargo xtask bench codegen`: generating beside progenitor-impl, generating much, and generating where nothing has changed.

use std::path::{Path, PathBuf};
use std::process::Command;

use miette::{IntoDiagnostic as _, WrapErr as _, miette};

use super::core::charts::Chart;
use super::core::locks;
use super::core::results::Results;
use super::core::samples::{Ratio, Samples, ratio};
use super::core::schema::Schema;
use super::core::tools::{self, Tools};
use super::core::turns::{Contender, take_turns, time};
use crate::workspace;

/// Runs the group.
pub(super) fn run(tools: &Tools, quick: bool) -> miette::Result<Results> {
    let mut results = Results::default();
    let generate = tools.build("generate", "codegen", None)?;
    let progenitor = progenitor(tools)?;
    results.version("progenitor-impl", locks::version(locks::PROGENITOR, "progenitor-impl"));
    results.version("prettyplease", locks::version(locks::REPOSITORY, "prettyplease"));
    let bench = Bench { generate, data: tools.data(), rounds: if quick { 3 } else { 9 } };
    beside(&bench, &progenitor, &mut results)?;
    much(&bench, quick, &mut results)?;
    unchanged(&bench, &mut results)?;
    Ok(results)
}

struct Bench {
    generate: PathBuf,
    data: PathBuf,
    rounds: usize,
}

impl Bench {
    fn snapshot(&self, name: &str, schema: Schema) -> miette::Result<PathBuf> {
        let folder = self.data.join(name);
        schema.write(&folder)?;
        Ok(folder)
    }

    /// Generates from a snapshot in a process, on all cores or on one.
    fn generate(
        &self,
        snapshot: &Path,
        cores: Cores,
        arguments: &[&str],
        to: &mut Samples,
    ) -> miette::Result<()> {
        add(cores.command(&self.generate).arg(snapshot).args(arguments), to)
    }
}

#[derive(Debug, Clone, Copy)]
enum Cores {
    One,
    All,
}

impl Cores {
    /// A program on so many cores; on all where `taskset` is missing.
    fn command(self, program: &Path) -> Command {
        match self {
            Self::One if tools::has("taskset", "--version") => {
                let mut command = Command::new("taskset");
                command.args(["-c", "0"]).arg(program);
                command
            }
            _ => Command::new(program),
        }
    }
}

/// Adds what a program tells of its run.
fn add(command: &mut Command, to: &mut Samples) -> miette::Result<()> {
    let told = tools::json(command)?;
    to.seconds.extend(told["seconds"].as_f64());
    to.bytes = told["bytes"].as_u64().unwrap_or_default();
    to.peak_bytes = to.peak_bytes.max(told["peakKiB"].as_u64().map(|peak| peak * 1024));
    Ok(())
}

/// Builds the generator that ours is measured beside.
fn progenitor(tools: &Tools) -> miette::Result<PathBuf> {
    println!("building progenitor-impl ...");
    let build = tools.folder().join("progenitor");
    let mut command = tools::cargo();
    command.args(["build", "--quiet", "--locked", "--release", "--target-dir"]).arg(&build);
    tools::output(command.current_dir(workspace::root().join("benches/progenitor")))?;
    Ok(build.join("release/progenitor-beside").with_extension(std::env::consts::EXE_EXTENSION))
}

/// G1: beside progenitor-impl, on one core.
fn beside(bench: &Bench, progenitor: &Path, results: &mut Results) -> miette::Result<()> {
    let snapshot = bench.snapshot("usual", Schema::new(50, 60))?;
    let samples = take_turns(
        "generating 50 mapping types of 60 fields",
        vec![
            Contender::with_samples("ours", |samples| bench.generate(&snapshot, Cores::One, &[], samples)),
            Contender::with_samples("progenitor-impl", |samples| {
                add(&mut Cores::One.command(progenitor), samples)
            }),
            Contender::with_samples("prettyplease alone, our text", |samples| {
                bench.generate(&snapshot, Cores::One, &["--format"], samples)
            }),
        ],
        bench.rounds,
    )?;
    if let [ours, progenitor, format] = samples.as_slice() {
        let speed = ours.speed_beside(progenitor).times(ratio(ours.bytes, progenitor.bytes));
        results.target("G1.speed", speed);
        let what = "time of all, ours : prettyplease alone for the same text";
        results.figure("G1.format", what, ours.time_beside(format));
    }
    let bars = samples.iter().map(|samples| (samples.name.clone(), megabytes_a_second(samples)));
    let chart = Chart::new("generated text on one core, more is better", "MB/s");
    results.charts.push(bars.fold(chart, |chart, (name, speed)| chart.bar(name, speed)));
    results.measured("generating 50 mapping types of 60 fields, one core", &samples);
    Ok(())
}

fn megabytes_a_second(samples: &Samples) -> Ratio {
    samples.seconds().inverse().times(ratio(samples.bytes, 1_000_000))
}

/// G2: 100,000 fields beside 10,000, and beside one core.
fn much(bench: &Bench, quick: bool, results: &mut Results) -> miette::Result<()> {
    if quick {
        results.note("NOT MEASURED: 100,000 fields; they take too long for a quick run");
        return Ok(());
    }
    let few = bench.snapshot("few", Schema::new(200, 50))?;
    let many = bench.snapshot("many", Schema::new(2_000, 50))?;
    let samples = take_turns(
        "generating 100,000 fields",
        vec![
            Contender::with_samples("ours, 100,000 fields", |samples| {
                bench.generate(&many, Cores::All, &[], samples)
            }),
            Contender::with_samples("ours, 10,000 fields", |samples| {
                bench.generate(&few, Cores::All, &[], samples)
            }),
            Contender::with_samples("ours, 100,000 fields, one core", |samples| {
                bench.generate(&many, Cores::One, &[], samples)
            }),
            Contender::with_samples("prettyplease alone, 100,000 fields, one core", |samples| {
                bench.generate(&many, Cores::One, &["--format"], samples)
            }),
        ],
        3,
    )?;
    if let [all, few, one, format] = samples.as_slice() {
        results.target("G2.speed", all.seconds().inverse().times(100_000.0));
        match all.peak_bytes {
            Some(peak) => results.target("G2.memory", Ratio::exact(ratio(peak, 1_000_000))),
            None => results.note("NOT MEASURED: peak memory; this system does not tell it in /proc"),
        }
        results.target("G2.linear", all.time_beside(few).times(0.1));
        results.figure("G2.cores", "time on one core : time on all cores", one.time_beside(all));
        let what = "time of all on one core : prettyplease alone";
        results.figure("G2.format", what, one.time_beside(format));
    }
    results.charts.push(Chart::of_seconds("generating", &samples));
    results.measured("generating 100,000 fields", &samples);
    Ok(())
}

/// G3: `cargo xtask codegen` where nothing has changed, beside one field that has: whole processes of this program.
fn unchanged(bench: &Bench, results: &mut Results) -> miette::Result<()> {
    let snapshot = bench.data.join("snapshot");
    let schema = |edition| Schema { edition, ..Schema::new(50, 60) };
    let mut edition = 0;
    schema(edition).write(&snapshot)?;
    // Writes every file.
    codegen(&bench.data)?;
    let samples = take_turns(
        "generating where nothing has changed",
        vec![
            Contender::with_samples("ours, one field changed", |samples| {
                edition += 1;
                schema(edition).write(&snapshot)?;
                let told = time(samples, || codegen(&bench.data))?;
                is_as_wanted(false, &told)
            }),
            Contender::with_samples("ours, nothing changed", |samples| {
                let told = time(samples, || codegen(&bench.data))?;
                is_as_wanted(true, &told)
            }),
        ],
        bench.rounds,
    )?;
    if let [changed, unchanged] = samples.as_slice() {
        results.target("G3", unchanged.seconds().times(1_000.0));
        let what = "how many times as fast nothing is as one changed field";
        results.figure("G3.changed", what, unchanged.speed_beside(changed));
    }
    let built = if cfg!(debug_assertions) { "without" } else { "with" };
    results.note(format!("G3 is of whole processes of xtask, which was built {built} optimisation."));
    results.measured("generating where nothing has changed", &samples);
    Ok(())
}

/// Runs this program's `codegen`, and gives what it said.
fn codegen(data: &Path) -> miette::Result<String> {
    let program =
        std::env::current_exe().into_diagnostic().wrap_err("this program does not know its place")?;
    let mut command = Command::new(program);
    command.args(["codegen", "--snapshot", "snapshot", "--out", "crate"]).current_dir(data);
    // What it remembers goes with the data.
    command.env("CARGO_TARGET_DIR", data.join("target"));
    let output = tools::output(&mut command)?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn is_as_wanted(unchanged: bool, told: &str) -> miette::Result<()> {
    match (unchanged, told.contains("nothing has changed")) {
        (true, false) => Err(miette!("nothing was changed, and it was generated: {told}")),
        (false, true) => Err(miette!("a field was changed, and nothing was generated: {told}")),
        _ => Ok(()),
    }
}
