//! Bulk import jobs.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;
use serde_json::{Map, Value as Json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use van_bulk::FinishedJob;
use van_bulk::mode::SubmitsWith;
use van_bulk::payload::{Payload, Text};

use super::error::VanError;
use super::http::{Call, Reply};
use super::secrets::Secrets;
use super::{Client, ClientError};
use crate::results::Status;
use van_bulk_schema::text::printable;

/// The most result files of a job. VAN splits them at 5,000 KB or more, so no part has that many.
const MAX_RESULT_FILES: usize = 10_000;

/// The most characters that are kept of a status; VAN's longest has 20.
const SHOWN_STATUS: usize = 100;

/// The number of a bulk import job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct JobId(pub u64);

impl fmt::Display for JobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for JobId {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

/// A bulk import job, as VAN tells it. Reading is lenient: VAN's docs and its examples disagree on the types of some
/// properties, and the examples on which there are.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Job {
    /// Its number (`id` here, `jobId` in the reply to its creation; both are understood).
    pub id: JobId,
    /// How far it is.
    pub status: Status,
    /// What its rows are, such as `Contacts`.
    pub resource_type: Option<String>,
    /// The size cap of each result file, in KB (`resultFileSizeLimitKb`; requests call it `resultFileSizeKbLimit`).
    pub result_file_size_limit_kb: Option<u64>,
    /// What went wrong. VAN's docs: null unless the job failed.
    pub errors: Vec<JobError>,
    /// Its result files; there may be several. VAN's docs: only once it has completed, with errors or without.
    pub result_files: Vec<ResultFile>,
}

/// What went wrong with a job as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct JobError {
    /// What kind of error.
    pub code: Option<String>,
    /// What is wrong, for people. Of links in it, such as that of the file, scheme and host are kept alone.
    pub text: Option<String>,
    /// VAN's number for this occurrence, for its support.
    pub reference_code: Option<String>,
}

impl fmt::Display for JobError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { code, text, reference_code } = self.clone();
        VanError { code, text, reference_code, ..VanError::default() }.fmt(f)
    }
}

/// Where a result file can be downloaded.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct ResultFile {
    /// The link, as VAN sent it. It opens the file to everyone who has it, so treat it as a secret; `Debug` does not
    /// show its query.
    pub url: String,
    /// When it expires, as VAN wrote it (`dateExpired`). VAN's docs: after 24 hours.
    pub date_expired: Option<String>,
    /// When it expires, if the text is a time with an offset.
    pub expires_at: Option<OffsetDateTime>,
    /// The link as it may be shown.
    shown: String,
}

impl fmt::Debug for ResultFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResultFile")
            .field("url", &self.shown)
            .field("date_expired", &self.date_expired)
            .finish_non_exhaustive()
    }
}

impl<M> Client<M> {
    /// Submits a job that was built with the types, for the delimited file `file_name` in a zip at `source_url`: see
    /// [`create_job`](Self::create_job).
    ///
    /// A job that was built for one database mode does not compile with a client for the other. A client for any mode
    /// compares the mode of the job with that of its credentials.
    ///
    /// # Errors
    /// [`ClientError::WrongMode`] when the job was built for the other database mode, before anything is sent; otherwise
    /// those of [`create_job`](Self::create_job).
    pub async fn submit<J: SubmitsWith<M>>(
        &self,
        job: &FinishedJob<J>,
        file_name: impl Into<Text>,
        source_url: impl Into<Text>,
    ) -> Result<JobId, ClientError> {
        let client = self.mode();
        if let Some(job) = J::MODE.filter(|job| *job != client) {
            return Err(ClientError::WrongMode { profile: J::PROFILE, job, client });
        }
        self.create_job(&job.payload(file_name, source_url)).await
    }

