//! Tells the generator which generator it is: a hash over the sources that decide what it writes. The version of the
//! package stays the same while people work on it.

use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};
use std::{env, fs};

use sha2::{Digest as _, Sha256};

/// This crate, the crates of this repository that it is made of, and the versions of all others.
const SOURCES: [&str; 9] = [
    "codegen/build.rs",
    "codegen/Cargo.toml",
    "codegen/src",
    "schema/Cargo.toml",
    "schema/src",
    "runtime/Cargo.toml",
    "runtime/src",
    "Cargo.toml",
    "Cargo.lock",
];

fn main() {
    let root = Path::new(&env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default()).join("..");
    for source in SOURCES {
        println!("cargo::rerun-if-changed={}", root.join(source).display());
    }
    // Without its sources beside it, as in a vendored copy, the generator does not know itself, and always generates.
    if let Ok(hash) = hash(&root) {
        println!("cargo::rustc-env=VAN_BULK_GENERATOR={hash}");
    }
}

/// A hash over the path and the bytes of every source.
fn hash(root: &Path) -> io::Result<String> {
    let mut files = Vec::new();
    for source in SOURCES {
        add(root, PathBuf::from(source), &mut files)?;
    }
    files.sort();
    let mut hasher = Sha256::new();
    for file in &files {
        let name = file.to_string_lossy().replace('\\', "/");
        let bytes = fs::read(root.join(file))?;
        for part in [name.as_bytes(), &bytes] {
            hasher.update((part.len() as u64).to_le_bytes());
            hasher.update(part);
        }
    }
    let mut hex = String::new();
    for byte in hasher.finalize() {
        // Writing to a string never fails.
        let _ = write!(hex, "{byte:02x}");
    }
    Ok(hex)
}

/// Adds a file, or every file of a folder.
fn add(root: &Path, source: PathBuf, files: &mut Vec<PathBuf>) -> io::Result<()> {
    if !root.join(&source).is_dir() {
        files.push(source);
        return Ok(());
    }
    for entry in fs::read_dir(root.join(&source))? {
        add(root, source.join(entry?.file_name()), files)?;
    }
    Ok(())
}
