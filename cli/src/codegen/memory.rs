//! Which generations have been: a file for each in `target`, named by the fingerprint of all that went in and came out.
//!
//! What has the fingerprint of such a file is just as a generation left it, so another one would change nothing. It is
//! not kept in the generated crate: there, it would change with every change of the generator, for people to merge.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use van_bulk_codegen::{Hashes, Inputs, fingerprint};
use van_bulk_schema::snapshot::{MAX_FILE_BYTES, NAMES_LOCK};

use super::{Documents, Left};
use crate::workspace::{GeneratedCrate, Workspace};

/// More than a number of warnings takes.
const MAX_BYTES: u64 = 32;

/// The folder with a file for each generation.
pub(super) struct Memory(PathBuf);

impl Memory {
    pub(super) fn of(workspace: &Workspace) -> Self {
        Self(workspace.target().join("codegen"))
    }

    /// How many warnings were told when a crate was generated, if nothing has changed since. `None` whenever that is in doubt.
    pub(super) fn recall(&self, each: &GeneratedCrate, documents: &[Documents]) -> Option<usize> {
        let files = Hashes::on_disk(&each.out).ok()?;
        // As it is on disk, byte for byte, for it is written, too.
        let names = each.sources.iter().map(|source| read(&source.folder.join(NAMES_LOCK), MAX_FILE_BYTES));
        let names: Vec<String> = names.collect::<io::Result<_>>().ok()?;
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let fingerprint = fingerprint(&inputs(each, documents, &names), &each.config, &files)?;
        read(&self.0.join(fingerprint), MAX_BYTES).ok()?.trim_end().parse().ok()
    }

    /// Remembers what was generated and written. If that fails, the next run generates again, which does no harm.
    pub(super) fn keep(&self, each: &GeneratedCrate, files: &Hashes, left: &Left) {
        let names = left.names.iter().map(|names| names.get(NAMES_LOCK).unwrap_or_default());
        let inputs = inputs(each, &left.documents, &names.collect::<Vec<_>>());
        let Some(fingerprint) = fingerprint(&inputs, &each.config, files) else { return };
        if let Err(error) = self.write(&fingerprint, &format!("{}\n", left.warnings)) {
            let file = self.0.join(fingerprint);
            eprintln!("could not write {} ({error}); the next run generates again", file.display());
        }
    }

    /// Writes beside the file and renames, so that no half number ever has its name.
    fn write(&self, name: &str, text: &str) -> io::Result<()> {
        fs::create_dir_all(&self.0)?;
        let mut file = tempfile::NamedTempFile::new_in(&self.0)?;
        file.write_all(text.as_bytes())?;
        file.persist(self.0.join(name)).map(drop).map_err(|failed| failed.error)
    }
}

/// What a crate was generated from, with the names that were given.
fn inputs<'a>(each: &'a GeneratedCrate, documents: &'a [Documents], names: &[&'a str]) -> Vec<Inputs<'a>> {
    // A crate of one profile does not name it.
    let profile = |name: &'a str| if each.sources.len() == 1 { "" } else { name };
    let sources = each.sources.iter().zip(documents).zip(names);
    sources
        .map(|((source, documents), names_lock)| Inputs {
            profile: profile(&source.profile),
            documents,
            names_lock,
        })
        .collect()
}

fn read(path: &Path, most: u64) -> io::Result<String> {
    let mut text = String::new();
    File::open(path)?.take(most).read_to_string(&mut text)?;
    Ok(text)
}
