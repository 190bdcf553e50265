//! Result files as VAN writes them, and accounting for their rows beside reading them and doing nothing.

use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use miette::{IntoDiagnostic as _, WrapErr as _};
use serde_json::{Value, json};
use van_bulk_import::Reconciliation;

use crate::rounds::{self, Contender};
use crate::{peak_kib, readers};

/// The mappings of the job, in its order.
const MAPPINGS: [&str; 4] = ["CreateOrUpdateContact", "Email", "Phones", "ActivistCode"];
/// How many rows VAN is made to put into one file.
const ROWS_OF_A_FILE: u64 = 250_000;

/// Writes the result files of a job of so many rows into a folder.
pub(crate) fn write(folder: &Path, rows: u64) -> miette::Result<Value> {
    let mut files = 0;
    let mut bytes = 0;
    for first in (1..=rows).step_by(usize::try_from(ROWS_OF_A_FILE).into_diagnostic()?) {
        files += 1;
        let path = folder.join(format!("job-92-result-{files}.csv"));
        let last = rows.min(first + ROWS_OF_A_FILE - 1);
        write_one(&path, first, last)
            .into_diagnostic()
            .wrap_err_with(|| format!("could not write {}", path.display()))?;
        bytes += path.metadata().into_diagnostic()?.len();
    }
    Ok(json!({ "rows": rows, "files": files, "bytes": bytes }))
}

/// One row in fifty is refused by one of its mappings, for one of a few reasons.
fn write_one(path: &Path, first: u64, last: u64) -> io::Result<()> {
    let mut to = BufWriter::new(File::create(path)?);
    write!(to, "BulkUploadDataID,ULFileID,PrimaryKey,PrimaryKeyType,ExternalId")?;
    for (name, batch) in MAPPINGS.iter().zip(1834..) {
        write!(to, ",{name}_{batch}")?;
    }
    writeln!(to)?;
    for row in first..=last {
        let key = 100_000_000 + (row.wrapping_mul(0x5_F356_495B) & 0x7FF_FFFF);
        write!(to, "{row},5512,{key},VanID,EXT-{key:09}")?;
        for mapping in 0..4 {
            let message = match (row % 50, row / 50 % 4 == mapping, row / 200 % 3) {
                (17, true, 0) => "Invalid phone number",
                (17, true, 1) => "\"Required field missing: the value is empty, or has only spaces\"",
                (17, true, _) => "Record not found",
                _ => "Processed",
            };
            write!(to, ",{message}")?;
        }
        writeln!(to)?;
    }
    to.flush()
}

/// Times accounting beside readers.
pub(crate) fn measure(folder: &Path, rows: u64, rounds: usize) -> miette::Result<Value> {
    let files = files(folder)?;
    let all = |read: fn(&Path) -> miette::Result<u64>| {
        let mut sum = 0;
        for file in &files {
            sum += read(file)?;
        }
        Ok(sum)
    };
    let mut contenders: [Contender<'_>; 3] = [
        ("csv", Box::new(|| all(readers::csv))),
        ("delimited", Box::new(|| all(readers::delimited))),
        ("reconcile", Box::new(|| account(&files, rows))),
    ];
    let timed = rounds::time(&mut contenders, rounds)?;
    Ok(json!({ "timed": timed }))
}

/// Accounts once, and tells the memory.
pub(crate) fn once(folder: &Path, rows: u64) -> miette::Result<Value> {
    let files = files(folder)?;
    let before = peak_kib();
    let accounted = account(&files, rows)?;
    Ok(json!({ "rows": accounted, "peakKiBBefore": before, "peakKiB": peak_kib() }))
}

/// The number of rows that came back.
fn account(files: &[PathBuf], rows: u64) -> miette::Result<u64> {
    let mut reconciliation = Reconciliation::new(rows, &MAPPINGS, &["ExternalId"]).into_diagnostic()?;
    for file in files {
        reconciliation.read(file).into_diagnostic()?;
    }
    let outcome = reconciliation.finish().into_diagnostic()?;
    Ok(outcome.processed + outcome.refused)
}

fn files(folder: &Path) -> miette::Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder).into_diagnostic()?;
    let mut files =
        entries.map(|entry| Ok(entry.into_diagnostic()?.path())).collect::<miette::Result<Vec<_>>>()?;
    files.sort();
    Ok(files)
}
