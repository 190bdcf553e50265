//! The diff and the compiler agree.

use std::path::Path;

use van_bulk_prove::{diff, types::Options};

fn number(name: &str, otherwise: usize) -> usize {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

#[test]
fn a_program_stops_compiling_exactly_when_the_diff_says_that_a_change_breaks_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let options = Options {
        seed: number("PROVE_SEED", 1) as u64,
        cases: number("PROVE_CASES", 6),
        overrides: number("PROVE_OVERRIDES", 1) == 1,
        runtime: root.join("runtime"),
        lock: root.join("Cargo.lock"),
        folder: root.join("target/prove/test-diff"),
    };
    let report = diff::prove(&options).unwrap();
    println!("seed {}\n{report}", options.seed);
    assert!(report.disagreements.is_empty(), "seed {}\n{report}", options.seed);
}
