//! Takes a record apart.

use memchr::{memchr, memchr_iter};

/// The cells of one record after the other.
#[derive(Debug, Default)]
pub(crate) struct Cells {
    cells: Vec<Cell>,
    /// The text of cells with doubled quotes.
    undoubled: String,
}

/// Where the text of a cell is, without its quotes.
#[derive(Debug, Clone, Copy)]
enum Cell {
    /// In the record.
    Plain { start: usize, end: usize },
    /// In `undoubled`.
    Undoubled { start: usize, end: usize },
}

impl Cells {
    /// Takes apart a record that [`split`](super::split) found.
    pub(crate) fn read(&mut self, record: &str, delimiter: u8, has_quote: bool) {
        self.cells.clear();
        self.undoubled.clear();
        if has_quote { self.read_quoted(record, delimiter) } else { self.read_plain(record, delimiter) }
    }

    fn read_plain(&mut self, record: &str, delimiter: u8) {
        let mut start = 0;
        for end in memchr_iter(delimiter, record.as_bytes()) {
            self.cells.push(Cell::Plain { start, end });
            start = end + 1;
        }
        self.cells.push(Cell::Plain { start, end: record.len() });
    }

    fn read_quoted(&mut self, record: &str, delimiter: u8) {
        let bytes = record.as_bytes();
        let mut start = 0;
        loop {
            let end = if bytes.get(start) == Some(&b'"') {
                self.read_quoted_cell(record, start + 1)
            } else {
                let rest = bytes.get(start..).unwrap_or_default();
                let end = start + memchr(delimiter, rest).unwrap_or(rest.len());
                self.cells.push(Cell::Plain { start, end });
                end
            };
            if end >= bytes.len() {
                return;
            }
            start = end + 1;
        }
    }

    /// Reads a cell whose text begins at `start`, and gives the place behind its closing quote.
    fn read_quoted_cell(&mut self, record: &str, start: usize) -> usize {
        let bytes = record.as_bytes();
        let undoubled = self.undoubled.len();
        let mut piece = start;
        loop {
            let rest = bytes.get(piece..).unwrap_or_default();
            let quote = piece + memchr(b'"', rest).unwrap_or(rest.len());
            let is_doubled = bytes.get(quote + 1) == Some(&b'"');
            if !is_doubled && self.undoubled.len() == undoubled {
                self.cells.push(Cell::Plain { start, end: quote });
                return quote + 1;
            }
            // One of the two quotes is part of the text.
            let end = if is_doubled { quote + 1 } else { quote };
            self.undoubled.push_str(record.get(piece..end).unwrap_or_default());
            if !is_doubled {
                self.cells.push(Cell::Undoubled { start: undoubled, end: self.undoubled.len() });
                return quote + 1;
            }
            piece = quote + 2;
        }
    }

    /// The cells of the record that was read last.
    pub(crate) fn iter<'a>(&'a self, record: &'a str) -> impl Iterator<Item = &'a str> + Clone {
        self.cells.iter().map(move |cell| self.text(*cell, record))
    }

    fn text<'a>(&'a self, cell: Cell, record: &'a str) -> &'a str {
        let text = match cell {
            Cell::Plain { start, end } => record.get(start..end),
            Cell::Undoubled { start, end } => self.undoubled.get(start..end),
        };
        text.unwrap_or_default()
    }
}

/// A record with its text, so that its cells are text, too, and need not be proved to be.
#[derive(Debug, Default)]
pub(crate) struct TextRecord {
    text: String,
    cells: Cells,
}

impl TextRecord {
    /// Takes apart a record that [`split`](super::split) found.
    pub(crate) fn read(&mut self, record: &str, delimiter: u8, has_quote: bool) {
        self.text.clear();
        self.text.push_str(record);
        self.cells.read(&self.text, delimiter, has_quote);
    }

    /// How many cells it has.
    pub(crate) fn len(&self) -> usize {
        self.cells.cells.len()
    }

    /// A cell, counted from 0.
    pub(crate) fn get(&self, index: usize) -> Option<&str> {
        self.cells.cells.get(index).map(|cell| self.cells.text(*cell, &self.text))
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        self.cells.iter(&self.text)
    }
}
