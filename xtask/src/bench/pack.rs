//! `cargo xtask bench pack`: contacts from a CSV into a zip, beside Info-ZIP and parsons; many more contacts; and checking
//! alone, beside reading alone.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use comfy_table::{Table, presets};
use miette::{IntoDiagnostic as _, WrapErr as _, miette};
use serde_json::{Value, json};

use super::parsons::Python;
use super::samples::{Samples, timed};
use super::tools::{self, Tools};
use super::verdict::{self, Target, Verdict};

/// Measure packing beside Info-ZIP and parsons, and checking beside reading
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Fewer rounds, and twice as many rows where else they are ten times as many
    #[arg(long)]
    quick: bool,
    /// How many contacts
    #[arg(long, value_name = "N", default_value_t = 500_000, value_parser = clap::value_parser!(u64).range(1_000..=10_000_000))]
    rows: u64,
}

/// Any other gives other contacts.
const SEED: &str = "20";
const MEMORY_BYTES: u64 = 64_000_000;
/// How much longer a row of many may take than one of few, and still be called linear.
const LINEAR: f64 = 1.15;

/// Runs the command.
pub(super) fn run(args: &Args) -> miette::Result<()> {
    let tools = Tools::new()?;
    let bench = Bench { program: tools.build("van-bulk-benches", "import", None)?, data: tools.data() };
    let before = tools::machine();
    let result = measure(args, &tools, &bench);
    // Neither is of use to anyone after a failure.
    tools.remove_data()?;
    let (mut verdicts, measured) = result?;
    // Not every system tells the time of all cores.
    verdicts.retain(Verdict::is_known);
    println!("{}", verdict::table(&verdicts));
    println!("load {} before, {} after; figures are ratios of medians", before["load"], tools::load());
    let report = json!({
        "rows": args.rows,
        "quick": args.quick,
        "machine": before,
        "loadAfter": tools::load(),
        "verdicts": verdicts,
        "measured": measured,
    });
    tools.write_report("pack.json", &report)
}

fn measure(args: &Args, tools: &Tools, bench: &Bench) -> miette::Result<(Vec<Verdict>, Value)> {
    let mut verdicts = Vec::new();
    let files = Files::write(bench, args.rows)?;
    let packing = packing(args, tools, bench, &files, &mut verdicts)?;
    let preflight = preflight(bench, &files, &mut verdicts)?;
    let many = many(args, tools, bench, &files, &mut verdicts)?;
    Ok((verdicts, json!({ "packing": packing, "many": many, "preflight": preflight })))
}

/// The bench program, and where its data is.
struct Bench {
    program: PathBuf,
    data: PathBuf,
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
    fn write(bench: &Bench, rows: u64) -> miette::Result<Self> {
        Ok(Self {
            plain: bench.write("plain.csv", "plain", rows)?,
            quoted: bench.write("quoted.csv", "quoted", rows)?,
            bad: bench.write("bad.csv", "bad", rows)?,
        })
    }
}

