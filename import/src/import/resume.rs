//! Goes on with an import that was stopped.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::sync::Arc;

use van_bulk::mode::Mode;

use super::run::{Options, Run};
use super::{Event, ImportError, Observer, Report, api, check_reach};
use crate::client::{Client, JobId, WaitOptions};
use crate::ledger::{ImportId, ImportState, Ledger, PartId, PartRecord};
use crate::upload::UploadTarget;

/// What the user knows of a part whose submission is unknown: from VAN's list of bulk uploads, say, or its notification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Assumption {
    /// VAN accepted its job under this number.
    Submitted(JobId),
    /// VAN has no job for it; it is sent again.
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
        let record = ledger.import(import)?;
        let lock = ledger.lock(import)?;
        if matches!(record.state, ImportState::Packing | ImportState::GivenUp) {
            ledger.give_up(import)?;
            let _ = fs::remove_dir_all(ledger.folder_of(import));
            return Err(ImportError::NothingSent(import));
        }
        let given = api(client);
        if record.api != given {
            return Err(ImportError::OtherApi { import, of: record.api, given });
        }
        check_reach(client, target)?;
        assume(&ledger, import, &given, &assumptions, forced)?;
        options.observer.on_event(&Event::Started { import });
        Run::new(&ledger, import, lock, client, target, options)?.finish().await
    }
}

/// Records the user's word, of all parts or of none.
fn assume(
    ledger: &Ledger,
    import: ImportId,
    api: &str,
    assumptions: &BTreeMap<u32, Assumption>,
    forced: bool,
) -> Result<(), ImportError> {
    let parts = ledger.parts(import)?;
    for (number, assumption) in assumptions {
        let part = parts.iter().find(|record| record.number == *number);
        check(ledger, api, part, assumption, forced).map_err(|error| match error {
            Unfit::Why(why) => ImportError::Assumption { import, part: *number, why },
            Unfit::Error(error) => error,
        })?;
    }
    for (number, assumption) in assumptions {
        let part = PartId { import, number: *number };
        match assumption {
            Assumption::Submitted(job) => ledger.submitted(part, *job, true)?,
            Assumption::Lost => ledger.assumed_lost(part)?,
        }
    }
    Ok(())
}

enum Unfit {
    Why(String),
    Error(ImportError),
}

fn check(
    ledger: &Ledger,
    api: &str,
    part: Option<&PartRecord>,
    assumption: &Assumption,
    forced: bool,
) -> Result<(), Unfit> {
    let why = |why: String| Err(Unfit::Why(why));
    let Some(part) = part else {
        return why("there is no such part; see the status of the import".to_owned());
    };
    if !part.state.is_unknown() {
        return why(format!("it is {}, so there is nothing to assume; resume without", part.state));
    }
    match assumption {
        Assumption::Lost if part.fetched && !forced => {
            why("VAN has fetched its file, which proves that it accepted a job; give the number of that job, or force the import if VAN surely has none: its rows may be imported twice then"
                .to_owned())
        }
        Assumption::Lost => Ok(()),
        Assumption::Submitted(job) => {
            let owner = ledger.owner_of(api, job.0).map_err(|error| Unfit::Error(error.into()))?;
            match owner {
                Some((other, number)) => why(format!(
                    "job {job} is that of part {number} of import {other}; give the number of the job that VAN created for this \
                     part"
                )),
                None => Ok(()),
            }
        }
    }
}
