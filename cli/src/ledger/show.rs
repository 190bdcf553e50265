//! Shows what became of an import.

use std::io::{self, Write};
use std::process::ExitCode;

use miette::miette;
use serde_json::{Value, json};
use van_bulk_import::ImportError;
use van_bulk_import::import::Report;
use van_bulk_import::ledger::PartState;
use van_bulk_import::rows::Finding;

use super::Same;
use super::advice::{self, Advice};
use crate::lint::show::printable;
use crate::report::counted;
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
pub(crate) struct Failure {
    /// With what to do.
    error: miette::Report,
    /// The commands that do it. They are not part of the error, in which they would be broken into lines.
    commands: Vec<String>,
    /// How far it came, where that is to be shown.
    report: Option<Box<Report>>,
    /// What is wrong with the job, which was shown.
    job: Vec<Value>,
    code: ExitCode,
}

impl From<miette::Report> for Failure {
    fn from(error: miette::Report) -> Self {
        Self { error, commands: Vec::new(), report: None, job: Vec::new(), code: ExitCode::FAILURE }
    }
}

impl Failure {
    pub(crate) fn of(error: ImportError, same: &Same<'_>) -> Self {
        match error {
            ImportError::Unfinished { report, problems } => {
                let advice = advice::about_parts(&report, &problems, same);
                let problems: Vec<String> =
                    problems.iter().map(|problem| printable(&problem.to_string())).collect();
                let what = format!("import {} is not finished\n{}", report.import, problems.join("\n"));
                Self { report: Some(report), ..Self::with(what, advice) }
            }
            error => match advice::about(&error, same) {
                Some(advice) => Self::with(error.to_string(), advice),
                // Its message tells its causes.
                None => miette!("{error}").into(),
            },
        }
    }

    pub(crate) fn of_job(error: miette::Report, job: Vec<Value>) -> Self {
        Self { job, ..error.into() }
    }

    pub(crate) fn interrupted(what: String, advice: Advice) -> Self {
        Self { code: ExitCode::from(stop::EXIT_CODE), ..Self::with(what, advice) }
    }

    fn with(what: String, Advice { help, commands }: Advice) -> Self {
        Self { commands, ..miette!(help = help, "{what}").into() }
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
    /// Shows it, and gives the exit code.
    pub(crate) fn show(self, format: Format) -> miette::Result<ExitCode> {
        report::print(|out| match format {
            Format::Text => self.text(out),
            Format::Json => json(out, &self.json()),
        })?;
        match self.result {
            Ok(report) if report.processed == report.sent => Ok(ExitCode::SUCCESS),
            Ok(_) => Ok(ExitCode::from(NOT_ALL_PROCESSED)),
            Err(Failure { error, commands, code, .. }) => {
                eprintln!("Error: {error:?}");
                commands.iter().for_each(|command| eprintln!("    {command}"));
                Ok(code)
            }
        }
    }

    fn report(&self) -> Option<&Report> {
        match &self.result {
            Ok(report) => Some(report),
            Err(failure) => failure.report.as_deref(),
        }
    }

    fn text(&self, out: &mut dyn Write) -> io::Result<()> {
        preflight::show::findings(out, &self.findings, self.all_findings)?;
        self.report().map_or(Ok(()), |report| text(out, report))
    }

    /// The report with an `error`, which is null if there is none.
    fn json(&self) -> Value {
        let mut whole = self.report().map_or_else(|| json!({}), |report| json!(report));
        whole["error"] = self.result.as_ref().err().map_or(Value::Null, |failure| {
            json!({
                "message": failure.error.to_string(),
                "help": failure.error.help().map(|help| help.to_string()),
                "commands": failure.commands,
                "job": failure.job,
                "rows": self.findings.iter().map(preflight::show::finding).collect::<Vec<_>>(),
                "rowFindings": self.all_findings,
            })
        });
        whole
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
        if let (Some(place), PartState::Accounted) = (&part.record.place, part.record.state) {
            let (number, import, place) = (part.record.number, report.import, printable(place));
            writeln!(
                out,
                "part {number}: its upload in {place} could not be removed, and holds personal data; `resume {import}` tries \
                 again"
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
