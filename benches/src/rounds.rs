//! Times contenders in one process, one after the other, round after round.

use std::time::Instant;

use miette::{Report, miette};

/// What is timed: it gives the number of rows that it read.
pub(crate) type Contender<'c> = (&'static str, Box<dyn FnMut() -> miette::Result<u64> + 'c>);

/// The seconds that one contender took, a number for each round.
#[derive(Debug, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Timed {
    pub(crate) name: &'static str,
    pub(crate) rows: u64,
    pub(crate) seconds: Vec<f64>,
}

/// Times all contenders, after one round that is not counted. They must have read the same number of rows.
pub(crate) fn time(contenders: &mut [Contender<'_>], rounds: usize) -> miette::Result<Vec<Timed>> {
    let mut timed = contenders
        .iter_mut()
        .map(|(name, run)| Ok(Timed { name, rows: run()?, seconds: Vec::new() }))
        .collect::<Result<Vec<_>, Report>>()?;
    for _ in 0..rounds {
        for ((_, run), timed) in contenders.iter_mut().zip(&mut timed) {
            let begun = Instant::now();
            let rows = run()?;
            timed.seconds.push(begun.elapsed().as_secs_f64());
            if rows != timed.rows {
                return Err(miette!("{} read {rows} rows, and {} before", timed.name, timed.rows));
            }
        }
    }
    match timed.windows(2).find(|pair| pair[0].rows != pair[1].rows) {
        Some([one, other]) => {
            Err(miette!("{} read {} rows, {} read {}", one.name, one.rows, other.name, other.rows))
        }
        _ => Ok(timed),
    }
}
