//! What can go wrong.

use std::fmt;
use std::time::Duration;

use super::catalogue::{Value, entry};
use super::endpoint::Endpoint;
use super::parse::FaultError;
use super::span;

/// The longest pause: an hour.
pub const MAX_PAUSE: Duration = Duration::from_secs(60 * 60);
/// The most that a clock may be off, in seconds: 366 days.
pub const MAX_SKEW_SECONDS: i64 = 366 * 24 * 60 * 60;

/// What goes wrong. [`catalogue`](super::catalogue()) says of each what it imitates and what is known of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Kind {
    /// `latency`: the request waits this long before anything is done about it. A client that gives up meanwhile has
    /// changed nothing.
    Latency(Duration),
    /// `latency-after`: the request takes effect, then its answer waits this long.
    LatencyAfter(Duration),
    /// `reset-before`: the connection is reset (TCP RST), and the request has no effect.
    ResetBefore,
    /// `reset-after`: the request takes effect, then the connection is reset instead of an answer: of a submitted job the
    /// client does not learn the id.
    ResetAfter,
    /// `429`, and `429-bare` without `Retry-After`: too many requests; the request has no effect.
    TooManyRequests {
        /// The seconds that `Retry-After` tells.
        retry_after: Option<u32>,
    },
    /// `500`: an error in VAN's shape; the request has no effect.
    InternalServerError,
    /// `502`, without a body; the request has no effect.
    BadGateway,
    /// `502-after`: the request takes effect, and the answer is a 502 all the same.
    BadGatewayAfter,
    /// `503`, without a body; the request has no effect.
    ServiceUnavailable,
    /// `html`: a web page with status 200, such as one of maintenance; the request has no effect.
    Html,
    /// `html-404`: a web page with status 404, as IIS has one.
    HtmlNotFound,
    /// `html-503`: a web page with status 503; the request has no effect.
    HtmlUnavailable,
    /// `404`: the job or the file is not found, although it is there.
    NotFound,
    /// `early-404`: the first so many requests for a new job answer 404.
    EarlyNotFound(u32),
    /// `slow`: the body comes in up to eight pieces, with this pause before each.
    SlowBody(Duration),
    /// `truncated`: the connection is closed in the middle of the body, before its `Content-Length` is reached. The
    /// request takes effect. The fetched zip is cut in the middle.
    TruncatedBody,
    /// `truncated-chunks`: the same with a chunked body, which ends without its last chunk.
    TruncatedChunks,
    /// `short-length`: `Content-Length` is too small, so that the client takes the first half of the body for all of it.
    /// The request takes effect.
    ShortLength,
    /// `expired-link`: the link to a result file answers 403; the job, asked again, has a fresh one.
    ExpiredLink,
    /// `unknown-status`: the job is told to be in a status of no known name, without result files.
    UnknownStatus,
    /// `clock-skew`: the header `Date` and the dates in replies are off by so many seconds, less than 0 for a clock that
    /// is behind. Links expire when they would without this.
    ClockSkew(i64),
    /// `missing-rows`: the result files lack the first so many rows that were applied.
    MissingRows(u32),
    /// `repeated-rows`: the result files hold the first so many rows twice, with the same messages.
    RepeatedRows(u32),
    /// `zero-rows`: no row is applied, and the job is `Completed` without result files.
    ZeroRows,
    /// `zero-rows-header`: no row is applied, and the job is `Completed` with a result file that is a header alone.
    ZeroRowsHeader,
    /// `never-ends`: the rows are applied, and the job stays `InProgress` for ever.
    NeverEnds,
}

