//! The types and the rules agree.

use std::path::Path;

use van_bulk_prove::types::{self, Options};

fn number(name: &str, otherwise: usize) -> usize {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

#[test]
fn what_compiles_keeps_the_rules_and_each_mistake_is_one_error_that_names_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let options = Options {
        seed: number("PROVE_SEED", 1) as u64,
        cases: number("PROVE_CASES", 8),
        overrides: number("PROVE_OVERRIDES", 1) == 1,
        runtime: root.join("runtime"),
        lock: root.join("Cargo.lock"),
        folder: root.join("target/prove/test"),
    };
    let report = types::prove(&options).unwrap();
    println!("seed {}\n{report}", options.seed);
    assert!(report.disagreements.is_empty(), "seed {}\n{report}", options.seed);
}
