//! `cargo van-bulk resume`: goes on with an import that was stopped.

use std::process::ExitCode;

use miette::miette;
use van_bulk_import::Import;
use van_bulk_import::client::JobId;
use van_bulk_import::import::{Assumption, Report};
use van_bulk_import::ledger::{ImportId, Ledger};

use crate::ledger::api::ApiArgs;
use crate::ledger::show::{Ended, Failure, Format};
use crate::ledger::upload::UploadArgs;
use crate::ledger::watch::{self, Watch};
use crate::ledger::{LedgerArgs, Same, existing, told, unfinished};
use crate::stop::Stop;
use crate::workspace::Workspace;

/// Go on with an import that was stopped, by an error, by ctrl-c or by a kill
///
/// No part is submitted twice. If nobody knows whether VAN accepted the job of a part, look in VAN for a bulk upload of the
/// import's description, and say what is there with `--assume-submitted` or `--assume-lost`. Give the same API and place for
/// uploads as when the import was started. Ends like `import`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The number of the import; unless it is given, the only one that is not finished
    import: Option<ImportId>,
    #[command(flatten)]
    ledger: LedgerArgs,
    #[command(flatten)]
    api: ApiArgs,
    #[command(flatten)]
    upload: UploadArgs,
    /// The part that is assumed to be submitted or lost; unless it is given, the only one that is unknown
    #[arg(long, value_name = "N")]
    part: Option<u32>,
    /// VAN accepted the job of the part under this number
    #[arg(long, value_name = "JOBID", conflicts_with = "assume_lost")]
    assume_submitted: Option<JobId>,
    /// VAN has no job for the part: send it again
    #[arg(long)]
    assume_lost: bool,
    /// Take --assume-lost even if the part was seen to be fetched, which only accepted jobs do
    #[arg(long, requires = "assume_lost")]
    force: bool,
    /// Give the import up: nothing of it was sent, and nothing will be
    ///
    /// What is left of its uploads is removed. For an import whose job VAN refuses for good.
    #[arg(long, conflicts_with_all = ["assume_submitted", "assume_lost", "part"])]
    give_up: bool,
    /// How the report is shown
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// Runs the command.
pub(crate) async fn run(args: &Args, workspace: &Workspace) -> miette::Result<ExitCode> {
    let result = work(args, workspace).await;
    Ended { result, findings: Vec::new(), all_findings: 0 }.show(args.format)
}

async fn work(args: &Args, workspace: &Workspace) -> Result<Report, Failure> {
    let ledger = args.ledger.open_existing(workspace)?;
    let id = match args.import {
        Some(id) => existing(&ledger, id, workspace)?,
        None => unfinished(&ledger, workspace)?,
    };
    let same = Same { ledger: &args.ledger, api: &args.api, upload: &args.upload, workspace };
    if args.give_up {
        let target = args.upload.target().await?;
        let given_up = Import::resume(&ledger, id).give_up(&target).await;
        return given_up.map_err(|error| Failure::of(error, &same));
    }
    let watch = Watch::default();
    let mut resume =
        Import::resume(&ledger, id).force(args.force).wait(args.api.wait()).observer(watch.clone());
    if let Some((part, assumption)) = assumption(args, &ledger, id)? {
        resume = resume.assume(part, assumption);
    }
    let (client, target) = (args.api.client(workspace)?, args.upload.target().await?);
    match watch.until_interrupted(resume.run(&client, &target), &Stop::default()).await? {
        None => Err(watch::interrupted(&ledger, Some(id), &same)),
        Some(result) => result.map_err(|error| Failure::of(error, &same)),
    }
}

/// What the user says of a part.
fn assumption(args: &Args, ledger: &Ledger, import: ImportId) -> miette::Result<Option<(u32, Assumption)>> {
    let assumption = match (args.assume_submitted, args.assume_lost) {
        (Some(job), _) => Assumption::Submitted(job),
        (None, true) => Assumption::Lost,
        (None, false) => {
            return match args.part {
                None => Ok(None),
                Some(part) => Err(miette!(
                    help = "add `--assume-submitted JOBID` or `--assume-lost`, or leave out `--part`",
                    "nothing is said of part {part}"
                )),
            };
        }
    };
    let part = match args.part {
        Some(part) => part,
        None => unknown_part(ledger, import)?,
    };
    Ok(Some((part, assumption)))
}

/// The part that is meant where none is named.
fn unknown_part(ledger: &Ledger, import: ImportId) -> miette::Result<u32> {
    let parts = ledger.parts(import).map_err(told)?;
    let unknown: Vec<u32> =
        parts.iter().filter(|part| part.state.is_unknown()).map(|part| part.number).collect();
    match unknown.as_slice() {
        [part] => Ok(*part),
        [] => Err(miette!(
            help = "resume it without `--assume-submitted` and `--assume-lost`",
            "no part of import {import} is unknown"
        )),
        several => {
            let numbers: Vec<String> = several.iter().map(ToString::to_string).collect();
            Err(miette!(
                help = "say with `--part` which one is meant",
                "several parts of import {import} are unknown: {}",
                numbers.join(", ")
            ))
        }
    }
}
