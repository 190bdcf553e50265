//! Writes rows into a zip.

use std::any::type_name;
use std::fmt;
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use csv::{ByteRecord, QuoteStyle, Terminator};
use tempfile::NamedTempFile;
use van_bulk::payload::Delimiter;
use van_bulk::{Cells, FinishedJob, Header, Row};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, System, ZipWriter};

use super::columns::difference;
use super::{ADVISED_ZIP_BYTES, MAX_UNZIPPED_BYTES, MAX_ZIP_BYTES, RowsError, io_error};
use crate::files;

/// A zip that is ready to be published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackedFile {
    /// The zip.
    pub path: PathBuf,
    /// The name of the file inside the zip: `file.fileName` of the job.
    pub file_name: String,
    /// The rows in it, without the header. Result files number them from 1.
    pub rows: u64,
    /// The size of the zip, in bytes.
    pub bytes: u64,
    /// The size of the file inside the zip, in bytes.
    pub unzipped_bytes: u64,
}

impl PackedFile {
    /// Whether the zip is larger than the introduction of VAN's docs allows ([`ADVISED_ZIP_BYTES`]), though not larger
    /// than their table does.
    pub fn is_above_advised_size(&self) -> bool {
        self.bytes > ADVISED_ZIP_BYTES
    }
}

/// Writes rows, one by one, into a delimited file inside a zip: [`for_job`](Self::for_job) begins it,
/// [`write_row`](Self::write_row) or [`write`](Self::write) adds a row, [`finish`](Self::finish) completes it.
///
/// The zip appears under its name when [`finish`](Self::finish) has synced it to disk, never before; a packer that is
/// dropped leaves nothing.
///
/// ```
/// use van_bulk::payload::Delimiter;
/// use van_bulk_import::Packer;
///
/// # let folder = tempfile::tempdir()?;
/// let zip = folder.path().join("contacts.zip");
/// let mut packer = Packer::create(&zip, "contacts.csv", &["GivenName", "Email"], &Delimiter::Csv)?;
/// packer.write(["Ana", "ana@example.org"])?;
/// packer.write(["Bo", ""])?;
/// let packed = packer.finish()?;
/// assert_eq!(packed.rows, 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Packer {
    csv: csv::Writer<Entry>,
    path: PathBuf,
    file_name: String,
    columns: Vec<String>,
    rows: u64,
    record: ByteRecord,
    cells: Cells,
    failed: bool,
    max_zip_bytes: u64,
    max_unzipped_bytes: u64,
}

impl fmt::Debug for Packer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Packer").field("path", &self.path).field("rows", &self.rows).finish_non_exhaustive()
    }
}

impl Packer {
    /// Begins a zip at `zip_path` that holds the file `file_name` for `job`, with its columns and its delimiter. Typed
    /// rows are written with [`write_row`](Self::write_row).
    ///
    /// A zip that is already there is replaced when the packer finishes.
    ///
    /// # Errors
    /// When the file name is not a plain one or the file system refuses.
    pub fn for_job(zip_path: &Path, file_name: &str, job: &FinishedJob) -> Result<Self, RowsError> {
        let columns: Vec<&str> = job.columns().collect();
        Self::create(zip_path, file_name, &columns, job.delimiter())
    }

    /// Like [`for_job`](Self::for_job), for a payload that no [`Job`](van_bulk::Job) has made: `columns` and `delimiter`
    /// must be those of the payload.
    ///
    /// # Errors
    /// When VAN does not take the columns (there is none or more than 50, one has no name, or two have the same, ignoring
    /// case), the file name is not a plain one, the delimiter is unknown, or the file system refuses.
    pub fn create(
        zip_path: &Path,
        file_name: &str,
        columns: &[impl AsRef<str>],
        delimiter: &Delimiter,
    ) -> Result<Self, RowsError> {
        let columns: Vec<String> = columns.iter().map(|column| column.as_ref().to_owned()).collect();
        Header::new(columns.iter().cloned())?;
        if !is_plain_file_name(file_name) {
            return Err(RowsError::FileName(file_name.to_owned()));
        }
        let Some(delimiter_byte) = delimiter.byte() else {
            return Err(RowsError::UnknownDelimiter(delimiter.as_str().to_owned()));
        };
        let temporary =
            files::temporary_beside(zip_path).map_err(|error| io_error("write beside", zip_path, error))?;
        let entry = Entry::begin(temporary, file_name).map_err(|error| io_error("begin", zip_path, error))?;
        let mut csv = csv::WriterBuilder::new()
            .delimiter(delimiter_byte)
            .quote_style(QuoteStyle::Always)
            .terminator(Terminator::CRLF)
            .from_writer(entry);
        csv.write_record(&columns).map_err(|error| io_error("write", zip_path, error))?;
        Ok(Self {
            csv,
            path: zip_path.to_owned(),
            file_name: file_name.to_owned(),
            columns,
            rows: 0,
            record: ByteRecord::new(),
            cells: Cells::new(),
            failed: false,
            max_zip_bytes: MAX_ZIP_BYTES,
            max_unzipped_bytes: MAX_UNZIPPED_BYTES,
        })
    }

