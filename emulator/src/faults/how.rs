//! How often a fault happens.

use std::fmt;

use super::parse::FaultError;

/// How often a fault happens, of the requests that it can happen to. They are counted from when the fault is switched on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum How {
    /// Every time.
    Always,
    /// The next so many times, at least 1.
    Next(u64),
    /// Every so many times, at least 1: with 3, the third time, the sixth, and so on.
    Every(u64),
    /// With this probability, more than 0 and at most 1. Which times is the same in every run.
    Chance(f64),
}

impl How {
    /// Checks the number.
    pub(super) fn check(self) -> Result<(), FaultError> {
        let is_in_bounds = match self {
            Self::Always => true,
            Self::Next(count) | Self::Every(count) => count > 0,
            Self::Chance(probability) => probability > 0.0 && probability <= 1.0,
        };
        if is_in_bounds { Ok(()) } else { Err(FaultError::How(self.to_string())) }
    }
}

impl fmt::Display for How {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Always => f.write_str("always"),
            Self::Next(count) => write!(f, "next={count}"),
            Self::Every(count) => write!(f, "every={count}"),
            Self::Chance(probability) => write!(f, "chance={probability}"),
        }
    }
}
