//! Jobs: what was submitted, how far it is, and what came of it.

mod apply;
mod archive;
mod failure;
mod fetch;
mod plan;
mod results;
mod row;
mod run;
mod text_check;

use std::collections::BTreeMap;
use std::fmt;

use serde::{Serialize, Serializer};
use time::OffsetDateTime;
use van_bulk_schema::RESULT_FILE_SIZE_KB;
use van_bulk_schema::payload::Payload;

pub(crate) use fetch::Fetcher;
pub(crate) use fetch::path_of;
pub(crate) use run::start;

use crate::faults::Kind;

/// The id of the first job.
const FIRST_JOB_ID: u32 = 1_001;
/// How many rows a report lists one by one.
const MAX_LISTED_ROWS: usize = 10_000;

/// How far a job is, in VAN's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Waits.
    Pending,
    /// Runs.
    InProgress,
    /// Runs, and has left out a row.
    InProgressWithErrors,
    /// Ended without leaving out a row; mappings of some rows may have been refused all the same.
    Completed,
    /// Ended; some rows were left out.
    CompletedWithErrors,
    /// Ended; nothing was imported.
    Failed,
}

impl Status {
    /// VAN's word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "Pending",
            Self::InProgress => "InProgress",
            Self::InProgressWithErrors => "InProgressWithErrors",
            Self::Completed => "Completed",
            Self::CompletedWithErrors => "CompletedWithErrors",
            Self::Failed => "Failed",
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Status {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// Why a job failed, as its `errors` tell it. The properties are VAN's; codes and texts are the emulator's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct JobError {
    /// Found in the emulator's log too.
    pub reference_code: String,
    /// What went wrong.
    pub text: String,
    /// The kind of failure.
    pub code: &'static str,
}

/// A row that a job left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// Its number among the data rows, from 1: the `BulkUploadDataID` that the result files lack.
    pub row: u64,
    /// Why. It names fields, not what the row holds.
    pub reason: String,
}

/// What became of a job so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobReport {
    /// The job, as it was read.
    pub payload: Payload,
    /// How far it is.
    pub status: Status,
    /// Why it failed, if it did.
    pub errors: Vec<JobError>,
    /// The data rows of its file; 0 until they were read.
    pub rows: u64,
    /// How many of them were left out.
    pub rows_left_out: u64,
    /// The first 10,000 of those, with the reason.
    pub left_out: Vec<LeftOut>,
}

/// A job.
#[derive(Debug)]
pub(crate) struct Job {
    pub(crate) id: u32,
    payload: Payload,
    pub(crate) status: Status,
    pub(crate) errors: Vec<JobError>,
    pub(crate) result_files: Vec<ResultFile>,
    rows: RowCount,
    /// How many more requests are to be told that there is no such job.
    not_found: u32,
    faults: JobFaults,
}

/// A result file, as the job tells of it.
#[derive(Debug)]
pub(crate) struct ResultFile {
    pub(crate) token: String,
    pub(crate) name: String,
    pub(crate) expires: OffsetDateTime,
}

/// What goes wrong with a job, on demand.
#[derive(Debug, Clone, Copy, Default)]
struct JobFaults {
    /// How many of the first applied rows the result files lack.
    missing_rows: u64,
    /// How many of the first applied rows they hold twice.
    repeated_rows: u64,
    zero_rows: Option<ZeroRows>,
    never_ends: bool,
}

/// What a job has to show that is `Completed` without having applied a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ZeroRows {
    NoFile,
    HeaderAlone,
}

impl JobFaults {
    fn of(kinds: &[Kind]) -> Self {
        let mut faults = Self::default();
        for kind in kinds {
            match kind {
                Kind::MissingRows(rows) => faults.missing_rows = u64::from(*rows),
                Kind::RepeatedRows(rows) => faults.repeated_rows = u64::from(*rows),
                Kind::ZeroRows => faults.zero_rows = Some(ZeroRows::NoFile),
                Kind::ZeroRowsHeader => faults.zero_rows = Some(ZeroRows::HeaderAlone),
                Kind::NeverEnds => faults.never_ends = true,
                _ => {}
            }
        }
        faults
    }

