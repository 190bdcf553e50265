//! Puts compressed rows into zips of a bounded size.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::{NamedTempFile, TempPath};

use super::check::Chunk;
use super::deflate::END;
use super::error::io_error;
use super::zip::{Frame, Sizes};
use super::{MAX_FILE_NAME, MAX_UNZIPPED_BYTES, RowsError};
use crate::files;

/// A zip that is ready to be published: one part of an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The zip.
    pub path: PathBuf,
    /// The name of the file inside the zip: `file.fileName` of the job.
    pub file_name: String,
    /// The rows in it, without the header. Result files number them from 1.
    pub rows: u64,
    /// The first row of the input that is in it, counted from 1.
    pub first_row: u64,
    /// The last row of the input that is in it. Rows between the two that are not in it were rejected.
    pub last_row: u64,
    /// The size of the zip, in bytes.
    pub bytes: u64,
    /// The size of the file inside the zip, in bytes.
    pub unzipped_bytes: u64,
}

/// The parts of an import, the last of them open.
pub(super) struct Parts {
    folder: PathBuf,
    file_name: String,
    max_bytes: u64,
    header: Chunk,
    open: Option<Open>,
    /// Parts that are whole and synced, but have no names yet.
    whole: Vec<(Part, TempPath)>,
}

/// A part that is being written.
struct Open {
    file: NamedTempFile,
    path: PathBuf,
    crc: crc32fast::Hasher,
    zipped: u64,
    unzipped: u64,
    rows: u64,
    first: u64,
    last: u64,
}

impl Parts {
    /// Parts in `folder` of at most `max_bytes`, each with this header.
    pub(super) fn new(
        folder: &Path,
        file_name: &str,
        max_bytes: u64,
        header: Chunk,
    ) -> Result<Self, RowsError> {
        if !is_plain_file_name(file_name) || file_name.len() > MAX_FILE_NAME {
            return Err(RowsError::FileName(file_name.to_owned()));
        }
        Ok(Self {
            folder: folder.to_owned(),
            file_name: file_name.to_owned(),
            max_bytes,
            header,
            open: None,
            whole: Vec::new(),
        })
    }

    /// Adds rows to the last part, or to a new one where they do not fit it.
    pub(super) fn add(&mut self, chunk: &Chunk) -> Result<(), RowsError> {
        let frame = self.frame()?.bytes() + END.len() as u64;
        if let Some(open) = self.open.take() {
            let zipped = frame + open.zipped + chunk.deflated.len() as u64;
            if zipped <= self.max_bytes && open.unzipped + chunk.bytes <= MAX_UNZIPPED_BYTES {
                self.open = Some(open);
            } else {
                self.end(open)?;
            }
        }
        let mut open = match self.open.take() {
            Some(open) => open,
            None => self.begin(chunk.first)?,
        };
        let bytes = frame + open.zipped + chunk.deflated.len() as u64;
        if bytes > self.max_bytes {
            let (first, last) = (chunk.first, chunk.last);
            return Err(RowsError::TooLarge { first, last, bytes, most: self.max_bytes });
        }
        open.write(chunk)?;
        open.rows += chunk.rows;
        open.last = chunk.last;
        self.open = Some(open);
        Ok(())
    }

    /// Completes the last part. None has its name yet.
    pub(super) fn complete(&mut self) -> Result<(), RowsError> {
        self.open.take().map_or(Ok(()), |open| self.end(open))
    }

    /// Completes all parts and gives them their names: either all of them have one then, or none.
    pub(super) fn finish(mut self) -> Result<Vec<Part>, RowsError> {
        self.complete()?;
        let mut parts = Vec::new();
        let named = self.name_parts(&mut parts).and_then(|()| self.remove_later_parts(parts.len()));
        if let Err(error) = named {
            // Some parts of an import look like all of it.
            parts.iter().for_each(|part| drop(std::fs::remove_file(&part.path)));
            return Err(error);
        }
        Ok(parts)
    }

    fn name_parts(&mut self, named: &mut Vec<Part>) -> Result<(), RowsError> {
        for (part, file) in self.whole.drain(..) {
            files::keep(file, &part.path).map_err(|error| io_error("create", &part.path, error))?;
            named.push(part);
        }
        Ok(())
    }

