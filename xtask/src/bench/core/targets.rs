//! What is wanted, as data, and whether it is so.

use serde::{Deserialize, Serialize};

use super::samples::Ratio;

/// A bound on a figure.
#[derive(Debug, Clone, Copy)]
pub(in crate::bench) enum Bound {
    AtLeast(f64),
    AtMost(f64),
}

use Bound::{AtLeast, AtMost};

/// A figure that there is a target for.
#[derive(Debug)]
pub(in crate::bench) struct Target {
    /// The group that measures it.
    pub(in crate::bench) group: &'static str,
    /// What the figure is filed under; its beginning, such as `K1`, is the workload.
    pub(in crate::bench) key: &'static str,
    pub(in crate::bench) what: &'static str,
    pub(in crate::bench) bound: Bound,
}

const fn target(group: &'static str, key: &'static str, what: &'static str, bound: Bound) -> Target {
    Target { group, key, what, bound }
}

/// Every target, in the order in which figures are told.
pub(in crate::bench) const TARGETS: &[Target] = &[
    target("compile", "K1.10.plain", "check 10 x 60, ours : plain setters", AtMost(1.3)),
    target("compile", "K1.10.bon", "check 10 x 60, bon : ours", AtLeast(10.0)),
    target("compile", "K1.10.typed-builder", "check 10 x 60, typed-builder : ours", AtLeast(40.0)),
    target("compile", "K1.50.plain", "check 50 x 60, ours : plain setters", AtMost(1.3)),
    target("compile", "K1.50.bon", "check 50 x 60, bon : ours", AtLeast(10.0)),
    target("compile", "K1.50.typed-builder", "check 50 x 60, typed-builder : ours", AtLeast(40.0)),
    target("compile", "K2.ours", "check one mapping, 300 fields : 60 fields, ours", AtMost(5.0)),
    target(
        "compile",
        "K3.check",
        "check a program that calls every setter, ours : plain setters",
        AtMost(1.2),
    ),
    target("compile", "K3.release", "build it with --release, ours : plain setters", AtMost(1.2)),
    target("compile", "K4.ours", "setters in the longest chain that compiles", AtLeast(2_000.0)),
    target("codegen", "G1.speed", "MB/s of generated text on one core, ours : progenitor-impl", AtLeast(3.0)),
    target("codegen", "G2.speed", "fields a second on all cores, of 100,000", AtLeast(40_000.0)),
    target("codegen", "G2.memory", "peak memory of 100,000 fields, MB", AtMost(200.0)),
    target("codegen", "G2.linear", "time a field, 100,000 fields : 10,000 fields", AtMost(1.15)),
    target("codegen", "G3", "nothing changed, 3,000 fields, milliseconds", AtMost(50.0)),
    target("payload", "S1.struct", "instructions, ours : a struct written by hand", AtMost(1.1)),
    target("payload", "S1.struct.time", "time, ours : a struct written by hand", AtMost(1.1)),
    target("payload", "S1.json", "instructions, `json!` : ours", AtLeast(6.0)),
    target("payload", "S1.json.time", "time, `json!` : ours", AtLeast(6.0)),
    target("pack", "U1.zip.speed", "rows a second, ours : `zip -6` of the file", AtLeast(2.0)),
    target("pack", "U1.zip.size", "size of the zip, ours : `zip -6` of the file", AtMost(1.0)),
    target(
        "pack",
        "U1.quoted.speed",
        "rows a second, ours : `zip -6` of the text that ours packs",
        AtLeast(2.0),
    ),
    target(
        "pack",
        "U1.quoted.size",
        "size of the zip, ours : `zip -6` of the text that ours packs",
        AtMost(1.0),
    ),
    target("pack", "U1.parsons.speed", "rows a second, ours : parsons", AtLeast(4.0)),
    target("pack", "U1.parsons.size", "size of the zip, parsons : ours", AtLeast(5.0)),
    target("pack", "U2.linear", "time a row, ten times as many rows : 500,000", AtMost(1.15)),
    target("pack", "U2.memory", "peak memory of ten times as many rows, MB", AtMost(64.0)),
    target("pack", "U3.plain", "time, pre-flight : `csv`, as most write it", AtMost(1.5)),
    target("pack", "U3.quoted", "time, pre-flight : `csv`, every cell quoted", AtMost(1.5)),
    target("pack", "U3.bad", "time, pre-flight : `csv`, 1 % bad rows", AtMost(1.5)),
    target("results", "R1.csv", "time, reconcile : reading with `csv`", AtMost(2.0)),
    target("results", "R1.reader", "time, reconcile : reading with `delimited::Reader`", AtMost(2.0)),
    target("results", "R1.memory", "memory of an account, bytes a row sent", AtMost(16.0)),
    target("docs", "D1.bytes", "bytes of pages for 10 x 60, ours : bon", AtMost(0.4)),
    target("docs", "D1.time", "time of rustdoc for 10 x 60, ours : bon", AtMost(0.4)),
];

