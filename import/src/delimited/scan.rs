//! Looks at every byte of a delimited file on its way to the `csv` crate.

use std::collections::VecDeque;
use std::fmt;
use std::io::{self, Read};

use super::{MAX_RECORD_BYTES, Problem, Row};

const BYTE_ORDER_MARK: [u8; 3] = [0xef, 0xbb, 0xbf];

/// Where the scanner is in the structure of the file; the states of the `csv` crate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Before the first byte of a record.
    Record,
    /// Before the first byte of a cell that is not the first.
    Cell,
    /// In a cell without quotes.
    Plain,
    /// In a quoted cell.
    Quoted,
    /// After a quote in a quoted cell: the end of the cell, or the first of two.
    Quote,
}

/// Passes bytes on until the first fault.
pub(super) struct Scanner<R> {
    input: R,
    delimiter: u8,
    state: State,
    utf8: Utf8,
    /// Bytes seen.
    offset: u64,
    /// Lines begun.
    line: u64,
    /// Records ended, the header included.
    records: u64,
    record_offset: u64,
    record_line: u64,
    quote_line: u64,
    /// The lines of records that were seen and not yet asked for; at most as many as fit the buffer of the `csv` crate.
    lines: VecDeque<u64>,
    /// Whether the beginning was searched for a byte order mark.
    begun: bool,
    /// Whether the input has no more bytes.
    ended: bool,
    fault: Option<Fault>,
}

impl<R: Read> Scanner<R> {
    pub(super) fn new(input: R, delimiter: u8) -> Self {
        Self {
            input,
            delimiter,
            state: State::Record,
            utf8: Utf8::default(),
            offset: 0,
            line: 1,
            records: 0,
            record_offset: 0,
            record_line: 1,
            quote_line: 1,
            lines: VecDeque::new(),
            begun: false,
            ended: false,
            fault: None,
        }
    }

    /// Skips a byte order mark; gives the number of bytes in `buffer` that belong to the file.
    fn begin(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.begun = true;
        let mut length = 0;
        // Only as long as the bytes could become a byte order mark, so that nothing waits for more than it needs.
        while length < buffer.len().min(3) && buffer[..length] == BYTE_ORDER_MARK[..length] {
            match self.input.read(&mut buffer[length..3])? {
                0 => break,
                read => length += read,
            }
        }
        if buffer[..length] != BYTE_ORDER_MARK {
            return Ok(length);
        }
        self.offset = 3;
        self.record_offset = 3;
        self.input.read(buffer)
    }

    /// Looks at one byte.
    fn see(&mut self, byte: u8) -> Result<(), Problem> {
        if !self.utf8.accept(byte, self.offset) {
            return Err(Problem::NotUtf8 { row: self.row(), offset: self.utf8.start });
        }
        let line_end = byte == b'\n' || byte == b'\r';
        if self.state == State::Record && !line_end {
            self.record_offset = self.offset;
            self.record_line = self.line;
            self.lines.push_back(self.line);
        }
        self.state = match (self.state, byte) {
            (State::Record | State::Cell, b'"') => {
                self.quote_line = self.line;
                State::Quoted
            }
            (State::Quoted, b'"') => State::Quote,
            (State::Quoted, _) | (State::Quote, b'"') => State::Quoted,
            (State::Record, _) if line_end => State::Record,
            (_, byte) if byte == self.delimiter => State::Cell,
            (_, _) if line_end => {
                self.records += 1;
                State::Record
            }
            (State::Quote, _) => return Err(Problem::TextAfterQuote { row: self.row() }),
            _ => State::Plain,
        };
        self.offset += 1;
        if byte == b'\n' {
            self.line += 1;
        }
        if self.state != State::Record && self.offset - self.record_offset > MAX_RECORD_BYTES {
            return Err(Problem::TooLong { row: self.row() });
        }
        Ok(())
    }

    /// Looks at the end of the file.
    fn see_end(&mut self) -> Result<(), Problem> {
        if self.utf8.is_inside() {
            return Err(Problem::NotUtf8 { row: self.row(), offset: self.utf8.start });
        }
        if self.state == State::Quoted {
            return Err(Problem::OpenQuote { row: self.row() });
        }
        Ok(())
    }
}

