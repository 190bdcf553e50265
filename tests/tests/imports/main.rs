//! Whole imports with a ledger: to their end, and stopped at any moment.

#![allow(clippy::panic, clippy::unwrap_used, reason = "helpers of tests")]

mod full_disk;
mod ledger;
mod outcome;
mod packing;
mod repeated;
mod stopped;
mod support;
mod unknown;
mod whole;
