//! Reads a file record by record.

use std::fmt;
use std::io::Read;

use csv::ByteRecord;

use super::record::TextRecord;
use super::split::{BLOCK_BYTES, Block, Lines, Record, Splitter, Start, count_lines};
use super::{DelimitedError, Problem, Row};

/// Where a row lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The row, counted from 1 after the header; blank lines do not count.
    pub row: u64,
    /// The line on which it begins, counted from 1.
    pub line: u64,
}

/// Reads a delimited file with a header, record by record.
///
/// A UTF-8 byte order mark and blank lines are skipped. Lines may end in `\n`, `\r\n` or `\r`.
pub struct Reader<R> {
    splitter: Splitter<R>,
    block: Block,
    /// The next record of the block.
    next: usize,
    lines: Lines,
    /// Where the record that was read last begins.
    start: Start,
    record: TextRecord,
    header: TextRecord,
    row: u64,
}

impl<R> fmt::Debug for Reader<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader")
            .field("file", &self.splitter.name())
            .field("row", &self.row)
            .finish_non_exhaustive()
    }
}

impl<R: Read> Reader<R> {
    /// Reads the header of `input`; errors call it `file`.
    ///
    /// # Errors
    /// When there is no header or the beginning of the file is faulty.
    pub fn new(input: R, file: impl Into<String>, delimiter: u8) -> Result<Self, DelimitedError> {
        let mut reader = Self {
            splitter: Splitter::new(input, file, Some(delimiter), BLOCK_BYTES),
            block: Block::default(),
            next: 0,
            lines: Lines::default(),
            start: Start { line: 1, offset: 0 },
            record: TextRecord::default(),
            header: TextRecord::default(),
            row: 0,
        };
        if reader.record()?.is_none() {
            return Err(reader.splitter.error(1, Problem::Empty));
        }
        reader.header = std::mem::take(&mut reader.record);
        Ok(reader)
    }

    /// The names in the header.
    pub fn header(&self) -> impl Iterator<Item = &str> {
        self.header.iter()
    }

    /// Reads the next row into `record`, and says where it lies; `None` at the end of the file.
    ///
    /// # Errors
    /// When the row has another number of cells than the header, or the file is faulty; rows before the fault have
    /// been returned by then.
    pub fn read(&mut self, record: &mut ByteRecord) -> Result<Option<Place>, DelimitedError> {
        let place = self.advance()?;
        record.clear();
        if place.is_some() {
            self.record.iter().for_each(|cell| record.push_field(cell.as_bytes()));
        }
        Ok(place)
    }

    /// Reads the next row, whose cells [`current`](Self::current) has then.
    ///
    /// # Errors
    /// Those of [`read`](Self::read).
    pub(crate) fn advance(&mut self) -> Result<Option<Place>, DelimitedError> {
        let Some(line) = self.record()? else { return Ok(None) };
        self.row += 1;
        let (expected, found) = (self.header.len(), self.record.len());
        if found != expected {
            let problem = Problem::CellCount { row: self.row, expected, found };
            return Err(self.splitter.error(line, problem));
        }
        Ok(Some(Place { row: self.row, line }))
    }

    /// The row that was read last.
    pub(crate) fn current(&self) -> &TextRecord {
        &self.record
    }

    /// Whether the row that was read last is the last of the file and its line does not end.
    pub fn is_last_line_open(&self) -> bool {
        self.splitter.is_last_line_open() && self.next == self.block.records.len()
    }

    /// Reads the next record and gives its line.
    fn record(&mut self) -> Result<Option<u64>, DelimitedError> {
        let record = loop {
            match self.block.records.get(self.next) {
                Some(record) => break *record,
                None => match self.splitter.next()? {
                    None => return Ok(None),
                    Some(block) => {
                        (self.block, self.next, self.lines) = (block, 0, Lines::default());
                    }
                },
            }
        };
        self.next += 1;
        self.start = self.lines.start_of(&self.block, record).unwrap_or(self.start);
        let bytes = self.block.bytes(record);
        let text = std::str::from_utf8(bytes).map_err(|error| self.not_utf8(record, error.valid_up_to()))?;
        self.record.read(text, self.block.delimiter, record.has_quote);
        Ok(Some(self.start.line))
    }

