//! `cargo xtask bench docs`: rustdoc of the generated crate, beside bon's for the same fields and texts.

use super::compile::contenders::Design;
use super::core::charts::Chart;
use super::core::results::Results;
use super::core::samples::{Ratio, Samples, ratio};
use super::core::schema::Schema;
use super::core::tools::{self, Tools};
use super::core::turns::{Contender, take_turns, time};
use super::core::workspaces::{Step, bytes_below};

/// Runs the group.
pub(super) fn run(tools: &Tools, quick: bool) -> miette::Result<Results> {
    let mut results = Results::default();
    results.version("rustdoc", tools::first_line("rustdoc", "-V").trim_start_matches("rustdoc "));
    if let Some((name, version)) = Design::Bon.version() {
        results.version(name, version);
    }
    let folder = tools.folder().join("docs");
    let mut workspaces = Vec::new();
    for design in [Design::Ours, Design::Plain, Design::Bon] {
        println!("preparing pages, {} ...", design.name());
        let workspace = design.workspace(Schema::new(10, 60), &folder)?;
        workspace.cargo(Step::Doc, "lib")?;
        workspaces.push((design, workspace));
    }
    let mut contenders = Vec::new();
    for (design, workspace) in &workspaces {
        contenders.push(Contender::new("nothing", || workspace.cargo(Step::Doc, "lib")));
        contenders.push(Contender::with_samples(design.name(), |samples| {
            workspace.touch("lib")?;
            time(samples, || workspace.cargo(Step::Doc, "lib"))
        }));
    }
    let samples =
        take_turns("rustdoc of 10 mapping types of 60 fields", contenders, if quick { 3 } else { 7 })?;
    let mut samples: Vec<Samples> = samples.chunks(2).map(|pair| pair[1].without(&pair[0])).collect();
    for (samples, (_, workspace)) in samples.iter_mut().zip(&workspaces) {
        samples.bytes = bytes_below(&workspace.pages())?;
    }
    if let [ours, plain, bon] = samples.as_slice() {
        results.target("D1.bytes", ours.size_beside(bon));
        results.target("D1.time", ours.time_beside(bon));
        results.figure("D1.plain.bytes", "bytes of pages, ours : plain setters", ours.size_beside(plain));
        results.figure("D1.plain.time", "time of rustdoc, ours : plain setters", ours.time_beside(plain));
    }
    results.charts.push(Chart::of_seconds("rustdoc of 10 mapping types of 60 fields", &samples));
    let bars = samples.iter().map(|samples| (samples.name.clone(), samples.bytes));
    let chart = Chart::new("its pages", "MB");
    let megabytes = |bytes| Ratio::exact(ratio(bytes, 1_000_000));
    results.charts.push(bars.fold(chart, |chart, (name, bytes)| chart.bar(name, megabytes(bytes))));
    results.measured("rustdoc", &samples);
    Ok(results)
}
