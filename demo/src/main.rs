//! A whole import as a program: checks and packs `signups.csv`, submits the job of [`signup`], waits for VAN, and accounts
//! for every row. `cargo xtask demo` runs it against the emulator.
//!
//! It takes the API's base URL as its argument and the credentials from the environment, and serves the upload from this
//! machine: against VAN itself, an upload would have to be published where VAN can fetch it.

mod outcome;
mod signup;

use std::path::{Path, PathBuf};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use miette::{IntoDiagnostic as _, miette};
use van_bulk::FinishedJob;
use van_bulk::payload::Payload;
use van_bulk_import::client::{Job, ValueSelection, WaitOptions};
use van_bulk_import::delimited::Input;
use van_bulk_import::rows::{Packing, Part, Policy, Preflight};
use van_bulk_import::{Client, Credentials, Outcome, Reconciliation, UploadTarget};
use van_bulk_mappings::Mode;
use van_bulk_schema::Schema;
use van_bulk_schema::finding::any_error;
use van_bulk_schema::rules;

/// The file inside the zip.
const FILE_NAME: &str = "signups.csv";

#[tokio::main]
async fn main() -> miette::Result<()> {
    let base_url = std::env::args().nth(1).ok_or_else(|| {
        miette!(help = "run `cargo xtask demo`, which starts an emulator", "give the base URL of the API")
    })?;
    let credentials = Credentials::from_env().into_diagnostic()?;
    let client = Client::<Mode>::connect(&base_url, credentials).await.into_diagnostic()?;
    let folder = tempfile::tempdir().into_diagnostic()?;

    let job = signup::job().into_diagnostic()?;
    let schema = client.discover(&ValueSelection::All, |_| {}).await.into_diagnostic()?.schema;
    let part = pack(&job, &schema, folder.path())?;

    // For an emulator. VAN itself fetches from an object store, `UploadTarget::from_url("s3://bucket/folder")`.
    let uploads = UploadTarget::loopback().await.into_diagnostic()?;
    uploads.put(&shown(&part.path), &part.path).await.into_diagnostic()?;
    let url = uploads.url(&shown(&part.path)).await.into_diagnostic()?;
    println!("published at {url}");
    let source_url = url.expose().to_owned();
    let payload = job.payload(FILE_NAME, source_url.clone());
    check(&schema, &payload)?;
    let id = client.submit(&job, FILE_NAME, source_url).await.into_diagnostic()?;
    println!("submitted job {id} with {} mappings", job.mappings().len());

    let ended = wait(&client, id).await?;
    println!("ended     as {} with {} result file(s)", ended.status, ended.result_files.len());
    if ended.status.is_failure() {
        return Err(failed(&ended));
    }

    let results = client.download(&ended, &folder.path().join("results")).await.into_diagnostic()?;
    let outcome = account(part.rows, &payload, &results)?;
    outcome::print(&outcome, &job);
    Ok(())
}

/// Checks every sign-up by what the key may import now, and packs the good ones into a zip in `folder`.
fn pack(job: &FinishedJob<Mode>, schema: &Schema, folder: &Path) -> miette::Result<Part> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join(FILE_NAME);
    let preflight = Preflight::for_job(schema, job).into_diagnostic()?;
    let packed = Packing::new(&preflight, folder, FILE_NAME)
        .policy(Policy::LeaveOut { rejected: folder.join("rejected.csv") })
        .csv(Input::open(&source).into_diagnostic()?)
        .into_diagnostic()?;
    println!("checked   {}", packed.summary);
    // So few rows fit one part.
    let part = packed.parts.into_iter().next().ok_or_else(|| miette!("no row can be imported"))?;
    println!("packed    {} rows into {} ({} bytes)", part.rows, shown(&part.path), part.bytes);
    Ok(part)
}

/// Checks the payload by the rules of what the key may import now. Most of them the compiler has checked already, against
/// what the key could import when the builders were generated.
fn check(schema: &Schema, payload: &Payload) -> miette::Result<()> {
    let findings = rules::check(schema, payload);
    for finding in &findings {
        println!("{finding}");
    }
    if any_error(&findings) {
        return Err(miette!(
            help = "fetch the snapshot again and regenerate the builders",
            "VAN would refuse the job"
        ));
    }
    println!("checked   the job against what the key may import now");
    Ok(())
}

/// Follows the job to its end, with a progress line on a terminal.
async fn wait(client: &Client<Mode>, id: van_bulk_import::client::JobId) -> miette::Result<Job> {
    let progress = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("{spinner} {elapsed_precise} {msg}") {
        progress.set_style(style);
    }
    progress.enable_steady_tick(Duration::from_millis(100));
    let options = WaitOptions {
        poll_interval: Duration::from_millis(100),
        deadline: Duration::from_secs(60),
        ..WaitOptions::default()
    };
    let ended = client.wait(id, &options, |job| progress.set_message(job.status.to_string())).await;
    progress.finish_and_clear();
    ended.into_diagnostic()
}

fn failed(job: &Job) -> miette::Report {
    let errors: Vec<String> = job.errors.iter().map(ToString::to_string).collect();
    miette!(help = "correct what VAN names and submit the job again", "the job failed: {}", errors.join("; "))
}

/// Reads every result file and accounts for every row.
fn account(rows: u64, payload: &Payload, results: &[PathBuf]) -> miette::Result<Outcome> {
    let mut reconciliation = Reconciliation::of_job(rows, payload).into_diagnostic()?;
    for path in results {
        reconciliation.read(path).into_diagnostic()?;
    }
    reconciliation.finish().into_diagnostic()
}

/// The file's name, which is all that matters of a path in a temporary folder.
fn shown(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
