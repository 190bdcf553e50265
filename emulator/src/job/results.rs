//! Writing result files.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::apply::Outcome;

/// Writes the rows of a job into files of at most a given size.
#[derive(Debug)]
pub(super) struct ResultWriter {
    folder: PathBuf,
    header: Vec<u8>,
    limit: u64,
    written: u64,
    current: Option<BufWriter<File>>,
    files: Vec<PathBuf>,
}

impl ResultWriter {
    /// Writes into a folder of the job's own. A file holds at least one row, whatever `limit`, in bytes.
    pub(super) fn new(folder: &Path, header: &[String], limit: u64) -> io::Result<Self> {
        Ok(Self {
            folder: folder.to_owned(),
            header: line(header)?,
            limit,
            written: 0,
            current: None,
            files: Vec::new(),
        })
    }

    pub(super) fn write(&mut self, fields: &[String]) -> io::Result<()> {
        let line = line(fields)?;
        if self.current.is_some() && self.written.saturating_add(line.len() as u64) > self.limit {
            self.close()?;
        }
        self.open()?.write_all(&line)?;
        self.written = self.written.saturating_add(line.len() as u64);
        Ok(())
    }

    /// The current file; if there is none, a new one that begins with the header.
    pub(super) fn open(&mut self) -> io::Result<&mut BufWriter<File>> {
        let file = match self.current.take() {
            Some(file) => file,
            None => {
                let path = self.folder.join(format!("part-{}.csv", self.files.len() + 1));
                let mut file = BufWriter::new(File::create_new(&path)?);
                file.write_all(&self.header)?;
                self.written = self.header.len() as u64;
                self.files.push(path);
                file
            }
        };
        Ok(self.current.insert(file))
    }

    /// The files, in order.
    pub(super) fn finish(mut self) -> io::Result<Vec<PathBuf>> {
        self.close()?;
        Ok(self.files)
    }

    fn close(&mut self) -> io::Result<()> {
        match self.current.take() {
            Some(mut file) => file.flush(),
            None => Ok(()),
        }
    }
}

/// The header: VAN's four columns, the columns that the job wants back, one column a mapping.
pub(super) fn header<'a>(
    columns: impl Iterator<Item = &'a str>,
    mappings: impl Iterator<Item = String>,
) -> Vec<String> {
    let fixed = ["BulkUploadDataID", "ULFileID", "PrimaryKey", "PrimaryKeyType"].map(str::to_owned);
    fixed.into_iter().chain(columns.map(str::to_owned)).chain(mappings).collect()
}

/// The fields of one row of a result file.
pub(super) fn fields<'a>(
    row: u64,
    file_id: u32,
    outcome: &Outcome,
    columns: impl Iterator<Item = &'a str>,
) -> Vec<String> {
    let fixed = [
        row.to_string(),
        file_id.to_string(),
        outcome.primary_key.to_string(),
        outcome.primary_key_type.clone(),
    ];
    let messages = outcome.messages.iter().map(|message| (*message).to_owned());
    fixed.into_iter().chain(columns.map(str::to_owned)).chain(messages).collect()
}

fn line(fields: &[String]) -> io::Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(fields)?;
    writer.into_inner().map_err(|error| error.into_error())
}