    /// How often the result files hold an applied row, given how many were applied with it.
    fn times_told(&self, applied: u64) -> usize {
        if applied <= self.missing_rows {
            0
        } else if applied <= self.repeated_rows {
            2
        } else {
            1
        }
    }
}

/// The rows of a file, and which were left out.
#[derive(Debug, Default)]
struct RowCount {
    all: u64,
    left_out: u64,
    listed: Vec<LeftOut>,
}

impl RowCount {
    fn leave_out(&mut self, row: u64, reason: impl fmt::Display) {
        self.left_out += 1;
        if self.listed.len() < MAX_LISTED_ROWS {
            self.listed.push(LeftOut { row, reason: reason.to_string() });
        }
    }
}

impl Job {
    pub(crate) fn resource_type(&self) -> &str {
        self.payload.actions.first().map_or("", |action| &action.resource_type)
    }

    pub(crate) fn result_file_kb(&self) -> u32 {
        let limit = self.payload.actions.first().and_then(|action| action.result_file_size_kb_limit);
        // Which limit VAN takes where a job gives none is not known.
        limit.unwrap_or(*RESULT_FILE_SIZE_KB.start())
    }

    pub(crate) fn report(&self) -> JobReport {
        JobReport {
            payload: self.payload.clone(),
            status: self.status,
            errors: self.errors.clone(),
            rows: self.rows.all,
            rows_left_out: self.rows.left_out,
            left_out: self.rows.listed.clone(),
        }
    }
}

/// All jobs, by id.
#[derive(Debug, Default)]
pub(crate) struct Jobs {
    jobs: BTreeMap<u32, Job>,
    /// How many ids were given, also to jobs that were forgotten since.
    ids: u32,
    batches: u32,
}

impl Jobs {
    /// No jobs, but ids that were given are not given again.
    pub(crate) fn forgotten(&self) -> Self {
        Self { jobs: BTreeMap::new(), ids: self.ids, batches: self.batches }
    }

    pub(crate) fn add(&mut self, payload: Payload, not_found: u32, faults: &[Kind]) -> u32 {
        let id = FIRST_JOB_ID.saturating_add(self.ids);
        self.ids = self.ids.saturating_add(1);
        let early = faults.iter().filter_map(|kind| match kind {
            Kind::EarlyNotFound(requests) => Some(*requests),
            _ => None,
        });
        let not_found = early.fold(not_found, u32::saturating_add);
        let job = Job {
            id,
            payload,
            status: Status::Pending,
            errors: Vec::new(),
            result_files: Vec::new(),
            rows: RowCount::default(),
            not_found,
            faults: JobFaults::of(faults),
        };
        self.jobs.insert(id, job);
        id
    }

    pub(crate) fn len(&self) -> usize {
        self.jobs.len()
    }

    pub(crate) fn get(&self, id: u32) -> Option<&Job> {
        self.jobs.get(&id)
    }

    /// The job for a request, unless the request is one of the first that are told that there is none.
    pub(crate) fn look_up(&mut self, id: u32) -> Option<&Job> {
        let job = self.jobs.get_mut(&id)?;
        if job.not_found > 0 {
            job.not_found -= 1;
            return None;
        }
        Some(job)
    }

    /// Gives a result file another link.
    pub(crate) fn relink(&mut self, id: u32, old: &str, new: &str) {
        self.change(id, |job| {
            for file in job.result_files.iter_mut().filter(|file| file.token == old) {
                file.token = new.to_owned();
            }
        });
    }

    fn change(&mut self, id: u32, change: impl FnOnce(&mut Job)) {
        if let Some(job) = self.jobs.get_mut(&id) {
            change(job);
        }
    }

    /// The number of the first of `count` consecutive batches.
    fn take_batches(&mut self, count: usize) -> u32 {
        const FIRST_BATCH_ID: u32 = 1_801;
        let first = FIRST_BATCH_ID.saturating_add(self.batches);
        self.batches = self.batches.saturating_add(u32::try_from(count).unwrap_or(u32::MAX));
        first
    }
}
