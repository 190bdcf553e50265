//! Tests across the crates: payloads, golden crates, whole imports. The README's example is tested here.

#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
