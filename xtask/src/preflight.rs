//! `cargo xtask preflight`: checks the rows of a file before they are sent, and packs them.

mod show;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use indicatif::{ProgressBar, ProgressStyle};
use miette::{IntoDiagnostic as _, miette};
use van_bulk_import::RowsError;
use van_bulk_import::delimited::{Encoding, Input};
use van_bulk_import::rows::{ADVISED_ZIP_BYTES, Finding, Packed, Packing, Policy, Preflight};
use van_bulk_schema::payload::{Delimiter, Payload};

use crate::given::{self, Against, payload};
use crate::lint;
use show::Verdict;

/// Check every row of a file against a job and a snapshot, and pack the good ones
///
/// Tells which rows VAN would refuse, and why: with their number, line and column. The file is a CSV or tab-delimited, may be
/// compressed with gzip, and has the columns of the job. Fails if rows cannot be imported, unless they are to be left out.
/// Nothing is sent anywhere.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The file with the rows; `-` reads standard input
    file: PathBuf,
    /// The file with the JSON of the job; description and URL may be missing
    #[arg(long, value_name = "PAYLOAD")]
    job: PathBuf,
    #[command(flatten)]
    against: Against,
    /// How the text is encoded: utf-8, windows-1252 or utf-16
    #[arg(long, default_value_t)]
    encoding: Encoding,
    /// What separates cells; unless it is given, the header tells
    #[arg(long, value_enum)]
    delimiter: Option<Separator>,
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
enum Separator {
    Comma,
    Tab,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum OnBadRows {
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

/// Runs the command.
pub(crate) fn run(args: &Args) -> miette::Result<ExitCode> {
    let snapshot = args.against.folder();
    let Some((payload, preflight)) = preflight(&args.job, &snapshot)? else { return Ok(ExitCode::FAILURE) };
    let (input, progress) = input(args)?;
    let mut shown = Vec::new();
    let show = |finding: &Finding| {
        if shown.len() < args.show {
            shown.push(finding.clone());
        }
    };
    let name = input.name().to_owned();
    let result = match &args.pack {
        None => {
            preflight.check(input, show).map(|summary| Packed { parts: Vec::new(), summary, rejected: None })
        }
        Some(folder) => {
            fs::create_dir_all(folder)
                .map_err(|error| miette!("could not create {}: {error}", folder.display()))?;
            let file_name = match payload.file.file_name.as_ref() {
                "" => "rows.csv".to_owned(),
                name => name.to_owned(),
            };
            Packing::new(&preflight, folder, file_name)
                .policy(policy(args, folder))
                .part_bytes(args.part_bytes)
                .on_finding(show)
                .csv(input)
        }
    };
    progress.finish_and_clear();
    let (packed, fails) = match result {
        Ok(packed) => {
            let fails = packed.rejected.is_none() && packed.summary.rejected > 0;
            (packed, fails)
        }
        Err(RowsError::Refused(summary)) => {
            (Packed { parts: Vec::new(), summary: *summary, rejected: None }, true)
        }
        Err(error) => {
            // What was found before it helps to find what is wrong.
            if args.format == Format::Text {
                show::findings(&shown, 0);
            }
            return Err(error).into_diagnostic();
        }
    };
    let verdict = Verdict { name, snapshot, shown, packed, packs: args.pack.is_some() };
    match args.format {
        Format::Text => show::text(&verdict),
        Format::Json => show::json(&verdict).into_diagnostic()?,
    }
    Ok(if fails { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// The job and the check that is made of it; `None` if the job breaks rules, which are printed then.
fn preflight(job: &Path, snapshot: &Path) -> miette::Result<Option<(Payload, Preflight)>> {
    let schema = given::schema(snapshot)?;
    let (name, text) = payload::text(job)?;
    let findings = match payload::read(&text) {
        Err(finding) => vec![*finding],
        Ok(payload) => match Preflight::for_payload(&schema, &payload) {
            Ok(preflight) => return Ok(Some((payload, preflight))),
            Err(RowsError::Job(error)) => error.findings,
            Err(error) => return Err(error).into_diagnostic(),
        },
    };
    lint::show::reports(&name, &text, &findings);
    eprintln!("The rows were not checked: the job has to be right first.");
    Ok(None)
}

fn policy(args: &Args, folder: &Path) -> Policy {
    match args.bad_rows {
        OnBadRows::Stop => Policy::Stop,
        OnBadRows::Refuse => Policy::Refuse,
        OnBadRows::LeaveOut => Policy::LeaveOut {
            rejected: args.rejected.clone().unwrap_or_else(|| folder.join("rejected.csv")),
        },
    }
}

/// The rows, and a bar that shows how many bytes of them were read.
fn input(args: &Args) -> miette::Result<(Input, ProgressBar)> {
    let is_stdin = args.file == Path::new("-");
    if is_stdin && args.job == Path::new("-") {
        return Err(miette!(
            help = "give the rows or the job as a file",
            "standard input cannot be both the rows and the job"
        ));
    }
    let input = if is_stdin { Input::stdin() } else { Input::open(&args.file).into_diagnostic()? };
    let input = match args.delimiter {
        None => input,
        Some(Separator::Comma) => input.with_delimiter(Delimiter::Csv),
        Some(Separator::Tab) => input.with_delimiter(Delimiter::Tab),
    };
    let (progress, template) = match input.bytes() {
        Some(bytes) => {
            (ProgressBar::new(bytes), "{bar:40} {percent:>3} %  {bytes} of {total_bytes}  {eta} left")
        }
        None => (ProgressBar::new_spinner(), "{spinner} {bytes} read"),
    };
    if let Ok(style) = ProgressStyle::with_template(template) {
        progress.set_style(style);
    }
    let bar = progress.clone();
    Ok((input.with_encoding(args.encoding).on_read(move |bytes| bar.inc(bytes)), progress))
}