impl<R> Scanner<R> {
    /// The line of the next record that the `csv` crate returns.
    pub(super) fn next_line(&mut self) -> u64 {
        self.lines.pop_front().unwrap_or(self.line)
    }

    /// The line that was read last.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// Whether the end of the file was reached in the middle of a line.
    pub(super) fn is_last_line_open(&self) -> bool {
        self.ended && self.state != State::Record
    }

    fn row(&self) -> Row {
        if self.records == 0 { Row::Header } else { Row::Data(self.records) }
    }

    fn fault(&self, problem: Problem) -> Fault {
        let line = match problem {
            Problem::OpenQuote { .. } => self.quote_line,
            Problem::TooLong { .. } => self.record_line,
            _ => self.line,
        };
        Fault { line, problem }
    }
}

impl<R: Read> Read for Scanner<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if let Some(fault) = self.fault.take() {
            return Err(fault.into_io());
        }
        let read =
            if self.begun || buffer.len() < 3 { self.input.read(buffer)? } else { self.begin(buffer)? };
        if read == 0 && !buffer.is_empty() {
            self.ended = true;
            return match self.see_end() {
                Ok(()) => Ok(0),
                Err(problem) => Err(self.fault(problem).into_io()),
            };
        }
        for (index, byte) in buffer[..read].iter().enumerate() {
            if let Err(problem) = self.see(*byte) {
                let fault = self.fault(problem);
                if index == 0 {
                    return Err(fault.into_io());
                }
                // What comes before the fault is read first.
                self.fault = Some(fault);
                return Ok(index);
            }
        }
        Ok(read)
    }
}

/// A fault on its way through the `csv` crate, which passes on only the errors of the system.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) line: u64,
    pub(super) problem: Problem,
}

impl Fault {
    fn into_io(self) -> io::Error {
        io::Error::other(self)
    }

    /// The fault in an error, or the error, if it is another.
    pub(super) fn from_io(error: io::Error) -> Result<Self, io::Error> {
        error.downcast::<Self>()
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.problem)
    }
}

impl std::error::Error for Fault {}

/// Checks UTF-8 byte by byte (the table of well-formed sequences in the Unicode standard, 3.9).
#[derive(Debug, Default)]
struct Utf8 {
    /// Bytes that the character still needs.
    needed: u8,
    /// The least and greatest byte that may come next.
    least: u8,
    greatest: u8,
    /// The offset of the character's first byte.
    start: u64,
}

impl Utf8 {
    fn accept(&mut self, byte: u8, offset: u64) -> bool {
        if self.needed > 0 {
            if !(self.least..=self.greatest).contains(&byte) {
                return false;
            }
            self.expect(self.needed - 1, 0x80, 0xbf);
            return true;
        }
        self.start = offset;
        match byte {
            0x00..=0x7f => {}
            0xc2..=0xdf => self.expect(1, 0x80, 0xbf),
            0xe0 => self.expect(2, 0xa0, 0xbf),
            0xed => self.expect(2, 0x80, 0x9f),
            0xe1..=0xef => self.expect(2, 0x80, 0xbf),
            0xf0 => self.expect(3, 0x90, 0xbf),
            0xf1..=0xf3 => self.expect(3, 0x80, 0xbf),
            0xf4 => self.expect(3, 0x80, 0x8f),
            _ => return false,
        }
        true
    }

    fn expect(&mut self, needed: u8, least: u8, greatest: u8) {
        self.needed = needed;
        self.least = least;
        self.greatest = greatest;
    }

    fn is_inside(&self) -> bool {
        self.needed > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_utf8(bytes: &[u8]) -> bool {
        let mut utf8 = Utf8::default();
        bytes.iter().zip(0..).all(|(byte, offset)| utf8.accept(*byte, offset)) && !utf8.is_inside()
    }

    #[test]
    fn utf_8_is_judged_as_the_standard_library_judges_it() {
        for first in 0..=255u8 {
            for second in 0..=255u8 {
                for tail in [&[][..], &[0x80], &[0xbf, 0x80], &[0x41], &[0x80, 0x80, 0x80]] {
                    let bytes = [&[first, second], tail].concat();
                    assert_eq!(is_utf8(&bytes), std::str::from_utf8(&bytes).is_ok(), "{bytes:x?}");
                }
            }
        }
    }
}