    fn not_utf8(&self, record: Record, at: usize) -> DelimitedError {
        let row = Row::of_record(self.block.first + self.next as u64 - 1);
        let before = self.block.bytes(record).get(..at).unwrap_or_default();
        let line = self.start.line + count_lines(before);
        self.splitter.error(line, Problem::NotUtf8 { row, offset: self.start.offset + at as u64 })
    }
}
#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    /// Hands out few bytes at a time, as a network might.
    struct Slow<'a>(&'a [u8]);

    impl Read for Slow<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let length = self.0.len().min(buffer.len()).min(3);
            buffer[..length].copy_from_slice(&self.0[..length]);
            self.0 = &self.0[length..];
            Ok(length)
        }
    }

    fn read(text: &[u8]) -> Result<Vec<(u64, Vec<String>)>, DelimitedError> {
        let mut reader = Reader::new(Slow(text), "t.csv", b',')?;
        let mut record = ByteRecord::new();
        let mut rows = Vec::new();
        while let Some(place) = reader.read(&mut record)? {
            rows.push((
                place.line,
                record.iter().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect(),
            ));
        }
        Ok(rows)
    }

    fn message(text: &[u8]) -> String {
        read(text).unwrap_err().to_string()
    }

    #[test]
    fn quoted_cells_may_hold_delimiters_quotes_and_line_breaks() {
        let rows = read(b"a,b\r\n\"1,\"\"x\"\"\",\"two\r\nlines\"\r\n3,4\r\n").unwrap();
        assert_eq!(rows[0], (2, vec!["1,\"x\"".to_owned(), "two\r\nlines".to_owned()]));
        assert_eq!(rows[1], (4, vec!["3".to_owned(), "4".to_owned()]));
    }

    #[test]
    fn a_byte_order_mark_and_blank_lines_are_skipped() {
        let rows = read("\u{feff}\"a\"\n\n1\n\r\n2".as_bytes()).unwrap();
        assert_eq!(rows, [(3, vec!["1".to_owned()]), (5, vec!["2".to_owned()])]);
        let mut reader = Reader::new("\u{feff}a,b\n".as_bytes(), "t.csv", b',').unwrap();
        assert_eq!(reader.header().collect::<Vec<_>>(), ["a", "b"]);
        assert!(reader.read(&mut ByteRecord::new()).unwrap().is_none());
    }

    #[test]
    fn an_empty_file_has_no_header() {
        assert!(message(b"").starts_with("t.csv, line 1: the file is empty"));
        assert!(message(b"\n\n").contains("the file is empty"));
    }

    #[test]
    fn a_row_with_another_number_of_cells_is_named() {
        assert!(
            message(b"a,b\r\n1,2\r\n3\r\n").starts_with("t.csv, line 3: row 2 has 1 cell, the header has 2")
        );
    }

    #[test]
    fn an_open_quote_is_named_by_the_line_on_which_it_was_opened() {
        let message = message(b"a,b\n1,2\n3,\"4\n5,6\n");
        assert!(message.starts_with("t.csv, line 3: the quote opened in row 2 is never closed"), "{message}");
    }

    #[test]
    fn text_after_a_closing_quote_is_refused() {
        let message = message(b"a,b\n1,\"say \"hi\"\"\n");
        assert!(message.starts_with("t.csv, line 2: row 1 has text after a closing quote"), "{message}");
    }

    #[test]
    fn bytes_that_are_not_utf_8_are_refused_with_their_offset() {
        let message = message(b"a\nok\ncaf\xe9\n");
        assert_eq!(
            message,
            "t.csv, line 3: row 2 is not UTF-8 at byte 8 of the file; save the file as UTF-8, or name its encoding"
        );
        assert!(super::tests::message(b"\xff\xfea\0").contains("the header is not UTF-8 at byte 0"));
        assert!(super::tests::message(b"a\n\xe2\x82").contains("row 1 is not UTF-8 at byte 2"));
    }

    #[test]
    fn rows_before_a_fault_are_returned() {
        let mut reader = Reader::new(&b"a\n1\n2\n\"3\n"[..], "t.csv", b',').unwrap();
        let mut record = ByteRecord::new();
        assert_eq!(reader.read(&mut record).unwrap(), Some(Place { row: 1, line: 2 }));
        assert_eq!(reader.read(&mut record).unwrap(), Some(Place { row: 2, line: 3 }));
        assert!(reader.read(&mut record).is_err());
    }

    #[test]
    fn a_record_without_end_is_refused_before_it_fills_the_memory() {
        let endless = b"a\n\"".iter().copied().chain(std::iter::repeat(b'x'));
        struct Endless<I>(I);
        impl<I: Iterator<Item = u8>> Read for Endless<I> {
            fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                buffer.iter_mut().for_each(|byte| *byte = self.0.next().unwrap());
                Ok(buffer.len())
            }
        }
        let mut reader = Reader::new(Endless(endless), "t.csv", b',').unwrap();
        let error = reader.read(&mut ByteRecord::new()).unwrap_err();
        assert!(matches!(error, DelimitedError { line: 2, problem: Problem::TooLong { .. }, .. }), "{error}");
    }

    #[test]
    fn tabs_may_separate_cells() {
        let mut reader = Reader::new(&b"a\tb\n1,\t\"2\t\"\n"[..], "t.txt", b'\t').unwrap();
        let mut record = ByteRecord::new();
        reader.read(&mut record).unwrap();
        assert_eq!(record, ByteRecord::from(vec!["1,", "2\t"]));
    }
}
