//! What an import tells while it runs.

use std::time::Duration;

use crate::client::{ClientError, JobId};
use crate::ledger::ImportId;
use crate::results::Status;
use crate::rows::Finding;
use crate::upload::UploadError;

/// Something that happened. Parts are counted from 1.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// The import has a number in the ledger.
    Started {
        /// The number.
        import: ImportId,
    },
    /// A row cannot be imported.
    Finding(&'a Finding),
    /// All rows are checked, and the good ones packed.
    Packed {
        /// The parts.
        parts: usize,
        /// The rows in them.
        rows: u64,
        /// The rows that were left out.
        rejected: u64,
    },
    /// A part is being put where VAN can fetch it.
    Uploading {
        /// The part.
        part: u32,
        /// Its size, in bytes.
        bytes: u64,
    },
    /// VAN did not take a job now, and surely created none; it is submitted again after a pause.
    Delayed {
        /// The part.
        part: u32,
        /// What VAN answered.
        error: &'a ClientError,
        /// The pause.
        pause: Duration,
    },
    /// VAN accepted the job of a part.
    Submitted {
        /// The part.
        part: u32,
        /// VAN's number of the job.
        job: JobId,
    },
    /// The answer to a submission was lost.
    Unknown {
        /// The part.
        part: u32,
        /// What happened.
        error: &'a ClientError,
    },
    /// A job has another status than before.
    Status {
        /// The part.
        part: u32,
        /// The job.
        job: JobId,
        /// Its status.
        status: &'a Status,
    },
    /// All result files of a job are there.
    Downloaded {
        /// The part.
        part: u32,
        /// How many there are.
        files: usize,
    },
    /// Every row of a part is accounted for.
    Accounted {
        /// The part.
        part: u32,
        /// The rows whose mappings were all processed.
        processed: u64,
        /// The rows with a refused mapping.
        refused: u64,
        /// The rows that are in no result file.
        missing: u64,
    },
    /// An upload could not be removed; it is removed when the import is resumed.
    NotRemoved {
        /// The part.
        part: u32,
        /// Why.
        error: &'a UploadError,
    },
}

/// Who is told what happens. Any function of an [`Event`] is one.
///
/// It is called from the thread that the import runs on, and from the one that packs: what takes long delays the import.
pub trait Observer: Send + Sync {
    /// Something happened.
    fn on_event(&self, event: &Event<'_>);
}

impl<F: Fn(&Event<'_>) + Send + Sync> Observer for F {
    fn on_event(&self, event: &Event<'_>) {
        self(event);
    }
}
