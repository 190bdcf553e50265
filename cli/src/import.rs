//! `cargo van-bulk import`: imports a file, and records every step.

use std::path::PathBuf;
use std::process::ExitCode;

use miette::{Report, miette};
use van_bulk_import::import::BadRows;
use van_bulk_import::rows::ADVISED_ZIP_BYTES;
use van_bulk_import::{Client, Import, ImportError};
use van_bulk_schema::Finding;
use van_bulk_schema::payload::Payload;

use crate::given::{self, InputArgs, payload};
use crate::ledger::api::ApiArgs;
use crate::ledger::show::{Ended, Failure, Format};
use crate::ledger::upload::UploadArgs;
use crate::ledger::watch::{self, Watch};
use crate::ledger::{LedgerArgs, Same};
use crate::stop::Stop;
use crate::workspace::Workspace;
use crate::{lint, preflight};

/// Import the rows of a file: check, pack, upload, submit, wait, and account for every row
///
/// Every step is recorded in a ledger before it is done, so that an import that was stopped can be resumed: `status` shows
/// how far it is, `resume` goes on with it. The credentials come from the environment: from the variables that van-bulk.toml
/// names for the profile, or else VAN_APP_NAME, VAN_API_KEY and VAN_MODE. Ends with 0 if every row that was sent was processed, with 3 if every row is accounted for but some were not
/// processed, with 130 if it was interrupted, and with 1 otherwise.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The file with the rows; `-` reads standard input
    file: PathBuf,
    /// The file with the JSON of the job; file name and URL may be missing
    #[arg(long, value_name = "PAYLOAD")]
    job: PathBuf,
    #[command(flatten)]
    ledger: LedgerArgs,
    #[command(flatten)]
    api: ApiArgs,
    #[command(flatten)]
    upload: UploadArgs,
    /// Check the rows by the snapshot in this folder; else by that of the profile, or by what VAN says now
    #[arg(long, value_name = "DIR")]
    snapshot: Option<PathBuf>,
    /// Check the rows by what VAN says now, not by the snapshot of the profile
    #[arg(long, conflicts_with = "snapshot")]
    live: bool,
    #[command(flatten)]
    input: InputArgs,
    /// What to do about rows that cannot be imported
    #[arg(long, value_enum, default_value_t = preflight::OnBadRows::Refuse)]
    bad_rows: preflight::OnBadRows,
    /// The most bytes that a zip may have
    #[arg(long, value_name = "BYTES", default_value_t = ADVISED_ZIP_BYTES)]
    part_bytes: u64,
    /// How many parts are worked on at once
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..=64))]
    parts_at_once: u16,
    /// Import the rows although the same rows were imported by the same job before
    #[arg(long)]
    force: bool,
    /// How the report is shown
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// Runs the command.
pub(crate) async fn run(args: &Args, workspace: &Workspace) -> miette::Result<ExitCode> {
    let watch = Watch::default();
    let ended = work(args, &watch, workspace).await;
    let (findings, all_findings) = watch.findings();
    Ended { result: ended, findings, all_findings }.show(args.format)
}

async fn work(
    args: &Args,
    watch: &Watch,
    workspace: &Workspace,
) -> Result<van_bulk_import::import::Report, Failure> {
    if given::is_standard(&args.file) && given::is_standard(&args.job) {
        return Err(miette!(
            help = "give the rows or the job as a file",
            "standard input cannot be both the rows and the job"
        )
        .into());
    }
    let (name, text) = payload::text(&args.job)?;
    let payload = payload::read(&text).map_err(|finding| job_error(&name, &text, vec![*finding]))?;
    let stop = Stop::default();
    let client = args.api.client(workspace)?;
    let import = import(args, payload, &client, &stop, workspace)?.observer(watch.clone());
    let target = args.upload.target().await?;
    // Last, so that arguments that cannot be used leave no empty ledger.
    let ledger = args.ledger.open()?;
    let import = import.ledger(&ledger);
    let same = Same { ledger: &args.ledger, api: &args.api, upload: &args.upload, workspace };
    match watch.until_interrupted(import.run(&client, &target), &stop).await? {
        None => Err(watch::interrupted(&ledger, watch.import(), &same)),
        Some(Err(ImportError::Job(findings))) => Err(job_error(&name, &text, findings)),
        Some(result) => result.map_err(|error| Failure::of(error, &same)),
    }
}

fn import(
    args: &Args,
    payload: Payload,
    client: &Client,
    stop: &Stop,
    workspace: &Workspace,
) -> miette::Result<Import> {
    let import = Import::of_payload(payload, args.input.open(&args.file, stop)?)
        .bad_rows(match args.bad_rows {
            preflight::OnBadRows::Stop => BadRows::Stop,
            preflight::OnBadRows::Refuse => BadRows::Refuse,
            preflight::OnBadRows::LeaveOut => BadRows::LeaveOut,
        })
        .part_bytes(args.part_bytes)
        .parts_at_once(usize::from(args.parts_at_once))
        .wait(args.api.wait())
        .force(args.force);
    let folder = match &args.snapshot {
        Some(folder) => Some(folder.clone()),
        None if args.live => None,
        None => args.api.profile(workspace)?.map(|profile| profile.snapshot(workspace)),
    };
    let Some(folder) = folder else { return Ok(import) };
    let snapshot = given::snapshot(&folder, workspace)?;
    match snapshot.mode.filter(|mode| *mode != client.mode()) {
        None => Ok(import.schema(snapshot.schema)),
        Some(mode) => Err(miette!(
            code = "import::wrong-mode",
            help = "name the profile of the snapshot with `--profile`, or correct `mode` in van-bulk.toml, or VAN_MODE",
            "the snapshot {} is of {mode}, but the credentials are for {}; each has contacts and ids of its own, so nothing \
             was sent",
            folder.display(),
            client.mode()
        )),
    }
}

/// Shows what is wrong with the job.
fn job_error(name: &str, text: &str, findings: Vec<Finding>) -> Failure {
    lint::show::reports(name, text, &findings);
    let error: Report = miette!(
        help = "correct the job at the places shown above",
        "the job in {name} has errors, so nothing was sent"
    );
    Failure::of_job(error, lint::show::findings_json(text, &findings))
}
