//! Faults that are on, with what they have done so far.

use std::collections::HashMap;
use std::time::Duration;

use super::endpoint::Endpoint;
use super::how::How;
use super::kind::Kind;
use super::random::fraction;
use super::schedule::{Schedule, Stream};
use super::{Fault, Faults};

/// Faults that are on.
#[derive(Debug)]
pub(crate) struct Active {
    /// Each with how many requests it was asked about.
    list: Vec<(Fault, u64)>,
    schedule: Option<Schedule>,
    streams: HashMap<(Endpoint, u64), Stream>,
}

impl Active {
    pub(crate) fn new(faults: Faults) -> Self {
        Self {
            list: faults.list.into_iter().map(|fault| (fault, 0)).collect(),
            schedule: faults.schedule,
            streams: HashMap::new(),
        }
    }

    /// What happens to the next request of this endpoint for this thing, such as the id of a job.
    pub(crate) fn draw(&mut self, endpoint: Endpoint, thing: &str) -> Drawn {
        let mut drawn = Drawn::default();
        for (index, (fault, asked)) in self.list.iter_mut().enumerate() {
            let is_beaten = !fault.kind.adds() && drawn.has_answer();
            if fault.is_about(endpoint) && !is_beaten {
                if happens(fault.how, *asked, index) {
                    drawn.kinds.push(fault.kind);
                }
                *asked += 1;
            }
        }
        if let Some(schedule) = self.schedule.as_ref().filter(|_| !drawn.has_answer()) {
            let id = Schedule::stream(thing);
            let stream = self.streams.entry((endpoint, id)).or_default();
            drawn.kinds.extend(schedule.draw(endpoint, id, stream));
        }
        drawn
    }
}

/// Whether a fault happens that was asked so many times before.
fn happens(how: How, asked: u64, index: usize) -> bool {
    match how {
        How::Always => true,
        How::Next(count) => asked < count,
        How::Every(nth) => (asked + 1).is_multiple_of(nth),
        How::Chance(probability) => fraction(index as u64, &[asked]) < probability,
    }
}

/// What happens to one request, or to one job.
#[derive(Debug, Clone, Default)]
pub(crate) struct Drawn {
    /// At most one of them answers in its own way.
    pub(crate) kinds: Vec<Kind>,
}

impl Drawn {
    pub(crate) fn has(&self, kind: Kind) -> bool {
        self.kinds.contains(&kind)
    }

    fn has_answer(&self) -> bool {
        self.answer().is_some()
    }

    /// The one that answers in its own way.
    pub(crate) fn answer(&self) -> Option<Kind> {
        self.kinds.iter().copied().find(|kind| !kind.adds())
    }

    /// How long to wait before the request takes effect.
    pub(crate) fn latency(&self) -> Duration {
        self.sum(|kind| match kind {
            Kind::Latency(pause) => Some(pause),
            _ => None,
        })
    }

    /// How long to wait after it took effect.
    pub(crate) fn latency_after(&self) -> Duration {
        self.sum(|kind| match kind {
            Kind::LatencyAfter(pause) => Some(pause),
            _ => None,
        })
    }

    fn sum(&self, pause: impl Fn(Kind) -> Option<Duration>) -> Duration {
        self.kinds.iter().filter_map(|kind| pause(*kind)).fold(Duration::ZERO, Duration::saturating_add)
    }

    /// How far the clock is off, in seconds, if it is.
    pub(crate) fn skew(&self) -> Option<i64> {
        let mut skews = self.kinds.iter().filter_map(|kind| match kind {
            Kind::ClockSkew(seconds) => Some(*seconds),
            _ => None,
        });
        let first = skews.next()?;
        Some(skews.fold(first, i64::saturating_add))
    }
}
