//! Cuts delimited text into blocks of whole records, and finds every fault of its structure on the way.

use std::io::{self, Read};

use memchr::{memchr_iter, memchr3};

use super::input::Fault as InputFault;
use super::{DelimitedError, MAX_RECORD_BYTES, Problem, Row, find};

/// How much text a block holds, in bytes, unless it is asked for another size. What is compressed together loses half a
/// percent to a file that is compressed as a whole.
pub(crate) const BLOCK_BYTES: usize = 1024 * 1024;

/// How many records a block holds at the most, so that a block of bad ones does not grow: what is said of a record takes far
/// more memory than a short record itself.
pub(crate) const MAX_RECORDS: usize = 8 * 1024;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Whole records of a text.
#[derive(Debug, Default)]
pub(crate) struct Block {
    pub(crate) text: Vec<u8>,
    /// Where the records lie in the text, without their line ends; no blank lines.
    pub(crate) records: Vec<Record>,
    /// What separates cells.
    pub(crate) delimiter: u8,
    /// The number of the first record; that of the header is 0.
    pub(crate) first: u64,
    /// Where the text begins; nothing if it is not from a file.
    pub(crate) start: Option<Start>,
}

/// Where a block begins in its file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Start {
    /// The line, counted from 1.
    pub(crate) line: u64,
    /// The byte, counted from 0.
    pub(crate) offset: u64,
}

/// Where a record lies in its block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Record {
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// Whether there is a quote in it.
    pub(crate) has_quote: bool,
}

impl Block {
    pub(crate) fn bytes(&self, record: Record) -> &[u8] {
        self.text.get(record.start..record.end).unwrap_or_default()
    }
}

/// Counts the lines of a block as far as they are asked for, each once.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    counted: usize,
    lines: u64,
}

impl Lines {
    /// Where a record begins in its file. Records are asked for in their order.
    pub(crate) fn start_of(&mut self, block: &Block, record: Record) -> Option<Start> {
        let passed = block.text.get(self.counted..record.start).unwrap_or_default();
        self.lines += count_lines(passed);
        // No line ends within a record that is not quoted.
        self.counted = if record.has_quote { record.start } else { record.end };
        block
            .start
            .map(|start| Start { line: start.line + self.lines, offset: start.offset + record.start as u64 })
    }
}

/// Reads blocks from a text.
pub(crate) struct Splitter<R> {
    input: R,
    name: String,
    delimiter: Option<u8>,
    block_bytes: usize,
    /// How much text the next block is to have: less where records are short, so that little is left over.
    wanted: usize,
    /// Text that was read and is not in a block yet.
    rest: Vec<u8>,
    /// Where `rest` begins.
    start: Start,
    begun: bool,
    ended: bool,
    /// The number of the next record.
    next: u64,
    is_last_line_open: bool,
    fault: Option<DelimitedError>,
}

/// What a text was found to hold.
struct Scan {
    records: Vec<Record>,
    /// Where the first record begins that is not whole, or the end.
    whole: usize,
    stop: Stop,
}

enum Stop {
    /// At the end, or in a record that is not whole yet: with a quote that is not closed, where it is.
    More { opened: Option<usize> },
    /// Behind as many records as a block holds.
    Full,
    /// In a record with a fault.
    Fault(Flaw),
}

/// A fault of a record, with the bytes that it is about.
#[derive(Debug, Clone, Copy)]
enum Flaw {
    OpenQuote { opened: usize },
    TextAfterQuote { opened: usize, closed: usize },
    TooLong { start: usize, opened: Option<usize> },
}

impl<R: Read> Splitter<R> {
    /// Reads `input`, which errors call `name`. Without a delimiter, the first line decides.
    pub(crate) fn new(input: R, name: impl Into<String>, delimiter: Option<u8>, block_bytes: usize) -> Self {
        Self {
            input,
            name: name.into(),
            delimiter,
            block_bytes,
            wanted: block_bytes,
            rest: Vec::new(),
            start: Start { line: 1, offset: 0 },
            begun: false,
            ended: false,
            next: 0,
            is_last_line_open: false,
            fault: None,
        }
    }

