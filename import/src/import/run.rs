//! Brings the parts of an import to their end.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use backon::{BackoffBuilder as _, ExponentialBuilder};
use futures_util::{StreamExt as _, stream};
use tokio::time::{Instant, sleep};
use van_bulk::mode::Mode;
use van_bulk::payload::Payload;

use super::error::list;
use super::outcome_file::{self, Sources};
use super::pack::blocking;
use super::report::MappingReport;
use super::{
    Event, ImportError, Observer, PARTS, PartProblem, Problem, REJECTED, RESULTS, Report, content,
    outcome_path, proof,
};
use crate::client::{Client, ClientError, Job, JobId, WaitOptions};
use crate::ledger::{
    Counts, ImportId, ImportRecord, ImportState, Ledger, Lock, PartId, PartRecord, PartState,
};
use crate::results::{Outcome, Reconciliation, ResultsError};
use crate::upload::{SourceUrl, UploadError, UploadTarget};

/// How many parts are worked on at once.
const PARTS_AT_ONCE: usize = 4;
/// How often a job is submitted that VAN surely has not created, because it was too busy or out of reach.
const SUBMISSIONS: usize = 5;
/// The longest pause before a job is submitted again, however long VAN asks to wait.
const LONGEST_PAUSE: Duration = Duration::from_secs(10 * 60);
/// How often result files are downloaded that have expired, or that cannot be read.
const DOWNLOADS: usize = 4;
/// How long the upload of a part whose submission is unknown is watched for VAN fetching it.
const WATCH: Duration = Duration::from_secs(3);
/// How often it is looked at.
const LOOK: Duration = Duration::from_millis(50);

/// How an import is brought to its end.
#[derive(Clone)]
pub(super) struct Options {
    pub(super) parts_at_once: usize,
    pub(super) wait: WaitOptions,
    pub(super) observer: Arc<dyn Observer>,
}

impl Default for Options {
    fn default() -> Self {
        let observer = Arc::new(|_: &Event<'_>| {});
        Self { parts_at_once: PARTS_AT_ONCE, wait: WaitOptions::default(), observer }
    }
}

/// An import that is being worked on.
pub(super) struct Run<'a, C> {
    ledger: &'a Ledger,
    import: ImportRecord,
    payload: Payload,
    client: &'a Client<C>,
    target: &'a UploadTarget,
    options: Options,
    /// Whether no more parts are sent.
    held: AtomicBool,
    _lock: Lock,
}

/// What keeps a part from its end.
enum Stopped {
    /// Something about this part.
    Part(Problem),
    /// Something that concerns the whole import.
    Import(ImportError),
}

impl From<Problem> for Stopped {
    fn from(problem: Problem) -> Self {
        Self::Part(problem)
    }
}

impl<E: Into<ImportError>> From<E> for Stopped {
    fn from(error: E) -> Self {
        Self::Import(error.into())
    }
}

impl<'a, C: Mode> Run<'a, C> {
    pub(super) fn new(
        ledger: &'a Ledger,
        import: ImportId,
        lock: Lock,
        client: &'a Client<C>,
        target: &'a UploadTarget,
        options: Options,
    ) -> Result<Self, ImportError> {
        let import = ledger.import(import)?;
        let payload = recorded_payload(ledger, &import)?;
        Ok(Self {
            ledger,
            import,
            payload,
            client,
            target,
            options,
            held: AtomicBool::new(false),
            _lock: lock,
        })
    }

    /// Brings every part as far as it gets, and the import to its end if all of them are at theirs.
    pub(super) async fn finish(self) -> Result<Report, ImportError> {
        let id = self.import.id;
        let mut problems = Vec::new();
        let parts = stream::iter(self.ledger.parts(id)?);
        let mut parts = parts
            .map(|part| async { (part.number, self.part(part).await) })
            .buffer_unordered(self.options.parts_at_once);
        while let Some((part, ended)) = parts.next().await {
            match ended {
                Ok(()) => {}
                Err(Stopped::Part(problem)) => problems.push(PartProblem { part, problem }),
                Err(Stopped::Import(error)) => return Err(error),
            }
        }
        drop(parts);
        if !problems.is_empty() {
            problems.sort_by_key(|problem| problem.part);
            let report = Box::new(Report::read(self.ledger, id)?);
            return Err(ImportError::Unfinished { report, problems });
        }
        if self.import.state != ImportState::Finished {
            self.write_outcome().await?;
            self.ledger.finish(id)?;
        }
        // They can be packed again, and hold personal data.
        let _ = fs::remove_dir_all(self.folder().join(PARTS));
        Report::read(self.ledger, id)
    }

