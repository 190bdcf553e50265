//! A whole import as a program: brings `signups.csv` with the job of [`signup`] into VAN, and accounts for every row.
//! `cargo xtask demo` runs it against the emulator.
//!
//! It takes the API's base URL as its argument and the credentials from the environment. Uploads are served from this
//! machine: for VAN itself they have to be where VAN can fetch them, as with `UploadTarget::from_url("s3://bucket/prefix")`.

mod signup;

use std::fs;
use std::time::Duration;

use miette::{IntoDiagnostic as _, miette};
use van_bulk_import::client::WaitOptions;
use van_bulk_import::delimited::Input;
use van_bulk_import::import::{BadRows, TerminalProgress};
use van_bulk_import::{Client, Credentials, Import, Ledger, UploadTarget};
use van_bulk_mappings::Mode;

const ROWS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/signups.csv");

#[tokio::main]
async fn main() -> miette::Result<()> {
    let base_url = std::env::args().nth(1).ok_or_else(|| {
        miette!(help = "run `cargo xtask demo`, which starts an emulator", "give the base URL of the API")
    })?;
    let credentials = Credentials::from_env().into_diagnostic()?;
    let client = Client::<Mode>::connect(&base_url, credentials).await.into_diagnostic()?;
    let uploads = UploadTarget::loopback().await.into_diagnostic()?;
    // It would stay where it is, so that an import that was stopped can be resumed; but this is a demo.
    let folder = tempfile::tempdir().into_diagnostic()?;
    let ledger = Ledger::open(folder.path().join("ledger")).into_diagnostic()?;

    let job = signup::job().into_diagnostic()?;
    let rows = Input::open(ROWS.as_ref()).into_diagnostic()?;
    let report = Import::new(job, rows)
        .file_name("signups.csv")
        .bad_rows(BadRows::LeaveOut)
        .ledger(&ledger)
        .wait(WaitOptions { poll_interval: Duration::from_millis(100), ..WaitOptions::default() })
        .observer(TerminalProgress::new())
        .run(&client, &uploads)
        .await
        .into_diagnostic()?;
    if let Some(outcome) = &report.outcome {
        not_processed(&fs::read_to_string(outcome).into_diagnostic()?);
    }
    println!("\n{report}");
    Ok(())
}

/// Prints the first rows that were not processed, as the file of outcomes tells of them.
fn not_processed(outcome: &str) {
    const SHOWN: usize = 6;
    println!("\noutcome.csv has a line for every row; the first that are not just `processed`:");
    let header = outcome.lines().take(1);
    let is_processed = |line: &&str| line.split(',').nth(1) == Some("processed");
    let lines = outcome.lines().skip(1).filter(|line| !is_processed(line));
    for line in header.chain(lines.take(SHOWN)) {
        println!("  {line}");
    }
}
