//! Accounts for every row that was sent.
//!
//! Four bytes a row are kept: whether it came back processed or refused, and a fingerprint of its messages, which tells
//! a row that is merely reported twice from one that is reported in two ways.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fs::File;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Read;
use std::path::{Path, PathBuf};

use van_bulk::payload::Payload;

use super::file::{Expected, MappingColumn, ResultFile, ResultRow};
use super::outcome::{MappingOutcome, Outcome, RefusedRow, States};
use super::{PROCESSED, ResultsError};

/// Refused rows whose messages an outcome keeps; the numbers of all of them are kept in any case.
const MAX_REFUSED_KEPT: usize = 1_000;
/// Different messages that are counted one by one for a mapping.
const MAX_MESSAGES: usize = 1_000;
/// Characters that are kept of a message.
const MAX_MESSAGE_LENGTH: usize = 1_000;

/// Reads the result files of a job and accounts for every row that was sent.
///
/// A row is *processed* if every mapping that has a column in its result file says exactly `Processed`, *refused* if one
/// says anything else, and *missing* if no result file holds it.
///
/// ```no_run
/// use van_bulk_import::Reconciliation;
///
/// let mut reconciliation = Reconciliation::new(200, &["CreateOrUpdateContact", "Phones", "Phones"], &["ExternalId"])?;
/// reconciliation.read("job-92-result-1.csv".as_ref())?;
/// let outcome = reconciliation.finish()?;
/// println!("{outcome}");
/// # Ok::<(), van_bulk_import::ResultsError>(())
/// ```
#[derive(Debug)]
pub struct Reconciliation {
    expected: Vec<Expected>,
    requested: Vec<String>,
    states: States,
    processed: u64,
    refused: u64,
    repeated: u64,
    /// By mapping of the job.
    mappings: BTreeMap<usize, MappingOutcome>,
    refused_kept: Vec<RefusedRow>,
    /// The file whose reading failed.
    broken: Option<PathBuf>,
}

impl Reconciliation {
    /// Begins the account of a job of `rows_sent` rows with mappings of these mapping types, in the order of the job, and
    /// with these columns requested for the result files.
    ///
    /// # Errors
    /// When the states of so many rows, 4 bytes each, do not fit into memory.
    pub fn new(
        rows_sent: u64,
        mapping_names: &[impl AsRef<str>],
        requested_columns: &[impl AsRef<str>],
    ) -> Result<Self, ResultsError> {
        let expected = mapping_names
            .iter()
            .map(|name| Expected { name: name.as_ref().to_owned(), column: None })
            .collect();
        let requested = requested_columns.iter().map(|name| name.as_ref().to_owned()).collect();
        Self::begin(rows_sent, expected, requested)
    }

    /// Begins the account of `payload`, which was sent with `rows_sent` rows.
    ///
    /// # Errors
    /// When the states of so many rows, 4 bytes each, do not fit into memory.
    pub fn of_job(rows_sent: u64, payload: &Payload) -> Result<Self, ResultsError> {
        let expected = payload
            .actions
            .iter()
            .flat_map(|action| &action.mapping_types)
            .map(|mapping| Expected {
                name: mapping.name.clone().into_owned(),
                column: mapping.result_file_column_name.clone().map(|name| name.into_owned()),
            })
            .collect();
        let requested = payload
            .actions
            .iter()
            .flat_map(|action| &action.columns_to_include_in_results_file)
            .map(|column| column.name.clone().into_owned())
            .collect();
        Self::begin(rows_sent, expected, requested)
    }

    fn begin(rows_sent: u64, expected: Vec<Expected>, requested: Vec<String>) -> Result<Self, ResultsError> {
        Ok(Self {
            expected,
            requested,
            states: States::new(rows_sent)?,
            processed: 0,
            refused: 0,
            repeated: 0,
            mappings: BTreeMap::new(),
            refused_kept: Vec::new(),
            broken: None,
        })
    }

    /// Reads one result file. Read every file of the job; one that is read twice changes nothing.
    ///
    /// # Errors
    /// When the file is not a whole result file of this job, or contradicts what was read before. There can be no
    /// account then: [`finish`](Self::finish) fails.
    pub fn read(&mut self, path: &Path) -> Result<(), ResultsError> {
        self.read_with(path, |_| {})
    }

