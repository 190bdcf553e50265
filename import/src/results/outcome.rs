//! The account of an import.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::RangeInclusive;

use super::{PROCESSED, ResultsError};

/// What became of a row that was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RowStatus {
    /// Every mapping that has a column in the result files was processed.
    Processed,
    /// A mapping was not processed; others may have been.
    Refused,
    /// The row is in no result file: VAN leaves out rows that fail its validation, and names no reason.
    Missing,
}

/// What became of one mapping of the job.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct MappingOutcome {
    /// Which mapping of the job, counted from 0. Where result files have fewer columns than the job has mappings of one
    /// type, columns and mappings are matched in order, which may not be VAN's reading.
    pub position: usize,
    /// The mapping type.
    pub mapping: String,
    /// Its columns in the result files, such as `Phones_1834`; several only if the files name it differently.
    pub columns: Vec<String>,
    /// How many rows VAN gave each message. Messages are VAN's free text, cut off after 1,000 characters; only `Processed`
    /// is known to mean success.
    pub messages: BTreeMap<String, u64>,
    /// How many rows have messages beyond the first 1,000 different ones.
    pub other_messages: u64,
}

impl MappingOutcome {
    pub(super) fn new(position: usize, mapping: String) -> Self {
        Self { position, mapping, columns: Vec::new(), messages: BTreeMap::new(), other_messages: 0 }
    }

    /// The rows for which this mapping was processed.
    pub fn processed(&self) -> u64 {
        self.messages.get(PROCESSED).copied().unwrap_or(0)
    }
}

/// A row that VAN refused at least in part.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RefusedRow {
    /// The row of the upload, counted from 1.
    pub row: u64,
    /// The id of the record that the row belongs to.
    pub primary_key: String,
    /// The kind of that id, such as `VanID`.
    pub primary_key_type: String,
    /// The columns of the mappings that were not processed, with VAN's messages.
    pub messages: Vec<(String, String)>,
}

/// The account of an import: `sent = processed + refused + missing`.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Outcome {
    /// The rows that were sent.
    pub sent: u64,
    /// The rows whose mappings were all processed, as far as they have a column.
    pub processed: u64,
    /// The rows with a mapping that was not processed.
    pub refused: u64,
    /// The rows in no result file.
    pub missing: u64,
    /// How often a row was reported again in the same way; such reports count once.
    pub repeated: u64,
    /// The mappings that have a column, in the order of the job.
    pub mappings: Vec<MappingOutcome>,
    /// The mapping types of mappings without a column, in the order of the job: VAN says nothing about them.
    pub not_reported: Vec<String>,
    /// Refused rows with VAN's messages, in the order of the upload: the first 1,000 that the result files name. See
    /// [`refused_row_numbers`](Self::refused_row_numbers) for all.
    pub refused_rows: Vec<RefusedRow>,
    pub(super) states: States,
}

impl Outcome {
    /// Whether every row was processed.
    pub fn is_complete(&self) -> bool {
        self.processed == self.sent
    }

    /// What became of each row, in the order of the upload; rows are counted from 1.
    pub fn rows(&self) -> impl Iterator<Item = (u64, RowStatus)> {
        self.states.iter().map(|(row, state)| (row, status(state)))
    }

    /// What became of one row, counted from 1; `None` for a row that was not sent.
    pub fn row(&self, row: u64) -> Option<RowStatus> {
        (1..=self.sent).contains(&row).then(|| status(self.states.get(row)))
    }

    /// The numbers of all refused rows, ascending.
    pub fn refused_row_numbers(&self) -> impl Iterator<Item = u64> {
        self.rows().filter(|(_, status)| *status == RowStatus::Refused).map(|(row, _)| row)
    }

    /// The numbers of all missing rows, ascending, neighbours joined.
    pub fn missing_rows(&self) -> impl Iterator<Item = RangeInclusive<u64>> {
        let mut missing =
            self.rows().filter(|(_, status)| *status == RowStatus::Missing).map(|(row, _)| row).peekable();
        std::iter::from_fn(move || {
            let first = missing.next()?;
            let mut last = first;
            while let Some(next) = missing.next_if_eq(&(last + 1)) {
                last = next;
            }
            Some(first..=last)
        })
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { sent, processed, refused, missing, .. } = self;
        write!(f, "rows sent {sent} = processed {processed} + refused {refused} + missing {missing}")
    }
}

fn status(state: Option<State>) -> RowStatus {
    match state {
        None => RowStatus::Missing,
        Some(state) if state.is_processed() => RowStatus::Processed,
        Some(_) => RowStatus::Refused,
    }
}

/// The state of a row that came back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct State(u32);

const REPORTED: u32 = 1 << 31;
const WAS_PROCESSED: u32 = 1 << 30;
const FINGERPRINT: u32 = WAS_PROCESSED - 1;

impl State {
    pub(super) fn is_processed(self) -> bool {
        self.0 & WAS_PROCESSED != 0
    }

    /// Whether a row with messages of this fingerprint has the same messages, as far as 30 bits tell.
    pub(super) fn has_fingerprint(self, fingerprint: u64) -> bool {
        self.0 & FINGERPRINT == low_bits(fingerprint)
    }
}

fn low_bits(fingerprint: u64) -> u32 {
    // Keeps the low 30 bits.
    (fingerprint & u64::from(FINGERPRINT)) as u32
}

/// The states of all rows, four bytes each; zero is a row that has not come back.
#[derive(Debug, Clone)]
pub(super) struct States(Vec<u32>);

impl States {
    pub(super) fn new(rows: u64) -> Result<Self, ResultsError> {
        let too_many = || ResultsError::TooManyRows(rows);
        let length = usize::try_from(rows).map_err(|_| too_many())?;
        let mut states = Vec::new();
        states.try_reserve_exact(length).map_err(|_| too_many())?;
        states.resize(length, 0);
        Ok(Self(states))
    }

    pub(super) fn len(&self) -> u64 {
        self.0.len() as u64
    }

    /// The state of a row, counted from 1, if it has come back.
    pub(super) fn get(&self, row: u64) -> Option<State> {
        let index = usize::try_from(row.checked_sub(1)?).ok()?;
        self.0.get(index).copied().filter(|state| *state != 0).map(State)
    }

    pub(super) fn set(&mut self, row: u64, processed: bool, fingerprint: u64) {
        let index = row.checked_sub(1).and_then(|index| usize::try_from(index).ok());
        if let Some(state) = index.and_then(|index| self.0.get_mut(index)) {
            *state = REPORTED | if processed { WAS_PROCESSED } else { 0 } | low_bits(fingerprint);
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (u64, Option<State>)> {
        self.0.iter().zip(1u64..).map(|(state, row)| (row, (*state != 0).then_some(State(*state))))
    }
}
