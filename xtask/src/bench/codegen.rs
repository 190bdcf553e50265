//! `cargo xtask bench codegen`: `cargo xtask codegen` where nothing has changed, beside one field that has.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use miette::{IntoDiagnostic as _, WrapErr as _, miette};
use serde_json::{Value, json};
use van_bulk_schema::snapshot::{MAPPING_TYPES, RESOURCES};

use super::samples::Samples;
use super::tools::{self, Tools};
use super::verdict::{self, Target, Verdict};

/// Measure generating where nothing has changed, beside one field that has
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// How many fields the schema has
    #[arg(long, value_name = "N", default_value_t = 3_000, value_parser = clap::value_parser!(u64).range(1..=100_000))]
    fields: u64,
    /// How often each is measured
    #[arg(long, value_name = "N", default_value_t = 15, value_parser = clap::value_parser!(u64).range(1..=1_000))]
    rounds: u64,
}

/// How many fields a mapping type has.
const FIELDS_OF_ONE: u64 = 50;

/// Runs the command.
pub(super) fn run(args: &Args) -> miette::Result<()> {
    let tools = Tools::new()?;
    let before = tools::machine();
    let result = measure(args, &tools.data());
    // It is of no use to anyone after a failure.
    tools.remove_data()?;
    let [changed, unchanged] = result?;
    let what = format!("nothing changed, {} fields, milliseconds", args.fields);
    let verdicts = [
        Verdict::new("G3", what, unchanged.median() * 1_000.0, Target::AtMost(50.0)),
        Verdict::figure("G3", "one field changed, milliseconds", changed.median() * 1_000.0),
        Verdict::figure("G3", "how many times as fast nothing is", unchanged.speed_beside(&changed)),
    ];
    println!("{}", verdict::table(&verdicts));
    for each in [&changed, &unchanged] {
        println!("{}: {} of the median", each.name, each.spread());
    }
    println!("load {} before, {} after; whole processes, medians", before["load"], tools::load());
    let report = json!({
        "fields": args.fields,
        "optimised": !cfg!(debug_assertions),
        "machine": before,
        "loadAfter": tools::load(),
        "verdicts": verdicts,
        "measured": [changed, unchanged],
    });
    tools.write_report("codegen.json", &report)
}

/// Generates after one field was changed and after nothing was, in turns.
fn measure(args: &Args, data: &Path) -> miette::Result<[Samples; 2]> {
    let snapshot = data.join("snapshot");
    std::fs::create_dir_all(&snapshot).into_diagnostic()?;
    write(&snapshot.join(RESOURCES), &json!(["Things"]))?;
    let mut changed = Samples::new("one field changed");
    let mut unchanged = Samples::new("nothing changed");
    println!("generating {} fields ...", args.fields);
    // The first round writes every file, and is not counted.
    for round in 0..=args.rounds {
        write(&snapshot.join(MAPPING_TYPES), &schema(args.fields, round))?;
        let (seconds, told) = generate(data)?;
        if round > 0 {
            changed.seconds.push(seconds);
        }
        if is_unchanged(&told) {
            return Err(miette!("a field was changed, and nothing was generated: {told}"));
        }
        let (seconds, told) = generate(data)?;
        unchanged.seconds.push(seconds);
        if !is_unchanged(&told) {
            return Err(miette!("nothing was changed, and it was generated: {told}"));
        }
    }
    Ok([changed, unchanged])
}

/// Runs this program's `codegen`, and gives the seconds that the whole process took and what it said.
fn generate(data: &Path) -> miette::Result<(f64, String)> {
    let program = std::env::current_exe().into_diagnostic()?;
    let mut command = Command::new(program);
    command.args(["codegen", "--snapshot", "snapshot", "--out", "crate"]).current_dir(data);
    // What it remembers goes with the data.
    command.env("CARGO_TARGET_DIR", data.join("target"));
    let start = Instant::now();
    let output = tools::output(&mut command)?;
    Ok((start.elapsed().as_secs_f64(), String::from_utf8_lossy(&output.stdout).into_owned()))
}

fn is_unchanged(told: &str) -> bool {
    told.contains("nothing has changed")
}

/// Mapping types with columns, texts, children and values without a list. A field of the first one is described anew in
/// every round.
fn schema(fields: u64, round: u64) -> Value {
    let mapping_types: Vec<Value> = (0..fields.div_ceil(FIELDS_OF_ONE))
        .map(|number| {
            let first = number * FIELDS_OF_ONE;
            let fields: Vec<Value> = (first..fields.min(first + FIELDS_OF_ONE))
                .map(|number| field(number, first, if number == 0 { round } else { 0 }))
                .collect();
            json!({
                "name": format!("Mapping{number}"),
                "displayName": format!("Mapping number {number}"),
                "allowMultipleMode": "Multiple",
                "resourceTypes": ["Things"],
                "fields": fields,
            })
        })
        .collect();
    json!({ "items": mapping_types })
}

fn field(number: u64, first: u64, round: u64) -> Value {
    let parent = json!([{ "parentFieldName": format!("Field{first}"), "limitedToParentValues": null }]);
    json!({
        "name": format!("Field{number}"),
        "description": format!("What field {number} is for, as it was in round {round}"),
        "hasPredefinedValues": number % 7 == 3,
        "isRequired": false,
        "canBeMappedToColumn": number % 5 != 4,
        "canBeMappedByName": true,
        "parents": if number % 4 == 2 && number > first { parent } else { Value::Null },
    })
}

fn write(path: &Path, value: &Value) -> miette::Result<()> {
    let text = serde_json::to_string_pretty(value).into_diagnostic()?;
    std::fs::write(path, text)
        .into_diagnostic()
        .wrap_err_with(|| format!("could not write {}", path.display()))
}
