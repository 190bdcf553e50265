//! What came of all runs.

use std::collections::BTreeMap;
use std::fmt;

use van_bulk_emulator::record::{Event, Record};

use crate::plan::Plan;

/// What came of one run.
#[derive(Debug, Default)]
pub(crate) struct Told {
    /// What is wrong.
    pub(crate) faults: Vec<String>,
    pub(crate) assumptions: u64,
    pub(crate) never_ended: u64,
    rows: u64,
    starts: u64,
    kills: u64,
    jobs: u64,
    restarts: u64,
    requests: u64,
    /// The faults that requests and jobs met, by kind.
    met: BTreeMap<&'static str, u64>,
}

impl Told {
    pub(crate) fn new(plan: &Plan) -> Self {
        Self { rows: plan.rows.len() as u64, ..Self::default() }
    }

    pub(crate) fn count(&mut self, record: &Record, kills: u64, starts: usize) {
        (self.kills, self.starts) = (kills, starts as u64);
        for event in &record.events {
            let met = match event {
                Event::Received(request) => {
                    self.requests += 1;
                    &request.faults
                }
                Event::JobCreated { faults, .. } => {
                    self.jobs += 1;
                    faults
                }
                Event::Fetching { faults, .. } => faults,
                Event::Down { .. } => {
                    self.restarts += 1;
                    continue;
                }
                _ => continue,
            };
            for kind in met {
                *self.met.entry(kind.word()).or_default() += 1;
            }
        }
    }
}

/// A run that found something wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Failure {
    /// Which run, counted from 1.
    pub run: u64,
    /// What is wrong.
    pub faults: Vec<String>,
}

/// What came of all runs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// How many runs were made.
    pub runs: u64,
    /// How many rows their files had.
    pub rows: u64,
    /// How often the importing program was started.
    pub starts: u64,
    /// How often it was killed.
    pub kills: u64,
    /// How many jobs were submitted.
    pub jobs: u64,
    /// How many requests the emulators received.
    pub requests: u64,
    /// How often an emulator restarted.
    pub restarts: u64,
    /// How many submissions were unknown, and resolved by what the emulator's record says.
    pub assumptions: u64,
    /// How many runs had a job that never ended, and said so.
    pub never_ended: u64,
    /// The faults that requests and jobs met, by kind.
    pub met: BTreeMap<&'static str, u64>,
    /// The runs that found something wrong.
    pub failures: Vec<Failure>,
}

impl Report {
    pub(crate) fn add(&mut self, run: u64, told: Told) {
        let Told { faults, assumptions, never_ended, rows, starts, kills, jobs, restarts, requests, met } =
            told;
        self.runs += 1;
        self.rows += rows;
        self.starts += starts;
        self.kills += kills;
        self.jobs += jobs;
        self.requests += requests;
        self.restarts += restarts;
        self.assumptions += assumptions;
        self.never_ended += never_ended;
        for (kind, times) in met {
            *self.met.entry(kind).or_default() += times;
        }
        if !faults.is_empty() {
            self.failures.push(Failure { run, faults });
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { runs, rows, starts, kills, jobs, requests, restarts, assumptions, never_ended, .. } = self;
        writeln!(
            f,
            "{runs} runs with {rows} rows: {starts} starts, {kills} kills, {jobs} jobs, {requests} requests"
        )?;
        writeln!(
            f,
            "{restarts} restarts of the emulator, {assumptions} lost submissions resolved, {never_ended} jobs that never ended"
        )?;
        let met: Vec<String> = self.met.iter().map(|(kind, times)| format!("{kind} {times}")).collect();
        writeln!(f, "faults met: {}", if met.is_empty() { "none".to_owned() } else { met.join(", ") })?;
        for Failure { run, faults } in &self.failures {
            for fault in faults {
                writeln!(f, "run {run}: {fault}")?;
            }
        }
        match self.failures.len() {
            0 => write!(f, "every row was applied exactly once or is reported, in every run"),
            failed => write!(f, "{failed} runs found something wrong"),
        }
    }
}
