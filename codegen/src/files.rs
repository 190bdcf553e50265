//! Generated files: in memory, compared with what is on disk, or on their way there.

mod staged;

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};
use similar::TextDiff;

pub use staged::{Change, Staged};

/// Takes generated files as they are ready, in no order, so that they need not be in memory at once.
pub trait Sink: Send {
    /// Takes the text of a file. Its path is below the crate's folder, with `/` between the parts.
    ///
    /// # Errors
    /// When it cannot be kept; generating ends with this error. Files that other cores are at may still come.
    fn file(&mut self, path: String, text: String) -> Result<(), FilesError>;
}

impl Sink for Files {
    fn file(&mut self, path: String, text: String) -> Result<(), FilesError> {
        self.insert(path, text);
        Ok(())
    }
}

/// The text of each file, by its path below the crate's folder, with `/` between the parts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Files(BTreeMap<String, String>);

/// The folders in which the generator looks for files that it wrote and no longer writes.
const OWNED: [&str; 1] = ["src"];

/// The files that it writes beside them.
const BESIDE: [&str; 2] = ["Cargo.toml", "rustfmt.toml"];

/// No file that [`Files::on_disk`] reads may be larger than this: 64 MiB, far more than is generated.
const MAX_FILE_BYTES: u64 = 64 * 1024 * 1024;

/// What the first line of every generated file holds; a file without it was written by somebody.
pub(crate) const MARK: &str = "@generated";

/// The generated files could not be written or compared.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FilesError {
    /// The file system refused.
    #[error("could not {action} {}", .path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// On which file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file system refused to keep a file until all are there. Nothing was changed.
    #[error("could not write {}; nothing was changed", .path.display())]
    NotKept {
        /// The file of the crate that it was to be.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Files that nobody generated are in the way. Nothing was written.
    #[error(
        "{} would be overwritten or removed, but not generated: the first line has no `{MARK}`; move {} away and try again",
        list(.0),
        if .0.len() == 1 { "it" } else { "them" }
    )]
    NotGenerated(Vec<PathBuf>),
}

fn list(paths: &[PathBuf]) -> String {
    let shown: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
    shown.join(", ")
}

/// What tells apart the files of a crate: the SHA-256 of each, by its path below the crate's folder.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hashes(BTreeMap<String, [u8; 32]>);

impl Hashes {
    fn insert(&mut self, path: String, text: &str) {
        self.0.insert(path, Sha256::digest(text).into());
    }

    /// Those of the files that [`Files::on_disk`] gives.
    ///
    /// # Errors
    /// As there.
    pub fn on_disk(folder: &Path) -> Result<Self, FilesError> {
        let mut hashes = Self::default();
        each_on_disk(folder, |path, text| hashes.insert(path, &text))?;
        Ok(hashes)
    }

    /// Every path and hash, sorted by path.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &[u8; 32])> {
        self.0.iter().map(|(path, hash)| (path.as_str(), hash))
    }

    fn has(&self, path: &str) -> bool {
        self.0.contains_key(path)
    }
}

/// How a file on disk differs from the one that is generated now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Difference {
    /// It is not there.
    Missing {
        /// Below the crate's folder.
        path: String,
    },
    /// Its text is another one.
    Stale {
        /// Below the crate's folder.
        path: String,
        /// From the text on disk to the generated one, as a unified diff.
        diff: String,
    },
    /// It is there, but nothing generates it.
    Extra {
        /// Below the crate's folder.
        path: String,
    },
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { path } => write!(f, "missing: {path}"),
            Self::Extra { path } => write!(f, "extra: {path}"),
            Self::Stale { path, diff } => write!(f, "stale: {path}\n{diff}"),
        }
    }
}

impl Files {
    /// Adds a file.
    pub fn insert(&mut self, path: impl Into<String>, text: String) {
        self.0.insert(path.into(), text);
    }

    /// The text of a file.
    pub fn get(&self, path: &str) -> Option<&str> {
        self.0.get(path).map(String::as_str)
    }

