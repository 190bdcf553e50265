//! `cargo xtask bench libraries`: what could compress and read rows, beside what does.

use std::path::{Path, PathBuf};
use std::process::Command;

use comfy_table::{Table, presets};
use miette::miette;

use super::core::python::Python;
use super::core::results::Results;
use super::core::samples::{Samples, timed};
use super::core::tools::{self, Tools};

const LEVELS: &str = "1,4,6,7,9";

/// Runs the group.
pub(super) fn run(tools: &Tools, quick: bool) -> miette::Result<Results> {
    let mut results = Results::default();
    let bench = tools.build("van-bulk-benches", "import", None)?;
    let mut backends = vec![tools.build("deflate", "zlib-rs", None)?];
    match zlib_ng(tools) {
        Ok(program) => backends.push(program),
        Err(error) => results.note(format!("NOT MEASURED: zlib-ng; {error}")),
    }
    measure(quick, &tools.data(), &bench, &backends, &mut results)?;
    Ok(results)
}

/// It is built with cmake, which PyPI has where the system does not.
fn zlib_ng(tools: &Tools) -> miette::Result<PathBuf> {
    if tools::has("cmake", "--version") {
        return tools.build("deflate", "zlib-ng", None);
    }
    let python = Python::new(tools, &["cmake"])?;
    tools.build("deflate", "zlib-ng", Some(&python.path()?))
}

fn measure(
    quick: bool,
    data: &Path,
    bench: &Path,
    backends: &[PathBuf],
    results: &mut Results,
) -> miette::Result<()> {
    let rounds = if quick { 3 } else { 7 };
    let rows = if quick { "50000" } else { "200000" };
    let write = |shape: &str| {
        let file = data.join(shape).with_extension("csv");
        let mut command = Command::new(bench);
        tools::json(command.arg("write").arg(&file).args(["--shape", shape, "--seed", "20", "--rows", rows]))
            .map(|_| file)
    };
    let (plain, quoted) = (write("plain")?, write("quoted")?);
    let deflated = deflate(&quoted, rounds, backends)?;
    println!("{}", deflate_table(&deflated)?);
    for one in &deflated {
        let what = format!("deflate, level {}, {}", one.level, one.text);
        results.measured(&what, std::slice::from_ref(&one.samples));
    }
    for (file, shape) in [(&plain, "as most write it"), (&quoted, "every cell quoted")] {
        println!("reading, {shape} ...");
        let mut command = Command::new(bench);
        let read =
            tools::json(command.arg("readers").arg(file).args(["--rounds", &(rounds + 2).to_string()]))?;
        let samples = timed(&read);
        println!("{}", readers_table(shape, &samples));
        results.measured(&format!("reading, {shape}"), &samples);
    }
    Ok(())
}

/// One library at one level.
#[derive(Debug)]
struct Deflated {
    level: u64,
    /// `pieces` or `whole`.
    text: String,
    samples: Samples,
}

fn deflate(file: &Path, rounds: u32, backends: &[PathBuf]) -> miette::Result<Vec<Deflated>> {
    let mut all: Vec<Deflated> = Vec::new();
    for round in 1..=rounds {
        println!("compressing, round {round} of {rounds} ...");
        for program in backends {
            let printed = tools::json(Command::new(program).arg(file).args(["--levels", LEVELS]))?;
            for one in printed["measured"].as_array().into_iter().flatten() {
                let library = one["library"].as_str().unwrap_or_default();
                let text = one["text"].as_str().unwrap_or_default();
                let level = one["level"].as_u64().unwrap_or_default();
                let is_it =
                    |all: &Deflated| all.samples.name == library && all.text == text && all.level == level;
                let index = all.iter().position(is_it).unwrap_or_else(|| {
                    all.push(Deflated { level, text: text.to_owned(), samples: Samples::new(library) });
                    all.len() - 1
                });
                let samples = &mut all[index].samples;
                samples.seconds.extend(one["seconds"].as_f64());
                samples.bytes = one["bytes"].as_u64().unwrap_or_default();
            }
        }
    }
    Ok(all)
}

/// Speeds and sizes beside the level 6 of zlib-rs in pieces.
fn deflate_table(all: &[Deflated]) -> miette::Result<Table> {
    let find = |library: &str, level: u64, text: &str| {
        all.iter().find(|one| one.samples.name == library && one.level == level && one.text == text)
    };
    let Some(base) = find("zlib-rs", 6, "pieces") else { return Err(miette!("zlib-rs was not measured")) };
    let mut table = Table::new();
    let header = ["level", "library", "speed, pieces", "size, pieces", "speed, whole", "size, whole"];
    table.load_style(presets::UTF8_FULL_CONDENSED).set_header(header);
    for level in LEVELS.split(',').filter_map(|level| level.parse::<u64>().ok()) {
        for library in ["zlib-rs", "zlib-ng", "libdeflate"] {
            let mut cells = vec![level.to_string(), library.to_owned()];
            for text in ["pieces", "whole"] {
                let Some(one) = find(library, level, text) else { continue };
                cells.push(format!("{:.2}", one.samples.speed_beside(&base.samples).value));
                cells.push(format!("{:.3}", one.samples.size_beside(&base.samples).value));
            }
            if cells.len() > 2 {
                table.add_row(cells);
            }
        }
    }
    Ok(table)
}

/// Speeds beside the `csv` crate.
fn readers_table(shape: &str, readers: &[Samples]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_FULL_CONDENSED).set_header(["reader", shape, "spread"]);
    for reader in readers {
        let speed = readers.first().map_or(f64::NAN, |csv| reader.speed_beside(csv).value);
        table.add_row([reader.name.clone(), format!("{speed:.2}"), reader.spread()]);
    }
    table
}
