//! How a job remembers, in its type, which mappings it already has that it may have only once.
//!
//! A `Single` mapping type owns one slot. Slots are the leaves of a tree with eight branches at each node, so that a
//! slot's code names at most eight branches a level, however many slots there are. The generator writes, for each slot,
//! the one implementation that takes it.

use std::marker::PhantomData;

/// A slot that no mapping has taken.
pub enum Free {}

/// A slot that a mapping has taken.
pub enum Used {}

/// Eight slots, or eight groups of slots.
pub struct Slots8<A = Free, B = Free, C = Free, D = Free, E = Free, F = Free, G = Free, H = Free>(
    #[allow(clippy::type_complexity, reason = "it only holds the parameters")]
    PhantomData<fn() -> (A, B, C, D, E, F, G, H)>,
);

/// Sixty-four slots.
pub type Slots64 = Slots8<Slots8, Slots8, Slots8, Slots8, Slots8, Slots8, Slots8, Slots8>;

/// Five hundred and twelve slots.
pub type Slots512 = Slots8<Slots64, Slots64, Slots64, Slots64, Slots64, Slots64, Slots64, Slots64>;