    /// Writes one row: a cell for each column, in the order of the columns.
    ///
    /// # Errors
    /// When the number of cells is wrong or a cell is not UTF-8: the row is not written and the packer goes on. When the
    /// zip grows too large or the file system refuses: the packer cannot be finished any more.
    pub fn write<I>(&mut self, cells: I) -> Result<(), RowsError>
    where
        I: IntoIterator,
        I::Item: AsRef<[u8]>,
    {
        let row = self.rows + 1;
        let mut found = 0;
        self.record.clear();
        for cell in cells {
            let cell = cell.as_ref();
            if let Some(column) = self.columns.get(found) {
                if let Err(error) = std::str::from_utf8(cell) {
                    let (column, offset) = (column.clone(), error.valid_up_to());
                    return Err(RowsError::NotUtf8 { row, column, offset });
                }
                self.record.push_field(cell);
            }
            found += 1;
        }
        self.write_record(found)
    }

    /// Writes one row of the type that the job was made with.
    ///
    /// # Errors
    /// When the columns of the type are not those of the file, or the row hands out another number of cells: the row is
    /// not written and the packer goes on. Else those of [`write`](Self::write).
    pub fn write_row<R: Row>(&mut self, row: &R) -> Result<(), RowsError> {
        if self.columns != R::COLUMNS {
            let expected: Vec<&str> = self.columns.iter().map(String::as_str).collect();
            let problem = difference(R::COLUMNS, &expected).unwrap_or_default();
            return Err(RowsError::RowType { row: self.rows + 1, row_type: type_name::<R>(), problem });
        }
        self.cells.clear();
        row.write(&mut self.cells);
        self.record.clear();
        // The record takes no more than belongs there; the number says that there were more.
        self.cells.iter().take(self.columns.len()).for_each(|cell| self.record.push_field(cell.as_bytes()));
        self.write_record(self.cells.len())
    }

    /// Writes the record, for which there were `found` cells.
    fn write_record(&mut self, found: usize) -> Result<(), RowsError> {
        let row = self.rows + 1;
        if found != self.columns.len() {
            return Err(RowsError::CellCount { row, expected: self.columns.len(), found });
        }
        if let Err(error) = self.csv.write_byte_record(&self.record) {
            self.failed = true;
            return Err(io_error("write", &self.path, error));
        }
        self.rows = row;
        let entry = self.csv.get_ref();
        self.check_sizes(entry.zipped(), entry.unzipped).inspect_err(|_| self.failed = true)
    }

    /// The rows written by now.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Completes the zip, syncs it to disk and gives it its name.
    ///
    /// # Errors
    /// When the zip is too large, the packer failed before, or the file system refuses. Nothing is left then.
    pub fn finish(mut self) -> Result<PackedFile, RowsError> {
        if self.failed {
            return Err(RowsError::Failed(self.path));
        }
        self.csv.flush().map_err(|error| io_error("write", &self.path, error))?;
        // The sizes, limits and names are needed after the writer is taken apart.
        let Self { csv, path, file_name, rows, max_zip_bytes, max_unzipped_bytes, .. } = self;
        let limits = Limits { path: &path, rows, max_zip_bytes, max_unzipped_bytes };
        let entry = csv
            .into_inner()
            .map_err(|error| io_error("write", &path, io::Error::other(error.error().to_string())))?;
        let unzipped_bytes = entry.unzipped;
        limits.check(entry.zipped(), unzipped_bytes)?;
        let counted = entry.zip.finish().map_err(|error| io_error("complete", &path, error))?;
        let bytes = counted.length;
        limits.check(bytes, unzipped_bytes)?;
        counted.file.as_file().sync_all().map_err(|error| io_error("sync", &path, error))?;
        files::keep(counted.file.into_temp_path(), &path)
            .map_err(|error| io_error("create", &path, error))?;
        let packed = PackedFile { path, file_name, rows, bytes, unzipped_bytes };
        if packed.is_above_advised_size() {
            tracing::warn!(
                zip = %packed.path.display(),
                bytes = packed.bytes,
                "the zip is above {ADVISED_ZIP_BYTES} bytes, which the introduction of VAN's docs names as the limit; \
                 their table allows {MAX_ZIP_BYTES}"
            );
        }
        Ok(packed)
    }

