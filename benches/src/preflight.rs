//! Checking every row of a file, beside reading the file and nothing else.

use std::path::Path;

use miette::IntoDiagnostic as _;
use serde_json::{Value, json};
use van_bulk_import::delimited::Input;

use crate::rounds::{self, Contender};
use crate::{job, readers};

/// Times both. Findings are made and counted, not printed.
pub(crate) fn measure(file: &Path, rounds: usize) -> miette::Result<Value> {
    let preflight = job::preflight()?;
    let mut rejected = 0;
    let mut contenders: [Contender<'_>; 2] = [
        ("csv", Box::new(|| readers::csv(file))),
        (
            "preflight",
            Box::new(|| {
                let input = Input::open(file).into_diagnostic()?;
                let summary = preflight.check(input, |_| {}).into_diagnostic()?;
                rejected = summary.rejected;
                Ok(summary.rows)
            }),
        ),
    ];
    let timed = rounds::time(&mut contenders, rounds)?;
    drop(contenders);
    Ok(json!({ "timed": timed, "rejected": rejected }))
}

/// Checks the rows of a file once.
pub(crate) fn once(file: &Path) -> miette::Result<Value> {
    let input = Input::open(file).into_diagnostic()?;
    let summary = job::preflight()?.check(input, |_| {}).into_diagnostic()?;
    Ok(json!({ "rows": summary.rows, "rejected": summary.rejected }))
}
