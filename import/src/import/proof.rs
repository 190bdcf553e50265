//! Whether result files are those of a part, by what they echo of its rows.
//!
//! The number of a job whose submission is unknown is the user's word, which may be wrong. VAN's result files hold the columns
//! that a job asked for (`columnsToIncludeInResultsFile`), so they prove which rows the job had.

use std::fs::File;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};

use van_bulk::header::same_name;
use van_bulk::payload::Payload;
use zip::ZipArchive;

use super::ImportError;
use crate::results::Reconciliation;

/// What is echoed of the rows of a job.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Echo {
    /// The rows of which something is.
    rows: u64,
    /// Those whose cells are as in the part.
    same: u64,
}

impl Echo {
    /// Whether the result files are surely those of other rows. VAN may write a cell in its own way, so a few may differ.
    pub(super) fn is_of_other_rows(self) -> bool {
        self.same * 2 < self.rows
    }

    /// What to say of it.
    pub(super) fn shown(self) -> String {
        format!("of {} rows that its result files echo, {} are rows of this part", self.rows, self.same)
    }
}

/// Compares the result files with the zip of a part that has so many rows.
pub(super) fn echo(
    zip: &Path,
    rows: u64,
    payload: &Payload,
    results: &[PathBuf],
) -> Result<Echo, ImportError> {
    let mut echo = Echo::default();
    let mut sent: Option<Sent> = None;
    let mut failed = None;
    let mut reconciliation = Reconciliation::of_job(rows, payload)?;
    for path in results {
        reconciliation.read_with(path, |row| {
            if row.requested().next().is_none() || failed.is_some() {
                return;
            }
            if sent.is_none() {
                // All files of a job have the same columns.
                let names: Vec<&str> = row.requested().map(|(name, _)| name).collect();
                match Sent::read(zip, payload, &names) {
                    Ok(read) => sent = Some(read),
                    Err(source) => {
                        failed = Some(ImportError::Io { action: "read back", path: zip.to_owned(), source });
                    }
                }
            }
            if let Some(sent) = &sent {
                echo.rows += 1;
                echo.same += u64::from(sent.has(row.row, row.requested().map(|(_, cell)| cell)));
            }
        })?;
    }
    failed.map_or(Ok(echo), Err)
}

/// What was sent in some columns: eight bytes a row.
struct Sent(Vec<u64>);

impl Sent {
    fn read(zip: &Path, payload: &Payload, columns: &[&str]) -> io::Result<Self> {
        let mut archive = ZipArchive::new(BufReader::new(File::open(zip)?))?;
        let text = archive.by_name(&payload.file.file_name)?;
        let delimiter = payload.file.column_delimiter.byte().unwrap_or(b',');
        let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).from_reader(text);
        let header = reader.headers()?.clone();
        let position = |name: &&str| header.iter().position(|found| same_name(found, name));
        let positions: Vec<Option<usize>> = columns.iter().map(position).collect();
        let mut rows = Vec::new();
        let mut record = csv::StringRecord::new();
        while reader.read_record(&mut record)? {
            let cell = |position: &Option<usize>| position.and_then(|at| record.get(at)).unwrap_or_default();
            rows.push(fingerprint(positions.iter().map(cell)));
        }
        Ok(Self(rows))
    }

    /// Whether a row, counted from 1, has these cells.
    fn has<'a>(&self, row: u64, cells: impl Iterator<Item = &'a str>) -> bool {
        let at = row.checked_sub(1).and_then(|at| usize::try_from(at).ok());
        at.and_then(|at| self.0.get(at)).is_some_and(|sent| *sent == fingerprint(cells))
    }
}

/// The cells in one number. Space around them and case are VAN's to change.
fn fingerprint<'a>(cells: impl Iterator<Item = &'a str>) -> u64 {
    let mut hasher = DefaultHasher::new();
    cells.for_each(|cell| cell.trim().to_lowercase().hash(&mut hasher));
    hasher.finish()
}
