//! `cargo xtask bench`: what people wait for, beside what they would use instead. One file a group; `core/` has what the
//! groups share. `BENCHMARKS.md` has the last recorded run.
//!
//! Contenders take turns, and what is told is the ratio of their medians: times of one machine say little on another. No
//! figure fails the command, but for counts of instructions, which do not depend on what else the machine does.

mod codegen;
mod compile;
mod core;
mod docs;
mod guards;
mod libraries;
mod pack;
mod payload;
mod results;

use clap::ValueEnum;
use miette::{IntoDiagnostic as _, WrapErr as _};
use serde_json::json;

use self::core::charts;
use self::core::history::{self, Entry};
use self::core::page;
use self::core::results::{Results, table};
use self::core::tools::{self, Tools};
use crate::workspace;

/// Measure what people wait for, beside what they would use instead
///
/// With `--quick` and no group, only instructions are counted and compared with those that were accepted before; this alone
/// can fail.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// What to measure
    #[arg(value_enum, required_unless_present = "quick")]
    group: Option<Group>,
    /// Fewer rounds and smaller inputs; without a group, counts of instructions alone
    #[arg(long)]
    quick: bool,
    /// Add the run to `benches/history.jsonl`, and write `BENCHMARKS.md` and its drawings
    #[arg(long, requires = "group", conflicts_with = "quick")]
    record: bool,
    /// Accept the counts of instructions as they are now
    #[arg(long, requires = "quick", conflicts_with = "group")]
    bless: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Group {
    /// Checking and building the generated crate and a program that uses it
    Compile,
    /// Generating
    Codegen,
    /// Building and serializing a mapping
    Payload,
    /// Checking and packing contacts
    Pack,
    /// Accounting for the rows of result files
    Results,
    /// rustdoc of the generated crate
    Docs,
    /// Libraries that compress and read, for choosing one; not part of `all`
    Libraries,
    /// Every group but `libraries`
    All,
}

impl Group {
    fn name(self) -> &'static str {
        match self {
            Self::Compile => "compile",
            Self::Codegen => "codegen",
            Self::Payload => "payload",
            Self::Pack => "pack",
            Self::Results => "results",
            Self::Docs => "docs",
            Self::Libraries => "libraries",
            Self::All => "all",
        }
    }

    fn each(self) -> Vec<Self> {
        match self {
            Self::All => {
                vec![Self::Compile, Self::Codegen, Self::Payload, Self::Pack, Self::Results, Self::Docs]
            }
            one => vec![one],
        }
    }

    fn measure(self, tools: &Tools, quick: bool) -> miette::Result<Results> {
        match self {
            Self::Compile => compile::run(tools, quick),
            Self::Codegen => codegen::run(tools, quick),
            Self::Payload => payload::run(tools, quick),
            Self::Pack => pack::run(tools, quick),
            Self::Results => results::run(tools, quick),
            Self::Docs => docs::run(tools, quick),
            Self::Libraries => libraries::run(tools, quick),
            Self::All => Ok(Results::default()),
        }
    }
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> miette::Result<()> {
    let tools = Tools::new()?;
    let result = match args.group {
        Some(group) => measure(&tools, group, args),
        None => guards::run(&tools, args.bless),
    };
    // The data is of no use to anyone after a failure.
    tools.remove_data()?;
    result
}

fn measure(tools: &Tools, group: Group, args: &Args) -> miette::Result<()> {
    let mut entries = Vec::new();
    let mut reports = Vec::new();
    for group in group.each() {
        let machine = tools::machine();
        let mut results = group.measure(tools, args.quick)?;
        results.complete(group.name());
        println!("{}", table(&results.figures));
        let entry = Entry::new(group.name(), machine, &results);
        println!(
            "load {} before, {} after; figures are ratios of medians",
            entry.machine["load"].as_str().unwrap_or_default(),
            entry.load_after
        );
        let drawing = charts::svg(group.name(), &results.charts);
        write(&tools.folder().join("charts"), group, &drawing)?;
        if args.record {
            write(&workspace::root().join("benches/charts"), group, &drawing)?;
        }
        reports.push(json!({ "results": entry, "quick": args.quick, "measured": results.measured }));
        entries.push(entry);
        // What groups before wrote is not there any more if a later one fails.
        tools.write_report("report.json", &json!({ "groups": reports }))?;
    }
    if args.record {
        history::append(&entries)?;
        let path = workspace::root().join("BENCHMARKS.md");
        std::fs::write(&path, page::page(&history::read()?))
            .into_diagnostic()
            .wrap_err_with(|| format!("could not write {}", path.display()))?;
        println!("recorded in {} and {}", history::path().display(), path.display());
    }
    Ok(())
}

fn write(folder: &std::path::Path, group: Group, drawing: &str) -> miette::Result<()> {
    std::fs::create_dir_all(folder).into_diagnostic()?;
    let path = folder.join(group.name()).with_extension("svg");
    std::fs::write(&path, drawing)
        .into_diagnostic()
        .wrap_err_with(|| format!("could not write {}", path.display()))
}
