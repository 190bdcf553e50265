//! `cargo van-bulk import`, `resume`, `status` and `history` as programs of their own, against the emulator.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests")]

#[cfg(unix)]
mod killed;
mod ledgers;
mod places;
mod secrets;
mod shown;
mod support;
mod unknown;
mod whole;
