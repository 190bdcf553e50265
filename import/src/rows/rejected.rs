//! The file of the rows that are left out.

use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::RowsError;
use super::check::{Rejected, write_record};
use super::error::io_error;
use crate::files;

/// Writes bad rows as they were read, behind their numbers and what is wrong with them.
pub(super) struct RejectedFile {
    path: PathBuf,
    file: BufWriter<NamedTempFile>,
    delimiter: u8,
}

impl RejectedFile {
    pub(super) fn begin(path: &Path, delimiter: u8, columns: &[String]) -> Result<Self, RowsError> {
        let file = files::temporary_beside(path).map_err(|error| io_error("write beside", path, error))?;
        let mut rejected = Self { path: path.to_owned(), file: BufWriter::new(file), delimiter };
        let mut header = Vec::new();
        write_record(
            &mut header,
            delimiter,
            true,
            ["row", "findings"].into_iter().chain(columns.iter().map(String::as_str)),
        );
        rejected.write(&header)?;
        Ok(rejected)
    }

    pub(super) fn add(&mut self, row: &Rejected) -> Result<(), RowsError> {
        let mut record = Vec::new();
        write_record(
            &mut record,
            self.delimiter,
            true,
            [row.row.to_string().as_str(), &row.reasons].into_iter(),
        );
        // The row is the rest of the record.
        record.truncate(record.len() - b"\r\n".len());
        record.push(self.delimiter);
        record.extend_from_slice(&row.record);
        record.extend_from_slice(b"\r\n");
        self.write(&record)
    }

    /// Syncs the file and gives it its name.
    pub(super) fn finish(self) -> Result<(), RowsError> {
        let Self { path, file, .. } = self;
        let file = file.into_inner().map_err(|error| io_error("write", &path, error.into_error()))?;
        file.as_file().sync_all().map_err(|error| io_error("sync", &path, error))?;
        files::keep(file.into_temp_path(), &path).map_err(|error| io_error("create", &path, error))
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), RowsError> {
        self.file.write_all(bytes).map_err(|error| io_error("write", &self.path, error))
    }
}
