//! What an import is about, in one number: the same rows and the same job are the same content.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};
use van_bulk::payload::Payload;
use zip::ZipArchive;

use super::ImportError;
use crate::rows::{Part, write_record};

/// How much is hashed at once, in bytes.
const PIECE: usize = 64 * 1024;

/// The hashes of what is to be sent.
pub(super) struct Hashes {
    /// Of the job and all rows. How the rows are split into parts, and how they are compressed, does not matter, nor does
    /// the description: it often has a date in it.
    pub(super) content: String,
    /// Of each zip.
    pub(super) parts: Vec<String>,
}

/// Reads every part back.
pub(super) fn hashes(payload: &Payload, parts: &[Part]) -> Result<Hashes, ImportError> {
    let header = header(payload);
    let mut content = Sha256::new();
    content.update(job(payload));
    content.update(&header);
    for part in parts {
        add_rows(&mut content, part, header.len() as u64)
            .map_err(|source| io_error("read back", &part.path, source))?;
    }
    let parts = parts.iter().map(|part| of_file(&part.path)).collect::<Result<_, _>>()?;
    Ok(Hashes { content: hexadecimal(content), parts })
}

/// The SHA-256 of a file, in hexadecimal.
pub(super) fn of_file(path: &Path) -> Result<String, ImportError> {
    let mut hash = Sha256::new();
    let file = File::open(path).map_err(|source| io_error("open", path, source))?;
    update(&mut hash, file).map_err(|source| io_error("read", path, source))?;
    Ok(hexadecimal(hash))
}

/// The job without what may differ from one submission of it to the next.
fn job(payload: &Payload) -> Vec<u8> {
    let mut payload = payload.clone();
    payload.description = "".into();
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
fn add_rows(content: &mut Sha256, part: &Part, header: u64) -> io::Result<()> {
    let mut archive = ZipArchive::new(BufReader::new(File::open(&part.path)?))?;
    let mut rows = archive.by_name(&part.file_name)?;
    io::copy(&mut rows.by_ref().take(header), &mut io::sink())?;
    update(content, rows)
}

fn update(hash: &mut Sha256, mut source: impl Read) -> io::Result<()> {
    let mut piece = vec![0; PIECE];
    loop {
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
