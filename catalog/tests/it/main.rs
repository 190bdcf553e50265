//! Tests of the catalogue in a real browser. Without one they pass and say `SKIPPED`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "clippy.toml allows them in test functions, not in their helpers"
)]

mod browser;
mod exports;
mod header;
mod jobs;
mod page;
mod pages;
mod rules;
