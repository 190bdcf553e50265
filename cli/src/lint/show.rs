//! Shows what there is to say about a payload.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;

use comfy_table::{Table, presets};
use serde_json::{Value, json};
use van_bulk_schema::json::Locator;
use van_bulk_schema::payload::Payload;
use van_bulk_schema::{Finding, Schema, Severity, by_name};

use super::Verdict;
use crate::report;
use crate::report::counted;

/// What VAN fills of one mapping by column name.
pub(super) struct Filled {
    mapping_type: String,
    /// Fields and their columns.
    fields: Vec<(String, String)>,
}

/// What VAN would fill of each mapping by column name.
pub(super) fn filled_by_name(schema: &Schema, payload: &Payload) -> Vec<Filled> {
    let expanded = by_name::expand(schema, payload);
    let mappings = |payload: Payload| payload.actions.into_iter().flat_map(|action| action.mapping_types);
    mappings(expanded)
        .zip(mappings(payload.clone()))
        .map(|(expanded, sent)| {
            // Those that are filled by name come after those that were sent.
            let by_name = expanded.field_value_mappings.into_iter().skip(sent.field_value_mappings.len());
            Filled {
                mapping_type: sent.name.into_owned(),
                fields: by_name
                    .map(|field| {
                        (field.field_name.into_owned(), field.column_name.unwrap_or_default().into_owned())
                    })
                    .collect(),
            }
        })
        .collect()
}

/// Prints reports about a payload of this name and text to standard error.
pub(crate) fn reports(name: &str, text: &str, findings: &[Finding]) {
    let name = printable(name);
    let findings: Vec<Finding> = findings
        .iter()
        .map(|finding| Finding {
            document: name.clone(),
            message: printable(&finding.message),
            help: finding.help.as_deref().map(printable),
            ..finding.clone()
        })
        .collect();
    let documents = BTreeMap::from([(name.clone(), visible(text))]);
    report::findings(&findings, &documents, Path::new(""));
}

/// Writes what VAN fills and the summary.
pub(super) fn text(out: &mut dyn Write, verdict: &Verdict) -> io::Result<()> {
    let name = printable(&verdict.name);
    if verdict.filled.iter().any(|mapping| !mapping.fields.is_empty()) {
        let table = table(&verdict.filled);
        writeln!(out, "What VAN fills by column name, as far as other clients show:\n{table}\n")?;
    } else if !verdict.filled.is_empty() {
        writeln!(out, "VAN fills no field by column name.\n")?;
    }
    writeln!(
        out,
        "{name}: {}, {}; checked against {}",
        counted(verdict.count(Severity::Error) as u64, "error"),
        counted(verdict.count(Severity::Warning) as u64, "warning"),
        verdict.snapshot.display()
    )
}

fn table(filled: &[Filled]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_FULL_CONDENSED).set_header(["Mapping", "Field", "Column"]);
    for (number, mapping) in (1..).zip(filled) {
        let name = format!("{number} {}", printable(&mapping.mapping_type));
        if mapping.fields.is_empty() {
            table.add_row([name.as_str(), "none", ""]);
        }
        for (index, (field, column)) in mapping.fields.iter().enumerate() {
            let name = if index == 0 { name.as_str() } else { "" };
            table.add_row([name, &printable(field), &printable(column)]);
        }
    }
    table
}

/// Writes everything as one JSON object.
pub(super) fn json(out: &mut dyn Write, verdict: &Verdict) -> io::Result<()> {
    let filled: Vec<_> = verdict
        .filled
        .iter()
        .map(|mapping| {
            let fields = mapping.fields.iter();
            let fields: Vec<_> =
                fields.map(|(field, column)| json!({ "field": field, "column": column })).collect();
            json!({ "mappingType": mapping.mapping_type, "fields": fields })
        })
        .collect();
    let whole = json!({
        "payload": verdict.name,
        "snapshot": verdict.snapshot.display().to_string(),
        "errors": verdict.count(Severity::Error),
        "warnings": verdict.count(Severity::Warning),
        "findings": findings_json(&verdict.text, &verdict.findings),
        "filledByName": filled,
    });
    writeln!(out, "{}", serde_json::to_string_pretty(&whole)?)
}

/// Findings of a payload of this text, for JSON. Lines and columns count from 1, columns in characters.
pub(crate) fn findings_json(text: &str, findings: &[Finding]) -> Vec<Value> {
    let mut locator = Locator::new(text);
    findings
        .iter()
        .map(|finding| {
            let before = text.get(..finding.span(&mut locator).start).unwrap_or_default();
            let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
            json!({
                "code": finding.code,
                "severity": finding.severity.to_string(),
                "path": finding.path(),
                "line": before.matches('\n').count() + 1,
                "column": before[line_start..].chars().count() + 1,
                "message": finding.message,
                "help": finding.help,
            })
        })
        .collect()
}

/// Whether a terminal would act on a character, or show what follows in another order, instead of showing it.
fn is_hidden(c: char) -> bool {
    c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Text of a payload for one line of a terminal: what would not be shown is spelled out.
pub(crate) fn printable(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if is_hidden(c) { shown.extend(c.escape_unicode()) } else { shown.push(c) }
    }
    shown
}

/// The text of a payload for a terminal, with every byte where it was.
fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\r' | '\t' => shown.push(c),
            c if is_hidden(c) => shown.extend(std::iter::repeat_n('?', c.len_utf8())),
            c => shown.push(c),
        }
    }
    shown
}
