//! `outcome.csv`: what became of every row that was read, one line a row, in the order of the rows.
//!
//! One part at a time is held in memory, twelve bytes a row and each different set of messages once.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use csv::{ByteRecord, StringRecord, Writer};
use tempfile::NamedTempFile;
use van_bulk::payload::Payload;

use super::ImportError;
use crate::files;
use crate::ledger::{ImportId, PartRecord};
use crate::results::{Outcome, Reconciliation, ResultRow, ResultsError, RowStatus};

/// The columns before those of the mappings.
const COLUMNS: [&str; 8] =
    ["Row", "Status", "Part", "RowInPart", "JobID", "PrimaryKey", "PrimaryKeyType", "Message"];

/// The most bytes of a record of the file of rejected rows: a row of the longest that is read, and what is wrong with it.
const MAX_REJECTED_BYTES: usize = 4 * 1024 * 1024;

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
    /// The file of the rows that were left out, if there is one.
    pub(super) rejected: Option<PathBuf>,
}

/// Writes the file; it has its name when it is whole.
pub(super) fn write(sources: Sources<'_>, path: &Path) -> Result<(), ImportError> {
    let failed = |action| move |source| ImportError::Io { action, path: path.to_owned(), source };
    let file = files::temporary_beside(path).map_err(failed("write beside"))?;
    let mut lines = Lines::begin(file, &sources, path)?;
    for (part, results) in &sources.parts {
        let rows = PartRows::read(part, results, sources.payload)?;
        for number in 1..=part.rows {
            lines.rejected_before_next()?;
            lines.sent(part, number, &rows)?;
        }
    }
    lines.rejected_before_next()?;
    let file = lines.finish(sources.import, sources.rows)?;
    file.as_file().sync_all().map_err(failed("sync"))?;
    files::keep(file.into_temp_path(), path).map_err(failed("create"))
}

/// The lines of the file.
struct Lines<'a> {
    path: &'a Path,
    writer: Writer<BufWriter<NamedTempFile>>,
    mappings: usize,
    rejected: Option<Rejected>,
    /// The row of the input that the next line is about.
    next: u64,
}

impl<'a> Lines<'a> {
    fn begin(file: NamedTempFile, sources: &Sources<'_>, path: &'a Path) -> Result<Self, ImportError> {
        let names = sources.payload.actions.iter().flat_map(|action| &action.mapping_types);
        let names: Vec<String> =
            names.zip(1..).map(|(mapping, position)| format!("{position} {}", mapping.name)).collect();
        let rejected = sources.rejected.as_deref().map(Rejected::open).transpose()?;
        let writer = Writer::from_writer(BufWriter::new(file));
        let mut lines = Self { path, writer, mappings: names.len(), rejected, next: 1 };
        lines.write(COLUMNS.into_iter().map(str::to_owned).chain(names))?;
        Ok(lines)
    }

