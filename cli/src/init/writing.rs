//! Writing it all or nothing: everything is written beside its place first, and then renamed.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use miette::{IntoDiagnostic as _, WrapErr as _};
use tempfile::{NamedTempFile, TempDir};

use crate::files::{self, Staged};
use crate::workspace::shown;

/// What is to be written.
#[derive(Debug, Default)]
pub(super) struct Writing {
    /// Folders that are not there yet, or empty, each with the texts of its files by path.
    folders: Vec<(PathBuf, Vec<(String, String)>)>,
    /// Files that may be there, with their new texts.
    files: Vec<(PathBuf, String)>,
}

impl Writing {
    pub(super) fn folder(&mut self, path: &Path, files: impl IntoIterator<Item = (String, String)>) {
        self.folders.push((path.to_owned(), files.into_iter().collect()));
    }

    pub(super) fn file(&mut self, path: PathBuf, text: String) {
        self.files.push((path, text));
    }

    /// Writes it all. On an error, everything is as it was.
    pub(super) fn write(self) -> miette::Result<()> {
        let folders = self.folders.iter().map(|(path, files)| NewFolder::of(path, files));
        let folders: Vec<NewFolder> = folders.collect::<miette::Result<_>>()?;
        let files: Vec<NewFile> =
            self.files.iter().map(|(path, text)| NewFile::of(path, text)).collect::<miette::Result<_>>()?;
        let mut done = Vec::new();
        let put = folders
            .into_iter()
            .try_for_each(|folder| folder.put(&mut done))
            .and_then(|()| files.into_iter().try_for_each(|file| file.put(&mut done)));
        if put.is_err() {
            done.into_iter().rev().for_each(Step::undo);
        }
        put
    }
}

/// A folder that is written whole, but beside its place.
struct NewFolder {
    staged: TempDir,
    path: PathBuf,
}

impl NewFolder {
    /// The name in the temporary folder, which is private while this one will not be.
    const WHOLE: &str = "whole";

    fn of(path: &Path, files: &[(String, String)]) -> miette::Result<Self> {
        let failed = || format!("could not write {}", shown(path).display());
        let beside = path.ancestors().skip(1).find(|above| above.is_dir()).unwrap_or(Path::new("."));
        let staged = tempfile::Builder::new().prefix(".van-bulk-").tempdir_in(beside);
        let staged = staged.into_diagnostic().wrap_err_with(failed)?;
        for (name, text) in files {
            files::write(&staged.path().join(Self::WHOLE).join(name), text).wrap_err_with(failed)?;
        }
        Ok(Self { staged, path: path.to_owned() })
    }

    fn put(self, done: &mut Vec<Step>) -> miette::Result<()> {
        let put = self.renamed(done).into_diagnostic();
        put.wrap_err_with(|| format!("could not write {}", shown(&self.path).display()))
    }

    fn renamed(&self, done: &mut Vec<Step>) -> io::Result<()> {
        let mut missing: Vec<&Path> =
            self.path.ancestors().skip(1).take_while(|above| !above.exists()).collect();
        while let Some(folder) = missing.pop() {
            fs::create_dir(folder)?;
            done.push(Step::Created(folder.to_owned()));
        }
        // An empty folder may be there.
        if fs::remove_dir(&self.path).is_ok() {
            done.push(Step::Removed(self.path.clone()));
        }
        fs::rename(self.staged.path().join(Self::WHOLE), &self.path)?;
        done.push(Step::Filled(self.path.clone()));
        Ok(())
    }
}

/// A file that is written whole, but beside its place.
struct NewFile {
    staged: Staged,
    /// A copy of the file that it replaces.
    before: Option<NamedTempFile>,
}

impl NewFile {
    fn of(path: &Path, text: &str) -> miette::Result<Self> {
        let staged = Staged::of(path, text)?;
        let before = Self::copy(staged.path()).into_diagnostic();
        let before = before.wrap_err_with(|| format!("could not keep {}", shown(path).display()))?;
        Ok(Self { staged, before })
    }

    fn copy(path: &Path) -> io::Result<Option<NamedTempFile>> {
        if !path.is_file() {
            return Ok(None);
        }
        let copy = NamedTempFile::new_in(path.parent().unwrap_or(Path::new(".")))?;
        fs::copy(path, copy.path())?;
        Ok(Some(copy))
    }

    fn put(self, done: &mut Vec<Step>) -> miette::Result<()> {
        let path = self.staged.path().to_owned();
        self.staged.put()?;
        done.push(Step::Replaced(path, self.before));
        Ok(())
    }
}

/// What was done and can be undone.
enum Step {
    /// An empty folder was created.
    Created(PathBuf),
    /// An empty folder was removed.
    Removed(PathBuf),
    /// A new folder was put into its place.
    Filled(PathBuf),
    /// A file was put into its place, where another one was if there is a copy.
    Replaced(PathBuf, Option<NamedTempFile>),
}

impl Step {
    /// Undoes it as far as the file system lets it: the error that led here is the one to tell.
    fn undo(self) {
        let _ = match self {
            Self::Created(folder) => fs::remove_dir(folder),
            Self::Removed(folder) => fs::create_dir(folder),
            Self::Filled(folder) => fs::remove_dir_all(folder),
            Self::Replaced(path, None) => fs::remove_file(path),
            Self::Replaced(path, Some(before)) => {
                before.persist(path).map(drop).map_err(|failed| failed.error)
            }
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn what_cannot_be_written_whole_leaves_everything_as_it_was() {
        let root = tempfile::tempdir().unwrap();
        let path = |name: &str| root.path().join(name);
        fs::write(path("ours.txt"), "ours").unwrap();
        fs::create_dir(path("empty")).unwrap();
        fs::create_dir_all(path("folder/with/more")).unwrap();
        let writing = || {
            let mut writing = Writing::default();
            let files = || [("src/lib.rs".to_owned(), "new".to_owned())];
            writing.folder(&path("deep/er"), files());
            writing.folder(&path("empty"), files());
            writing.file(path("ours.txt"), "new".to_owned());
            writing.file(path("theirs.txt"), "new".to_owned());
            writing
        };
        let mut wrong = writing();
        wrong.file(path("folder"), "new".to_owned());
        let error = wrong.write().unwrap_err();
        assert!(error.to_string().contains("could not write"), "{error}");
        assert_eq!(names(root.path()), ["empty", "folder", "ours.txt"]);
        assert_eq!(
            (names(&path("empty")).len(), fs::read_to_string(path("ours.txt")).unwrap()),
            (0, "ours".to_owned())
        );

        writing().write().unwrap();
        assert_eq!(names(root.path()), ["deep", "empty", "folder", "ours.txt", "theirs.txt"]);
        assert_eq!(fs::read_to_string(path("deep/er/src/lib.rs")).unwrap(), "new");
        assert_eq!(fs::read_to_string(path("ours.txt")).unwrap(), "new");
    }
}
