//! Shows what became of an import.

use std::io::{self, Write};
use std::process::ExitCode;

use miette::miette;
use serde_json::json;
use van_bulk_import::ImportError;
use van_bulk_import::import::{Problem, Report};

use super::LedgerArgs;
use crate::lint::show::printable;
use crate::report;

/// The exit code of an import whose rows are all accounted for, though VAN did not process some that were sent.
const NOT_ALL_PROCESSED: u8 = 3;

/// How a report is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// For people
    Text,
    /// One JSON object
    Json,
}

/// Shows how an import ended.
pub(crate) fn ended(
    result: Result<Report, ImportError>,
    format: Format,
    ledger: &LedgerArgs,
) -> miette::Result<ExitCode> {
    match result {
        Ok(report) => {
            show(&report, format)?;
            let all = report.processed == report.sent;
            Ok(if all { ExitCode::SUCCESS } else { ExitCode::from(NOT_ALL_PROCESSED) })
        }
        Err(ImportError::Unfinished { report, problems }) => {
            show(&report, format)?;
            let unknown: Vec<u32> = problems
                .iter()
                .filter(|problem| {
                    matches!(problem.problem, Problem::Unknown { .. } | Problem::NotItsJob { .. })
                })
                .map(|problem| problem.part)
                .collect();
            let resume = format!("cargo xtask resume {}{}", report.import, ledger.shown());
            let help = match unknown.first() {
                None => format!("`{resume}` goes on with it"),
                Some(part) => format!(
                    "look in VAN for a bulk upload called `{}`: if there is one for this part, `{resume} --part {part} \
                     --assume-submitted JOBID`, if there is none, `{resume} --part {part} --assume-lost`",
                    printable(&report.description)
                ),
            };
            let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
            Err(miette!(help = help, "import {} is not finished\n{}", report.import, problems.join("\n")))
        }
        Err(error) => Err(miette::Report::from_err(error)),
    }
}

/// Shows a report on standard output.
pub(crate) fn show(report: &Report, format: Format) -> miette::Result<()> {
    report::print(|out| match format {
        Format::Text => text(out, report),
        Format::Json => json(out, &json!(report)),
    })
}

fn text(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    writeln!(out, "{report}")?;
    for part in &report.parts {
        for mapping in &part.mappings {
            for (message, rows) in mapping.messages.iter().filter(|(message, _)| message != "Processed") {
                let (number, name) = (part.record.number, printable(&mapping.mapping));
                let (position, message) = (mapping.position, printable(message));
                writeln!(out, "part {number}, mapping {position} {name}: {rows} × {message}")?;
            }
        }
    }
    match &report.outcome {
        Some(path) => writeln!(out, "every row: {}", printable(&path.display().to_string())),
        None => Ok(()),
    }
}

/// Writes JSON and the end of its line.
pub(crate) fn json(out: &mut dyn Write, json: &serde_json::Value) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, json)?;
    writeln!(out)
}
