//! Faults: what can go wrong between a client and the emulator, on demand.
//!
//! A [`Fault`] says what goes wrong ([`Kind`]), where ([`Endpoint`]) and how often ([`How`]). [`Faults`] holds several of
//! them, and may draw more from a seed. Each fault can be written as text, as `cargo van-bulk emulate --fault` takes it:
//!
//! ```
//! use van_bulk_emulator::faults::{Endpoint, Fault, Faults, Kind};
//!
//! let fault: Fault = "reset-after@submit:next=1".parse()?;
//! assert_eq!(fault, Fault::new(Kind::ResetAfter).at(Endpoint::Submit).next(1));
//!
//! // A tenth of all requests go wrong, the same ones each time; and the first job's answer is lost.
//! let faults = Faults::from_seed(42, 0.1).with(fault);
//! assert_eq!(faults.to_string(), "reset-after@submit:next=1, chaos from seed 42 with intensity 0.1");
//! # Ok::<(), van_bulk_emulator::faults::FaultError>(())
//! ```
//!
//! [`catalogue`] lists all kinds, what each imitates, and whether it is known of VAN's servers.

mod active;
mod catalogue;
mod endpoint;
mod how;
mod html;
mod kind;
mod parse;
mod random;
mod schedule;
mod span;

use std::fmt;

pub(crate) use active::{Active, Drawn};
pub(crate) use html::html_page;
pub(crate) use random::Fnv;

pub use catalogue::{Entry, Known, catalogue};
pub use endpoint::Endpoint;
pub use how::How;
pub use kind::{Kind, MAX_PAUSE, MAX_SKEW_SECONDS};
pub use parse::FaultError;
pub use schedule::Schedule;

/// One fault: what goes wrong, where and how often.
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    /// What goes wrong.
    pub kind: Kind,
    /// Where. `None` is wherever this kind can happen, save the fetch of the zip, which must be asked for by name.
    pub at: Option<Endpoint>,
    /// How often.
    pub how: How,
}

impl Fault {
    /// A fault that always happens, wherever it can, save at the fetch of the zip.
    pub fn new(kind: Kind) -> Self {
        Self { kind, at: None, how: How::Always }
    }

    /// Lets it happen here alone.
    #[must_use]
    pub fn at(mut self, endpoint: Endpoint) -> Self {
        self.at = Some(endpoint);
        self
    }

    /// Lets it happen to the next `count` requests alone.
    #[must_use]
    pub fn next(mut self, count: u64) -> Self {
        self.how = How::Next(count);
        self
    }

    /// Lets it happen to every `nth` request: with 3, to the third, the sixth, and so on.
    #[must_use]
    pub fn every(mut self, nth: u64) -> Self {
        self.how = How::Every(nth);
        self
    }

    /// Lets it happen with this probability, more than 0 and at most 1.
    #[must_use]
    pub fn chance(mut self, probability: f64) -> Self {
        self.how = How::Chance(probability);
        self
    }

    /// Checks that this kind can happen there, and that its numbers are within bounds.
    ///
    /// # Errors
    /// When it is not so.
    pub fn check(&self) -> Result<(), FaultError> {
        self.kind.check()?;
        self.how.check()?;
        match self.at {
            Some(endpoint) if !self.kind.endpoints().contains(&endpoint) => {
                Err(FaultError::WrongEndpoint { kind: self.kind, endpoint })
            }
            _ => Ok(()),
        }
    }

    /// Whether it can happen here.
    fn is_about(&self, endpoint: Endpoint) -> bool {
        match self.at {
            Some(at) => at == endpoint,
            None => endpoint != Endpoint::Fetch && self.kind.endpoints().contains(&endpoint),
        }
    }
}

/// As it is written for `--fault`, so that it can be read again; times are told in whole milliseconds.
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.kind)?;
        if let Some(endpoint) = self.at {
            write!(f, "@{endpoint}")?;
        }
        match self.how {
            How::Always => Ok(()),
            how => write!(f, ":{how}"),
        }
    }
}

/// Everything that goes wrong. The default is nothing.
///
/// Where several faults would answer one request in their own way, the first of them does, and the others do not count
/// that request. Delays and a skewed clock add to whatever else happens, and all faults of a job add up.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Faults {
    /// The faults that were asked for one by one.
    pub list: Vec<Fault>,
    /// Draws more faults, for requests that no fault of the list answers.
    pub schedule: Option<Schedule>,
}

impl Faults {
    /// Nothing goes wrong.
    pub fn none() -> Self {
        Self::default()
    }

    /// Faults that are drawn from a seed; see [`Schedule::new`].
    pub fn from_seed(seed: u64, intensity: f64) -> Self {
        Self { list: Vec::new(), schedule: Some(Schedule::new(seed, intensity)) }
    }

    /// Adds a fault.
    #[must_use]
    pub fn with(mut self, fault: Fault) -> Self {
        self.list.push(fault);
        self
    }

    /// Whether nothing goes wrong.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty() && self.schedule.is_none()
    }

    /// Checks every fault.
    ///
    /// # Errors
    /// When one cannot happen where it was asked for, or a number is out of bounds.
    pub fn check(&self) -> Result<(), FaultError> {
        self.list.iter().try_for_each(Fault::check)
    }
}

impl From<Fault> for Faults {
    fn from(fault: Fault) -> Self {
        Self::none().with(fault)
    }
}

impl FromIterator<Fault> for Faults {
    fn from_iter<I: IntoIterator<Item = Fault>>(faults: I) -> Self {
        Self { list: faults.into_iter().collect(), schedule: None }
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = self.list.iter().map(ToString::to_string);
        let all: Vec<String> = list.chain(self.schedule.as_ref().map(ToString::to_string)).collect();
        if all.is_empty() { f.write_str("none") } else { f.write_str(&all.join(", ")) }
    }
}
