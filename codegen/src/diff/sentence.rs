//! A sentence in which the words of a schema are told from ours, so that each reader can be shown them safely.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::text;

/// A sentence about a change.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sentence(Vec<Piece>);

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Piece {
    /// Our words.
    Ours(String),
    /// A word of a schema, which may hold anything.
    Theirs(String),
}

/// How much of a text of a schema is shown, in characters.
const SHOWN: usize = 100;

impl Sentence {
    /// Begins with our words.
    pub(super) fn new(words: &str) -> Self {
        Self::default().text(words)
    }

    /// Adds our words.
    #[must_use]
    pub(super) fn text(mut self, words: &str) -> Self {
        self.0.push(Piece::Ours(words.to_owned()));
        self
    }

    /// Adds a word of a schema.
    #[must_use]
    pub(super) fn name(mut self, name: &str) -> Self {
        self.0.push(Piece::Theirs(name.to_owned()));
        self
    }

    /// Adds words of a schema with commas between them; of many, the first and how many more there are.
    #[must_use]
    pub(super) fn names<'a>(mut self, names: impl IntoIterator<Item = &'a str>) -> Self {
        const MOST: usize = 6;
        let names: Vec<&str> = names.into_iter().collect();
        for (index, name) in names.iter().take(MOST).enumerate() {
            if index > 0 {
                self = self.text(", ");
            }
            self = self.name(name);
        }
        match names.len() {
            0 => self.text("nothing"),
            count if count > MOST => self.text(&format!(" and {} more", count - MOST)),
            _ => self,
        }
    }

    /// Adds another sentence.
    #[must_use]
    pub(super) fn then(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// As Markdown, in which words of the schema are code: no markup, no link, no mention.
    pub fn markdown(&self) -> String {
        let pieces = self.0.iter().map(|piece| match piece {
            Piece::Ours(words) => words.clone(),
            Piece::Theirs(name) => code(name),
        });
        pieces.collect()
    }
}

/// A word of a schema as a code span of Markdown, which it cannot end: more backticks stand around it than within.
pub(super) fn code(name: &str) -> String {
    let name = text::plain(&shortened(name));
    if name.is_empty() {
        return "(no name)".to_owned();
    }
    let longest = name.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest + 1);
    // One space on each side is not part of the code.
    let space = if longest > 0 { " " } else { "" };
    format!("{fence}{space}{name}{space}{fence}")
}

/// Some readers take the end of a long text off, in the middle of its markup.
pub(super) fn shortened(name: &str) -> String {
    match name.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &name[..end]),
        None => name.to_owned(),
    }
}

/// A word of a schema on one line of a terminal.
pub(super) fn quoted(name: &str) -> String {
    format!("`{}`", text::plain(&shortened(name)))
}

/// On one line, fit for a terminal.
impl fmt::Display for Sentence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for piece in &self.0 {
            match piece {
                Piece::Ours(words) => f.write_str(words)?,
                Piece::Theirs(name) => f.write_str(&quoted(name))?,
            }
        }
        Ok(())
    }
}

/// As its text.
impl Serialize for Sentence {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_span_cannot_be_left() {
        assert_eq!(code("Phone"), "`Phone`");
        assert_eq!(code("a`b``"), "``` a`b`` ```");
        assert_eq!(code("two\n\nlines\u{202e}"), "`two lines\u{fffd}`");
        assert_eq!(code(" \t"), "(no name)");
    }

    #[test]
    fn long_words_are_cut_before_they_are_marked_up() {
        let shown = code(&"`x".repeat(200));
        assert!(shown.starts_with("`` `x") && shown.ends_with("… ``"), "{shown}");
        assert!(shown.chars().count() < SHOWN + 10, "{shown}");
    }

    #[test]
    fn of_many_names_the_first_are_shown() {
        let names: Vec<String> = (1..=8).map(|number| format!("N{number}")).collect();
        let shown = Sentence::new("of ").names(names.iter().map(String::as_str)).to_string();
        assert_eq!(shown, "of `N1`, `N2`, `N3`, `N4`, `N5`, `N6` and 2 more");
    }
}
