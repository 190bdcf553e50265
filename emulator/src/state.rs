//! What all requests and jobs of one emulator share.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tempfile::TempDir;
use time::OffsetDateTime;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::config::Config;
use crate::contacts::Store;
use crate::job::{Fetcher, Jobs};

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
}

/// A result file that can be fetched.
pub(crate) struct Link {
    pub(crate) name: String,
    pub(crate) path: PathBuf,
    pub(crate) expires: OffsetDateTime,
}

impl State {
    pub(crate) fn new(config: Config, origin: String, folder: TempDir, fetcher: Fetcher) -> Self {
        let store = Store::new(&config.seed_contacts);
        Self {
            config,
            origin,
            jobs: Mutex::default(),
            store: Mutex::new(store),
            links: Mutex::default(),
            folder,
            fetcher,
            running: Semaphore::new(MAX_RUNNING),
            tasks: Mutex::default(),
            stopping: AtomicBool::new(false),
        }
    }
}

/// Locks; what a thread left behind that panicked is as good as what it found.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