    fn check_sizes(&self, zipped: u64, unzipped: u64) -> Result<(), RowsError> {
        let limits = Limits {
            path: &self.path,
            rows: self.rows,
            max_zip_bytes: self.max_zip_bytes,
            max_unzipped_bytes: self.max_unzipped_bytes,
        };
        limits.check(zipped, unzipped)
    }
}

struct Limits<'a> {
    path: &'a Path,
    rows: u64,
    max_zip_bytes: u64,
    max_unzipped_bytes: u64,
}

impl Limits<'_> {
    fn check(&self, zipped: u64, unzipped: u64) -> Result<(), RowsError> {
        let (path, rows) = (self.path.to_owned(), self.rows);
        if zipped > self.max_zip_bytes {
            return Err(RowsError::TooLarge { path, limit: self.max_zip_bytes, rows });
        }
        if unzipped > self.max_unzipped_bytes {
            return Err(RowsError::TooLargeUnzipped { path, limit: self.max_unzipped_bytes, rows });
        }
        Ok(())
    }
}

fn is_plain_file_name(name: &str) -> bool {
    !matches!(name, "" | "." | "..")
        && !name.chars().any(|character| matches!(character, '/' | '\\' | ':') || character.is_control())
}

/// The file inside the zip.
struct Entry {
    zip: ZipWriter<Counted>,
    unzipped: u64,
}

impl Entry {
    fn begin(file: NamedTempFile, name: &str) -> zip::result::ZipResult<Self> {
        let mut zip = ZipWriter::new(Counted { file, position: 0, length: 0 });
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(DateTime::DEFAULT)
            .system(System::Unix)
            .unix_permissions(0o644);
        zip.start_file(name, options)?;
        Ok(Self { zip, unzipped: 0 })
    }

    /// The size of the zip by now, but for what the compressor still holds back.
    fn zipped(&self) -> u64 {
        self.zip.get_ref().map_or(0, |counted| counted.length)
    }
}

impl Write for Entry {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let written = self.zip.write(buffer)?;
        self.unzipped += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        // Flushing the compressor would only cost compression; `finish` completes it.
        Ok(())
    }
}

/// A file that knows its length.
struct Counted {
    file: NamedTempFile,
    position: u64,
    length: u64,
}

impl Write for Counted {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let written = self.file.write(buffer)?;
        self.position += written as u64;
        self.length = self.length.max(self.position);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Seek for Counted {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.position = self.file.seek(to)?;
        Ok(self.position)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zip_above_the_limit_is_refused_and_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("large.zip");
        let mut packer = Packer::create(&path, "large.csv", &["Number"], &Delimiter::Csv).unwrap();
        packer.max_zip_bytes = 50_000;
        let mut noise = 1u64;
        let error = loop {
            noise = noise.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            if let Err(error) = packer.write([noise.to_string()]) {
                break error;
            }
            assert!(packer.rows() < 100_000, "the limit was never noticed");
        };
        assert!(matches!(error, RowsError::TooLarge { limit: 50_000, .. }), "{error}");
        assert!(matches!(packer.finish(), Err(RowsError::Failed(_))));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_zip_that_only_turns_out_too_large_at_the_end_is_refused_too() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("large.zip");
        let mut packer = Packer::create(&path, "large.csv", &["Number"], &Delimiter::Csv).unwrap();
        packer.max_zip_bytes = 100;
        packer.write(["1"]).unwrap();
        assert!(matches!(packer.finish(), Err(RowsError::TooLarge { limit: 100, rows: 1, .. })));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_file_above_the_limit_before_it_is_zipped_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("large.zip");
        let mut packer = Packer::create(&path, "large.csv", &["Text"], &Delimiter::Csv).unwrap();
        packer.max_unzipped_bytes = 1_000;
        packer.write(["x".repeat(2_000)]).unwrap();
        assert!(matches!(packer.finish(), Err(RowsError::TooLargeUnzipped { limit: 1_000, .. })));
    }

    #[test]
    fn only_plain_names_are_names_of_files_in_a_zip() {
        assert!(is_plain_file_name("contacts of May.csv"));
        for name in ["", ".", "..", "a/b.csv", "a\\b.csv", "C:x.csv", "a\nb.csv"] {
            assert!(!is_plain_file_name(name), "{name:?}");
        }
    }
}