    async fn part(&self, part: PartRecord) -> Result<(), Stopped> {
        if part.state != PartState::Accounted {
            let counts = match part.state {
                state if state.is_unknown() => return Err(self.unknown(&part)?.into()),
                state if state.is_unsent() => {
                    let job = self.send(&part).await?;
                    self.follow_and_account(&part, job).await?
                }
                _ => match part.job {
                    Some(job) => self.follow_and_account(&part, job).await?,
                    None => return Err(self.unknown(&part)?.into()),
                },
            };
            let Counts { processed, refused, missing } = counts;
            self.tell(&Event::Accounted { part: part.number, processed, refused, missing });
        }
        self.remove_upload(&part).await?;
        Ok(())
    }

    /// Publishes a part and submits its job.
    async fn send(&self, part: &PartRecord) -> Result<JobId, Stopped> {
        let id = self.id(part);
        if self.held.load(Ordering::Relaxed) {
            return Err(Problem::Held.into());
        }
        self.check_zip(part).await?;
        self.ledger.uploading(id)?;
        self.tell(&Event::Uploading { part: part.number, bytes: part.bytes });
        if let Err(error) = self.target.put(&part.object, &self.zip(part)).await {
            return Err(self.not_uploaded(id, error)?.into());
        }
        self.ledger.uploaded(id)?;
        let mut pauses = ExponentialBuilder::default()
            .with_min_delay(Duration::from_secs(1))
            .with_max_delay(Duration::from_secs(30))
            .with_max_times(SUBMISSIONS - 1)
            .with_jitter()
            .build();
        loop {
            // Held parts are looked at again here: they may have waited for long.
            if self.held.load(Ordering::Relaxed) {
                return Err(Problem::Held.into());
            }
            // Made anew, so that it is valid for as long as it was chosen to be.
            let url = match self.target.url(&part.object).await {
                Ok(url) => url,
                Err(error) => return Err(self.not_uploaded(id, error)?.into()),
            };
            self.ledger.submitting(id)?;
            let error = match self.client.create_job(&self.payload_for(&url)).await {
                Ok(job) => {
                    let recorded = self.ledger.submitted(id, job, false);
                    self.tell(&Event::Submitted { part: part.number, job });
                    return match recorded {
                        Ok(()) => Ok(job),
                        Err(source) => Err(Stopped::Import(ImportError::NotRecorded {
                            import: id.import,
                            part: part.number,
                            job,
                            source,
                        })),
                    };
                }
                Err(error) => error,
            };
            if !error.is_definite_refusal() {
                return Err(self.lost(part, error).await?.into());
            }
            match pauses.next().filter(|_| error.is_transient()) {
                Some(pause) => {
                    let pause = error.retry_after().unwrap_or(pause).min(LONGEST_PAUSE);
                    self.ledger.not_submitted(id, &error.to_string())?;
                    self.tell(&Event::Delayed { part: part.number, error: &error, pause });
                    sleep(pause).await;
                }
                None => return Err(self.refused(part, error).await?.into()),
            }
        }
    }

    /// The zip is what was packed; someone may have changed it since, if the import is resumed.
    async fn check_zip(&self, part: &PartRecord) -> Result<(), Stopped> {
        let zip = self.zip(part);
        let read = zip.clone();
        let found = blocking(move || content::of_file(&read)).await?;
        if found == part.sha256 { Ok(()) } else { Err(Problem::Changed(zip).into()) }
    }

    fn not_uploaded(&self, id: PartId, error: UploadError) -> Result<Problem, ImportError> {
        self.held.store(true, Ordering::Relaxed);
        self.ledger.refused(id, &error.to_string())?;
        Ok(Problem::Upload(error))
    }

    async fn refused(&self, part: &PartRecord, error: ClientError) -> Result<Problem, ImportError> {
        // What is refused for one part is refused for the others, too.
        self.held.store(true, Ordering::Relaxed);
        self.ledger.refused(self.id(part), &error.to_string())?;
        self.remove_upload(part).await?;
        Ok(Problem::NotSubmitted(error))
    }

    /// The answer to a submission was lost. The upload stays: VAN may fetch it yet.
    async fn lost(&self, part: &PartRecord, error: ClientError) -> Result<Problem, ImportError> {
        // What it means for the part is said elsewhere.
        let why = match &error {
            ClientError::SubmissionUnknown { cause, .. } => cause.to_string(),
            other => other.to_string(),
        };
        self.ledger.unknown(self.id(part), &why)?;
        self.tell(&Event::Unknown { part: part.number, error: &error });
        let fetched = self.watch(part).await?;
        Ok(Problem::Unknown { why, fetched })
    }

    /// Watches for a while whether VAN fetches an upload, where that can be seen.
    async fn watch(&self, part: &PartRecord) -> Result<bool, ImportError> {
        let until = Instant::now() + WATCH;
        loop {
            match self.target.was_fetched(&part.object) {
                Some(true) => {
                    self.ledger.fetched(self.id(part))?;
                    return Ok(true);
                }
                Some(false) if Instant::now() < until => sleep(LOOK).await,
                Some(false) | None => return Ok(false),
            }
        }
    }