    /// Writes the lines of the rows that were left out before the next row that was sent.
    fn rejected_before_next(&mut self) -> Result<(), ImportError> {
        while let Some((row, findings)) = self.rejected.as_mut().and_then(|rejected| rejected.take(self.next))
        {
            let cells = [row.to_string(), "rejected".to_owned()].into_iter();
            let blank = std::iter::repeat_n(String::new(), 5);
            let none = std::iter::repeat_n(String::new(), self.mappings);
            self.write(cells.chain(blank).chain([findings]).chain(none))?;
            self.next += 1;
            self.rejected.as_mut().map_or(Ok(()), Rejected::read_next)?;
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
                cells.extend([String::new(), String::new(), why]);
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
        let left = self.rejected.as_ref().is_some_and(|rejected| rejected.next.is_some());
        if written != rows || left {
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

/// The rows that were left out, one after the other.
struct Rejected {
    path: PathBuf,
    reader: csv::Reader<Bounded>,
    record: ByteRecord,
    /// The next of them with what is wrong.
    next: Option<(u64, String)>,
}

impl Rejected {
    fn open(path: &Path) -> Result<Self, ImportError> {
        let failed = |source| ImportError::Io { action: "read", path: path.to_owned(), source };
        let file = File::open(path).map_err(failed)?;
        let delimiter = delimiter(path).map_err(failed)?;
        // The rows are as they were read, and some were left out for their number of cells.
        let reader = csv::ReaderBuilder::new()
            .flexible(true)
            .delimiter(delimiter)
            .from_reader(Bounded { file, left: MAX_REJECTED_BYTES });
        let mut rejected = Self { path: path.to_owned(), reader, record: ByteRecord::new(), next: None };
        rejected.read_next()?;
        Ok(rejected)
    }

    /// The next, if it is this row.
    fn take(&mut self, row: u64) -> Option<(u64, String)> {
        self.next.take_if(|(next, _)| *next == row)
    }

    fn read_next(&mut self) -> Result<(), ImportError> {
        self.reader.get_mut().left = MAX_REJECTED_BYTES;
        let read = self.reader.read_byte_record(&mut self.record);
        let read = read.map_err(|error| ImportError::Io {
            action: "read",
            path: self.path.clone(),
            source: error.into(),
        })?;
        let cell = |index| String::from_utf8_lossy(self.record.get(index).unwrap_or_default()).into_owned();
        // What this crate wrote has a number here; anything else does not add up, and is found out so.
        self.next = read.then(|| (cell(0).parse().unwrap_or_default(), cell(1)));
        Ok(())
    }
}

/// A file of which no more is read at once than a record may have.
struct Bounded {
    file: File,
    left: usize,
}

impl Read for Bounded {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.left.min(buffer.len());
        if length == 0 && !buffer.is_empty() {
            return Err(io::Error::other(format!("it has a record of more than {MAX_REJECTED_BYTES} bytes")));
        }
        let read = self.file.read(&mut buffer[..length])?;
        self.left -= read;
        Ok(read)
    }
}

/// What separates the cells of the file: it begins with `"row"`.
fn delimiter(path: &Path) -> io::Result<u8> {
    let mut start = [0; 6];
    File::open(path)?.read_exact(&mut start)?;
    Ok(start[5])
}

/// What the result files of a part say of its rows.
struct PartRows {
    outcome: Outcome,
    /// For each row, counted from 0: its key and, counted from 1, what was told of it; 0 if nothing.
    rows: Vec<(u64, u32)>,
    /// Keys that are no numbers, by row.
    keys: HashMap<u64, String>,
    told: Vec<Told>,
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
        let (mut keys, mut told, mut known) = (HashMap::new(), Vec::new(), HashMap::new());
        for path in results {
            reconciliation.read_with(path, |row: &ResultRow<'_>| {
                let mut messages = vec![String::new(); mappings];
                for (column, message) in row.messages() {
                    if let Some(place) = messages.get_mut(column.mapping) {
                        message.clone_into(place);
                    }
                }
                let new = Told { key_type: row.primary_key_type().to_owned(), messages };
                let index = *known.entry(new).or_insert_with_key(|new| {
                    told.push(new.clone());
                    u32::try_from(told.len()).unwrap_or(u32::MAX)
                });
                let key = number(row.primary_key()).unwrap_or_else(|| {
                    keys.insert(row.row, row.primary_key().to_owned());
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
        let status = match self.outcome.row(number) {
            Some(RowStatus::Processed) => "processed",
            Some(RowStatus::Refused) => "refused",
            Some(RowStatus::Missing) | None => "missing",
        };
        (status, key, told)
    }
}

/// A key that is written as this number is.
fn number(key: &str) -> Option<u64> {
    key.parse().ok().filter(|number: &u64| number.to_string() == key)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_all(text: &str) -> Result<Vec<(u64, String)>, ImportError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rejected.csv");
        std::fs::write(&path, text).unwrap();
        let mut rejected = Rejected::open(&path)?;
        let mut rows = Vec::new();
        while let Some(row) = rejected.next.take() {
            rows.push(row);
            rejected.read_next()?;
        }
        Ok(rows)
    }

    #[test]
    fn many_rejected_rows_are_read_one_by_one() {
        let row = |number: usize| format!("\"{number}\",\"{}\",\"a\"\r\n", "x".repeat(100_000));
        let rows: String = (1..=100).map(row).collect();
        let rows = read_all(&format!("\"row\",\"findings\",\"A\"\r\n{rows}")).unwrap();
        assert_eq!(rows.len(), 100);
        assert_eq!((rows[99].0, rows[99].1.len()), (100, 100_000));
    }

    #[test]
    fn a_file_that_someone_made_one_endless_record_is_not_read_into_memory() {
        let endless = format!("\"row\",\"findings\"\r\n\"1\",\"{}", "x".repeat(2 * MAX_REJECTED_BYTES));
        let error = read_all(&endless).unwrap_err().to_string();
        assert!(error.contains("a record of more than 4194304 bytes"), "{error}");
    }
}
