//! The payloads that clients really send: kept in the repository, and held against the rules.

use std::path::PathBuf;

use cargo_van_bulk::given::payload;
use cargo_van_bulk::report::counted;
use cargo_van_bulk::workspace::shown;
use miette::{IntoDiagnostic as _, WrapErr as _};
use serde_json::{Value, json};
use van_bulk_schema::{Schema, Severity, rules};

use super::compare::Line;
use crate::workspace;

/// Checks that a payload is the one that is kept, that it can be read, and that it breaks no rule. With `BLESS=1`, it is kept
/// as it is now.
pub(super) fn check(
    client: &str,
    job: &str,
    sent: &Value,
    schema: &Schema,
    line: &mut Line,
) -> miette::Result<()> {
    let text = serde_json::to_string_pretty(&lasting(sent)).into_diagnostic()? + "\n";
    keep(client, job, &text, line)?;
    let findings = match payload::read(&text) {
        Ok(payload) => rules::check(schema, &payload),
        Err(finding) => vec![*finding],
    };
    let (errors, warnings): (Vec<_>, Vec<_>) =
        findings.iter().partition(|finding| finding.severity == Severity::Error);
    line.payload =
        format!("{}, {}", counted(errors.len() as u64, "error"), counted(warnings.len() as u64, "warning"));
    line.faults.extend(errors.iter().map(|error| format!("{}: {}", error.path(), error.message)));
    Ok(())
}

/// A payload without what differs from run to run.
fn lasting(sent: &Value) -> Value {
    let mut lasting = sent.clone();
    if let Some(file) = lasting.get_mut("file").and_then(Value::as_object_mut) {
        for (name, value) in
            [("fileName", "upload.csv"), ("sourceUrl", "https://uploads.example.org/upload.zip")]
        {
            if let Some(kept) = file.get_mut(name) {
                *kept = json!(value);
            }
        }
    }
    lasting
}

fn keep(client: &str, job: &str, text: &str, line: &mut Line) -> miette::Result<()> {
    let path = path(client, job);
    if std::env::var_os("BLESS").is_some() {
        return std::fs::write(&path, text)
            .into_diagnostic()
            .wrap_err_with(|| format!("could not write {}", path.display()));
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    if kept != text {
        let path = shown(&path);
        let fault = format!("the payload is not that of {}; `BLESS=1` accepts it", path.display());
        line.faults.push(fault);
    }
    Ok(())
}

/// `tests/fixtures/sent/parsons_activist_codes.json` of parsons and "activist codes".
fn path(client: &str, job: &str) -> PathBuf {
    let name: String = format!("{client}_{job}").replace(", ", "_").replace([' ', '-'], "_");
    workspace::root().join("tests/fixtures/sent").join(name).with_extension("json")
}