/// U1: ours beside others, a process each.
fn packing(
    args: &Args,
    tools: &Tools,
    bench: &Bench,
    files: &Files,
    verdicts: &mut Vec<Verdict>,
) -> miette::Result<Value> {
    let rounds = if args.quick { 3 } else { 7 };
    let mut ours = Samples::new("ours");
    let mut ours_7 = Samples::new("ours, level 7");
    let mut zip = Samples::new("zip -6, the input file");
    let mut zip_quoted = Samples::new("zip -6, the text that ours packs");
    let has_zip = tools::has("zip", "-v");
    if !has_zip {
        println!("NOT MEASURED: Info-ZIP; there is no program `zip` here");
    }
    let mut parsons = Parsons::new(tools, if args.quick { 1 } else { 3 });
    for round in 1..=rounds {
        println!("packing, round {round} of {rounds} ...");
        let packed = bench.pack(&files.plain, None, &mut ours)?;
        check_text(&packed, files)?;
        if has_zip {
            info_zip(&files.plain, &mut zip)?;
        }
        bench.pack(&files.plain, Some("7"), &mut ours_7)?;
        if has_zip {
            info_zip(&files.quoted, &mut zip_quoted)?;
        }
        parsons.run(bench, files, round);
    }
    let beside = |other: &Samples, verdicts: &mut Vec<Verdict>| {
        let speed = |ours: &Samples| format!("rows a second, {} : {}", ours.name, other.name);
        let size = |ours: &Samples| format!("size of the zip, {} : {}", ours.name, other.name);
        verdicts.push(Verdict::new("U1", speed(&ours), ours.speed_beside(other), Target::AtLeast(2.0)));
        verdicts.push(Verdict::new("U1", size(&ours), ours.size_beside(other), Target::AtMost(1.0)));
        let cpu = format!("CPU time, {} : {}", ours.name, other.name);
        verdicts.push(Verdict::figure("U1", cpu, ours.cpu_beside(other)));
        verdicts.push(Verdict::figure("U1", speed(&ours_7), ours_7.speed_beside(other)));
        verdicts.push(Verdict::figure("U1", size(&ours_7), ours_7.size_beside(other)));
    };
    let mut contenders = vec![ours.clone(), ours_7.clone()];
    if has_zip {
        beside(&zip, verdicts);
        beside(&zip_quoted, verdicts);
        contenders.extend([zip, zip_quoted]);
    }
    if let Some((_, parsons, told)) = &parsons.0 {
        let method = told["method"].as_str().unwrap_or_default();
        let speed = ours.speed_beside(parsons);
        verdicts.push(Verdict::new("U1", "rows a second, ours : parsons", speed, Target::AtLeast(4.0)));
        let what = format!("size of the zip, parsons ({method}) : ours");
        verdicts.push(Verdict::new("U1", what, parsons.size_beside(&ours), Target::AtLeast(5.0)));
        contenders.push(parsons.clone());
    }
    let about_parsons = parsons.0.map(|(_, _, told)| told);
    println!("{}", table(&contenders, &ours));
    Ok(json!({ "contenders": contenders, "parsons": about_parsons }))
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

/// Times a process from its start to its end.
fn time<T>(to: &mut Samples, run: impl FnOnce() -> miette::Result<T>) -> miette::Result<T> {
    let (begun, cpu_before) = (Instant::now(), tools::cpu_seconds());
    let result = run()?;
    to.seconds.push(begun.elapsed().as_secs_f64());
    to.cpu_seconds.extend(tools::cpu_seconds().zip(cpu_before).map(|(after, before)| after - before));
    Ok(result)
}

fn info_zip(file: &Path, to: &mut Samples) -> miette::Result<()> {
    let zip = file.with_extension("zip");
    time(to, || tools::output(Command::new("zip").args(["-q", "-6", "-j"]).arg(&zip).arg(file)))?;
    to.bytes = zip.metadata().into_diagnostic()?.len();
    // An archive that is there would be added to.
    std::fs::remove_file(&zip).into_diagnostic()
}

/// Parsons takes part in the first rounds; what keeps it from that is told, and stops nothing.
struct Parsons(Option<(Python, Samples, Value)>, u32);

impl Parsons {
    fn new(tools: &Tools, rounds: u32) -> Self {
        match Python::new(tools, &["parsons"]) {
            Ok(python) => {
                let name = "parsons, from_csv(..).to_csv(\"..zip\")";
                Self(Some((python, Samples::new(name), Value::Null)), rounds)
            }
            Err(error) => {
                println!("NOT MEASURED: parsons; {error}");
                Self(None, rounds)
            }
        }
    }

    fn run(&mut self, bench: &Bench, files: &Files, round: u32) {
        let Some((python, samples, about)) = self.0.as_mut().filter(|_| round <= self.1) else { return };
        match python.to_zip(&files.plain, &bench.data.join("parsons.zip")) {
            Ok(mut told) => {
                samples.seconds.extend(told["seconds"].as_f64());
                samples.cpu_seconds.extend(told["cpuSeconds"].as_f64());
                samples.bytes = told["bytes"].as_u64().unwrap_or_default();
                if let Some(told) = told.as_object_mut() {
                    told.retain(|key, _| matches!(key.as_str(), "version" | "python" | "method"));
                }
                *about = told;
            }
            Err(error) => {
                println!("NOT MEASURED: parsons; {error}");
                self.0 = None;
            }
        }
    }
}

fn table(contenders: &[Samples], ours: &Samples) -> Table {
    let mut table = Table::new();
    let header = [
        "",
        "median",
        "spread",
        "rows/s beside ours",
        "CPU beside ours",
        "zip",
        "zip beside ours",
        "peak memory",
    ];
    table.load_style(presets::UTF8_FULL_CONDENSED).set_header(header);
    for contender in contenders {
        let cpu = match contender.cpu_seconds.is_empty() {
            true => String::new(),
            false => format!("{:.2}", contender.cpu_beside(ours)),
        };
        table.add_row([
            contender.name.clone(),
            format!("{:.2} s", contender.median()),
            contender.spread(),
            format!("{:.2}", contender.speed_beside(ours)),
            cpu,
            megabytes(contender.bytes),
            format!("{:.3}", contender.size_beside(ours)),
            contender.peak_bytes.map(megabytes).unwrap_or_default(),
        ]);
    }
    table
}

#[allow(clippy::cast_precision_loss, reason = "it is told with one decimal")]
fn megabytes(bytes: u64) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}

