//! `cargo xtask bench compile`: what the compiler takes for the generated crate, beside other builders of the same fields.

mod chain;
pub(in crate::bench) mod contenders;

use std::path::{Path, PathBuf};

use serde_json::json;

use super::core::callgrind;
use super::core::charts::Chart;
use super::core::results::Results;
use super::core::samples::{Ratio, Samples, ratio};
use super::core::schema::Schema;
use super::core::tools::{self, Tools};
use super::core::turns::{Contender, take_turns};
use super::core::workspaces::{Step, Workspace};
use contenders::Design;

/// Runs the group.
pub(super) fn run(tools: &Tools, quick: bool) -> miette::Result<Results> {
    let mut results = Results::default();
    results.version("rustc", tools::first_line("rustc", "-V").trim_start_matches("rustc "));
    for design in [Design::Bon, Design::TypedBuilder, Design::DeriveBuilder] {
        if let Some((name, version)) = design.version() {
            results.version(name, version);
        }
    }
    let bench = Bench { folder: tools.folder().join("compile"), rounds: if quick { 3 } else { 9 } };
    instructions(&bench, tools, &mut results)?;
    for mappings in if quick { &[10][..] } else { &[10, 50] } {
        libraries(&bench, *mappings, &mut results)?;
    }
    growth(&bench, &mut results)?;
    programs(&bench, &mut results)?;
    chains(&bench.folder, quick, &mut results)?;
    Ok(results)
}

struct Bench {
    folder: PathBuf,
    rounds: usize,
}

/// A contender: what is built of which workspace.
struct Build {
    name: String,
    workspace: Workspace,
    step: Step,
    package: &'static str,
}

impl Bench {
    fn build(
        &self,
        design: Design,
        schema: Schema,
        step: Step,
        package: &'static str,
    ) -> miette::Result<Build> {
        let workspace = design.workspace(schema, &self.folder)?;
        Ok(Build { name: design.name().to_owned(), workspace, step, package })
    }

    /// Times builds of one package each, without what cargo takes where nothing has changed.
    fn time(&self, what: &str, builds: &[Build]) -> miette::Result<Vec<Samples>> {
        for build in builds {
            println!("preparing {what}, {} ...", build.name);
            // Its dependencies are compiled now, and itself for the first time.
            build.workspace.cargo(build.step, build.package)?;
        }
        let mut contenders = Vec::new();
        for build in builds {
            let Build { name, workspace, step, package } = build;
            contenders.push(Contender::new("nothing", || workspace.cargo(*step, package)));
            contenders.push(Contender::with_samples(name.clone(), |samples| {
                workspace.touch(package)?;
                super::core::turns::time(samples, || workspace.cargo(*step, package))
            }));
        }
        let samples = take_turns(what, contenders, self.rounds)?;
        Ok(samples.chunks(2).map(|pair| pair[1].without(&pair[0])).collect())
    }
}

/// K1: the library alone.
fn libraries(bench: &Bench, mappings: u64, results: &mut Results) -> miette::Result<()> {
    let schema = Schema::new(mappings, 60);
    let designs = [Design::Ours, Design::Plain, Design::Bon, Design::TypedBuilder, Design::DeriveBuilder];
    let builds = designs
        .into_iter()
        .map(|design| bench.build(design, schema, Step::Check, "lib"))
        .collect::<miette::Result<Vec<_>>>()?;
    let what = format!("checking {mappings} mapping types of 60 fields");
    let samples = bench.time(&what, &builds)?;
    if let [ours, plain, bon, typed_builder, derive_builder] = samples.as_slice() {
        let key = |other: &str| format!("K1.{mappings}.{other}");
        results.target(&key("plain"), ours.time_beside(plain));
        results.target(&key("bon"), bon.time_beside(ours));
        results.target(&key("typed-builder"), typed_builder.time_beside(ours));
        let what = format!("check {mappings} x 60, derive_builder : ours");
        results.figure(&key("derive_builder"), what, derive_builder.time_beside(ours));
    }
    results
        .charts
        .push(Chart::of_seconds(format!("cargo check, {mappings} mapping types of 60 fields"), &samples));
    results.measured(&what, &samples);
    Ok(())
}

