//! CSV readers, each over a file on one thread, into a record that is used again.

use std::fs::File;
use std::path::Path;

use miette::IntoDiagnostic as _;
use serde_json::{Value, json};

use crate::rounds::{self, Contender};

/// Times all readers.
pub(crate) fn measure(file: &Path, rounds: usize) -> miette::Result<Value> {
    let mut contenders: [Contender<'_>; 4] = [
        ("csv", Box::new(|| csv(file))),
        ("simd-csv", Box::new(|| simd_csv(file))),
        ("simd-csv, zero copy", Box::new(|| simd_csv_zero_copy(file))),
        ("delimited (ours, strict)", Box::new(|| delimited(file))),
    ];
    let timed = rounds::time(&mut contenders, rounds)?;
    let bytes = file.metadata().into_diagnostic()?.len();
    Ok(json!({ "timed": timed, "bytes": bytes }))
}

/// Reads a file with the `csv` crate, as its documentation recommends for speed.
pub(crate) fn csv(file: &Path) -> miette::Result<u64> {
    let mut reader = csv::Reader::from_path(file).into_diagnostic()?;
    let mut record = csv::ByteRecord::new();
    let mut rows = 0;
    while reader.read_byte_record(&mut record).into_diagnostic()? {
        rows += 1;
    }
    Ok(rows)
}

fn simd_csv(file: &Path) -> miette::Result<u64> {
    let mut reader = simd_csv::Reader::from_reader(File::open(file).into_diagnostic()?);
    let mut record = simd_csv::ByteRecord::new();
    let mut rows = 0;
    while reader.read_byte_record(&mut record).into_diagnostic()? {
        rows += 1;
    }
    Ok(rows)
}

/// Leaves the quotes of a cell to who looks at it.
fn simd_csv_zero_copy(file: &Path) -> miette::Result<u64> {
    let mut reader = simd_csv::ZeroCopyReader::from_reader(File::open(file).into_diagnostic()?);
    let mut rows = 0;
    while reader.read_byte_record().into_diagnostic()?.is_some() {
        rows += 1;
    }
    Ok(rows)
}

/// Reads a file with the reader that result files are read with.
pub(crate) fn delimited(file: &Path) -> miette::Result<u64> {
    let input = File::open(file).into_diagnostic()?;
    let mut reader =
        van_bulk_import::delimited::Reader::new(input, file.display().to_string(), b',').into_diagnostic()?;
    let mut record = csv::ByteRecord::new();
    let mut rows = 0;
    while reader.read(&mut record).into_diagnostic()?.is_some() {
        rows += 1;
    }
    Ok(rows)
}
