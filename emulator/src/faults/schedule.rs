//! Faults that are drawn from a seed.

use std::fmt;
use std::time::Duration;

use super::endpoint::Endpoint;
use super::kind::Kind;
use super::random::{Fnv, fraction, number};

/// How many streams of draws each endpoint has. Requests about the same thing share one.
const STREAMS: u64 = 4_096;

/// Only so many first requests for a job are told that there is no such job.
const EARLY: u64 = 2;

/// Draws faults from a seed.
///
/// What the n-th request for the same thing (this list of values, this job, this result file; for submissions: the n-th
/// of all) meets depends on the seed, the thing and n alone. So the same seed and the same requests give the same faults,
/// whatever else is asked in between.
///
/// It draws what a patient client outlives: delays, resets, 429, 5xx, web pages, bodies that are slow or cut, statuses of
/// no known name, links that have expired, and 404 for the first two requests for a job. It never draws what falsifies
/// the outcome of a job or ends it: faults of a job, cut result files that look whole, a skewed clock, or anything but a
/// delay at the fetch of the zip. Add those with [`Faults::with`](super::Faults::with).
#[derive(Debug, Clone, PartialEq)]
pub struct Schedule {
    seed: u64,
    intensity: f64,
}

/// What was drawn so far for the requests for the same thing.
#[derive(Debug, Default)]
pub(super) struct Stream {
    drawn: u64,
    /// How many of the last draws were in the client's way.
    in_a_row: u32,
}

impl Schedule {
    /// No more than this many requests in a row for the same thing are in the client's way, so that one more attempt gets
    /// through. Submissions that are made side by side count together, as the emulator cannot tell them apart.
    pub const MOST_IN_A_ROW: u32 = 2;

    /// Draws from `seed`; `intensity` is the share of requests that meet a fault, from 0 to 1. Values out of these bounds
    /// stand for the nearest bound.
    pub fn new(seed: u64, intensity: f64) -> Self {
        let intensity = if intensity.is_nan() { 0.0 } else { intensity.clamp(0.0, 1.0) };
        Self { seed, intensity }
    }

    /// The seed.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// The share of requests that meet a fault.
    pub fn intensity(&self) -> f64 {
        self.intensity
    }

    /// The number of the stream for a thing, such as the id of a job.
    pub(super) fn stream(thing: &str) -> u64 {
        let mut hash = Fnv::new();
        hash.write(thing.as_bytes());
        hash.finish() % STREAMS
    }

    /// The fault for the next request of a stream, if it meets one.
    pub(super) fn draw(&self, endpoint: Endpoint, id: u64, stream: &mut Stream) -> Option<Kind> {
        let request = stream.drawn;
        stream.drawn += 1;
        let place = |which| [endpoint as u64, id, request, which];
        if fraction(self.seed, &place(0)) >= self.intensity {
            stream.in_a_row = 0;
            return None;
        }
        let kinds = kinds(endpoint, request, number(self.seed, &place(2)));
        let index = number(self.seed, &place(1)) % (kinds.len() as u64).max(1);
        let kind = usize::try_from(index).ok().and_then(|index| kinds.get(index).copied())?;
        if !kind.is_in_the_way() {
            stream.in_a_row = 0;
            return Some(kind);
        }
        if stream.in_a_row == Self::MOST_IN_A_ROW {
            stream.in_a_row = 0;
            return None;
        }
        stream.in_a_row += 1;
        Some(kind)
    }
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "chaos from seed {} with intensity {}", self.seed, self.intensity)
    }
}

/// What can be drawn for a request, with times that `random` chooses.
fn kinds(endpoint: Endpoint, request: u64, random: u64) -> Vec<Kind> {
    let pause = Duration::from_millis(random % 40 + 1);
    let everywhere = [
        Kind::Latency(pause),
        Kind::LatencyAfter(pause),
        Kind::SlowBody(Duration::from_millis(random % 10 + 1)),
        Kind::ResetBefore,
        Kind::ResetAfter,
        Kind::TooManyRequests { retry_after: Some(u32::from(random.is_multiple_of(4))) },
        Kind::TooManyRequests { retry_after: None },
        Kind::InternalServerError,
        Kind::BadGateway,
        Kind::BadGatewayAfter,
        Kind::ServiceUnavailable,
        Kind::Html,
        Kind::HtmlUnavailable,
        Kind::TruncatedBody,
        Kind::TruncatedChunks,
    ];
    let more: &[Kind] = match endpoint {
        Endpoint::Discovery | Endpoint::Submit => &[Kind::ShortLength],
        Endpoint::Status if request < EARLY => &[Kind::ShortLength, Kind::UnknownStatus, Kind::NotFound],
        Endpoint::Status => &[Kind::ShortLength, Kind::UnknownStatus],
        Endpoint::Results => &[Kind::ExpiredLink],
        Endpoint::Fetch => return vec![Kind::Latency(pause)],
        Endpoint::Job => return Vec::new(),
    };
    everywhere.iter().chain(more).copied().collect()
}
