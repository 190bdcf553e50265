//! Takes the rows of a program one by one.

use std::any::type_name;
use std::fmt;

use van_bulk::{Cells, Row};

use super::RowsError;
use super::check::write_record;
use super::columns::difference;
use super::flow::{Flow, Takes as _};
use super::sink::{Packed, Sink};
use crate::delimited::MAX_RECORD_BYTES;
use crate::delimited::split::{Block, MAX_RECORDS, Record};

/// Packs rows that a program hands over one by one: [`Packing::start`](super::Packing::start) begins it,
/// [`write_row`](Self::write_row) or [`write`](Self::write) adds a row, [`finish`](Self::finish) completes the parts.
///
/// Rows are checked and compressed on other threads, so what is wrong with a row is told a little later: by a following
/// call, or by [`finish`](Self::finish). A packer that is dropped leaves nothing.
///
/// ```
/// use van_bulk::Row;
/// use van_bulk::payload::Delimiter;
/// use van_bulk_import::rows::{Packing, Preflight};
///
/// #[derive(Row)]
/// struct Signup {
///     given_name: String,
///     email: Option<String>,
/// }
///
/// # let folder = tempfile::tempdir()?;
/// let preflight = Preflight::of_columns(Signup::COLUMNS, &Delimiter::Csv)?;
/// let mut packer = Packing::new(&preflight, folder.path(), "contacts.csv").start()?;
/// packer.write_row(&Signup { given_name: "Ana".to_owned(), email: None })?;
/// packer.write(["Bo", "bo@example.org"])?;
/// let packed = packer.finish()?;
/// assert_eq!(packed.summary.rows, 2);
/// assert_eq!(packed.parts[0].path, folder.path().join("contacts-001.zip"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Packer<'f> {
    pub(super) flow: Flow,
    pub(super) sink: Sink<'f>,
    pub(super) block: Block,
    pub(super) block_bytes: usize,
    pub(super) columns: Vec<String>,
    pub(super) cells: Cells,
    /// Rows that were handed over.
    pub(super) rows: u64,
    pub(super) failed: bool,
}

impl fmt::Debug for Packer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Packer").field("rows", &self.rows).finish_non_exhaustive()
    }
}

impl Packer<'_> {
    /// Writes one row: a cell for each column, in the order of the columns.
    ///
    /// # Errors
    /// When the row is longer than [`MAX_RECORD_BYTES`], an earlier row stops the packing by its policy, or the file system
    /// refuses. The packer cannot be finished then.
    pub fn write<I>(&mut self, cells: I) -> Result<(), RowsError>
    where
        I: IntoIterator,
        I::Item: AsRef<[u8]>,
    {
        let start = self.block.text.len();
        write_record(&mut self.block.text, self.block.delimiter, true, cells.into_iter());
        self.end_record(start)
    }

    /// Writes one row of the type that the job was made with.
    ///
    /// # Errors
    /// When the columns of the type are not those of the file: the row is not written and the packer goes on. Else those
    /// of [`write`](Self::write).
    pub fn write_row<R: Row>(&mut self, row: &R) -> Result<(), RowsError> {
        if self.columns != R::COLUMNS {
            let expected: Vec<&str> = self.columns.iter().map(String::as_str).collect();
            let problem = difference(R::COLUMNS, &expected).unwrap_or_default();
            return Err(RowsError::RowType { row: self.rows + 1, row_type: type_name::<R>(), problem });
        }
        self.cells.clear();
        row.write(&mut self.cells);
        let start = self.block.text.len();
        write_record(&mut self.block.text, self.block.delimiter, true, self.cells.iter());
        self.end_record(start)
    }

    /// The rows that were handed over by now.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Completes the parts, syncs them to disk and gives them their names.
    ///
    /// # Errors
    /// When there are no rows, a row stops or refuses the packing by its policy, the packer failed before, or the file
    /// system refuses. Nothing is left then.
    pub fn finish(mut self) -> Result<Packed, RowsError> {
        if self.failed {
            return Err(RowsError::Failed);
        }
        self.push_block()?;
        while let Some(done) = self.flow.pop()? {
            self.sink.take(done)?;
        }
        self.sink.finish("the import")
    }

    fn end_record(&mut self, start: usize) -> Result<(), RowsError> {
        let row = self.rows + 1;
        let end = self.block.text.len() - b"\r\n".len();
        let result = match (end - start) as u64 {
            bytes if bytes > MAX_RECORD_BYTES => {
                Err(RowsError::TooLong { row, bytes, most: MAX_RECORD_BYTES })
            }
            _ => {
                self.block.records.push(Record { start, end, has_quote: true });
                self.rows = row;
                let is_full =
                    self.block.text.len() >= self.block_bytes || self.block.records.len() >= MAX_RECORDS;
                if is_full { self.push_block() } else { Ok(()) }
            }
        };
        result.inspect_err(|_| self.failed = true)
    }

    /// Sends the rows that were handed over on their way.
    fn push_block(&mut self) -> Result<(), RowsError> {
        let next = Block {
            delimiter: self.block.delimiter,
            first: self.rows + 1,
            text: Vec::with_capacity(self.block.text.len()),
            ..Block::default()
        };
        let block = std::mem::replace(&mut self.block, next);
        if block.records.is_empty() {
            return Ok(());
        }
        match self.flow.push(block)? {
            Some(done) => self.sink.take(done),
            None => Ok(()),
        }
    }
}
