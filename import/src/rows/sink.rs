//! Where rows go that were checked.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::check::Done;
use super::flow::Takes;
use super::parts::{Part, Parts};
use super::rejected::RejectedFile;
use super::{Finding, RowsError, Summary};

/// What to do about rows that cannot be imported.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Policy {
    /// Stop at the first. Nothing is packed. Some rows that follow may have been checked, and their findings told, by then.
    Stop,
    /// Read all rows, tell everything that is wrong, and pack nothing.
    #[default]
    Refuse,
    /// Leave them out of the parts, and write them to a file of this name, which is replaced if it is there: a column
    /// `row` with the number of the row, a column `findings` with what is wrong, then the row as it was read, down to the
    /// byte (in UTF-8 if it was read in another encoding). Where all rows are good the file has a header alone.
    LeaveOut {
        /// The file.
        rejected: PathBuf,
    },
}

/// What was packed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packed {
    /// The parts, in the order of the rows; none if every row was left out.
    pub parts: Vec<Part>,
    /// What there is to say about the rows: `accepted` are those in the parts.
    pub summary: Summary,
    /// The file of the rows that were left out, if that is the policy.
    pub rejected: Option<PathBuf>,
}

/// Takes what became of the rows, in their order.
pub(super) struct Sink<'f> {
    pub(super) parts: Parts,
    pub(super) columns: Vec<String>,
    pub(super) policy: Policy,
    pub(super) rejected: Option<RejectedFile>,
    /// Told to the threads, so that they do not compress what is not wanted any more.
    pub(super) is_refused: Arc<AtomicBool>,
    pub(super) summary: Summary,
    pub(super) on_finding: Box<dyn FnMut(&Finding) + Send + 'f>,
}

impl Takes for Sink<'_> {
    fn columns(&self) -> &[String] {
        &self.columns
    }

    fn begin(&mut self, delimiter: u8) -> Result<(), RowsError> {
        if let Policy::LeaveOut { rejected } = &self.policy {
            self.rejected = Some(RejectedFile::begin(rejected, delimiter, &self.columns)?);
        }
        Ok(())
    }

    fn take(&mut self, done: Done) -> Result<(), RowsError> {
        done.add_to(&mut self.summary);
        done.findings.iter().for_each(&mut self.on_finding);
        if let Some(finding) = done.findings.first() {
            match self.policy {
                Policy::Stop => return Err(RowsError::Stopped(Box::new(finding.clone()))),
                Policy::Refuse => self.is_refused.store(true, Ordering::Relaxed),
                Policy::LeaveOut { .. } => {}
            }
        }
        if let Some(rejected) = &mut self.rejected {
            done.rejected.iter().try_for_each(|row| rejected.add(row))?;
        }
        match &done.chunk {
            Some(chunk) if !self.is_refused.load(Ordering::Relaxed) => self.parts.add(chunk),
            _ => Ok(()),
        }
    }
}

impl Sink<'_> {
    /// Completes the parts; `source` is what errors call the rows.
    pub(super) fn finish(self, source: &str) -> Result<Packed, RowsError> {
        let Self { mut parts, policy, rejected, is_refused, summary, .. } = self;
        if summary.rows == 0 {
            return Err(RowsError::NoRows(source.to_owned()));
        }
        if is_refused.load(Ordering::Relaxed) {
            return Err(RowsError::Refused(Box::new(summary)));
        }
        parts.complete()?;
        // The file of bad rows first: parts without it would look like all of the input.
        rejected.map_or(Ok(()), RejectedFile::finish)?;
        let rejected = match policy {
            Policy::LeaveOut { rejected } => Some(rejected),
            Policy::Stop | Policy::Refuse => None,
        };
        let parts = parts.finish().inspect_err(|_| {
            // Without the parts it says nothing.
            rejected.iter().for_each(|rejected| drop(std::fs::remove_file(rejected)));
        })?;
        Ok(Packed { parts, summary, rejected })
    }
}
