//! Why an import did not come to its end.

use std::fmt;
use std::io;
use std::path::PathBuf;

use van_bulk_schema::Finding;

use super::Report;
use crate::client::{ClientError, JobId};
use crate::ledger::{ImportId, ImportRecord, ImportState, LedgerError};
use crate::results::ResultsError;
use crate::rows::RowsError;
use crate::upload::UploadError;

/// An import did not come to its end. What was recorded by then stays recorded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ImportError {
    /// VAN would refuse the job. Nothing was sent.
    #[error("the job has errors, so nothing was sent: {}", list(.0))]
    Job(Vec<Finding>),
    /// The rows are not as VAN takes them. Nothing was sent.
    #[error(transparent)]
    Rows(#[from] RowsError),
    /// The job was built for the other database mode than that of the client's credentials. Nothing was sent.
    #[error(transparent)]
    WrongMode(ClientError),
    /// VAN did not tell what the key may import. Nothing was sent.
    #[error(
        "what the key may import could not be found out, so the rows were not checked and nothing was sent: {0}"
    )]
    Discovery(#[source] ClientError),
    /// What VAN tells about what the key may import cannot be read. Nothing was sent.
    #[error(
        "what VAN tells about the mapping types of the job cannot be read, so the rows were not checked and nothing was sent: {}",
        list(.0)
    )]
    Unreadable(Vec<Finding>),
    /// The ledger could not be used.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// VAN accepted jobs, and the ledger could not be written.
    #[error(
        "VAN accepted jobs, but the ledger could not be written: {source}. Keep their numbers, and resume import {import} with \
         them, as the user's word, once it can be written: {}",
        numbers(.jobs)
    )]
    NotRecorded {
        /// The import.
        import: ImportId,
        /// The parts, counted from 1, each with VAN's number of its job.
        jobs: Vec<(u32, JobId)>,
        /// What is wrong with the ledger.
        source: Box<LedgerError>,
    },
    /// The same rows were imported by the same job before. Nothing was sent.
    #[error("{}", already(.0))]
    Already(Box<ImportRecord>),
    /// VAN cannot fetch what is served on this machine only.
    #[error(
        "uploads are served on this machine only, where {api} cannot fetch them; choose a place on the network for them, such \
         as an S3 bucket"
    )]
    OutOfReach {
        /// The API.
        api: String,
    },
    /// More parts than the place for uploads has room for.
    #[error(
        "the rows were packed into {parts} parts, and the place for uploads takes {most}; choose another place or larger parts"
    )]
    TooManyParts {
        /// The parts.
        parts: usize,
        /// The most that can be uploaded.
        most: usize,
    },
    /// An import is resumed with a client of another API or database mode.
    #[error(
        "import {import} is for {of}, not for {given}; use the API and the database mode that it was started with"
    )]
    OtherApi {
        /// The import.
        import: ImportId,
        /// What it is for.
        of: String,
        /// What was given.
        given: String,
    },
    /// An import that was given up, or whose rows were never packed whole, is resumed. Nothing of it was sent.
    #[error(
        "import {0} was given up, or stopped before all its rows were packed, and nothing of it was sent; import the rows again"
    )]
    NothingSent(ImportId),
    /// An import is given up of which VAN has accepted a job, or may have.
    #[error(
        "import {0} cannot be given up: VAN has accepted a job of it, or nobody knows whether it has; resume it, so that its rows \
         are accounted for"
    )]
    NotGivenUp(ImportId),
    /// The user's word about a part does not fit what is known of it.
    #[error("part {part} of import {import}: {why}")]
    Assumption {
        /// The import.
        import: ImportId,
        /// The part, counted from 1.
        part: u32,
        /// Why, and what to do.
        why: String,
    },
    /// Some parts did not come to their end.
    #[error(
        "import {} is not finished: {}. Resume it by its number; no part is submitted twice",
        .report.import, list(.problems)
    )]
    Unfinished {
        /// What became of the rows so far.
        report: Box<Report>,
        /// The parts that did not come to their end, and why.
        problems: Vec<PartProblem>,
    },
    /// The rows of an import do not add up: a mistake in this crate.
    #[error(
        "the account of import {import} does not add up: {what}; please report this. Its parts and result files are kept"
    )]
    DoesNotAddUp {
        /// The import.
        import: ImportId,
        /// The sums.
        what: String,
    },
    /// The result files could not be read once more.
    #[error(transparent)]
    Results(#[from] ResultsError),
    /// The file system refused.
    #[error("could not {action} {}: {source}", .path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// On which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// Why a part did not come to its end.
#[derive(Debug)]
#[non_exhaustive]
pub struct PartProblem {
    /// The part, counted from 1.
    pub part: u32,
    /// Why.
    pub problem: Problem,
}

impl fmt::Display for PartProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "part {}: {}", self.part, self.problem)
    }
}

