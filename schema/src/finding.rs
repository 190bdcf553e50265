//! A problem in a schema or a payload: what, where, and what to do about it.

use std::fmt;
use std::ops::Range;

use crate::json::{JsonPath, Locator};

/// Whether a finding stops the work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth a look; the work goes on.
    Warning,
    /// Nothing is written or sent.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

/// Where in a document a finding lies.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Location {
    /// A value in the JSON.
    Path(JsonPath),
    /// A byte offset, where the text is not JSON.
    Offset(usize),
    /// A range of bytes, in a document of another format.
    Bytes {
        /// The first byte.
        start: usize,
        /// The byte after the last.
        end: usize,
    },
}

/// One problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Stable name of the rule, such as `schema::unknown-parent`.
    pub code: &'static str,
    /// Whether it stops the work.
    pub severity: Severity,
    /// The document it lies in, such as `mapping-types.json`.
    pub document: String,
    /// The place in that document.
    pub location: Location,
    /// What is wrong, in one sentence that names VAN's names.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
}

impl Finding {
    /// A finding of severity [`Error`](Severity::Error).
    pub fn error(code: &'static str, document: &str, path: JsonPath, message: String) -> Self {
        Self {
            code,
            severity: Severity::Error,
            document: document.to_owned(),
            location: Location::Path(path),
            message,
            help: None,
        }
    }

    /// A finding of severity [`Warning`](Severity::Warning).
    pub fn warning(code: &'static str, document: &str, path: JsonPath, message: String) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, document, path, message) }
    }

    /// An error at a range of bytes of a document that is not JSON.
    pub fn error_at(code: &'static str, document: &str, bytes: Range<usize>, message: String) -> Self {
        let location = Location::Bytes { start: bytes.start, end: bytes.end };
        Self { location, ..Self::error(code, document, JsonPath::root(), message) }
    }

    /// Adds what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The dot path of the place, as VAN writes it in the `properties` of an error; empty for the whole document and
    /// for text that is not JSON.
    pub fn path(&self) -> String {
        match &self.location {
            Location::Path(path) => path.to_string(),
            Location::Offset(_) | Location::Bytes { .. } => String::new(),
        }
    }

    /// The bytes of the document, whose text `locator` is for, that the finding is about.
    pub fn span(&self, locator: &mut Locator<'_>) -> Range<usize> {
        match &self.location {
            Location::Path(path) => locator.locate(path),
            Location::Offset(offset) => *offset..*offset,
            Location::Bytes { start, end } => *start..*end,
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} [{}] {}", self.severity, self.code, self.document)?;
        match &self.location {
            Location::Path(path) if path.is_root() => {}
            Location::Path(path) => write!(f, " at {path}")?,
            Location::Offset(offset) | Location::Bytes { start: offset, .. } => {
                write!(f, " at byte {offset}")?
            }
        }
        write!(f, ": {}", self.message)?;
        if let Some(help) = &self.help {
            write!(f, " ({help})")?;
        }
        Ok(())
    }
}

/// Whether any finding stops the work.
pub fn any_error(findings: &[Finding]) -> bool {
    findings.iter().any(|finding| finding.severity == Severity::Error)
}

/// A sentence that proposes the nearest of `candidates`, if one is near enough to be a slip of `name`.
pub fn did_you_mean<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    van_bulk::header::nearest(name, candidates).map(|near| format!("did you mean `{near}`?"))
}
