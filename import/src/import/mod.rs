//! A whole import: rows are checked, packed, published, submitted, followed and accounted for, and every step is recorded.
//!
//! [`Import::new`] takes a job and its rows, [`Import::run`] brings them to their end. What is about to be done is in the
//! [`Ledger`] before it is done, so that an import that was stopped at any moment, by an error or by `kill -9`, can be
//! [resumed](Import::resume): a part is submitted once, and if the answer to that was lost, nobody but the user says what
//! became of it.
//!
//! ```no_run
//! use van_bulk_import::client::{Client, Credentials, DEFAULT_BASE_URL};
//! use van_bulk_import::delimited::Input;
//! use van_bulk_import::upload::UploadTarget;
//! use van_bulk_import::Import;
//!
//! # async fn example(job: van_bulk::FinishedJob) -> Result<(), Box<dyn std::error::Error>> {
//! let client = Client::new(DEFAULT_BASE_URL, Credentials::from_env()?)?;
//! let target = UploadTarget::from_url("s3://our-uploads/van")?;
//! let report = Import::new(job, Input::open("contacts.csv".as_ref())?).run(&client, &target).await?;
//! println!("{report}");
//! # Ok(())
//! # }
//! ```

mod content;
mod error;
mod event;
mod left_out;
mod outcome_file;
mod pack;
mod proof;
mod report;
mod resume;
mod rows;
mod run;
mod schema;
#[cfg(feature = "indicatif")]
mod terminal;

use std::fmt;
use std::marker::PhantomData;
use std::path::PathBuf;
use std::sync::Arc;

use van_bulk::FinishedJob;
use van_bulk::mode::{AnyMode, Mode, SubmitsWith};
use van_bulk::payload::Payload;
use van_bulk_schema::rules::{self, codes};
use van_bulk_schema::{Schema, Severity};

use crate::client::{Client, ClientError, WaitOptions};
use crate::ledger::{self, ImportId, Ledger};
use crate::rows::{ADVISED_ZIP_BYTES, Preflight};
use crate::upload::UploadTarget;

pub use error::{ImportError, PartProblem, Problem};
pub use event::{Event, Observer};
pub use report::{MappingReport, PartReport, Report};
pub use resume::{Assumption, Resume};
pub use rows::ImportRows;
#[cfg(feature = "indicatif")]
pub use terminal::TerminalProgress;

use pack::{How, Started};
use run::{Options, Run};

/// The name of the file inside the zips unless another is chosen.
const FILE_NAME: &str = "rows.csv";
/// The file of rejected rows, in the folder of an import. It is the user's; nothing here reads it.
const REJECTED: &str = "rejected.csv";
/// The file of what became of every row.
const OUTCOME: &str = "outcome.csv";
/// The folder of the zips.
const PARTS: &str = "parts";
/// The folder of VAN's result files.
const RESULTS: &str = "results";

/// What to do about rows that cannot be imported.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum BadRows {
    /// Send nothing, and stop at the first.
    Stop,
    /// Send nothing, and tell all of them.
    #[default]
    Refuse,
    /// Leave them out, write them to `rejected.csv` in the folder of the import, and send the others.
    LeaveOut,
}

/// A job and its rows, to be imported.
///
/// `M` is the database mode of the job: one that is known cannot be run with a client of the other.
#[must_use = "an import does nothing until it is run"]
pub struct Import<M = AnyMode> {
    payload: Payload,
    rows: ImportRows,
    schema: Option<Schema>,
    bad_rows: BadRows,
    part_bytes: u64,
    ledger: Option<Ledger>,
    forced: bool,
    options: Options,
    mode: PhantomData<fn() -> M>,
}

impl<M> fmt::Debug for Import<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Import")
            .field("description", &self.payload.description)
            .field("rows", &self.rows)
            .finish_non_exhaustive()
    }
}

impl Import {
    /// An import of a job that any program made. It may lack its file name and its link.
    pub fn of_payload(payload: Payload, rows: impl Into<ImportRows>) -> Self {
        Self::start(payload, rows.into())
    }

    /// Goes on with an import that was stopped.
    pub fn resume(ledger: &Ledger, import: ImportId) -> Resume {
        Resume::new(ledger.clone(), import)
    }
}

impl<M> Import<M> {
    /// An import of a job that was built with the types.
    pub fn new(job: FinishedJob<M>, rows: impl Into<ImportRows>) -> Self {
        Self::start(job.payload(FILE_NAME, ""), rows.into())
    }

