//! Generates the builders of a snapshot without writing them. `cargo xtask bench codegen` runs it; it prints one JSON object.

use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::Parser;
use miette::{IntoDiagnostic as _, WrapErr as _};
use serde_json::{Value, json};
use van_bulk_codegen::{CrateConfig, Files, FilesError, Sink, generate, generate_into};
use van_bulk_schema::Snapshot;

/// Generate the builders of a snapshot without writing them
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

/// Takes files as `codegen` does, which lets go of each when it has compared or written it.
#[derive(Default)]
struct Bytes(usize);

impl Sink for Bytes {
    fn file(&mut self, _path: String, text: String) -> Result<(), FilesError> {
        self.0 += text.len();
        Ok(())
    }
}

/// Reading the documents from the disk is not counted, as comparing and writing the files is not.
fn whole(snapshot: &Path) -> miette::Result<Value> {
    let documents = Snapshot::documents_in(snapshot).into_diagnostic()?;
    let (mut bytes, begun) = (Bytes::default(), Instant::now());
    let (snapshot, _) = Snapshot::parse(documents);
    generate_into(&snapshot, &config(), &mut bytes).into_diagnostic()?;
    let seconds = begun.elapsed().as_secs_f64();
    Ok(json!({ "seconds": seconds, "bytes": bytes.0, "peakKiB": peak_kib() }))
}

fn config() -> CrateConfig {
    CrateConfig::new("made-up", "a made-up schema")
}

/// What prettyplease needs for the same files, given whole.
fn format(snapshot: &Path) -> miette::Result<Value> {
    let (snapshot, _) = Snapshot::parse(Snapshot::documents_in(snapshot).into_diagnostic()?);
    let files: Files = generate(&snapshot, &config()).into_diagnostic()?.files;
    let (mut seconds, mut bytes) = (0.0, 0);
    for (path, text) in files.iter().filter(|(path, _)| path.ends_with(".rs")) {
        let file = syn::parse_file(text).into_diagnostic().wrap_err_with(|| format!("{path} is not Rust"))?;
        let begun = Instant::now();
        bytes += prettyplease::unparse(&file).len();
        seconds += begun.elapsed().as_secs_f64();
    }
    Ok(json!({ "seconds": seconds, "bytes": bytes, "peakKiB": peak_kib() }))
}

/// The most memory that this process has had in use so far (`VmHWM`), where the system tells.
fn peak_kib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}
