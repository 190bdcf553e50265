//! The rules of a row: one test a rule.

#![allow(clippy::unwrap_used)] // The helpers of the tests, too, fail by panicking.

mod as_jobs;
mod cells;
mod keys;
mod parents;
mod plans;
mod support;
mod types;
