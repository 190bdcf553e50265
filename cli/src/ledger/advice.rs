//! What to do about an import that did not come to its end.

use van_bulk_import::import::{PartProblem, Problem, Report};
use van_bulk_import::ledger::ImportState;
use van_bulk_import::{ImportError, LedgerError, RowsError};

use super::Same;
use crate::lint::show::printable;

/// What to do, and the commands that do it, as they are to be typed.
#[derive(Debug, Default)]
pub(crate) struct Advice {
    pub(crate) help: String,
    pub(crate) commands: Vec<String>,
}

impl Advice {
    fn to(help: impl Into<String>) -> Option<Self> {
        Some(Self { help: help.into(), commands: Vec::new() })
    }

    pub(crate) fn run(help: impl Into<String>, commands: impl Into<Vec<String>>) -> Self {
        Self { help: help.into(), commands: commands.into() }
    }
}

/// What to do about an error, where its message does not say it in the words of the commands.
pub(crate) fn about(error: &ImportError, same: &Same<'_>) -> Option<Advice> {
    match error {
        ImportError::Rows(RowsError::Refused(_) | RowsError::Stopped(_)) => Advice::to(
            "correct the rows, or leave them out with `--bad-rows leave-out`, which writes them to a file of their own",
        ),
        ImportError::Rows(RowsError::PartBytes { .. } | RowsError::TooLarge { .. }) => {
            Advice::to("choose the size of the parts with `--part-bytes`")
        }
        ImportError::Already(record) => Some(match record.state {
            ImportState::Finished => Advice::run(
                "see what became of it; add `--force` if the rows are to be imported again",
                [same.status(record.id)],
            ),
            _ => Advice::run(
                "go on with it; if VAN refuses its job for good, it can be given up",
                [same.resume(record.id), format!("{} --give-up", same.resume(record.id))],
            ),
        }),
        ImportError::OutOfReach { .. } => Advice::to(
            "name such a place with `--upload-to`, or with `--upload-dir` and `--public-url`, or with `--uploaded-at` if the \
             part is there already",
        ),
        ImportError::TooManyParts { .. } => Advice::to(
            "name a place with `--upload-to`, or with `--upload-dir` and `--public-url`; or choose larger parts with \
             `--part-bytes`",
        ),
        ImportError::NotRecorded { import, jobs, .. } => Some(Advice::run(
            "see to it that the ledger can be written, and go on with the numbers, one after the other",
            jobs.iter()
                .map(|(part, job)| format!("{} --part {part} --assume-submitted {job}", same.resume(*import)))
                .collect::<Vec<_>>(),
        )),
        ImportError::OtherApi { .. } => Advice::to(
            "say with `--profile`, or with `--base-url` and VAN_MODE, which API and database mode it was started with",
        ),
        ImportError::NothingSent(_) => {
            Advice::to(format!("`{}`, as before, imports the rows", same.workspace.call("import")))
        }
        ImportError::Assumption { import, .. } => {
            Some(Advice::run("see what is known of its parts", [same.status(*import)]))
        }
        ImportError::Ledger(LedgerError::Busy(import)) => {
            Some(Advice::run("see how far it is", [same.status(*import)]))
        }
        _ => None,
    }
}

/// What to do about parts that did not come to their end.
pub(crate) fn about_parts(report: &Report, problems: &[PartProblem], same: &Same<'_>) -> Advice {
    let resume = same.resume(report.import);
    let mut unknown = problems.iter().filter_map(|PartProblem { part, problem, .. }| match problem {
        Problem::Unknown { fetched, .. } => Some((part, *fetched)),
        Problem::NotItsJob { .. } => Some((part, false)),
        _ => None,
    });
    let gone = problems.iter().find(|problem| matches!(problem.problem, Problem::Gone { .. }));
    if let Some(PartProblem { part, .. }) = gone {
        return Advice::run(
            format!(
                "go on with it later, which asks VAN again; if VAN surely has no such job any more, part {part} can be sent \
                 again with `--assume-lost`"
            ),
            [resume.clone(), format!("{resume} --part {part} --assume-lost")],
        );
    }
    let Some((part, is_fetched)) = unknown.next() else {
        let is_refused = problems
            .iter()
            .any(|problem| matches!(&problem.problem, Problem::NotSubmitted(error) if !error.is_transient()));
        return match is_refused {
            true => Advice::run(
                "if the reason can be removed in VAN or on this machine, do so and go on with the import; if the job itself is \
                 wrong, give the import up, correct the job and import the rows again",
                [resume.clone(), format!("{resume} --give-up")],
            ),
            false => Advice::run("go on with it", [resume]),
        };
    };
    let submitted = format!("{resume} --part {part} --assume-submitted JOBID");
    let mut advice = Advice::run(
        format!(
            "look in VAN for a bulk upload called `{}`. If one of them is that of part {part}, go on with its number for JOBID",
            printable(&report.description)
        ),
        [submitted],
    );
    if !is_fetched {
        advice.help += "; if there surely is none, the part can be sent again with `--assume-lost`";
        advice.commands.push(format!("{resume} --part {part} --assume-lost"));
    }
    if unknown.next().is_some() {
        advice.help += ". The other parts that are unknown are asked for one after the other";
    }
    advice
}
