//! The diff and the compiler: programs that compile with the builders of a random schema stop compiling with those of a changed
//! one exactly when the diff says so.
//!
//! Each program does as little as it can beside one thing: a field filled from one source, a value, a field filled in a branch
//! or twice; and some are whole random jobs. The diff says of each breaking change what programs can no longer do; a program
//! that does it must not compile, and any other must.

mod mutate;
mod programs;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value as Json;
use van_bulk_codegen::diff::{Change, Diff, Verdict, diff};
use van_bulk_codegen::{CrateConfig, Files, generate};
use van_bulk_schema::snapshot::{NAMES_LOCK, PROFILE};
use van_bulk_schema::{Severity, Snapshot};

use crate::ProveError;
use crate::program::Builders;
use crate::report::Report;
use crate::rng::Rng;
use crate::types::{Options, cargo, line, rendered, structs, write};
use crate::world::World;
use programs::Program;

/// How many schemas share a generated crate.
const BATCH: usize = 25;

/// What programs call the generated crate, whichever it is.
const CRATE: &str = "mappings";

/// A schema before and after, and programs for the one before.
struct Batch {
    number: usize,
    old: Files,
    new: Files,
    diff: Diff,
    programs: Vec<Program>,
    /// What was changed in each mapping type's schema.
    changed: BTreeMap<String, Vec<&'static str>>,
}

/// Compares random schemas with changed ones, and compiles programs with the builders of both.
///
/// # Errors
/// When files cannot be written or Cargo cannot be run.
pub fn prove(options: &Options) -> Result<Report, ProveError> {
    prove_of(options, |_| ())
}

/// Like [`prove`], but of what becomes of each diff when it was told something else: so that tests can see whether a wrong diff
/// is found out.
///
/// # Errors
/// As [`prove`].
pub fn prove_of(options: &Options, tell: impl Fn(&mut Diff)) -> Result<Report, ProveError> {
    let mut report = Report::default();
    let mut batches = Vec::new();
    for first in (0..options.cases).step_by(BATCH) {
        let cases = first..(first + BATCH).min(options.cases);
        if let Some(mut batch) = batch(options, first / BATCH, cases, &mut report)? {
            tell(&mut batch.diff);
            batches.push(batch);
        }
    }
    let folder = options.folder.join("diff");
    let target = options.folder.join("target");
    write_crates(&folder, options, &batches)?;
    let broken = compile(&folder, &target, &batches)?;
    for batch in &batches {
        judge(batch, &broken, options.seed, &mut report);
    }
    Ok(report)
}

fn batch(
    options: &Options,
    number: usize,
    cases: std::ops::Range<usize>,
    report: &mut Report,
) -> Result<Option<Batch>, ProveError> {
    let mut rng = Rng::part(options.seed ^ 0xd1ff, number);
    let random = if options.overrides { World::with_overrides } else { World::random };
    let (mut before, mut after, mut done) = (Vec::new(), Vec::new(), Vec::new());
    for case in cases {
        let world = random(&mut Rng::part(options.seed, case));
        let (mutated, what) = mutate::mutated(&mut rng, &world);
        for what in &what {
            report.count(what);
        }
        report.count("pairs of schemas");
        before.push(world);
        after.push(mutated);
        done.push(what);
    }
    let (old_world, names) = World::merged(&before);
    let (mut new_world, _) = World::merged(&after);
    let changed: BTreeMap<String, Vec<&'static str>> = names
        .iter()
        .zip(&done)
        .flat_map(|(names, done)| names.iter().map(move |name| (name.clone(), done.clone())))
        .collect();
    remove_something(&mut rng, &mut new_world);
    let mode = |mode: &str| (PROFILE.to_owned(), format!("{{\"mode\": \"{mode}\"}}"));
    let mut old_documents = old_world.documents();
    old_documents.extend([mode("my-voters")]);
    let (old, findings) = Snapshot::parse(old_documents);
    let Some(old_generated) = generated(&old, &findings, format!("old{number}"), report)? else {
        return Ok(None);
    };
    let mut new_documents = new_world.documents();
    new_documents.extend([mode(if number % 5 == 4 { "my-campaign" } else { "my-voters" })]);
    // Whoever loses the file gets names that are given anew.
    if number % 4 != 3 {
        new_documents.insert(NAMES_LOCK.to_owned(), old_generated.names_lock.clone());
    }
    let (new, findings) = Snapshot::parse(new_documents);
    let Some(new_generated) = generated(&new, &findings, format!("new{number}"), report)? else {
        return Ok(None);
    };
    let diff = match diff(&old, &new) {
        Ok(diff) => diff,
        Err(error) => {
            report.disagree("generator and diff", error.to_string(), format!("batch {number}"));
            return Ok(None);
        }
    };
    let program = van_bulk_codegen::resolve(&old, &mut van_bulk_codegen::NamesLock::default());
    let structs = structs(&program, &old_generated.files);
    let builders = Builders { name: CRATE, program: &program, structs, world: &old_world };
    let programs = programs::all(&mut rng, &builders, &names, &diff);
    let (old, new) = (old_generated.files, new_generated.files);
    Ok(Some(Batch { number, old, new, diff, programs, changed }))
}

