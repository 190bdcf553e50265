//! Generates the builders of a snapshot, in memory. `cargo xtask bench codegen` runs it; it prints one JSON object.

use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::Parser;
use miette::{IntoDiagnostic as _, WrapErr as _};
use serde_json::{Value, json};
use van_bulk_codegen::{CrateConfig, Files, generate};
use van_bulk_schema::Snapshot;

/// Generate the builders of a snapshot, in memory
#[derive(Debug, Parser)]
struct Cli {
    snapshot: PathBuf,
    /// Time formatting alone
    #[arg(long)]
    format: bool,
}

fn main() -> miette::Result<()> {
    let cli = Cli::parse();
    println!("{}", if cli.format { format(&cli.snapshot)? } else { whole(&cli.snapshot)? });
    Ok(())
}

/// Reading the documents from the disk is not counted, as writing the files is not.
fn whole(snapshot: &Path) -> miette::Result<Value> {
    let documents = Snapshot::documents_in(snapshot).into_diagnostic()?;
    let begun = Instant::now();
    let files = files(documents)?;
    let seconds = begun.elapsed().as_secs_f64();
    let bytes: usize = files.iter().map(|(_, text)| text.len()).sum();
    Ok(json!({ "seconds": seconds, "bytes": bytes, "peakKiB": peak_kib() }))
}

/// What prettyplease needs for the same files, given whole.
fn format(snapshot: &Path) -> miette::Result<Value> {
    let files = files(Snapshot::documents_in(snapshot).into_diagnostic()?)?;
    let (mut seconds, mut bytes) = (0.0, 0);
    for (path, text) in files.iter().filter(|(path, _)| path.ends_with(".rs")) {
        let file = syn::parse_file(text).into_diagnostic().wrap_err_with(|| format!("{path} is not Rust"))?;
        let begun = Instant::now();
        bytes += prettyplease::unparse(&file).len();
        seconds += begun.elapsed().as_secs_f64();
    }
    Ok(json!({ "seconds": seconds, "bytes": bytes, "peakKiB": peak_kib() }))
}

fn files(documents: std::collections::BTreeMap<String, String>) -> miette::Result<Files> {
    let (snapshot, _) = Snapshot::parse(documents);
    Ok(generate(&snapshot, &CrateConfig::new("made-up", "a made-up schema")).into_diagnostic()?.files)
}

/// The most memory that this process has had in use so far (`VmHWM`), where the system tells.
fn peak_kib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}
