//! The importing program, as a process of its own.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use van_bulk_import::import::Assumption;

use crate::ChaosError;
use crate::rows::COLUMNS;

/// The key of every run.
pub(crate) const KEY: &str = "c4a05-9d41-key-that-must-be-nowhere";

/// Starts the program.
pub(crate) struct Program<'a> {
    pub(crate) program: &'a Path,
    pub(crate) base_url: String,
    /// The folder of the run.
    pub(crate) folder: &'a Path,
    /// The folder for uploads and its URL, if the program does not serve them itself.
    pub(crate) uploads: Option<(PathBuf, String)>,
    pub(crate) parts_at_once: usize,
}

/// What the program is to do.
pub(crate) enum Task {
    Import,
    Resume { import: i64, assume: Option<(u32, Assumption)> },
}

impl Program<'_> {
    /// Writes the files that the program reads.
    pub(crate) fn prepare(&self, rows: &[u8]) -> Result<(), ChaosError> {
        for (name, bytes) in [("rows.csv", rows), ("job.json", job().as_bytes())] {
            let path = self.folder.join(name);
            std::fs::write(&path, bytes).map_err(ChaosError::io("write", &path))?;
        }
        Ok(())
    }

    /// Starts the program with all that it logs in files; `number` tells them apart.
    pub(crate) fn start(&self, task: &Task, number: usize) -> Result<Child, ChaosError> {
        let mut command = Command::new(self.program);
        match task {
            Task::Import => {
                command.args(["import", "rows.csv", "--job", "job.json", "--bad-rows", "leave-out"]);
                command.args(["--part-bytes", "65536", "--parts-at-once", &self.parts_at_once.to_string()]);
            }
            Task::Resume { import, assume } => {
                command.args(["resume", &import.to_string()]);
                if let Some((part, assumption)) = assume {
                    command.args(["--part", &part.to_string()]);
                    match assumption {
                        Assumption::Submitted(job) => command.args(["--assume-submitted", &job.to_string()]),
                        // The emulator may have forgotten a job whose file it has fetched.
                        Assumption::Lost => command.args(["--assume-lost", "--force"]),
                    };
                }
            }
        }
        if let Some((folder, url)) = &self.uploads {
            command.arg("--upload-dir").arg(folder).args(["--public-url", url]);
        }
        // A job that never ends is given up after six seconds.
        command.args(["--ledger", "ledger", "--base-url", &self.base_url]);
        command.args(["--poll", "0.02", "--deadline", "0.1", "--format", "json"]);
        let log = |kind: &str| {
            let path = self.folder.join(format!("{number:02}-{kind}.log"));
            File::create(&path).map(Stdio::from).map_err(ChaosError::io("create", &path))
        };
        command
            .current_dir(self.folder)
            .env("VAN_APP_NAME", "chaos")
            .env("VAN_API_KEY", KEY)
            .env("VAN_MODE", "my-campaign")
            .env("RUST_LOG", "debug")
            .env("TMPDIR", self.folder)
            .stdin(Stdio::null())
            .stdout(log("out")?)
            .stderr(log("err")?);
        command.spawn().map_err(ChaosError::io("start", self.program))
    }
}

/// The job of every run, as any program would write it.
fn job() -> String {
    let columns: Vec<_> = COLUMNS.iter().map(|name| serde_json::json!({ "name": name })).collect();
    let column = |field: &str, column: &str| serde_json::json!({ "fieldName": field, "columnName": column });
    let mapping = |name: &str, fields: &[serde_json::Value]| serde_json::json!({ "name": name, "fieldValueMappings": fields });
    serde_json::json!({
        "description": "Contacts of a run",
        "file": {
            "fileName": "rows.csv",
            "columnDelimiter": "csv",
            "columns": columns,
            "hasHeader": true,
            "hasQuotes": true,
            "sourceUrl": "",
        },
        "actions": [{
            "resourceType": "Contacts",
            "actionType": "loadMappedFile",
            "resultFileSizeKbLimit": 5000,
            "mappingTypes": [
                mapping("CreateOrUpdateContact", &[
                    column("FirstName", "FirstName"), column("LastName", "LastName"), column("Email", "Email"),
                ]),
                mapping("Phones", &[
                    column("Phone", "HomePhone"),
                    serde_json::json!({ "fieldName": "PhoneTypeID", "staticValue": "1" }),
                ]),
            ],
        }],
    })
    .to_string()
}
