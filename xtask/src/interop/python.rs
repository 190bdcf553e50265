//! A Python environment with the clients.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use miette::{IntoDiagnostic as _, WrapErr as _, miette};

use crate::{process, workspace};

/// The most that making the environment and installing the clients may take, each; both take about half a minute.
const PATIENCE: Duration = Duration::from_secs(300);

const PROGRAM: &str = if cfg!(windows) { "python" } else { "python3" };

/// An environment that holds what `tests/interop/requirements.txt` lists.
pub(super) struct Python {
    program: PathBuf,
}

impl Python {
    /// The environment, if an earlier run installed these very versions.
    pub(super) fn installed(folder: &Path) -> Option<Self> {
        let installed = fs::read_to_string(stamp(folder)).ok()?;
        let wanted = fs::read_to_string(requirements()).ok()?;
        let python = Self { program: program(folder) };
        (installed == wanted && python.program.exists()).then_some(python)
    }

    /// Makes the environment anew and installs the clients.
    pub(super) fn install(folder: &Path) -> miette::Result<Self> {
        super::empty(&venv(folder))?;
        let log = folder.join("install.log");
        let recent = ["-c", "import sys; sys.exit(sys.version_info < (3, 10))"];
        let no_python = |what: &'static str| {
            move |failure: process::Failure| {
                miette!(
                    code = "interop::no-python",
                    help = "install Python 3.10 or later with its module `venv` (Debian: python3-venv)",
                    "{what}: {failure}"
                )
            }
        };
        process::finish(Command::new(PROGRAM).args(recent), PATIENCE, &log)
            .map_err(no_python("there is no Python of version 3.10 or later"))?;
        process::finish(Command::new(PROGRAM).args(["-m", "venv"]).arg(venv(folder)), PATIENCE, &log)
            .map_err(no_python("could not make a Python environment"))?;
        println!("installing the clients of tests/interop/requirements.txt ...");
        let python = Self { program: program(folder) };
        let pip =
            ["-m", "pip", "install", "--disable-pip-version-check", "--progress-bar", "off", "--requirement"];
        process::finish(Command::new(&python.program).args(pip).arg(requirements()), PATIENCE, &log).map_err(
            |failure| {
                miette!(
                    code = "interop::not-installed",
                    help = "PyPI, or whatever pip is set up to use in its place, must be reachable for the first run",
                    "could not install the clients: {failure}"
                )
            },
        )?;
        // Last, so that it is there only if all else is.
        fs::copy(requirements(), stamp(folder))
            .into_diagnostic()
            .wrap_err("could not note what is installed")?;
        Ok(python)
    }

    /// A command that runs a script, which reaches this machine without a proxy.
    pub(super) fn script(&self, path: &Path) -> Command {
        let mut command = Command::new(&self.program);
        command
            .arg(path)
            .env("NO_PROXY", "127.0.0.1")
            .env("no_proxy", "127.0.0.1")
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env("PYTHONUTF8", "1")
            .env("PYTHONWARNINGS", "ignore")
            // Has parsons log warnings only.
            .env("TESTING", "1");
        command
    }
}

fn requirements() -> PathBuf {
    workspace::root().join("tests/interop/requirements.txt")
}

fn venv(folder: &Path) -> PathBuf {
    folder.join("venv")
}

fn stamp(folder: &Path) -> PathBuf {
    venv(folder).join("installed.txt")
}

fn program(folder: &Path) -> PathBuf {
    let program = if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" };
    venv(folder).join(program)
}
