//! What an import is about, in one number: the same rows and the same job are the same content.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};
use van_bulk::payload::Payload;
use zip::ZipArchive;

use super::ImportError;
use super::rows::Stop;
use crate::rows::{Part, write_record};

/// How much is hashed at once, in bytes.
const PIECE: usize = 64 * 1024;

/// The hashes of what is to be sent.
pub(super) struct Hashes {
    /// Of the job and all rows; `None` if there are none. How the rows are split into parts, and how they are compressed, does
    /// not matter, nor do the description and the name of the file: they often have a date in them.
    pub(super) content: Option<String>,
    /// Of each zip.
    pub(super) parts: Vec<String>,
}

/// Reads every part back, until it is stopped.
pub(super) fn hashes(payload: &Payload, parts: &[Part], stop: &Stop) -> Result<Hashes, ImportError> {
    let header = header(payload);
    let mut content = Sha256::new();
    content.update(job(payload));
    content.update(&header);
    for part in parts {
        add_rows(&mut content, part, header.len() as u64, stop)
            .map_err(|source| io_error("read back", &part.path, source))?;
    }
    let content = (!parts.is_empty()).then(|| hexadecimal(content));
    let parts =
        parts.iter().map(|part| of_file(&part.path, stop).map_err(|s| io_error("read back", &part.path, s)));
    Ok(Hashes { content, parts: parts.collect::<Result<_, _>>()? })
}

/// The SHA-256 of a file, in hexadecimal.
pub(super) fn of_file(path: &Path, stop: &Stop) -> io::Result<String> {
    let mut hash = Sha256::new();
    update(&mut hash, File::open(path)?, stop)?;
    Ok(hexadecimal(hash))
}

/// The job without what may differ from one submission of it to the next.
fn job(payload: &Payload) -> Vec<u8> {
    let mut payload = payload.clone();
    payload.description = "".into();
    payload.file.file_name = "".into();
    payload.file.source_url = "".into();
    // Text and lists of text can always be written.
    serde_json::to_vec(&payload).unwrap_or_default()
}

/// The header that every part begins with.
fn header(payload: &Payload) -> Vec<u8> {
    let mut header = Vec::new();
    let delimiter = payload.file.column_delimiter.byte().unwrap_or(b',');
    write_record(
        &mut header,
        delimiter,
        true,
        payload.file.columns.iter().map(|column| column.name.as_ref()),
    );
    header
}

/// Adds the rows of a part, without the header.
fn add_rows(content: &mut Sha256, part: &Part, header: u64, stop: &Stop) -> io::Result<()> {
    let mut archive = ZipArchive::new(BufReader::new(File::open(&part.path)?))?;
    let mut rows = archive.by_name(&part.file_name)?;
    io::copy(&mut rows.by_ref().take(header), &mut io::sink())?;
    update(content, rows, stop)
}

fn update(hash: &mut Sha256, mut source: impl Read, stop: &Stop) -> io::Result<()> {
    let mut piece = vec![0; PIECE];
    loop {
        stop.check()?;
        match source.read(&mut piece)? {
            0 => return Ok(()),
            read => hash.update(&piece[..read]),
        }
    }
}

fn hexadecimal(hash: Sha256) -> String {
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn io_error(action: &'static str, path: &Path, source: io::Error) -> ImportError {
    ImportError::Io { action, path: PathBuf::from(path), source }
}
