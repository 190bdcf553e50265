//! Submitting a job and asking for it.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::PathRejection;
use axum::extract::{Extension, Path, State as Shared};
use serde::Serialize;
use serde::de::DeserializeOwned;
use time::OffsetDateTime;
use time::format_description::BorrowedFormatItem;
use time::macros::{format_description, offset};
use van_bulk_schema::payload::Payload;
use van_bulk_schema::{Severity, rules};

use super::error::ApiError;
use super::paging::Origin;
use crate::faults::{Drawn, Endpoint, Kind};
use crate::job::{self, Job, JobError};
use crate::record::{Event, Request};
use crate::state::{State, lock};

/// A status that no doc of VAN's mentions.
const UNKNOWN_STATUS: &str = "Validating";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Submitted {
    job_id: u32,
}

/// `POST /bulkImportJobs`
pub(super) async fn submit(
    Shared(state): Shared<Arc<State>>,
    Extension(request): Extension<Arc<Request>>,
    body: Bytes,
) -> Result<Json<Submitted>, ApiError> {
    let payload: Payload = read_body(&body)?;
    let findings = rules::check(&state.config.schema, &payload);
    if van_bulk_schema::finding::any_error(&findings) {
        let errors = findings.iter().filter(|finding| finding.severity == Severity::Error);
        return Err(ApiError::from_findings(errors));
    }
    let job_id = create(&state, payload, request.number);
    job::start(&state, job_id);
    Ok(Json(Submitted { job_id }))
}

fn create(state: &State, payload: Payload, request: u64) -> u32 {
    let faults = state.draw_faults(Endpoint::Job, "").kinds;
    let source_path = job::path_of(&payload.file.source_url);
    let description = payload.description.to_string();
    let file_name = payload.file.file_name.to_string();
    let job = lock(&state.jobs).add(payload, state.config.early_not_found, &faults);
    let recorder = &state.shared.recorder;
    recorder.event(Event::JobCreated { request, job, source_path, description, file_name, faults });
    job
}

/// Reads a JSON body; a value of the wrong type is reported with its path.
pub(super) fn read_body<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    // Serde would also take an array for an object, property by property.
    if bytes
        .iter()
        .find(|byte| !byte.is_ascii_whitespace())
        .is_some_and(|first| b"[\"-0123456789tfn".contains(first))
        && serde_json::from_slice::<serde::de::IgnoredAny>(bytes).is_ok()
    {
        return Err(
            ApiError::invalid("The body is JSON, but not an object.").hint("send the job as one JSON object")
        );
    }
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let path = error.path().to_string();
        let error = error.into_inner();
        match error.classify() {
            serde_json::error::Category::Data => {
                let invalid = ApiError::invalid(format!("A property has the wrong type: {error}"));
                if path == "." { invalid } else { invalid.property(path) }
            }
            _ => not_json(&error),
        }
    })?;
    deserializer.end().map_err(|error| not_json(&error))?;
    Ok(value)
}

fn not_json(error: &serde_json::Error) -> ApiError {
    ApiError::invalid(format!("The body is not JSON: {error}")).hint("send the job as one JSON object")
}

/// The reply of `GET /bulkImportJobs/{jobId}`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct JobReply {
    id: u32,
    status: &'static str,
    resource_type: String,
    /// How to set a webhook is not known, so there never is one.
    webhook_url: Option<String>,
    result_file_size_limit_kb: u32,
    errors: Vec<JobError>,
    result_files: Vec<ResultFileReply>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ResultFileReply {
    url: String,
    date_expired: String,
}

/// `GET /bulkImportJobs/{jobId}`
pub(super) async fn status(
    Shared(state): Shared<Arc<State>>,
    Origin(origin): Origin,
    Extension(faults): Extension<Drawn>,
    id: Result<Path<u32>, PathRejection>,
) -> Result<Json<JobReply>, ApiError> {
    let Path(id) = id.map_err(|_| ApiError::not_found())?;
    let mut jobs = lock(&state.jobs);
    let job = jobs.look_up(id).ok_or_else(ApiError::not_found)?;
    let skew = time::Duration::seconds(faults.skew().unwrap_or(0));
    let mut reply = reply(job, &origin, skew);
    if faults.has(Kind::UnknownStatus) {
        reply.status = UNKNOWN_STATUS;
        reply.errors.clear();
        reply.result_files.clear();
    }
    Ok(Json(reply))
}

/// The job, as a server tells of it whose clock is off by `skew`.
fn reply(job: &Job, origin: &str, skew: time::Duration) -> JobReply {
    let files = job.result_files.iter().map(|file| ResultFileReply {
        url: format!("{origin}/results/{}/{}", file.token, file.name),
        date_expired: date(file.expires.saturating_add(skew)),
    });
    JobReply {
        id: job.id,
        status: job.status.as_str(),
        resource_type: job.resource_type().to_owned(),
        webhook_url: None,
        result_file_size_limit_kb: job.result_file_kb(),
        errors: job.errors.clone(),
        result_files: files.collect(),
    }
}

/// As in VAN's replies: seven digits of a second and an offset.
fn date(moment: OffsetDateTime) -> String {
    const DATE: &[BorrowedFormatItem<'_>] = format_description!(
        "[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:7][offset_hour sign:mandatory]:[offset_minute]"
    );
    moment.to_offset(offset!(-4)).format(DATE).unwrap_or_default()
}
