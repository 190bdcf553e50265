//! Packs the rows of an import, and records what was packed.

use std::fs;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use van_bulk::payload::Payload;

use super::content::{self, Hashes};
use super::{BadRows, Event, ImportError, ImportRows, Observer, PARTS, REJECTED};
use crate::files;
use crate::ledger::{Begun, ImportId, Ledger, Lock};
use crate::rows::{Packed, Packing, Policy, Preflight};

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
    forced: bool,
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
        // Text and lists of text can always be written.
        let json = serde_json::to_string(payload).unwrap_or_default();
        let begun = Begun { api, description: &payload.description, source, payload: &json, forced };
        let import = ledger.begin(&begun)?;
        let lock = ledger.lock(import)?;
        Ok(Self { ledger, import, forced, lock, folder: ledger.folder_of(import) })
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
                let _ = self.ledger.give_up(self.import);
                let _ = fs::remove_dir_all(&self.folder);
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
        let parts = self.folder.join(PARTS);
        fs::create_dir_all(&parts).map_err(|source| ImportError::Io {
            action: "create",
            path: parts.clone(),
            source,
        })?;
        let policy = match how.bad_rows {
            BadRows::Stop => Policy::Stop,
            BadRows::Refuse => Policy::Refuse,
            BadRows::LeaveOut => Policy::LeaveOut { rejected: self.folder.join(REJECTED) },
        };
        let told = Arc::clone(observer);
        let packing = Packing::new(preflight, parts, payload.file.file_name.clone())
            .policy(policy)
            .part_bytes(how.part_bytes)
            .on_finding(move |finding| told.on_event(&Event::Finding(finding)));
        let packed = rows.pack(packing).await?;
        if let Some(most) = how.most_parts.filter(|most| packed.parts.len() > *most) {
            return Err(ImportError::TooManyParts { parts: packed.parts.len(), most });
        }
        let hashes = hashes(payload, &packed).await?;
        if !self.forced {
            self.check_content(&hashes.content)?;
        }
        // Nobody can guess it, and another import of the same rows has another one.
        let uploads = files::random_name().map_err(|source| ImportError::Io {
            action: "name the uploads of",
            path: self.folder.clone(),
            source,
        })?;
        if !self.ledger.packed(self.import, &hashes.content, &packed, &hashes.parts, &uploads)? {
            // Another process was faster.
            self.check_content(&hashes.content)?;
        }
        observer.on_event(&Event::Packed {
            parts: packed.parts.len(),
            rows: packed.summary.accepted,
            rejected: packed.summary.rejected,
        });
        Ok(())
    }

    fn check_content(&self, content: &str) -> Result<(), ImportError> {
        match self.ledger.same_content(content)? {
            Some(record) => Err(ImportError::Already(Box::new(record))),
            None => Ok(()),
        }
    }
}

async fn hashes(payload: &Payload, packed: &Packed) -> Result<Hashes, ImportError> {
    let (payload, parts) = (payload.clone(), packed.parts.clone());
    blocking(move || content::hashes(&payload, &parts)).await
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
