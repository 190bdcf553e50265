//! Packs the rows of a CSV.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use csv::ByteRecord;
use van_bulk::payload::Delimiter;

use super::{PackedFile, Packer, RowsError, io_error};
use crate::delimited::Reader;

/// Packs the rows of the CSV `source` like [`pack_csv_from`].
///
/// # Errors
/// Those of [`pack_csv_from`], and when the file cannot be opened.
pub fn pack_csv(
    source: &Path,
    zip_path: &Path,
    file_name: &str,
    columns: &[impl AsRef<str>],
    delimiter: &Delimiter,
) -> Result<PackedFile, RowsError> {
    let file = File::open(source).map_err(|error| io_error("open", source, error))?;
    pack_csv_from(file, &source.display().to_string(), zip_path, file_name, columns, delimiter)
}

/// Packs the rows of a CSV that has a header; errors call it `source_name`.
///
/// The header must be `columns`, the columns of the job: VAN takes the names from the job and never reads the header, so
/// a file in another order would fill the wrong fields. The delimiter is that of the source and of the packed file.
/// Blank lines are no rows.
///
/// # Errors
/// When the header differs, the CSV is faulty, or the rows cannot be packed. Nothing is left then.
pub fn pack_csv_from(
    source: impl Read,
    source_name: &str,
    zip_path: &Path,
    file_name: &str,
    columns: &[impl AsRef<str>],
    delimiter: &Delimiter,
) -> Result<PackedFile, RowsError> {
    let mut packer = Packer::create(zip_path, file_name, columns, delimiter)?;
    // `create` has refused delimiters without a byte.
    let mut reader = Reader::new(source, source_name, delimiter.byte().unwrap_or(b','))?;
    let found: Vec<&str> = reader.header().collect();
    let expected: Vec<&str> = columns.iter().map(AsRef::as_ref).collect();
    if let Some(problem) = difference(&found, &expected) {
        return Err(RowsError::Header { file: source_name.to_owned(), problem });
    }
    let mut record = ByteRecord::new();
    while reader.read(&mut record)?.is_some() {
        packer.write(&record)?;
    }
    packer.finish()
}

/// What is wrong with a header, if anything.
fn difference(found: &[&str], expected: &[&str]) -> Option<String> {
    if found == expected {
        return None;
    }
    let missing = names_not_in(expected, found);
    let surplus = names_not_in(found, expected);
    let mut problem = "the header is not the columns of the job".to_owned();
    if missing.is_empty() && surplus.is_empty() {
        let at = found.iter().zip(expected).position(|(found, expected)| found != expected);
        match at {
            Some(at) => problem.push_str(&format!(
                ": the names are the same but not their order, from column {} on, which is `{}` instead of `{}`",
                at + 1,
                found[at],
                expected[at]
            )),
            None => problem.push_str(": it repeats or lacks a repeated name"),
        }
    }
    if !missing.is_empty() {
        problem.push_str(&format!("; it lacks {}", quoted(&missing)));
    }
    if !surplus.is_empty() {
        problem.push_str(&format!("; the job does not know {}", quoted(&surplus)));
    }
    let near = missing
        .iter()
        .find_map(|name| van_bulk::header::nearest(name, surplus.iter().copied()).map(|near| (near, *name)));
    if let Some((near, name)) = near {
        problem.push_str(&format!("; perhaps `{near}` is meant to be `{name}`"));
    }
    problem.push_str("; give the file the columns of the job, spelled and ordered alike");
    Some(problem)
}

fn names_not_in<'a>(names: &[&'a str], others: &[&str]) -> Vec<&'a str> {
    names.iter().copied().filter(|name| !others.contains(name)).collect()
}

fn quoted(names: &[&str]) -> String {
    const SHOWN: usize = 10;
    let mut list = names
        .iter()
        .take(SHOWN)
        .map(|name| format!("`{}`", crate::text::printable(name, 80)))
        .collect::<Vec<_>>()
        .join(", ");
    if names.len() > SHOWN {
        list.push_str(&format!(" and {} more", names.len() - SHOWN));
    }
    list
}
