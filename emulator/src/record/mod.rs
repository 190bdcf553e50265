//! A record of all that happened, for whoever has to prove something about an import.

mod event;
mod observer;
mod recorder;

use std::collections::HashMap;
use std::fmt;

pub(crate) use recorder::{Answering, Recorder};

pub use event::{Event, Request};
pub use observer::Observer;

use crate::faults::Fnv;

/// What happened so far, in order.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Record {
    /// What happened, row by row applications aside; the first 1,000,000.
    pub events: Vec<Event>,
    /// The rows that were applied, of all jobs; the first 10,000,000.
    pub rows: Vec<AppliedRow>,
    /// How many events and rows are not kept because they were too many. 0 means that nothing is missing.
    pub not_kept: u64,
}

impl Record {
    /// How often a row of these cells was applied, over all jobs, by [fingerprint](fingerprint()). That every row was
    /// applied exactly once means: all counts are 1, and there are as many as rows were meant to be imported. Rows that
    /// are equal cell by cell count together.
    pub fn times_applied(&self) -> HashMap<u64, u64> {
        let mut times = HashMap::new();
        for row in &self.rows {
            *times.entry(row.fingerprint).or_default() += 1;
        }
        times
    }

    /// The jobs that were created, in order.
    pub fn jobs_created(&self) -> Vec<u32> {
        let job = |event: &Event| match event {
            Event::JobCreated { job, .. } => Some(*job),
            _ => None,
        };
        self.events.iter().filter_map(job).collect()
    }
}

/// One line an event, and how many rows each job has applied.
impl fmt::Display for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for event in &self.events {
            writeln!(f, "{event}")?;
        }
        let mut rows: Vec<(u32, u64)> = Vec::new();
        for row in &self.rows {
            match rows.iter_mut().find(|(job, _)| *job == row.job) {
                Some((_, count)) => *count += 1,
                None => rows.push((row.job, 1)),
            }
        }
        for (job, count) in rows {
            writeln!(f, "job {job} applied {count} rows")?;
        }
        Ok(())
    }
}

/// A row that a job applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AppliedRow {
    /// The job.
    pub job: u32,
    /// The number of the row among the data rows of the job's file, from 1.
    pub row: u64,
    /// The [fingerprint](fingerprint()) of its cells.
    pub fingerprint: u64,
}

/// The fingerprint of a row: the FNV-1a hash of 64 bits over its cells, each as its length in bytes (8 bytes, little
/// endian) and its UTF-8 text. The cells are those of the delimited file without their quotes.
pub fn fingerprint<'a>(cells: impl IntoIterator<Item = &'a str>) -> u64 {
    let mut hash = Fnv::new();
    for cell in cells {
        hash.write(&(cell.len() as u64).to_le_bytes());
        hash.write(cell.as_bytes());
    }
    hash.finish()
}