    /// Every path and text, sorted by path.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &str)> {
        self.0.iter().map(|(path, text)| (path.as_str(), text.as_str()))
    }

    /// The hash of each file.
    pub fn hashes(&self) -> Hashes {
        let mut hashes = Hashes::default();
        self.iter().for_each(|(path, text)| hashes.insert(path.to_owned(), text));
        hashes
    }

    /// What a crate's folder holds where the generator writes: after writing, just the files that were written.
    ///
    /// # Errors
    /// When the file system refuses, or a file is not text, or larger than 64 MiB.
    pub fn on_disk(folder: &Path) -> Result<Self, FilesError> {
        let mut files = Self::default();
        each_on_disk(folder, |path, text| files.insert(path, text))?;
        Ok(files)
    }

    /// Compares with the folder of the crate. No difference means that writing would change nothing.
    ///
    /// # Errors
    /// When the file system refuses.
    pub fn compare(&self, folder: &Path) -> Result<Vec<Difference>, FilesError> {
        let mut comparison = Comparison::with(folder);
        self.iter().try_for_each(|(path, text)| comparison.add(path, text))?;
        comparison.differences()
    }

    /// Makes the folder of the crate hold just these files: changed ones are replaced, generated ones that are extra are
    /// removed, and files whose text is the same are not touched.
    ///
    /// # Errors
    /// As [`Staged::write`].
    pub fn write(&self, folder: &Path) -> Result<Vec<Change>, FilesError> {
        let mut staged = Staged::beside(folder);
        self.iter().try_for_each(|(path, text)| staged.add(path, text))?;
        staged.write()
    }
}

/// Compares generated files with those of a folder as they come.
#[derive(Debug)]
pub struct Comparison {
    folder: PathBuf,
    hashes: Hashes,
    /// By path.
    differences: BTreeMap<String, Difference>,
}

impl Comparison {
    /// With the folder of a crate, of whose files none came yet.
    pub fn with(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into(), hashes: Hashes::default(), differences: BTreeMap::new() }
    }

    /// How many files came.
    pub fn count(&self) -> usize {
        self.hashes.0.len()
    }

    /// When all files came: each that is missing, stale or extra. None means that writing would change nothing.
    ///
    /// # Errors
    /// When the file system refuses.
    pub fn differences(self) -> Result<Vec<Difference>, FilesError> {
        let extra = owned(&self.folder)?.into_iter().filter(|path| !self.hashes.has(path));
        let extra = extra.map(|path| Difference::Extra { path });
        Ok(self.differences.into_values().chain(extra).collect())
    }

    fn add(&mut self, path: &str, text: &str) -> Result<(), FilesError> {
        let difference = match read(&self.folder.join(path))? {
            None => Some(Difference::Missing { path: path.to_owned() }),
            Some(old) if old == text.as_bytes() => None,
            Some(old) => Some(stale(path, &old, text)),
        };
        self.hashes.insert(path.to_owned(), text);
        self.differences.extend(difference.map(|difference| (path.to_owned(), difference)));
        Ok(())
    }
}

impl Sink for Comparison {
    fn file(&mut self, path: String, text: String) -> Result<(), FilesError> {
        self.add(&path, &text)
    }
}

fn stale(path: &str, old: &[u8], text: &str) -> Difference {
    // Bytes that are no text are shown as replacement characters.
    let old = String::from_utf8_lossy(old);
    let diff = TextDiff::from_lines(&*old, text)
        .unified_diff()
        .context_radius(2)
        .header(&format!("{path} (on disk)"), &format!("{path} (generated)"))
        .to_string();
    Difference::Stale { path: path.to_owned(), diff }
}

/// The path and the text of every file that the generator would write or remove.
fn each_on_disk(folder: &Path, mut each: impl FnMut(String, String)) -> Result<(), FilesError> {
    let beside = BESIDE.iter().map(|path| (*path).to_owned());
    for path in beside.chain(owned(folder)?) {
        let full = folder.join(&path);
        if let Some(text) = read_text(&full).map_err(|source| error("read", &full, source))? {
            each(path, text);
        }
    }
    Ok(())
}

