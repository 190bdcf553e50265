//! Reads a result file.
//!
//! The columns, from VAN's description of the workflow: `BulkUploadDataID` (the row number), `ULFileID`, `PrimaryKey`,
//! `PrimaryKeyType`, the columns that the job asked for, then one column `{mappingTypeName}_{batchId}` for a mapping of
//! the job. VAN's own example has no column for one of its mappings, so a mapping may lack its column.

use std::io::Read;

use van_bulk::header::same_name;

use super::ResultsError;
use crate::delimited::record::TextRecord;
use crate::delimited::{Place, Reader};
use van_bulk_schema::text::printable;

/// The one message that is known to mean success.
pub const PROCESSED: &str = "Processed";

/// The columns before those that the job asked for. Names are compared without case: VAN's example changes the case of
/// a requested column.
const FIXED: [&str; 4] = ["BulkUploadDataID", "ULFileID", "PrimaryKey", "PrimaryKeyType"];

/// One mapping of the job, as result files may call it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Expected {
    /// The mapping type.
    pub(super) name: String,
    /// The name of its column, if the job asked for one (`resultFileColumnName`).
    pub(super) column: Option<String>,
}

impl Expected {
    fn has_column(&self, header: &str) -> bool {
        if self.column.as_deref().is_some_and(|column| same_name(column, header)) {
            return true;
        }
        match header.rsplit_once('_') {
            Some((name, batch)) => {
                same_name(name, &self.name)
                    && !batch.is_empty()
                    && batch.bytes().all(|byte| byte.is_ascii_digit())
            }
            None => false,
        }
    }
}

/// A column of a result file that reports on a mapping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MappingColumn {
    /// Its header, such as `Phones_1834`.
    pub header: String,
    /// The mapping of the job, counted from 0, that it was matched with: columns of one mapping type are matched with
    /// that type's mappings in order.
    pub mapping: usize,
    position: usize,
}

/// One row of a result file.
#[derive(Debug, Clone, Copy)]
pub struct ResultRow<'a> {
    /// The row of the upload, counted from 1 (`BulkUploadDataID`).
    pub row: u64,
    /// The line of the result file, counted from 1.
    pub line: u64,
    columns: &'a [MappingColumn],
    requested: &'a [String],
    record: &'a TextRecord,
}

impl<'a> ResultRow<'a> {
    /// VAN's number for the import (`ULFileID`).
    pub fn file_id(&self) -> &'a str {
        text(self.record, 1)
    }

    /// The id of the record that the row created or changed (`PrimaryKey`).
    pub fn primary_key(&self) -> &'a str {
        text(self.record, 2)
    }

    /// The kind of [`primary_key`](Self::primary_key), such as `VanID`.
    pub fn primary_key_type(&self) -> &'a str {
        text(self.record, 3)
    }

    /// The columns of the upload that the job asked for, each with its name in the result file and what the row has there.
    pub fn requested(&self) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        let Self { requested, record, .. } = *self;
        requested
            .iter()
            .zip(FIXED.len()..)
            .map(move |(name, position)| (name.as_str(), text(record, position)))
    }

    /// What VAN says about each mapping that has a column.
    pub fn messages(&self) -> impl Iterator<Item = (&'a MappingColumn, &'a str)> + use<'a> {
        let Self { columns, record, .. } = *self;
        columns.iter().map(move |column| (column, text(record, column.position)))
    }

    /// Whether every mapping that has a column was processed.
    pub fn is_processed(&self) -> bool {
        self.messages().all(|(_, message)| message == PROCESSED)
    }
}

/// A cell. The reader lets only whole rows pass.
fn text(record: &TextRecord, position: usize) -> &str {
    record.get(position).unwrap_or_default()
}

/// A result file whose header has been checked.
pub(super) struct ResultFile<R> {
    name: String,
    reader: Reader<R>,
    columns: Vec<MappingColumn>,
    /// The names in the header of the columns that the job asked for.
    requested: Vec<String>,
    sent: u64,
}

impl<R: Read> ResultFile<R> {
    /// Reads and checks the header.
    pub(super) fn open(
        input: R,
        name: &str,
        sent: u64,
        expected: &[Expected],
        requested: &[String],
    ) -> Result<Self, ResultsError> {
        let reader = Reader::new(input, name, b',')?;
        let header: Vec<&str> = reader.header().collect();
        let columns = mapping_columns(&header, expected, requested)
            .map_err(|problem| ResultsError::Header { file: name.to_owned(), problem })?;
        let requested = header.iter().skip(FIXED.len()).take(requested.len());
        let requested = requested.map(|name| (*name).to_owned()).collect();
        Ok(Self { name: name.to_owned(), reader, columns, requested, sent })
    }

    pub(super) fn columns(&self) -> &[MappingColumn] {
        &self.columns
    }

    /// The next row; `None` at the end of the file.
    pub(super) fn next(&mut self) -> Result<Option<ResultRow<'_>>, ResultsError> {
        let Some(place) = self.reader.advance()? else { return Ok(None) };
        self.check_end(place)?;
        let row = self.row_number(place)?;
        let Self { columns, requested, reader, .. } = self;
        Ok(Some(ResultRow { row, line: place.line, columns, requested, record: reader.current() }))
    }

    fn row_number(&self, place: Place) -> Result<u64, ResultsError> {
        let found = text(self.reader.current(), 0);
        match found.parse() {
            Ok(row) if (1..=self.sent).contains(&row) => Ok(row),
            _ => Err(ResultsError::RowNumber {
                file: self.name.clone(),
                line: place.line,
                found: printable(found, 40),
                sent: self.sent,
            }),
        }
    }

    /// Refuses a last line that stops before or within `Processed`: it would pass for a message of VAN's. A file that was
    /// cut off elsewhere lacks cells, ends in an open quote, or lacks whole rows, which are then missing.
    fn check_end(&self, place: Place) -> Result<(), ResultsError> {
        let record = self.reader.current();
        let last = text(record, record.len().saturating_sub(1));
        let is_cut = last != PROCESSED && PROCESSED.starts_with(last);
        if is_cut && self.reader.is_last_line_open() {
            return Err(ResultsError::CutOff { file: self.name.clone(), line: place.line });
        }
        Ok(())
    }
}

