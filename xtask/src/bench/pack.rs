//! `cargo xtask bench pack`: contacts from a CSV into a zip, beside Info-ZIP and parsons; many more contacts; and checking
//! alone, beside reading alone.

use std::path::{Path, PathBuf};
use std::process::Command;

use miette::{IntoDiagnostic as _, WrapErr as _, miette};
use serde_json::Value;

use super::core::charts::Chart;
use super::core::locks;
use super::core::python::Python;
use super::core::results::Results;
use super::core::samples::{Ratio, Samples, ratio, timed};
use super::core::tools::{self, Tools};
use super::core::turns::{Contender, take_turns, time};

/// Any other gives other contacts.
const SEED: &str = "20";
const ROWS: u64 = 500_000;
/// The version of parsons that is installed.
const PARSONS: &str = "6.1.0";

/// Runs the group.
pub(super) fn run(tools: &Tools, quick: bool) -> miette::Result<Results> {
    let mut results = Results::default();
    results.version("csv", locks::version(locks::BENCHES, "csv"));
    let program = tools.build("van-bulk-benches", "import", None)?;
    let bench = Bench { program, data: tools.data(), rows: if quick { ROWS / 5 } else { ROWS }, quick };
    let files = Files::write(&bench)?;
    packing(&bench, tools, &files, &mut results)?;
    preflight(&bench, &files, &mut results)?;
    many(&bench, tools, &files, &mut results)?;
    Ok(results)
}

/// The bench program, and where its data is.
struct Bench {
    program: PathBuf,
    data: PathBuf,
    rows: u64,
    quick: bool,
}

impl Bench {
    /// Writes contacts to a file.
    fn write(&self, name: &str, shape: &str, rows: u64) -> miette::Result<PathBuf> {
        println!("writing {rows} contacts, {shape} ...");
        let file = self.data.join(name);
        let mut command = Command::new(&self.program);
        command.arg("write").arg(&file).args(["--shape", shape, "--seed", SEED]);
        tools::json(command.args(["--rows", &rows.to_string()]))?;
        Ok(file)
    }

    /// Packs a file, and adds what that took, with the process around it.
    fn pack(&self, file: &Path, level: Option<&str>, to: &mut Samples) -> miette::Result<Value> {
        let folder = self.data.join("packed");
        std::fs::create_dir_all(&folder).into_diagnostic()?;
        let mut command = Command::new(&self.program);
        command
            .arg("pack")
            .arg(file)
            .arg(&folder)
            .args(level.into_iter().flat_map(|level| ["--level", level]));
        let packed = time(to, || tools::json(&mut command))?;
        to.bytes = packed["bytes"].as_u64().unwrap_or_default();
        let peak = packed["peakKiB"].as_u64().map(|peak| peak * 1024);
        to.peak_bytes = to.peak_bytes.max(peak);
        std::fs::remove_dir_all(&folder).into_diagnostic()?;
        Ok(packed)
    }

    /// Checks a file beside reading it, on all cores or on one.
    fn preflight(&self, file: &Path, one_core: bool) -> miette::Result<Value> {
        const ROUNDS: &str = "9";
        let mut command = if one_core { Command::new("taskset") } else { Command::new(&self.program) };
        if one_core {
            command.args(["-c", "0"]).arg(&self.program);
        }
        tools::json(command.arg("preflight").arg(file).args(["--rounds", ROUNDS]))
    }
}

/// The same contacts, written in several ways.
struct Files {
    plain: PathBuf,
    /// As they are packed, down to the byte.
    quoted: PathBuf,
    bad: PathBuf,
}

impl Files {
    fn write(bench: &Bench) -> miette::Result<Self> {
        Ok(Self {
            plain: bench.write("plain.csv", "plain", bench.rows)?,
            quoted: bench.write("quoted.csv", "quoted", bench.rows)?,
            bad: bench.write("bad.csv", "bad", bench.rows)?,
        })
    }
}

