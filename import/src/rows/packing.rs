//! How rows are packed, and where they come from.

use std::fmt;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use futures_util::{Stream, StreamExt as _};
use serde::Serialize;
use van_bulk::{Cells, Row};

use super::check::{Output, Work, write_record};
use super::deflate::Deflater;
use super::flow::{Flow, Takes as _, source_rows};
use super::parts::{Parts, is_part_path};
use super::records::Records;
use super::sink::{Packed, Policy, Sink};
use super::{ADVISED_ZIP_BYTES, Finding, MAX_ZIP_BYTES, Packer, Preflight, RowsError, Summary};
use crate::delimited::Input;
use crate::delimited::split::{BLOCK_BYTES, Block};

/// The least size of a part that can be chosen, in bytes.
pub const MIN_PART_BYTES: u64 = 64 * 1024;

/// The level of compression unless another is chosen, as for zlib and Info-ZIP. `benches/` has a table.
const LEVEL: u32 = 6;

/// How many rows of a stream are handed over at once.
const BATCH: usize = 512;

/// Checks rows and packs the good ones into zips: reads, judges, quotes and compresses on all cores.
///
/// It says how; the rows come from a [file](Self::csv), an [iterator](Self::rows) or a [stream](Self::stream) of typed
/// rows, [records](Self::records) that serde knows, or [one by one](Self::start). Memory does not grow with the number of
/// rows. The same rows give the same bytes, whatever the number of cores.
///
/// The parts are named after the file, `contacts-001.zip` and so on, and replace those of an earlier run: of one with more
/// parts, the rest is removed. None has its name before all of them are whole and synced to disk: an import is packed whole
/// or not at all, unless the program is killed while they are named.
///
/// ```
/// use van_bulk::payload::Delimiter;
/// use van_bulk_import::delimited::Input;
/// use van_bulk_import::rows::{Packing, Policy, Preflight};
///
/// # let folder = tempfile::tempdir()?;
/// let preflight = Preflight::of_columns(&["GivenName", "Email"], &Delimiter::Csv)?;
/// let file = Input::new("contacts.csv", &b"GivenName,Email\nAna,ana@example.org\nBo\n"[..]);
/// let packed = Packing::new(&preflight, folder.path(), "contacts.csv")
///     .policy(Policy::LeaveOut { rejected: folder.path().join("rejected.csv") })
///     .on_finding(|finding| eprintln!("{finding}"))
///     .csv(file)?;
/// assert_eq!((packed.parts[0].rows, packed.summary.rejected), (1, 1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub struct Packing<'f> {
    preflight: Preflight,
    folder: PathBuf,
    file_name: String,
    policy: Policy,
    part_bytes: u64,
    level: u32,
    threads: Option<NonZero<usize>>,
    kept: Vec<PathBuf>,
    on_finding: Box<dyn FnMut(&Finding) + Send + 'f>,
}

impl fmt::Debug for Packing<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Packing")
            .field("folder", &self.folder)
            .field("file_name", &self.file_name)
            .field("policy", &self.policy)
            .finish_non_exhaustive()
    }
}

impl<'f> Packing<'f> {
    /// Packs rows that pass `preflight` into zips in `folder`, each with a file `file_name` in it (`file.fileName` of the
    /// job).
    pub fn new(preflight: &Preflight, folder: impl Into<PathBuf>, file_name: impl Into<String>) -> Self {
        Self {
            preflight: preflight.clone(),
            folder: folder.into(),
            file_name: file_name.into(),
            policy: Policy::default(),
            part_bytes: ADVISED_ZIP_BYTES,
            level: LEVEL,
            threads: None,
            kept: Vec::new(),
            on_finding: Box::new(|_| {}),
        }
    }

    /// Says what to do about rows that cannot be imported; unless it is said, they refuse the file.
    pub fn policy(self, policy: Policy) -> Self {
        Self { policy, ..self }
    }

    /// Limits each part to so many bytes, zipped: from [`MIN_PART_BYTES`] to [`MAX_ZIP_BYTES`]. Unless it is said,
    /// [`ADVISED_ZIP_BYTES`].
    pub fn part_bytes(self, part_bytes: u64) -> Self {
        Self { part_bytes, ..self }
    }

    /// Chooses how hard to compress, from 1 (fast) to 9 (small). Unless it is said, 6.
    pub fn level(self, level: u32) -> Self {
        Self { level: level.clamp(1, 9), ..self }
    }

