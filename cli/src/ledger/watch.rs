//! What is kept of an import while it runs, and what there is to say when it is interrupted.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use miette::IntoDiagnostic as _;
use van_bulk_import::import::{Event, Observer, TerminalProgress};
use van_bulk_import::ledger::{ImportId, ImportState, Ledger};
use van_bulk_import::rows::Finding;

use super::Same;
use super::advice::Advice;
use super::show::Failure;
use crate::stop::{Signals, Stop};

/// How many findings are shown one by one.
const SHOWN: usize = 20;

/// Shows an import on the terminal, and keeps what is needed when it ends.
#[derive(Clone, Default)]
pub(crate) struct Watch {
    progress: TerminalProgress,
    seen: Arc<Mutex<Seen>>,
}

#[derive(Default)]
struct Seen {
    import: Option<ImportId>,
    findings: Vec<Finding>,
    all_findings: u64,
}

impl Watch {
    /// Waits for the work to end; `None` if the program was interrupted before, and the work was dropped. `stop` is set
    /// then, for whatever blocks.
    pub(crate) async fn until_interrupted<T>(
        &self,
        work: impl Future<Output = T>,
        stop: &Stop,
    ) -> miette::Result<Option<T>> {
        let mut signals = Signals::new().into_diagnostic()?;
        let ended = tokio::select! {
            ended = work => Some(ended),
            () = signals.next() => {
                stop.set();
                None
            }
        };
        self.progress.clear();
        Ok(ended)
    }

    /// The number of the import, once it has one.
    pub(crate) fn import(&self) -> Option<ImportId> {
        self.seen().import
    }

    /// The first findings about rows, and how many there are in all.
    pub(crate) fn findings(&self) -> (Vec<Finding>, u64) {
        let seen = self.seen();
        (seen.findings.clone(), seen.all_findings)
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Observer for Watch {
    fn on_event(&self, event: &Event<'_>) {
        match event {
            Event::Started { import } => self.seen().import = Some(*import),
            Event::Finding(finding) => {
                let mut seen = self.seen();
                seen.all_findings += 1;
                if seen.findings.len() < SHOWN {
                    seen.findings.push((*finding).clone());
                }
            }
            _ => {}
        }
        self.progress.on_event(event);
    }
}

/// What there is to say when the program is interrupted.
pub(crate) fn interrupted(ledger: &Ledger, import: Option<ImportId>, same: &Same<'_>) -> Failure {
    let again = || Advice::run("run the command again", []);
    let Some(import) = import else {
        return Failure::interrupted("interrupted; nothing was sent".to_owned(), again());
    };
    // Without an answer of the ledger, the careful answer is the other one.
    if ledger.import(import).is_ok_and(|record| record.state == ImportState::Packing) {
        let what = format!("import {import} was interrupted before its rows were packed; nothing was sent");
        return Failure::interrupted(what, again());
    }
    Failure::interrupted(
        format!("import {import} was interrupted; what was done is in the ledger"),
        Advice::run("see how far it is, and go on with it", [same.status(import), same.resume(import)]),
    )
}
