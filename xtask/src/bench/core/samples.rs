//! Times, and what is told of them.

use serde::Serialize;
use serde_json::Value;

/// What a contender took, a number for each round.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::bench) struct Samples {
    pub(in crate::bench) name: String,
    pub(in crate::bench) seconds: Vec<f64>,
    /// The time of all cores together, a number for each round, as far as that is known.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in crate::bench) cpu_seconds: Vec<f64>,
    /// The size of what it made, if it makes something.
    #[serde(skip_serializing_if = "is_zero")]
    pub(in crate::bench) bytes: u64,
    /// The most memory that it had in use, as far as that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::bench) peak_bytes: Option<u64>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// How many times as much one took as another: of the medians, and in the rounds that are furthest from them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::bench) struct Ratio {
    pub(in crate::bench) value: f64,
    pub(in crate::bench) low: f64,
    pub(in crate::bench) high: f64,
}

impl Ratio {
    /// A figure that does not differ from round to round.
    pub(in crate::bench) fn exact(value: f64) -> Self {
        Self { value, low: value, high: value }
    }

    /// The other way round.
    pub(in crate::bench) fn inverse(self) -> Self {
        Self { value: 1.0 / self.value, low: 1.0 / self.high, high: 1.0 / self.low }
    }

    pub(in crate::bench) fn times(self, factor: f64) -> Self {
        Self { value: self.value * factor, low: self.low * factor, high: self.high * factor }
    }
}

impl Samples {
    pub(in crate::bench) fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), ..Self::default() }
    }

    pub(in crate::bench) fn median(&self) -> f64 {
        median(&self.seconds)
    }

    /// The median with the fastest and the slowest round.
    pub(in crate::bench) fn seconds(&self) -> Ratio {
        spread(self.median(), self.seconds.iter().copied())
    }

    /// How much of all cores it took beside `other`.
    pub(in crate::bench) fn cpu_beside(&self, other: &Self) -> Ratio {
        beside(&self.cpu_seconds, &other.cpu_seconds)
    }

    /// How much time it took beside `other`.
    pub(in crate::bench) fn time_beside(&self, other: &Self) -> Ratio {
        beside(&self.seconds, &other.seconds)
    }

    /// The fastest and the slowest round beside the median, in percent.
    pub(in crate::bench) fn spread(&self) -> String {
        let Ratio { value, low, high } = self.seconds();
        let percent = |seconds: f64| (seconds / value - 1.0) * 100.0;
        format!("{:+.0} % to {:+.0} %", percent(low), percent(high))
    }

    /// How many times as fast as `other` it is.
    pub(in crate::bench) fn speed_beside(&self, other: &Self) -> Ratio {
        other.time_beside(self)
    }

    /// How many times as much it made as `other`.
    pub(in crate::bench) fn size_beside(&self, other: &Self) -> Ratio {
        Ratio::exact(ratio(self.bytes, other.bytes))
    }

    /// The same without what another took that did nothing.
    pub(in crate::bench) fn without(&self, nothing: &Self) -> Self {
        let nothing = nothing.median();
        let seconds = self.seconds.iter().map(|seconds| (seconds - nothing).max(0.0)).collect();
        Self { seconds, ..self.clone() }
    }
}

/// Rounds are compared pair by pair, since both of a pair ran with the same going on beside them.
fn beside(ours: &[f64], others: &[f64]) -> Ratio {
    spread(median(ours) / median(others), ours.iter().zip(others).map(|(ours, other)| ours / other))
}

fn spread(value: f64, rounds: impl Iterator<Item = f64>) -> Ratio {
    rounds.fold(Ratio::exact(value), |ratio, round| Ratio {
        low: ratio.low.min(round),
        high: ratio.high.max(round),
        ..ratio
    })
}

fn median(seconds: &[f64]) -> f64 {
    let mut sorted = seconds.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match (sorted.get(middle), sorted.len() % 2) {
        (Some(upper), 0) => (upper + sorted[middle - 1]) / 2.0,
        (Some(middle), _) => *middle,
        (None, _) => f64::NAN,
    }
}

/// The samples in what a bench program printed about one process.
pub(in crate::bench) fn timed(printed: &Value) -> Vec<Samples> {
    let timed = printed["timed"].as_array().into_iter().flatten();
    timed
        .map(|timed| Samples {
            name: timed["name"].as_str().unwrap_or_default().to_owned(),
            seconds: timed["seconds"].as_array().into_iter().flatten().filter_map(Value::as_f64).collect(),
            ..Samples::default()
        })
        .collect()
}

#[allow(clippy::cast_precision_loss, reason = "ratios are told with two decimals")]
pub(in crate::bench) fn ratio(one: u64, other: u64) -> f64 {
    one as f64 / other as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(seconds: &[f64]) -> Samples {
        Samples { seconds: seconds.to_vec(), ..Samples::default() }
    }

    #[test]
    fn the_median_is_in_the_middle() {
        assert_eq!((of(&[3.0, 1.0, 2.0]).median(), of(&[4.0, 1.0]).median()), (2.0, 2.5));
        assert!(of(&[]).median().is_nan());
    }

    #[test]
    fn a_ratio_is_of_medians_and_its_spread_of_rounds() {
        let ratio = of(&[2.0, 4.0, 30.0]).time_beside(&of(&[1.0, 2.0, 10.0]));
        assert_eq!(ratio, Ratio { value: 2.0, low: 2.0, high: 3.0 });
        assert_eq!(ratio.inverse(), Ratio { value: 0.5, low: 1.0 / 3.0, high: 0.5 });
    }

    #[test]
    fn what_doing_nothing_takes_is_not_counted() {
        assert_eq!(of(&[1.5, 2.0]).without(&of(&[0.5])).seconds, [1.0, 1.5]);
    }
}
