//! The header of an upload file, read when the program runs.

use std::collections::HashMap;
use std::fmt;

use crate::payload::Text;
use crate::source::Column;

/// VAN allows this many columns in a file (its introduction to the API).
pub const MAX_COLUMNS: usize = 50;

/// The columns of a file whose header was read when the program runs.
///
/// It is also the row type of such a file: a job over it is a `Job<Contacts, Header>`.
///
/// ```
/// let header = van_bulk::Header::new(["FirstName", "Email"])?;
/// assert_eq!(header.column("email")?.name(), "Email");
///
/// let error = header.column("Emial").unwrap_err();
/// assert_eq!(error.to_string(), "the file has no column `Emial`; did you mean `Email`? Its columns are: FirstName, Email");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    names: Vec<Text>,
}

impl Header {
    /// A header of these columns, in the order of the file.
    ///
    /// # Errors
    /// When there is no column or more than [`MAX_COLUMNS`], a name is blank, or two names are equal ignoring case.
    /// All problems are told at once, with their positions.
    pub fn new<N: Into<Text>>(names: impl IntoIterator<Item = N>) -> Result<Self, HeaderError> {
        let names: Vec<Text> = names.into_iter().map(Into::into).collect();
        let problems = column_problems(&names);
        if problems.is_empty() { Ok(Self { names }) } else { Err(HeaderError { problems }) }
    }

    /// The column of this name, ignoring case.
    ///
    /// # Errors
    /// When the file has no such column; the error proposes the nearest one.
    pub fn column(&self, name: &str) -> Result<Column<Header>, NoSuchColumn> {
        match self.names.iter().find(|known| same_name(known, name)) {
            Some(known) => Ok(Column::known(known.clone())),
            None => Err(NoSuchColumn {
                name: name.to_owned(),
                nearest: nearest(name, self.names.iter().map(AsRef::as_ref)).map(str::to_owned),
                columns: self.names.iter().map(|name| name.clone().into_owned()).collect(),
            }),
        }
    }

    /// The names of the columns, in the order of the file.
    pub fn names(&self) -> &[Text] {
        &self.names
    }
}

/// A file cannot be imported because of its columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeaderError {
    /// Every problem, in the order of the file.
    pub problems: Vec<ColumnProblem>,
}

impl fmt::Display for HeaderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 20;
        f.write_str("the columns of the file cannot be imported")?;
        for problem in self.problems.iter().take(SHOWN) {
            write!(f, "\n  - {problem}")?;
        }
        match self.problems.len().saturating_sub(SHOWN) {
            0 => Ok(()),
            more => write!(f, "\n  - and {more} more"),
        }
    }
}

impl std::error::Error for HeaderError {}

/// What is wrong with the columns of a file. Positions count from 1.
///
/// The list is whole, so that whoever tells the problems in other words misses none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ColumnProblem {
    /// The file has no columns.
    None,
    /// The file has more than [`MAX_COLUMNS`] columns.
    TooMany {
        /// How many it has.
        count: usize,
    },
    /// A column has no name.
    Blank {
        /// Which one.
        position: usize,
    },
    /// Two columns have the same name, ignoring case and blanks around it.
    Duplicate {
        /// The name of the later one.
        name: String,
        /// The position of the earlier one.
        first: usize,
        /// The position of the later one.
        second: usize,
    },
}

impl fmt::Display for ColumnProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("the file has no columns: name at least one"),
            Self::TooMany { count } => write!(
                f,
                "the file has {count} columns, but VAN takes at most {MAX_COLUMNS}: leave out columns {} to {count} or others",
                MAX_COLUMNS + 1
            ),
            Self::Blank { position } => write!(f, "column {position} has no name: give it one"),
            Self::Duplicate { name, first, second } => write!(
                f,
                "columns {first} and {second} are both named `{}` (case does not count): rename one of them",
                shown(name)
            ),
        }
    }
}

/// A name for a message: what a terminal would act on is spelled out, and what is long is cut off.
fn shown(name: &str) -> String {
    const LONGEST: usize = 80;
    let mut shown = String::new();
    for character in name.chars().take(LONGEST) {
        if character.is_control() { shown.extend(character.escape_unicode()) } else { shown.push(character) }
    }
    if name.chars().nth(LONGEST).is_some() {
        shown.push('…');
    }
    shown
}

/// Every problem of the columns of a file, in the order of the file; none if VAN can take them.
///
/// At most [`MAX_COLUMNS`], each with a name of its own. That names must differ by more than case is what other clients
/// show; that blanks around a name make no difference either is our reading, on the safe side.
pub fn column_problems(names: &[impl AsRef<str>]) -> Vec<ColumnProblem> {
    let mut problems = Vec::new();
    if names.is_empty() {
        problems.push(ColumnProblem::None);
    }
    if names.len() > MAX_COLUMNS {
        problems.push(ColumnProblem::TooMany { count: names.len() });
    }
    let mut positions = HashMap::new();
    for (position, name) in (1..).zip(names.iter().map(AsRef::as_ref)) {
        if name.trim().is_empty() {
            problems.push(ColumnProblem::Blank { position });
            continue;
        }
        let first = *positions.entry(folded(name.trim())).or_insert(position);
        if first != position {
            problems.push(ColumnProblem::Duplicate { name: name.to_owned(), first, second: position });
        }
    }
    problems
}