    /// Nobody knows whether the job of a part was created; its process may have been killed meanwhile.
    fn unknown(&self, part: &PartRecord) -> Result<Problem, ImportError> {
        let why = match (&part.problem, part.state) {
            (Some(problem), PartState::Unknown) => problem.clone(),
            _ => "the program ended while its job was being submitted".to_owned(),
        };
        if part.state != PartState::Unknown {
            self.ledger.unknown(self.id(part), &why)?;
        }
        Ok(Problem::Unknown { why, fetched: part.fetched })
    }

    async fn follow_and_account(&self, part: &PartRecord, job: JobId) -> Result<Counts, Stopped> {
        // They may be there already; VAN keeps them for a day only.
        if part.state == PartState::Downloaded
            && let Ok(counts) = self.account(part, job).await
        {
            return Ok(counts);
        }
        let mut tries = 1;
        loop {
            let ended = self.follow(part, job).await?;
            let problem = match self.download(part, &ended).await? {
                Ok(()) => match self.account(part, job).await {
                    Ok(counts) => return Ok(counts),
                    Err(Stopped::Part(problem @ Problem::NotItsJob { .. })) => {
                        self.ledger.unknown(self.id(part), &problem.to_string())?;
                        return Err(problem.into());
                    }
                    Err(Stopped::Part(Problem::Account { source, .. })) if part.assumed => {
                        return Err(self.not_its_job(part, job, source.to_string())?.into());
                    }
                    // A file that was cut off where it looks whole may be whole the next time.
                    Err(Stopped::Part(problem @ Problem::Account { .. })) => problem,
                    Err(other) => return Err(other),
                },
                Err(problem) => problem,
            };
            if tries == DOWNLOADS {
                return Err(problem.into());
            }
            tries += 1;
            sleep(self.options.wait.poll_interval).await;
        }
    }

    /// Waits for the end of a job.
    async fn follow(&self, part: &PartRecord, job: JobId) -> Result<Job, Stopped> {
        let id = self.id(part);
        // Of a job whose status VAN has told before, a 404 is no matter of time.
        let known = part.status.is_some();
        let options = WaitOptions {
            not_found_grace: if known { Duration::ZERO } else { self.options.wait.not_found_grace },
            ..self.options.wait.clone()
        };
        let mut last = part.status.clone();
        let mut recorded = Ok(());
        let waited = self
            .client
            .wait(job, &options, |told| {
                if last.as_deref() != Some(told.status.as_str()) {
                    last = Some(told.status.as_str().to_owned());
                    let written = self.ledger.status(id, told.status.as_str());
                    recorded = std::mem::replace(&mut recorded, Ok(())).and(written);
                    self.tell(&Event::Status { part: part.number, job, status: &told.status });
                }
            })
            .await;
        recorded?;
        let ended = match waited {
            Ok(ended) => ended,
            // VAN gave a number, or the user did, and there is no such job: nobody knows what became of the rows.
            Err(
                source @ (ClientError::NotFound(_)
                | ClientError::Deadline { last_status: None, last_failure: None, .. }),
            ) => {
                let why = format!("VAN does not know job {job}: {source}");
                self.ledger.unknown(id, &why)?;
                return Err(Problem::Unknown { why, fetched: part.fetched }.into());
            }
            Err(source) => return Err(Problem::Follow { job, source }.into()),
        };
        let resource = self.payload.actions.first().map(|action| action.resource_type.as_ref());
        if part.assumed
            && let (Some(told), Some(ours)) = (ended.resource_type.as_deref(), resource)
            && !told.eq_ignore_ascii_case(ours)
        {
            let why = format!("it is a job for {told}, not for {ours}");
            return Err(self.not_its_job(part, job, why)?.into());
        }
        let problem = match ended.errors.is_empty() {
            true => ended.status.is_failure().then(|| format!("VAN ended it as {}", ended.status)),
            false => Some(list(&ended.errors)),
        };
        self.ledger.ended(id, problem.as_deref())?;
        Ok(ended)
    }

    fn not_its_job(&self, part: &PartRecord, job: JobId, why: String) -> Result<Problem, ImportError> {
        let problem = Problem::NotItsJob { job, why };
        self.ledger.unknown(self.id(part), &problem.to_string())?;
        Ok(problem)
    }

