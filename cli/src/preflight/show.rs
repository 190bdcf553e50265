//! Shows what a pre-flight found.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use serde_json::{Value, json};
use van_bulk_import::rows::{Finding, Packed, Summary};

use crate::lint::show::printable;
use crate::report::counted;

/// How wide the table of a summary is, in characters, where there is no terminal to ask.
const WIDTH: u16 = 120;

/// What there is to say about the rows of a file.
pub(super) struct Verdict {
    pub(super) name: String,
    pub(super) snapshot: PathBuf,
    /// The first findings.
    pub(super) shown: Vec<Finding>,
    pub(super) packed: Packed,
    /// Whether the rows were to be packed.
    pub(super) packs: bool,
}

/// Writes findings, a summary and what was packed.
pub(super) fn text(out: &mut dyn Write, verdict: &Verdict) -> io::Result<()> {
    let Verdict { packed: Packed { parts, summary, rejected }, .. } = verdict;
    findings(out, &verdict.shown, summary.findings())?;
    if summary.rejected > 0 {
        writeln!(out, "{}\n", table(summary))?;
    }
    for part in parts {
        writeln!(
            out,
            "packed {} (rows {} to {}) into {}: {} bytes",
            counted(part.rows, "row"),
            part.first_row,
            part.last_row,
            printable(&part.path.display().to_string()),
            part.bytes
        )?;
    }
    if let Some(rejected) = rejected {
        let path = printable(&rejected.display().to_string());
        writeln!(out, "wrote {} to {path}", counted(summary.rejected, "rejected row"))?;
    }
    if verdict.packs && parts.is_empty() {
        writeln!(out, "Nothing was packed.")?;
    }
    writeln!(
        out,
        "{}: {}, {} can be imported, {} cannot; checked against {}",
        printable(&verdict.name),
        counted(summary.rows, "row"),
        summary.accepted,
        summary.rejected,
        verdict.snapshot.display()
    )
}

/// Writes the first findings of all.
pub(crate) fn findings(out: &mut dyn Write, shown: &[Finding], all: u64) -> io::Result<()> {
    for Finding { place, problem } in shown {
        let column = problem.column.as_ref().map(|column| format!(", column `{column}`")).unwrap_or_default();
        let value = problem.value.as_ref().map(|value| format!(": `{value}`")).unwrap_or_default();
        writeln!(out, "{}", printable(&format!("{place}{column}: {}{value}", problem.message)))?;
        writeln!(out, "  {} [{}]", printable(&problem.help), problem.code)?;
    }
    let more = all.saturating_sub(shown.len() as u64);
    if more > 0 {
        writeln!(out, "... and {}", counted(more, "more finding"))?;
    }
    if !shown.is_empty() || more > 0 {
        writeln!(out)?;
    }
    Ok(())
}

fn table(summary: &Summary) -> Table {
    let mut table = Table::new();
    table
        .load_style(presets::UTF8_FULL_CONDENSED)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(WIDTH)
        .set_header(["Findings", "Code", "Column", "First in", "What is wrong there"]);
    for group in &summary.groups {
        let problem = &group.first.problem;
        table.add_row([
            group.findings.to_string(),
            problem.code.to_owned(),
            printable(problem.column.as_deref().unwrap_or_default()),
            group.first.place.to_string(),
            printable(&problem.message),
        ]);
    }
    if let Some(column) = table.column_mut(0) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

/// Writes everything as one JSON object.
pub(super) fn json(out: &mut dyn Write, verdict: &Verdict) -> io::Result<()> {
    let Verdict { packed: Packed { parts, summary, rejected }, .. } = verdict;
    let groups = summary.groups.iter().map(|group| {
        json!({
            "code": group.first.problem.code,
            "column": group.first.problem.column,
            "findings": group.findings,
            "first": finding(&group.first),
        })
    });
    let parts = parts.iter().map(|part| {
        json!({
            "path": part.path.display().to_string(),
            "fileName": part.file_name,
            "rows": part.rows,
            "firstRow": part.first_row,
            "lastRow": part.last_row,
            "bytes": part.bytes,
            "unzippedBytes": part.unzipped_bytes,
        })
    });
    let whole = json!({
        "error": null,
        "file": verdict.name,
        "snapshot": verdict.snapshot.display().to_string(),
        "rows": summary.rows,
        "accepted": summary.accepted,
        "rejected": summary.rejected,
        "findings": summary.findings(),
        "summary": groups.collect::<Vec<_>>(),
        "first": verdict.shown.iter().map(finding).collect::<Vec<_>>(),
        "parts": parts.collect::<Vec<_>>(),
        "rejectedFile": rejected.as_ref().map(|path| path.display().to_string()),
    });
    writeln!(out, "{whole:#}")
}

/// Writes one JSON object with the same keys about rows that were not checked to their end. `job` is what is wrong with the
/// job, if that is the reason.
pub(super) fn json_error(
    out: &mut dyn Write,
    rows: &Path,
    snapshot: &Path,
    shown: &[Finding],
    error: &miette::Report,
    job: &[Value],
) -> io::Result<()> {
    let whole = json!({
        "error": {
            "code": error.code().map(|code| code.to_string()),
            "message": error.to_string(),
            "help": error.help().map(|help| help.to_string()),
            "job": job,
        },
        "file": rows.display().to_string(),
        "snapshot": snapshot.display().to_string(),
        "rows": null,
        "accepted": null,
        "rejected": null,
        "findings": null,
        "summary": null,
        "first": shown.iter().map(finding).collect::<Vec<_>>(),
        "parts": [],
        "rejectedFile": null,
    });
    writeln!(out, "{whole:#}")
}

/// A finding about a row.
pub(crate) fn finding(finding: &Finding) -> Value {
    let Finding { place, problem } = finding;
    json!({
        "row": place.row,
        "line": place.line,
        "offset": place.offset,
        "code": problem.code,
        "mapping": problem.mapping,
        "field": problem.field,
        "column": problem.column,
        "value": problem.value,
        "message": problem.message,
        "help": problem.help,
    })
}