impl Kind {
    /// The word by which it is written, without its value.
    pub fn word(self) -> &'static str {
        match self {
            Self::Latency(_) => "latency",
            Self::LatencyAfter(_) => "latency-after",
            Self::ResetBefore => "reset-before",
            Self::ResetAfter => "reset-after",
            Self::TooManyRequests { retry_after: Some(_) } => "429",
            Self::TooManyRequests { retry_after: None } => "429-bare",
            Self::InternalServerError => "500",
            Self::BadGateway => "502",
            Self::BadGatewayAfter => "502-after",
            Self::ServiceUnavailable => "503",
            Self::Html => "html",
            Self::HtmlNotFound => "html-404",
            Self::HtmlUnavailable => "html-503",
            Self::NotFound => "404",
            Self::EarlyNotFound(_) => "early-404",
            Self::SlowBody(_) => "slow",
            Self::TruncatedBody => "truncated",
            Self::TruncatedChunks => "truncated-chunks",
            Self::ShortLength => "short-length",
            Self::ExpiredLink => "expired-link",
            Self::UnknownStatus => "unknown-status",
            Self::ClockSkew(_) => "clock-skew",
            Self::MissingRows(_) => "missing-rows",
            Self::RepeatedRows(_) => "repeated-rows",
            Self::ZeroRows => "zero-rows",
            Self::ZeroRowsHeader => "zero-rows-header",
            Self::NeverEnds => "never-ends",
        }
    }

    /// Where it can happen.
    pub fn endpoints(self) -> &'static [Endpoint] {
        entry(self.word()).map_or(&[], |entry| entry.endpoints)
    }

    /// The kind of this word, with this value of its.
    pub(super) fn of(word: &str, value: Value) -> Option<Self> {
        Some(match (word, value) {
            ("latency", Value::Pause(pause)) => Self::Latency(pause),
            ("latency-after", Value::Pause(pause)) => Self::LatencyAfter(pause),
            ("reset-before", Value::None) => Self::ResetBefore,
            ("reset-after", Value::None) => Self::ResetAfter,
            ("429", Value::Count(seconds)) => Self::TooManyRequests { retry_after: Some(seconds) },
            ("429-bare", Value::None) => Self::TooManyRequests { retry_after: None },
            ("500", Value::None) => Self::InternalServerError,
            ("502", Value::None) => Self::BadGateway,
            ("502-after", Value::None) => Self::BadGatewayAfter,
            ("503", Value::None) => Self::ServiceUnavailable,
            ("html", Value::None) => Self::Html,
            ("html-404", Value::None) => Self::HtmlNotFound,
            ("html-503", Value::None) => Self::HtmlUnavailable,
            ("404", Value::None) => Self::NotFound,
            ("early-404", Value::Count(requests)) => Self::EarlyNotFound(requests),
            ("slow", Value::Pause(pause)) => Self::SlowBody(pause),
            ("truncated", Value::None) => Self::TruncatedBody,
            ("truncated-chunks", Value::None) => Self::TruncatedChunks,
            ("short-length", Value::None) => Self::ShortLength,
            ("expired-link", Value::None) => Self::ExpiredLink,
            ("unknown-status", Value::None) => Self::UnknownStatus,
            ("clock-skew", Value::Offset(seconds)) => Self::ClockSkew(seconds),
            ("missing-rows", Value::Count(rows)) => Self::MissingRows(rows),
            ("repeated-rows", Value::Count(rows)) => Self::RepeatedRows(rows),
            ("zero-rows", Value::None) => Self::ZeroRows,
            ("zero-rows-header", Value::None) => Self::ZeroRowsHeader,
            ("never-ends", Value::None) => Self::NeverEnds,
            _ => return None,
        })
    }

    /// Its value.
    pub(super) fn value(self) -> Value {
        match self {
            Self::Latency(pause) | Self::LatencyAfter(pause) | Self::SlowBody(pause) => Value::Pause(pause),
            Self::TooManyRequests { retry_after: Some(count) }
            | Self::EarlyNotFound(count)
            | Self::MissingRows(count)
            | Self::RepeatedRows(count) => Value::Count(count),
            Self::ClockSkew(seconds) => Value::Offset(seconds),
            _ => Value::None,
        }
    }

    /// Whether it adds to other faults, rather than answering a request in its own way.
    pub(super) fn adds(self) -> bool {
        matches!(self, Self::Latency(_) | Self::LatencyAfter(_) | Self::ClockSkew(_))
            || self.endpoints() == [Endpoint::Job]
    }

    /// Whether a client has to ask again because of it.
    pub(super) fn is_in_the_way(self) -> bool {
        !self.adds() && !matches!(self, Self::SlowBody(_))
    }

    /// Whether it keeps the request from taking effect.
    pub(crate) fn prevents_effect(self) -> bool {
        matches!(
            self,
            Self::ResetBefore
                | Self::TooManyRequests { .. }
                | Self::InternalServerError
                | Self::BadGateway
                | Self::ServiceUnavailable
                | Self::Html
                | Self::HtmlNotFound
                | Self::HtmlUnavailable
                | Self::NotFound
        )
    }

    pub(super) fn check(self) -> Result<(), FaultError> {
        match self.value() {
            Value::Pause(pause) if pause > MAX_PAUSE => Err(FaultError::Pause(self)),
            Value::Offset(seconds) if seconds.unsigned_abs() > MAX_SKEW_SECONDS.unsigned_abs() => {
                Err(FaultError::Skew(self))
            }
            _ => Ok(()),
        }
    }
}

/// As it is written for `--fault`.
impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())?;
        match self.value() {
            Value::None => Ok(()),
            Value::Pause(pause) => {
                write!(f, "={}", span::show(u64::try_from(pause.as_millis()).unwrap_or(u64::MAX)))
            }
            Value::Count(count) => write!(f, "={count}"),
            Value::Offset(seconds) => {
                let sign = if seconds < 0 { '-' } else { '+' };
                write!(f, "={sign}{}", span::show(seconds.unsigned_abs().saturating_mul(1_000)))
            }
        }
    }
}
