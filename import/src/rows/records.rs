//! Writes the records of a program as rows, by way of serde.

use csv::WriterBuilder;
use serde::Serialize;

use super::RowsError;
use super::columns::difference;
use crate::delimited::record::Cells;

const DELIMITER: u8 = b',';

/// Rows of records, one by one.
pub(super) struct Records<I> {
    records: I,
    columns: Vec<String>,
    /// The record that was written last.
    text: String,
    cells: Cells,
    number: u64,
}

impl<T: Serialize, I: Iterator<Item = T>> Records<I> {
    pub(super) fn new(records: I, columns: &[String]) -> Self {
        Self { records, columns: columns.to_owned(), text: String::new(), cells: Cells::default(), number: 0 }
    }

    /// The cells of the next record.
    pub(super) fn next_row(&mut self) -> Result<Option<impl Iterator<Item = &str>>, RowsError> {
        let Some(record) = self.records.next() else { return Ok(None) };
        self.number += 1;
        self.text = self.line(&record, false)?;
        if self.number == 1 {
            let both = self.line(&record, true)?;
            self.check_names(both.strip_suffix(&self.text).unwrap_or_default().trim_end_matches('\n'))?;
        }
        let line_end = self.text.trim_end_matches('\n').len();
        self.text.truncate(line_end);
        self.cells.read(&self.text, DELIMITER, true);
        Ok(Some(self.cells.iter(&self.text)))
    }

    /// The names of the first record must be the columns.
    fn check_names(&mut self, names: &str) -> Result<(), RowsError> {
        if names.is_empty() {
            return Err(self.problem("it has no names for its values".to_owned()));
        }
        self.cells.read(names, DELIMITER, true);
        let found: Vec<&str> = self.cells.iter(names).collect();
        let expected: Vec<&str> = self.columns.iter().map(String::as_str).collect();
        match difference(&found, &expected) {
            None => Ok(()),
            Some(problem) => Err(RowsError::Header { file: "the records".to_owned(), problem }),
        }
    }

    /// A record as a line of CSV, if need be behind a line with its names.
    fn line(&self, record: &T, with_names: bool) -> Result<String, RowsError> {
        let mut text = Vec::new();
        let mut writer =
            WriterBuilder::new().has_headers(with_names).buffer_capacity(512).from_writer(&mut text);
        let written = writer.serialize(record).and_then(|()| writer.flush().map_err(csv::Error::from));
        drop(writer);
        written.map_err(|error| {
            let problem = error.to_string();
            // What follows asks to report it to the authors of the `csv` crate.
            let problem = problem.split(", if you have a use case").next().unwrap_or_default().to_owned();
            self.problem(problem)
        })?;
        String::from_utf8(text).map_err(|_| self.problem("it is not UTF-8 text".to_owned()))
    }

    fn problem(&self, problem: String) -> RowsError {
        RowsError::Record { record: self.number, problem }
    }
}
