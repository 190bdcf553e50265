//! `cargo van-bulk preflight`: checks the rows of a file before they are sent, and packs them.

mod paths;
pub(crate) mod show;

use std::mem;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};

use indicatif::{ProgressBar, ProgressStyle};
use miette::{Report, miette};
use van_bulk_import::RowsError;
use van_bulk_import::delimited::Input;
use van_bulk_import::rows::{ADVISED_ZIP_BYTES, Finding, Packed, Packing, Policy, Preflight, Summary};
use van_bulk_schema::payload::Payload;

use crate::given::{self, Against, InputArgs, payload};
use crate::stop::{self, Stop};
use crate::workspace::Workspace;
use crate::{lint, report};
use show::Verdict;

/// Check every row of a file against a job and a snapshot, and pack the good ones
///
/// Tells which rows VAN would refuse, and why: with their number, line and column. The file is a CSV or tab-delimited, may be
/// compressed with gzip, and has the columns of the job. Fails if rows cannot be imported, unless they are to be left out.
/// Nothing is sent anywhere.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The file with the rows; `-` reads standard input
    file: PathBuf,
    /// The file with the JSON of the job; description and URL may be missing
    #[arg(long, value_name = "PAYLOAD")]
    job: PathBuf,
    #[command(flatten)]
    against: Against,
    #[command(flatten)]
    input: InputArgs,
    /// Pack the rows into zips in this folder, in parts below the limit
    #[arg(long, value_name = "DIR")]
    pack: Option<PathBuf>,
    /// With --pack: what to do about rows that cannot be imported
    #[arg(long, value_enum, default_value_t = OnBadRows::Refuse, requires = "pack")]
    bad_rows: OnBadRows,
    /// With --bad-rows leave-out: the file for these rows; `rejected.csv` in the folder of the zips unless it is given
    #[arg(long, value_name = "FILE", requires = "pack")]
    rejected: Option<PathBuf>,
    /// With --pack: the most bytes that a zip may have
    #[arg(long, value_name = "BYTES", default_value_t = ADVISED_ZIP_BYTES, requires = "pack")]
    part_bytes: u64,
    /// How many findings are shown one by one; all are in the summary
    #[arg(long, default_value_t = 20)]
    show: usize,
    /// For people, or one JSON object on standard output
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum OnBadRows {
    /// Stop at the first, and pack nothing
    Stop,
    /// Tell all of them, and pack nothing
    Refuse,
    /// Leave them out, and write them to a file of their own
    LeaveOut,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    Text,
    Json,
}

/// Why rows were not checked to their end.
enum Failure {
    /// The job breaks rules.
    Job {
        name: String,
        text: String,
        findings: Vec<van_bulk_schema::Finding>,
    },
    /// The program was interrupted.
    Interrupted,
    Other(Report),
}

impl From<Report> for Failure {
    fn from(error: Report) -> Self {
        Self::Other(error)
    }
}

/// The first findings, as they come.
type Shown = Arc<Mutex<Vec<Finding>>>;

/// Runs the command.
pub(crate) async fn run(args: &Args, workspace: &Workspace) -> miette::Result<ExitCode> {
    let snapshot = args.against.folder(workspace)?;
    let shown = Shown::default();
    let result = work(args, &snapshot, &shown, workspace).await;
    let shown = mem::take(&mut *shown.lock().unwrap_or_else(PoisonError::into_inner));
    match result {
        Ok((name, packed)) => {
            let fails = packed.rejected.is_none() && packed.summary.rejected > 0;
            let verdict = Verdict { name, snapshot, shown, packed, packs: args.pack.is_some() };
            report::print(|out| match args.format {
                Format::Text => show::text(out, &verdict),
                Format::Json => show::json(out, &verdict),
            })?;
            Ok(if fails { ExitCode::FAILURE } else { ExitCode::SUCCESS })
        }
        Err(failure) => fail(args, &snapshot, &shown, failure),
    }
}

