//! What the commands around the ledger share: which ledger, which API, where uploads go, and what is shown.

pub(crate) mod api;
pub(crate) mod progress;
pub(crate) mod show;
pub(crate) mod upload;

use std::path::PathBuf;

use miette::{IntoDiagnostic as _, miette};
use van_bulk_import::ledger::{DEFAULT_FOLDER, ImportId, ImportRecord, ImportState, Ledger};

/// Which ledger.
#[derive(Debug, clap::Args)]
pub(crate) struct LedgerArgs {
    /// The folder of the ledger, with the files of every import in it
    #[arg(long, value_name = "DIR", default_value = DEFAULT_FOLDER)]
    ledger: PathBuf,
}

impl LedgerArgs {
    /// The ledger; one that is not there is created.
    pub(crate) fn open(&self) -> miette::Result<Ledger> {
        Ledger::open(&self.ledger).into_diagnostic()
    }

    /// The ledger, which must be there.
    pub(crate) fn open_existing(&self) -> miette::Result<Ledger> {
        Ledger::open_existing(&self.ledger).into_diagnostic()
    }

    /// The arguments that name this ledger, for commands that are shown.
    pub(crate) fn shown(&self) -> String {
        if self.ledger == *DEFAULT_FOLDER {
            return String::new();
        }
        format!(" --ledger {}", self.ledger.display())
    }
}

/// The import that is asked for; unless one is, the only one that is not finished.
pub(crate) fn unfinished(ledger: &Ledger, asked: Option<ImportId>) -> miette::Result<ImportId> {
    if let Some(id) = asked {
        return Ok(id);
    }
    let imports = ledger.imports().into_diagnostic()?;
    let open: Vec<ImportRecord> = imports
        .into_iter()
        .filter(|import| matches!(import.state, ImportState::Open | ImportState::Packing))
        .collect();
    match open.as_slice() {
        [import] => Ok(import.id),
        [] => Err(miette!(
            help = "`history` lists all imports",
            "every import of the ledger in {} is finished",
            ledger.folder().display()
        )),
        several => {
            let numbers: Vec<String> = several.iter().map(|import| import.id.to_string()).collect();
            Err(miette!(
                help = "give one of these numbers; `history` tells more of them",
                "several imports are not finished: {}",
                numbers.join(", ")
            ))
        }
    }
}
