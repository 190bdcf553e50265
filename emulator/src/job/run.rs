//! The life of a job after it was submitted.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use time::OffsetDateTime;
use tracing::Instrument as _;
use van_bulk_schema::payload::Payload;

use super::failure::JobFailure;
use super::plan::{self, Plan};
use super::results::{self, ResultWriter};
use super::{Job, JobFaults, ResultFile, RowCount, Status, ZeroRows, apply, archive, row};
use crate::faults::Endpoint;
use crate::record::{AppliedRow, Event, fingerprint};
use crate::state::{Link, State, lock};
use crate::token;

/// The `ULFileID` of job 0.
const FILE_ID_BASE: u32 = 5_000;

/// What a job came to.
struct Imported {
    rows: RowCount,
    files: Vec<PathBuf>,
    /// Whether nothing is said of rows that were left out.
    hides_left_out: bool,
}

impl Imported {
    fn shows_left_out(&self) -> bool {
        self.rows.left_out > 0 && !self.hides_left_out
    }
}

/// A failure, with the rows that were read before it.
struct Failed {
    failure: JobFailure,
    rows: RowCount,
}

impl<E: Into<JobFailure>> From<E> for Failed {
    fn from(error: E) -> Self {
        Self { failure: error.into(), rows: RowCount::default() }
    }
}

/// Starts a job in the background.
pub(crate) fn start(state: &Arc<State>, id: u32) {
    let span = tracing::info_span!("job", id);
    let task = run(Arc::clone(state), id).instrument(span);
    let mut tasks = lock(&state.tasks);
    // Forgets those that have ended.
    while tasks.try_join_next().is_some() {}
    tasks.spawn(task);
}

async fn run(state: Arc<State>, id: u32) {
    // The semaphore is never closed.
    let permit = state.running.acquire().await;
    let step = state.config.step;
    tokio::time::sleep(step).await;
    set_status(&state, id, Status::InProgress);
    let faults = job_faults(&state, id);
    let result = import(&state, id, faults).await;
    tokio::time::sleep(step).await;
    if faults.never_ends {
        // Other jobs do not wait for it.
        drop(permit);
        return std::future::pending().await;
    }
    match result {
        Ok(imported) => {
            if imported.shows_left_out() {
                set_status(&state, id, Status::InProgressWithErrors);
                tokio::time::sleep(step).await;
            }
            complete(&state, id, imported);
        }
        Err(failed) => {
            // Nothing in it is needed; what cannot be removed goes with the emulator.
            let _ = tokio::fs::remove_dir_all(job_folder(&state, id)).await;
            fail(&state, id, failed);
        }
    }
}

fn job_faults(state: &State, id: u32) -> JobFaults {
    lock(&state.jobs).get(id).map(|job| job.faults).unwrap_or_default()
}

fn job_folder(state: &State, id: u32) -> PathBuf {
    state.folder.path().join(format!("job-{id}"))
}

fn set_status(state: &State, id: u32, status: Status) {
    tracing::info!(%status);
    lock(&state.jobs).change(id, |job| job.status = status);
}

fn fail(state: &State, id: u32, failed: Failed) {
    let error = failed.failure.to_job_error();
    tracing::warn!(code = error.code, reference = error.reference_code, "failed: {}", error.text);
    lock(&state.jobs).change(id, |job| {
        job.status = Status::Failed;
        job.errors = vec![error];
        job.rows = failed.rows;
    });
    state.shared.recorder.event(Event::JobEnded { job: id, status: Status::Failed });
}

/// Publishes the result files and ends the job.
fn complete(state: &State, id: u32, imported: Imported) {
    let lifetime = time::Duration::try_from(state.config.link_lifetime).unwrap_or(time::Duration::DAY);
    let now = OffsetDateTime::now_utc();
    let expires = now.checked_add(lifetime).unwrap_or(now);
    let status = if imported.shows_left_out() { Status::CompletedWithErrors } else { Status::Completed };
    let mut files = Vec::new();
    for (index, path) in imported.files.into_iter().enumerate() {
        let token = token::random();
        let name = format!("job-{id}-{}.csv", index + 1);
        lock(&state.links).insert(token.clone(), Link { job: id, name: name.clone(), path, expires });
        files.push(ResultFile { token, name, expires });
    }
    let rows = imported.rows;
    tracing::info!(%status, rows = rows.all, left_out = rows.left_out, result_files = files.len());
    lock(&state.jobs).change(id, |job| {
        job.status = status;
        job.result_files = files;
        job.rows = rows;
    });
    state.shared.recorder.event(Event::JobEnded { job: id, status });
}

