//! Throw-away workspaces: a library and a program that uses it, built with a folder of their own.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use miette::{IntoDiagnostic as _, WrapErr as _};
use van_bulk_codegen::Files;

use super::tools;

/// A workspace with the packages `lib` and `program`.
#[derive(Debug)]
pub(in crate::bench) struct Workspace {
    folder: PathBuf,
}

/// What cargo is to do.
#[derive(Debug, Clone, Copy)]
pub(in crate::bench) enum Step {
    Check,
    Release,
    Doc,
}

impl Workspace {
    /// Writes a workspace; what was built in it before stays. `dependencies` are lines of the program's manifest, `lock` holds
    /// the versions of everything.
    pub(in crate::bench) fn write(
        folder: PathBuf,
        lib: &Files,
        program: &str,
        dependencies: &str,
        lock: &str,
    ) -> miette::Result<Self> {
        let manifest = format!(
            "[package]\nname = \"program\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\n\
             lib = {{ path = \"../lib\" }}\n{dependencies}"
        );
        let mut files = Files::default();
        files.insert(
            "Cargo.toml",
            "[workspace]\nresolver = \"3\"\nmembers = [\"lib\", \"program\"]\n".to_owned(),
        );
        files.insert("program/Cargo.toml", manifest);
        files.insert("program/src/main.rs", program.to_owned());
        for (path, text) in lib.iter() {
            files.insert(format!("lib/{path}"), text.to_owned());
        }
        // Cargo takes packages that are not needed out of it, so it is written when there is none.
        if !folder.join("Cargo.lock").exists() {
            files.insert("Cargo.lock", lock.to_owned());
        }
        for (path, text) in files.iter() {
            write_if_changed(&folder.join(path), text)?;
        }
        Ok(Self { folder })
    }

    /// Runs cargo for one package; it does nothing where nothing has changed.
    pub(in crate::bench) fn cargo(&self, step: Step, package: &str) -> miette::Result<()> {
        tools::output(&mut self.command(step, package)).map(drop)
    }

    /// Whether cargo succeeds.
    pub(in crate::bench) fn compiles(&self, step: Step, package: &str) -> miette::Result<bool> {
        Ok(self.command(step, package).output().into_diagnostic()?.status.success())
    }

    /// Checks the library, with a program around the compiler.
    pub(in crate::bench) fn check_with(&self, wrapper: &Path) -> miette::Result<()> {
        self.touch("lib")?;
        let mut command = self.command(Step::Check, "lib");
        tools::output(command.env("RUSTC_WORKSPACE_WRAPPER", wrapper)).map(drop)
    }

    fn command(&self, step: Step, package: &str) -> Command {
        let mut command = tools::cargo();
        let arguments: &[&str] = match step {
            Step::Check => &["check"],
            Step::Release => &["build", "--release"],
            Step::Doc => &["doc", "--no-deps"],
        };
        command.args(arguments).args(["--quiet", "-p", package]).current_dir(&self.folder);
        command.arg("--target-dir").arg(self.folder.join("target"));
        // Nothing but the pinned compiler decides how: no flags of whoever runs this.
        for name in
            ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "RUSTDOCFLAGS", "CARGO_TARGET_DIR", "RUSTC_WRAPPER"]
        {
            command.env_remove(name);
        }
        command.env("CARGO_INCREMENTAL", "0");
        command
    }

    /// Has cargo build a package anew the next time.
    pub(in crate::bench) fn touch(&self, package: &str) -> miette::Result<()> {
        let file = if package == "lib" { "lib/src/lib.rs" } else { "program/src/main.rs" };
        let path = self.folder.join(file);
        std::fs::File::options()
            .append(true)
            .open(&path)
            .and_then(|file| file.set_modified(SystemTime::now()))
            .into_diagnostic()
            .wrap_err_with(|| format!("could not touch {}", path.display()))
    }

    /// The program as `Step::Release` builds it.
    pub(in crate::bench) fn program(&self) -> PathBuf {
        self.folder.join("target/release/program").with_extension(std::env::consts::EXE_EXTENSION)
    }

    /// The pages that `Step::Doc` writes for the library.
    pub(in crate::bench) fn pages(&self) -> PathBuf {
        self.folder.join("target/doc/lib")
    }
}

fn write_if_changed(path: &Path, text: &str) -> miette::Result<()> {
    if std::fs::read_to_string(path).is_ok_and(|known| known == text) {
        return Ok(());
    }
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent).into_diagnostic()?;
    }
    std::fs::write(path, text)
        .into_diagnostic()
        .wrap_err_with(|| format!("could not write {}", path.display()))
}

/// How much text is in a folder and below it, in bytes.
pub(in crate::bench) fn bytes_below(folder: &Path) -> miette::Result<u64> {
    let mut bytes = 0;
    for entry in std::fs::read_dir(folder).into_diagnostic()? {
        let entry = entry.into_diagnostic()?;
        let kind = entry.file_type().into_diagnostic()?;
        bytes += if kind.is_dir() {
            bytes_below(&entry.path())?
        } else {
            entry.metadata().into_diagnostic()?.len()
        };
    }
    Ok(bytes)
}
