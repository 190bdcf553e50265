//! What can happen.

use std::fmt;
use std::sync::Arc;

use crate::faults::{Endpoint, Kind};
use crate::job::Status;

/// Something that happened.
///
/// A request gives three of them: [`Received`](Self::Received) before it takes effect, [`TookEffect`](Self::TookEffect)
/// after that and before it is answered, unless a fault keeps it from taking effect, and [`Answered`](Self::Answered).
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// The head of a request was read; nothing was done about it yet.
    Received(Arc<Request>),
    /// What a request asked for was done or refused; nothing was answered yet.
    TookEffect {
        /// The request.
        request: Arc<Request>,
        /// The status that would be answered without faults.
        status: u16,
    },
    /// A request was answered, or will never be.
    Answered {
        /// The request.
        request: Arc<Request>,
        /// The status that was answered; `None` if the client left before, or the connection broke.
        status: Option<u16>,
        /// Whether all of the answer was given to the network. Whether the client read it cannot be known.
        whole: bool,
    },
    /// A job was accepted.
    JobCreated {
        /// The number of the request that submitted it.
        request: u64,
        /// Its id.
        job: u32,
        /// The path of its `sourceUrl`, without the query, which may be a signature.
        source_path: String,
        /// Its `description`.
        description: String,
        /// The name of its file in the zip.
        file_name: String,
        /// The faults of the job itself.
        faults: Vec<Kind>,
    },
    /// A job is about to fetch its zip.
    Fetching {
        /// The job.
        job: u32,
        /// The faults of the fetch.
        faults: Vec<Kind>,
    },
    /// A job has ended.
    JobEnded {
        /// The job.
        job: u32,
        /// How.
        status: Status,
    },
    /// The emulator was told to restart; its connections are broken, and nobody listens yet.
    Down {
        /// Whether it will remember jobs and contacts.
        keeps_memory: bool,
    },
    /// The emulator listens again.
    Up,
}

/// A request.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Request {
    /// Its number, from 1, in the order in which they were received.
    pub number: u64,
    /// Its method.
    pub method: String,
    /// Its path without the query, at most 200 characters; the secret part of a link to a result file is left out.
    pub path: String,
    /// What it is for; `None` if that is none of the endpoints of bulk import.
    pub endpoint: Option<Endpoint>,
    /// The job that its path names. For a submission, see [`Event::JobCreated`].
    pub job: Option<u32>,
    /// The faults that it meets.
    pub faults: Vec<Kind>,
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Received(request) => {
                write!(f, "request {}: {} {}", request.number, request.method, request.path)?;
                faults(&request.faults, f)
            }
            Self::TookEffect { request, status } => {
                write!(f, "request {} took effect: {status}", request.number)
            }
            Self::Answered { request, status, whole } => match (status, whole) {
                (Some(status), true) => write!(f, "request {} was answered: {status}", request.number),
                (Some(status), false) => {
                    write!(f, "request {} was answered in part: {status}", request.number)
                }
                (None, _) => write!(f, "request {} was not answered", request.number),
            },
            Self::JobCreated { request, job, source_path, file_name, faults: kinds, .. } => {
                write!(f, "request {request} created job {job}: {file_name} in {source_path}")?;
                faults(kinds, f)
            }
            Self::Fetching { job, faults: kinds } => {
                write!(f, "job {job} fetches its zip")?;
                faults(kinds, f)
            }
            Self::JobEnded { job, status } => write!(f, "job {job} is {status}"),
            Self::Down { keeps_memory: true } => f.write_str("the emulator goes down and keeps its memory"),
            Self::Down { keeps_memory: false } => f.write_str("the emulator goes down and loses its memory"),
            Self::Up => f.write_str("the emulator is up again"),
        }
    }
}

fn faults(kinds: &[Kind], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for (index, kind) in kinds.iter().enumerate() {
        let separator = if index == 0 { " with" } else { "," };
        write!(f, "{separator} {kind}")?;
    }
    Ok(())
}