async fn import(state: &Arc<State>, id: u32, faults: JobFaults) -> Result<Imported, Failed> {
    let (payload, result_limit) = {
        let jobs = lock(&state.jobs);
        let job = jobs.get(id).ok_or_else(|| JobFailure::Internal("the job is gone".to_owned()))?;
        (job.payload.clone(), result_limit(state, job))
    };
    let folder = job_folder(state, id);
    tokio::fs::create_dir(&folder).await?;
    let zip = folder.join("upload.zip");
    let drawn = state.draw_faults(Endpoint::Fetch, &id.to_string());
    state.shared.recorder.event(Event::Fetching { job: id, faults: drawn.kinds.clone() });
    state.fetcher.fetch(&payload.file.source_url, &zip, &drawn).await?;
    let state = Arc::clone(state);
    let span = tracing::Span::current();
    let work = move || {
        let _entered = span.enter();
        let job = Running { id, payload: &payload, faults };
        read_and_apply(&state, &job, &folder, result_limit)
    };
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(error) => Err(JobFailure::Internal(error.to_string()).into()),
    }
}

/// The size limit of each result file in bytes. A KB is 1,000 bytes, as in VAN's "100 MB (100,000 KB)".
fn result_limit(state: &State, job: &Job) -> u64 {
    let limit = u64::from(job.result_file_kb()) * 1_000;
    state.config.max_result_file_bytes.map_or(limit, |own| own.min(limit))
}

/// A job whose rows are being applied.
struct Running<'a> {
    id: u32,
    payload: &'a Payload,
    faults: JobFaults,
}

fn read_and_apply(
    state: &State,
    job: &Running<'_>,
    folder: &Path,
    result_limit: u64,
) -> Result<Imported, Failed> {
    let payload = job.payload;
    let plan = Plan::new(&state.config.schema, payload)?;
    let zip = folder.join("upload.zip");
    let text = folder.join("upload.txt");
    archive::unzip(&zip, &payload.file, state.config.max_file_bytes, &text)?;
    let imported = apply_rows(state, job, &plan, &text, result_limit);
    // Only the result files are needed from here on.
    std::fs::remove_file(&zip)?;
    std::fs::remove_file(&text)?;
    imported
}

fn apply_rows(
    state: &State,
    job: &Running<'_>,
    plan: &Plan<'_>,
    text: &Path,
    result_limit: u64,
) -> Result<Imported, Failed> {
    let Running { id, payload, faults } = *job;
    let first_batch = lock(&state.jobs).take_batches(plan.mappings.len());
    let batches = plan.mappings.iter().zip(first_batch..).map(|(mapping, batch)| {
        // That this name stands for the whole header is our reading.
        plan::result_column(mapping).map_or_else(|| format!("{}_{batch}", mapping.name), str::to_owned)
    });
    let header = results::header(plan.result_columns.iter().map(|(name, _)| *name), batches);
    let folder = text.parent().unwrap_or(text);
    let mut writer = ResultWriter::new(folder, &header, result_limit)?;
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(payload.file.column_delimiter.byte().unwrap_or(b','))
        .quoting(payload.file.has_quotes)
        .from_reader(BufReader::new(File::open(text)?));
    let file_id = FILE_ID_BASE.saturating_add(id);
    let mut rows = RowCount::default();
    let mut judge = plan.rules.rows();
    for record in reader.records().skip(usize::from(payload.file.has_header)) {
        if state.stopping.load(Ordering::Relaxed) {
            return Err(JobFailure::Internal("it was stopped".to_owned()).into());
        }
        let record = record.map_err(|error| JobFailure::Unreadable {
            name: payload.file.file_name.to_string(),
            why: error.to_string(),
        })?;
        rows.all += 1;
        if faults.zero_rows.is_some() {
            rows.leave_out(rows.all, "the emulator was told to apply no row");
            continue;
        }
        let outcome = row::read(plan, &mut judge, &record)
            .and_then(|values| apply::apply(plan, id, &record, values, &mut lock(&state.store)));
        match outcome {
            Ok(outcome) => {
                let columns = plan.result_columns.iter();
                let columns = columns.map(|(_, index)| record.get(*index).unwrap_or_default());
                let fields = results::fields(rows.all, file_id, &outcome, columns);
                state.shared.recorder.row(AppliedRow {
                    job: id,
                    row: rows.all,
                    fingerprint: fingerprint(&record),
                });
                for _ in 0..faults.times_told(rows.all - rows.left_out) {
                    writer.write(&fields)?;
                }
            }
            Err(refusal) => {
                tracing::debug!(row = rows.all, "left out: {refusal}");
                rows.leave_out(rows.all, refusal);
            }
        }
    }
    if let Some(zero_rows) = faults.zero_rows {
        if zero_rows == ZeroRows::HeaderAlone {
            writer.open()?;
        }
        return Ok(Imported { files: writer.finish()?, rows, hides_left_out: true });
    }
    match nothing_done(payload, &rows) {
        Some(failure) => Err(Failed { failure, rows }),
        None => Ok(Imported { files: writer.finish()?, rows, hides_left_out: false }),
    }
}

/// VAN's docs call a job complete if at least some rows were imported, so one without any has failed.
fn nothing_done(job: &Payload, rows: &RowCount) -> Option<JobFailure> {
    let name = job.file.file_name.to_string();
    if rows.all == 0 {
        return Some(JobFailure::NoRows { name });
    }
    let first = rows.listed.first().filter(|_| rows.left_out == rows.all)?;
    Some(JobFailure::NoGoodRow { name, rows: rows.all, reason: first.reason.clone() })
}