/// The path of every file in the folders that the generator owns, sorted.
fn owned(folder: &Path) -> Result<Vec<String>, FilesError> {
    let mut files = Vec::new();
    let mut waiting: Vec<String> = OWNED.iter().map(|owned| (*owned).to_owned()).collect();
    while let Some(below) = waiting.pop() {
        let path = folder.join(&below);
        if !path.is_dir() {
            continue;
        }
        for entry in fs::read_dir(&path).map_err(|source| error("list", &path, source))? {
            let entry = entry.map_err(|source| error("list", &path, source))?;
            let name = format!("{below}/{}", entry.file_name().to_string_lossy());
            // A link is not followed: it may lead out of the crate.
            let kind = entry.file_type().map_err(|source| error("look at", &path, source))?;
            if kind.is_dir() {
                waiting.push(name);
            } else {
                files.push(name);
            }
        }
    }
    files.sort();
    Ok(files)
}

fn is_generated(bytes: &[u8]) -> bool {
    String::from_utf8_lossy(bytes).lines().next().is_some_and(|line| line.contains(MARK))
}

/// The text of a file; nothing if there is none.
fn read_text(path: &Path) -> io::Result<Option<String>> {
    let is_right = match fs::metadata(path) {
        Ok(metadata) => metadata.is_file() && metadata.len() <= MAX_FILE_BYTES,
        Err(source) if source.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(source),
    };
    if !is_right {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "it is no file, or larger than 64 MiB"));
    }
    fs::read_to_string(path).map(Some)
}

/// The bytes of a file; nothing if there is none.
fn read(path: &Path) -> Result<Option<Vec<u8>>, FilesError> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(source) if source.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(error("read", path, source)),
    }
}

/// Writes a file, unless its text is this one already: what has not changed keeps its time.
pub(crate) fn write_if_changed(path: &Path, text: &str) -> Result<(), FilesError> {
    if read(path)?.is_some_and(|old| old == text.as_bytes()) {
        return Ok(());
    }
    replace(path, text.as_bytes()).map_err(|source| error("write", path, source))
}

/// Writes beside the file and renames, so that no half file ever has its name.
fn replace(path: &Path, text: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut builder = tempfile::Builder::new();
    // Temporary files are private by default; source files are not.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644));
    let mut file = builder.tempfile_in(folder)?;
    file.write_all(text)?;
    file.as_file().sync_all()?;
    file.persist(path).map(drop).map_err(|failed| failed.error)
}

fn error(action: &'static str, path: &Path, source: io::Error) -> FilesError {
    FilesError::Io { action, path: path.to_owned(), source }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written() -> (Files, tempfile::TempDir) {
        let mut files = Files::default();
        for path in ["Cargo.toml", "rustfmt.toml", "src/lib.rs", "src/below/it.rs"] {
            files.insert(path, format!("// @generated {path}\n"));
        }
        let folder = tempfile::tempdir().unwrap();
        files.write(folder.path()).unwrap();
        (files, folder)
    }

    #[test]
    fn what_was_written_is_what_is_on_disk_whatever_else_lies_beside_it() {
        let (files, folder) = written();
        fs::create_dir(folder.path().join("snapshot")).unwrap();
        fs::write(folder.path().join("README.md"), "by hand").unwrap();
        assert_eq!(Files::on_disk(folder.path()).unwrap(), files);
        assert_eq!(Files::on_disk(&folder.path().join("nowhere")).unwrap(), Files::default());
    }

    #[test]
    fn files_that_are_no_text_or_too_large_are_told() {
        let (_, folder) = written();
        let lib = folder.path().join("src/lib.rs");
        fs::write(&lib, b"// @generated \xff").unwrap();
        assert!(Files::on_disk(folder.path()).is_err());
        fs::File::create(&lib).unwrap().set_len(MAX_FILE_BYTES + 1).unwrap();
        assert!(Files::on_disk(folder.path()).is_err());
        fs::remove_file(&lib).unwrap();
        assert!(Files::on_disk(folder.path()).unwrap().get("src/lib.rs").is_none());
    }

    #[test]
    fn bytes_that_only_look_like_the_text_are_stale() {
        let (mut files, folder) = written();
        files.insert("src/lib.rs", "// @generated \u{fffd}".to_owned());
        fs::write(folder.path().join("src/lib.rs"), b"// @generated \xff").unwrap();
        let differences = files.compare(folder.path()).unwrap();
        assert!(matches!(differences.as_slice(), [Difference::Stale { path, .. }] if path == "src/lib.rs"));
    }
}
