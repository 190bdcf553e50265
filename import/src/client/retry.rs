//! Sends what may be sent again until it works out.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder, Retryable};

use super::ClientError;

/// How often, and with which pauses, a request that may be repeated is sent again when the network or VAN fails for the
/// moment: on 429, 500, 502, 503 and 504, on HTML pages with any 5xx, and when the host cannot be reached, the connection
/// breaks or the time is up.
///
/// The pauses double from one to the next, and each is made longer by a random part of itself, so that programs that failed
/// together do not come back together. If VAN asks for a longer pause (`Retry-After`), it gets that. VAN publishes no rate
/// limit, so the figures are ours.
///
/// ```
/// use std::time::Duration;
/// use van_bulk_import::client::Retry;
///
/// let patient = Retry { attempts: 8, ..Retry::default() };
/// assert_eq!(patient.first_pause, Duration::from_millis(500));
/// assert_eq!(Retry::never().attempts, 1);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retry {
    /// How often a request is sent at most, the first time included; 0 counts as 1. 4 at first.
    pub attempts: u32,
    /// The pause before the second time, at least; half a second at first.
    pub first_pause: Duration,
    /// No pause is longer, not even if VAN asks for more; a minute at first.
    pub longest_pause: Duration,
}

impl Default for Retry {
    fn default() -> Self {
        Self { attempts: 4, first_pause: Duration::from_millis(500), longest_pause: Duration::from_secs(60) }
    }
}

impl Retry {
    /// Sends every request once.
    pub fn never() -> Self {
        Self { attempts: 1, ..Self::default() }
    }

    /// Calls `attempt` with 1, 2 and so on until it succeeds, fails for good, or the attempts are used up.
    pub(super) async fn run<T, Fut>(&self, mut attempt: impl FnMut(u32) -> Fut) -> Result<T, ClientError>
    where
        Fut: Future<Output = Result<T, ClientError>>,
    {
        let mut number = 0;
        let next = || {
            number += 1;
            attempt(number)
        };
        next.retry(self.pauses())
            .when(ClientError::is_worth_repeating)
            .adjust(|error, pause| Some(self.pause(pause?, error.retry_after())))
            .notify(|error, pause| tracing::warn!(%error, ?pause, "trying again"))
            .await
    }

    /// The pauses, before VAN is asked.
    fn pauses(&self) -> impl BackoffBuilder {
        ExponentialBuilder::new()
            .with_jitter()
            .with_min_delay(self.first_pause)
            .with_max_delay(self.longest_pause)
            .with_max_times(usize::try_from(self.attempts.saturating_sub(1)).unwrap_or(usize::MAX))
    }

    /// The pause, when VAN asked for one of `asked`.
    fn pause(&self, pause: Duration, asked: Option<Duration>) -> Duration {
        pause.max(asked.unwrap_or_default()).min(self.longest_pause)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RETRY: Retry =
        Retry { attempts: 6, first_pause: Duration::from_secs(1), longest_pause: Duration::from_secs(6) };

    #[test]
    fn pauses_double_up_to_the_longest_and_then_end() {
        let pauses: Vec<Duration> = RETRY.pauses().build().map(|pause| RETRY.pause(pause, None)).collect();
        assert_eq!(pauses.len(), 5);
        for (pause, least) in pauses.iter().zip([1, 2, 4, 6, 6]) {
            let least = Duration::from_secs(least);
            assert!((least..=least * 2).contains(pause) && *pause <= RETRY.longest_pause, "{pauses:?}");
        }
    }

    #[test]
    fn van_gets_the_pause_that_it_asks_for_up_to_the_longest() {
        let second = Duration::from_secs(1);
        assert_eq!(RETRY.pause(second, Some(second * 3)), second * 3);
        assert_eq!(RETRY.pause(second * 2, Some(Duration::ZERO)), second * 2);
        assert_eq!(RETRY.pause(second, Some(Duration::MAX)), RETRY.longest_pause);
    }

    #[test]
    fn no_attempts_are_one() {
        for attempts in [0, 1] {
            assert_eq!(Retry { attempts, ..RETRY }.pauses().build().count(), 0);
        }
    }
}
