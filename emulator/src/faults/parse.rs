//! Reading `KIND[=VALUE][@ENDPOINT][:HOW]`.

use std::str::FromStr;
use std::time::Duration;

use van_bulk_schema::finding::did_you_mean;

use super::catalogue::{Entry, Value, catalogue, entry};
use super::endpoint::Endpoint;
use super::how::How;
use super::kind::{Kind, MAX_PAUSE, MAX_SKEW_SECONDS};
use super::{Fault, span};

/// A fault cannot be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FaultError {
    /// There is no such kind.
    #[error("there is no fault `{word}`; {}", hint(.nearest.as_deref(), "kind", &words()))]
    UnknownKind {
        /// What was written.
        word: String,
        /// A question that proposes another word, if one is near.
        nearest: Option<String>,
    },
    /// There is no such endpoint.
    #[error("there is no endpoint `{word}`; {}", hint(.nearest.as_deref(), "endpoint", &endpoints(&Endpoint::ALL)))]
    UnknownEndpoint {
        /// What was written.
        word: String,
        /// A question that proposes another word, if one is near.
        nearest: Option<String>,
    },
    /// The fault cannot happen there.
    #[error(
        "`{}` cannot happen at `{endpoint}`; give one of: {}",
        .kind.word(),
        endpoints(.kind.endpoints())
    )]
    WrongEndpoint {
        /// What was to go wrong.
        kind: Kind,
        /// Where.
        endpoint: Endpoint,
    },
    /// The kind takes no value.
    #[error("`{0}` takes no value; leave out what follows `=`")]
    NoValue(String),
    /// The value is not one of those that the kind takes.
    #[error("`{word}={value}` cannot be read; give {expected}")]
    Value {
        /// The kind.
        word: String,
        /// What was written.
        value: String,
        /// What can be.
        expected: &'static str,
    },
    /// The pause is too long.
    #[error("`{0}` is too long; give at most {MAX_PAUSE:?}")]
    Pause(Kind),
    /// The clock is too far off.
    #[error("`{0}` is too far off; give at most {MAX_SKEW_SECONDS} seconds, which is 366 days")]
    Skew(Kind),
    /// How often it is to happen cannot be read or is out of bounds.
    #[error(
        "`{0}` does not say how often; give `always`, `next=N` or `every=N` with N from 1, or `chance=P` with P more than \
         0 and at most 1"
    )]
    How(String),
}

fn hint(nearest: Option<&str>, what: &str, known: &str) -> String {
    match nearest {
        Some(question) => question.to_owned(),
        None => format!("give one {what} of: {known}"),
    }
}

fn words() -> String {
    let words: Vec<&str> = catalogue().iter().map(|entry| entry.word).collect();
    words.join(", ")
}

fn endpoints(endpoints: &[Endpoint]) -> String {
    let words: Vec<&str> = endpoints.iter().map(|endpoint| endpoint.as_str()).collect();
    words.join(", ")
}

/// Reads `KIND[=VALUE][@ENDPOINT][:HOW]`, such as `429=5@status:every=3`.
impl FromStr for Fault {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, FaultError> {
        let (rest, how) = match text.split_once(':') {
            Some((rest, how)) => (rest, how.parse()?),
            None => (text, How::Always),
        };
        let (kind, at) = match rest.split_once('@') {
            Some((kind, endpoint)) => (kind, Some(endpoint.parse()?)),
            None => (rest, None),
        };
        let fault = Self { kind: kind.parse()?, at, how };
        fault.check()?;
        Ok(fault)
    }
}

impl FromStr for Endpoint {
    type Err = FaultError;

    fn from_str(word: &str) -> Result<Self, FaultError> {
        Self::ALL.into_iter().find(|endpoint| endpoint.as_str() == word).ok_or_else(|| {
            FaultError::UnknownEndpoint {
                word: word.to_owned(),
                nearest: did_you_mean(word, Self::ALL.map(Self::as_str)),
            }
        })
    }
}

impl FromStr for How {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, FaultError> {
        let how = match text.split_once('=') {
            None if text == "always" => Some(Self::Always),
            Some(("next", count)) => count.parse().ok().map(Self::Next),
            Some(("every", count)) => count.parse().ok().map(Self::Every),
            Some(("chance", probability)) => probability.parse().ok().map(Self::Chance),
            _ => None,
        };
        how.ok_or_else(|| FaultError::How(text.to_owned()))
    }
}

impl FromStr for Kind {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, FaultError> {
        let (word, value) = match text.split_once('=') {
            Some((word, value)) => (word, Some(value)),
            None => (text, None),
        };
        let unknown = || FaultError::UnknownKind {
            word: word.to_owned(),
            nearest: did_you_mean(word, catalogue().iter().map(|entry| entry.word)),
        };
        let entry = entry(word).ok_or_else(unknown)?;
        let value = value.map_or(Ok(entry.default), |value| read_value(entry, value))?;
        Self::of(word, value).ok_or_else(unknown)
    }
}

fn read_value(entry: &Entry, text: &str) -> Result<Value, FaultError> {
    let (value, expected) = match entry.default {
        Value::None => return Err(FaultError::NoValue(entry.word.to_owned())),
        Value::Pause(_) => {
            let pause = span::parse(text).map(Duration::from_millis);
            (pause.map(Value::Pause), "a time such as `200ms`, `2s` or `1m`")
        }
        Value::Count(_) => (text.parse().ok().map(Value::Count), "a whole number of at least 0"),
        Value::Offset(_) => {
            (offset(text).map(Value::Offset), "a time in whole seconds such as `+90s` or `-2h`")
        }
    };
    value.ok_or_else(|| FaultError::Value { word: entry.word.to_owned(), value: text.to_owned(), expected })
}

/// The seconds of a text such as `-2h`.
fn offset(text: &str) -> Option<i64> {
    let (sign, span) = match text.strip_prefix('-') {
        Some(span) => (-1, span),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let milliseconds = span::parse(span)?;
    let seconds = milliseconds.is_multiple_of(1_000).then_some(milliseconds / 1_000)?;
    Some(sign * i64::try_from(seconds).ok()?)
}
