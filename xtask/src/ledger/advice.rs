//! What to do about an import that did not come to its end: the commands, as they are to be typed.

use van_bulk_import::import::{PartProblem, Problem, Report};
use van_bulk_import::ledger::ImportState;
use van_bulk_import::{ImportError, LedgerError, RowsError};

use super::Same;
use crate::lint::show::printable;

/// What to do about an error, where its message does not say it in the words of the commands.
pub(crate) fn about(error: &ImportError, same: &Same<'_>) -> Option<String> {
    Some(match error {
        ImportError::Rows(RowsError::Refused(_) | RowsError::Stopped(_)) => {
            "correct the rows, or leave them out with `--bad-rows leave-out`: they are written to a file of their own then"
                .to_owned()
        }
        ImportError::Rows(RowsError::PartBytes { .. } | RowsError::TooLarge { .. }) => {
            "choose the size of the parts with `--part-bytes`".to_owned()
        }
        ImportError::Already(record) => match record.state {
            ImportState::Finished => format!(
                "`{}` shows what became of it; add `--force` if the rows are to be imported again",
                same.status(record.id)
            ),
            _ => format!("`{}` goes on with it", same.resume(record.id)),
        },
        ImportError::OutOfReach { .. } => {
            "name such a place with `--upload-to`, or with `--upload-dir` and `--public-url`, or with `--uploaded-at` if the \
             part is there already"
                .to_owned()
        }
        ImportError::TooManyParts { .. } => {
            "name a place with `--upload-to`, or with `--upload-dir` and `--public-url`; or choose larger parts with \
             `--part-bytes`"
                .to_owned()
        }
        ImportError::NotRecorded { import, part, job, .. } => {
            format!("`{} --part {part} --assume-submitted {job}`", same.resume(*import))
        }
        ImportError::OtherApi { .. } => {
            "say with `--base-url` and VAN_MODE which API and database mode it was started with".to_owned()
        }
        ImportError::NothingSent(_) => "`cargo xtask import`, as before, imports the rows".to_owned(),
        ImportError::Assumption { import, .. } => {
            format!("`{}` shows what is known of its parts", same.status(*import))
        }
        ImportError::Ledger(LedgerError::NoSuchImport { .. }) => {
            "`cargo xtask history` lists all imports of a ledger".to_owned()
        }
        _ => return None,
    })
}

/// What to do about parts that did not come to their end.
pub(crate) fn about_parts(report: &Report, problems: &[PartProblem], same: &Same<'_>) -> String {
    let resume = same.resume(report.import);
    let mut unknown = problems.iter().filter_map(|PartProblem { part, problem, .. }| match problem {
        Problem::Unknown { fetched, .. } => Some((part, *fetched)),
        Problem::NotItsJob { .. } => Some((part, false)),
        _ => None,
    });
    match unknown.next() {
        None => format!("`{resume}` goes on with it"),
        Some((part, is_fetched)) => {
            let mut help = format!(
                "look in VAN for a bulk upload called `{}`. If one of them is that of part {part}: `{resume} --part {part} \
                 --assume-submitted JOBID`, with its number for JOBID",
                printable(&report.description)
            );
            if !is_fetched {
                help += &format!(". If there surely is none: `{resume} --part {part} --assume-lost`");
            }
            if unknown.next().is_some() {
                help += ". The other parts that are unknown are asked for one after the other";
            }
            help
        }
    }
}
