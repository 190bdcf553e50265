//! Shows on a terminal what an import does: one line a part.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use indicatif::{HumanBytes, MultiProgress, ProgressBar, ProgressStyle};
use van_bulk_import::import::{Event, Observer};
use van_bulk_import::rows::Finding;

use crate::lint::show::{counted, printable};

/// How many findings are shown one by one.
const SHOWN: usize = 20;

/// The lines of an import. They vanish when the import ends, since the report tells the same.
#[derive(Clone, Default)]
pub(crate) struct Progress(Arc<Lines>);

#[derive(Default)]
struct Lines {
    all: MultiProgress,
    parts: Mutex<BTreeMap<u32, ProgressBar>>,
    findings: Mutex<Vec<Finding>>,
}

impl Progress {
    /// Removes all lines.
    pub(crate) fn clear(&self) {
        // A terminal that cannot be written to has nothing to be removed from.
        let _ = self.0.all.clear();
    }

    /// The first findings about rows.
    pub(crate) fn findings(&self) -> Vec<Finding> {
        self.0.findings.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn line(&self, part: u32, text: String) -> ProgressBar {
        let mut parts = self.0.parts.lock().unwrap_or_else(PoisonError::into_inner);
        let bar = parts.entry(part).or_insert_with(|| {
            let bar = self.0.all.add(ProgressBar::new_spinner());
            if let Ok(style) = ProgressStyle::with_template("{spinner} {elapsed_precise} {msg}") {
                bar.set_style(style);
            }
            bar.enable_steady_tick(Duration::from_millis(120));
            bar
        });
        bar.set_message(format!("part {part}: {}", printable(&text)));
        bar.clone()
    }
}

impl Observer for Progress {
    fn on_event(&self, event: &Event<'_>) {
        let line = |part: &u32, text: String| {
            self.line(*part, text);
        };
        match event {
            Event::Finding(finding) => {
                let mut findings = self.0.findings.lock().unwrap_or_else(PoisonError::into_inner);
                if findings.len() < SHOWN {
                    findings.push((*finding).clone());
                }
            }
            Event::Uploading { part, bytes } => line(part, format!("uploads {}", HumanBytes(*bytes))),
            Event::Delayed { part, error, pause } => {
                line(part, format!("waits {:.0} s: {error}", pause.as_secs_f64()));
            }
            Event::Submitted { part, job } => line(part, format!("job {job}")),
            Event::Unknown { part, error } => line(part, format!("unknown: {error}")),
            Event::Status { part, job, status } => line(part, format!("job {job} is {status}")),
            Event::Downloaded { part, files } => {
                line(part, format!("downloaded {}", counted(*files as u64, "result file")));
            }
            Event::Accounted { part, processed, refused, missing } => {
                let text = format!("{processed} processed, {refused} refused, {missing} missing");
                self.line(*part, text).finish();
            }
            // The report tells of it.
            _ => {}
        }
    }
}
