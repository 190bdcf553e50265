//! The emulator over real HTTP.

#![allow(clippy::unwrap_used)] // The helpers of the tests, too, fail by panicking.

mod auth;
mod bare_machine;
mod contacts;
mod discovery;
mod failures;
mod faults;
mod files;
mod jobs;
mod lifecycle;
mod record;
mod restart;
mod rows;
mod submit;
mod support;
