//! Builder core for compile-time-checked NGP VAN / EveryAction bulk imports.

pub mod header;
pub mod payload;