    fn start(mut payload: Payload, rows: ImportRows) -> Self {
        payload.file.source_url = "".into();
        if payload.file.file_name.is_empty() {
            payload.file.file_name = FILE_NAME.into();
        }
        Self {
            payload,
            rows,
            schema: None,
            bad_rows: BadRows::default(),
            part_bytes: ADVISED_ZIP_BYTES,
            ledger: None,
            forced: false,
            options: Options::default(),
            mode: PhantomData,
        }
    }

    /// Names the file inside the zips, such as `contacts.csv`.
    pub fn file_name(mut self, name: impl Into<String>) -> Self {
        self.payload.file.file_name = name.into().into();
        self
    }

    /// Checks the rows by this schema. Unless it is given, VAN is asked what the key may import now, as far as the job needs
    /// it; that knows no [overrides](van_bulk_schema::overrides).
    pub fn schema(mut self, schema: Schema) -> Self {
        self.schema = Some(schema);
        self
    }

    /// Says what to do about rows that cannot be imported; unless it is said, nothing is sent then.
    pub fn bad_rows(mut self, bad_rows: BadRows) -> Self {
        self.bad_rows = bad_rows;
        self
    }

    /// Limits each part to so many bytes; see [`Packing::part_bytes`](crate::rows::Packing::part_bytes).
    pub fn part_bytes(mut self, bytes: u64) -> Self {
        self.part_bytes = bytes;
        self
    }

    /// Records the import in this ledger; unless it is given, in that of the folder
    /// [`van-bulk-ledger`](ledger::DEFAULT_FOLDER) below the current one.
    pub fn ledger(mut self, ledger: &Ledger) -> Self {
        self.ledger = Some(ledger.clone());
        self
    }

    /// Imports the rows although the same rows were imported by the same job before.
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
}

impl<M: Mode> Import<M> {
    /// Runs the import to its end.
    ///
    /// If it is not waited for to its end, it can be resumed, as after any other stop.
    ///
    /// # Errors
    /// Whatever keeps a row from being accounted for. [`ImportError::Unfinished`] has a report of what was done, and the
    /// import can be resumed; the others say what to do.
    pub async fn run<C: Mode>(self, client: &Client<C>, target: &UploadTarget) -> Result<Report, ImportError>
    where
        M: SubmitsWith<C>,
    {
        let Self { payload, rows, schema, bad_rows, part_bytes, ledger, forced, options, .. } = self;
        check_mode::<M, C>(client)?;
        check_reach(client, target)?;
        let ledger = match ledger {
            Some(ledger) => ledger,
            None => Ledger::open(ledger::DEFAULT_FOLDER)?,
        };
        let schema = match schema {
            Some(schema) => schema,
            None => schema::of(client, &payload).await?,
        };
        check_job(&schema, &payload)?;
        let preflight = Preflight::for_payload(&schema, &payload)?;
        let started = Started::begin(&ledger, &api(client), &payload, rows.name(), forced)?;
        let import = started.import;
        options.observer.on_event(&Event::Started { import });
        let how = How { bad_rows, part_bytes, most_parts: target.max_parts() };
        let lock = started.pack(rows, &preflight, &payload, &how, &options.observer).await?;
        Run::new(&ledger, import, lock, client, target, options)?.finish().await
    }
}

/// What a ledger calls the API and the database mode of a client.
fn api<C: Mode>(client: &Client<C>) -> String {
    format!("{} {}", client.base_url().trim_end_matches('/'), client.mode())
}

/// Refuses a job of the other database mode than that of the credentials.
fn check_mode<M: Mode, C: Mode>(client: &Client<C>) -> Result<(), ImportError> {
    let client = client.mode();
    match M::MODE {
        Some(job) if job != client => {
            Err(ImportError::WrongMode(ClientError::WrongMode { profile: M::PROFILE, job, client }))
        }
        _ => Ok(()),
    }
}

/// Refuses a job that VAN would refuse. The rows are checked without the link to the file, which there is not yet, and without
/// the description, which is checked here.
fn check_job(schema: &Schema, payload: &Payload) -> Result<(), ImportError> {
    let mut findings = rules::check(schema, payload);
    findings.retain(|finding| finding.severity == Severity::Error && finding.code != codes::SOURCE_URL);
    if findings.is_empty() { Ok(()) } else { Err(ImportError::Job(findings)) }
}

/// Refuses uploads that the API could never fetch.
fn check_reach<C: Mode>(client: &Client<C>, target: &UploadTarget) -> Result<(), ImportError> {
    if target.kind() == "loopback" && !client.is_local() {
        return Err(ImportError::OutOfReach { api: client.base_url().to_owned() });
    }
    Ok(())
}

fn outcome_path(ledger: &Ledger, import: ImportId) -> PathBuf {
    ledger.folder_of(import).join(OUTCOME)
}