/// The columns of a header that report on mappings, or what is wrong with the header.
fn mapping_columns(
    header: &[&str],
    expected: &[Expected],
    requested: &[String],
) -> Result<Vec<MappingColumn>, String> {
    for (position, name) in FIXED.into_iter().enumerate() {
        match header.get(position) {
            Some(found) if same_name(found, name) => {}
            Some(found) => {
                return Err(format!(
                    "column {} is `{}` instead of `{name}`",
                    position + 1,
                    printable(found, 80)
                ));
            }
            None => return Err(format!("column {} (`{name}`) is missing", position + 1)),
        }
    }
    let after_fixed = &header[FIXED.len()..];
    let echoed = &after_fixed[..requested.len().min(after_fixed.len())];
    if let Some(missing) = requested.iter().find(|name| !echoed.iter().any(|found| same_name(found, name))) {
        return Err(format!("the requested column `{missing}` is missing"));
    }
    let mut columns: Vec<MappingColumn> = Vec::new();
    for (position, found) in header.iter().enumerate().skip(FIXED.len() + requested.len()) {
        if columns.iter().any(|column| same_name(&column.header, found)) {
            return Err(format!("the column `{}` is there twice", printable(found, 80)));
        }
        let is_taken = |mapping: usize| columns.iter().any(|column| column.mapping == mapping);
        let mut fitting =
            (0..expected.len()).filter(|mapping| expected[*mapping].has_column(found)).peekable();
        if fitting.peek().is_none() {
            let found = printable(found, 80);
            return Err(format!(
                "the column `{found}` is neither requested nor named after a mapping of the job"
            ));
        }
        let Some(mapping) = fitting.find(|mapping| !is_taken(*mapping)) else {
            let found = printable(found, 80);
            return Err(format!("the column `{found}` is one more than the job has mappings of that type"));
        };
        columns.push(MappingColumn { header: (*found).to_owned(), mapping, position });
    }
    if columns.is_empty() {
        return Err("no column reports on a mapping of the job".to_owned());
    }
    Ok(columns)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(names: &[&str]) -> Vec<Expected> {
        names.iter().map(|name| Expected { name: (*name).to_owned(), column: None }).collect()
    }

    fn matched(header: &str, names: &[&str], requested: &[&str]) -> Result<Vec<(String, usize)>, String> {
        let header: Vec<&str> = header.split(',').collect();
        let requested: Vec<String> = requested.iter().map(|name| (*name).to_owned()).collect();
        let columns = mapping_columns(&header, &job(names), &requested)?;
        Ok(columns.into_iter().map(|column| (column.header, column.mapping)).collect())
    }

    const START: &str = "BulkUploadDataID,ULFileID,PrimaryKey,PrimaryKeyType";

    #[test]
    fn columns_of_one_mapping_type_are_matched_in_order() {
        let columns =
            matched(&format!("{START},Phones_7,Email_8,Phones_9"), &["Phones", "Phones", "Email"], &[])
                .unwrap();
        assert_eq!(
            columns,
            [("Phones_7".to_owned(), 0), ("Email_8".to_owned(), 2), ("Phones_9".to_owned(), 1)]
        );
    }

    #[test]
    fn names_may_contain_underscores_and_differ_in_case() {
        let columns =
            matched("bulkuploaddataid,ulfileid,primarykey,primarykeytype,My_Type_12", &["my_type"], &[]);
        assert_eq!(columns.unwrap(), [("My_Type_12".to_owned(), 0)]);
    }

    #[test]
    fn a_requested_column_may_look_like_a_mapping_column() {
        let columns = matched(&format!("{START},Phones_1,Phones_2"), &["Phones"], &["phones_1"]).unwrap();
        assert_eq!(columns, [("Phones_2".to_owned(), 0)]);
    }

    #[test]
    fn a_column_name_that_the_job_asked_for_is_understood() {
        let expected = [Expected { name: "Phones".to_owned(), column: Some("HomePhone".to_owned()) }];
        let header = [&FIXED[..], &["homephone"]].concat();
        assert_eq!(mapping_columns(&header, &expected, &[]).unwrap()[0].mapping, 0);
    }

    #[test]
    fn every_other_header_is_refused_with_the_column_that_is_wrong() {
        for (header, requested, problem) in [
            ("BulkUploadDataID,ULFil".to_owned(), &[][..], "column 2 is `ULFil` instead of `ULFileID`"),
            ("BulkUploadDataID".to_owned(), &[], "column 2 (`ULFileID`) is missing"),
            (START.to_owned(), &[], "no column reports on a mapping"),
            (format!("{START},Phones_1"), &["ExternalId"], "the requested column `ExternalId` is missing"),
            (format!("{START},Email_1"), &[], "the column `Email_1` is neither requested nor named after"),
            (format!("{START},Phones_x"), &[], "the column `Phones_x` is neither"),
            (format!("{START},Phones_1,Phones_2"), &[], "the column `Phones_2` is one more than"),
            (format!("{START},Phones_1,Phones_1"), &[], "the column `Phones_1` is there twice"),
        ] {
            let found = matched(&header, &["Phones"], requested).unwrap_err();
            assert!(found.contains(problem), "{header}: {found}");
        }
    }
}