/// Whether two names, of columns or of fields, are the same to VAN: equal ignoring case, in any script. Blanks count.
///
/// That VAN ignores case was seen in what other clients send.
pub fn same_name(left: &str, right: &str) -> bool {
    left == right || folded(left) == folded(right)
}

/// What names have in common that differ only in case.
fn folded(name: &str) -> String {
    name.to_lowercase()
}

/// A file has no column of some name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoSuchColumn {
    /// The name that was looked for.
    pub name: String,
    /// The nearest name, if one is near enough to be meant.
    pub nearest: Option<String>,
    /// The columns of the file.
    pub columns: Vec<String>,
}

impl fmt::Display for NoSuchColumn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the file has no column `{}`", self.name)?;
        match &self.nearest {
            Some(nearest) => write!(f, "; did you mean `{nearest}`? ")?,
            None => f.write_str(". ")?,
        }
        write!(f, "Its columns are: {}", self.columns.join(", "))
    }
}

impl std::error::Error for NoSuchColumn {}

/// The candidate that `name` is most probably a slip of, if any is near enough.
///
/// Near enough means: at most a third of the characters have to be inserted, deleted, replaced or swapped with their
/// neighbour, ignoring case. No candidate is near to a name of more than 100 characters.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // What may be a cell of any size is looked at in bounded time.
    const LONGEST: usize = 100;
    if name.chars().nth(LONGEST).is_some() {
        return None;
    }
    let name: Vec<char> = name.chars().flat_map(char::to_lowercase).collect();
    let mut letters: Vec<char> = Vec::new();
    candidates
        .into_iter()
        .filter(|candidate| candidate.chars().nth(2 * LONGEST).is_none())
        .filter_map(|candidate| {
            letters.clear();
            letters.extend(candidate.chars().flat_map(char::to_lowercase));
            let allowed = name.len().max(letters.len()) / 3;
            // So many letters are inserted or deleted at the least.
            if name.len().abs_diff(letters.len()) > allowed {
                return None;
            }
            let distance = distance(&name, &letters);
            (distance <= allowed && distance < name.len().max(1)).then_some((distance, candidate))
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// The optimal string alignment distance.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::with_capacity(b.len() + 1);
    let mut last: Vec<usize> = (0..=b.len()).collect();
    let mut row: Vec<usize> = Vec::with_capacity(b.len() + 1);
    for (i, left) in a.iter().enumerate() {
        row.clear();
        row.push(i + 1);
        for (j, right) in b.iter().enumerate() {
            let replaced = last[j] + usize::from(left != right);
            let mut best = replaced.min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *left == b[j - 1] && a[i - 1] == *right {
                best = best.min(before[j - 1] + 1);
            }
            row.push(best);
        }
        // The oldest of the three is written over.
        std::mem::swap(&mut before, &mut last);
        std::mem::swap(&mut last, &mut row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_problem_of_a_header_is_told_with_its_position() {
        let error = Header::new(["Email", " ", "EMAIL"]).unwrap_err();
        assert_eq!(
            error.problems,
            [
                ColumnProblem::Blank { position: 2 },
                ColumnProblem::Duplicate { name: "EMAIL".to_owned(), first: 1, second: 3 },
            ]
        );
    }

    #[test]
    fn names_are_the_same_ignoring_case_in_any_script_but_not_blanks() {
        assert!(same_name("VanID", "vanid"));
        assert!(same_name("ÉCOLE", "école"));
        assert!(!same_name("VanID", "VanID "));
        assert!(!same_name("VanID", "Van_ID"));
    }

    #[test]
    fn columns_whose_names_differ_only_in_blanks_around_them_are_refused() {
        let error = Header::new(["Email", "email "]).unwrap_err();
        assert_eq!(
            error.problems,
            [ColumnProblem::Duplicate { name: "email ".to_owned(), first: 1, second: 2 }]
        );
    }

    #[test]
    fn fifty_columns_are_allowed_and_fifty_one_are_not() {
        let names = |count| (1..=count).map(|number: usize| format!("Column{number}"));
        assert!(Header::new(names(50)).is_ok());
        assert_eq!(Header::new(names(51)).unwrap_err().problems, [ColumnProblem::TooMany { count: 51 }]);
    }

    #[test]
    fn a_file_without_columns_is_refused() {
        assert_eq!(Header::new([""; 0]).unwrap_err().problems, [ColumnProblem::None]);
    }

    #[test]
    fn the_nearest_name_ignores_case_and_swapped_letters() {
        assert_eq!(nearest("emial", ["Phone", "Email"]), Some("Email"));
        assert_eq!(nearest("Wholly different", ["Phone", "Email"]), None);
        assert_eq!(nearest("", ["A"]), None);
    }
}
