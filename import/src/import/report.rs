//! What became of an import.

use std::fmt;
use std::path::PathBuf;

use serde::Serialize;
use van_bulk_schema::text::printable;

use super::ImportError;
use crate::client::JobId;
use crate::ledger::{ImportId, ImportState, Ledger, PartRecord, PartState};
use crate::results::{MappingOutcome, Outcome};

/// What became of the rows of an import, by the ledger. `Display` is a table; JSON by serde.
///
/// `rows = rejected + unsent + unknown + running + sent`, and `sent = processed + refused + missing`: of a finished import
/// nothing is unsent, unknown or running.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// The number of the import in its ledger.
    pub import: ImportId,
    /// How far it is.
    pub state: ImportState,
    /// The API and the database mode that it is for.
    pub api: String,
    /// The description of its job.
    pub description: String,
    /// What its rows were read from.
    pub source: String,
    /// When it was started, in UTC.
    pub started_at: String,
    /// When it finished, in UTC.
    pub finished_at: Option<String>,
    /// The rows that were read.
    pub rows: u64,
    /// The rows that were left out before anything was sent.
    pub rejected: u64,
    /// The rows of parts for which VAN has created no job.
    pub unsent: u64,
    /// The rows of parts of which nobody knows what became of their job.
    pub unknown: u64,
    /// The rows of parts whose job is not accounted for yet.
    pub running: u64,
    /// The rows that VAN took and that are accounted for.
    pub sent: u64,
    /// The rows whose mappings were all processed.
    pub processed: u64,
    /// The rows with a refused mapping.
    pub refused: u64,
    /// The rows that are in no result file.
    pub missing: u64,
    /// Its parts, in the order of the rows.
    pub parts: Vec<PartReport>,
    /// What became of every row, once the import is finished.
    pub outcome: Option<PathBuf>,
}

/// What became of a part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PartReport {
    /// What the ledger says of it.
    #[serde(flatten)]
    pub record: PartRecord,
    /// What VAN said of each mapping that has a column in the result files.
    pub mappings: Vec<MappingReport>,
}

/// What VAN said of a mapping.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, serde::Deserialize)]
#[non_exhaustive]
pub struct MappingReport {
    /// Which mapping of the job, counted from 1.
    pub position: usize,
    /// The mapping type.
    pub mapping: String,
    /// How many rows VAN gave each message, the most frequent first; at most 20 messages.
    pub messages: Vec<(String, u64)>,
}

/// The most characters of a text from elsewhere that the table shows: of a name, of a problem, of VAN's status.
const SHOWN: usize = 300;
const SHOWN_PROBLEM: usize = 1_000;
const SHOWN_STATUS: usize = 30;

/// How many messages of a mapping a report has.
const MESSAGES: usize = 20;

impl MappingReport {
    fn of(outcome: &MappingOutcome) -> Self {
        let mut messages: Vec<(String, u64)> =
            outcome.messages.iter().map(|(message, rows)| (message.clone(), *rows)).collect();
        messages.sort_by(|(a, most), (b, least)| least.cmp(most).then_with(|| a.cmp(b)));
        messages.truncate(MESSAGES);
        Self { position: outcome.position + 1, mapping: outcome.mapping.clone(), messages }
    }

    /// Those of a part, as the ledger keeps them.
    pub(super) fn json(outcome: &Outcome) -> String {
        let mappings: Vec<Self> = outcome.mappings.iter().map(Self::of).collect();
        // Numbers and text can always be written.
        serde_json::to_string(&mappings).unwrap_or_default()
    }
}

impl Report {
    /// What became of an import so far.
    ///
    /// # Errors
    /// When the ledger cannot be read or has no such import, or its sums are wrong.
    pub fn read(ledger: &Ledger, import: ImportId) -> Result<Self, ImportError> {
        let record = ledger.import(import)?;
        let outcome = Some(super::outcome_path(ledger, import)).filter(|path| path.is_file());
        let mut report = Self {
            import,
            state: record.state,
            api: record.api,
            description: record.description,
            source: record.source,
            started_at: record.started_at,
            finished_at: record.finished_at,
            rows: record.rows,
            rejected: record.rejected,
            unsent: 0,
            unknown: 0,
            running: 0,
            sent: 0,
            processed: 0,
            refused: 0,
            missing: 0,
            parts: Vec::new(),
            outcome,
        };
        for part in ledger.parts(import)? {
            report.add(part)?;
        }
        report.check()?;
        Ok(report)
    }

