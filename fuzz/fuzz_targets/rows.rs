//! `cargo +nightly fuzz run rows`: any bytes as a file of rows.

#![no_main]

#[path = "../property.rs"]
mod property;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| property::holds(bytes));
