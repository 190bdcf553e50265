//! Compares what the emulator did with what the importing program says of it.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use van_bulk_emulator::record::{Event, Record};
use van_bulk_import::import::Report;
use van_bulk_import::ledger::{ImportId, PartRecord};

use crate::ChaosError;
use crate::plan::Plan;
use crate::rows::{Kind, Row};
use crate::scenario::open;

/// An import that is finished.
pub(crate) struct Finished<'a> {
    pub(crate) folder: &'a Path,
    pub(crate) import: ImportId,
    pub(crate) plan: &'a Plan,
    pub(crate) record: &'a Record,
}

/// A job that the emulator created.
#[derive(Debug)]
pub(crate) struct CreatedJob {
    pub(crate) id: u32,
    pub(crate) source_path: String,
    /// Whether the emulator lost its memory since.
    pub(crate) is_forgotten: bool,
}

/// All jobs, in order.
pub(crate) fn jobs(record: &Record) -> Vec<CreatedJob> {
    let mut jobs: Vec<CreatedJob> = Vec::new();
    for event in &record.events {
        match event {
            Event::JobCreated { job, source_path, .. } => {
                let source_path = source_path.clone();
                jobs.push(CreatedJob { id: *job, source_path, is_forgotten: false });
            }
            Event::Down { keeps_memory: false } => {
                jobs.iter_mut().for_each(|job| job.is_forgotten = true);
            }
            _ => {}
        }
    }
    jobs
}

/// Everything that is wrong.
pub(crate) fn all(finished: &Finished<'_>) -> Result<Vec<String>, ChaosError> {
    let ledger = open(finished.folder)?;
    let report = Report::read(&ledger, finished.import)?;
    let jobs = jobs(finished.record);
    let mut wrong = Vec::new();
    if finished.record.not_kept > 0 {
        wrong.push("the record is not whole".to_owned());
    }
    sums(finished, &report, &mut wrong);
    for part in &report.parts {
        once(&jobs, &part.record, &mut wrong);
    }
    for job in jobs.iter().filter(|job| !job.is_forgotten) {
        if !report.parts.iter().any(|part| job.source_path.ends_with(&part.record.object)) {
            wrong.push(format!("job {} is of no part of the ledger", job.id));
        }
    }
    rows(finished, &jobs, &ledger.folder_of(finished.import).join("outcome.csv"), &mut wrong)?;
    uploads(&finished.folder.join("uploads"), &mut wrong)?;
    Ok(wrong)
}

fn sums(finished: &Finished<'_>, report: &Report, wrong: &mut Vec<String>) {
    let rows = &finished.plan.rows;
    let bad = rows.iter().filter(|row| row.kind == Kind::Bad).count() as u64;
    let open = report.unsent + report.unknown + report.running;
    if report.rows != rows.len() as u64 || report.rejected != bad || open != 0 {
        wrong.push(format!("of {} rows, {bad} of them bad, the report says: {report}", rows.len()));
    }
    if report.sent != report.processed + report.refused + report.missing {
        wrong.push(format!("the sums are wrong: {report}"));
    }
}

/// A part has one job, and it is the one that the ledger says.
fn once(jobs: &[CreatedJob], part: &PartRecord, wrong: &mut Vec<String>) {
    let of_part = jobs.iter().filter(|job| job.source_path.ends_with(&part.object));
    let of_part: Vec<&CreatedJob> = of_part.collect();
    let known = of_part.iter().filter(|job| !job.is_forgotten).count();
    if known > 1 {
        wrong.push(format!("part {} was submitted {known} times", part.number));
    }
    let is_its = |job: &&&CreatedJob| part.job.is_some_and(|id| id.0 == u64::from(job.id));
    if of_part.iter().find(is_its).is_none() {
        wrong.push(format!("part {} has job {:?}, and the emulator {of_part:?}", part.number, part.job));
    }
}

/// Every row has its line, and what that says is what the emulator did.
fn rows(
    finished: &Finished<'_>,
    jobs: &[CreatedJob],
    path: &Path,
    wrong: &mut Vec<String>,
) -> Result<(), ChaosError> {
    let forgotten: HashMap<u32, bool> = jobs.iter().map(|job| (job.id, job.is_forgotten)).collect();
    let mut applied: HashMap<u64, (u64, u64)> = HashMap::new();
    for row in &finished.record.rows {
        let (known, lost) = applied.entry(row.fingerprint).or_default();
        *if forgotten.get(&row.job).copied().unwrap_or(false) { lost } else { known } += 1;
    }
    let mut reader =
        csv::Reader::from_path(path).map_err(|error| ChaosError::io("open", path)(error.into()))?;
    let mut lines = 0;
    for (line, row) in reader.records().zip(&finished.plan.rows) {
        let line = line.map_err(|error| ChaosError::io("read", path)(error.into()))?;
        lines += 1;
        let times = applied.get(&row.fingerprint).copied().unwrap_or_default();
        let (number, status) = (line.get(0).unwrap_or_default(), line.get(1).unwrap_or_default());
        if number != lines.to_string() || !fits(row, status, times) {
            wrong.push(format!(
                "line {lines} is of row {number}, a {:?} one: {status}, applied {times:?}",
                row.kind
            ));
        }
    }
    if lines != finished.plan.rows.len() || reader.records().next().is_some() {
        wrong.push(format!("{lines} lines for {} rows", finished.plan.rows.len()));
    }
    Ok(())
}

/// Whether a status is right for a row that was applied so often, by jobs that the emulator knows and by forgotten ones.
fn fits(row: &Row, status: &str, (known, forgotten): (u64, u64)) -> bool {
    let applied = known + forgotten;
    // Twice is too often, unless the emulator has forgotten the first time.
    let at_most_once = known <= 1;
    at_most_once
        && match (row.kind, status) {
            (Kind::Bad, "rejected") => applied == 0,
            (Kind::Good, "processed") | (Kind::Refused, "refused") => applied >= 1,
            // The result files lack it, or its job failed: that is reported.
            (Kind::Good | Kind::Refused, "missing") => true,
            _ => false,
        }
}

/// Nothing is left of what was uploaded.
fn uploads(folder: &Path, wrong: &mut Vec<String>) -> Result<(), ChaosError> {
    for entry in fs::read_dir(folder).map_err(ChaosError::io("read", folder))? {
        let path = entry.map_err(ChaosError::io("read", folder))?.path();
        if path.is_dir() {
            uploads(&path, wrong)?;
        } else {
            wrong.push(format!("{} was not removed", path.display()));
        }
    }
    Ok(())
}