/// U2: many rows beside few.
fn many(
    args: &Args,
    tools: &Tools,
    bench: &Bench,
    files: &Files,
    verdicts: &mut Vec<Verdict>,
) -> miette::Result<Value> {
    let times: u32 = if args.quick { 2 } else { 10 };
    let rows = args.rows * u64::from(times);
    // A row has less than 100 bytes, and its part in a zip less than 50.
    let needed = rows * 150;
    match tools.free_bytes() {
        Some(free) if free < needed => {
            println!(
                "NOT MEASURED: {rows} rows; they need {}, {} are free",
                megabytes(needed),
                megabytes(free)
            );
            return Ok(Value::Null);
        }
        Some(_) => {}
        None => println!("the free space is not known; {} are needed", megabytes(needed)),
    }
    let file = bench.write("many.csv", "plain", rows)?;
    let (mut few, mut many) = (Samples::new("few rows"), Samples::new("many rows"));
    for round in 1..=3 {
        println!("{rows} rows, round {round} of 3 ...");
        bench.pack(&files.plain, None, &mut few)?;
        bench.pack(&file, None, &mut many)?;
    }
    std::fs::remove_file(&file)
        .into_diagnostic()
        .wrap_err_with(|| format!("could not remove {}", file.display()))?;
    let linear = many.median() / few.median() / f64::from(times);
    let what = format!("time a row, {rows} rows : {} rows", args.rows);
    verdicts.push(Verdict::new("U2", what, linear, Target::AtMost(LINEAR)));
    let cpu = format!("CPU time a row, {rows} rows : {} rows", args.rows);
    verdicts.push(Verdict::figure("U2", cpu, many.cpu_beside(&few) / f64::from(times)));
    for (samples, rows) in [(&few, args.rows), (&many, rows)] {
        match samples.peak_bytes {
            Some(peak) => verdicts.push(Verdict::new(
                "U2",
                format!("peak memory of {rows} rows : {}", megabytes(MEMORY_BYTES)),
                super::samples::ratio(peak, MEMORY_BYTES),
                Target::AtMost(1.0),
            )),
            None => println!("NOT MEASURED: peak memory; this system does not tell it in /proc"),
        }
    }
    Ok(json!({ "few": few, "many": many, "rows": rows }))
}

/// U3: checking beside reading.
fn preflight(bench: &Bench, files: &Files, verdicts: &mut Vec<Verdict>) -> miette::Result<Value> {
    let has_taskset = tools::has("taskset", "--version");
    if !has_taskset {
        println!("NOT MEASURED: checking on one core; there is no program `taskset` here");
    }
    let mut all = Vec::new();
    let shapes =
        [(&files.plain, "as most write it"), (&files.quoted, "every cell quoted"), (&files.bad, "1 % bad")];
    for (file, shape) in shapes {
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
            let what = format!("time, pre-flight : csv, {shape}, {cores}");
            let figure = preflight.median() / csv.median();
            verdicts.push(if one_core {
                Verdict::figure("U3", what, figure)
            } else {
                Verdict::new("U3", what, figure, Target::AtMost(1.5))
            });
            all.push(json!({ "shape": shape, "cores": cores, "measured": measured }));
        }
    }
    Ok(all.into())
}
