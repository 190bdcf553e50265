//! Checks a block of rows, and makes of it what is packed. One worker a thread.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use van_bulk_schema::rules::row::{RowFinding, Rows, codes};
use van_bulk_schema::text::printable;

use super::deflate::Deflater;
use super::{Finding, Preflight, RowPlace, Summary};
use crate::delimited::record::Cells;
use crate::delimited::split::{Block, Lines, Record};

/// What is to be done with every block.
#[derive(Debug)]
pub(super) struct Work {
    pub(super) preflight: Preflight,
    /// How the good rows are packed, if they are.
    pub(super) output: Option<Output>,
    /// Whether the bad rows are wanted.
    pub(super) keeps_rejected: bool,
}

/// How rows are packed.
#[derive(Debug, Clone)]
pub(super) struct Output {
    pub(super) level: u32,
    /// Set when no row is packed after all.
    pub(super) is_refused: Arc<AtomicBool>,
}

/// What became of a block.
#[derive(Debug, Default)]
pub(super) struct Done {
    pub(super) rows: u64,
    pub(super) accepted: u64,
    pub(super) findings: Vec<Finding>,
    /// The good rows, if there are any and they are packed.
    pub(super) chunk: Option<Chunk>,
    /// The bad rows, if they are wanted.
    pub(super) rejected: Vec<Rejected>,
}

/// Good rows, compressed so that chunks can follow each other.
#[derive(Debug)]
pub(super) struct Chunk {
    pub(super) deflated: Vec<u8>,
    pub(super) crc: crc32fast::Hasher,
    /// The size before it was compressed, in bytes.
    pub(super) bytes: u64,
    pub(super) rows: u64,
    /// The first and the last row of the input.
    pub(super) first: u64,
    pub(super) last: u64,
}

/// A bad row.
#[derive(Debug)]
pub(super) struct Rejected {
    pub(super) row: u64,
    /// Everything that is wrong with it.
    pub(super) reasons: String,
    /// As it was read.
    pub(super) record: Vec<u8>,
}

impl Done {
    pub(super) fn add_to(&self, summary: &mut Summary) {
        summary.rows += self.rows;
        summary.accepted += self.accepted;
        summary.rejected += self.rows - self.accepted;
        self.findings.iter().for_each(|finding| summary.add(finding));
    }
}

/// Checks blocks, one after the other.
pub(super) struct Worker<'w> {
    work: &'w Work,
    rows: Rows<'w>,
    cells: Cells,
    deflater: Option<Deflater>,
}

impl<'w> Worker<'w> {
    pub(super) fn new(work: &'w Work) -> Self {
        let deflater = work.output.as_ref().map(|output| Deflater::new(output.level));
        Self { work, rows: work.preflight.plan.rows(), cells: Cells::default(), deflater }
    }

    pub(super) fn check(&mut self, block: &Block) -> io::Result<Done> {
        let mut done = Done { rows: block.records.len() as u64, ..Done::default() };
        let output = self.work.output.as_ref();
        let is_packed = output.is_some_and(|output| !output.is_refused.load(Ordering::Relaxed));
        let room = if is_packed { self.packed_bytes(block) } else { 0 };
        let mut packed = Packed::new(self.work.preflight.delimiter_byte, room);
        let mut lines = Lines::default();
        // Bytes that are not UTF-8 anywhere make it slow, not wrong.
        let text = std::str::from_utf8(&block.text).ok();
        for (number, record) in (block.first..).zip(&block.records) {
            let bytes = block.bytes(*record);
            let text = match text {
                Some(text) => text.get(record.start..record.end),
                None => std::str::from_utf8(bytes).ok(),
            };
            let result = match text {
                Some(text) => {
                    self.cells.read(text, block.delimiter, record.has_quote);
                    self.rows.check_within(self.cells.text(text), self.cells.places()).map(|_| text)
                }
                None => Err(vec![self.not_utf8(bytes, *record, block.delimiter)]),
            };
            match result {
                Ok(_) if !is_packed => done.accepted += 1,
                Ok(text) => {
                    done.accepted += 1;
                    packed.add(number, text, *record, block.delimiter, &self.cells);
                }
                Err(problems) => {
                    let start = lines.start_of(block, *record);
                    let place = RowPlace {
                        row: number,
                        line: start.map(|start| start.line),
                        offset: start.map(|start| start.offset),
                    };
                    if self.work.keeps_rejected {
                        let reasons: Vec<String> = problems.iter().map(ToString::to_string).collect();
                        let reasons = reasons.join("; ");
                        done.rejected.push(Rejected { row: number, reasons, record: bytes.to_vec() });
                    }
                    done.findings.extend(problems.into_iter().map(|problem| Finding { place, problem }));
                }
            }
        }
        if let (Some(deflater), true) = (&mut self.deflater, packed.rows > 0) {
            done.chunk = Some(deflater.chunk(&packed.text, packed.rows, packed.first, packed.last)?);
        }
        Ok(done)
    }

