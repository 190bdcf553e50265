//! The rules and their naive twin agree.

use van_bulk_prove::data::{self, Case};
use van_bulk_prove::over_http;
use van_bulk_prove::report::Report;

fn number_of(name: &str, otherwise: usize) -> usize {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

#[test]
fn the_rules_and_their_naive_twin_agree_over_random_jobs() {
    let seed = number_of("PROVE_SEED", 1) as u64;
    let mut report = Report::default();
    for number in 0..number_of("PROVE_CASES", 100) {
        report.add(data::prove(seed, number, &Case::new(seed, number, true)));
    }
    println!("seed {seed}\n{report}");
    assert!(report.disagreements.is_empty(), "seed {seed}\n{report}");
}

#[tokio::test]
async fn the_emulator_refuses_what_the_rules_refuse_and_judges_rows_as_the_naive_rules_do() {
    let seed = number_of("PROVE_SEED", 1) as u64;
    let mut report = Report::default();
    for number in 0..number_of("PROVE_CASES", 30) {
        let case = Case::new(seed, number, number_of("PROVE_OVERRIDES", 1) == 1);
        report.add(over_http::prove(seed, number, &case).await.unwrap());
    }
    println!("seed {seed}\n{report}");
    assert!(report.disagreements.is_empty(), "seed {seed}\n{report}");
}
