//! Proof that types, rules and emulator agree, over random schemas and jobs that one number reproduces.
//!
//! - [`world`] makes random schemas, [`job`] random jobs that keep every rule, [`mistake`] jobs that break one.
//! - [`naive`] says the rules a second time, as simply as they can be said.
//! - [`data`] compares the rules with the naive ones, [`over_http`] the emulator with both, and [`types`] the compiler:
//!   [`program`] turns jobs into programs on generated builders.
//! - [`diff`] changes random schemas, and compiles programs before and after.
//! - [`mutants`] takes one rule after the other out of the engine and sees whether a test or a proof notices.

pub mod data;
pub mod diff;
mod error;
pub mod job;
pub mod mistake;
pub mod mutants;
pub mod naive;
pub mod over_http;
pub mod program;
pub mod report;
pub mod rng;
pub mod types;
pub mod world;

pub use error::ProveError;

/// Proves everything for `options.cases` random schemas: rules against naive rules, emulator against rules, types against
/// rules.
///
/// # Errors
/// When a proof could not be made; disagreements are in the report.
pub async fn prove(options: &types::Options) -> Result<report::Report, ProveError> {
    let mut report = report::Report::default();
    for number in 0..options.cases {
        let case = data::Case::new(options.seed, number, options.overrides);
        report.add(data::prove(options.seed, number, &case));
        report.add(over_http::prove(options.seed, number, &case).await?);
    }
    report.add(types::prove(options)?);
    Ok(report)
}
