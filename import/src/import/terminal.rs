//! Shows on a terminal what an import does.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use indicatif::{HumanBytes, MultiProgress, ProgressBar, ProgressStyle};
use van_bulk_schema::text::printable;

use super::{Event, Observer};

/// The most characters of a line that come from elsewhere, such as an error.
const WIDTH: usize = 150;
/// How often the lines move, to show that the program is alive.
const TICK: Duration = Duration::from_millis(120);

/// Shows on a terminal what an import does: one line for the import, and one for each part that is being worked on.
///
/// The lines are on standard error. If that is no terminal, nothing is written. They vanish when the import ends, since the
/// report tells the same.
///
/// ```no_run
/// use van_bulk_import::Import;
/// use van_bulk_import::import::TerminalProgress;
/// # async fn example(import: Import, client: van_bulk_import::Client, target: van_bulk_import::UploadTarget)
/// # -> Result<(), van_bulk_import::ImportError> {
/// let report = import.observer(TerminalProgress::new()).run(&client, &target).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Default)]
pub struct TerminalProgress(Arc<Lines>);

#[derive(Default)]
struct Lines {
    all: MultiProgress,
    /// The line of each part, after that of the import, whose number is 0.
    shown: Mutex<BTreeMap<u32, ProgressBar>>,
}

/// The import among the parts, which are counted from 1.
const IMPORT: u32 = 0;

impl fmt::Debug for TerminalProgress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TerminalProgress").finish_non_exhaustive()
    }
}

impl TerminalProgress {
    /// Shows nothing yet. Clones share their lines.
    pub fn new() -> Self {
        Self::default()
    }

    /// Removes all lines. Whoever keeps a clone calls this before anything else is written to the terminal.
    pub fn clear(&self) {
        let shown = std::mem::take(&mut *self.shown());
        shown.values().for_each(ProgressBar::finish_and_clear);
    }

    fn show(&self, line: u32, text: &str) {
        let mut shown = self.shown();
        let bar = shown.entry(line).or_insert_with(|| self.add());
        bar.set_message(printable(text, WIDTH));
    }

    fn add(&self) -> ProgressBar {
        let bar = self.0.all.add(ProgressBar::new_spinner());
        if let Ok(style) = ProgressStyle::with_template("{spinner} {elapsed_precise} {msg}") {
            bar.set_style(style);
        }
        // Each ticks by a thread of its own.
        if !bar.is_hidden() {
            bar.enable_steady_tick(TICK);
        }
        bar
    }

    fn remove(&self, line: u32) {
        if let Some(bar) = self.shown().remove(&line) {
            bar.finish_and_clear();
        }
    }

    fn shown(&self) -> MutexGuard<'_, BTreeMap<u32, ProgressBar>> {
        self.0.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Observer for TerminalProgress {
    fn on_event(&self, event: &Event<'_>) {
        match event {
            Event::Accounted { part, .. } => self.remove(*part),
            event => {
                if let Some((line, text)) = told(event) {
                    self.show(line, &text);
                }
            }
        }
    }
}

/// What is shown of an event, and in which line.
fn told(event: &Event<'_>) -> Option<(u32, String)> {
    let of_part = |part: &u32, text: String| Some((*part, format!("part {part}: {text}")));
    match event {
        Event::Started { import } => Some((IMPORT, format!("import {import}"))),
        Event::Packed { parts, rows, rejected } => {
            Some((IMPORT, format!("rows packed {rows}, left out {rejected}; parts {parts}")))
        }
        Event::Uploading { part, bytes } => of_part(part, format!("uploads {}", HumanBytes(*bytes))),
        Event::Delayed { part, error, pause } => {
            of_part(part, format!("waits {:.0} s: {error}", pause.as_secs_f64()))
        }
        Event::Submitted { part, job } => of_part(part, format!("job {job}")),
        Event::Unknown { part, error } => of_part(part, format!("unknown: {error}")),
        Event::Status { part, job, status } => of_part(part, format!("job {job} is {status}")),
        Event::Downloaded { part, files } => of_part(part, format!("downloaded {files} result file(s)")),
        // Findings are for the report, and so is an upload that is left.
        Event::Finding(_) | Event::Accounted { .. } | Event::NotRemoved { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::JobId;
    use crate::results::Status;

    /// What the lines say.
    fn lines(progress: &TerminalProgress) -> Vec<String> {
        progress.shown().values().map(ProgressBar::message).collect()
    }

    #[test]
    fn each_part_has_a_line_until_it_is_accounted_for() {
        let progress = TerminalProgress::new();
        progress.on_event(&Event::Packed { parts: 2, rows: 6_000, rejected: 3 });
        for part in [1, 2] {
            progress.on_event(&Event::Submitted { part, job: JobId(1_000 + u64::from(part)) });
        }
        progress.on_event(&Event::Accounted { part: 1, processed: 3_000, refused: 0, missing: 0 });
        let packed = "rows packed 6000, left out 3; parts 2";
        assert_eq!(lines(&progress), [packed, "part 2: job 1002"]);
        progress.clear();
        assert_eq!(lines(&progress), [""; 0]);
    }

    #[test]
    fn what_van_says_cannot_act_on_the_terminal() {
        let progress = TerminalProgress::new();
        let status = Status::from_word("In\u{1b}[2JProgress\n");
        progress.on_event(&Event::Status { part: 1, job: JobId(7), status: &status });
        assert_eq!(lines(&progress), ["part 1: job 7 is In [2JProgress"]);
    }
}