/// Takes a mapping type out, and sometimes a resource type.
fn remove_something(rng: &mut Rng, world: &mut World) {
    if world.mapping_types.len() > 1 {
        let gone = world.mapping_types.remove(rng.below(world.mapping_types.len()));
        let gone = gone["name"].as_str().unwrap_or_default();
        world.values.retain(|(mapping, _), _| mapping != gone);
        world.overrides.remove(gone);
    }
    if rng.chance(30)
        && let Some(resource) = rng.pick(&world.resources).cloned()
    {
        world.resources.retain(|known| *known != resource);
        for mapping in &mut world.mapping_types {
            if let Some(resources) = mapping["resourceTypes"].as_array_mut() {
                resources.retain(|known| known != resource.as_str());
            }
        }
    }
}

fn generated(
    snapshot: &Snapshot,
    findings: &[van_bulk_schema::Finding],
    package: String,
    report: &mut Report,
) -> Result<Option<van_bulk_codegen::Generated>, ProveError> {
    let errors: Vec<_> = findings.iter().filter(|finding| finding.severity == Severity::Error).collect();
    if !errors.is_empty() {
        report.disagree("generator and validation", format!("{errors:?}"), package);
        return Ok(None);
    }
    let config = CrateConfig {
        runtime: "{ workspace = true }".to_owned(),
        ..CrateConfig::new(package, "a random schema")
    };
    Ok(Some(generate(snapshot, &config)?))
}

/// The programs of these numbers as the text of a crate, and the first line of each.
fn source(batch: &Batch, left: &BTreeSet<usize>) -> (String, Vec<(usize, usize)>) {
    let mut text = "#![allow(unused, uncommon_codepoints, mixed_script_confusables)]\n".to_owned();
    let mut line = text.lines().count() + 1;
    let mut lines = Vec::new();
    for index in left {
        lines.push((line, *index));
        line += batch.programs[*index].text.lines().count();
        text.push_str(&batch.programs[*index].text);
    }
    (text, lines)
}

/// The crate of a batch's programs with the builders before or after.
fn name(batch: &Batch, after: bool) -> String {
    format!("{}{}", if after { "after" } else { "before" }, batch.number)
}

fn write_crates(folder: &Path, options: &Options, batches: &[Batch]) -> Result<(), ProveError> {
    if folder.exists() {
        std::fs::remove_dir_all(folder).map_err(ProveError::io(format!("remove {}", folder.display())))?;
    }
    let mut members = Vec::new();
    for batch in batches {
        for (after, kind, files) in [(false, "old", &batch.old), (true, "new", &batch.new)] {
            let builders = format!("{kind}{}", batch.number);
            files.write(&folder.join(&builders))?;
            let name = name(batch, after);
            let manifest = format!(
                "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\npublish = false\n\n[dependencies]\n\
                 van-bulk = {{ workspace = true }}\n{CRATE} = {{ package = \"{builders}\", path = \"../{builders}\" }}\n"
            );
            write(&folder.join(&name).join("Cargo.toml"), &manifest)?;
            let all = (0..batch.programs.len()).collect();
            write(&folder.join(&name).join("src/lib.rs"), &source(batch, &all).0)?;
            members.extend([format!("{builders:?}"), format!("{name:?}")]);
        }
    }
    let manifest = format!(
        "[workspace]\nresolver = \"3\"\nmembers = [{}]\n\n[workspace.dependencies]\n\
         van-bulk = {{ path = {:?}, default-features = false }}\n\n[profile.dev]\ndebug = false\nincremental = false\n",
        members.join(", "),
        options.runtime.display().to_string()
    );
    write(&folder.join("Cargo.toml"), &manifest)?;
    let lock = std::fs::read_to_string(&options.lock)
        .map_err(ProveError::io(format!("read {}", options.lock.display())))?;
    write(&folder.join("Cargo.lock"), &lock)
}

/// What the compiler says to the programs that it refuses, by crate and number of the program; what it says to no program
/// stands at the number after the last.
type Broken = BTreeMap<(String, usize), String>;