    /// The next block, which has at least one record; `None` at the end. What comes before a fault is given first.
    pub(crate) fn next(&mut self) -> Result<Option<Block>, DelimitedError> {
        let mut wanted = self.wanted;
        loop {
            if let Some(fault) = self.fault.take() {
                self.ended = true;
                self.rest.clear();
                return Err(fault);
            }
            if let Err(error) = self.fill(wanted) {
                let line = self.start.line + count_lines(&self.rest);
                // What comes before it is whole only up to the last line end.
                self.fault = Some(self.error(line, InputFault::problem(error)));
            }
            let delimiter = self.delimiter();
            let Scan { records, mut whole, stop } = scan(&self.rest, delimiter, self.ended);
            let flaw = match stop {
                Stop::Fault(flaw) => Some(flaw),
                Stop::More { opened } if !self.ended && self.rest.len() - whole > max_record() => {
                    Some(Flaw::TooLong { start: whole, opened })
                }
                Stop::More { .. } | Stop::Full => None,
            };
            if let Some(flaw) = flaw {
                self.fault = Some(self.fault_of(flaw, records.len()));
            }
            if records.is_empty() && self.fault.is_none() {
                if self.ended {
                    return Ok(None);
                }
                // Blank lines are done with; a record that is not whole needs more text.
                self.take(whole);
                wanted = self.rest.len() + self.block_bytes;
                continue;
            }
            if records.is_empty() {
                continue;
            }
            if self.ended && self.fault.is_none() && !matches!(stop, Stop::Full) {
                self.is_last_line_open = !self.rest.ends_with(b"\n") && !self.rest.ends_with(b"\r");
                whole = self.rest.len();
            }
            self.wanted = match stop {
                Stop::Full => whole.max(1),
                Stop::More { .. } | Stop::Fault(_) => {
                    self.block_bytes.min(self.wanted + self.wanted / 16 + 1)
                }
            };
            let (start, first) = (self.start, self.next);
            self.next += records.len() as u64;
            let text = self.take(whole);
            return Ok(Some(Block { text, records, delimiter, first, start: Some(start) }));
        }
    }

    /// Reads until there are `wanted` bytes or the text ends.
    fn fill(&mut self, wanted: usize) -> io::Result<()> {
        let missing = wanted.saturating_sub(self.rest.len());
        if self.ended || missing == 0 {
            return Ok(());
        }
        self.rest.reserve_exact(missing);
        let read = read_up_to(&mut self.input, missing, &mut self.rest);
        // What was read before an error begins with the mark, too.
        if !std::mem::replace(&mut self.begun, true) && self.rest.starts_with(BYTE_ORDER_MARK) {
            self.rest.drain(..BYTE_ORDER_MARK.len());
            self.start.offset = BYTE_ORDER_MARK.len() as u64;
        }
        self.ended = read? < missing;
        Ok(())
    }

    fn delimiter(&mut self) -> u8 {
        let rest = &self.rest;
        *self.delimiter.get_or_insert_with(|| {
            let line = rest.split(|byte| matches!(byte, b'\n' | b'\r')).find(|line| !line.is_empty());
            let (commas, tabs) = commas_and_tabs(line.unwrap_or_default());
            if tabs > commas { b'\t' } else { b',' }
        })
    }

    /// Takes the beginning of the text that was read.
    fn take(&mut self, length: usize) -> Vec<u8> {
        let rest = self.rest.split_off(length);
        let text = std::mem::replace(&mut self.rest, rest);
        self.start.offset += text.len() as u64;
        self.start.line += count_lines(&text);
        text
    }
}

impl<R> Splitter<R> {
    /// Whether the line of the last record does not end.
    pub(crate) fn is_last_line_open(&self) -> bool {
        self.is_last_line_open
    }

    /// What errors call the text.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    fn fault_of(&self, flaw: Flaw, records: usize) -> DelimitedError {
        let line = |at: usize| self.start.line + count_lines(self.rest.get(..at).unwrap_or_default());
        let row = Row::of_record(self.next + records as u64);
        match flaw {
            Flaw::OpenQuote { opened } => self.error(line(opened), Problem::OpenQuote { row }),
            Flaw::TextAfterQuote { opened, closed } => {
                self.error(line(closed), Problem::TextAfterQuote { row, opened: line(opened) })
            }
            Flaw::TooLong { start, opened } => {
                self.error(line(start), Problem::TooLong { row, opened: opened.map(line) })
            }
        }
    }

    pub(crate) fn error(&self, line: u64, problem: Problem) -> DelimitedError {
        DelimitedError { file: self.name.clone(), line, problem }
    }
}

