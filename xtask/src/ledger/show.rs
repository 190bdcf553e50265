//! Shows what became of an import.

use std::io::{self, Write};
use std::process::ExitCode;

use miette::miette;
use serde_json::{Value, json};
use van_bulk_import::ImportError;
use van_bulk_import::import::Report;
use van_bulk_import::ledger::PartState;
use van_bulk_import::rows::Finding;

use super::{Same, advice};
use crate::lint::show::{counted, printable};
use crate::{preflight, report, stop};

/// The exit code of an import whose rows are all accounted for, though VAN did not process some that were sent.
const NOT_ALL_PROCESSED: u8 = 3;
/// The file of rows that were left out, beside that of what became of every row.
const REJECTED: &str = "rejected.csv";

/// How a report is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// For people
    Text,
    /// One JSON object
    Json,
}

/// Why an import did not come to its end.
pub(crate) enum Failure {
    /// The job has errors, which were shown.
    Job {
        error: miette::Report,
        findings: Vec<Value>,
    },
    /// Some parts did not come to their end.
    Unfinished {
        report: Box<Report>,
        error: miette::Report,
    },
    /// The program was interrupted.
    Interrupted(miette::Report),
    Other(miette::Report),
}

impl From<miette::Report> for Failure {
    fn from(error: miette::Report) -> Self {
        Self::Other(error)
    }
}

impl Failure {
    pub(crate) fn of(error: ImportError, same: &Same<'_>) -> Self {
        match error {
            ImportError::Unfinished { report, problems } => {
                let help = advice::about_parts(&report, &problems, same);
                let problems: Vec<String> =
                    problems.iter().map(|problem| printable(&problem.to_string())).collect();
                let error =
                    miette!(help = help, "import {} is not finished\n{}", report.import, problems.join("\n"));
                Self::Unfinished { report, error }
            }
            error => Self::Other(match advice::about(&error, same) {
                Some(help) => miette!(help = help, "{error}"),
                None => miette::Report::from_err(error),
            }),
        }
    }

    fn error(&self) -> &miette::Report {
        match self {
            Self::Job { error, .. }
            | Self::Unfinished { error, .. }
            | Self::Interrupted(error)
            | Self::Other(error) => error,
        }
    }
}

/// How an import ended.
pub(crate) struct Ended {
    pub(crate) result: Result<Report, Failure>,
    /// The first findings about its rows.
    pub(crate) findings: Vec<Finding>,
    /// How many there are in all.
    pub(crate) all_findings: u64,
}

impl Ended {
    /// Shows it, on standard output, and gives the exit code or what is to be shown on standard error.
    pub(crate) fn show(self, format: Format) -> miette::Result<ExitCode> {
        report::print(|out| match format {
            Format::Text => self.text(out),
            Format::Json => json(out, &self.json()),
        })?;
        match self.result {
            Ok(report) if report.processed == report.sent => Ok(ExitCode::SUCCESS),
            Ok(_) => Ok(ExitCode::from(NOT_ALL_PROCESSED)),
            Err(Failure::Interrupted(error)) => {
                eprintln!("Error: {error:?}");
                Ok(ExitCode::from(stop::EXIT_CODE))
            }
            Err(Failure::Job { error, .. } | Failure::Unfinished { error, .. } | Failure::Other(error)) => {
                Err(error)
            }
        }
    }

    fn text(&self, out: &mut dyn Write) -> io::Result<()> {
        preflight::show::findings(out, &self.findings, self.all_findings)?;
        match &self.result {
            Ok(report) => text(out, report),
            Err(Failure::Unfinished { report, .. }) => text(out, report),
            Err(_) => Ok(()),
        }
    }

    /// The report with an `error`, which is null if there is none.
    fn json(&self) -> Value {
        let (mut whole, failure) = match &self.result {
            Ok(report) => (json!(report), None),
            Err(failure @ Failure::Unfinished { report, .. }) => (json!(report), Some(failure)),
            Err(failure) => (json!({}), Some(failure)),
        };
        whole["error"] = failure.map_or(Value::Null, |failure| self.json_of(failure));
        whole
    }

    fn json_of(&self, failure: &Failure) -> Value {
        let job = match failure {
            Failure::Job { findings, .. } => findings.as_slice(),
            _ => &[],
        };
        let error = failure.error();
        json!({
            "message": error.to_string(),
            "help": error.help().map(|help| help.to_string()),
            "job": job,
            "rows": self.findings.iter().map(preflight::show::finding).collect::<Vec<_>>(),
            "rowFindings": self.all_findings,
        })
    }
}

/// Shows a report.
pub(crate) fn text(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    writeln!(out, "{report}")?;
    for part in &report.parts {
        for mapping in &part.mappings {
            for (message, rows) in mapping.messages.iter().filter(|(message, _)| message != "Processed") {
                let (number, name) = (part.record.number, printable(&mapping.mapping));
                let (position, message) = (mapping.position, printable(message));
                let rows = counted(*rows, "row");
                writeln!(out, "part {number}, mapping {position} {name}: {rows}: {message}")?;
            }
        }
    }
    for part in &report.parts {
        if part.record.published && part.record.state == PartState::Accounted {
            let (number, import) = (part.record.number, report.import);
            writeln!(
                out,
                "part {number}: its upload could not be removed, and holds personal data; `resume {import}` tries again"
            )?;
        }
    }
    if let Some(path) = &report.outcome {
        writeln!(out, "every row: {}", printable(&path.display().to_string()))?;
        let rejected = path.with_file_name(REJECTED);
        if rejected.is_file() {
            writeln!(out, "rows that were left out: {}", printable(&rejected.display().to_string()))?;
        }
    }
    Ok(())
}

/// Writes JSON and the end of its line.
pub(crate) fn json(out: &mut dyn Write, json: &Value) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, json)?;
    writeln!(out)
}
