//! Generated files on their way to the folder of a crate.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::TempDir;

use super::{FilesError, Hashes, Sink, error, is_generated, owned, read};

/// The folder in which changed files wait is named by this and some letters.
const PREFIX: &str = ".van-bulk-";

/// What writing did to a file, by its path below the crate's folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// It was not there.
    Added(String),
    /// It had another text.
    Changed(String),
    /// Nothing generates it any more.
    Removed(String),
}

/// Takes generated files and keeps those that are not in the folder yet, synced, in a folder of their own there, until all
/// came. What is dropped before it is written leaves everything as it was.
#[derive(Debug)]
pub struct Staged {
    folder: PathBuf,
    waiting: Option<Waiting>,
    hashes: Hashes,
    changes: Vec<Change>,
    /// Files that nobody generated.
    in_the_way: Vec<PathBuf>,
}

/// The folder with the changed files.
#[derive(Debug)]
struct Waiting {
    files: TempDir,
    /// The folders that were created for it, the innermost first.
    created: Vec<PathBuf>,
}

impl Staged {
    /// For the folder of a crate, which need not be there.
    pub fn beside(folder: impl Into<PathBuf>) -> Self {
        let (folder, hashes) = (folder.into(), Hashes::default());
        Self { folder, waiting: None, hashes, changes: Vec::new(), in_the_way: Vec::new() }
    }

    /// The hashes of all files that came.
    pub fn hashes(&self) -> &Hashes {
        &self.hashes
    }

    /// When all files came: makes the folder of the crate hold just these. Changed ones are replaced, generated ones that are
    /// extra are removed, and files whose text is the same are not touched.
    ///
    /// # Errors
    /// When a file that was not generated is in the way: nothing is written then. When the file system refuses: each
    /// file is then either as it was or as it should be.
    pub fn write(mut self) -> Result<Vec<Change>, FilesError> {
        for path in owned(&self.folder)?.into_iter().filter(|path| !self.hashes.has(path)) {
            let full = self.folder.join(&path);
            // Another run may have removed it by now.
            let Some(bytes) = read(&full)? else { continue };
            if !is_generated(&bytes) {
                self.in_the_way.push(full);
            }
            self.changes.push(Change::Removed(path));
        }
        if !self.in_the_way.is_empty() {
            self.in_the_way.sort();
            return Err(FilesError::NotGenerated(std::mem::take(&mut self.in_the_way)));
        }
        let mut changes = std::mem::take(&mut self.changes);
        changes.sort_by(|a, b| a.order().cmp(&b.order()));
        for change in &changes {
            let path = self.folder.join(change.path());
            match (change, &mut self.waiting) {
                (Change::Removed(_), _) => {
                    let removed = fs::remove_file(&path);
                    let is_gone = |error: &io::Error| error.kind() == ErrorKind::NotFound;
                    removed
                        .or_else(|source| if is_gone(&source) { Ok(()) } else { Err(source) })
                        .map_err(|source| error("remove", &path, source))?;
                }
                (_, Some(waiting)) => {
                    // From here on the folder is the crate's.
                    waiting.created.clear();
                    let parent = path.parent().unwrap_or(Path::new("."));
                    fs::create_dir_all(parent).map_err(|source| error("create", parent, source))?;
                    let file = waiting.files.path().join(change.path());
                    moved(&file, &path).map_err(|source| error("write", &path, source))?;
                }
                (_, None) => {}
            }
        }
        Ok(changes)
    }

    pub(super) fn add(&mut self, path: &str, text: &str) -> Result<(), FilesError> {
        self.hashes.insert(path.to_owned(), text);
        let full = self.folder.join(path);
        let change = match read(&full)? {
            Some(old) if old == text.as_bytes() => return Ok(()),
            Some(old) => {
                if !is_generated(&old) {
                    self.in_the_way.push(full);
                }
                Change::Changed(path.to_owned())
            }
            None => Change::Added(path.to_owned()),
        };
        self.changes.push(change);
        let file = self.waiting()?.join(path);
        // The file that it is to be is what people know.
        super::replace(&file, text.as_bytes())
            .map_err(|source| FilesError::NotKept { path: self.folder.join(path), source })
    }

    /// The folder for changed files.
    fn waiting(&mut self) -> Result<&Path, FilesError> {
        if self.waiting.is_none() {
            let folder = &self.folder;
            let missing = folder.ancestors().take_while(|folder| !folder.as_os_str().is_empty());
            let created = missing.take_while(|folder| !folder.exists()).map(Path::to_owned).collect();
            fs::create_dir_all(folder).map_err(|source| error("create", folder, source))?;
            remove_abandoned(folder);
            let files = tempfile::Builder::new().prefix(PREFIX).tempdir_in(folder);
            let files = files.map_err(|source| error("write into", folder, source))?;
            // What a kill leaves is not committed.
            fs::write(files.path().join(".gitignore"), "*\n")
                .map_err(|source| error("write into", folder, source))?;
            self.waiting = Some(Waiting { files, created });
        }
        Ok(self.waiting.as_ref().map_or(self.folder.as_path(), |waiting| waiting.files.path()))
    }
}

/// How old a folder of changed files is that nobody is at any more.
const ABANDONED: Duration = Duration::from_secs(60 * 60);

