//! Goes on with an import that was stopped.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::sync::Arc;

use van_bulk::mode::Mode;

use super::pack::give_up;
use super::run::{Options, Run, remove};
use super::{Event, ImportError, Observer, Report, api, check_reach};
use crate::client::{Client, ClientError, JobId, WaitOptions};
use crate::files;
use crate::ledger::{ImportId, ImportState, Ledger, PartId, PartRecord, PartState, Word};
use crate::upload::UploadTarget;

/// What the user knows of a part whose submission is unknown: from VAN's list of bulk uploads, say, or its notification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Assumption {
    /// VAN accepted its job under this number.
    Submitted(JobId),
    /// VAN has no job for it: its upload is removed, and it is sent again under another name.
    Lost,
}

/// An import that goes on where it was stopped.
#[must_use = "nothing is resumed until it is run"]
pub struct Resume {
    ledger: Ledger,
    import: ImportId,
    assumptions: BTreeMap<u32, Assumption>,
    forced: bool,
    options: Options,
}

impl fmt::Debug for Resume {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Resume")
            .field("import", &self.import)
            .field("assumptions", &self.assumptions)
            .finish_non_exhaustive()
    }
}

impl Resume {
    pub(super) fn new(ledger: Ledger, import: ImportId) -> Self {
        Self { ledger, import, assumptions: BTreeMap::new(), forced: false, options: Options::default() }
    }

    /// Says what became of the submission of a part, counted from 1, of which nobody knows.
    pub fn assume(mut self, part: u32, assumption: Assumption) -> Self {
        self.assumptions.insert(part, assumption);
        self
    }

    /// Takes the word that a part was [lost](Assumption::Lost) even if its file was seen to be fetched. VAN fetches the files
    /// of jobs that it has accepted, so the rows may be imported twice.
    pub fn force(mut self, force: bool) -> Self {
        self.forced = force;
        self
    }

    /// Works on so many parts at once; 4 unless it is said.
    pub fn parts_at_once(mut self, parts: usize) -> Self {
        self.options.parts_at_once = parts.max(1);
        self
    }

    /// Says how to wait for the end of a job.
    pub fn wait(mut self, wait: WaitOptions) -> Self {
        self.options.wait = wait;
        self
    }

    /// Tells `observer` what happens.
    pub fn observer(mut self, observer: impl Observer + 'static) -> Self {
        self.options.observer = Arc::new(observer);
        self
    }

    /// Gives the import up instead: its parts are not sent any more, what is left of its uploads is removed, and the same rows
    /// can be imported anew. For an import whose job VAN refuses for good.
    ///
    /// # Errors
    /// When VAN has accepted a job of it or may have, an upload cannot be removed, or the ledger cannot be used.
    pub async fn give_up(self, target: &UploadTarget) -> Result<Report, ImportError> {
        let Self { ledger, import, .. } = self;
        ledger.import(import)?;
        let _lock = ledger.lock(import)?;
        if ledger.import(import)?.state == ImportState::Packing {
            give_up(&ledger, import)?;
            return Report::read(&ledger, import);
        }
        for part in ledger.parts(import)?.iter().filter(|part| part.state.is_unsent()) {
            let removed = remove(target, part).await.map_err(|error| ImportError::Assumption {
                import,
                part: part.number,
                why: format!("its upload could not be removed, so the import was not given up: {error}"),
            })?;
            if removed {
                ledger.removed(PartId { import, number: part.number })?;
            }
        }
        if !ledger.give_up_unsent(import)? {
            return Err(ImportError::NotGivenUp(import));
        }
        // They hold personal data, and nobody needs them any more.
        let _ = fs::remove_dir_all(ledger.folder_of(import));
        Report::read(&ledger, import)
    }

    /// Brings the import to its end. Of one that has finished, it removes what is left of its uploads.
    ///
    /// # Errors
    /// Those of [`Import::run`](super::Import::run); also when the import was never packed whole, the client is of another
    /// API or database mode, or what is assumed of a part does not fit what is known of it.
    pub async fn run<C: Mode>(
        self,
        client: &Client<C>,
        target: &UploadTarget,
    ) -> Result<Report, ImportError> {
        let Self { ledger, import, assumptions, forced, options } = self;
        ledger.import(import)?;
        // What is read of it before that may be of the past.
        let lock = ledger.lock(import)?;
        let record = ledger.import(import)?;
        if matches!(record.state, ImportState::Packing | ImportState::GivenUp) {
            give_up(&ledger, import)?;
            return Err(ImportError::NothingSent(import));
        }
        let given = api(client);
        if record.api != given {
            return Err(ImportError::OtherApi { import, of: record.api, given });
        }
        check_reach(client, target)?;
        Words { ledger: &ledger, import, client, target, forced }.take(&assumptions).await?;
        options.observer.on_event(&Event::Started { import });
        Run::new(&ledger, import, lock, client, target, options)?.finish().await
    }
}