/// U1: ours beside others, a process each.
fn packing(bench: &Bench, tools: &Tools, files: &Files, results: &mut Results) -> miette::Result<()> {
    let mut contenders = vec![
        Contender::with_samples("ours", |samples| {
            let packed = bench.pack(&files.plain, None, samples)?;
            check_text(&packed, files)
        }),
        Contender::with_samples("ours, level 7", |samples| {
            bench.pack(&files.plain, Some("7"), samples).map(drop)
        }),
    ];
    if tools::has("zip", "-v") {
        contenders
            .push(Contender::with_samples("zip -6, the file", |samples| info_zip(&files.plain, samples)));
        contenders
            .push(Contender::with_samples("zip -6, our text", |samples| info_zip(&files.quoted, samples)));
        results.version("zip", zip_version());
    } else {
        results.note("NOT MEASURED: Info-ZIP; there is no program `zip` here");
    }
    match Python::new(tools, &[&format!("parsons=={PARSONS}")]) {
        Ok(python) => {
            results.version("parsons", PARSONS);
            let zip = bench.data.join("parsons.zip");
            contenders.push(Contender::with_samples("parsons", move |samples| {
                parsons(&python, &files.plain, &zip, samples)
            }));
        }
        Err(error) => results.note(format!("NOT MEASURED: parsons; {error}")),
    }
    let samples = take_turns("packing", contenders, if bench.quick { 3 } else { 7 })?;
    let find = |name: &str| samples.iter().find(|samples| samples.name == name);
    let (Some(ours), Some(ours_7)) = (find("ours"), find("ours, level 7")) else { return Ok(()) };
    for (name, key, told) in [
        ("zip -6, the file", "zip", "`zip -6` of the file"),
        ("zip -6, our text", "quoted", "`zip -6` of our text"),
    ] {
        let Some(zip) = find(name) else { continue };
        results.target(&format!("U1.{key}.speed"), ours.speed_beside(zip));
        results.target(&format!("U1.{key}.size"), ours.size_beside(zip));
        let key = |what: &str| format!("U1.{key}.{what}");
        results.figure(&key("cpu"), format!("CPU time, ours : {told}"), ours.cpu_beside(zip));
        results.figure(
            &key("speed-7"),
            format!("rows a second, ours at level 7 : {told}"),
            ours_7.speed_beside(zip),
        );
        results.figure(
            &key("size-7"),
            format!("size of the zip, ours at level 7 : {told}"),
            ours_7.size_beside(zip),
        );
    }
    if let Some(parsons) = find("parsons") {
        results.target("U1.parsons.speed", ours.speed_beside(parsons));
        results.target("U1.parsons.size", parsons.size_beside(ours));
        results.note(
            "parsons stores the file in its zip as it is, so its zip is as large as the file: no deflate of such contacts makes \
             a fifth of that.",
        );
    }
    results.charts.push(Chart::of_seconds(format!("{} contacts into a zip", bench.rows), &samples));
    let chart = Chart::new("the zip", "MB");
    let bars =
        samples.iter().map(|samples| (samples.name.clone(), Ratio::exact(ratio(samples.bytes, 1_000_000))));
    results.charts.push(bars.fold(chart, |chart, (name, size)| chart.bar(name, size)));
    results.measured("packing", &samples);
    Ok(())
}

/// Others compress the same text only if it is.
fn check_text(packed: &Value, files: &Files) -> miette::Result<()> {
    let quoted = files.quoted.metadata().into_diagnostic()?.len();
    let (parts, bytes) = (packed["parts"].as_u64(), packed["unzippedBytes"].as_u64());
    if parts == Some(1) && bytes != Some(quoted) {
        return Err(miette!("ours packs {bytes:?} bytes, but the file that is quoted alike has {quoted}"));
    }
    Ok(())
}

/// What Info-ZIP says of itself, such as `This is Zip 3.0 (July 5th 2008), by Info-ZIP.`
fn zip_version() -> String {
    let told = tools::output(Command::new("zip").arg("-v")).map(|output| output.stdout).unwrap_or_default();
    let told = String::from_utf8_lossy(&told).into_owned();
    let version = told.lines().find_map(|line| line.strip_prefix("This is Zip ")?.split_whitespace().next());
    version.unwrap_or("unknown").to_owned()
}

