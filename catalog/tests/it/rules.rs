//! What the page says of a job is what the lint says of its payload.
//!
//! The page states the rules once more, in JavaScript: over random jobs, it must find exactly the mistakes and doubts that
//! `van_bulk_schema::rules` finds, each as often. `CATALOG_SEED` makes a run again.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use van_bulk_schema::payload::Payload;
use van_bulk_schema::{Schema, Severity, rules};

use crate::browser::Browser;
use crate::{jobs, pages};

const CASES: usize = 1500;

/// What jobs over any of the snapshots do wrong.
const COMMON: &[&str] = &[
    "blank-column",
    "blank-static-value",
    "column-count",
    "description",
    "duplicate-column",
    "duplicate-source-value",
    "file-name",
    "no-mapping-types",
    "parent-not-mapped",
    "required-field",
    "result-file-size",
    "single-twice",
    "source-url",
    "static-only",
    "type-twice",
    "unknown-column",
    "unknown-resource-type",
    "unknown-result-column",
    "unknown-static-value",
    "unknown-target-value",
    "unused-column",
    "wrong-resource-type",
];

/// The codes of problems, sorted, each with whether it is an error.
type Codes = Vec<(String, bool)>;

/// What the lint says of a payload.
fn lint(schema: &Schema, payload: &Payload) -> Codes {
    let findings = rules::check(schema, payload);
    let codes = findings.iter().map(|finding| (finding.code.to_owned(), finding.severity == Severity::Error));
    sorted(codes.collect())
}

fn sorted(mut codes: Codes) -> Codes {
    codes.sort();
    codes
}

/// Loads every job into the composer; what it says of each, and the payload as it stands.
async fn composed(browser: &Browser, jobs: &[Value]) -> Vec<Value> {
    let script = "return arguments[0].map((job) => {
        vanBulkComposer.load(job);
        return { problems: vanBulkComposer.problems(), payload: vanBulkComposer.payload(),
                 listed: document.querySelectorAll('#missing li').length, exported: !document.getElementById('exports').hidden };
    });";
    browser.js(script, json!(jobs)).await.as_array().unwrap().clone()
}

async fn agree(page: &std::path::Path, schema: &Schema, rare: &[&str]) {
    let Some(browser) = Browser::start().await else { return };
    browser.open(page).await;
    let seed = std::env::var("CATALOG_SEED")
        .ok()
        .and_then(|seed| seed.parse().ok())
        .unwrap_or_else(|| fastrand::u64(..));
    println!("CATALOG_SEED={seed}");
    let mut rng = fastrand::Rng::with_seed(seed);
    let (mut good, mut bad) = (0, 0);
    let mut seen = BTreeSet::new();
    let jobs: Vec<Value> = (0..CASES).map(|_| jobs::random(&mut rng, schema)).collect();
    for some in jobs.chunks(100) {
        for (job, said) in some.iter().zip(composed(&browser, some).await) {
            let payload: Payload = serde_json::from_value(said["payload"].clone()).unwrap();
            let problems = said["problems"].as_array().unwrap();
            let code = |problem: &Value| {
                (problem["code"].as_str().unwrap().to_owned(), problem["isError"].as_bool().unwrap())
            };
            // A mapping that fills nothing is let pass by the lint and refused by the builders.
            let (own, shared): (Codes, Codes) =
                problems.iter().map(code).partition(|(code, _)| code == "page::nothing-filled");
            seen.extend(shared.iter().map(|(code, _)| code.trim_start_matches("payload::").to_owned()));
            assert_eq!(sorted(shared), lint(schema, &payload), "seed {seed}: {job:#}\n{said:#}");
            let fills_nothing = payload.actions[0].mapping_types.iter().filter(|mapping| {
                let has_fields =
                    schema.mapping_type(&mapping.name).is_some_and(|known| !known.fields.is_empty());
                has_fields && mapping.field_value_mappings.is_empty()
            });
            assert_eq!(own.len(), fills_nothing.count(), "seed {seed}: {job:#}");
            // What is listed is what was found, and nothing is exported as long as anything is.
            let errors = problems.iter().filter(|problem| problem["isError"] == true).count();
            assert_eq!(said["listed"], errors, "seed {seed}: {job:#}");
            assert_eq!(said["exported"], errors == 0, "seed {seed}: {job:#}");
            if errors == 0 { good += 1 } else { bad += 1 }
        }
    }
    println!("{good} jobs without and {bad} with mistakes");
    let missed: Vec<&&str> = COMMON.iter().chain(rare).filter(|code| !seen.contains(**code)).collect();
    assert!(missed.is_empty(), "no job broke {missed:?}; seed {seed}");
    assert!(
        good >= CASES / 50 && bad >= CASES / 10,
        "{good} good and {bad} bad jobs show too little; seed {seed}"
    );
    assert_eq!(browser.complaints().await, [""; 0], "seed {seed}");
}

#[tokio::test]
async fn the_page_and_the_lint_agree_on_random_jobs_over_the_sample() {
    agree(
        &pages::sample(),
        &pages::snapshot("snapshots/sample").schema,
        &["key-column", "static-value-too-long"],
    )
    .await;
}

#[tokio::test]
async fn the_page_and_the_lint_agree_on_random_jobs_over_every_rule() {
    agree(
        &pages::every_rule(),
        &pages::snapshot("tests/golden/every_rule/snapshot").schema,
        &["exclusive", "parent-value"],
    )
    .await;
}
