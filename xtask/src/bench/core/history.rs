//! What was measured before: one line of JSON for each group of each recorded run, in `benches/history.jsonl`.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::PathBuf;

use miette::{IntoDiagnostic as _, WrapErr as _};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::OffsetDateTime;

use super::results::Results;
use super::targets::Figure;
use super::tools;
use crate::workspace;

/// One group of one run.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::bench) struct Entry {
    /// The day, as `2026-11-22`.
    pub(in crate::bench) date: String,
    pub(in crate::bench) commit: String,
    pub(in crate::bench) group: String,
    pub(in crate::bench) machine: Value,
    pub(in crate::bench) load_after: String,
    pub(in crate::bench) versions: Vec<(String, String)>,
    pub(in crate::bench) notes: Vec<String>,
    pub(in crate::bench) figures: Vec<Figure>,
}

impl Entry {
    pub(in crate::bench) fn new(group: &str, machine: Value, results: &Results) -> Self {
        Self {
            date: OffsetDateTime::now_utc().date().to_string(),
            commit: tools::commit(),
            group: group.to_owned(),
            machine,
            load_after: tools::load(),
            versions: results.versions.clone(),
            notes: results.notes.clone(),
            figures: results.figures.clone(),
        }
    }
}

pub(in crate::bench) fn path() -> PathBuf {
    workspace::root().join("benches/history.jsonl")
}

/// Adds what was measured.
pub(in crate::bench) fn append(entries: &[Entry]) -> miette::Result<()> {
    let path = path();
    let mut lines = String::new();
    for entry in entries {
        lines.push_str(&serde_json::to_string(entry).into_diagnostic()?);
        lines.push('\n');
    }
    let mut file = OpenOptions::new()
        .create(true)
        .append(true)
        .open(&path)
        .into_diagnostic()
        .wrap_err_with(|| format!("could not open {}", path.display()))?;
    file.write_all(lines.as_bytes())
        .into_diagnostic()
        .wrap_err_with(|| format!("could not write {}", path.display()))
}

/// Everything that was recorded, the oldest first.
pub(in crate::bench) fn read() -> miette::Result<Vec<Entry>> {
    let path = path();
    let text = std::fs::read_to_string(&path)
        .into_diagnostic()
        .wrap_err_with(|| format!("could not read {}", path.display()))?;
    text.lines()
        .zip(1..)
        .map(|(line, number)| {
            serde_json::from_str(line)
                .into_diagnostic()
                .wrap_err_with(|| format!("line {number} of {} is no record of a bench", path.display()))
        })
        .collect()
}
