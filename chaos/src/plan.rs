//! What a run is to be.

use std::time::Duration;

use fastrand::Rng;
use van_bulk_emulator::Memory;
use van_bulk_emulator::faults::{Endpoint, Fault, Faults, Kind};

use crate::rows::{self, Row};

/// Where parts are put for the emulator to fetch them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// The importing program serves them, until it is killed.
    Loopback,
    /// A folder that a server of the run's own publishes.
    Folder,
}

/// What about a request is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment {
    /// It was received, and nothing was done about it.
    Received,
    /// It took effect, and nothing was answered.
    TookEffect,
    /// It was answered.
    Answered,
}

/// When something is done to the importing program or the emulator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum When {
    /// So long after the program was started.
    After(Duration),
    /// At a moment of the n-th request (from 1) to an endpoint.
    At { endpoint: Endpoint, moment: Moment, nth: u32 },
}

/// A restart of the emulator.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Restart {
    pub(crate) when: When,
    pub(crate) memory: Memory,
    pub(crate) down: Duration,
}

/// What a run is to be.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(crate) rows: Vec<Row>,
    pub(crate) place: Place,
    pub(crate) parts_at_once: usize,
    pub(crate) faults: Faults,
    /// Splits result files.
    pub(crate) max_result_file_bytes: Option<u64>,
    /// Each kills the program once.
    pub(crate) kills: Vec<When>,
    pub(crate) restart: Option<Restart>,
    /// Whether the same rows are imported once more in the end, which must be refused.
    pub(crate) again: bool,
}

impl Plan {
    /// Draws run `number` of a seed. It does not depend on other runs.
    pub(crate) fn draw(seed: u64, number: u64) -> Self {
        let mut random = Rng::with_seed(seed ^ number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let count = match random.u8(..10) {
            0 => random.usize(1..4),
            1..=5 => random.usize(10..300),
            // Several parts of the smallest size.
            _ => random.usize(1_500..5_000),
        };
        let rows = rows::draw(&mut random, count);
        let faults = faults(&mut random);
        Self {
            rows,
            place: if random.bool() { Place::Loopback } else { Place::Folder },
            parts_at_once: random.usize(1..4),
            max_result_file_bytes: random.bool().then(|| random.u64(2_000..40_000)),
            kills: (0..random.usize(0..4)).map(|_| when(&mut random)).collect(),
            restart: (random.u8(..4) == 0).then(|| Restart {
                when: when(&mut random),
                memory: if random.u8(..3) == 0 { Memory::Lost } else { Memory::Kept },
                down: Duration::from_millis(random.u64(..400)),
            }),
            again: random.u8(..3) == 0,
            faults,
        }
    }
}

fn when(random: &mut Rng) -> When {
    if random.u8(..4) == 0 {
        return When::After(Duration::from_millis(random.u64(..1_500)));
    }
    let (endpoint, most) = match random.u8(..10) {
        0 => (Endpoint::Discovery, 6),
        1..=4 => (Endpoint::Submit, 3),
        5..=7 => (Endpoint::Status, 12),
        _ => (Endpoint::Results, 4),
    };
    let moment = match random.u8(..3) {
        0 => Moment::Received,
        1 => Moment::TookEffect,
        _ => Moment::Answered,
    };
    When::At { endpoint, moment, nth: random.u32(1..=most) }
}

fn faults(random: &mut Rng) -> Faults {
    let mut faults = match random.u8(..4) {
        0 => Faults::none(),
        _ => Faults::from_seed(random.u64(..), f64::from(random.u8(1..30)) / 100.0),
    };
    let rare = [
        (Fault::new(Kind::MissingRows(random.u32(1..20))), 8),
        (Fault::new(Kind::RepeatedRows(random.u32(1..20))), 8),
        (Fault::new(Kind::EarlyNotFound(random.u32(1..4))), 8),
        (Fault::new(Kind::ZeroRows).next(1), 20),
        (Fault::new(Kind::ZeroRowsHeader).next(1), 20),
        (Fault::new(Kind::NeverEnds).next(1), 25),
        (Fault::new(Kind::ExpiredLink).at(Endpoint::Results).next(random.u64(1..3)), 8),
        (Fault::new(Kind::ShortLength).at(Endpoint::Results).next(1), 12),
        (Fault::new(Kind::TruncatedBody).at(Endpoint::Fetch).next(1), 25),
        (Fault::new(Kind::ClockSkew(random.i64(-90_000..90_000))), 12),
        (Fault::new(Kind::ResetAfter).at(Endpoint::Submit).next(1), 6),
        (Fault::new(Kind::ResetBefore).at(Endpoint::Submit).next(1), 6),
        (Fault::new(Kind::BadGatewayAfter).at(Endpoint::Submit).next(1), 12),
        (Fault::new(Kind::TooManyRequests { retry_after: Some(1) }).at(Endpoint::Submit).next(1), 12),
        (Fault::new(Kind::HtmlUnavailable).at(Endpoint::Status).next(2), 12),
        (Fault::new(Kind::SlowBody(Duration::from_millis(20))).at(Endpoint::Results), 10),
    ];
    for (fault, one_in) in rare {
        if random.u8(..one_in) == 0 {
            faults = faults.with(fault);
        }
    }
    faults
}
