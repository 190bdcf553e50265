//! A package of somebody else, outside this repository, whose build script generates builders.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// A package, which has one snapshot that nobody has generated from before.
pub(super) struct Package {
    /// What Cargo tells packages apart by that lie in different folders and share one for their builds.
    name: &'static str,
    folder: TempDir,
}

/// What a run of Cargo said.
pub(super) struct Said {
    pub(super) succeeded: bool,
    pub(super) out: String,
    pub(super) err: String,
}

impl Package {
    /// A package of this name, which no other test has, with this `main` of its build script, `src/lib.rs` and `src/main.rs`.
    pub(super) fn new(name: &'static str, script: &str, library: &str, program: &str) -> Self {
        let package = Self { name, folder: tempfile::tempdir().unwrap() };
        let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap();
        let path = |below: &str| format!("{:?}", repository.join(below).display().to_string());
        let manifest = format!(
            "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[workspace]\n\n\
             [lib]\nname = \"tin_shop\"\n\n[profile.dev]\ndebug = false\n\n\
             [dependencies]\nvan-bulk = {{ path = {}, default-features = false }}\n\n\
             [build-dependencies]\nvan-bulk-codegen = {{ path = {} }}\n",
            path("runtime"),
            path("codegen"),
        );
        package.write("Cargo.toml", &manifest);
        package.write("build.rs", &format!("fn main() {{\n    {script}\n}}\n"));
        package.write("src/lib.rs", library);
        package.write("src/main.rs", program);
        // The versions that are there: nothing is fetched.
        fs::copy(repository.join("Cargo.lock"), package.path("Cargo.lock")).unwrap();
        let snapshot = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/build_script/snapshots/tinsmiths");
        copy(&snapshot, &package.path("snapshots/tinsmiths"));
        package
    }

    pub(super) fn path(&self, below: &str) -> PathBuf {
        self.folder.path().join(below)
    }

    pub(super) fn read(&self, below: &str) -> String {
        fs::read_to_string(self.path(below)).unwrap()
    }

    pub(super) fn write(&self, below: &str, text: &str) {
        let path = self.path(below);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Runs Cargo on the package. What all packages need is built once, below the folder of this repository's builds.
    pub(super) fn cargo(&self, arguments: &[&str]) -> Said {
        let output = Command::new(env!("CARGO"))
            .args(arguments)
            .args(["--offline", "--color", "never"])
            .current_dir(self.folder.path())
            .env("CARGO_TARGET_DIR", Path::new(env!("CARGO_TARGET_TMPDIR")).join("build_script"))
            .env_remove("RUSTFLAGS")
            .output()
            .unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let Output { status, stdout, stderr } = output;
        Said { succeeded: status.success(), out: text(&stdout), err: text(&stderr) }
    }

    /// Builds it and says whether the build script ran.
    pub(super) fn build_runs_the_script(&self) -> bool {
        let said = self.cargo(&["build", "-v"]);
        assert!(said.succeeded, "{}", said.err);
        let of_package = said.err.lines().filter(|line| line.contains(self.name));
        of_package.filter(|line| line.contains("Running") && line.contains("build-script-build`")).count() > 0
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let to = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &to);
        } else {
            fs::copy(&path, to).unwrap();
        }
    }
}