/// Removes what a run that was killed left behind. What cannot be removed does no harm.
fn remove_abandoned(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let is_ours = entry.file_name().to_string_lossy().starts_with(PREFIX);
        let age = || entry.metadata().ok()?.modified().ok()?.elapsed().ok();
        if is_ours && age().is_some_and(|age| age > ABANDONED) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

/// Moves a file over another, which is on another file system where a part of the crate's folder is a link there.
fn moved(from: &Path, to: &Path) -> io::Result<()> {
    match fs::rename(from, to) {
        Err(error) if error.kind() == ErrorKind::CrossesDevices => super::replace(to, &fs::read(from)?),
        renamed => renamed,
    }
}

impl Sink for Staged {
    fn file(&mut self, path: String, text: String) -> Result<(), FilesError> {
        self.add(&path, &text)
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        let Some(Waiting { files, created }) = self.waiting.take() else { return };
        // What stays is ignored by git, and removed by a later run.
        drop(files);
        for folder in created {
            let _ = fs::remove_dir(folder);
        }
    }
}

impl Change {
    /// The path of the file, below the crate's folder.
    pub fn path(&self) -> &str {
        let (Self::Added(path) | Self::Changed(path) | Self::Removed(path)) = self;
        path
    }

    /// What is removed comes last.
    fn order(&self) -> (bool, &str) {
        (matches!(self, Self::Removed(_)), self.path())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Files;

    /// A crate's folder that holds a file to keep, one to change and one to remove.
    fn written() -> tempfile::TempDir {
        let mut files = Files::default();
        for path in ["Cargo.toml", "src/lib.rs", "src/old.rs"] {
            files.insert(path, format!("// @generated {path}\n"));
        }
        let folder = tempfile::tempdir().unwrap();
        files.write(folder.path()).unwrap();
        folder
    }

    fn staged(folder: &Path) -> Staged {
        let mut staged = Staged::beside(folder);
        for (path, text) in [
            ("src/lib.rs", "// @generated another"),
            ("src/below/new.rs", "// @generated"),
            ("Cargo.toml", "// @generated Cargo.toml\n"),
        ] {
            staged.file(path.to_owned(), text.to_owned()).unwrap();
        }
        staged
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[cfg(unix)]
    #[test]
    fn what_a_killed_run_left_is_removed_an_hour_later_and_that_of_one_that_may_be_alive_stays() {
        let folder = written();
        for (name, age) in [(".van-bulk-old", 2 * ABANDONED), (".van-bulk-new", ABANDONED / 2)] {
            let left = folder.path().join(name);
            fs::create_dir(&left).unwrap();
            let time = std::time::SystemTime::now() - age;
            fs::File::open(&left).unwrap().set_modified(time).unwrap();
        }
        staged(folder.path()).write().unwrap();
        assert_eq!(names(folder.path()), [".van-bulk-new", "Cargo.toml", "src"]);
    }

    #[test]
    fn only_what_has_changed_is_written_and_nothing_is_left_beside_it() {
        let folder = written();
        let before = fs::metadata(folder.path().join("Cargo.toml")).unwrap().modified().unwrap();
        let changes = staged(folder.path()).write().unwrap();
        assert_eq!(
            changes,
            [
                Change::Added("src/below/new.rs".to_owned()),
                Change::Changed("src/lib.rs".to_owned()),
                Change::Removed("src/old.rs".to_owned()),
            ]
        );
        assert_eq!(fs::metadata(folder.path().join("Cargo.toml")).unwrap().modified().unwrap(), before);
        assert_eq!(names(folder.path()), ["Cargo.toml", "src"]);
        assert_eq!(names(&folder.path().join("src")), ["below", "lib.rs"]);
        assert_eq!(staged(folder.path()).write().unwrap(), []);
    }

    #[test]
    fn what_is_never_written_leaves_everything_as_it_was() {
        let folder = written();
        let before = Files::on_disk(folder.path()).unwrap();
        drop(staged(folder.path()));
        assert_eq!(Files::on_disk(folder.path()).unwrap(), before);
        assert_eq!(names(folder.path()), ["Cargo.toml", "src"]);
        drop(staged(&folder.path().join("new/crate")));
        assert_eq!(names(folder.path()), ["Cargo.toml", "src"]);
    }

    #[test]
    fn where_a_file_is_in_the_way_nothing_is_written() {
        let folder = written();
        fs::write(folder.path().join("src/old.rs"), "by hand").unwrap();
        let before = Files::on_disk(folder.path()).unwrap();
        let error = staged(folder.path()).write().unwrap_err();
        assert!(
            matches!(error, FilesError::NotGenerated(paths) if paths == [folder.path().join("src/old.rs")])
        );
        assert_eq!(Files::on_disk(folder.path()).unwrap(), before);
        assert_eq!(names(folder.path()), ["Cargo.toml", "src"]);
    }

    #[test]
    fn the_hashes_of_what_came_are_those_of_what_is_there_after_writing() {
        let folder = written();
        let staged = staged(folder.path());
        let hashes = staged.hashes().clone();
        assert_ne!(Hashes::on_disk(folder.path()).unwrap(), hashes);
        staged.write().unwrap();
        assert_eq!(Hashes::on_disk(folder.path()).unwrap(), hashes);
    }
}
