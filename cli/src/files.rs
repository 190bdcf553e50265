//! Writing files.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Component, Path, PathBuf};

use miette::{IntoDiagnostic as _, WrapErr as _};
use tempfile::NamedTempFile;

/// Writes beside the file and renames, so that no half file ever has its name. Folders are created.
pub(crate) fn write(path: &Path, text: &str) -> miette::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder).into_diagnostic().wrap_err_with(|| failed(path))?;
    Staged::of(path, text)?.put()
}

/// A file that is written whole, but beside its place.
#[derive(Debug)]
pub(crate) struct Staged {
    file: NamedTempFile,
    path: PathBuf,
}

impl Staged {
    /// Writes a file beside its place, in a folder that is there. What a link leads to will be replaced, not the link.
    pub(crate) fn of(path: &Path, text: &str) -> miette::Result<Self> {
        Self::written(path, text).into_diagnostic().wrap_err_with(|| failed(path))
    }

    fn written(path: &Path, text: &str) -> io::Result<Self> {
        let path = match fs::symlink_metadata(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => path.to_owned(),
            _ => path.canonicalize()?,
        };
        let mut builder = tempfile::Builder::new();
        // Temporary files are private by default; files of a workspace are not.
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644));
        let mut file = builder.tempfile_in(path.parent().unwrap_or(Path::new(".")))?;
        file.write_all(text.as_bytes())?;
        file.as_file().sync_all()?;
        if let Ok(before) = fs::metadata(&path) {
            file.as_file().set_permissions(before.permissions())?;
        }
        Ok(Self { file, path })
    }

    /// Its place.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Puts the file into its place.
    pub(crate) fn put(self) -> miette::Result<()> {
        let put = self.file.persist(&self.path).map_err(|failed| failed.error);
        put.map(drop).into_diagnostic().wrap_err_with(|| failed(&self.path))
    }
}

fn failed(path: &Path) -> String {
    format!("could not write {}", path.display())
}

/// The path from the root of the file system without `..` and links, also of what is not there yet.
pub(crate) fn resolved(path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut resolved = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                resolved.pop();
            }
            part => {
                resolved.push(part);
                resolved = resolved.canonicalize().unwrap_or(resolved);
            }
        }
    }
    resolved
}

/// A text with the line ends of the one that it replaces.
pub(crate) fn with_line_ends_of(old: &str, text: String) -> String {
    let first = old.split_inclusive('\n').next().unwrap_or_default();
    match first.ends_with("\r\n") {
        true => text.replace("\r\n", "\n").replace('\n', "\r\n"),
        false => text,
    }
}
