//! `cargo xtask prove`: types, rules and emulator agree over random schemas.

use std::time::{SystemTime, UNIX_EPOCH};

use miette::{IntoDiagnostic as _, miette};
use van_bulk_prove::types::Options;

use crate::workspace;

/// Prove that types, rules and emulator agree, over random schemas, jobs, rows and programs
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// How many random schemas
    #[arg(long, value_name = "N", default_value_t = 200)]
    cases: usize,
    /// The number that reproduces a run; another one each time unless it is given
    #[arg(long)]
    seed: Option<u64>,
    /// Take each rule out of a copy of the sources instead, and see whether a test fails
    #[arg(long)]
    mutants: bool,
    /// Compare random schemas with changed ones instead, and see whether programs stop compiling exactly when the diff says so
    #[arg(long, conflicts_with = "mutants")]
    diff: bool,
}

/// Runs the command.
pub(crate) async fn run(args: &Args) -> miette::Result<()> {
    let root = workspace::root();
    let folder = root.join("target/prove");
    let report = if args.mutants {
        van_bulk_prove::mutants::prove(&root, &folder).into_diagnostic()?
    } else {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(1, |now| now.as_secs());
        let options = Options {
            seed: args.seed.unwrap_or(now),
            cases: args.cases,
            overrides: true,
            runtime: root.join("runtime"),
            lock: root.join("Cargo.lock"),
            folder: folder.join("all"),
        };
        println!("seed {}, {} cases", options.seed, options.cases);
        match args.diff {
            true => van_bulk_prove::diff::prove(&options).into_diagnostic()?,
            false => van_bulk_prove::prove(&options).await.into_diagnostic()?,
        }
    };
    println!("{report}");
    match report.disagreements.len() {
        0 => Ok(()),
        count => Err(miette!(
            help = "each is shown above with what is needed to see it again",
            "{count} disagreement(s)"
        )),
    }
}
