//! `cargo xtask resume`: goes on with an import that was stopped.

use std::process::ExitCode;

use miette::{IntoDiagnostic as _, miette};
use van_bulk_import::Import;
use van_bulk_import::client::JobId;
use van_bulk_import::import::Assumption;
use van_bulk_import::ledger::{ImportId, Ledger};

use crate::import::stopped;
use crate::ledger::api::ApiArgs;
use crate::ledger::progress::Progress;
use crate::ledger::show::{self, Format};
use crate::ledger::upload::UploadArgs;
use crate::ledger::{LedgerArgs, unfinished};

/// Go on with an import that was stopped, by an error, by ctrl-c or by a kill
///
/// No part is submitted twice. If nobody knows whether VAN accepted the job of a part, look in VAN for a bulk upload of the
/// import's description, and say what is there with `--assume-submitted` or `--assume-lost`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
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
    /// How the report is shown
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// Runs the command.
pub(crate) async fn run(args: &Args) -> miette::Result<ExitCode> {
    let ledger = args.ledger.open_existing()?;
    let id = unfinished(&ledger, args.import)?;
    let progress = Progress::default();
    let mut resume =
        Import::resume(&ledger, id).force(args.force).wait(args.api.wait()).observer(progress.clone());
    let assumption = match (args.assume_submitted, args.assume_lost) {
        (Some(job), _) => Some(Assumption::Submitted(job)),
        (None, true) => Some(Assumption::Lost),
        (None, false) => None,
    };
    match (assumption, args.part) {
        (Some(assumption), part) => resume = resume.assume(unknown_part(&ledger, id, part)?, assumption),
        (None, Some(part)) => {
            return Err(miette!(
                help = "add `--assume-submitted JOBID` or `--assume-lost`, or leave out `--part`",
                "nothing is said of part {part}"
            ));
        }
        (None, None) => {}
    }
    let (client, target) = (args.api.client()?, args.upload.target().await?);
    let result = tokio::select! {
        result = resume.run(&client, &target) => result,
        pressed = tokio::signal::ctrl_c() => {
            pressed.into_diagnostic()?;
            progress.clear();
            return Err(stopped(&args.ledger));
        }
    };
    progress.clear();
    show::ended(result, args.format, &args.ledger)
}

/// The part that is meant.
fn unknown_part(ledger: &Ledger, import: ImportId, asked: Option<u32>) -> miette::Result<u32> {
    if let Some(part) = asked {
        return Ok(part);
    }
    let parts = ledger.parts(import).into_diagnostic()?;
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
