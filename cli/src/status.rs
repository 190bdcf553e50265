//! `cargo van-bulk status`: shows how far an import is.

use std::io::{self, Write};

use serde_json::json;
use van_bulk_import::import::Report;
use van_bulk_import::ledger::{ImportId, Ledger, Step};

use crate::ledger::show::{self, Format};
use crate::ledger::{LedgerArgs, existing, no_imports, told};
use crate::lint::show::printable;
use crate::report;
use crate::workspace::Workspace;

/// Show how far an import is, by the ledger alone
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The number of the import; unless it is given, the last one
    import: Option<ImportId>,
    #[command(flatten)]
    ledger: LedgerArgs,
    /// Show everything that was done, too
    #[arg(long)]
    steps: bool,
    /// How it is shown
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// Runs the command.
pub(crate) fn run(args: &Args, workspace: &Workspace) -> miette::Result<()> {
    let ledger = args.ledger.open_existing(workspace)?;
    let id = match args.import {
        Some(id) => existing(&ledger, id, workspace)?,
        None => last(&ledger, workspace)?,
    };
    let status = Report::read(&ledger, id).map_err(told)?;
    let steps = match args.steps {
        true => ledger.steps(id).map_err(told)?,
        false => Vec::new(),
    };
    match args.format {
        Format::Text => report::print(|out| {
            show::text(out, &status)?;
            steps.iter().try_for_each(|step| line(out, step))
        }),
        Format::Json => {
            let mut status = json!(status);
            if args.steps {
                status["steps"] = json!(steps);
            }
            report::print(|out| show::json(out, &status))
        }
    }
}

fn last(ledger: &Ledger, workspace: &Workspace) -> miette::Result<ImportId> {
    let imports = ledger.imports().map_err(told)?;
    imports.last().map(|import| import.id).ok_or_else(|| no_imports(ledger, workspace))
}

fn line(out: &mut dyn Write, step: &Step) -> io::Result<()> {
    let part = step.part.map(|part| format!(" part {part}")).unwrap_or_default();
    let detail = step.detail.as_ref().map(|detail| format!(": {}", printable(detail))).unwrap_or_default();
    writeln!(out, "{}{part} {}{detail}", step.at, step.step)
}
