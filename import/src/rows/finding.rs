//! What a pre-flight tells about rows.

use std::fmt;

use van_bulk_schema::rules::row::RowFinding;

/// Where a row lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct RowPlace {
    /// The row, counted from 1; a header and blank lines do not count.
    pub row: u64,
    /// The line on which it begins, counted from 1, if it is from a file.
    pub line: Option<u64>,
    /// The byte at which it begins, counted from 0, if it is from a file; of a compressed file or one in another encoding,
    /// that of its text in UTF-8.
    pub offset: Option<u64>,
}

impl fmt::Display for RowPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "row {}", self.row)?;
        self.line.map_or(Ok(()), |line| write!(f, " (line {line})"))
    }
}

/// One reason why a row cannot be imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Which row it is about.
    pub place: RowPlace,
    /// What is wrong with it, and what to do.
    pub problem: RowFinding,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.problem)
    }
}

/// What there is to say about all rows: `rows = accepted + rejected`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// The rows that were read.
    pub rows: u64,
    /// Those that can be imported, as far as can be known here.
    pub accepted: u64,
    /// Those that cannot.
    pub rejected: u64,
    /// The findings by code and column, in the order in which they were first met.
    pub groups: Vec<Group>,
}

/// The findings of one code about one column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// How many there are.
    pub findings: u64,
    /// The first of them.
    pub first: Finding,
}

impl Summary {
    /// How many findings there are in all. A row may have several.
    pub fn findings(&self) -> u64 {
        self.groups.iter().map(|group| group.findings).sum()
    }

    pub(super) fn add(&mut self, finding: &Finding) {
        let RowFinding { code, column, .. } = &finding.problem;
        let group = self.groups.iter_mut().find(|group| {
            let known = &group.first.problem;
            known.code == *code && known.column == *column
        });
        match group {
            Some(group) => group.findings += 1,
            None => self.groups.push(Group { findings: 1, first: finding.clone() }),
        }
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.rejected == 0 {
            return write!(f, "all {} rows can be imported", self.rows);
        }
        write!(f, "{} of {} rows cannot be imported", self.rejected, self.rows)?;
        for Group { findings, first } in &self.groups {
            let RowFinding { code, column, message, help, .. } = &first.problem;
            write!(f, "\n  - {findings} x {code}")?;
            column.as_ref().map_or(Ok(()), |column| write!(f, ", column `{column}`"))?;
            write!(f, ", first in {}: {message} ({help})", first.place)?;
        }
        Ok(())
    }
}