/// Reports a failure: to people on standard error, and to programs on standard output.
fn fail(args: &Args, snapshot: &Path, shown: &[Finding], failure: Failure) -> miette::Result<ExitCode> {
    let (error, job, code) = match failure {
        Failure::Job { name, text, findings } => {
            lint::show::reports(&name, &text, &findings);
            let error = miette!(
                help = "correct the job",
                "The rows were not checked: the job has to be right first."
            );
            eprintln!("{error}");
            (error, lint::show::findings_json(&text, &findings), Some(ExitCode::FAILURE))
        }
        Failure::Interrupted => {
            let error = miette!(help = "run the command again", "interrupted; nothing was packed");
            eprintln!("Error: {error:?}");
            (error, Vec::new(), Some(ExitCode::from(stop::EXIT_CODE)))
        }
        Failure::Other(error) => (error, Vec::new(), None),
    };
    report::print(|out| match args.format {
        // What was found before it helps to find what is wrong.
        Format::Text => show::findings(out, shown, 0),
        Format::Json => show::json_error(out, &args.file, snapshot, shown, &error, &job),
    })?;
    code.ok_or(error)
}

/// Checks the rows, and packs them if they are to be packed. Gives the name of the rows, too.
async fn work(
    args: &Args,
    snapshot: &Path,
    shown: &Shown,
    workspace: &Workspace,
) -> Result<(String, Packed), Failure> {
    paths::check(args)?;
    let (payload, preflight) = preflight(&args.job, snapshot, workspace)?;
    let stop = Stop::default();
    let (input, progress) = input(args, &stop)?;
    let name = input.name().to_owned();
    let (shown, most) = (Arc::clone(shown), args.show);
    let show = move |finding: &Finding| {
        let mut shown = shown.lock().unwrap_or_else(PoisonError::into_inner);
        if shown.len() < most {
            shown.push(finding.clone());
        }
    };
    let result = match &args.pack {
        // Nothing is written, so that nothing has to be cleaned up when the program is interrupted.
        None => preflight.check(input, show).map(unpacked),
        Some(folder) => {
            let file_name = match payload.file.file_name.as_ref() {
                "" => "rows.csv",
                name => name,
            };
            let created = paths::Folder::create(folder)?;
            let packing = Packing::new(&preflight, folder, file_name)
                .policy(policy(args))
                .part_bytes(args.part_bytes)
                .keep(&args.job)
                .on_finding(show);
            let result = stop.watch(move || packing.csv(input)).await?;
            drop(created);
            // It may have been interrupted when all parts had their names.
            if result.is_err() && stop.is_set() {
                progress.finish_and_clear();
                return Err(Failure::Interrupted);
            }
            result
        }
    };
    progress.finish_and_clear();
    match result {
        Ok(packed) => Ok((name, packed)),
        Err(RowsError::Refused(summary)) => Ok((name, unpacked(*summary))),
        Err(error) => Err(Failure::Other(Report::from_err(error))),
    }
}

fn unpacked(summary: Summary) -> Packed {
    Packed { parts: Vec::new(), summary, rejected: None }
}

/// The job and the check that is made of it.
fn preflight(job: &Path, snapshot: &Path, workspace: &Workspace) -> Result<(Payload, Preflight), Failure> {
    let schema = given::schema(snapshot, workspace)?;
    let (name, text) = payload::text(job)?;
    let findings = match payload::read(&text) {
        Err(finding) => vec![*finding],
        Ok(payload) => match Preflight::for_payload(&schema, &payload) {
            Ok(preflight) => return Ok((payload, preflight)),
            Err(RowsError::Job(error)) => error.findings,
            Err(error) => return Err(Failure::Other(Report::from_err(error))),
        },
    };
    Err(Failure::Job { name, text, findings })
}

fn policy(args: &Args) -> Policy {
    match (args.bad_rows, paths::rejected(args)) {
        (OnBadRows::LeaveOut, Some(rejected)) => Policy::LeaveOut { rejected },
        (OnBadRows::Stop, _) => Policy::Stop,
        (OnBadRows::Refuse | OnBadRows::LeaveOut, _) => Policy::Refuse,
    }
}

/// The rows, and a bar that shows how many bytes of them were read.
fn input(args: &Args, stop: &Stop) -> miette::Result<(Input, ProgressBar)> {
    let input = args.input.open(&args.file, stop)?;
    let (progress, template) = match input.bytes() {
        Some(bytes) => {
            (ProgressBar::new(bytes), "{bar:40} {percent:>3} %  {bytes} of {total_bytes}  {eta} left")
        }
        None => (ProgressBar::new_spinner(), "{spinner} {bytes} read"),
    };
    if let Ok(style) = ProgressStyle::with_template(template) {
        progress.set_style(style);
    }
    let (bar, stop) = (progress.clone(), stop.clone());
    let input = input.on_read(move |bytes| {
        bar.inc(bytes);
        stop.check()
    });
    Ok((input, progress))
}
