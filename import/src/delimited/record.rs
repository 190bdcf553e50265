//! Takes a record apart.

use super::find;

/// The cells of one record after the other.
#[derive(Debug, Default)]
pub(crate) struct Cells {
    /// Where each begins and ends, without its quotes.
    places: Vec<(usize, usize)>,
    /// The cells of a record in which only some are quoted, or have quotes in them: one after the other, and those quotes
    /// single.
    undoubled: String,
    /// Whether the places are in `undoubled`, and not in the record.
    is_undoubled: bool,
    /// Whether all cells are quoted, and have no quotes in them.
    are_quoted: bool,
}

impl Cells {
    /// Takes apart a record that [`split`](super::split) found.
    pub(crate) fn read(&mut self, record: &str, delimiter: u8, has_quote: bool) {
        self.places.clear();
        self.are_quoted = has_quote && self.read_quoted(record);
        self.is_undoubled = has_quote && !self.are_quoted;
        if self.is_undoubled {
            self.read_mixed(record, delimiter);
        } else if !has_quote {
            self.read_plain(record, delimiter);
        }
    }

    /// Reads a record without quotes.
    fn read_plain(&mut self, record: &str, delimiter: u8) {
        let mut start = 0;
        find::each(delimiter, record.as_bytes(), |end| {
            self.places.push((start, end));
            start = end + 1;
        });
        self.places.push((start, record.len()));
    }

    /// Reads a record whose cells are all quoted and have no quotes in them, and says whether it is one.
    fn read_quoted(&mut self, record: &str) -> bool {
        let mut start = 0;
        let mut opened = None;
        let mut is_quoted = true;
        find::each(b'"', record.as_bytes(), |quote| match opened.take() {
            None => {
                is_quoted &= quote == start;
                opened = Some(quote);
            }
            Some(opened) => {
                self.places.push((opened + 1, quote));
                // A delimiter is between the two.
                start = quote + 2;
            }
        });
        is_quoted && start == record.len() + 1
    }

    /// Reads any record, cell by cell.
    fn read_mixed(&mut self, record: &str, delimiter: u8) {
        self.places.clear();
        self.undoubled.clear();
        let mut start = 0;
        loop {
            let rest = record.get(start..).unwrap_or_default();
            let place = self.undoubled.len();
            let end = match rest.strip_prefix('"') {
                Some(text) => start + 1 + self.push_undoubled(text),
                None => {
                    let length = find::first(delimiter, rest.as_bytes()).unwrap_or(rest.len());
                    self.undoubled.push_str(rest.get(..length).unwrap_or_default());
                    start + length
                }
            };
            self.places.push((place, self.undoubled.len()));
            if end >= record.len() {
                return;
            }
            start = end + 1;
        }
    }

    /// Adds what stands before the closing quote, and gives the place behind that.
    fn push_undoubled(&mut self, text: &str) -> usize {
        let mut piece = 0;
        loop {
            let rest = text.get(piece..).unwrap_or_default();
            let quote = piece + find::first(b'"', rest.as_bytes()).unwrap_or(rest.len());
            let is_doubled = text.as_bytes().get(quote + 1) == Some(&b'"');
            // One of the two quotes is part of the text.
            let end = if is_doubled { quote + 1 } else { quote };
            self.undoubled.push_str(text.get(piece..end).unwrap_or_default());
            if !is_doubled {
                return quote + 1;
            }
            piece = quote + 2;
        }
    }

    /// Whether all cells of the record that was read last were quoted, and had no quotes in them.
    pub(crate) fn are_quoted(&self) -> bool {
        self.are_quoted
    }

    /// The cells of the record that was read last.
    pub(crate) fn iter<'a>(&'a self, record: &'a str) -> impl Iterator<Item = &'a str> + Clone {
        let text = self.text(record);
        self.places().map(move |(start, end)| text.get(start..end).unwrap_or_default())
    }

    /// The text that the cells of this record lie in.
    pub(crate) fn text<'a>(&'a self, record: &'a str) -> &'a str {
        if self.is_undoubled { &self.undoubled } else { record }
    }

    /// Where each cell begins and ends in that text.
    pub(crate) fn places(&self) -> impl ExactSizeIterator<Item = (usize, usize)> + Clone {
        self.places.iter().copied()
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
        self.cells.places.len()
    }

    /// A cell, counted from 0.
    pub(crate) fn get(&self, index: usize) -> Option<&str> {
        let (start, end) = *self.cells.places.get(index)?;
        self.cells.text(&self.text).get(start..end)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        self.cells.iter(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::rows::write_record;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

        #[test]
        fn cells_are_read_as_they_were_written_whichever_are_quoted(
            cells in prop::collection::vec(("[,\"xé \n]{0,3}|[a-z]{0,40}", any::<bool>()), 1..6),
            quotes_all in any::<bool>(),
        ) {
            let write = |(cell, is_quoted): &(String, bool)| match cell.contains([',', '"', '\n']) {
                false if !is_quoted && !quotes_all => cell.clone(),
                _ => format!("\"{}\"", cell.replace('"', "\"\"")),
            };
            let record = cells.iter().map(write).collect::<Vec<_>>().join(",");
            let texts: Vec<&str> = cells.iter().map(|(cell, _)| cell.as_str()).collect();
            let mut read = Cells::default();
            read.read(&record, b',', record.contains('"'));
            prop_assert_eq!(read.iter(&record).collect::<Vec<_>>(), texts.clone());
            // What is copied as it was read must be what would be written.
            let mut written = Vec::new();
            write_record(&mut written, b',', true, texts.iter());
            let is_as_written = written == format!("{record}\r\n").as_bytes();
            let has_quotes = texts.iter().any(|text| text.contains('"'));
            prop_assert_eq!(read.are_quoted(), is_as_written && !has_quotes);
        }
    }
}
