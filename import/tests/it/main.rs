//! The parts of this crate against real files and real HTTP on loopback.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "clippy.toml allows them in test functions, not in their helpers"
)]

mod blocking;
mod discovery;
mod download;
mod failures;
mod jobs;
mod limits;
mod modes;
mod results;
mod retries;
mod rows;
mod secrets;
mod server;
mod spans;
mod upload;
mod waiting;
