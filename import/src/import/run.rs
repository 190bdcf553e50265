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
use super::left_out::RowsLeftOut;
use super::outcome_file::{self, Sources};
use super::pack::blocking;
use super::report::MappingReport;
use super::rows::Stop;
use super::{
    Event, ImportError, Observer, PARTS, PartProblem, Problem, RESULTS, Report, content, outcome_path, proof,
};
use crate::client::{Client, ClientError, Job, JobId, WaitOptions};
use crate::ledger::{
    Counts, ImportId, ImportRecord, ImportState, Ledger, LedgerError, Lock, PartId, PartRecord, PartState,
};
use crate::results::{Outcome, Reconciliation, ResultsError};
use crate::upload::{SourceUrl, UploadError, UploadTarget};

/// How many parts are worked on at once.
const PARTS_AT_ONCE: usize = 4;
/// How often a job is submitted that VAN surely has not created, because it was too busy or out of reach.
const SUBMISSIONS: usize = 5;
/// No pause before a job is submitted again is longer, whatever VAN asks for.
const LONGEST_PAUSE: Duration = Duration::from_secs(600);
/// How often a job is followed to its rows, where what stands in the way may pass: result files that have expired or cannot be
/// read, or a job that VAN does not know.
const TRIES: usize = 4;
/// How often the number of a job is tried to be recorded.
const RECORDINGS: usize = 3;
/// The pause in between.
const RECORD_AGAIN: Duration = Duration::from_millis(500);
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
    /// VAN accepted its job, and that could not be recorded.
    NotRecorded { job: JobId, source: LedgerError },
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
        let problems = self.all_parts().await?;
        if !problems.is_empty() {
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

    /// Brings every part as far as it gets, and tells what is in the way of the others.
    async fn all_parts(&self) -> Result<Vec<PartProblem>, ImportError> {
        let mut parts = self.ledger.parts(self.import.id)?;
        // Those with a job first: their result files expire.
        parts.sort_by_key(|part| part.job.is_none());
        let mut parts = stream::iter(parts)
            .map(|part| async { (part.number, self.part(part).await) })
            .buffer_unordered(self.options.parts_at_once);
        let (mut problems, mut not_recorded, mut broken) = (Vec::new(), None, None);
        // Whatever happens to one part, the others are not dropped: their jobs may be on their way to VAN.
        while let Some((part, ended)) = parts.next().await {
            match ended {
                Ok(()) => continue,
                Err(Stopped::Part(problem)) => {
                    problems.push(PartProblem { part, problem });
                    continue;
                }
                Err(Stopped::NotRecorded { job, source }) => {
                    let (jobs, _) = not_recorded.get_or_insert_with(|| (Vec::new(), source));
                    jobs.push((part, job));
                }
                Err(Stopped::Import(error)) => {
                    broken.get_or_insert(error);
                }
            }
            self.held.store(true, Ordering::Relaxed);
        }
        if let Some((jobs, source)) = not_recorded {
            return Err(ImportError::NotRecorded { import: self.import.id, jobs, source: Box::new(source) });
        }
        problems.sort_by_key(|problem| problem.part);
        broken.map_or(Ok(problems), Err)
    }

    async fn part(&self, part: PartRecord) -> Result<(), Stopped> {
        if !self.is_accounted(&part).await {
            let job = match part.job {
                Some(job) => job,
                None if part.state.is_unsent() => self.send(&part).await?,
                None => return Err(self.unknown(&part)?.into()),
            };
            let Counts { processed, refused, missing } = self.follow_and_account(&part, job).await?;
            self.tell(&Event::Accounted { part: part.number, processed, refused, missing });
        }
        self.remove_upload(&part).await?;
        Ok(())
    }

    /// Whether a part needs no more work. Its result files are needed until the import is finished, and someone may have
    /// changed or removed them.
    async fn is_accounted(&self, part: &PartRecord) -> bool {
        if part.state != PartState::Accounted || self.import.state == ImportState::Finished {
            return part.state == PartState::Accounted;
        }
        let Some(job) = part.job else { return false };
        let found = self.reconcile(part, job, part.result_files).await.map(|outcome| Counts::of(&outcome));
        let recorded = (part.processed, part.refused, part.missing);
        found.is_ok_and(|found| (Some(found.processed), Some(found.refused), Some(found.missing)) == recorded)
    }

    /// Publishes a part and submits its job.
    async fn send(&self, part: &PartRecord) -> Result<JobId, Stopped> {
        let id = self.id(part);
        if self.held.load(Ordering::Relaxed) {
            return Err(Problem::Held.into());
        }
        check_place(self.target, part).map_err(Problem::Upload)?;
        self.check_zip(part).await?;
        self.ledger.uploading(id, &self.target.place())?;
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
                Ok(job) => return self.submitted(id, job).await,
                Err(error) => error,
            };
            if !error.is_definite_refusal() {
                return Err(self.lost(part, error).await?.into());
            }
            match pauses.next().filter(|_| error.is_transient()) {
                Some(pause) => {
                    let pause = pause.max(error.retry_after().unwrap_or_default()).min(LONGEST_PAUSE);
                    self.ledger.not_submitted(id, &error.to_string())?;
                    self.tell(&Event::Delayed { part: part.number, error: &error, pause });
                    sleep(pause).await;
                }
                None => return Err(self.refused(part, error).await?.into()),
            }
        }
    }

    /// Records the number of a job. Nothing else in the world knows it, so it is tried more than once.
    async fn submitted(&self, id: PartId, job: JobId) -> Result<JobId, Stopped> {
        let mut recorded = self.ledger.submitted(id, job);
        self.tell(&Event::Submitted { part: id.number, job });
        for _ in 1..RECORDINGS {
            if recorded.is_err() {
                sleep(RECORD_AGAIN).await;
                recorded = self.ledger.submitted(id, job);
            }
        }
        recorded.map(|()| job).map_err(|source| Stopped::NotRecorded { job, source })
    }

    /// The zip is what was packed; someone may have changed it since, if the import is resumed.
    async fn check_zip(&self, part: &PartRecord) -> Result<(), Stopped> {
        let zip = self.zip(part);
        let (read, stop) = (zip.clone(), Stop::default());
        let _guard = stop.when_dropped();
        let found = blocking(move || Ok(content::of_file(&read, &stop))).await?;
        match found {
            Ok(found) if found == part.sha256 => Ok(()),
            Ok(_) => Err(Problem::Changed(zip).into()),
            Err(source) => Err(Problem::NoZip { path: zip, source }.into()),
        }
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
        let why = match &error {
            // What else it says is said of the part anyway.
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
        // The result files may be there already; VAN keeps them for a day only.
        if part.state == PartState::Downloaded
            && let Ok(counts) = self.account(part, job).await
        {
            return Ok(counts);
        }
        let mut tries = 1;
        loop {
            let problem = match self.follow_once(part, job).await {
                Err(Stopped::Part(problem)) => problem,
                ended => return ended,
            };
            if tries == TRIES || !may_pass(&problem, part) {
                return Err(self.not_followed(part, job, problem)?.into());
            }
            tries += 1;
            sleep(self.options.wait.poll_interval).await;
        }
    }

    async fn follow_once(&self, part: &PartRecord, job: JobId) -> Result<Counts, Stopped> {
        let ended = self.follow(part, job).await?;
        self.download(part, &ended).await?;
        self.account(part, job).await
    }

    /// What is in the way of a part, after it was recorded what that says about its job.
    fn not_followed(&self, part: &PartRecord, job: JobId, problem: Problem) -> Result<Problem, ImportError> {
        let id = self.id(part);
        Ok(match problem {
            // VAN accepted a job under that number: it is kept, and asked for again when the import is resumed.
            Problem::Follow { source, .. } if is_not_known(&source) && !part.assumed => {
                let problem = Problem::Gone { job, source };
                self.ledger.unknown(id, &problem.to_string())?;
                problem
            }
            Problem::Follow { source, .. } if is_not_known(&source) => {
                let why = format!("VAN does not know job {job}: {source}");
                self.ledger.not_its_job(id, &why)?;
                Problem::Unknown { why, fetched: part.fetched }
            }
            Problem::Account { source, .. } if part.assumed && is_of_another_job(&source) => {
                self.not_its_job(part, job, source.to_string())?
            }
            other => other,
        })
    }

    /// Waits for the end of a job.
    async fn follow(&self, part: &PartRecord, job: JobId) -> Result<Job, Stopped> {
        let id = self.id(part);
        // Of a job whose status VAN has told before, a 404 is no matter of time.
        let is_known = part.status.is_some();
        let options = WaitOptions {
            not_found_grace: if is_known { Duration::ZERO } else { self.options.wait.not_found_grace },
            ..self.options.wait.clone()
        };
        let mut last = part.status.clone();
        let mut recorded = Ok(());
        let mut is_gone = self.ledger.part(id)?.is_some_and(|part| part.state == PartState::Unknown);
        let waited = self
            .client
            .wait(job, &options, |told| {
                if std::mem::take(&mut is_gone) {
                    recorded = self.ledger.known_again(id);
                }
                if last.as_deref() != Some(told.status.as_str()) {
                    last = Some(told.status.as_str().to_owned());
                    let written = self.ledger.status(id, told.status.as_str());
                    recorded = std::mem::replace(&mut recorded, Ok(())).and(written);
                    self.tell(&Event::Status { part: part.number, job, status: &told.status });
                }
            })
            .await;
        recorded?;
        let ended = waited.map_err(|source| Problem::Follow { job, source })?;
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
        self.ledger.not_its_job(self.id(part), &problem.to_string())?;
        Ok(problem)
    }

    /// Downloads all result files.
    async fn download(&self, part: &PartRecord, job: &Job) -> Result<(), Stopped> {
        let files = self.client.download(job, &self.results()).await;
        let files = files.map_err(|source| Problem::Download { job: job.id, source })?;
        self.ledger.downloaded(self.id(part), files.len())?;
        self.tell(&Event::Downloaded { part: part.number, files: files.len() });
        Ok(())
    }

    /// Reads the result files, and records what became of the rows.
    async fn account(&self, part: &PartRecord, job: JobId) -> Result<Counts, Stopped> {
        let id = self.id(part);
        let files = self.ledger.part(id)?.map_or(0, |part| part.result_files);
        let outcome = self.reconcile(part, job, files).await?;
        if part.assumed {
            self.check_rows(part, job, files).await?;
        }
        let counts = Counts::of(&outcome);
        self.ledger.accounted(id, counts, &MappingReport::json(&outcome))?;
        Ok(counts)
    }

    /// Reads the result files.
    async fn reconcile(&self, part: &PartRecord, job: JobId, files: u32) -> Result<Outcome, Stopped> {
        let files = self.result_files(job, files);
        let (payload, rows) = (self.payload.clone(), part.rows);
        let outcome = blocking(move || Ok(reconcile(rows, &payload, &files))).await?;
        Ok(outcome.map_err(|source| Problem::Account { job, source })?)
    }

    /// The number of the job is the user's word; what its result files echo must be of the rows that were sent.
    async fn check_rows(&self, part: &PartRecord, job: JobId, files: u32) -> Result<(), Stopped> {
        let files = self.result_files(job, files);
        let (zip, rows, payload) = (self.zip(part), part.rows, self.payload.clone());
        let echo = blocking(move || proof::echo(&zip, rows, &payload, &files)).await?;
        match echo.is_of_other_rows() {
            true => Err(self.not_its_job(part, job, echo.shown())?.into()),
            false => Ok(()),
        }
    }

    /// The result files of a job, as many as were downloaded.
    fn result_files(&self, job: JobId, files: u32) -> Vec<PathBuf> {
        (1..=files).map(|number| self.results().join(format!("job-{job}-result-{number}.csv"))).collect()
    }

    async fn remove_upload(&self, part: &PartRecord) -> Result<(), ImportError> {
        let Some(part) = self.ledger.part(self.id(part))? else { return Ok(()) };
        match remove(self.target, &part).await {
            Ok(false) => {}
            Ok(true) => self.ledger.removed(self.id(&part))?,
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
            let files = part.job.map(|job| self.result_files(job, part.result_files));
            parts.push((part, files.unwrap_or_default()));
        }
        let zips = self.folder().join(PARTS);
        let (payload, import, rows) = (self.payload.clone(), self.import.id, self.import.rows);
        let path = outcome_path(self.ledger, import);
        blocking(move || {
            let left_out = RowsLeftOut::open(&zips)?;
            outcome_file::write(Sources { import, payload: &payload, rows, parts, left_out }, &path)
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

/// Removes the upload of a part, and tells whether there may have been one.
pub(super) async fn remove(target: &UploadTarget, part: &PartRecord) -> Result<bool, UploadError> {
    check_place(target, part)?;
    if part.place.is_none() {
        return Ok(false);
    }
    target.remove(&part.object).await.map(|()| true)
}

/// The upload of a part that may be there is in this place; one in another would be forgotten.
fn check_place(target: &UploadTarget, part: &PartRecord) -> Result<(), UploadError> {
    let here = target.place();
    match part.place.clone().filter(|place| *place != here) {
        Some(place) => Err(UploadError::Elsewhere { place, here }),
        None => Ok(()),
    }
}

/// Whether VAN does not know a job: it says so, or said so for as long as was waited.
fn is_not_known(error: &ClientError) -> bool {
    matches!(
        error,
        ClientError::NotFound(_) | ClientError::Deadline { last_status: None, last_failure: None, .. }
    )
}

/// Whether another try may do away with a problem: with fresh links to files that were not cut off, or because VAN, which
/// accepted the job, knows it again.
fn may_pass(problem: &Problem, part: &PartRecord) -> bool {
    match problem {
        Problem::Follow { source: ClientError::NotFound(_), .. } => !part.assumed,
        Problem::Download { source, .. } => !matches!(source, ClientError::Io { .. }),
        Problem::Account { source, .. } => !(part.assumed && is_of_another_job(source)),
        _ => false,
    }
}

/// Whether a result file is that of another job.
fn is_of_another_job(error: &ResultsError) -> bool {
    matches!(error, ResultsError::Header { .. } | ResultsError::RowNumber { .. })
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