    fn add(&mut self, part: PartRecord) -> Result<(), ImportError> {
        match (part.state, part.processed, part.refused, part.missing) {
            (PartState::Accounted, Some(processed), Some(refused), Some(missing)) => {
                if [refused, missing].into_iter().fold(processed, u64::saturating_add) != part.rows {
                    return Err(self.wrong(format!(
                        "part {} has {} rows, but {processed} were processed, {refused} refused and {missing} are missing",
                        part.number, part.rows
                    )));
                }
                add(&mut self.sent, part.rows);
                add(&mut self.processed, processed);
                add(&mut self.refused, refused);
                add(&mut self.missing, missing);
            }
            (state, ..) if state.is_unknown() => add(&mut self.unknown, part.rows),
            (state, ..) if state.is_unsent() => add(&mut self.unsent, part.rows),
            _ => add(&mut self.running, part.rows),
        }
        let mappings = part.messages.as_deref().map(serde_json::from_str);
        let mappings = mappings.and_then(Result::ok).unwrap_or_default();
        self.parts.push(PartReport { record: part, mappings });
        Ok(())
    }

    fn check(&self) -> Result<(), ImportError> {
        let Self { rows, rejected, unsent, unknown, running, sent, .. } = self;
        let sum =
            [unsent, unknown, running, sent].into_iter().fold(*rejected, |sum, n| sum.saturating_add(*n));
        if sum == *rows {
            return Ok(());
        }
        Err(self.wrong(format!(
            "{rows} rows were read, but {rejected} were rejected, {unsent} not sent, {unknown} are unknown, {running} run and \
             {sent} were sent"
        )))
    }

    fn wrong(&self, what: String) -> ImportError {
        ImportError::DoesNotAddUp { import: self.import, what }
    }

    /// Whether every row that was read was processed.
    pub fn is_complete(&self) -> bool {
        self.processed == self.rows && self.state == ImportState::Finished
    }
}

/// Adds rows. No sum comes near the limit, unless something else wrote the ledger; it does not add up then.
fn add(sum: &mut u64, rows: u64) {
    *sum = sum.saturating_add(rows);
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (source, description) = (printable(&self.source, SHOWN), printable(&self.description, SHOWN));
        writeln!(f, "import {} ({}) of {source}: {description}", self.import, self.state)?;
        table(f, &self.parts)?;
        let Self { rows, rejected, unsent, unknown, running, sent, processed, refused, missing, .. } = self;
        write!(f, "rows read {rows} = rejected {rejected}")?;
        for (count, what) in [(unsent, "not sent"), (unknown, "unknown"), (running, "running")] {
            if *count > 0 {
                write!(f, " + {what} {count}")?;
            }
        }
        writeln!(f, " + sent {sent}")?;
        write!(f, "rows sent {sent} = processed {processed} + refused {refused} + missing {missing}")?;
        let problems = self.parts.iter().filter_map(|part| Some((part, part.record.problem.as_ref()?)));
        for (part, problem) in problems {
            write!(f, "\npart {}: {}", part.record.number, printable(problem, SHOWN_PROBLEM))?;
        }
        Ok(())
    }
}

/// The parts as a table.
fn table(f: &mut fmt::Formatter<'_>, parts: &[PartReport]) -> fmt::Result {
    let header = ["part", "rows", "job", "state", "status", "processed", "refused", "missing"];
    let mut lines = vec![header.map(str::to_owned)];
    for PartReport { record, .. } in parts {
        let count = |count: Option<u64>| count.map(|count| count.to_string()).unwrap_or_default();
        lines.push([
            record.number.to_string(),
            record.rows.to_string(),
            record.job.map(|job: JobId| job.to_string()).unwrap_or_default(),
            record.state.to_string(),
            printable(record.status.as_deref().unwrap_or_default(), SHOWN_STATUS),
            count(record.processed),
            count(record.refused),
            count(record.missing),
        ]);
    }
    let width = |column: usize| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..header.len()).map(width).collect();
    for line in &lines {
        let cells = line.iter().zip(&widths).zip(header).map(|((cell, width), name)| match name {
            "state" | "status" => format!("{cell:<width$}"),
            _ => format!("{cell:>width$}"),
        });
        writeln!(f, "{}", cells.collect::<Vec<_>>().join("  ").trim_end())?;
    }
    Ok(())
}
