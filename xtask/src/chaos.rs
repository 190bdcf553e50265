//! `cargo xtask chaos`: imports under random faults and kills.

use std::time::{SystemTime, UNIX_EPOCH};

use cargo_van_bulk::{given, report};
use indicatif::{ProgressBar, ProgressStyle};
use miette::{IntoDiagnostic as _, miette};
use van_bulk_chaos::Options;

use crate::workspace;

/// Import random files under random faults, kill the importing program at random moments, and resume until all is done
///
/// After each run the emulator's record is compared with the ledger and the outcome file: every row was applied exactly once
/// or is reported, no job was submitted twice, and the key is in no file and no log.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// How many runs
    #[arg(long, value_name = "N", default_value_t = 100)]
    runs: u64,
    /// The number that reproduces what is drawn; another one each time unless it is given
    #[arg(long)]
    seed: Option<u64>,
    /// Make only this run of them, counted from 1
    #[arg(long, value_name = "RUN")]
    only: Option<u64>,
    /// How many runs are made side by side; most of the time of a run is waiting
    #[arg(long, value_name = "N", default_value_t = 6)]
    at_once: usize,
}

/// Runs the command.
pub(crate) async fn run(args: &Args) -> miette::Result<()> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(1, |now| now.as_secs());
    let seed = args.seed.unwrap_or(now);
    let folder = workspace::target().join(format!("chaos-{}", std::process::id()));
    let options = Options {
        seed,
        runs: args.runs,
        only: args.only,
        at_once: args.at_once,
        program: std::env::current_exe().into_diagnostic()?,
        schema: given::schema(&workspace::sample(), &workspace::repository())?,
        folder: folder.clone(),
    };
    println!("seed {seed}, {} runs", if args.only.is_some() { 1 } else { args.runs });
    let bar = ProgressBar::new(if args.only.is_some() { 1 } else { args.runs });
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos} of {len}  {msg}  {eta} left") {
        bar.set_style(style);
    }
    let told = van_bulk_chaos::run(&options, |report| {
        bar.set_position(report.runs);
        bar.set_message(format!("{} kills, {} found something wrong", report.kills, report.failures.len()));
    })
    .await;
    bar.finish_and_clear();
    let told = told.into_diagnostic()?;
    report::print(|out| writeln!(out, "{told}"))?;
    let Some(first) = told.failures.first() else {
        // Only runs that found something wrong keep their files.
        let _ = std::fs::remove_dir(&folder);
        return Ok(());
    };
    Err(miette!(
        help = format!(
            "`cargo xtask chaos --seed {seed} --only {}` makes the first of them again; their files are in {}",
            first.run,
            folder.display()
        ),
        "{} of {} runs found something wrong",
        told.failures.len(),
        told.runs
    ))
}
