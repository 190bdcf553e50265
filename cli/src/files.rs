//! Writing files.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use miette::{IntoDiagnostic as _, WrapErr as _};

/// Writes beside the file and renames, so that no half file ever has its name. Folders are created.
pub(crate) fn write(path: &Path, text: &str) -> miette::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let written = fs::create_dir_all(folder).and_then(|()| {
        let mut builder = tempfile::Builder::new();
        // Temporary files are private by default; files of a workspace are not.
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644));
        let mut file = builder.tempfile_in(folder)?;
        file.write_all(text.as_bytes())?;
        file.as_file().sync_all()?;
        file.persist(path).map(drop).map_err(|failed| failed.error)
    });
    written.into_diagnostic().wrap_err_with(|| format!("could not write {}", path.display()))
}