/// A figure, beside its target if there is one.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::bench) struct Figure {
    pub(in crate::bench) key: String,
    pub(in crate::bench) what: String,
    /// Nothing if it was not measured.
    pub(in crate::bench) value: Option<f64>,
    /// In the round that is furthest below.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::bench) low: Option<f64>,
    /// In the round that is furthest above.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::bench) high: Option<f64>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(in crate::bench) target: String,
    /// Nothing without a target, and where nothing was measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::bench) met: Option<bool>,
}

impl Figure {
    /// A figure that is told beside the others, without a target.
    pub(in crate::bench) fn new(key: &str, what: impl Into<String>, ratio: Ratio) -> Self {
        let spread = (ratio.low < ratio.high).then_some((ratio.low, ratio.high));
        Self {
            key: key.to_owned(),
            what: what.into(),
            value: ratio.value.is_finite().then_some(ratio.value),
            low: spread.map(|(low, _)| low),
            high: spread.map(|(_, high)| high),
            target: String::new(),
            met: None,
        }
    }

    /// The figure of a target.
    pub(in crate::bench) fn of(target: &Target, ratio: Ratio) -> Self {
        let (told, met) = match target.bound {
            AtLeast(least) => (format!(">= {}", number(least)), ratio.value >= least),
            AtMost(most) => (format!("<= {}", number(most)), ratio.value <= most),
        };
        let figure = Self::new(target.key, target.what, ratio);
        Self { target: told, met: figure.value.map(|_| met), ..figure }
    }

    pub(in crate::bench) fn verdict(&self) -> &'static str {
        match (self.met, self.value, self.target.is_empty()) {
            (Some(true), ..) => "met",
            (Some(false), ..) => "missed",
            (None, None, _) => "not measured",
            (None, Some(_), _) => "",
        }
    }

    /// The figure as it is told.
    pub(in crate::bench) fn value(&self) -> String {
        self.value.map(number).unwrap_or_default()
    }

    /// The rounds that are furthest from it, as they are told.
    pub(in crate::bench) fn spread(&self) -> String {
        match (self.low, self.high) {
            (Some(low), Some(high)) => format!("{} to {}", number(low), number(high)),
            _ => String::new(),
        }
    }

    /// The workload that it belongs to, such as `U1`.
    pub(in crate::bench) fn workload(&self) -> &str {
        self.key.split('.').next().unwrap_or_default()
    }
}

/// Three digits that count, and thousands apart.
pub(in crate::bench) fn number(value: f64) -> String {
    if value.abs() < 100.0 {
        let decimals = if value.abs() < 10.0 { 2 } else { 1 };
        let text = format!("{value:.decimals$}");
        return text.strip_suffix(if decimals == 2 { ".00" } else { ".0" }).unwrap_or(&text).to_owned();
    }
    let digits = format!("{value:.0}");
    let first = digits.len() % 3;
    let (head, tail) = digits.split_at(first);
    let mut groups: Vec<&str> = if head.is_empty() { Vec::new() } else { vec![head] };
    let mut rest = tail;
    while !rest.is_empty() {
        let (group, after) = rest.split_at(3);
        groups.push(group);
        rest = after;
    }
    groups.join(",")
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_target_has_a_key_of_its_own() {
        let keys: HashSet<&str> = TARGETS.iter().map(|target| target.key).collect();
        assert_eq!(keys.len(), TARGETS.len());
    }

    #[test]
    fn a_figure_beside_its_target_is_met_or_missed_and_one_without_a_value_is_neither() {
        let target = target("pack", "U9", "something", AtMost(2.0));
        let of = |value| Figure::of(&target, Ratio::exact(value));
        assert_eq!((of(2.0).verdict(), of(2.1).verdict()), ("met", "missed"));
        assert_eq!((of(f64::NAN).verdict(), of(f64::NAN).value().as_str()), ("not measured", ""));
        assert_eq!((of(2.1).workload(), of(2.1).target.as_str()), ("U9", "<= 2"));
    }

    #[test]
    fn numbers_are_told_with_the_digits_that_count() {
        let told = [0.126, 1.0, 9.5, 12.34, 123.4, 40_000.0, 1_234_567.8].map(number);
        assert_eq!(told, ["0.13", "1", "9.50", "12.3", "123", "40,000", "1,234,568"]);
    }
}
