//! Unzipping the delimited file of a job.

use std::fs::File;
use std::io::{BufReader, Read, Write};
use std::path::Path;

use van_bulk_schema::payload;
use zip::ZipArchive;
use zip::result::ZipError;

use super::failure::JobFailure;
use super::fetch;
use super::text_check::{Flaw, MAX_ROW_BYTES, TextCheck};

/// Unzips the file that the job names, of at most `limit` bytes, into a new file, and checks that it is text.
pub(super) fn unzip(zip: &Path, file: &payload::File, limit: u64, target: &Path) -> Result<(), JobFailure> {
    let name = file.file_name.as_ref();
    let not_a_zip =
        |error: ZipError| JobFailure::NotAZip { url: fetch::shown(&file.source_url), why: error.to_string() };
    let mut archive = ZipArchive::new(BufReader::new(File::open(zip)?)).map_err(not_a_zip)?;
    let found = names(&archive);
    let mut entry = archive.by_name(name).map_err(|error| match error {
        ZipError::FileNotFound => JobFailure::NotInZip { name: name.to_owned(), found },
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) | ZipError::InvalidPassword => {
            JobFailure::Encrypted { name: name.to_owned() }
        }
        other => JobFailure::Unreadable { name: name.to_owned(), why: other.to_string() },
    })?;
    let delimiter = file.column_delimiter.byte().unwrap_or(b',');
    let mut check = TextCheck::new(delimiter, file.has_quotes);
    let mut target = File::create_new(target)?;
    let mut buffer = vec![0; 64 * 1024];
    let mut length = 0_u64;
    loop {
        let unreadable =
            |error: std::io::Error| JobFailure::Unreadable { name: name.to_owned(), why: error.to_string() };
        let count = entry.read(&mut buffer).map_err(unreadable)?;
        let Some(piece) = buffer.get(..count).filter(|piece| !piece.is_empty()) else { break };
        length = length.saturating_add(piece.len() as u64);
        if length > limit {
            return Err(JobFailure::FileTooLarge { name: name.to_owned(), limit });
        }
        check.take(piece).map_err(|flaw| failure(name, flaw))?;
        target.write_all(piece)?;
    }
    check.finish().map_err(|flaw| failure(name, flaw))
}

fn failure(name: &str, flaw: Flaw) -> JobFailure {
    let name = name.to_owned();
    match flaw {
        Flaw::NotUtf8 { line } => JobFailure::NotUtf8 { name, line },
        Flaw::UnbalancedQuotes { line } => JobFailure::UnbalancedQuotes { name, line },
        Flaw::RowTooLong { line } => JobFailure::RowTooLong { name, line, limit: MAX_ROW_BYTES },
    }
}

/// The first names in the zip, for an error.
fn names<R: Read + std::io::Seek>(archive: &ZipArchive<R>) -> String {
    const MOST: usize = 5;
    let mut names = archive.file_names().map(|name| match name {
        Ok(name) => format!("'{}'", name.escape_debug()),
        Err(_) => "a name that cannot be read".to_owned(),
    });
    let mut shown: Vec<String> = names.by_ref().take(MOST).collect();
    match names.count() {
        0 => {}
        more => shown.push(format!("{more} more")),
    }
    if shown.is_empty() { "nothing".to_owned() } else { shown.join(", ") }
}