    /// `POST /bulkImportJobs`: submits a job that any program made, once. Any success with a number counts; VAN's own
    /// examples differ. It is never sent again by itself: VAN documents nothing that recognizes a repetition.
    ///
    /// # Errors
    /// When VAN cannot be reached or refuses the job (400, 401, 403, 404, 405, 413, 415, 422 or 429), it was not created:
    /// [`ClientError::is_definite_refusal`]. When the connection breaks, the reply has no job number, or the status is any
    /// other, such as a redirect, 408 or 500, [`ClientError::SubmissionUnknown`] says how to find out.
    pub async fn create_job(&self, payload: &Payload) -> Result<JobId, ClientError> {
        let url = self.api.endpoint(&["bulkImportJobs"]);
        let json = self.api.json(&url, payload)?;
        let created = self.api.call(Call::post(url, json)).await.and_then(|reply| created_id(&reply));
        created.map_err(|error| {
            if error.is_definite_refusal() {
                return error;
            }
            let description = printable(&payload.description, 255);
            ClientError::SubmissionUnknown { description, cause: Box::new(error) }
        })
    }

    /// `GET /bulkImportJobs/{jobId}`.
    ///
    /// # Errors
    /// When the request fails, or the reply lacks a status or is about another job.
    pub async fn job(&self, id: JobId) -> Result<Job, ClientError> {
        let url = self.api.endpoint(&["bulkImportJobs", &id.to_string()]);
        let reply = self.api.call(Call::get(url).about(id)).await?;
        let json: Map<String, Json> = reply.json()?;
        let told = job_id(&json).unwrap_or(id);
        if told != id {
            return Err(reply.problem(format!("it is about job {told}, not job {id}")));
        }
        let status = match json.get("status") {
            Some(Json::String(word)) => Status::from_word(&reply.secrets.line(word, SHOWN_STATUS)),
            _ => return Err(reply.problem("it has no `status`")),
        };
        Ok(Job {
            id,
            status,
            resource_type: string(json.get("resourceType")).map(|name| reply.secrets.redact(&name)),
            result_file_size_limit_kb: json.get("resultFileSizeLimitKb").and_then(number),
            errors: job_errors(json.get("errors"), &reply.secrets),
            result_files: result_files(json.get("resultFiles"), &reply.secrets)
                .map_err(|problem| reply.problem(problem))?,
        })
    }
}

fn job_errors(json: Option<&Json>, secrets: &Secrets) -> Vec<JobError> {
    let errors = json.map(|json| VanError::read_list(json, secrets)).unwrap_or_default();
    errors
        .into_iter()
        .map(|VanError { code, text, reference_code, .. }| JobError { code, text, reference_code })
        .collect()
}

fn created_id(reply: &Reply) -> Result<JobId, ClientError> {
    let json: Map<String, Json> = reply.json()?;
    job_id(&json).ok_or_else(|| reply.problem("it has no `jobId`"))
}

fn job_id(json: &Map<String, Json>) -> Option<JobId> {
    ["jobId", "id"].iter().find_map(|key| json.get(*key).and_then(number)).map(JobId)
}

/// A whole number, or its digits as a string.
fn number(json: &Json) -> Option<u64> {
    match json {
        Json::Number(number) => number.as_u64(),
        Json::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

fn string(json: Option<&Json>) -> Option<String> {
    match json {
        Some(Json::String(text)) => Some(text.clone()),
        _ => None,
    }
}

/// The result files. One without a link is an error: a file that is not read would make its rows look missing.
fn result_files(json: Option<&Json>, secrets: &Secrets) -> Result<Vec<ResultFile>, String> {
    let items = match json {
        None | Some(Json::Null) => return Ok(Vec::new()),
        Some(Json::Array(items)) => items,
        Some(_) => return Err("its `resultFiles` is not a list".to_owned()),
    };
    if items.len() > MAX_RESULT_FILES {
        let files = items.len();
        return Err(format!("it has {files} result files, and at most {MAX_RESULT_FILES} are downloaded"));
    }
    let mut files = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let (url, date_expired) = match item {
            Json::String(url) => (Some(url.clone()), None),
            Json::Object(file) => (string(file.get("url")), string(file.get("dateExpired"))),
            _ => (None, None),
        };
        let Some(url) = url.filter(|url| !url.trim().is_empty()) else {
            return Err(format!("its `resultFiles[{index}]` has no `url`"));
        };
        let expires_at = date_expired.as_deref().and_then(|text| OffsetDateTime::parse(text, &Rfc3339).ok());
        let date_expired = date_expired.map(|text| secrets.redact(&text));
        let shown = secrets.link(&url);
        files.push(ResultFile { url, date_expired, expires_at, shown });
    }
    Ok(files)
}