    /// Works with so many threads; unless it is said, one for each core.
    pub fn threads(self, threads: NonZero<usize>) -> Self {
        Self { threads: Some(threads), ..self }
    }

    /// Refuses to write over this file, such as that of the job. A file that the rows come from is kept unsaid.
    pub fn keep(mut self, file: impl Into<PathBuf>) -> Self {
        self.kept.push(file.into());
        self
    }

    /// Hands every finding to `on_finding`, in the order of the rows.
    pub fn on_finding<'g>(self, on_finding: impl FnMut(&Finding) + Send + 'g) -> Packing<'g> {
        let Self { preflight, folder, file_name, policy, part_bytes, level, threads, kept, .. } = self;
        let on_finding = Box::new(on_finding);
        Packing { preflight, folder, file_name, policy, part_bytes, level, threads, kept, on_finding }
    }

    /// Packs the rows of a delimited file that has a header.
    ///
    /// The header must be the columns of the job: VAN takes the names from the job and never reads the header, so a file
    /// in another order would fill the wrong fields. Blank lines are no rows.
    ///
    /// # Errors
    /// When the header differs, the file is faulty or has no rows, rows stop or refuse the packing by the policy, or the
    /// file system refuses. Nothing is left then.
    pub fn csv(self, input: Input) -> Result<Packed, RowsError> {
        let Stages { mut flow, mut sink, block_bytes } = self.set_up(input.path())?;
        let name = source_rows(input, block_bytes, &mut flow, &mut sink)?;
        sink.finish(&name)
    }

    /// Packs typed rows.
    ///
    /// # Errors
    /// When the columns of the type are not those of the job, there are no rows, rows stop or refuse the packing by the
    /// policy, or the file system refuses. Nothing is left then.
    pub fn rows<R: Row>(self, rows: impl IntoIterator<Item = R>) -> Result<Packed, RowsError> {
        let mut packer = self.start()?;
        rows.into_iter().try_for_each(|row| packer.write_row(&row))?;
        packer.finish()
    }

    /// Packs typed rows as they arrive, on a thread where blocking is allowed. Where it is not waited for to its end,
    /// nothing is left.
    ///
    /// # Errors
    /// Those of [`rows`](Self::rows).
    ///
    /// # Panics
    /// Outside a Tokio runtime.
    pub async fn stream<R>(self, rows: impl Stream<Item = R>) -> Result<Packed, RowsError>
    where
        R: Row + Send + 'static,
        'f: 'static,
    {
        let (sender, mut batches) = tokio::sync::mpsc::channel::<Option<Vec<R>>>(2);
        let packing = tokio::task::spawn_blocking(move || {
            let mut packer = self.start()?;
            loop {
                match batches.blocking_recv() {
                    Some(Some(batch)) => batch.iter().try_for_each(|row| packer.write_row(row))?,
                    Some(None) => return packer.finish(),
                    // Who waited for it does so no more, and these are not all rows.
                    None => return Err(RowsError::Failed),
                }
            }
        });
        let mut rows = pin!(rows.ready_chunks(BATCH));
        while let Some(batch) = rows.next().await {
            // Where packing has failed, it tells why.
            if sender.send(Some(batch)).await.is_err() {
                break;
            }
        }
        // That was all: a sender that is dropped does not say so.
        let _ = sender.send(None).await;
        packing.await.unwrap_or_else(|error| Err(RowsError::Threads(std::io::Error::other(error))))
    }

    /// Packs records that serde can serialize: structs of plain values, whose names are those of the columns.
    ///
    /// # Errors
    /// When a record cannot be written as a row, or the names are not the columns of the job; else those of
    /// [`rows`](Self::rows).
    ///
    /// ```
    /// # use van_bulk::payload::Delimiter;
    /// # use van_bulk_import::rows::{Packing, Preflight};
    /// #[derive(serde::Serialize)]
    /// #[serde(rename_all = "PascalCase")]
    /// struct Signup {
    ///     given_name: String,
    ///     email: Option<String>,
    /// }
    ///
    /// # let folder = tempfile::tempdir()?;
    /// let preflight = Preflight::of_columns(&["GivenName", "Email"], &Delimiter::Csv)?;
    /// let signups = vec![Signup { given_name: "Ana".to_owned(), email: None }];
    /// let packed = Packing::new(&preflight, folder.path(), "contacts.csv").records(signups)?;
    /// assert_eq!(packed.summary.rows, 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn records<T: Serialize>(self, records: impl IntoIterator<Item = T>) -> Result<Packed, RowsError> {
        let mut records = Records::new(records.into_iter(), &self.preflight.columns);
        let mut packer = self.start()?;
        while let Some(row) = records.next_row()? {
            packer.write(row)?;
        }
        packer.finish()
    }

    /// Begins to pack rows that are handed over one by one.
    ///
    /// # Errors
    /// When the name of the file or the size of the parts cannot be used, or the file system refuses.
    pub fn start(self) -> Result<Packer<'f>, RowsError> {
        let columns = self.preflight.columns.clone();
        let delimiter = self.preflight.delimiter_byte;
        let Stages { flow, mut sink, block_bytes } = self.set_up(None)?;
        sink.begin(delimiter)?;
        Ok(Packer {
            flow,
            sink,
            block: Block { delimiter, first: 1, ..Block::default() },
            block_bytes,
            columns,
            cells: Cells::new(),
            rows: 0,
            failed: false,
        })
    }

    /// Sets up the work on rows, which may come from a file.
    fn set_up(self, source: Option<&Path>) -> Result<Stages<'f>, RowsError> {
        self.check_targets(source)?;
        let Self { preflight, folder, file_name, policy, part_bytes, level, threads, on_finding, .. } = self;
        if !(MIN_PART_BYTES..=MAX_ZIP_BYTES).contains(&part_bytes) {
            return Err(RowsError::PartBytes {
                bytes: part_bytes,
                least: MIN_PART_BYTES,
                most: MAX_ZIP_BYTES,
            });
        }
        let mut header = Vec::new();
        write_record(&mut header, preflight.delimiter_byte, true, preflight.columns.iter());
        let header = Deflater::new(level).chunk(&header, 0, 0, 0).map_err(RowsError::Threads)?;
        let is_refused = Arc::new(AtomicBool::new(false));
        let sink = Sink {
            parts: Parts::new(&folder, &file_name, part_bytes, header)?,
            columns: preflight.columns.clone(),
            rejected: None,
            is_refused: Arc::clone(&is_refused),
            summary: Summary::default(),
            on_finding,
            policy,
        };
        let keeps_rejected = matches!(sink.policy, Policy::LeaveOut { .. });
        let output = Some(Output { level, is_refused });
        let flow = Flow::start(Work { preflight, output, keeps_rejected }, threads)?;
        // Pieces far smaller than a part leave little of it unused.
        let block_bytes = usize::try_from(part_bytes / 8).unwrap_or(BLOCK_BYTES).min(BLOCK_BYTES);
        Ok(Stages { flow, sink, block_bytes })
    }

    /// Refuses what would be found out only when all rows are packed, and what would write over the source.
    fn check_targets(&self, source: Option<&Path>) -> Result<(), RowsError> {
        if let Some(property) = self.preflight.other_form {
            return Err(RowsError::OtherForm { property });
        }
        if !self.folder.is_dir() {
            return Err(RowsError::NoFolder(self.folder.clone()));
        }
        let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let folder = real(&self.folder);
        let kept: Vec<PathBuf> =
            source.into_iter().chain(self.kept.iter().map(PathBuf::as_path)).map(real).collect();
        let collision = |path: &Path, why| Err(RowsError::Collision { path: path.to_owned(), why });
        if let Some(kept) = kept.iter().find(|path| is_part_path(path, &folder, &self.file_name)) {
            return collision(kept, "it is read for this import, and a part could have its name");
        }
        let Policy::LeaveOut { rejected } = &self.policy else { return Ok(()) };
        // What is not there yet has no real path, but its folder has.
        let parent = rejected.parent().filter(|parent| !parent.as_os_str().is_empty());
        let parent = real(parent.unwrap_or(Path::new(".")));
        let target = rejected.file_name().map_or(parent.clone(), |name| parent.join(name));
        if is_part_path(&target, &folder, &self.file_name) {
            return collision(rejected, "a part could have its name");
        }
        if kept.contains(&real(rejected)) {
            return collision(rejected, "it is read for this import");
        }
        match rejected.metadata() {
            Ok(there) if !there.is_file() => collision(rejected, "what is there is no regular file"),
            _ if !parent.is_dir() => Err(RowsError::NoFolder(parent)),
            _ => Ok(()),
        }
    }
}

/// What rows go through.
struct Stages<'f> {
    flow: Flow,
    sink: Sink<'f>,
    block_bytes: usize,
}
