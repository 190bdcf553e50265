//! What is wanted, and whether it is so.

use comfy_table::{Table, presets};
use serde::Serialize;

/// A bound on a figure.
#[derive(Debug, Clone, Copy)]
pub(super) enum Target {
    AtLeast(f64),
    AtMost(f64),
}

/// A figure beside its target.
#[derive(Debug, Serialize)]
pub(super) struct Verdict {
    /// The target that it belongs to, such as `U1`.
    id: &'static str,
    what: String,
    figure: f64,
    target: String,
    /// Nothing if there is no target.
    met: Option<bool>,
}

impl Verdict {
    pub(super) fn new(id: &'static str, what: impl Into<String>, figure: f64, target: Target) -> Self {
        let (target, met) = match target {
            Target::AtLeast(least) => (format!(">= {least}"), figure >= least),
            Target::AtMost(most) => (format!("<= {most}"), figure <= most),
        };
        Self { id, what: what.into(), figure, target, met: Some(met) }
    }

    /// A figure that is told beside the others.
    pub(super) fn figure(id: &'static str, what: impl Into<String>, figure: f64) -> Self {
        Self { id, what: what.into(), figure, target: String::new(), met: None }
    }

    pub(super) fn is_known(&self) -> bool {
        self.figure.is_finite()
    }
}

/// The verdicts as a table.
pub(super) fn table(verdicts: &[Verdict]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_FULL_CONDENSED).set_header(["", "what", "figure", "target", ""]);
    for verdict in verdicts {
        let met = match verdict.met {
            Some(true) => "met",
            Some(false) => "MISSED",
            None => "",
        };
        table.add_row([verdict.id, &verdict.what, &format!("{:.2}", verdict.figure), &verdict.target, met]);
    }
    table
}