    /// Downloads all result files. The inner error is worth another try with fresh links.
    async fn download(&self, part: &PartRecord, job: &Job) -> Result<Result<(), Problem>, Stopped> {
        match self.client.download(job, &self.results()).await {
            Ok(files) => {
                self.ledger.downloaded(self.id(part), files.len())?;
                self.tell(&Event::Downloaded { part: part.number, files: files.len() });
                Ok(Ok(()))
            }
            Err(error @ ClientError::Io { .. }) => {
                Err(Problem::Download { job: job.id, source: error }.into())
            }
            Err(source) => Ok(Err(Problem::Download { job: job.id, source })),
        }
    }

    /// Reads the result files, and records what became of the rows.
    async fn account(&self, part: &PartRecord, job: JobId) -> Result<Counts, Stopped> {
        let files = self.result_files(part.number, job)?;
        let (payload, rows) = (self.payload.clone(), part.rows);
        let outcome = blocking(move || Ok(reconcile(rows, &payload, &files))).await?;
        let outcome = outcome.map_err(|source| Problem::Account { job, source })?;
        if part.assumed {
            self.check_rows(part, job).await?;
        }
        let Outcome { processed, refused, missing, .. } = outcome;
        let counts = Counts { processed, refused, missing };
        self.ledger.accounted(self.id(part), counts, &MappingReport::json(&outcome))?;
        Ok(counts)
    }

    /// The number of the job is the user's word; what its result files echo must be of the rows that were sent.
    async fn check_rows(&self, part: &PartRecord, job: JobId) -> Result<(), Stopped> {
        let files = self.result_files(part.number, job)?;
        let (zip, rows, payload) = (self.zip(part), part.rows, self.payload.clone());
        let echo = blocking(move || proof::echo(&zip, rows, &payload, &files)).await?;
        match echo.is_of_other_rows() {
            true => Err(Problem::NotItsJob { job, why: echo.shown() }.into()),
            false => Ok(()),
        }
    }

    /// The result files of a part, as many as were downloaded.
    fn result_files(&self, part: u32, job: JobId) -> Result<Vec<PathBuf>, ImportError> {
        let part = self.ledger.parts(self.import.id)?.into_iter().find(|record| record.number == part);
        let files = part.map_or(0, |part| part.result_files);
        Ok((1..=files).map(|number| self.results().join(format!("job-{job}-result-{number}.csv"))).collect())
    }

    async fn remove_upload(&self, part: &PartRecord) -> Result<(), ImportError> {
        let parts = self.ledger.parts(self.import.id)?;
        if !parts.iter().any(|record| record.number == part.number && record.published) {
            return Ok(());
        }
        match self.target.remove(&part.object).await {
            Ok(()) => self.ledger.removed(self.id(part))?,
            Err(error) => {
                tracing::warn!(part = part.number, %error, "an upload was not removed");
                self.tell(&Event::NotRemoved { part: part.number, error: &error });
            }
        }
        Ok(())
    }

    async fn write_outcome(&self) -> Result<(), ImportError> {
        let mut parts = Vec::new();
        for part in self.ledger.parts(self.import.id)? {
            let files = match part.job {
                Some(job) => self.result_files(part.number, job)?,
                None => Vec::new(),
            };
            parts.push((part, files));
        }
        let rejected = Some(self.folder().join(REJECTED)).filter(|path| path.is_file());
        let (payload, import, rows) = (self.payload.clone(), self.import.id, self.import.rows);
        let path = outcome_path(self.ledger, import);
        blocking(move || {
            outcome_file::write(Sources { import, payload: &payload, rows, parts, rejected }, &path)
        })
        .await
    }

    fn payload_for(&self, url: &SourceUrl) -> Payload {
        let mut payload = self.payload.clone();
        payload.file.source_url = url.expose().to_owned().into();
        payload
    }

    fn id(&self, part: &PartRecord) -> PartId {
        PartId { import: self.import.id, number: part.number }
    }

    fn folder(&self) -> PathBuf {
        self.ledger.folder_of(self.import.id)
    }

    fn zip(&self, part: &PartRecord) -> PathBuf {
        self.folder().join(PARTS).join(&part.file)
    }

    fn results(&self) -> PathBuf {
        self.folder().join(RESULTS)
    }

    fn tell(&self, event: &Event<'_>) {
        self.options.observer.on_event(event);
    }
}

fn reconcile(rows: u64, payload: &Payload, files: &[PathBuf]) -> Result<Outcome, ResultsError> {
    let mut reconciliation = Reconciliation::of_job(rows, payload)?;
    files.iter().try_for_each(|file| reconciliation.read(file))?;
    reconciliation.finish()
}

/// The job of an import, as it was recorded.
fn recorded_payload(ledger: &Ledger, import: &ImportRecord) -> Result<Payload, ImportError> {
    serde_json::from_str(&import.payload).map_err(|error| ImportError::Io {
        action: "read the job of an import in",
        path: ledger.folder().join(crate::ledger::FILE),
        source: error.into(),
    })
}
