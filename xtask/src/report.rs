//! Findings as reports with their place in the text.

use std::collections::BTreeMap;
use std::path::Path;

use miette::{IntoDiagnostic as _, LabeledSpan, MietteDiagnostic, MietteHandlerOpts, NamedSource, Report};
use van_bulk_schema::{Finding, Severity};

/// Makes reports look the same everywhere, with colours only where they are wanted, and shows what libraries tell where
/// `RUST_LOG` asks for it.
pub(crate) fn set_up() -> miette::Result<()> {
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
        .with_writer(std::io::stderr)
        .init();
    miette::set_hook(Box::new(|_| {
        Box::new(
            MietteHandlerOpts::new().terminal_links(false).unicode(true).width(100).context_lines(2).build(),
        )
    }))
    .into_diagnostic()
}

/// A finding as a report, with the text it lies in.
fn finding(finding: &Finding, documents: &BTreeMap<String, String>, folder: &Path) -> Report {
    let mut diagnostic = MietteDiagnostic::new(finding.message.clone()).with_code(finding.code);
    diagnostic = diagnostic.with_severity(match finding.severity {
        Severity::Error => miette::Severity::Error,
        Severity::Warning => miette::Severity::Warning,
    });
    if let Some(help) = &finding.help {
        diagnostic = diagnostic.with_help(help.clone());
    }
    match documents.get(&finding.document) {
        Some(text) => {
            let path = finding.path();
            let label = if path.is_empty() { "here".to_owned() } else { path };
            let span = LabeledSpan::new_with_span(Some(label), shown_span(text, finding.span(text)));
            let source = NamedSource::new(folder.join(&finding.document).display().to_string(), text.clone())
                .with_language("json");
            Report::new(diagnostic.with_label(span)).with_source_code(source)
        }
        None => Report::new(diagnostic),
    }
}

/// The part of a span that is worth showing: a value of many lines is shown by its first.
fn shown_span(text: &str, span: std::ops::Range<usize>) -> std::ops::Range<usize> {
    match text.get(span.clone()).and_then(|value| value.find('\n')) {
        Some(end) => span.start..span.start + end,
        None => span,
    }
}

/// Prints findings about the documents of a folder to standard error, errors last, where they are seen.
pub(crate) fn findings(findings: &[Finding], documents: &BTreeMap<String, String>, folder: &Path) {
    let mut sorted: Vec<&Finding> = findings.iter().collect();
    sorted.sort_by_key(|finding| finding.severity);
    for each in sorted {
        eprintln!("{:?}", finding(each, documents, folder));
    }
}