/// Why a part did not come to its end.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// Its zip is not what was packed.
    #[error(
        "its zip {} is not the one that was packed, so it was not sent; put that one back, and resume the import",
        .0.display()
    )]
    Changed(PathBuf),
    /// Its zip cannot be read.
    #[error("its zip {} cannot be read, so it was not sent: {source}; put it back, and resume the import", .path.display())]
    NoZip {
        /// The zip.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// It could not be put where VAN can fetch it. It was not sent.
    #[error("it was not sent, since it could not be uploaded: {0}")]
    Upload(#[source] UploadError),
    /// VAN refused its job, or could not be reached. No job was created.
    #[error("VAN created no job for it: {0}")]
    NotSubmitted(#[source] ClientError),
    /// It was not sent, since another part could not be.
    #[error("it was not sent, since another part could not be sent")]
    Held,
    /// Nobody knows whether VAN accepted its job.
    #[error(
        "whether VAN accepted its job is unknown ({why}){}. VAN documents no list of jobs: look in VAN for a bulk upload of this \
         import's description, then resume with the number of its job, or with the word that there is none",
        if *.fetched { "; VAN has fetched the file, which proves that it did" } else { "" }
    )]
    Unknown {
        /// What happened to the submission.
        why: String,
        /// Whether VAN was seen to fetch the file, which proves that it accepted the job.
        fetched: bool,
    },
    /// VAN accepted its job, and says now that there is no such job.
    #[error(
        "VAN accepted its job under the number {job}, and does not know that job now: {source}. Resume the import with the key \
         that it was started with. Only if VAN has no bulk upload of this import's description, say that the job is lost"
    )]
    Gone {
        /// The job.
        job: JobId,
        /// What VAN says now.
        source: ClientError,
    },
    /// The number that the user gave is that of another job.
    #[error("job {job} is not that of this part: {why}. Whether VAN accepted a job for it is unknown still")]
    NotItsJob {
        /// The number.
        job: JobId,
        /// What does not fit.
        why: String,
    },
    /// Its job could not be followed to its end.
    #[error("its job {job} could not be followed to its end: {source}")]
    Follow {
        /// The job.
        job: JobId,
        /// Why.
        source: ClientError,
    },
    /// Its result files could not be downloaded.
    #[error("its job {job} has ended, but its result files could not be downloaded: {source}")]
    Download {
        /// The job.
        job: JobId,
        /// Why.
        source: ClientError,
    },
    /// Its result files could not be read.
    #[error("its job {job} has ended, but its rows could not be accounted for: {source}")]
    Account {
        /// The job.
        job: JobId,
        /// Why.
        source: ResultsError,
    },
}

fn numbers(jobs: &[(u32, JobId)]) -> String {
    let jobs: Vec<String> = jobs.iter().map(|(part, job)| format!("part {part} is job {job}")).collect();
    jobs.join(", ")
}

fn already(import: &ImportRecord) -> String {
    let ImportRecord { id, started_at, state, .. } = import;
    match state {
        ImportState::Finished => format!(
            "the same rows were imported by the same job before: import {id}, started at {started_at}; nothing was sent. Force \
             the import if they are to be imported again"
        ),
        _ => format!(
            "the same rows are being imported by the same job already: import {id}, started at {started_at}, is not finished; \
             nothing was sent. Resume that import"
        ),
    }
}

/// The things, separated by semicolons; of many, the first.
pub(super) fn list(things: &[impl fmt::Display]) -> String {
    const MOST: usize = 10;
    let mut text: Vec<String> = things.iter().take(MOST).map(ToString::to_string).collect();
    if things.len() > MOST {
        text.push(format!("and {} more", things.len() - MOST));
    }
    text.join("; ")
}
