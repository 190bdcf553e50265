//! The file of a part, read in order and once.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use tempfile::{NamedTempFile, TempPath};
use tokio::fs::{self, File};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::UploadError;
use crate::rows::MAX_ZIP_BYTES;

/// How much is copied at once.
const COPIED_AT_ONCE: usize = 256 * 1024;

/// The file of a part. That it neither grows nor shrinks while it is read is checked.
pub(super) struct PartFile {
    path: PathBuf,
    file: File,
    bytes: u64,
    left: u64,
}

impl PartFile {
    /// Opens a file that may be a part: one with bytes, and with no more of them than VAN takes.
    pub(super) async fn open(path: &Path) -> Result<Self, UploadError> {
        let metadata = fs::metadata(path).await.map_err(UploadError::io("open", path))?;
        let problem = match metadata.len() {
            _ if !metadata.is_file() => Some("it is no file".to_owned()),
            0 => Some("it is empty".to_owned()),
            bytes if bytes > MAX_ZIP_BYTES => Some(format!("it has {bytes} bytes")),
            _ => None,
        };
        if let Some(problem) = problem {
            return Err(UploadError::Part { path: path.to_owned(), problem });
        }
        let file = File::open(path).await.map_err(UploadError::io("open", path))?;
        Ok(Self { path: path.to_owned(), file, bytes: metadata.len(), left: metadata.len() })
    }

    /// The length of the whole file.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The next bytes: `limit` of them, but for the last, and none at the end.
    pub(super) async fn next(&mut self, limit: usize) -> Result<Vec<u8>, UploadError> {
        let length = usize::try_from(self.left).map_or(limit, |left| left.min(limit));
        let mut bytes = vec![0; length];
        self.file.read_exact(&mut bytes).await.map_err(|error| self.unreadable(error))?;
        self.left -= bytes.len() as u64;
        if self.left == 0 && self.file.read(&mut [0]).await.map_err(|error| self.unreadable(error))? > 0 {
            return Err(UploadError::Changed { path: self.path.clone() });
        }
        Ok(bytes)
    }

    /// Copies the whole file into a temporary one, which is synced.
    pub(super) async fn copy_to(mut self, copy: NamedTempFile) -> Result<TempPath, UploadError> {
        let (file, path) = copy.into_parts();
        let mut file = File::from_std(file);
        while self.left > 0 {
            let bytes = self.next(COPIED_AT_ONCE).await?;
            file.write_all(&bytes).await.map_err(UploadError::io("write", &path))?;
        }
        file.flush().await.map_err(UploadError::io("write", &path))?;
        file.sync_all().await.map_err(UploadError::io("sync", &path))?;
        Ok(path)
    }

    fn unreadable(&self, error: io::Error) -> UploadError {
        let path = self.path.clone();
        match error.kind() {
            ErrorKind::UnexpectedEof => UploadError::Changed { path },
            _ => UploadError::Io { action: "read", path, source: error },
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn file(bytes: &[u8]) -> NamedTempFile {
        let mut file = NamedTempFile::new().unwrap();
        file.write_all(bytes).unwrap();
        file
    }

    #[tokio::test]
    async fn a_file_is_read_in_pieces_to_its_end() {
        let file = file(b"12345");
        let mut part = PartFile::open(file.path()).await.unwrap();
        assert_eq!(part.bytes(), 5);
        for piece in ["12", "34", "5", "", ""] {
            assert_eq!(part.next(2).await.unwrap(), piece.as_bytes());
        }
    }

    #[tokio::test]
    async fn a_file_that_grows_or_shrinks_while_it_is_read_is_noticed() {
        let mut growing = file(b"12345");
        let mut part = PartFile::open(growing.path()).await.unwrap();
        growing.write_all(b"6").unwrap();
        assert_eq!(part.next(2).await.unwrap(), b"12");
        let error = part.next(3).await.unwrap_err().to_string();
        assert!(
            error.ends_with("changed while it was read; put it again once nothing writes to it"),
            "{error}"
        );

        let shrinking = file(b"12345");
        let mut part = PartFile::open(shrinking.path()).await.unwrap();
        shrinking.as_file().set_len(3).unwrap();
        assert_eq!(part.next(2).await.unwrap(), b"12");
        assert!(matches!(part.next(3).await.unwrap_err(), UploadError::Changed { .. }));
    }
}
