//! All kinds of faults: what each imitates, and what is known of it.

use std::fmt;
use std::time::Duration;

use super::endpoint::Endpoint::{self, Discovery, Fetch, Job, Results, Status, Submit};

/// What is known of a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// Others have seen VAN's servers do it.
    Seen,
    /// VAN's docs say that it happens; how it looks is this emulator's own.
    Documented,
    /// Other clients of VAN are made to bear it; VAN's docs do not mention it.
    Expected,
    /// Another client's docs once told of it; it could not be seen again.
    Rumoured,
    /// Networks, proxies and web servers do it; nothing is known of VAN's.
    Network,
    /// This emulator's invention, for what a client should bear or notice.
    Invented,
}

impl fmt::Display for Known {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Seen => "seen of VAN",
            Self::Documented => "in VAN's docs",
            Self::Expected => "other clients expect it",
            Self::Rumoured => "told once, not seen again",
            Self::Network => "any network does it",
            Self::Invented => "invented here",
        })
    }
}

/// The value of a kind, such as the `200ms` of `latency=200ms`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Value {
    None,
    Pause(Duration),
    Count(u32),
    /// In seconds.
    Offset(i64),
}

/// A kind of fault.
#[derive(Debug)]
pub struct Entry {
    /// The word by which it is written.
    pub word: &'static str,
    /// Where it can happen.
    pub endpoints: &'static [Endpoint],
    /// What it does and what that imitates, in a sentence.
    pub imitates: &'static str,
    /// What is known of it.
    pub known: Known,
    /// The value that it has where none is given, which tells what values it takes.
    pub(super) default: Value,
}

impl Entry {
    /// What stands for its value in help, such as `DURATION`, if it takes one.
    pub fn value_name(&self) -> Option<&'static str> {
        match self.default {
            Value::None => None,
            Value::Pause(_) => Some("DURATION"),
            Value::Count(_) => Some("NUMBER"),
            Value::Offset(_) => Some("±DURATION"),
        }
    }
}

/// All kinds of faults.
pub fn catalogue() -> &'static [Entry] {
    ENTRIES
}

/// The kind of this word.
pub(super) fn entry(word: &str) -> Option<&'static Entry> {
    ENTRIES.iter().find(|entry| entry.word == word)
}

const API: &[Endpoint] = &[Discovery, Submit, Status, Results];
const API_AND_FETCH: &[Endpoint] = &[Discovery, Submit, Status, Results, Fetch];
const RESULTS: &[Endpoint] = &[Results];
const STATUS: &[Endpoint] = &[Status];
const STATUS_AND_RESULTS: &[Endpoint] = &[Status, Results];
const JOB: &[Endpoint] = &[Job];

const fn kind(
    word: &'static str,
    default: Value,
    endpoints: &'static [Endpoint],
    known: Known,
    imitates: &'static str,
) -> Entry {
    Entry { word, endpoints, imitates, known, default }
}

const ENTRIES: &[Entry] = &[
    kind(
        "latency",
        Value::Pause(Duration::from_millis(200)),
        API_AND_FETCH,
        Known::Network,
        "A busy server: the request waits before it takes effect.",
    ),
    kind(
        "latency-after",
        Value::Pause(Duration::from_millis(200)),
        API,
        Known::Network,
        "A busy server: the request takes effect, and its answer waits.",
    ),
    kind(
        "reset-before",
        Value::None,
        API_AND_FETCH,
        Known::Network,
        "A connection that is reset before the request takes effect.",
    ),
    kind(
        "reset-after",
        Value::None,
        API,
        Known::Network,
        "A connection that is reset after the request took effect: its answer is lost.",
    ),
    kind(
        "429",
        Value::Count(1),
        API,
        Known::Expected,
        "A limit of requests, with Retry-After in seconds; VAN documents no limit.",
    ),
    kind(
        "429-bare",
        Value::None,
        API,
        Known::Expected,
        "A limit of requests, without Retry-After; VAN documents no limit.",
    ),
    kind(
        "500",
        Value::None,
        API_AND_FETCH,
        Known::Expected,
        "A server that fails, with an error in VAN's shape.",
    ),
    kind("502", Value::None, API_AND_FETCH, Known::Expected, "A gateway without a server behind it."),
    kind(
        "502-after",
        Value::None,
        API,
        Known::Network,
        "A gateway that gives up on a server that does what it was asked all the same.",
    ),
    kind("503", Value::None, API_AND_FETCH, Known::Expected, "A server that is overloaded."),
    kind(
        "html",
        Value::None,
        API_AND_FETCH,
        Known::Network,
        "A page with status 200, such as one about maintenance or of a proxy.",
    ),
    kind(
        "html-404",
        Value::None,
        STATUS_AND_RESULTS,
        Known::Seen,
        "The page of IIS with status 404, which VAN gives for ids above 2147483647; for other ids it is invented.",
    ),
    kind("html-503", Value::None, API, Known::Network, "A page with status 503."),
    kind(
        "404",
        Value::None,
        STATUS_AND_RESULTS,
        Known::Invented,
        "Servers that do not all know yet of the job or the file.",
    ),
    kind(
        "early-404",
        Value::Count(1),
        JOB,
        Known::Rumoured,
        "A new job that is not found by the first requests for it.",
    ),
    kind(
        "slow",
        Value::Pause(Duration::from_millis(50)),
        API,
        Known::Network,
        "A body that comes in up to eight pieces, with a pause before each.",
    ),
    kind(
        "truncated",
        Value::None,
        API_AND_FETCH,
        Known::Network,
        "A connection that closes in the middle of a body, before its Content-Length; or a zip that is cut.",
    ),
    kind(
        "truncated-chunks",
        Value::None,
        API,
        Known::Network,
        "A connection that closes in the middle of a chunked body, which lacks its last chunk.",
    ),
    kind(
        "short-length",
        Value::None,
        API,
        Known::Network,
        "A Content-Length that is too small: what is cut off looks whole to HTTP.",
    ),
    kind(
        "expired-link",
        Value::None,
        RESULTS,
        Known::Documented,
        "A link that has expired, although it is young. VAN's expire after 24 hours; the answer 403 and the fresh link \
         that the job then tells are invented.",
    ),
    kind(
        "unknown-status",
        Value::None,
        STATUS,
        Known::Invented,
        "A status that no doc mentions. VAN's docs spell some in several ways, so a new one would be no wonder.",
    ),
    kind(
        "clock-skew",
        Value::Offset(3_600),
        API,
        Known::Network,
        "A server whose clock is off, in the header Date and in dates of replies.",
    ),
    kind(
        "missing-rows",
        Value::Count(1),
        JOB,
        Known::Invented,
        "Result files that lack the first rows, which were applied all the same.",
    ),
    kind(
        "repeated-rows",
        Value::Count(1),
        JOB,
        Known::Invented,
        "Result files that hold the first rows twice, with the same messages.",
    ),
    kind(
        "zero-rows",
        Value::None,
        JOB,
        Known::Invented,
        "A job that is Completed and has applied no row, without result files.",
    ),
    kind(
        "zero-rows-header",
        Value::None,
        JOB,
        Known::Invented,
        "A job that is Completed and has applied no row, with a result file that is a header alone.",
    ),
    kind(
        "never-ends",
        Value::None,
        JOB,
        Known::Invented,
        "A job that applies its rows and stays InProgress for ever. It is never drawn from a seed.",
    ),
];