    /// Reads one result file like [`read`](Self::read) and shows every row of it to `each`, with its primary key.
    ///
    /// # Errors
    /// Those of [`read`](Self::read).
    pub fn read_with(&mut self, path: &Path, each: impl FnMut(&ResultRow<'_>)) -> Result<(), ResultsError> {
        let read = File::open(path)
            .map_err(|source| ResultsError::Open { path: path.to_owned(), source })
            .and_then(|file| self.read_from(file, &path.display().to_string(), each));
        if read.is_err() {
            self.broken.get_or_insert_with(|| path.to_owned());
        }
        read
    }

    fn read_from(
        &mut self,
        input: impl Read,
        name: &str,
        mut each: impl FnMut(&ResultRow<'_>),
    ) -> Result<(), ResultsError> {
        let mut file = ResultFile::open(input, name, self.states.len(), &self.expected, &self.requested)?;
        for column in file.columns() {
            self.note_column(column);
        }
        // Rows that were processed say the same, each as the other: their messages are hashed once and counted together.
        let all_processed = fingerprint(file.columns().iter().map(|column| (column, PROCESSED)));
        let mut processed = 0;
        while let Some(row) = file.next()? {
            if row.is_processed() {
                processed += u64::from(self.take(&row, true, all_processed, name)?);
            } else if self.take(&row, false, fingerprint(row.messages()), name)? {
                self.note_refused(&row);
            }
            each(&row);
        }
        if processed > 0 {
            self.count(file.columns().iter().map(|column| (column, PROCESSED)), processed);
        }
        Ok(())
    }

    fn note_column(&mut self, column: &MappingColumn) {
        let name = &self.expected[column.mapping].name;
        let outcome = self
            .mappings
            .entry(column.mapping)
            .or_insert_with(|| MappingOutcome::new(column.mapping, name.clone()));
        if !outcome.columns.contains(&column.header) {
            outcome.columns.push(column.header.clone());
        }
    }

    /// Remembers a row, and says whether it had not come back before.
    fn take(
        &mut self,
        row: &ResultRow<'_>,
        processed: bool,
        fingerprint: u64,
        name: &str,
    ) -> Result<bool, ResultsError> {
        if let Some(known) = self.states.get(row.row) {
            if known.is_processed() == processed && known.has_fingerprint(fingerprint) {
                self.repeated += 1;
                return Ok(false);
            }
            return Err(ResultsError::Contradiction { file: name.to_owned(), line: row.line, row: row.row });
        }
        self.states.set(row.row, processed, fingerprint);
        self.processed += u64::from(processed);
        Ok(true)
    }

    fn note_refused(&mut self, row: &ResultRow<'_>) {
        self.refused += 1;
        if self.refused_kept.len() < MAX_REFUSED_KEPT {
            self.refused_kept.push(refused_row(row));
        }
        self.count(row.messages(), 1);
    }

    /// Counts the messages of so many rows that say the same.
    fn count<'m>(&mut self, messages: impl Iterator<Item = (&'m MappingColumn, &'m str)>, rows: u64) {
        for (column, message) in messages {
            if let Some(outcome) = self.mappings.get_mut(&column.mapping) {
                count(outcome, message, rows);
            }
        }
    }

    /// The account of all rows.
    ///
    /// # Errors
    /// When a result file could not be read to its end.
    pub fn finish(self) -> Result<Outcome, ResultsError> {
        if let Some(path) = self.broken {
            return Err(ResultsError::Incomplete(path));
        }
        let sent = self.states.len();
        let missing = self.states.iter().filter(|(_, state)| state.is_none()).count() as u64;
        let (processed, refused) = (self.processed, self.refused);
        if processed + refused + missing != sent {
            return Err(ResultsError::DoesNotAddUp { sent, processed, refused, missing });
        }
        let not_reported = (0..self.expected.len())
            .filter(|mapping| !self.mappings.contains_key(mapping))
            .map(|mapping| self.expected[mapping].name.clone())
            .collect();
        let mut refused_rows = self.refused_kept;
        refused_rows.sort_by_key(|refused| refused.row);
        Ok(Outcome {
            sent,
            processed,
            refused,
            missing,
            repeated: self.repeated,
            mappings: self.mappings.into_values().collect(),
            not_reported,
            refused_rows,
            states: self.states,
        })
    }
}

/// The messages of a row in one number. It is the same in every run, since the hasher starts from fixed keys.
fn fingerprint<'m>(messages: impl Iterator<Item = (&'m MappingColumn, &'m str)>) -> u64 {
    let mut hasher = DefaultHasher::new();
    for (column, message) in messages {
        (column.mapping, message).hash(&mut hasher);
    }
    hasher.finish()
}