fn info_zip(file: &Path, to: &mut Samples) -> miette::Result<()> {
    let zip = file.with_extension("zip");
    time(to, || tools::output(Command::new("zip").args(["-q", "-6", "-j"]).arg(&zip).arg(file)))?;
    to.bytes = zip.metadata().into_diagnostic()?.len();
    // An archive that is there would be added to.
    std::fs::remove_file(&zip).into_diagnostic()
}

/// The start of Python is not counted.
fn parsons(python: &Python, csv: &Path, zip: &Path, to: &mut Samples) -> miette::Result<()> {
    let told = python.to_zip(csv, zip)?;
    to.seconds.extend(told["seconds"].as_f64());
    to.cpu_seconds.extend(told["cpuSeconds"].as_f64());
    to.bytes = told["bytes"].as_u64().unwrap_or_default();
    Ok(())
}

/// U2: many rows beside few.
fn many(bench: &Bench, tools: &Tools, files: &Files, results: &mut Results) -> miette::Result<()> {
    if bench.quick {
        results.note("NOT MEASURED: ten times as many rows; they take too long for a quick run");
        return Ok(());
    }
    let rows = bench.rows * 10;
    // A row has less than 100 bytes, and its part in a zip less than 50.
    let needed = rows * 150;
    match tools.free_bytes() {
        Some(free) if free < needed => {
            results.note(format!("NOT MEASURED: {rows} rows; they need {needed} bytes, {free} are free"));
            return Ok(());
        }
        Some(_) => {}
        None => println!("the free space is not known; {needed} bytes are needed"),
    }
    let file = bench.write("many.csv", "plain", rows)?;
    let samples = take_turns(
        "packing ten times as many rows",
        vec![
            Contender::with_samples("few rows", |samples| bench.pack(&files.plain, None, samples).map(drop)),
            Contender::with_samples("many rows", |samples| bench.pack(&file, None, samples).map(drop)),
        ],
        3,
    )?;
    std::fs::remove_file(&file)
        .into_diagnostic()
        .wrap_err_with(|| format!("could not remove {}", file.display()))?;
    if let [few, many] = samples.as_slice() {
        results.target("U2.linear", many.time_beside(few).times(0.1));
        let what = format!("CPU time a row, {rows} rows : {} rows", bench.rows);
        results.figure("U2.cpu", what, many.cpu_beside(few).times(0.1));
        match (few.peak_bytes, many.peak_bytes) {
            (Some(of_few), Some(of_many)) => {
                results.target("U2.memory", Ratio::exact(ratio(of_many, 1_000_000)));
                let what = format!("peak memory, {rows} rows : {} rows", bench.rows);
                results.figure("U2.flat", what, Ratio::exact(ratio(of_many, of_few)));
            }
            _ => results.note("NOT MEASURED: peak memory; this system does not tell it in /proc"),
        }
    }
    results.measured("packing ten times as many rows", &samples);
    Ok(())
}

/// U3: checking beside reading.
fn preflight(bench: &Bench, files: &Files, results: &mut Results) -> miette::Result<()> {
    let has_taskset = tools::has("taskset", "--version");
    if !has_taskset {
        results.note("NOT MEASURED: checking on one core; there is no program `taskset` here");
    }
    let shapes = [
        (&files.plain, "plain", "as most write it"),
        (&files.quoted, "quoted", "every cell quoted"),
        (&files.bad, "bad", "1 % bad rows"),
    ];
    for (file, key, shape) in shapes {
        for one_core in [false, true] {
            if one_core && !has_taskset {
                continue;
            }
            let cores = if one_core { "one core" } else { "all cores" };
            println!("checking, {shape}, {cores} ...");
            let measured = bench.preflight(file, one_core)?;
            let samples = timed(&measured);
            let [csv, preflight] = samples.as_slice() else {
                return Err(miette!("`preflight` told of {} contenders", samples.len()));
            };
            let figure = preflight.time_beside(csv);
            if one_core {
                let what = format!("time, pre-flight : `csv`, {shape}, one core");
                results.figure(&format!("U3.{key}.one"), what, figure);
            } else {
                results.target(&format!("U3.{key}"), figure);
            }
            results.measured(&format!("checking, {shape}, {cores}"), &samples);
        }
    }
    Ok(())
}
