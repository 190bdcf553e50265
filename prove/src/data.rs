//! The rules and their naive twin, over random jobs.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};
use van_bulk_schema::payload::Payload;
use van_bulk_schema::{Schema, Severity, rules};

use crate::job::{self, Job};
use crate::mistake::{self, Mistake};
use crate::naive;
use crate::report::Report;
use crate::rng::Rng;
use crate::world::World;

/// How many jobs are tried for each schema.
pub const JOBS: usize = 8;
/// How many random changes of each job are tried.
const CHANGED: usize = 6;

/// A random schema, with random jobs.
#[derive(Debug, Clone)]
pub struct Case {
    /// The schema.
    pub world: World,
    /// Jobs that keep every rule.
    pub good: Vec<Job>,
    /// Jobs that each break one.
    pub bad: Vec<Mistake>,
}

impl Case {
    /// The case of this number, with overrides of its schema or without.
    pub fn new(seed: u64, number: usize, overrides: bool) -> Self {
        let mut rng = Rng::part(seed, number);
        let world = if overrides { World::with_overrides(&mut rng) } else { World::random(&mut rng) };
        let names = mapping_types(&world);
        let mut good = Vec::new();
        let mut bad = Vec::new();
        for _ in 0..JOBS {
            if let Some(job) = job::random(&mut rng, &world, &names) {
                bad.extend(mistake::all(&mut rng, &world, &job));
                good.push(job);
            }
        }
        Self { world, good, bad }
    }
}

fn mapping_types(world: &World) -> Vec<String> {
    world.mapping_types.iter().filter_map(|mapping| Some(mapping["name"].as_str()?.to_owned())).collect()
}

/// Every rule that makes VAN refuse a job, with its place, as the rules see it.
pub fn errors(schema: &Schema, payload: &Payload) -> BTreeSet<(String, String)> {
    let findings = rules::check(schema, payload);
    let errors = findings.iter().filter(|finding| finding.severity == Severity::Error);
    errors.map(|finding| (finding.code.replace("payload::", ""), finding.path())).collect()
}

fn naive_errors(world: &World, job: &Json) -> BTreeSet<(String, String)> {
    naive::check(world, job).into_iter().map(|broken| (broken.rule.to_owned(), broken.path)).collect()
}

/// Compares the rules with their naive twin over every job of a case, as it is and changed.
pub fn prove(seed: u64, number: usize, case: &Case) -> Report {
    let mut report = Report::default();
    let mut rng = Rng::part(seed ^ 0xda7a, number);
    let (snapshot, findings) = case.world.snapshot();
    report.count("schemas");
    if !findings.is_empty() {
        let what = format!("a schema that should be good has errors: {findings:?}");
        report.disagree("generator and validation", what, shown_world(&case.world));
        return report;
    }
    let schema = &snapshot.schema;
    let compare = |report: &mut Report, job: &Json, expected: Option<&str>| {
        // As it is read, and written again: reading is lenient.
        let Ok(payload) = serde_json::from_value::<Payload>(job.clone()) else { return };
        let job = json!(payload);
        report.count("jobs: rules and naive rules");
        let ours = errors(schema, &payload);
        let naive = naive_errors(&case.world, &job);
        if ours != naive {
            let only_ours: Vec<_> = ours.difference(&naive).collect();
            let only_naive: Vec<_> = naive.difference(&ours).collect();
            let what = format!("only the rules: {only_ours:?}\nonly the naive rules: {only_naive:?}");
            report.disagree("rules and naive rules", what, shown(number, &case.world, &job));
        }
        if let Some(expected) = expected
            && ours.iter().any(|(rule, _)| rule != expected)
        {
            let what = format!("expected only {expected:?}, found {ours:?}");
            report.disagree("rules and what the change should break", what, shown(number, &case.world, &job));
        }
        if expected.is_some_and(|expected| !expected.is_empty() && ours.is_empty()) {
            let what = format!("expected {expected:?}, found nothing");
            report.disagree("rules and what the change should break", what, shown(number, &case.world, &job));
        }
    };
    for job in &case.good {
        report.count("good jobs");
        compare(&mut report, &job.json(), Some(""));
        for (rule, edited) in mistake::edits(&mut rng, &job.json()) {
            report.count(if rule.is_empty() { "jobs changed harmlessly" } else { "jobs broken by an edit" });
            compare(&mut report, &edited, None);
            if !rule.is_empty() {
                let found = naive_errors(&case.world, &edited);
                if !found.iter().any(|(code, _)| code == rule) {
                    let what = format!("the edit should break {rule}, found {found:?}");
                    report.disagree("naive rules and edits", what, shown(number, &case.world, &edited));
                }
            }
        }
        for longer in with_longer_texts(&case.world, job) {
            report.count("jobs with a static value that is too long");
            compare(&mut report, &longer, None);
        }
        for _ in 0..CHANGED {
            compare(&mut report, &mistake::chaos(&mut rng, &job.json()), None);
        }
    }
    for bad in &case.bad {
        report.count(match bad.kind.rule() {
            Some(_) => "jobs broken by one rule",
            None => "jobs that only types refuse",
        });
        compare(&mut report, &bad.job.json(), bad.kind.rule());
    }
    let names = mapping_types(&case.world);
    for _ in 0..JOBS {
        if let Some(job) = job::by_name(&mut rng, &case.world, &names) {
            report.count("jobs by name");
            compare(&mut report, &job.json(), Some(""));
            compare(&mut report, &mistake::chaos(&mut rng, &job.json()), None);
        }
    }
    report
}

/// The job with each static value whose length is bounded made a character longer than that.
fn with_longer_texts(world: &World, job: &Job) -> Vec<Json> {
    let mut made = Vec::new();
    for (index, mapping) in job.mappings.iter().enumerate() {
        for (place, filled) in mapping.fields.iter().enumerate() {
            let key = (mapping.name.clone(), filled.field.clone());
            let Some(most) = world.overrides.max_characters.get(&key) else { continue };
            let mut longer = job.json();
            let at = format!("/actions/0/mappingTypes/{index}/fieldValueMappings/{place}/staticValue");
            if let Some(value) = longer.pointer_mut(&at).filter(|value| value.is_string()) {
                *value = json!("é".repeat(most + 1));
                made.push(longer);
            }
        }
    }
    made
}

/// What is needed to see a case again: the mapping types that the job names, and the job.
pub fn shown(number: usize, world: &World, job: &Json) -> String {
    let mut used =
        World { resources: world.resources.clone(), overrides: world.overrides.clone(), ..World::default() };
    let mappings = job["actions"][0]["mappingTypes"].as_array().into_iter().flatten();
    let names: BTreeSet<&str> = mappings.filter_map(|mapping| mapping["name"].as_str()).collect();
    for mapping in &world.mapping_types {
        if mapping["name"].as_str().is_some_and(|name| names.contains(name)) {
            used.mapping_types.push(mapping.clone());
        }
    }
    for (key, list) in &world.values {
        if names.contains(key.0.as_str()) {
            used.values.insert(key.clone(), list.clone());
        }
    }
    format!("case {number}\njob: {job}\n{}", shown_world(&used))
}

fn shown_world(world: &World) -> String {
    let mut text = format!("resources: {}\n", json!(world.resources));
    for mapping in &world.mapping_types {
        text.push_str(&format!("mapping type: {mapping}\n"));
    }
    if world.overrides != crate::world::Overrides::default() {
        text.push_str(&format!("overrides: {:?}\n", world.overrides));
    }
    for ((mapping, field), list) in &world.values {
        text.push_str(&format!("values of {mapping}.{field}: {}\n", json!(list)));
    }
    text
}
