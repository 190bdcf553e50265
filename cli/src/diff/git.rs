//! Reading a snapshot from a git revision, into memory.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::Path;
use std::process::{Command, Stdio};

use miette::miette;
use van_bulk_schema::snapshot::{
    MAPPING_TYPES, MAX_FILE_BYTES, NAMES_LOCK, OVERRIDES, PROFILE, PROVENANCE, RESOURCES, VALUES,
};

/// The most files of a snapshot that are read.
const MOST_FILES: usize = 10_000;

/// The most bytes of a list of files that are read.
const MOST_LISTED: u64 = 16 * 1024 * 1024;

/// The documents of the snapshot in a folder of a revision. The folder is seen from the root of the repository.
pub(super) fn documents(
    root: &Path,
    revision: &str,
    folder: &str,
) -> miette::Result<BTreeMap<String, String>> {
    let folder = folder.trim_end_matches('/');
    let name = format!("{revision}:{folder}");
    // Git would take it for an option.
    if revision.is_empty() || revision.starts_with('-') {
        return Err(no_snapshot(&name, "this is no name of a revision"));
    }
    let commit = text(git(
        root,
        &["rev-parse", "--verify", "--quiet", "--end-of-options", &format!("{revision}^{{tree}}")],
        1_000,
    ))
    .map_err(|why| no_snapshot(&name, &format!("git knows no such revision{why}")))?;
    let listed = git(root, &["ls-tree", "-r", "-z", commit.trim(), "--", &format!("{folder}/")], MOST_LISTED);
    let listed =
        text(listed).map_err(|why| no_snapshot(&name, &format!("git cannot list its files{why}")))?;
    let mut documents = BTreeMap::new();
    for (path, id) in listed.split('\0').filter_map(entry) {
        let Some(document) = path.strip_prefix(folder).and_then(|path| path.strip_prefix('/')) else {
            continue;
        };
        if !is_document(document) {
            continue;
        }
        if documents.len() == MOST_FILES {
            return Err(no_snapshot(&name, &format!("it has more than {MOST_FILES} files")));
        }
        let contents = text(git(root, &["cat-file", "blob", id], MAX_FILE_BYTES))
            .map_err(|why| no_snapshot(&name, &format!("{document} cannot be read{why}")))?;
        let contents = contents.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(contents);
        documents.insert(document.to_owned(), contents);
    }
    if !documents.contains_key(MAPPING_TYPES) {
        return Err(no_snapshot(&name, &format!("there is no {MAPPING_TYPES}")));
    }
    Ok(documents)
}

/// The last revisions in which the files of a folder changed, the newest first; none outside a repository.
pub(super) fn changes_of(root: &Path, folder: &str) -> Vec<String> {
    const MOST: &str = "--max-count=20";
    let listed = git(root, &["log", MOST, "--format=%h", "--end-of-options", "HEAD", "--", folder], 10_000);
    text(listed).map(|listed| listed.lines().map(str::to_owned).collect()).unwrap_or_default()
}

/// The path and the id of a file, from a line as `<mode> blob <id>\t<path>`; links to elsewhere are no files.
fn entry(line: &str) -> Option<(&str, &str)> {
    let (what, path) = line.split_once('\t')?;
    let mut what = what.split(' ');
    let (mode, kind, id) = (what.next()?, what.next()?, what.next()?);
    (kind == "blob" && mode.starts_with("100")).then_some((path, id))
}

/// Whether a file is part of a snapshot.
fn is_document(path: &str) -> bool {
    let is_list = path
        .strip_prefix(VALUES)
        .and_then(|path| path.strip_prefix('/'))
        .is_some_and(|name| name.ends_with(".json") && !name.contains('/'));
    is_list || [MAPPING_TYPES, RESOURCES, PROFILE, PROVENANCE, OVERRIDES, NAMES_LOCK].contains(&path)
}

/// What git writes, at most so many bytes; nothing if it fails.
fn git(root: &Path, arguments: &[&str], most: u64) -> Result<Vec<u8>, String> {
    let told = |error: std::io::Error| format!(": git could not be run: {error}");
    let mut child = Command::new("git")
        .arg("-C")
        .arg(root)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(told)?;
    let mut bytes = Vec::new();
    let read = match child.stdout.take() {
        Some(out) => out.take(most + 1).read_to_end(&mut bytes).map(|_| ()),
        None => Ok(()),
    };
    if bytes.len() as u64 > most {
        // It may still be writing.
        let _ = child.kill();
        let _ = child.wait();
        return Err(format!(": it is larger than {most} bytes, the most that is read"));
    }
    let status = child.wait().map_err(told)?;
    read.map_err(told)?;
    if status.success() { Ok(bytes) } else { Err(String::new()) }
}

fn text(bytes: Result<Vec<u8>, String>) -> Result<String, String> {
    String::from_utf8(bytes?).map_err(|_| ": it is not UTF-8 text".to_owned())
}

fn no_snapshot(name: &str, why: &str) -> miette::Report {
    miette!(
        code = "diff::no-snapshot",
        help = "give a folder with a snapshot, a profile, a git revision, or `REVISION:FOLDER`",
        "`{}` is no snapshot: {why}",
        van_bulk_schema::text::printable(name, 200)
    )
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// A repository with a snapshot that was committed, and changed since.
    fn repository() -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("some where/snapshot");
        fs::create_dir_all(folder.join("values")).unwrap();
        fs::write(folder.join(MAPPING_TYPES), "\u{feff}{\"items\": []}").unwrap();
        fs::write(folder.join("values/größe.json"), "{}").unwrap();
        fs::write(folder.join("notes.txt"), "no part of it").unwrap();
        let git = |arguments: &[&str]| {
            let identity =
                ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"];
            let mut command = Command::new("git");
            command.arg("-C").arg(root.path()).args(identity).args(arguments);
            let output = command.output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        };
        git(&["init", "--quiet"]);
        git(&["add", "."]);
        git(&["commit", "--quiet", "-m", "first"]);
        fs::write(folder.join(MAPPING_TYPES), "changed").unwrap();
        root
    }

    #[test]
    fn the_documents_of_a_revision_are_read_as_they_were_committed() {
        let root = repository();
        let documents = documents(root.path(), "HEAD", "some where/snapshot/").unwrap();
        let names: Vec<&str> = documents.keys().map(String::as_str).collect();
        assert_eq!(names, [MAPPING_TYPES, "values/größe.json"]);
        assert_eq!(documents[MAPPING_TYPES], "{\"items\": []}");
    }

    #[test]
    fn what_is_no_snapshot_is_told() {
        let root = repository();
        for (revision, folder, why) in [
            ("HEAD", "elsewhere", "there is no mapping-types.json"),
            ("no-such-revision", "some where/snapshot", "git knows no such revision"),
            ("--output=x", "some where/snapshot", "this is no name of a revision"),
            ("", "some where/snapshot", "this is no name of a revision"),
        ] {
            let error = documents(root.path(), revision, folder).unwrap_err().to_string();
            assert!(error.contains(why), "{error}");
        }
    }

    #[test]
    fn what_is_too_large_is_not_read_to_its_end() {
        let root = repository();
        let error =
            git(root.path(), &["cat-file", "blob", "HEAD:some where/snapshot/notes.txt"], 5).unwrap_err();
        assert!(error.contains("larger than 5 bytes"), "{error}");
    }
}
