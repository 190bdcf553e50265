//! `outcome.csv`: what became of every row that was read, one line a row, in the order of the rows.
//!
//! It is UTF-8, separated by commas. Texts that are not ours are cut at 1,000 characters and have no line breaks and control
//! characters, so that a row is one line to every program; where a spreadsheet would take one for a formula it begins with
//! an apostrophe.
//!
//! One part at a time is held in memory, 20 bytes a row and each different set of messages once. So it takes little, unless
//! VAN says something else of every row.

use std::collections::HashMap;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use csv::{StringRecord, Writer};
use tempfile::NamedTempFile;
use van_bulk::payload::Payload;
use van_bulk_schema::text::printable;

use super::ImportError;
use super::left_out::RowsLeftOut;
use crate::files;
use crate::ledger::{ImportId, PartRecord};
use crate::results::{Outcome, Reconciliation, ResultRow, ResultsError, RowStatus};

/// The columns before those of the mappings.
const COLUMNS: [&str; 8] =
    ["Row", "Status", "Part", "RowInPart", "JobID", "PrimaryKey", "PrimaryKeyType", "Message"];

/// What is said of a row that is in no result file.
const MISSING: &str =
    "it is in no result file; VAN leaves out rows that it does not take, and says no reason";

/// What an outcome file is made of.
pub(super) struct Sources<'a> {
    pub(super) import: ImportId,
    pub(super) payload: &'a Payload,
    /// How many rows were read.
    pub(super) rows: u64,
    /// The accounted parts, in order, each with its result files.
    pub(super) parts: Vec<(PartRecord, Vec<PathBuf>)>,
    /// The rows that were left out.
    pub(super) left_out: RowsLeftOut,
}

/// Writes the file; it has its name when it is whole.
pub(super) fn write(sources: Sources<'_>, path: &Path) -> Result<(), ImportError> {
    let Sources { import, payload, rows: read, parts, left_out } = sources;
    let failed = |action| move |source| ImportError::Io { action, path: path.to_owned(), source };
    let file = files::temporary_beside(path).map_err(failed("write beside"))?;
    let mut lines = Lines::begin(file, payload, left_out, path)?;
    for (part, results) in &parts {
        let rows = PartRows::read(part, results, payload)?;
        for number in 1..=part.rows {
            lines.left_out_before_next()?;
            lines.sent(part, number, &rows)?;
        }
    }
    lines.left_out_before_next()?;
    let file = lines.finish(import, read)?;
    file.as_file().sync_all().map_err(failed("sync"))?;
    files::keep(file.into_temp_path(), path).map_err(failed("create"))
}

/// The lines of the file.
struct Lines<'a> {
    path: &'a Path,
    writer: Writer<BufWriter<NamedTempFile>>,
    mappings: usize,
    left_out: RowsLeftOut,
    /// The row of the input that the next line is about.
    next: u64,
}

impl<'a> Lines<'a> {
    fn begin(
        file: NamedTempFile,
        payload: &Payload,
        left_out: RowsLeftOut,
        path: &'a Path,
    ) -> Result<Self, ImportError> {
        let names = payload.actions.iter().flat_map(|action| &action.mapping_types);
        let names: Vec<String> =
            names.zip(1..).map(|(mapping, position)| format!("{position} {}", mapping.name)).collect();
        let writer = Writer::from_writer(BufWriter::new(file));
        let mut lines = Self { path, writer, mappings: names.len(), left_out, next: 1 };
        lines.write(COLUMNS.into_iter().map(str::to_owned).chain(names))?;
        Ok(lines)
    }

    /// Writes the lines of the rows that were left out before the next row that was sent.
    fn left_out_before_next(&mut self) -> Result<(), ImportError> {
        while let Some(problems) = self.left_out.take(self.next)? {
            let cells = [self.next.to_string(), "rejected".to_owned()].into_iter();
            let blank = std::iter::repeat_n(String::new(), 5);
            let none = std::iter::repeat_n(String::new(), self.mappings);
            self.write(cells.chain(blank).chain([cell(&problems)]).chain(none))?;
            self.next += 1;
        }
        Ok(())
    }

    fn sent(&mut self, part: &PartRecord, number: u64, rows: &PartRows) -> Result<(), ImportError> {
        let job = part.job.map(|job| job.to_string()).unwrap_or_default();
        let place = [part.number.to_string(), number.to_string(), job];
        let (status, key, told) = rows.row(number);
        let mut cells = vec![self.next.to_string(), status.to_owned()];
        cells.extend(place);
        match told {
            Some(told) => {
                cells.extend([key, told.key_type.clone(), String::new()]);
                cells.extend(told.messages.iter().cloned());
            }
            None => {
                let why = match &part.problem {
                    Some(problem) => format!("the job failed: {problem}"),
                    None => MISSING.to_owned(),
                };
                cells.extend([String::new(), String::new(), cell(&why)]);
            }
        }
        cells.resize(COLUMNS.len() + self.mappings, String::new());
        self.write(cells.into_iter())?;
        self.next += 1;
        Ok(())
    }

