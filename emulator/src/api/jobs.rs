//! Submitting a job and asking for it.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State as Shared};
use serde::Serialize;
use serde::de::DeserializeOwned;
use van_bulk_schema::payload::Payload;
use van_bulk_schema::{Severity, rules};

use super::error::ApiError;
use super::paging::Origin;
use crate::job::{self, Job, JobError, Status};
use crate::state::{State, lock};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Submitted {
    job_id: u32,
}

/// `POST /bulkImportJobs`
pub(super) async fn submit(
    Shared(state): Shared<Arc<State>>,
    body: Bytes,
) -> Result<Json<Submitted>, ApiError> {
    let payload: Payload = read_body(&body)?;
    let findings = rules::check(&state.config.schema, &payload);
    if van_bulk_schema::finding::any_error(&findings) {
        let errors = findings.iter().filter(|finding| finding.severity == Severity::Error);
        return Err(ApiError::from_findings(errors));
    }
    let job_id = lock(&state.jobs).add(payload, state.config.early_not_found);
    job::start(&state, job_id);
    Ok(Json(Submitted { job_id }))
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
    status: Status,
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
    id: Result<Path<u32>, PathRejection>,
) -> Result<Json<JobReply>, ApiError> {
    let Path(id) = id.map_err(|_| ApiError::not_found())?;
    let mut jobs = lock(&state.jobs);
    let job = jobs.look_up(id).ok_or_else(ApiError::not_found)?;
    Ok(Json(reply(job, &origin)))
}

fn reply(job: &Job, origin: &str) -> JobReply {
    let files = job.result_files.iter().map(|file| ResultFileReply {
        url: format!("{origin}/results/{}/{}", file.token, file.name),
        date_expired: file.date_expired.clone(),
    });
    JobReply {
        id: job.id,
        status: job.status,
        resource_type: job.resource_type().to_owned(),
        webhook_url: None,
        result_file_size_limit_kb: job.result_file_kb(),
        errors: job.errors.clone(),
        result_files: files.collect(),
    }
}
