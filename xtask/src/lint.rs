//! `cargo xtask lint`: checks a payload of `POST /bulkImportJobs`, whichever program wrote it.

mod read;
mod show;

use std::path::PathBuf;
use std::process::ExitCode;

use miette::{IntoDiagnostic as _, miette};
use van_bulk_schema::finding::any_error;
use van_bulk_schema::{Finding, Schema, Severity, Snapshot, rules};

use crate::{report, workspace};
use show::Filled;

/// Check the body of a bulk import job against a snapshot, whichever program wrote it
///
/// Reports every rule that the job breaks at its place, every column that no mapping uses, and which fields VAN fills by
/// column name. Fails if there are errors. Nothing is sent anywhere.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The file with the JSON of the job; `-` reads standard input
    payload: PathBuf,
    /// The snapshot in this folder says what can be imported
    #[arg(long, value_name = "DIR", conflicts_with = "profile")]
    snapshot: Option<PathBuf>,
    /// The snapshot in this folder below `snapshots/` does
    #[arg(long, default_value = workspace::DEFAULT_PROFILE, value_parser = workspace::profile_name)]
    profile: String,
    /// Reports for people, or one JSON object on standard output
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Fail if there are warnings, too
    #[arg(long)]
    deny_warnings: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    Text,
    Json,
}

/// What there is to say about a payload.
struct Verdict {
    /// The name of the payload's file.
    name: String,
    text: String,
    snapshot: PathBuf,
    findings: Vec<Finding>,
    /// Of each mapping, in the order of the payload.
    filled: Vec<Filled>,
}

impl Verdict {
    fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|finding| finding.severity == severity).count()
    }
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> miette::Result<ExitCode> {
    let snapshot = args.snapshot.clone().unwrap_or_else(|| workspace::snapshots().join(&args.profile));
    let schema = schema(&snapshot)?;
    let (name, text) = read::text(&args.payload)?;
    let (findings, filled) = match read::payload(&text) {
        Ok(payload) => (rules::check(&schema, &payload), show::filled_by_name(&schema, &payload)),
        Err(finding) => (vec![*finding], Vec::new()),
    };
    let verdict = Verdict { name, text, snapshot, findings, filled };
    match args.format {
        Format::Text => show::text(&verdict),
        Format::Json => show::json(&verdict).into_diagnostic()?,
    }
    let fails = any_error(&verdict.findings) || (args.deny_warnings && !verdict.findings.is_empty());
    Ok(if fails { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Loads the snapshot; one with errors would find errors in jobs that have none.
fn schema(folder: &std::path::Path) -> miette::Result<Schema> {
    let (snapshot, findings) = Snapshot::load(folder).into_diagnostic()?;
    report::findings(&findings, &snapshot.documents, folder);
    if any_error(&findings) {
        return Err(miette!(
            code = "lint::snapshot",
            help = "correct the places shown above, or fetch the snapshot again with `cargo xtask fetch`",
            "the snapshot `{}` has errors, so nothing was checked",
            folder.display()
        ));
    }
    Ok(snapshot.schema)
}
