//! The diff and the compiler agree.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use van_bulk_codegen::diff::{Diff, Use};
use van_bulk_prove::{diff, report::Report, types::Options};

fn number(name: &str, otherwise: usize) -> usize {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

/// The tests share a folder, so that the runtime is compiled once.
static FOLDER: Mutex<()> = Mutex::new(());

fn prove(cases: usize, tell: impl Fn(&mut Diff)) -> (u64, Report) {
    let _alone = FOLDER.lock().unwrap_or_else(PoisonError::into_inner);
    let options = options(cases);
    (options.seed, diff::prove_of(&options, tell).unwrap())
}

fn options(cases: usize) -> Options {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    Options {
        seed: number("PROVE_SEED", 1) as u64,
        cases: number("PROVE_CASES", cases),
        overrides: number("PROVE_OVERRIDES", 1) == 1,
        runtime: root.join("runtime"),
        lock: root.join("Cargo.lock"),
        folder: root.join("target/prove/test-diff"),
    }
}

#[test]
fn a_program_stops_compiling_exactly_when_the_diff_says_that_a_change_breaks_it() {
    let (seed, report) = prove(6, |_| ());
    println!("seed {seed}\n{report}");
    assert!(report.disagreements.is_empty(), "seed {seed}\n{report}");
}

#[test]
fn a_diff_that_leaves_out_what_breaks_is_found_out() {
    let (_, report) = prove(2, |diff| diff.changes.clear());
    assert!(
        report.to_string().contains("the diff says nothing, but the program does not compile any more"),
        "{report}"
    );
}

#[test]
fn a_diff_that_says_of_anything_that_it_breaks_is_found_out() {
    let (_, report) = prove(2, |diff| {
        for change in &mut diff.changes {
            change.breaks.extend(change.place.mapping_type.clone().map(Use::Builder));
            change.silent = false;
        }
    });
    assert!(
        report.to_string().contains("the diff says that this program breaks, but it compiles"),
        "{report}"
    );
}
