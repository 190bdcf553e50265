//! The life of a job after it was submitted.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use time::OffsetDateTime;
use time::format_description::BorrowedFormatItem;
use time::macros::{format_description, offset};
use tracing::Instrument as _;
use van_bulk_schema::payload::Payload;

use super::failure::JobFailure;
use super::plan::{self, Plan};
use super::results::{self, ResultWriter};
use super::{Job, ResultFile, RowCount, Status, apply, archive, row};
use crate::state::{Link, State, lock};
use crate::token;

/// The `ULFileID` of job 0.
const FILE_ID_BASE: u32 = 5_000;

/// As in VAN's replies: seven digits of a second and an offset.
const DATE: &[BorrowedFormatItem<'_>] = format_description!(
    "[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:7][offset_hour sign:mandatory]:[offset_minute]"
);

/// What a job came to.
struct Imported {
    rows: RowCount,
    files: Vec<PathBuf>,
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
    let _permit = state.running.acquire().await;
    let step = state.config.step;
    tokio::time::sleep(step).await;
    set_status(&state, id, Status::InProgress);
    let result = import(&state, id).await;
    tokio::time::sleep(step).await;
    match result {
        Ok(imported) => {
            if imported.rows.left_out > 0 {
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
}

/// Publishes the result files and ends the job.
fn complete(state: &State, id: u32, imported: Imported) {
    let lifetime = time::Duration::try_from(state.config.link_lifetime).unwrap_or(time::Duration::DAY);
    let now = OffsetDateTime::now_utc();
    let expires = now.checked_add(lifetime).unwrap_or(now);
    let date_expired = expires.to_offset(offset!(-4)).format(DATE).unwrap_or_default();
    let mut files = Vec::new();
    for (index, path) in imported.files.into_iter().enumerate() {
        let token = token::random();
        let name = format!("job-{id}-{}.csv", index + 1);
        lock(&state.links).insert(token.clone(), Link { name: name.clone(), path, expires });
        files.push(ResultFile { token, name, date_expired: date_expired.clone() });
    }
    let rows = imported.rows;
    let status = if rows.left_out == 0 { Status::Completed } else { Status::CompletedWithErrors };
    tracing::info!(%status, rows = rows.all, left_out = rows.left_out, result_files = files.len());
    lock(&state.jobs).change(id, |job| {
        job.status = status;
        job.result_files = files;
        job.rows = rows;
    });
}

async fn import(state: &Arc<State>, id: u32) -> Result<Imported, Failed> {
    let (payload, result_limit) = {
        let jobs = lock(&state.jobs);
        let job = jobs.get(id).ok_or_else(|| JobFailure::Internal("the job is gone".to_owned()))?;
        (job.payload.clone(), result_limit(state, job))
    };
    let folder = job_folder(state, id);
    tokio::fs::create_dir(&folder).await?;
    let zip = folder.join("upload.zip");
    state.fetcher.fetch(&payload.file.source_url, &zip).await?;
    let state = Arc::clone(state);
    let span = tracing::Span::current();
    let work = move || {
        let _entered = span.enter();
        read_and_apply(&state, id, &payload, &folder, result_limit)
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

fn read_and_apply(
    state: &State,
    id: u32,
    payload: &Payload,
    folder: &Path,
    result_limit: u64,
) -> Result<Imported, Failed> {
    let plan = Plan::new(&state.config.schema, payload)?;
    let zip = folder.join("upload.zip");
    let text = folder.join("upload.txt");
    archive::unzip(&zip, &payload.file, state.config.max_file_bytes, &text)?;
    let imported = apply_rows(state, id, payload, &plan, &text, result_limit);
    // Only the result files are needed from here on.
    std::fs::remove_file(&zip)?;
    std::fs::remove_file(&text)?;
    imported
}

fn apply_rows(
    state: &State,
    id: u32,
    job: &Payload,
    plan: &Plan<'_>,
    text: &Path,
    result_limit: u64,
) -> Result<Imported, Failed> {
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
        .delimiter(job.file.column_delimiter.byte().unwrap_or(b','))
        .quoting(job.file.has_quotes)
        .from_reader(BufReader::new(File::open(text)?));
    let file_id = FILE_ID_BASE.saturating_add(id);
    let mut rows = RowCount::default();
    let mut judge = plan.rules.rows();
    for record in reader.records().skip(usize::from(job.file.has_header)) {
        if state.stopping.load(Ordering::Relaxed) {
            return Err(JobFailure::Internal("it was stopped".to_owned()).into());
        }
        let record = record.map_err(|error| JobFailure::Unreadable {
            name: job.file.file_name.to_string(),
            why: error.to_string(),
        })?;
        rows.all += 1;
        let outcome = row::read(plan, &mut judge, &record)
            .and_then(|values| apply::apply(plan, id, &record, values, &mut lock(&state.store)));
        match outcome {
            Ok(outcome) => {
                let columns = plan.result_columns.iter();
                let columns = columns.map(|(_, index)| record.get(*index).unwrap_or_default());
                writer.write(&results::fields(rows.all, file_id, &outcome, columns))?;
            }
            Err(refusal) => {
                tracing::debug!(row = rows.all, "left out: {refusal}");
                rows.leave_out(rows.all, refusal);
            }
        }
    }
    match nothing_done(job, &rows) {
        Some(failure) => Err(Failed { failure, rows }),
        None => Ok(Imported { files: writer.finish()?, rows }),
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
