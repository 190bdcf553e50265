//! Packs the rows of a CSV.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use csv::ByteRecord;
use van_bulk::FinishedJob;

use super::columns::difference;
use super::{PackedFile, Packer, RowsError, io_error};
use crate::delimited::Reader;

/// Packs the rows of the CSV `source` like [`pack_csv_from`].
///
/// # Errors
/// Those of [`pack_csv_from`], and when the file cannot be opened.
pub fn pack_csv(
    source: &Path,
    zip_path: &Path,
    file_name: &str,
    job: &FinishedJob,
) -> Result<PackedFile, RowsError> {
    let file = File::open(source).map_err(|error| io_error("open", source, error))?;
    pack_csv_from(file, &source.display().to_string(), zip_path, file_name, job)
}

/// Packs the rows of a CSV that has a header, for `job`; errors call the CSV `source_name`.
///
/// The header must be the columns of the job: VAN takes the names from the job and never reads the header, so
/// a file in another order would fill the wrong fields. The job's delimiter is that of the source and of the packed file.
/// Blank lines are no rows.
///
/// # Errors
/// When the header differs, the CSV is faulty, or the rows cannot be packed. Nothing is left then.
pub fn pack_csv_from(
    source: impl Read,
    source_name: &str,
    zip_path: &Path,
    file_name: &str,
    job: &FinishedJob,
) -> Result<PackedFile, RowsError> {
    let mut packer = Packer::for_job(zip_path, file_name, job)?;
    // The packer has refused delimiters without a byte.
    let mut reader = Reader::new(source, source_name, job.delimiter().byte().unwrap_or(b','))?;
    let found: Vec<&str> = reader.header().collect();
    let expected: Vec<&str> = job.columns().collect();
    if let Some(problem) = difference(&found, &expected) {
        return Err(RowsError::Header { file: source_name.to_owned(), problem });
    }
    let mut record = ByteRecord::new();
    while reader.read(&mut record)?.is_some() {
        packer.write(&record)?;
    }
    packer.finish()
}
