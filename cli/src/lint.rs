//! `cargo van-bulk lint`: checks a payload of `POST /bulkImportJobs`, whichever program wrote it.

pub(crate) mod show;

use std::path::PathBuf;
use std::process::ExitCode;

use van_bulk_schema::finding::any_error;
use van_bulk_schema::{Finding, Severity, rules};

use crate::given::{self, Against, payload};
use crate::report;
use crate::workspace::Workspace;
use show::Filled;

/// Check the body of a bulk import job against a snapshot, whichever program wrote it
///
/// Reports every rule that the job breaks at its place, every column that no mapping uses, and which fields VAN fills by
/// column name. Fails if there are errors. Nothing is sent anywhere.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The file with the JSON of the job; `-` reads standard input
    payload: PathBuf,
    #[command(flatten)]
    against: Against,
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
pub(crate) fn run(args: &Args, workspace: &Workspace) -> miette::Result<ExitCode> {
    let snapshot = args.against.folder(workspace)?;
    let schema = given::schema(&snapshot, workspace)?;
    let (name, text) = payload::text(&args.payload)?;
    let (findings, filled) = match payload::read(&text) {
        Ok(payload) => (rules::check(&schema, &payload), show::filled_by_name(&schema, &payload)),
        Err(finding) => (vec![*finding], Vec::new()),
    };
    let verdict = Verdict { name, text, snapshot, findings, filled };
    if args.format == Format::Text {
        show::reports(&verdict.name, &verdict.text, &verdict.findings);
    }
    report::print(|out| match args.format {
        Format::Text => show::text(out, &verdict),
        Format::Json => show::json(out, &verdict),
    })?;
    let fails = any_error(&verdict.findings) || (args.deny_warnings && !verdict.findings.is_empty());
    Ok(if fails { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
