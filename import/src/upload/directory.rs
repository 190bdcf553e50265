//! Parts in a folder that a web server of the user's publishes.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;
use tokio::fs;
use url::Url;

use super::UploadError;
use super::part_file::PartFile;
use super::source_url::{published_url, shown};
use crate::files;

pub(super) struct Directory {
    folder: PathBuf,
    /// Where the web server publishes the folder.
    base: Url,
}

impl Directory {
    pub(super) fn new(folder: PathBuf, public_url: &str) -> Result<Self, UploadError> {
        if !folder.is_dir() {
            let target = folder.display().to_string();
            let problem = "it is no folder; create it, or name another".to_owned();
            return Err(UploadError::Target { target, problem });
        }
        let base = published_url(public_url, "the URL of the folder")?;
        if base.query().is_some() || base.fragment().is_some() {
            let problem = "it carries a query or fragment; give only scheme, host and path".to_owned();
            return Err(UploadError::Target { target: "the URL of the folder".to_owned(), problem });
        }
        Ok(Self { folder, base })
    }

    /// The folder, wherever the program is started.
    pub(super) fn folder(&self) -> String {
        std::path::absolute(&self.folder).unwrap_or_else(|_| self.folder.clone()).display().to_string()
    }

    pub(super) fn shown(&self) -> String {
        format!("{} as {}", self.folder.display(), shown(&self.base))
    }

    pub(super) async fn put(&self, name: &str, file: &Path) -> Result<(), UploadError> {
        let part = PartFile::open(file).await?;
        let path = self.path(name);
        let folder = path.parent().unwrap_or(&self.folder);
        fs::create_dir_all(folder).await.map_err(UploadError::io("create", folder))?;
        let temporary = temporary_of(&path).map_err(UploadError::io("write in", folder))?;
        let temporary = part.copy_to(temporary).await?;
        files::keep(temporary, &path).map_err(UploadError::io("create", &path))
    }

    pub(super) fn url(&self, name: &str) -> Url {
        let mut url = self.base.clone();
        // Fails only for URLs without a path, which `published_url` refuses.
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(name.split('/'));
        }
        url
    }

    pub(super) async fn remove(&self, name: &str) -> Result<(), UploadError> {
        let path = self.path(name);
        for path in [&path, &unfinished(&path)] {
            match fs::remove_file(path).await {
                Err(error) if error.kind() != ErrorKind::NotFound => {
                    return Err(UploadError::io("remove", path)(error));
                }
                _ => {}
            }
        }
        if let Some(folder) = path.parent().filter(|folder| *folder != self.folder) {
            // One with other parts in it stays.
            let _ = fs::remove_dir(folder).await;
        }
        Ok(())
    }

    fn path(&self, name: &str) -> PathBuf {
        name.split('/').fold(self.folder.clone(), |path, segment| path.join(segment))
    }
}

/// Where a part is until it is whole. What a program that was killed has left there is replaced or removed with the part.
fn unfinished(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.part"))
}

/// A temporary file that others may read, as far as the system's `umask` lets them: the web server is another user.
fn temporary_of(path: &Path) -> io::Result<NamedTempFile> {
    let unfinished = unfinished(path);
    match std::fs::remove_file(&unfinished) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let name = unfinished.file_name().unwrap_or_default();
    let mut builder = tempfile::Builder::new();
    builder.prefix(name).rand_bytes(0);
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644));
    builder.tempfile_in(unfinished.parent().unwrap_or(path))
}
