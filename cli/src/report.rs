//! Findings as reports with their place in the text.

use std::collections::{BTreeMap, HashMap};
use std::io::{self, BufWriter, Write};
use std::ops::Range;
use std::path::Path;

use miette::{
    IntoDiagnostic as _, LabeledSpan, MietteDiagnostic, MietteError, MietteHandlerOpts, MietteSpanContents,
    Report, SourceCode, SourceSpan, SpanContents, miette,
};
use van_bulk_schema::json::Locator;
use van_bulk_schema::{Finding, Severity};

/// Makes reports look the same everywhere, with colours only where they are wanted, and shows what libraries tell where
/// `RUST_LOG` asks for it.
pub fn set_up() -> miette::Result<()> {
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
        .with_writer(std::io::stderr)
        .init();
    miette::set_hook(Box::new(|_| {
        Box::new(
            MietteHandlerOpts::new()
                .terminal_links(false)
                .unicode(true)
                .width(100)
                .context_lines(2)
                // Commands and names are to be copied as they stand.
                .word_splitter(textwrap::WordSplitter::NoHyphenation)
                .word_separator(textwrap::WordSeparator::AsciiSpace)
                .build(),
        )
    }))
    .into_diagnostic()
}

/// A number of things, in words: `no rows`, `1 row`, `2 rows`.
pub fn counted(count: u64, what: &str) -> String {
    match count {
        0 => format!("no {what}s"),
        1 => format!("1 {what}"),
        more => format!("{more} {what}s"),
    }
}

/// Hands `write` standard output. Who closed it has read enough, which is no error.
pub fn print(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> miette::Result<()> {
    let mut out = BufWriter::new(io::stdout().lock());
    match write(&mut out).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(miette!("could not write the report to standard output: {error}"))
        }
        _ => Ok(()),
    }
}

/// Prints findings about the documents of a folder to standard error, errors last, where they are seen.
pub fn findings(findings: &[Finding], documents: &BTreeMap<String, String>, folder: &Path) {
    let mut sorted: Vec<&Finding> = findings.iter().collect();
    sorted.sort_by_key(|finding| finding.severity);
    let mut locators: HashMap<&str, Locator<'_>> = HashMap::new();
    for finding in sorted {
        let report = Report::new(diagnostic(finding));
        let Some((name, text)) = documents.get_key_value(&finding.document) else {
            eprintln!("{report:?}");
            continue;
        };
        let locator = locators.entry(name).or_insert_with(|| Locator::new(text));
        let excerpt = Excerpt::of(text, finding.span(locator));
        let path = finding.path();
        let label = if path.is_empty() { "here".to_owned() } else { path };
        let label = LabeledSpan::new_with_span(Some(label), excerpt.span.clone());
        let source = excerpt.source(folder.join(name).display().to_string());
        eprintln!("{:?}", Report::new(diagnostic(finding).with_label(label)).with_source_code(source));
    }
}

fn diagnostic(finding: &Finding) -> MietteDiagnostic {
    let diagnostic = MietteDiagnostic::new(finding.message.clone()).with_code(finding.code);
    let diagnostic = diagnostic.with_severity(match finding.severity {
        Severity::Error => miette::Severity::Error,
        Severity::Warning => miette::Severity::Warning,
    });
    match &finding.help {
        Some(help) => diagnostic.with_help(help.clone()),
        None => diagnostic,
    }
}

/// The lines around a place. Only lines of a readable length are shown: responses may be one line of any length.
struct Excerpt {
    text: String,
    span: Range<usize>,
    /// The number of the first line.
    line: usize,
    /// Where in its line the first line begins.
    column: usize,
}

impl Excerpt {
    /// Lines shown before and after the place.
    const AROUND: usize = 2;
    /// Bytes shown before and after the place where lines are longer.
    const WINDOW: usize = 80;

    fn of(text: &str, span: Range<usize>) -> Self {
        let start = boundary_at_or_before(text, span.start);
        let line_start = text[..start].rfind('\n').map_or(0, |newline| newline + 1);
        let line = text[..line_start].lines().count();
        let line_end = text[start..].find('\n').map_or(text.len(), |newline| start + newline);
        // A value of several lines is shown by its first.
        let end = boundary_at_or_before(text, span.end.min(line_end).max(start));
        if line_end - line_start > 4 * Self::WINDOW {
            return Self::window(text, start..end, line, line_start);
        }
        let first = text[..line_start].rmatch_indices('\n').nth(Self::AROUND).map_or(0, |(at, _)| at + 1);
        let last = text[line_end..]
            .match_indices('\n')
            .nth(Self::AROUND)
            .map_or(text.len(), |(at, _)| line_end + at);
        let lines = &text[first..last];
        if lines.lines().any(|line| line.len() > 4 * Self::WINDOW) {
            let text = text[line_start..line_end].to_owned();
            return Self { text, span: start - line_start..end - line_start, line, column: 0 };
        }
        let before = text[first..line_start].lines().count();
        Self { text: lines.to_owned(), span: start - first..end - first, line: line - before, column: 0 }
    }

    /// The middle of a long line.
    fn window(text: &str, span: Range<usize>, line: usize, line_start: usize) -> Self {
        let from = boundary_at_or_before(text, span.start.saturating_sub(Self::WINDOW).max(line_start));
        let to = boundary_at_or_before(text, (span.start + 2 * Self::WINDOW).min(text.len()));
        let middle = text[from..to].replace('\n', " ");
        let shift = span.start - from + "…".len();
        let length = span.len().min(to - span.start);
        let column = (from - line_start).saturating_sub("…".len());
        Self { text: format!("…{middle}…"), span: shift..shift + length, line, column }
    }

    fn source(self, name: String) -> impl SourceCode + 'static {
        NamedExcerpt { name, text: self.text, first_line: self.line, first_column: self.column }
    }
}

/// An excerpt under the name of its document, with the document's line numbers.
struct NamedExcerpt {
    name: String,
    text: String,
    first_line: usize,
    first_column: usize,
}

impl SourceCode for NamedExcerpt {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let contents = self.text.read_span(span, before, after)?;
        let line = self.first_line + contents.line();
        let column = contents.column() + if contents.line() == 0 { self.first_column } else { 0 };
        Ok(Box::new(MietteSpanContents::new_named(
            self.name.clone(),
            contents.data(),
            *contents.span(),
            line,
            column,
            contents.line_count(),
        )))
    }
}

/// The last place that begins a character and is not after `offset`.
fn boundary_at_or_before(text: &str, offset: usize) -> usize {
    (0..=offset.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default()
}
