//! What all requests and jobs of one emulator share.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tempfile::TempDir;
use time::OffsetDateTime;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::config::Config;
use crate::contacts::Store;
use crate::emulator::EmulatorError;
use crate::faults::{Active, Drawn, Endpoint};
use crate::job::{Fetcher, Jobs};
use crate::record::Recorder;

/// How many jobs run at once; the others stay `Pending`.
const MAX_RUNNING: usize = 4;

pub(crate) struct State {
    pub(crate) config: Config,
    /// `http://127.0.0.1:PORT`
    pub(crate) origin: String,
    pub(crate) jobs: Mutex<Jobs>,
    pub(crate) store: Mutex<Store>,
    pub(crate) links: Mutex<HashMap<String, Link>>,
    /// Downloads and result files; removed with the emulator.
    pub(crate) folder: TempDir,
    pub(crate) fetcher: Fetcher,
    pub(crate) running: Semaphore,
    pub(crate) tasks: Mutex<JoinSet<()>>,
    /// Set when the emulator stops, for work that cannot be aborted from outside.
    pub(crate) stopping: AtomicBool,
    pub(crate) shared: Shared,
}

/// What outlives the memory of an emulator.
#[derive(Clone)]
pub(crate) struct Shared {
    pub(crate) faults: Arc<Mutex<Active>>,
    pub(crate) recorder: Arc<Recorder>,
}

/// What becomes of an emulator's memory when it [restarts](crate::Emulator::restart).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Memory {
    /// Jobs, contacts and result files are still there.
    Kept,
    /// Jobs are not found any more, and contacts are those of the start; jobs that were running are never finished.
    Lost,
}

/// A result file that can be fetched.
pub(crate) struct Link {
    pub(crate) job: u32,
    pub(crate) name: String,
    pub(crate) path: PathBuf,
    pub(crate) expires: OffsetDateTime,
}

impl State {
    /// The state of an emulator that has just been started.
    pub(crate) fn new(config: Config, origin: String) -> Result<Self, EmulatorError> {
        let faults = Arc::new(Mutex::new(Active::new(config.faults.clone())));
        let recorder = Arc::new(Recorder::new(config.observer.clone()));
        Self::with(config, origin, Jobs::default(), Shared { faults, recorder })
    }

    /// The state of this emulator after it lost its memory.
    pub(crate) fn forgotten(&self) -> Result<Self, EmulatorError> {
        let jobs = lock(&self.jobs).forgotten();
        Self::with(self.config.clone(), self.origin.clone(), jobs, self.shared.clone())
    }

    fn with(config: Config, origin: String, jobs: Jobs, shared: Shared) -> Result<Self, EmulatorError> {
        let folder =
            tempfile::Builder::new().prefix("van-bulk-emulator-").tempdir().map_err(EmulatorError::Folder)?;
        let fetcher =
            Fetcher::new(config.max_zip_bytes, config.fetch_timeout).map_err(EmulatorError::Client)?;
        let store = Store::new(&config.seed_contacts);
        Ok(Self {
            config,
            origin,
            jobs: Mutex::new(jobs),
            store: Mutex::new(store),
            links: Mutex::default(),
            folder,
            fetcher,
            running: Semaphore::new(MAX_RUNNING),
            tasks: Mutex::default(),
            stopping: AtomicBool::new(false),
            shared,
        })
    }

    /// What happens to the next request of this endpoint for this thing.
    pub(crate) fn draw_faults(&self, endpoint: Endpoint, thing: &str) -> Drawn {
        lock(&self.shared.faults).draw(endpoint, thing)
    }
}

/// Locks; what a thread left behind that panicked is as good as what it found.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