    fn write(&mut self, cells: impl Iterator<Item = String>) -> Result<(), ImportError> {
        let record: StringRecord = cells.collect();
        self.writer.write_record(&record).map_err(|error| self.failed(error.into()))
    }

    fn finish(self, import: ImportId, rows: u64) -> Result<NamedTempFile, ImportError> {
        let written = self.next - 1;
        if written != rows || !self.left_out.is_at_end() {
            let what = format!("{rows} rows were read, and {written} have a line in {}", self.path.display());
            return Err(ImportError::DoesNotAddUp { import, what });
        }
        let path = self.path;
        let failed = |source| ImportError::Io { action: "write", path: path.to_owned(), source };
        let mut file = self.writer.into_inner().map_err(|error| failed(error.into_error()))?;
        file.flush().map_err(failed)?;
        file.into_inner().map_err(|error| failed(error.into_error()))
    }

    fn failed(&self, source: io::Error) -> ImportError {
        ImportError::Io { action: "write", path: self.path.to_owned(), source }
    }
}

/// What the result files of a part say of its rows.
struct PartRows {
    outcome: Outcome,
    /// For each row, counted from 0: its key and, counted from 1, what was told of it; 0 if nothing.
    rows: Vec<(u64, u32)>,
    /// Keys that are no numbers, by row.
    keys: HashMap<u64, String>,
    told: Vec<Rc<Told>>,
}

/// What was told of a row, but for its key: many rows have the same.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Told {
    key_type: String,
    /// By mapping of the job.
    messages: Vec<String>,
}

impl PartRows {
    fn read(part: &PartRecord, results: &[PathBuf], payload: &Payload) -> Result<Self, ImportError> {
        let mut reconciliation = Reconciliation::of_job(part.rows, payload)?;
        let mappings = payload.actions.iter().map(|action| action.mapping_types.len()).sum();
        let length = usize::try_from(part.rows).map_err(|_| ResultsError::TooManyRows(part.rows))?;
        let mut rows = vec![(0, 0); length];
        let (mut keys, mut told) = (HashMap::new(), Vec::new());
        let mut known: HashMap<Rc<Told>, u32> = HashMap::new();
        for path in results {
            reconciliation.read_with(path, |row: &ResultRow<'_>| {
                let mut messages = vec![String::new(); mappings];
                for (column, message) in row.messages() {
                    if let Some(place) = messages.get_mut(column.mapping) {
                        *place = cell(message);
                    }
                }
                let new = Rc::new(Told { key_type: cell(row.primary_key_type()), messages });
                let index = *known.entry(new).or_insert_with_key(|new| {
                    told.push(Rc::clone(new));
                    u32::try_from(told.len()).unwrap_or(u32::MAX)
                });
                let key = number(row.primary_key()).unwrap_or_else(|| {
                    keys.insert(row.row, cell(row.primary_key()));
                    0
                });
                let place = usize::try_from(row.row - 1).ok().and_then(|at| rows.get_mut(at));
                if let Some(place) = place {
                    *place = (key, index);
                }
            })?;
        }
        Ok(Self { outcome: reconciliation.finish()?, rows, keys, told })
    }

    /// The status of a row, counted from 1, its key, and what was told of it.
    fn row(&self, number: u64) -> (&'static str, String, Option<&Told>) {
        let at = usize::try_from(number - 1).unwrap_or(usize::MAX);
        let (key, told) = self.rows.get(at).copied().unwrap_or_default();
        let key = self.keys.get(&number).cloned().unwrap_or_else(|| key.to_string());
        let told = usize::try_from(told).ok().and_then(|told| self.told.get(told.checked_sub(1)?));
        let told = told.map(|told| &**told);
        let status = match self.outcome.row(number) {
            Some(RowStatus::Processed) => "processed",
            Some(RowStatus::Refused) => "refused",
            Some(RowStatus::Missing) | None => "missing",
        };
        (status, key, told)
    }
}

/// The most characters of a text that is not ours.
const MAX_CELL: usize = 1_000;

/// A text that is not ours, as it may stand in a cell.
fn cell(text: &str) -> String {
    let text = printable(text, MAX_CELL);
    // A spreadsheet takes it for a formula, which may reach out to the network.
    match text.starts_with(['=', '+', '-', '@']) {
        true => format!("'{text}"),
        false => text,
    }
}

/// A key that is written as this number is.
fn number(key: &str) -> Option<u64> {
    key.parse().ok().filter(|number: &u64| number.to_string() == key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_of_others_is_a_formula_or_more_than_a_line() {
        for (text, shown) in [
            ("Processed", "Processed"),
            ("=HYPERLINK(\"http://example.org\")", "'=HYPERLINK(\"http://example.org\")"),
            ("+1 413", "'+1 413"),
            ("-", "'-"),
            ("@SUM(1)", "'@SUM(1)"),
            ("\t\r\n=1", "'=1"),
            ("two\r\nlines\0", "two lines"),
            ("a, \"b\"; c=d", "a, \"b\"; c=d"),
        ] {
            assert_eq!(cell(text), shown);
        }
        assert_eq!(cell(&"x".repeat(5_000)).chars().count(), MAX_CELL + 1);
    }
}
