//! Imports under random faults and kills: whatever happens, no row is lost and none is doubled.
//!
//! A run makes a random file and an emulator with random faults, and starts the real importing program on it. The program is
//! killed at random moments, some of them chosen by what the emulator sees: before a submission takes effect, after it did and
//! before it is answered, while result files are fetched. The emulator restarts, sometimes without its memory. Then the
//! import is resumed until it is finished; of a submission whose answer was lost, the emulator's record says what the user
//! would see in VAN. In the end the record, the ledger and the outcome file are compared: every row was applied
//! exactly once or is reported, no job was submitted twice, and the API key is in no file and no log.
//!
//! One number reproduces what is drawn; when exactly a program is killed by a clock differs from time to time.

mod check;
mod error;
mod kills;
mod plan;
mod program;
mod report;
mod rows;
mod scenario;
mod secrets;

use std::path::PathBuf;

use futures_util::{StreamExt as _, stream};
use van_bulk_schema::Schema;

pub use error::ChaosError;
pub use report::{Failure, Report};

use plan::Plan;
use scenario::Scenario;

/// What is run.
#[derive(Debug, Clone)]
pub struct Options {
    /// Reproduces what is drawn.
    pub seed: u64,
    /// How many runs.
    pub runs: u64,
    /// The only run of them that is made, counted from 1.
    pub only: Option<u64>,
    /// How many runs are made side by side.
    pub at_once: usize,
    /// The program with the commands `import` and `resume`.
    pub program: PathBuf,
    /// What the emulated key may import.
    pub schema: Schema,
    /// Where the files of runs are; those of runs that failed are kept.
    pub folder: PathBuf,
}

/// Makes all runs. `on_run` is told after each how many have been made.
///
/// # Errors
/// When a run could not be made. That it found a fault is in the report.
pub async fn run(options: &Options, mut on_run: impl FnMut(&Report)) -> Result<Report, ChaosError> {
    let numbers: Vec<u64> = match options.only {
        Some(only) => vec![only],
        None => (1..=options.runs).collect(),
    };
    let runs = numbers.into_iter().map(|number| async move {
        let plan = Plan::draw(options.seed, number);
        (number, Scenario::run(options, number, plan).await)
    });
    let mut runs = stream::iter(runs).buffer_unordered(options.at_once.max(1));
    let mut report = Report::default();
    while let Some((number, told)) = runs.next().await {
        report.add(number, told?);
        on_run(&report);
    }
    Ok(report)
}