fn refused_row(row: &ResultRow<'_>) -> RefusedRow {
    RefusedRow {
        row: row.row,
        primary_key: shorten(row.primary_key()),
        primary_key_type: shorten(row.primary_key_type()),
        messages: row
            .messages()
            .filter(|(_, message)| *message != PROCESSED)
            .map(|(column, message)| (column.header.clone(), shorten(message)))
            .collect(),
    }
}

fn count(outcome: &mut MappingOutcome, message: &str, rows: u64) {
    if let Some(number) = outcome.messages.get_mut(message) {
        *number += rows;
        return;
    }
    // How many rows were processed is always told.
    let is_full = outcome.messages.len() >= MAX_MESSAGES && message != PROCESSED;
    match outcome.messages.entry(shorten(message)) {
        Entry::Occupied(mut number) => *number.get_mut() += rows,
        Entry::Vacant(_) if is_full => outcome.other_messages += rows,
        Entry::Vacant(place) => {
            place.insert(rows);
        }
    }
}

fn shorten(text: &str) -> String {
    match text.char_indices().nth(MAX_MESSAGE_LENGTH) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "BulkUploadDataID,ULFileID,PrimaryKey,PrimaryKeyType,Phones_1\n";

    fn account(sent: u64, rows: impl Iterator<Item = String>) -> Outcome {
        let text = HEADER.to_owned() + &rows.collect::<String>();
        let mut reconciliation = Reconciliation::new(sent, &["Phones"], &[] as &[&str]).unwrap();
        reconciliation.read_from(text.as_bytes(), "r.csv", |_| {}).unwrap();
        reconciliation.finish().unwrap()
    }

    #[test]
    fn messages_beyond_the_bound_are_counted_together() {
        let rows = (1..=1_500).map(|row| format!("{row},1,1,VanID,Bad number {row}\n"));
        let outcome = account(1_500, rows);
        assert_eq!(outcome.mappings[0].messages.len(), MAX_MESSAGES);
        assert_eq!(outcome.mappings[0].other_messages, 500);
        assert_eq!((outcome.refused, outcome.refused_rows.len()), (1_500, MAX_REFUSED_KEPT));
        assert_eq!(outcome.refused_row_numbers().count(), 1_500);
    }

    #[test]
    fn processed_rows_are_counted_whatever_else_is_said() {
        let rows = (1..=1_500).map(|row| format!("{row},1,1,VanID,Bad number {row}\n"));
        let outcome = account(1_501, rows.chain(["1501,1,1,VanID,Processed\n".to_owned()]));
        assert_eq!(outcome.mappings[0].messages[PROCESSED], 1);
        assert_eq!((outcome.mappings[0].other_messages, outcome.processed), (500, 1));
    }

    #[test]
    fn long_messages_are_shortened_but_still_told_apart() {
        let long = "x".repeat(5_000);
        let outcome =
            account(2, [format!("1,1,1,VanID,{long}a\n"), format!("2,1,1,VanID,{long}b\n")].into_iter());
        let messages: Vec<(&String, &u64)> = outcome.mappings[0].messages.iter().collect();
        assert_eq!((messages.len(), messages[0].1), (1, &2));
        assert_eq!(messages[0].0.chars().count(), MAX_MESSAGE_LENGTH + 1);
        let text = format!("{HEADER}1,1,1,VanID,{long}a\n1,1,1,VanID,{long}b\n");
        let mut reconciliation = Reconciliation::new(1, &["Phones"], &[] as &[&str]).unwrap();
        let error = reconciliation.read_from(text.as_bytes(), "r.csv", |_| {}).unwrap_err();
        assert!(matches!(error, ResultsError::Contradiction { line: 3, row: 1, .. }), "{error}");
    }

    #[test]
    fn more_rows_than_memory_holds_are_refused() {
        let error = Reconciliation::new(u64::MAX, &["Phones"], &[] as &[&str]).unwrap_err();
        assert!(matches!(error, ResultsError::TooManyRows(u64::MAX)));
    }
}
