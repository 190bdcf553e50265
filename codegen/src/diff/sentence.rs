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

    /// As Markdown that may stand in a table, in which words of the schema are code: no markup, no link, no mention.
    pub fn markdown(&self) -> String {
        let pieces = self.0.iter().map(|piece| match piece {
            Piece::Ours(words) => words.clone(),
            Piece::Theirs(name) => text::code(&shortened(name)),
        });
        pieces.collect()
    }
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
