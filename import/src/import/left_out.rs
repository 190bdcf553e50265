//! The rows that were left out, as the file of outcomes needs them.
//!
//! `rejected.csv` has them, too, but it is the user's: it is made to be corrected, in a spreadsheet as a rule, and it is
//! separated as the input was.

use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use csv::{ByteRecord, Reader, Writer};
use tempfile::NamedTempFile;

use super::ImportError;
use crate::files;
use crate::rows::Finding;

/// The file, in the folder of the zips: it is needed as long as they are.
const FILE: &str = "left-out.csv";

/// Takes down the rows that are left out. Clones take down the same.
#[derive(Clone)]
pub(super) struct LeftOut(Arc<Mutex<Taking>>);

struct Taking {
    path: PathBuf,
    /// Until it is finished.
    writer: Option<Writer<BufWriter<NamedTempFile>>>,
    /// The row whose findings are being told, and those so far.
    row: Option<(u64, String)>,
    rows: u64,
    failed: Option<io::Error>,
}

impl LeftOut {
    /// Begins the file in the folder of the zips.
    pub(super) fn begin(folder: &Path) -> Result<Self, ImportError> {
        let path = folder.join(FILE);
        let file = files::temporary_beside(&path).map_err(|source| ImportError::Io {
            action: "write beside",
            path: path.clone(),
            source,
        })?;
        let writer = Some(csv::WriterBuilder::new().has_headers(false).from_writer(BufWriter::new(file)));
        Ok(Self(Arc::new(Mutex::new(Taking { path, writer, row: None, rows: 0, failed: None }))))
    }

    /// Takes down a finding. They come in the order of the rows.
    pub(super) fn add(&self, finding: &Finding) {
        let mut taking = self.lock();
        let problem = finding.problem.to_string();
        match &mut taking.row {
            Some((row, problems)) if *row == finding.place.row => {
                problems.push_str("; ");
                problems.push_str(&problem);
            }
            _ => {
                taking.end_row();
                taking.row = Some((finding.place.row, problem));
            }
        }
    }

    /// Gives the file its name, if it has as many rows as were left out.
    pub(super) fn finish(&self, rejected: u64) -> Result<(), ImportError> {
        let mut taking = self.lock();
        taking.end_row();
        let path = taking.path.clone();
        let failed = |source| ImportError::Io { action: "write", path: path.clone(), source };
        if let Some(error) = taking.failed.take() {
            return Err(failed(error));
        }
        if taking.rows != rejected {
            let told = taking.rows;
            return Err(failed(io::Error::other(format!(
                "{rejected} rows were left out, but {told} were told"
            ))));
        }
        let Some(writer) = taking.writer.take() else { return Ok(()) };
        let mut file = writer.into_inner().map_err(|error| failed(error.into_error()))?;
        file.flush().map_err(failed)?;
        let file = file.into_inner().map_err(|error| failed(error.into_error()))?;
        file.as_file().sync_all().map_err(failed)?;
        files::keep(file.into_temp_path(), &path).map_err(failed)
    }

    fn lock(&self) -> MutexGuard<'_, Taking> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Taking {
    fn end_row(&mut self) {
        let (Some((row, problems)), Some(writer)) = (self.row.take(), &mut self.writer) else { return };
        self.rows += 1;
        if let Err(error) = writer.write_record([row.to_string(), problems]) {
            self.failed.get_or_insert(error.into());
        }
    }
}

/// The rows that were left out, one after the other.
pub(super) struct RowsLeftOut {
    path: PathBuf,
    reader: Reader<File>,
    record: ByteRecord,
    /// The next of them with what is wrong.
    next: Option<(u64, String)>,
}

impl RowsLeftOut {
    /// Reads the file in the folder of the zips.
    pub(super) fn open(folder: &Path) -> Result<Self, ImportError> {
        let path = folder.join(FILE);
        let file = File::open(&path).map_err(|source| ImportError::Io {
            action: "read the rows that were left out from",
            path: path.clone(),
            source,
        })?;
        let reader = csv::ReaderBuilder::new().has_headers(false).from_reader(file);
        let mut rows = Self { path, reader, record: ByteRecord::new(), next: None };
        rows.read_next()?;
        Ok(rows)
    }

    /// What is wrong with this row, if it is the next that was left out.
    pub(super) fn take(&mut self, row: u64) -> Result<Option<String>, ImportError> {
        match self.next.take_if(|(next, _)| *next == row) {
            Some((_, problems)) => self.read_next().map(|()| Some(problems)),
            None => Ok(None),
        }
    }

    /// Whether all of them were taken.
    pub(super) fn is_at_end(&self) -> bool {
        self.next.is_none()
    }

    fn read_next(&mut self) -> Result<(), ImportError> {
        let read = self.reader.read_byte_record(&mut self.record);
        let read = read.map_err(|error| ImportError::Io {
            action: "read the rows that were left out from",
            path: self.path.clone(),
            source: error.into(),
        })?;
        let cell = |index| String::from_utf8_lossy(self.record.get(index).unwrap_or_default()).into_owned();
        // This crate wrote a number here; if anything else is there, the outcome does not add up, and that is found out.
        self.next = read.then(|| (cell(0).parse().unwrap_or_default(), cell(1)));
        Ok(())
    }
}