/// K1 in instructions of the compiler, which do not depend on what else the machine does.
fn instructions(bench: &Bench, tools: &Tools, results: &mut Results) -> miette::Result<()> {
    if !callgrind::is_here() {
        results.note("NOT MEASURED: instructions of the compiler; there is no program `valgrind` here");
        return Ok(());
    }
    let mut counts = Vec::new();
    for design in [Design::Ours, Design::Plain, Design::DeriveBuilder, Design::Bon] {
        println!("counting the compiler's instructions, {} ...", design.name());
        let workspace = design.workspace(Schema::new(10, 60), &bench.folder)?;
        workspace.cargo(Step::Check, "lib")?;
        counts.push((design.name(), callgrind::count_check(tools, &workspace)?));
    }
    if let [(_, ours), (_, plain), _, (_, bon)] = counts.as_slice() {
        let what = "instructions of checking 10 x 60, ours : plain setters";
        results.figure("K1.10.plain.instructions", what, Ratio::exact(ratio(*ours, *plain)));
        let what = "instructions of checking 10 x 60, bon : ours";
        results.figure("K1.10.bon.instructions", what, Ratio::exact(ratio(*bon, *ours)));
    }
    let chart = Chart::new("instructions of cargo check, 10 mapping types of 60 fields", "M");
    let millions = |count: u64| Ratio::exact(ratio(count, 1_000_000));
    results.charts.push(counts.iter().fold(chart, |chart, (name, count)| chart.bar(*name, millions(*count))));
    results.measured.push(json!({ "what": "instructions of checking 10 x 60", "counts": counts }));
    Ok(())
}

/// K2: one mapping type that grows.
fn growth(bench: &Bench, results: &mut Results) -> miette::Result<()> {
    let mut builds = Vec::new();
    for fields in [60, 120, 300] {
        for design in [Design::Ours, Design::Bon] {
            let mut build = bench.build(design, Schema::new(1, fields), Step::Check, "lib")?;
            build.name = format!("{}, {fields} fields", design.name());
            builds.push(build);
        }
    }
    let samples = bench.time("checking one mapping type", &builds)?;
    if let [ours_60, bon_60, _, _, ours_300, bon_300] = samples.as_slice() {
        results.target("K2.ours", ours_300.time_beside(ours_60));
        results.figure(
            "K2.bon",
            "check one mapping, 300 fields : 60 fields, bon",
            bon_300.time_beside(bon_60),
        );
    }
    let mut sorted = samples.clone();
    sorted.sort_by_key(|samples| !samples.name.starts_with("ours"));
    results.charts.push(Chart::of_seconds("cargo check, one mapping type", &sorted));
    results.measured("checking one mapping type", &samples);
    Ok(())
}

/// K3: a program that calls every setter.
fn programs(bench: &Bench, results: &mut Results) -> miette::Result<()> {
    let schema = Schema::new(10, 60);
    for (step, key, how) in
        [(Step::Check, "K3.check", "cargo check"), (Step::Release, "K3.release", "cargo build --release")]
    {
        let builds = [Design::Ours, Design::Plain, Design::Bon]
            .into_iter()
            .map(|design| bench.build(design, schema, step, "program"))
            .collect::<miette::Result<Vec<_>>>()?;
        let what = format!("{how} of a program that calls every setter");
        let samples = bench.time(&what, &builds)?;
        if let [ours, plain, bon] = samples.as_slice() {
            results.target(key, ours.time_beside(plain));
            let what = format!("{how} of the program, bon : ours");
            results.figure(&format!("{key}.bon"), what, bon.time_beside(ours));
        }
        results.charts.push(Chart::of_seconds(what.clone(), &samples));
        results.measured(&what, &samples);
    }
    Ok(())
}

/// K4: the longest chain.
#[allow(clippy::cast_precision_loss, reason = "chains have thousands of setters, not trillions")]
fn chains(folder: &Path, quick: bool, results: &mut Results) -> miette::Result<()> {
    let ours: &[u64] = if quick { &[2_000] } else { &[120, 130, 500, 2_000, 4_000] };
    let ours = chain::longest(Design::Ours, ours, folder)?;
    let bon = chain::longest(Design::Bon, &[60, 120, 130, 500], folder)?;
    results.target("K4.ours", Ratio::exact(ours as f64));
    results.figure("K4.bon", "the same, bon", Ratio::exact(bon as f64));
    Ok(())
}
