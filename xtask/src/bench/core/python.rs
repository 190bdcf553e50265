//! Parsons, the Python library that many campaigns import with, in an environment of its own.

use std::path::{Path, PathBuf};
use std::process::Command;

use miette::miette;
use serde_json::Value;

use super::tools::{Tools, json, output};

/// Reads a CSV and writes it to a zip, as the library's importer for VAN does. The time is that of the work, without the
/// start of Python and the import of the library.
const SCRIPT: &str = r#"
import json, os, sys, time, zipfile
from importlib.metadata import version
from parsons import Table
begun, cpu = time.perf_counter(), time.process_time()
Table.from_csv(sys.argv[1]).to_csv(sys.argv[2])
seconds, cpu = time.perf_counter() - begun, time.process_time() - cpu
method = zipfile.ZipFile(sys.argv[2]).infolist()[0].compress_type
print(json.dumps({"seconds": seconds, "cpuSeconds": cpu, "bytes": os.path.getsize(sys.argv[2]), "version": version("parsons"),
                  "python": sys.version.split()[0], "method": {0: "stored", 8: "deflated"}.get(method, method)}))
"#;

/// A Python environment in the folder of the benches.
#[derive(Debug)]
pub(in crate::bench) struct Python(PathBuf);

impl Python {
    /// Makes the environment, unless it is there, and installs packages into it.
    pub(in crate::bench) fn new(tools: &Tools, packages: &[&str]) -> miette::Result<Self> {
        let folder = tools.folder().join("venv");
        let python = Self(folder.join(if cfg!(windows) { "Scripts" } else { "bin" }));
        if !folder.exists() {
            output(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
        }
        println!("installing {} ...", packages.join(", "));
        let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
        output(Command::new(python.0.join("python")).args(pip).args(packages))?;
        Ok(python)
    }

    /// `PATH` with the programs of the environment first.
    pub(in crate::bench) fn path(&self) -> miette::Result<PathBuf> {
        let others = std::env::var_os("PATH").unwrap_or_default();
        let paths = std::iter::once(self.0.clone()).chain(std::env::split_paths(&others));
        std::env::join_paths(paths).map(PathBuf::from).map_err(|error| miette!("{error}"))
    }

    /// Has parsons read a CSV and write it to a zip.
    pub(in crate::bench) fn to_zip(&self, csv: &Path, zip: &Path) -> miette::Result<Value> {
        json(Command::new(self.0.join("python")).args(["-c", SCRIPT]).arg(csv).arg(zip))
    }
}