    /// Those of an earlier run that had more parts would be taken for parts of this one.
    fn remove_later_parts(&self, last: usize) -> Result<(), RowsError> {
        for number in last + 1.. {
            let path = part_path(&self.folder, &self.file_name, number);
            match std::fs::remove_file(&path) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => break,
                removed => removed.map_err(|error| io_error("remove, of an earlier run,", &path, error))?,
            }
        }
        Ok(())
    }

    fn frame(&self) -> Result<Frame<'_>, RowsError> {
        Frame::new(&self.file_name).ok_or_else(|| RowsError::FileName(self.file_name.clone()))
    }

    fn begin(&self, first: u64) -> Result<Open, RowsError> {
        let path = part_path(&self.folder, &self.file_name, self.whole.len() + 1);
        let file = files::temporary_beside(&path).map_err(|error| io_error("write beside", &path, error))?;
        let mut open = Open {
            file,
            path,
            crc: crc32fast::Hasher::new(),
            zipped: 0,
            unzipped: 0,
            rows: 0,
            first,
            last: first,
        };
        let header = self.frame()?.header(Sizes::default());
        open.file.write_all(&header).map_err(|error| io_error("write", &open.path, error))?;
        open.write(&self.header)?;
        Ok(open)
    }

    /// Completes a part and syncs it.
    fn end(&mut self, mut open: Open) -> Result<(), RowsError> {
        let frame = self.frame()?;
        let zipped = open.zipped + END.len() as u64;
        let failed = |error| io_error("complete", &open.path, error);
        let too_large = |_| failed(io::ErrorKind::FileTooLarge.into());
        let sizes = Sizes {
            crc: open.crc.finalize(),
            zipped: u32::try_from(zipped).map_err(too_large)?,
            unzipped: u32::try_from(open.unzipped).map_err(too_large)?,
        };
        open.file.write_all(END).map_err(failed)?;
        frame.finish(&mut open.file, sizes).map_err(failed)?;
        open.file.as_file().sync_all().map_err(|error| io_error("sync", &open.path, error))?;
        let part = Part {
            bytes: frame.bytes() + zipped,
            path: open.path,
            file_name: self.file_name.clone(),
            rows: open.rows,
            first_row: open.first,
            last_row: open.last,
            unzipped_bytes: open.unzipped,
        };
        self.whole.push((part, open.file.into_temp_path()));
        Ok(())
    }
}

impl Open {
    fn write(&mut self, chunk: &Chunk) -> Result<(), RowsError> {
        self.file.write_all(&chunk.deflated).map_err(|error| io_error("write", &self.path, error))?;
        self.crc.combine(&chunk.crc);
        self.zipped += chunk.deflated.len() as u64;
        self.unzipped += chunk.bytes;
        Ok(())
    }
}

/// `contacts.csv` is packed into `contacts-001.zip`, `contacts-002.zip` and so on.
fn part_path(folder: &Path, file_name: &str, number: usize) -> PathBuf {
    folder.join(format!("{}-{number:03}.zip", stem(file_name)))
}

/// Whether a part could have this name (that of a file, without folders), where files `file_name` are packed: packing may
/// replace or remove it. Case does not count, as on some systems.
fn is_part_name(name: &str, file_name: &str) -> bool {
    let (name, stem) = (name.to_lowercase(), stem(file_name).to_lowercase());
    let number = name.strip_prefix(&stem).and_then(|rest| rest.strip_prefix('-'));
    let number = number.and_then(|rest| rest.strip_suffix(".zip")).unwrap_or_default();
    number.len() >= 3 && number.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a path, without links in it, is one that a part could have.
pub(super) fn is_part_path(path: &Path, folder: &Path, file_name: &str) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    is_part_name(&name, file_name) && path.parent() == Some(folder)
}

fn stem(file_name: &str) -> &str {
    match file_name.rsplit_once('.') {
        Some((stem, _)) if !stem.is_empty() => stem,
        _ => file_name,
    }
}

fn is_plain_file_name(name: &str) -> bool {
    !matches!(name, "" | "." | "..")
        && !name.chars().any(|character| matches!(character, '/' | '\\' | ':') || character.is_control())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_names_are_names_of_files_in_a_zip() {
        assert!(is_plain_file_name("contacts of May.csv"));
        for name in ["", ".", "..", "a/b.csv", "a\\b.csv", "C:x.csv", "a\nb.csv"] {
            assert!(!is_plain_file_name(name), "{name:?}");
        }
    }

    #[test]
    fn names_that_parts_could_have_are_told_by_stem_and_number() {
        for name in ["rows-001.zip", "Rows-1234.zip"] {
            assert!(is_part_name(name, "rows.csv"), "{name}");
        }
        for name in ["rows-01.zip", "rows.zip", "row-001.zip", "rows-001.csv", "rows-0x1.zip"] {
            assert!(!is_part_name(name, "rows.csv"), "{name}");
        }
    }

    #[test]
    fn parts_are_named_after_the_file_and_numbered() {
        let name = |file_name, number| part_path(Path::new("out"), file_name, number).display().to_string();
        assert_eq!(name("contacts.csv", 1), "out/contacts-001.zip");
        assert_eq!(name("contacts", 12), "out/contacts-012.zip");
        assert_eq!(name(".csv", 1_234), "out/.csv-1234.zip");
    }
}
