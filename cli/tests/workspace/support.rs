//! An empty folder, and programs that are run in it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// The root of this repository.
pub(crate) fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// The folder of a schema that nothing else in this repository knows.
pub(crate) fn unseen() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/workspace/unseen")
}

/// A folder in which commands are run.
pub(crate) struct Folder(TempDir);

impl Folder {
    /// An empty one, outside this repository.
    pub(crate) fn empty() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self, below: &str) -> PathBuf {
        self.0.path().join(below)
    }

    pub(crate) fn write(&self, below: &str, text: &str) {
        let path = self.path(below);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn read(&self, below: &str) -> String {
        fs::read_to_string(self.path(below)).unwrap()
    }

    /// The names in the folder, sorted.
    pub(crate) fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.0.path()).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// `cargo van-bulk` as Cargo runs it, without credentials.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-van-bulk"));
        command.arg("van-bulk").args(arguments).current_dir(self.0.path());
        for name in ["VAN_APP_NAME", "VAN_API_KEY", "VAN_MODE", "RUST_LOG"] {
            command.env_remove(name);
        }
        command.env("NO_COLOR", "1").stdin(Stdio::null());
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Said {
        Said::of(self.command(arguments).output().unwrap())
    }

    /// Cargo itself, without the network. Builds are kept from run to run.
    pub(crate) fn cargo(&self, arguments: &[&str]) -> Said {
        // The versions that this repository has are on this machine.
        let lock = self.path("Cargo.lock");
        if !lock.exists() {
            fs::copy(repository().join("Cargo.lock"), lock).unwrap();
        }
        let mut command = Command::new(env!("CARGO"));
        command.args(arguments).arg("--offline").current_dir(self.0.path());
        command.env("CARGO_TARGET_DIR", repository().join("target/tests/workspace"));
        command.env("CARGO_TERM_COLOR", "never").env_remove("RUSTFLAGS").stdin(Stdio::null());
        Said::of(command.output().unwrap())
    }
}

/// What a program said.
pub(crate) struct Said {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) errors: String,
}

impl Said {
    pub(crate) fn of(output: Output) -> Self {
        let said = Self {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            errors: String::from_utf8(output.stderr).unwrap(),
        };
        // Shown where a test fails.
        println!("--- {:?}\n{}{}", said.code, said.out, said.errors);
        said
    }

    /// Checks the exit code and that these texts are on standard output.
    #[track_caller]
    pub(crate) fn ended(self, code: i32, texts: &[&str]) -> Self {
        assert_eq!(self.code, Some(code));
        for text in texts {
            assert!(self.out.contains(text), "`{text}` is not in: {}", self.out);
        }
        self
    }

    /// Checks the exit code and that these texts are on standard error, whose lines may be broken anywhere.
    #[track_caller]
    pub(crate) fn failed(self, code: i32, texts: &[&str]) -> Self {
        assert_eq!(self.code, Some(code));
        let words = self.errors.split_whitespace().filter(|word| !matches!(*word, "│" | "×" | "help:"));
        let said = words.collect::<Vec<_>>().join(" ");
        for text in texts {
            assert!(said.contains(text), "`{text}` is not in: {said}");
        }
        self
    }
}
