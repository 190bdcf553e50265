//! The durable record of imports: a SQLite database beside the files of each import.
//!
//! What is about to be done is recorded before it is done, and what came of it after. So an import that was killed at any
//! moment can be [resumed](crate::Import::resume): no part is submitted twice, none is forgotten, and of a part whose
//! submission was under way it is known that nobody knows.
//!
//! ```text
//! ledger.sqlite          imports, parts, steps; with ledger.sqlite-wal and -shm while it is open, and after a kill
//! imports/1.lock         held by the process that works on the import; the file itself stays
//! imports/1/parts/       the zips, until the import has finished
//! imports/1/results/     VAN's result files
//! imports/1/rejected.csv rows that were left out, where that is the policy; nothing reads it, so it may be edited
//! imports/1/outcome.csv  what became of every row, once the import has finished
//! ```
//!
//! These files hold personal data: where the system knows owners, they are made for their owner only. The database itself
//! holds no rows, no key and no link, but VAN's messages, which may repeat what is in a row.
//!
//! # Moving and copying
//! The folder can be moved or renamed as a whole while nothing works on it: no path in it is absolute. A copy is a backup of
//! what had been done by then. Never resume an import from two copies, nor from one that was restored after the import went
//! on: what was submitted meanwhile is not in it, and would be submitted again. `ledger.sqlite` without its `-wal` is such an
//! old copy. The folder belongs on a disk of this machine: locks and the journal are not reliable on network file systems.
//!
//! # The schema
//! Any program that reads SQLite can read the database, and none but this one should write it.
//!
//! ```sql
#![doc = include_str!("schema.sql")]
//! ```
//!
//! `user_version` is the version of the schema. A ledger of an older version is brought up to date when it is opened, whole or
//! not at all; one of a later version is refused.

mod error;
mod lock;
mod migrate;
mod record;
mod write;

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::limits::Limit;
use rusqlite::{Connection, OptionalExtension as _, Row, named_params};

use crate::client::JobId;
use crate::files;

pub use error::LedgerError;
pub(crate) use lock::Lock;
pub use record::{ImportId, ImportRecord, ImportState, PartRecord, PartState, Step};
pub(crate) use write::{Begun, Contents, Counts, PartId, Word};

/// The database in the folder of a ledger.
pub const FILE: &str = "ledger.sqlite";

/// The folder of a ledger unless another is named.
pub const DEFAULT_FOLDER: &str = "van-bulk-ledger";

/// The most bytes of a text in it, and of a line of a table; the job of an import is the longest.
const MAX_VALUE_BYTES: i32 = 64 * 1024 * 1024;

/// How long one process waits for another that writes.
const BUSY: Duration = Duration::from_secs(10);

/// The durable record of imports. Cheap to clone; clones share their connection. Several processes may use one ledger.
#[derive(Debug, Clone)]
pub struct Ledger {
    folder: PathBuf,
    database: Arc<Mutex<Connection>>,
}

impl Ledger {
    /// Opens the ledger in `folder`; creates both if need be, and brings an older ledger up to date.
    ///
    /// # Errors
    /// When the file system refuses, or what is there is no ledger or one of a later version.
    pub fn open(folder: impl Into<PathBuf>) -> Result<Self, LedgerError> {
        let folder = folder.into();
        create_private(&folder)?;
        Self::connect(folder)
    }

    /// Opens the ledger in `folder`, which must be there.
    ///
    /// # Errors
    /// When there is none; else those of [`open`](Self::open).
    pub fn open_existing(folder: impl Into<PathBuf>) -> Result<Self, LedgerError> {
        let folder = folder.into();
        if !folder.join(FILE).is_file() {
            return Err(LedgerError::None(folder));
        }
        Self::connect(folder)
    }

    fn connect(folder: PathBuf) -> Result<Self, LedgerError> {
        let path = folder.join(FILE);
        create_private_file(&path)?;
        let failed = |source| LedgerError::Open { path: path.clone(), source };
        let mut database = Connection::open(&path).map_err(failed)?;
        database.busy_timeout(BUSY).map_err(failed)?;
        database.set_limit(Limit::SQLITE_LIMIT_LENGTH, MAX_VALUE_BYTES).map_err(failed)?;
        migrate::run(&mut database, &path)?;
        Ok(Self { folder, database: Arc::new(Mutex::new(database)) })
    }

    /// Its folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The folder of an import.
    pub fn folder_of(&self, import: ImportId) -> PathBuf {
        self.folder.join("imports").join(import.to_string())
    }

