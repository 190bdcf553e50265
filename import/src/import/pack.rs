//! Packs the rows of an import, and records what was packed.

use std::fs;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use van_bulk::payload::Payload;

use super::content::{self, Hashes};
use super::left_out::LeftOut;
use super::rows::Stop;
use super::{BadRows, Event, ImportError, ImportRows, Observer, PARTS, REJECTED};
use crate::files;
use crate::ledger::{Begun, Contents, ImportId, Ledger, Lock};
use crate::rows::{Packing, Policy, Preflight};

/// How the rows are packed.
pub(super) struct How {
    pub(super) bad_rows: BadRows,
    pub(super) part_bytes: u64,
    /// The most parts that can be uploaded.
    pub(super) most_parts: Option<usize>,
}

/// An import whose rows are about to be packed. Nothing of it is sent.
pub(super) struct Started<'a> {
    ledger: &'a Ledger,
    pub(super) import: ImportId,
    lock: Lock,
    folder: PathBuf,
}

impl<'a> Started<'a> {
    pub(super) fn begin(
        ledger: &'a Ledger,
        api: &str,
        payload: &Payload,
        source: &str,
        forced: bool,
    ) -> Result<Self, ImportError> {
        remove_killed(ledger)?;
        // Text and lists of text can always be written.
        let json = serde_json::to_string(payload).unwrap_or_default();
        let begun = Begun { api, description: &payload.description, source, payload: &json, forced };
        let (import, lock) = ledger.begin(&begun)?;
        Ok(Self { ledger, import, lock, folder: ledger.folder_of(import) })
    }

    /// Packs the rows. If that fails, the import is given up, and none of its files are left.
    pub(super) async fn pack(
        self,
        rows: ImportRows,
        preflight: &Preflight,
        payload: &Payload,
        how: &How,
        observer: &Arc<dyn Observer>,
    ) -> Result<Lock, ImportError> {
        match self.pack_and_record(rows, preflight, payload, how, observer).await {
            Ok(()) => Ok(self.lock),
            Err(error) => {
                // The reason is worth more than what may be wrong with giving up.
                let _ = give_up(self.ledger, self.import);
                Err(error)
            }
        }
    }

    async fn pack_and_record(
        &self,
        rows: ImportRows,
        preflight: &Preflight,
        payload: &Payload,
        how: &How,
        observer: &Arc<dyn Observer>,
    ) -> Result<(), ImportError> {
        let stop = Stop::default();
        let _guard = stop.when_dropped();
        let parts = self.folder.join(PARTS);
        fs::create_dir_all(&parts).map_err(|source| ImportError::Io {
            action: "create",
            path: parts.clone(),
            source,
        })?;
        let left_out = LeftOut::begin(&parts)?;
        let policy = match how.bad_rows {
            BadRows::Stop => Policy::Stop,
            BadRows::Refuse => Policy::Refuse,
            BadRows::LeaveOut => Policy::LeaveOut { rejected: self.folder.join(REJECTED) },
        };
        let (told, noted) = (Arc::clone(observer), left_out.clone());
        let packing = Packing::new(preflight, parts.clone(), payload.file.file_name.clone())
            .policy(policy)
            .part_bytes(how.part_bytes)
            .on_finding(move |finding| {
                noted.add(finding);
                told.on_event(&Event::Finding(finding));
            });
        let packed = rows.pack(packing, stop.clone()).await?;
        if let Some(most) = how.most_parts.filter(|most| packed.parts.len() > *most) {
            return Err(ImportError::TooManyParts { parts: packed.parts.len(), most });
        }
        let rejected = packed.summary.rejected;
        let (job, zips) = (payload.clone(), packed.parts.clone());
        let hashes = blocking(move || {
            left_out.finish(rejected)?;
            content::hashes(&job, &zips, &stop)
        })
        .await?;
        // The zips and their names are synced; so are the folders on the way to them now.
        files::sync_folder_of(&parts);
        files::sync_folder_of(&self.folder);
        // Nobody can guess it, and another import of the same rows has another one.
        let uploads = files::random_name().map_err(|source| ImportError::Io {
            action: "name the uploads of",
            path: self.folder.clone(),
            source,
        })?;
        let Hashes { content, parts } = &hashes;
        let contents = Contents { content: content.as_deref(), parts, uploads: &uploads };
        if let Some(same) = self.ledger.packed(self.import, &packed, &contents)? {
            return Err(ImportError::Already(Box::new(same)));
        }
        observer.on_event(&Event::Packed {
            parts: packed.parts.len(),
            rows: packed.summary.accepted,
            rejected: packed.summary.rejected,
        });
        Ok(())
    }
}

/// Gives up an import of which nothing was sent, with its files. Its lock must be held.
pub(super) fn give_up(ledger: &Ledger, import: ImportId) -> Result<(), ImportError> {
    if ledger.give_up(import)? {
        // They are of no use to anybody; what cannot be removed does no harm.
        let _ = fs::remove_dir_all(ledger.folder_of(import));
    }
    Ok(())
}

/// Gives up the imports whose process was killed while it packed: nobody resumes those, and their files hold personal data.
fn remove_killed(ledger: &Ledger) -> Result<(), ImportError> {
    for import in ledger.packing()? {
        // It may be at work.
        if let Ok(_lock) = ledger.lock(import) {
            give_up(ledger, import)?;
        }
    }
    Ok(())
}

/// Does what blocks on a thread where that is allowed.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ImportError> + Send + 'static,
) -> Result<T, ImportError> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| {
        let source = io::Error::other(error);
        Err(ImportError::Io { action: "work in", path: PathBuf::from("a thread"), source })
    })
}