/// Takes the user's word about the parts of an import.
struct Words<'a, C> {
    ledger: &'a Ledger,
    import: ImportId,
    client: &'a Client<C>,
    target: &'a UploadTarget,
    forced: bool,
}

impl<C: Mode> Words<'_, C> {
    /// Records the user's word, of all parts or of none.
    async fn take(&self, assumptions: &BTreeMap<u32, Assumption>) -> Result<(), ImportError> {
        let mut words = Vec::new();
        let mut lost = Vec::new();
        for (number, assumption) in assumptions {
            let part = self.open_part(*number)?;
            let word = match assumption {
                Assumption::Submitted(job) => {
                    self.check_job(*number, *job)?;
                    let others = assumptions.iter().filter(|(_, other)| *other == assumption);
                    if let Some((other, _)) = others.into_iter().find(|(other, _)| *other != number) {
                        return Err(self.unfit(*number, format!("job {job} is given for part {other}, too")));
                    }
                    Word::Submitted(*job)
                }
                Assumption::Lost => {
                    self.check_lost(&part).await?;
                    let uploads = files::random_name().map_err(|source| ImportError::Io {
                        action: "name the upload of a part of",
                        path: self.ledger.folder_of(self.import),
                        source,
                    })?;
                    lost.push(part);
                    Word::Lost { uploads }
                }
            };
            words.push((*number, word));
        }
        for part in lost {
            self.remove_upload(&part).await?;
        }
        Ok(self.ledger.assume(self.import, &words)?)
    }

    /// The part, if the user's word is asked for: nobody knows about its job, or the user has said something of it that has
    /// not turned out to be right yet.
    fn open_part(&self, number: u32) -> Result<PartRecord, ImportError> {
        let id = PartId { import: self.import, number };
        let Some(mut part) = self.ledger.part(id)? else {
            let why = "there is no such part; see the status of the import";
            return Err(self.unfit(number, why.to_owned()));
        };
        if !part.state.is_unknown() && (!part.assumed || part.state == PartState::Accounted) {
            let why = format!("it is {}, so there is nothing to assume; resume without", part.state);
            return Err(self.unfit(number, why));
        }
        // VAN may have fetched it since it was watched.
        if !part.fetched && self.target.was_fetched(&part.object) == Some(true) {
            self.ledger.fetched(id)?;
            part.fetched = true;
        }
        Ok(part)
    }

    fn check_job(&self, number: u32, job: JobId) -> Result<(), ImportError> {
        if i64::try_from(job.0).is_err() {
            return Err(self.unfit(number, format!("{job} is larger than any number that a ledger can hold")));
        }
        let import = self.ledger.import(self.import)?;
        match self.ledger.owner_of(&import.api, job)? {
            Some(owner) if owner != (PartId { import: self.import, number }) => {
                let why = format!(
                    "job {job} is that of part {} of import {}; give the number of the job that VAN created for this part",
                    owner.number, owner.import
                );
                Err(self.unfit(number, why))
            }
            _ => Ok(()),
        }
    }

    /// Whether a part may be lost, as far as that can be known.
    async fn check_lost(&self, part: &PartRecord) -> Result<(), ImportError> {
        let why = match part.job.filter(|_| !part.assumed) {
            Some(job) => match self.client.job(job).await {
                Err(ClientError::NotFound(_)) => return Ok(()),
                Ok(_) => format!("VAN accepted its job under the number {job} and knows it; resume without"),
                Err(error) => {
                    format!(
                        "VAN accepted its job under the number {job}, and could not be asked for it: {error}"
                    )
                }
            },
            None if part.fetched && !self.forced => {
                "VAN has fetched its file, which proves that it accepted a job; give the number of that job, or force the \
                 import if VAN surely has none: its rows may be imported twice then"
                    .to_owned()
            }
            None => return Ok(()),
        };
        Err(self.unfit(part.number, why))
    }

    /// Removes the upload of a part that is lost by the user's word: a job that VAN has all the same finds nothing then,
    /// instead of importing the rows that are sent again.
    async fn remove_upload(&self, part: &PartRecord) -> Result<(), ImportError> {
        remove(self.target, part).await.map(drop).map_err(|error| {
            let why = format!(
                "its upload could not be removed ({error}). A job that VAN may have could fetch it yet, and the rows would be \
                 imported twice; see to it that it can be removed, and resume with the same words"
            );
            self.unfit(part.number, why)
        })
    }

    fn unfit(&self, part: u32, why: String) -> ImportError {
        ImportError::Assumption { import: self.import, part, why }
    }
}
