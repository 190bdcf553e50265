//! Parts in a folder that a web server of the user's publishes.

use std::path::{Path, PathBuf};

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

    pub(super) fn shown(&self) -> String {
        format!("{} as {}", self.folder.display(), shown(&self.base))
    }

    pub(super) async fn put(&self, name: &str, file: &Path) -> Result<(), UploadError> {
        let part = PartFile::open(file).await?;
        let path = self.path(name);
        let folder = path.parent().unwrap_or(&self.folder);
        fs::create_dir_all(folder).await.map_err(UploadError::io("create", folder))?;
        let temporary = temporary_in(folder).map_err(UploadError::io("write in", folder))?;
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
        match fs::remove_file(&path).await {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(UploadError::io("remove", &path)(error))
            }
            _ => Ok(()),
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        name.split('/').fold(self.folder.clone(), |path, segment| path.join(segment))
    }
}

/// A temporary file that others may read, as far as the system's `umask` lets them: the web server is another user.
fn temporary_in(folder: &Path) -> std::io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".van-bulk-").suffix(".part");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644));
    builder.tempfile_in(folder)
}
