//! Findings as Cargo shows what build scripts say: one line each, with the place that an editor can open.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use van_bulk_schema::Finding;
use van_bulk_schema::json::Locator;
use van_bulk_schema::text::printable;

/// Longer lines are cut, in characters: schema text has any length.
const MAX_CHARS: usize = 1_000;

/// Each finding in one line: document, line and column, what is wrong, and what to do.
pub(super) fn lines(
    folder: &Path,
    documents: &BTreeMap<String, String>,
    findings: &[Finding],
) -> Vec<String> {
    let mut locators: HashMap<&str, Locator<'_>> = HashMap::new();
    let line = |finding: &Finding| {
        let document = folder.join(&finding.document).display().to_string();
        let place = match documents.get_key_value(&finding.document) {
            Some((name, text)) => {
                let locator = locators.entry(name).or_insert_with(|| Locator::new(text));
                let (line, column) = line_and_column(text, finding.span(locator).start);
                format!("{document}:{line}:{column}")
            }
            None => document,
        };
        let help = finding.help.as_ref().map(|help| format!(" (help: {help})")).unwrap_or_default();
        printable(&format!("{place}: {}{help} [{}]", finding.message, finding.code), MAX_CHARS)
    };
    findings.iter().map(line).collect()
}

/// The place of a byte as people count: lines from 1, and characters from 1.
fn line_and_column(text: &str, byte: usize) -> (usize, usize) {
    let at = (0..=byte.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default();
    let before = &text[..at];
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_as_editors_count_them() {
        let text = "é\nab\n";
        assert_eq!(line_and_column(text, 0), (1, 1));
        assert_eq!(line_and_column(text, 1), (1, 1), "in the middle of a character");
        assert_eq!(line_and_column(text, 2), (1, 2));
        assert_eq!(line_and_column(text, 4), (2, 2));
        assert_eq!(line_and_column(text, 99), (3, 1));
    }
}
