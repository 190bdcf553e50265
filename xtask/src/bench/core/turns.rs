//! Contenders take turns, so that what else the machine does meets all of them alike.

use std::time::Instant;

use super::samples::Samples;
use super::tools;

type Run<'c> = Box<dyn FnMut(&mut Samples) -> miette::Result<()> + 'c>;

/// A contender: what is timed.
pub(in crate::bench) struct Contender<'c> {
    name: String,
    run: Run<'c>,
}

impl<'c> Contender<'c> {
    /// One that is timed from its start to its end.
    pub(in crate::bench) fn new(
        name: impl Into<String>,
        mut run: impl FnMut() -> miette::Result<()> + 'c,
    ) -> Self {
        Self::with_samples(name, move |samples| time(samples, &mut run))
    }

    /// One that adds its samples itself.
    pub(in crate::bench) fn with_samples(
        name: impl Into<String>,
        run: impl FnMut(&mut Samples) -> miette::Result<()> + 'c,
    ) -> Self {
        Self { name: name.into(), run: Box::new(run) }
    }
}

/// Times a run from its start to its end.
pub(in crate::bench) fn time<T>(
    to: &mut Samples,
    run: impl FnOnce() -> miette::Result<T>,
) -> miette::Result<T> {
    let (begun, cpu_before) = (Instant::now(), tools::cpu_seconds());
    let result = run()?;
    to.seconds.push(begun.elapsed().as_secs_f64());
    to.cpu_seconds.extend(tools::cpu_seconds().zip(cpu_before).map(|(after, before)| after - before));
    Ok(result)
}

/// A contender that took longer than this altogether sits out the rounds that follow its second.
const PATIENCE_SECONDS: f64 = 60.0;

/// Runs all contenders, one after the other, round after round.
pub(in crate::bench) fn take_turns(
    what: &str,
    contenders: Vec<Contender<'_>>,
    rounds: usize,
) -> miette::Result<Vec<Samples>> {
    let mut samples: Vec<Samples> =
        contenders.iter().map(|contender| Samples::new(contender.name.clone())).collect();
    let mut contenders = contenders;
    for round in 1..=rounds {
        println!("{what}, round {round} of {rounds} ...");
        for (contender, samples) in contenders.iter_mut().zip(&mut samples) {
            let is_slow = samples.seconds.iter().sum::<f64>() > PATIENCE_SECONDS;
            if !(is_slow && samples.seconds.len() >= 2) {
                (contender.run)(samples)?;
            }
        }
    }
    Ok(samples)
}