    /// All imports, oldest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn imports(&self) -> Result<Vec<ImportRecord>, LedgerError> {
        self.read(|database| {
            let mut query = database.prepare("SELECT * FROM imports ORDER BY id")?;
            let records = query.query_map([], ImportRecord::read)?;
            records.collect()
        })
    }

    /// One import.
    ///
    /// # Errors
    /// When there is none of that number, or the database cannot be read.
    pub fn import(&self, id: ImportId) -> Result<ImportRecord, LedgerError> {
        self.find("SELECT * FROM imports WHERE id = ?1", id)?
            .ok_or_else(|| LedgerError::NoSuchImport { id, folder: self.folder.clone() })
    }

    /// The parts of an import, in the order of its rows.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn parts(&self, import: ImportId) -> Result<Vec<PartRecord>, LedgerError> {
        self.list("SELECT * FROM parts WHERE import = ?1 ORDER BY number", import, PartRecord::read)
    }

    /// Everything that was done for an import, in order.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn steps(&self, import: ImportId) -> Result<Vec<Step>, LedgerError> {
        self.list("SELECT * FROM steps WHERE import = ?1 ORDER BY id", import, Step::read)
    }

    /// One part.
    pub(crate) fn part(&self, part: PartId) -> Result<Option<PartRecord>, LedgerError> {
        self.read(|database| {
            let sql = "SELECT * FROM parts WHERE import = :import AND number = :number";
            let key = named_params! {":import": part.import.0, ":number": part.number};
            database.query_row(sql, key, PartRecord::read).optional()
        })
    }

    /// The imports whose rows are being packed, or were when their process ended.
    pub(crate) fn packing(&self) -> Result<Vec<ImportId>, LedgerError> {
        self.read(|database| {
            let mut query = database.prepare("SELECT id FROM imports WHERE state = 'packing'")?;
            let ids = query.query_map([], |row| row.get(0).map(ImportId))?;
            ids.collect()
        })
    }

    /// The part that a job of an API belongs to, if it is recorded.
    pub(crate) fn owner_of(&self, api: &str, job: JobId) -> Result<Option<PartId>, LedgerError> {
        self.read(|database| {
            let sql = "SELECT parts.import, parts.number FROM parts JOIN imports ON imports.id = parts.import \
                       WHERE parts.job = :job AND imports.api = :api";
            let owner = |row: &Row<'_>| Ok(PartId { import: ImportId(row.get(0)?), number: row.get(1)? });
            let job = i64::try_from(job.0).ok();
            database.query_row(sql, named_params! {":job": job, ":api": api}, owner).optional()
        })
    }

    /// Takes the lock of an import, which other processes respect, until it is dropped.
    pub(crate) fn lock(&self, import: ImportId) -> Result<Lock, LedgerError> {
        let folder = self.folder.join("imports");
        create_private(&folder)?;
        Lock::take(import, &folder.join(format!("{import}.lock")))
    }

    fn find(&self, sql: &str, id: ImportId) -> Result<Option<ImportRecord>, LedgerError> {
        self.read(|database| database.query_row(sql, [id.0], ImportRecord::read).optional())
    }

    fn list<T>(
        &self,
        sql: &str,
        import: ImportId,
        read: impl Fn(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, LedgerError> {
        self.read(|database| {
            let mut query = database.prepare(sql)?;
            let records = query.query_map([import.0], |row| read(row))?;
            records.collect()
        })
    }

    fn read<T>(&self, read: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, LedgerError> {
        read(&self.database()).map_err(|source| LedgerError::Read { path: self.path(), source })
    }

    fn database(&self) -> MutexGuard<'_, Connection> {
        // A thread that panicked leaves a transaction that was rolled back.
        self.database.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn path(&self) -> PathBuf {
        self.folder.join(FILE)
    }
}

/// Creates a folder for its owner only, so that it survives a power cut. One that is there stays as it is.
fn create_private(folder: &Path) -> Result<(), LedgerError> {
    if folder.is_dir() {
        return Ok(());
    }
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(|source| LedgerError::Folder { path: folder.to_owned(), source })?;
    files::sync_folder_of(folder);
    Ok(())
}

/// Creates an empty file for its owner only, which is an empty database to SQLite. One that is there stays as it is.
fn create_private_file(path: &Path) -> Result<(), LedgerError> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(source) if source.kind() != ErrorKind::AlreadyExists => {
            Err(LedgerError::Create { path: path.to_owned(), source })
        }
        _ => Ok(()),
    }
}
