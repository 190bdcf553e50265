//! Strict reading of delimited files.
//!
//! The `csv` crate reads almost anything: a quote that is never closed swallows the rest of the file, text after a
//! closing quote is glued to the cell, bytes that are not UTF-8 pass. For an import each of these is lost or wrong data,
//! so every file is scanned on its way in, and the first fault is an error that names its line. Reading is streaming: one
//! record of at most [`MAX_RECORD_BYTES`] is in memory.

use std::fmt;
use std::io::{self, Read};

use csv::ByteRecord;

mod scan;

use scan::Scanner;

/// No record may be longer than this, quotes and delimiters included: 1 MiB. Our own bound, which keeps memory flat; 50
/// columns of 1,000 characters are far below it.
pub const MAX_RECORD_BYTES: u64 = 1024 * 1024;

/// A delimited file could not be read.
#[derive(Debug, thiserror::Error)]
#[error("{file}, line {line}: {problem}")]
#[non_exhaustive]
pub struct DelimitedError {
    /// The file, as the caller named it.
    pub file: String,
    /// The line, counted from 1: of the record's beginning, or of the quote that was never closed.
    pub line: u64,
    /// What is wrong there.
    #[source]
    pub problem: Problem,
}

/// What is wrong with a delimited file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// There is no header.
    #[error("the file is empty; its first line must be a header with the names of the columns")]
    Empty,
    /// A record has more or fewer cells than the header.
    #[error(
        "row {row} has {found} cells, the header has {expected}; the file was cut off, or a cell with a delimiter, \
         a quote or a line break is not quoted"
    )]
    CellCount {
        /// The row, counted from 1 after the header.
        row: u64,
        /// The cells of the header.
        expected: usize,
        /// The cells of the row.
        found: usize,
    },
    /// A quote is open at the end of the file.
    #[error(
        "the quote opened in {row} is never closed; the file was cut off, or a quote inside a cell is not doubled"
    )]
    OpenQuote {
        /// The record.
        row: Row,
    },
    /// A closing quote is not followed by a delimiter or the end of the line.
    #[error("{row} has text after a closing quote; a quote inside a quoted cell must be doubled")]
    TextAfterQuote {
        /// The record.
        row: Row,
    },
    /// A byte is not UTF-8.
    #[error("{row} is not UTF-8 at byte {offset} of the file; save the file as UTF-8")]
    NotUtf8 {
        /// The record.
        row: Row,
        /// The offset of the byte in the file, counted from 0.
        offset: u64,
    },
    /// A record is longer than [`MAX_RECORD_BYTES`].
    #[error("{row} is longer than {MAX_RECORD_BYTES} bytes; probably a quote in it is never closed")]
    TooLong {
        /// The record.
        row: Row,
    },
    /// The system could not read on.
    #[error("could not read on: {0}")]
    Io(#[source] io::Error),
}

/// A record of a delimited file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Row {
    /// The first record.
    Header,
    /// A data row, counted from 1.
    Data(u64),
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Header => f.write_str("the header"),
            Self::Data(row) => write!(f, "row {row}"),
        }
    }
}

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
    file: String,
    csv: csv::Reader<Scanner<R>>,
    header: ByteRecord,
    row: u64,
}

impl<R> fmt::Debug for Reader<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader").field("file", &self.file).field("row", &self.row).finish_non_exhaustive()
    }
}

impl<R: Read> Reader<R> {
    /// Reads the header of `input`; errors call it `file`.
    ///
    /// # Errors
    /// When there is no header or the beginning of the file is faulty.
    pub fn new(input: R, file: impl Into<String>, delimiter: u8) -> Result<Self, DelimitedError> {
        let csv = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter)
            .from_reader(Scanner::new(input, delimiter));
        let mut reader = Self { file: file.into(), csv, header: ByteRecord::new(), row: 0 };
        let mut header = ByteRecord::new();
        if reader.record(&mut header)?.is_none() {
            return Err(reader.error(1, Problem::Empty));
        }
        reader.header = header;
        Ok(reader)
    }

    /// The names in the header.
    pub fn header(&self) -> impl Iterator<Item = &str> {
        // The scanner lets only UTF-8 pass.
        self.header.iter().map(|name| std::str::from_utf8(name).unwrap_or_default())
    }

    /// Reads the next row into `record`, and says where it lies; `None` at the end of the file.
    ///
    /// # Errors
    /// When the row has another number of cells than the header, or the file is faulty; rows before the fault have
    /// been returned by then.
    pub fn read(&mut self, record: &mut ByteRecord) -> Result<Option<Place>, DelimitedError> {
        let Some(line) = self.record(record)? else { return Ok(None) };
        self.row += 1;
        if record.len() != self.header.len() {
            let problem =
                Problem::CellCount { row: self.row, expected: self.header.len(), found: record.len() };
            return Err(self.error(line, problem));
        }
        Ok(Some(Place { row: self.row, line }))
    }

    /// Whether the row that was read last is the last of the file and its line does not end.
    pub fn is_last_line_open(&self) -> bool {
        self.csv.get_ref().is_last_line_open()
    }

    /// Reads the next record and gives its line.
    fn record(&mut self, record: &mut ByteRecord) -> Result<Option<u64>, DelimitedError> {
        match self.csv.read_byte_record(record) {
            Ok(false) => Ok(None),
            Ok(true) => Ok(Some(self.csv.get_mut().next_line())),
            Err(error) => {
                let line = self.csv.get_ref().line();
                let error = match error.into_kind() {
                    csv::ErrorKind::Io(error) => error,
                    other => io::Error::other(format!("{other:?}")),
                };
                Err(match scan::Fault::from_io(error) {
                    Ok(fault) => self.error(fault.line, fault.problem),
                    Err(error) => self.error(line, Problem::Io(error)),
                })
            }
        }
    }

    fn error(&self, line: u64, problem: Problem) -> DelimitedError {
        DelimitedError { file: self.file.clone(), line, problem }
    }
}

#[cfg(test)]
mod tests {
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
            message(b"a,b\r\n1,2\r\n3\r\n").starts_with("t.csv, line 3: row 2 has 1 cells, the header has 2")
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
            "t.csv, line 3: row 2 is not UTF-8 at byte 8 of the file; save the file as UTF-8"
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