/// How many commas and tabs a line has that are not in quotes.
fn commas_and_tabs(line: &[u8]) -> (usize, usize) {
    let (mut commas, mut tabs) = (0, 0);
    // A quote opens a cell at its beginning, and again after one that seemed to close it: the two are doubled.
    let (mut is_quoted, mut may_open) = (false, true);
    for byte in line {
        let is_quote = *byte == b'"' && (is_quoted || may_open);
        if is_quote {
            is_quoted = !is_quoted;
        }
        let separates = !is_quoted && matches!(byte, b',' | b'\t');
        commas += usize::from(separates && *byte == b',');
        tabs += usize::from(separates && *byte == b'\t');
        may_open = separates || (is_quote && !is_quoted);
    }
    (commas, tabs)
}

/// Adds so many bytes to a text, or all there are, and tells how many; after an error, what was read before it is there.
/// Unlike `read_to_end` it asks for all of them at once.
fn read_up_to(input: &mut impl Read, most: usize, text: &mut Vec<u8>) -> io::Result<usize> {
    let start = text.len();
    let mut end = start;
    text.resize(start + most, 0);
    let result = loop {
        let room = text.get_mut(end..).unwrap_or_default();
        if room.is_empty() {
            break Ok(most);
        }
        match input.read(room) {
            Ok(0) => break Ok(end - start),
            Ok(read) => end += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => break Err(error),
        }
    };
    text.truncate(end);
    result
}

fn max_record() -> usize {
    usize::try_from(MAX_RECORD_BYTES).unwrap_or(usize::MAX)
}

/// Where a record ends.
enum End {
    /// Its end, and whether there is a quote in it.
    At(usize, bool),
    /// With a quote that is not closed, where it is.
    NotYet(Option<usize>),
    Fault(Flaw),
}

/// Finds the records of a text; with `ended`, its end ends the last of them.
fn scan(text: &[u8], delimiter: u8, ended: bool) -> Scan {
    let mut records = Vec::new();
    let mut at = 0;
    loop {
        while let Some(length) = line_end(text, at, ended) {
            at += length;
        }
        if records.len() == MAX_RECORDS {
            return Scan { records, whole: at, stop: Stop::Full };
        }
        // A carriage return at the end may be the first half of a line end.
        if matches!(text.get(at..), None | Some(b"" | b"\r")) {
            return Scan { records, whole: at, stop: Stop::More { opened: None } };
        }
        match end_of_record(text, at, delimiter, ended) {
            End::At(end, _) if end - at > max_record() => {
                let flaw = Flaw::TooLong { start: at, opened: None };
                return Scan { records, whole: at, stop: Stop::Fault(flaw) };
            }
            End::At(end, has_quote) => {
                let Some(line_end) = line_end(text, end, ended).or((end == text.len()).then_some(0)) else {
                    return Scan { records, whole: at, stop: Stop::More { opened: None } };
                };
                records.push(Record { start: at, end, has_quote });
                at = end + line_end;
            }
            End::NotYet(opened) => return Scan { records, whole: at, stop: Stop::More { opened } },
            End::Fault(flaw) => return Scan { records, whole: at, stop: Stop::Fault(flaw) },
        }
    }
}

/// How long the line end is that stands here, if one does. Without more text a carriage return at the end could be the
/// first half of one.
fn line_end(text: &[u8], at: usize, ended: bool) -> Option<usize> {
    match (text.get(at)?, text.get(at + 1)) {
        (b'\n', _) => Some(1),
        (b'\r', Some(b'\n')) => Some(2),
        (b'\r', Some(_)) => Some(1),
        (b'\r', None) => ended.then_some(1),
        _ => None,
    }
}

/// How many lines end in a text: with a line feed, a carriage return, or both.
pub(crate) fn count_lines(text: &[u8]) -> u64 {
    // What stands between most records.
    if matches!(text, b"\n" | b"\r\n") {
        return 1;
    }
    let returns = memchr_iter(b'\r', text).filter(|at| text.get(at + 1) != Some(&b'\n')).count();
    (memchr_iter(b'\n', text).count() + returns) as u64
}

