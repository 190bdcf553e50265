//! Times, and what is told of them.

use serde::Serialize;
use serde_json::Value;

/// What a contender took, a number for each round.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Samples {
    pub(super) name: String,
    pub(super) seconds: Vec<f64>,
    /// The time of all cores together, a number for each round, as far as that is known.
    pub(super) cpu_seconds: Vec<f64>,
    /// The size of what it made, if it makes something.
    pub(super) bytes: u64,
    /// The most memory that it had in use, as far as that is known.
    pub(super) peak_bytes: Option<u64>,
}

impl Samples {
    pub(super) fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), ..Self::default() }
    }

    pub(super) fn median(&self) -> f64 {
        median(&self.seconds)
    }

    /// How much of all cores it took beside `other`.
    pub(super) fn cpu_beside(&self, other: &Self) -> f64 {
        median(&self.cpu_seconds) / median(&other.cpu_seconds)
    }

    /// The fastest and the slowest round beside the median, in percent.
    pub(super) fn spread(&self) -> String {
        let median = self.median();
        let percent = |seconds: f64| (seconds / median - 1.0) * 100.0;
        let fastest = self.seconds.iter().copied().fold(f64::INFINITY, f64::min);
        let slowest = self.seconds.iter().copied().fold(0.0, f64::max);
        format!("{:+.0} % to {:+.0} %", percent(fastest), percent(slowest))
    }

    /// How many times as fast as `other` it is.
    pub(super) fn speed_beside(&self, other: &Self) -> f64 {
        other.median() / self.median()
    }

    /// How many times as much it made as `other`.
    pub(super) fn size_beside(&self, other: &Self) -> f64 {
        ratio(self.bytes, other.bytes)
    }
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

/// The samples in what the bench program printed about one process.
pub(super) fn timed(printed: &Value) -> Vec<Samples> {
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
pub(super) fn ratio(one: u64, other: u64) -> f64 {
    one as f64 / other as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_in_the_middle() {
        let of = |seconds: &[f64]| Samples { seconds: seconds.to_vec(), ..Samples::default() }.median();
        assert_eq!((of(&[3.0, 1.0, 2.0]), of(&[4.0, 1.0])), (2.0, 2.5));
        assert!(of(&[]).is_nan());
    }
}
