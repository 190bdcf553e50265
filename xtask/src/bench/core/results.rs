//! What a group measured, as a table and as JSON.

use comfy_table::{Table, presets};
use serde_json::{Value, json};

use super::charts::Chart;
use super::samples::{Ratio, Samples};
use super::targets::{Figure, TARGETS};

/// What a group measured.
#[derive(Debug, Default)]
pub(in crate::bench) struct Results {
    pub(in crate::bench) figures: Vec<Figure>,
    pub(in crate::bench) charts: Vec<Chart>,
    /// What was not measured and why, and other things that a reader of the figures must know.
    pub(in crate::bench) notes: Vec<String>,
    /// The versions of the contenders, by name.
    pub(in crate::bench) versions: Vec<(String, String)>,
    /// All samples, for other programs.
    pub(in crate::bench) measured: Vec<Value>,
}

impl Results {
    /// Adds the figure of a target.
    pub(in crate::bench) fn target(&mut self, key: &str, ratio: Ratio) {
        if let Some(target) = TARGETS.iter().find(|target| target.key == key) {
            self.figures.push(Figure::of(target, ratio));
        }
    }

    /// Adds a figure without a target.
    pub(in crate::bench) fn figure(&mut self, key: &str, what: impl Into<String>, ratio: Ratio) {
        self.figures.push(Figure::new(key, what, ratio));
    }

    pub(in crate::bench) fn note(&mut self, note: impl Into<String>) {
        let note = note.into();
        println!("{note}");
        self.notes.push(note);
    }

    pub(in crate::bench) fn version(&mut self, name: &str, version: impl Into<String>) {
        self.versions.push((name.to_owned(), version.into()));
    }

    pub(in crate::bench) fn measured(&mut self, what: &str, samples: &[Samples]) {
        self.measured.push(json!({ "what": what, "samples": samples }));
    }

    /// Puts the figures into the order of the targets, each followed by those of its workload that have none, and adds the
    /// targets of the group for which there is no figure.
    pub(in crate::bench) fn complete(&mut self, group: &str) {
        for target in TARGETS.iter().filter(|target| target.group == group) {
            if !self.figures.iter().any(|figure| figure.key == target.key) {
                self.figures.push(Figure::of(target, Ratio::exact(f64::NAN)));
            }
        }
        let place = |figure: &Figure| {
            let same = |target: &super::targets::Target| target.key == figure.key;
            let related = |target: &super::targets::Target| target.key.starts_with(figure.workload());
            let last = || TARGETS.iter().rposition(related);
            (TARGETS.iter().position(same).or_else(last).unwrap_or(TARGETS.len()), !figure.target.is_empty())
        };
        self.figures.sort_by_key(|figure| {
            let (place, has_target) = place(figure);
            (place, !has_target)
        });
    }
}

/// Figures as a table.
pub(in crate::bench) fn table(figures: &[Figure]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_FULL_CONDENSED).set_header([
        "",
        "what",
        "figure",
        "in single rounds",
        "target",
        "",
    ]);
    for figure in figures {
        let verdict = match figure.verdict() {
            "missed" => "MISSED".to_owned(),
            other => other.to_owned(),
        };
        table.add_row([
            figure.workload().to_owned(),
            figure.what.clone(),
            figure.value(),
            figure.spread(),
            figure.target.clone(),
            verdict,
        ]);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_without_a_figure_is_told_as_not_measured() {
        let mut results = Results::default();
        results.figure("D1", "something beside", Ratio::exact(3.0));
        results.target("D1.time", Ratio::exact(0.5));
        results.complete("docs");
        let told: Vec<_> =
            results.figures.iter().map(|figure| (figure.key.as_str(), figure.verdict())).collect();
        assert_eq!(told, [("D1.bytes", "not measured"), ("D1.time", "missed"), ("D1", "")]);
    }
}