fn end_of_record(text: &[u8], start: usize, delimiter: u8, ended: bool) -> End {
    let quote_or_end = |at: usize| match text.get(at..)? {
        // Where every cell is quoted, none is searched for.
        [b'"', ..] => Some(at),
        rest => memchr3(b'"', b'\n', b'\r', rest).map(|found| at + found),
    };
    let mut has_quote = false;
    let mut at = start;
    loop {
        let Some(found) = quote_or_end(at) else {
            return if ended { End::At(text.len(), has_quote) } else { End::NotYet(None) };
        };
        if text.get(found) != Some(&b'"') {
            return End::At(found, has_quote);
        }
        has_quote = true;
        let begins_a_cell = found == start || text.get(found - 1) == Some(&delimiter);
        if !begins_a_cell {
            // A quote inside a cell that is not quoted stands for itself.
            at = found + 1;
            continue;
        }
        let Some(closing) = closing_quote(text, found, ended) else {
            return match ended {
                true => End::Fault(Flaw::OpenQuote { opened: found }),
                false => End::NotYet(Some(found)),
            };
        };
        at = closing + 1;
        match text.get(at) {
            None => return End::At(at, has_quote),
            Some(b'\n' | b'\r') => return End::At(at, has_quote),
            Some(byte) if *byte == delimiter => at += 1,
            Some(_) => return End::Fault(Flaw::TextAfterQuote { opened: found, closed: closing }),
        }
    }
}

/// The quote that closes the one at `opening`. Without more text a last quote could be the first of two.
fn closing_quote(text: &[u8], opening: usize, ended: bool) -> Option<usize> {
    let mut at = opening + 1;
    loop {
        let found = at + find::first(b'"', text.get(at..)?)?;
        match text.get(found + 1) {
            Some(b'"') => at = found + 2,
            Some(_) => return Some(found),
            None => return ended.then_some(found),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The number, the line, the offset and the bytes of a record.
    type Found = (u64, u64, u64, Vec<u8>);

    /// Every record, and the fault.
    fn split(text: &[u8], block_bytes: usize) -> (Vec<Found>, Option<String>) {
        let mut splitter = Splitter::new(text, "t.csv", Some(b','), block_bytes);
        let mut records = Vec::new();
        loop {
            let block = match splitter.next() {
                Ok(Some(block)) => block,
                Ok(None) => return (records, None),
                Err(fault) => return (records, Some(fault.to_string())),
            };
            assert!(!block.records.is_empty());
            let mut lines = Lines::default();
            for (number, record) in (block.first..).zip(&block.records) {
                let start = lines.start_of(&block, *record).unwrap();
                let bytes = block.bytes(*record);
                assert_eq!(bytes.contains(&b'"'), record.has_quote);
                records.push((number, start.line, start.offset, bytes.to_vec()));
            }
        }
    }

    /// What a text of these bytes must be if nothing of it is in quotes.
    fn naive(text: &[u8]) -> Vec<Found> {
        let mut records = Vec::new();
        let (mut line, mut offset) = (1, 0);
        for piece in text.split(|byte| matches!(byte, b'\n' | b'\r')) {
            if !piece.is_empty() {
                records.push((records.len() as u64, line, offset, piece.to_vec()));
            }
            offset += piece.len() as u64;
            let end = text.get(usize::try_from(offset).unwrap()..).unwrap_or_default();
            line += u64::from(!end.is_empty() && !end.starts_with(b"\r\n"));
            offset += 1;
        }
        records
    }

    fn text(bytes: &'static [u8]) -> impl Strategy<Value = Vec<u8>> {
        prop::collection::vec(prop::sample::select(bytes.to_vec()), 0..120)
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 1_000, ..ProptestConfig::default() })]

        #[test]
        fn where_blocks_end_makes_no_difference(text in text(b"\"\"\"\",,\n\n\rxy\xff"), block_bytes in 3..60_usize) {
            prop_assert_eq!(split(&text, block_bytes), split(&text, 1_000));
        }

        #[test]
        fn text_without_quotes_is_cut_at_line_ends(text in text(b",,\n\n\rxy\xff"), block_bytes in 3..60_usize) {
            let (records, fault) = split(&text, block_bytes);
            prop_assert_eq!(fault, None);
            prop_assert_eq!(records, naive(&text));
        }
    }
}
