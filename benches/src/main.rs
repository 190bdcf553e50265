//! What packing and reconciling are measured with. `cargo xtask bench pack` and `bench results` run it; every command prints
//! one JSON object.

mod contacts;
mod job;
mod preflight;
mod readers;
mod reconcile;
mod rounds;

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::{Parser, Subcommand};
use miette::{IntoDiagnostic as _, WrapErr as _};
use serde_json::{Value, json};
use van_bulk_import::delimited::Input;
use van_bulk_import::rows::Packing;

/// What packing and reconciling are measured with
#[derive(Debug, Parser)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Write contacts to a file
    Write {
        file: PathBuf,
        #[arg(long)]
        rows: u64,
        #[arg(long, value_enum)]
        shape: contacts::Shape,
        #[arg(long)]
        seed: u64,
    },
    /// Check the contacts of a file and pack them into a folder
    Pack {
        file: PathBuf,
        folder: PathBuf,
        #[arg(long)]
        level: Option<u32>,
    },
    /// Check the contacts of a file beside reading it
    Preflight {
        file: PathBuf,
        #[arg(long)]
        rounds: usize,
    },
    /// Check the contacts of a file once
    Check { file: PathBuf },
    /// Write the result files of a job into a folder
    WriteResults {
        folder: PathBuf,
        #[arg(long)]
        rows: u64,
    },
    /// Account for the rows of result files: once, or some rounds beside reading them
    Reconcile {
        folder: PathBuf,
        #[arg(long)]
        rows: u64,
        #[arg(long)]
        rounds: Option<usize>,
    },
    /// Read a file with several CSV readers
    Readers {
        file: PathBuf,
        #[arg(long)]
        rounds: usize,
    },
}

fn main() -> miette::Result<()> {
    let result = match Cli::parse().command {
        Command::Write { file, rows, shape, seed } => write(&file, rows, shape, seed)?,
        Command::Pack { file, folder, level } => pack(&file, &folder, level)?,
        Command::Preflight { file, rounds } => preflight::measure(&file, rounds)?,
        Command::Check { file } => preflight::once(&file)?,
        Command::WriteResults { folder, rows } => reconcile::write(&folder, rows)?,
        Command::Reconcile { folder, rows, rounds: None } => reconcile::once(&folder, rows)?,
        Command::Reconcile { folder, rows, rounds: Some(rounds) } => {
            reconcile::measure(&folder, rows, rounds)?
        }
        Command::Readers { file, rounds } => readers::measure(&file, rounds)?,
    };
    println!("{result}");
    Ok(())
}

fn write(file: &Path, rows: u64, shape: contacts::Shape, seed: u64) -> miette::Result<Value> {
    let failed = || format!("could not write {}", file.display());
    let mut to = BufWriter::new(File::create(file).into_diagnostic().wrap_err_with(failed)?);
    contacts::write(rows, shape, seed, &mut to).into_diagnostic().wrap_err_with(failed)?;
    to.flush().into_diagnostic().wrap_err_with(failed)?;
    let bytes = to.get_ref().metadata().into_diagnostic().wrap_err_with(failed)?.len();
    Ok(json!({ "rows": rows, "bytes": bytes }))
}

fn pack(file: &Path, folder: &Path, level: Option<u32>) -> miette::Result<Value> {
    let preflight = job::preflight()?;
    let begun = Instant::now();
    let mut packing = Packing::new(&preflight, folder, "contacts.csv");
    if let Some(level) = level {
        packing = packing.level(level);
    }
    let packed = Input::open(file).map_err(Into::into).and_then(|input| packing.csv(input));
    let packed = packed.into_diagnostic().wrap_err_with(|| format!("could not pack {}", file.display()))?;
    let seconds = begun.elapsed().as_secs_f64();
    Ok(json!({
        "rows": packed.summary.accepted,
        "parts": packed.parts.len(),
        "bytes": packed.parts.iter().map(|part| part.bytes).sum::<u64>(),
        "unzippedBytes": packed.parts.iter().map(|part| part.unzipped_bytes).sum::<u64>(),
        "seconds": seconds,
        "peakKiB": peak_kib(),
    }))
}

/// The most memory that this process has had in use so far (`VmHWM`), where the system tells.
pub(crate) fn peak_kib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}
