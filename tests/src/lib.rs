//! Tests across the crates