    /// How much text the rows of a block become, unless quotes are doubled.
    fn packed_bytes(&self, block: &Block) -> usize {
        // A cell gets two quotes, a line a longer end.
        let added = 2 * self.work.preflight.columns().len() + 1;
        block.text.len() + block.records.len() * added
    }

    /// The column is that of the first cell that is not UTF-8.
    fn not_utf8(&mut self, record: &[u8], place: Record, delimiter: u8) -> RowFinding {
        // The last cell of what comes before the byte is the one that holds it.
        let good = record.utf8_chunks().next().map_or("", |chunk| chunk.valid());
        self.cells.read(good, delimiter, place.has_quote);
        let index = self.cells.iter(good).count().saturating_sub(1);
        let text = String::from_utf8_lossy(record);
        self.cells.read(&text, delimiter, place.has_quote);
        let bad = self.cells.iter(&text).zip(self.work.preflight.columns()).nth(index);
        let message = match bad {
            Some((_, column)) => format!("the column `{column}` is not UTF-8 text"),
            None => "it is not UTF-8 text".to_owned(),
        };
        RowFinding {
            code: codes::NOT_UTF8,
            mapping: None,
            field: None,
            column: bad.map(|(_, column)| column.to_owned()),
            value: bad.map(|(cell, _)| printable(cell, 60)),
            message,
            help: "save the file as UTF-8, or read it in the encoding that it has, such as windows-1252"
                .to_owned(),
        }
    }
}

/// The good rows of a block as they are packed: every cell quoted, lines ended by CRLF.
struct Packed {
    delimiter: u8,
    text: Vec<u8>,
    rows: u64,
    first: u64,
    last: u64,
}

const QUOTE: u8 = b'"';
const LINE_END: &[u8] = b"\r\n";

impl Packed {
    fn new(delimiter: u8, room: usize) -> Self {
        Self { delimiter, text: Vec::with_capacity(room), rows: 0, first: 0, last: 0 }
    }

    /// Adds a row that was read from `record`.
    fn add(&mut self, row: u64, record: &str, place: Record, delimiter: u8, cells: &Cells) {
        if self.rows == 0 {
            self.first = row;
        }
        self.rows += 1;
        self.last = row;
        if cells.are_quoted() && delimiter == self.delimiter {
            // It is as it is packed.
            self.text.extend_from_slice(record.as_bytes());
            self.text.extend_from_slice(LINE_END);
        } else {
            write_record(&mut self.text, self.delimiter, place.has_quote, cells.iter(record));
        }
    }
}

/// Writes a record as it is packed. `may_have_quotes` says whether there is a cell with a quote in it, as far as is known.
pub(crate) fn write_record(
    text: &mut Vec<u8>,
    delimiter: u8,
    may_have_quotes: bool,
    cells: impl Iterator<Item = impl AsRef<[u8]>>,
) {
    let start = text.len();
    text.push(QUOTE);
    for cell in cells {
        let cell = cell.as_ref();
        if may_have_quotes {
            push_doubled(text, cell);
        } else {
            text.extend_from_slice(cell);
        }
        text.extend_from_slice(&[QUOTE, delimiter, QUOTE]);
    }
    // What would begin another cell gives way to the line end.
    text.truncate(text.len().saturating_sub(2).max(start));
    text.extend_from_slice(LINE_END);
}

fn push_doubled(text: &mut Vec<u8>, cell: &[u8]) {
    for (index, piece) in cell.split(|byte| *byte == QUOTE).enumerate() {
        if index > 0 {
            text.extend_from_slice(&[QUOTE, QUOTE]);
        }
        text.extend_from_slice(piece);
    }
}