/// Compiles all programs, then again those that had no errors, until there are none: errors of one kind can keep the compiler
/// from looking for those of another.
fn compile(folder: &Path, target: &Path, batches: &[Batch]) -> Result<Broken, ProveError> {
    const MOST_ROUNDS: usize = 8;
    let mut broken = Broken::new();
    for _ in 0..MOST_ROUNDS {
        let messages = cargo(&["check", "--workspace"], folder, target)?;
        let mut found = Broken::new();
        for batch in batches {
            for after in [false, true] {
                let krate = name(batch, after);
                let left = left(batch, &krate, &broken);
                let (_, lines) = source(batch, &left);
                let builders = format!("{}{}", if after { "new" } else { "old" }, batch.number);
                let of = |krate: &String| messages.get(krate).into_iter().flatten();
                if let Some(first) = of(&builders).next() {
                    found.insert((krate.clone(), batch.programs.len()), rendered(first));
                }
                for message in of(&krate).filter(|message| has_place(message)) {
                    let at = line(message, &format!("{krate}/src/lib.rs")).unwrap_or(0);
                    let program = lines.iter().rev().find(|(first, _)| *first <= at).map(|(_, index)| *index);
                    let program = program.unwrap_or(batch.programs.len());
                    found.entry((krate.clone(), program)).or_insert_with(|| rendered(message));
                }
                let rest = left.into_iter().filter(|index| !found.contains_key(&(krate.clone(), *index)));
                write(&folder.join(&krate).join("src/lib.rs"), &source(batch, &rest.collect()).0)?;
            }
        }
        if found.is_empty() {
            break;
        }
        broken.extend(found);
    }
    Ok(broken)
}

fn has_place(message: &Json) -> bool {
    message["spans"].as_array().is_some_and(|spans| !spans.is_empty())
}

/// The programs of a crate in which no error was found.
fn left(batch: &Batch, krate: &str, broken: &Broken) -> BTreeSet<usize> {
    (0..batch.programs.len()).filter(|index| !broken.contains_key(&(krate.to_owned(), *index))).collect()
}

fn judge(batch: &Batch, broken: &Broken, seed: u64, report: &mut Report) {
    let mut shown: BTreeSet<usize> = BTreeSet::new();
    for after in [false, true] {
        if let Some(said) = broken.get(&(name(batch, after), batch.programs.len())) {
            let what = format!("an error in no program: {said}");
            report.disagree("generator and compiler", what, format!("seed {seed}, batch {}", batch.number));
            return;
        }
    }
    for (index, program) in batch.programs.iter().enumerate() {
        report.count("programs compiled with the builders of both schemas");
        let said = |after| broken.get(&(name(batch, after), index));
        if let Some(said) = said(false) {
            let what = format!("the program does not compile with the old builders: {said}");
            report.disagree("programs and compiler", what, case(batch, program, seed));
            continue;
        }
        let changes: Vec<(usize, &Change)> = batch
            .diff
            .changes
            .iter()
            .enumerate()
            .filter(|(_, change)| change.breaks.iter().any(|broken| program.makes(broken)))
            .collect();
        match (changes.is_empty(), said(true)) {
            (true, None) => report.count("programs that still compile, as the diff says"),
            (false, Some(_)) => {
                report.count("programs that stop compiling, as the diff says");
                shown.extend(changes.iter().map(|(index, _)| *index));
            }
            (false, None) if changes.iter().any(|(_, change)| change.silent) => {
                report.count("programs that compile and mean something else, as the diff says");
                shown.extend(changes.iter().filter(|(_, change)| change.silent).map(|(index, _)| *index));
            }
            (false, None) => {
                let said: Vec<String> = changes
                    .iter()
                    .map(|(_, change)| format!("{}: {} {:?}", change.place, change.what, change.breaks))
                    .collect();
                let what =
                    format!("the diff says that this program breaks, but it compiles: {}", said.join("\n"));
                report.disagree("diff and compiler", what, case(batch, program, seed));
            }
            (true, Some(said)) => {
                let what =
                    format!("the diff says nothing, but the program does not compile any more: {said}");
                report.disagree("diff and compiler", what, case(batch, program, seed));
            }
        }
    }
    for (index, change) in batch.diff.changes.iter().enumerate() {
        match (change.verdict, shown.contains(&index)) {
            (Verdict::Breaking, true) => report.count("breaking changes that a program shows"),
            (Verdict::Breaking, false) => report.count("breaking changes that no program here shows"),
            _ => report.count("other changes"),
        }
    }
}

/// What is needed to see a disagreement again.
fn case(batch: &Batch, program: &Program, seed: u64) -> String {
    let mapping = program.mapping();
    let of_mapping = |change: &&Change| change.place.mapping_type.as_deref().is_none_or(|of| of == mapping);
    let told: Vec<String> = batch
        .diff
        .changes
        .iter()
        .filter(of_mapping)
        .map(|change| format!("  {} {:?} {}: {}", change.verdict, change.kind, change.place, change.what))
        .collect();
    format!(
        "seed {seed}, batch {}; changed: {:?}\n{}\nthe diff says of it:\n{}",
        batch.number,
        batch.changed.get(mapping),
        program.text,
        told.join("\n")
    )
}
