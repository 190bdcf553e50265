//! Which generations have been: a file for each in `target`, named by the fingerprint of all that went in and came out.
//!
//! What has the fingerprint of such a file is just as a generation left it, so another one would change nothing. It is
//! not kept in the generated crate: there, it would change with every change of the generator, for people to merge.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use van_bulk_codegen::{Files, Inputs, fingerprint};
use van_bulk_schema::snapshot::{MAX_FILE_BYTES, NAMES_LOCK};

use super::Output;
use crate::workspace::{self, GeneratedCrate};

/// More than a number of warnings takes.
const MAX_BYTES: u64 = 32;

/// How many warnings were told when a crate was generated, if nothing has changed since. `None` whenever that is in doubt.
pub(super) fn recall(each: &GeneratedCrate, documents: &BTreeMap<String, String>) -> Option<usize> {
    let files = Files::on_disk(&each.out).ok()?;
    // As it is on disk, byte for byte, for it is written, too.
    let names_lock = read(&each.snapshot.join(NAMES_LOCK), MAX_FILE_BYTES).ok()?;
    let inputs = [Inputs { profile: "", documents, names_lock: &names_lock }];
    let fingerprint = fingerprint(&inputs, &each.config, &files)?;
    read(&folder().join(fingerprint), MAX_BYTES).ok()?.trim_end().parse().ok()
}

/// Remembers what was generated and written. If that fails, the next run generates again, which does no harm.
pub(super) fn keep(each: &GeneratedCrate, output: &Output) {
    let names_lock = output.names.get(NAMES_LOCK).unwrap_or_default();
    let inputs = [Inputs { profile: "", documents: &output.documents, names_lock }];
    let Some(fingerprint) = fingerprint(&inputs, &each.config, &output.files) else {
        return;
    };
    let file = folder().join(fingerprint);
    if let Err(error) = write(&file, &format!("{}\n", output.warnings)) {
        eprintln!("could not write {} ({error}); the next run generates again", file.display());
    }
}

fn folder() -> PathBuf {
    workspace::target().join("codegen")
}

fn read(path: &Path, most: u64) -> io::Result<String> {
    let mut text = String::new();
    File::open(path)?.take(most).read_to_string(&mut text)?;
    Ok(text)
}

/// Writes beside the file and renames, so that no half number ever has its name.
fn write(path: &Path, text: &str) -> io::Result<()> {
    let folder = folder();
    fs::create_dir_all(&folder)?;
    let mut file = tempfile::NamedTempFile::new_in(&folder)?;
    file.write_all(text.as_bytes())?;
    file.persist(path).map(drop).map_err(|failed| failed.error)
}
