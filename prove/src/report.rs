//! What a proof tried and what it found.

use std::collections::BTreeMap;
use std::fmt;

/// What a proof tried and what it found.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// How often each thing was tried.
    pub tried: BTreeMap<&'static str, usize>,
    /// Where two that should agree do not; each with what is needed to see it again.
    pub disagreements: Vec<Disagreement>,
}

/// Two that should agree do not.
#[derive(Debug, Clone)]
pub struct Disagreement {
    /// Who, such as `rules and naive rules`.
    pub between: &'static str,
    /// What each of them says.
    pub what: String,
    /// The schema, the job or the program, short enough to read.
    pub case: String,
}

impl Report {
    /// Counts one try.
    pub fn count(&mut self, what: &'static str) {
        *self.tried.entry(what).or_default() += 1;
    }

    /// Remembers a disagreement.
    pub fn disagree(&mut self, between: &'static str, what: impl Into<String>, case: impl Into<String>) {
        self.disagreements.push(Disagreement { between, what: what.into(), case: case.into() });
    }

    /// Adds what another part of the proof tried and found.
    pub fn add(&mut self, other: Self) {
        for (what, count) in other.tried {
            *self.tried.entry(what).or_default() += count;
        }
        self.disagreements.extend(other.disagreements);
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (what, count) in &self.tried {
            writeln!(f, "{count:>8} {what}")?;
        }
        for disagreement in &self.disagreements {
            writeln!(
                f,
                "\nDISAGREEMENT between {}\n{}\n{}",
                disagreement.between, disagreement.what, disagreement.case
            )?;
        }
        write!(f, "{:>8} disagreements", self.disagreements.len())
    }
}
