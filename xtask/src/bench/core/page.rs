//! `BENCHMARKS.md`: the last recorded run of each group, from the history.

use std::fmt::Write as _;

use super::history::Entry;

/// The groups in the order of the page, with what is said of each.
const GROUPS: [(&str, &str, &str); 6] = [
    (
        "compile",
        "Compile",
        "What the compiler takes for a generated crate and for a program that uses it, without what cargo takes where nothing \
         has changed. A mapping type has two required and 60 optional fields, 15 parent relations over 7 parents, values, docs, \
         gates and slots. *Plain setters* fill the same storage and check nothing; bon, typed-builder and derive_builder have \
         structs of the same fields with the same docs. Each is a workspace of its own with `CARGO_INCREMENTAL=0`; the \
         dependencies are compiled before.",
    ),
    (
        "codegen",
        "Generate",
        "Reading a snapshot, checking it and handing on formatted Rust, file by file, as `codegen` does. progenitor-impl \
         generates a client for an OpenAPI document of 60 kinds of things, formatted with the same prettyplease; its crate is \
         published without sample documents, so this one is made up.",
    ),
    (
        "payload",
        "Payloads",
        "A mapping of 60 fields is built and serialized: by the generated builder, by structs with `derive(Serialize)` as one \
         would write them by hand, and by `json!`. All give the same JSON. Instructions are counted by callgrind.",
    ),
    (
        "pack",
        "Pack",
        "Contacts from a CSV, every row checked, quoted, compressed and synced to disk, beside `zip -6` of the same CSV and of the \
         text that ours packs, and beside parsons' `Table.from_csv(..).to_csv(\"..zip\")`. Checking alone is beside the `csv` crate \
         reading the same file.",
    ),
    (
        "results",
        "Result files",
        "Accounting for every row of result files with 1,000,000 rows in all, 2 % refused, beside reading them and doing nothing.",
    ),
    (
        "docs",
        "Documentation",
        "rustdoc of the generated crate of 10 mapping types of 60 fields, beside structs of the same fields and docs with bon.",
    ),
];

/// The page of a history.
pub(in crate::bench) fn page(history: &[Entry]) -> String {
    let mut page = String::from(
        "# Benchmarks\n\n\
         <!-- Written by `cargo xtask bench all --record` from benches/history.jsonl. Do not edit. -->\n\n\
         Figures are ratios between contenders that take turns in one run: medians, and beside them the single rounds that are \
         furthest away. Times of one machine say little on another. A target that is missed is told as such and fails nothing; \
         only counts of instructions are guarded, by `cargo xtask bench --quick`.\n\n\
         Measure one group with `cargo xtask bench <compile|codegen|payload|pack|results|docs>`, all with `cargo xtask bench all`; \
         `--quick` takes fewer rounds and smaller inputs, `--record` adds the run to `benches/history.jsonl` and writes this page \
         and its drawings. What is built beside ours lies in `target/bench`, with the versions that are told here. valgrind, \
         Info-ZIP and Python with pip are used where they are there; what lacks them is told as not measured. `benches/README.md` \
         says more about the contacts, and about libraries that were compared.\n",
    );
    for (group, title, text) in GROUPS {
        let Some(entry) = history.iter().rev().find(|entry| entry.group == group) else { continue };
        section(&mut page, title, text, entry);
    }
    page
}

fn section(page: &mut String, title: &str, text: &str, entry: &Entry) {
    let Entry { date, commit, group, machine, load_after, versions, notes, figures } = entry;
    // Writing to a string does not fail.
    let _ = write!(
        page,
        "\n## {title}\n\n{text}\n\n![Bars of the figures below](benches/charts/{group}.svg)\n\n"
    );
    page.push_str("| | what | figure | in single rounds | target | |\n|---|---|---|---|---|---|\n");
    for figure in figures {
        let _ = writeln!(
            page,
            "| {} | {} | {} | {} | {} | {} |",
            figure.workload(),
            figure.what.replace('|', "\\|"),
            figure.value(),
            figure.spread(),
            figure.target,
            figure.verdict()
        );
    }
    let of = |key: &str| machine[key].as_str().unwrap_or("unknown").to_owned();
    let versions: Vec<String> = versions.iter().map(|(name, version)| format!("{name} {version}")).collect();
    let _ = write!(
        page,
        "\nMeasured on {date} at {commit}: {} cores, {}, {}; load {} before, {load_after} after. {}.\n",
        machine["cores"],
        of("processor"),
        of("system"),
        of("load"),
        versions.join(", ")
    );
    for note in notes {
        let _ = write!(page, "\n- {note}");
    }
    if !notes.is_empty() {
        page.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::bench::core::results::Results;
    use crate::bench::core::samples::Ratio;

    #[test]
    fn the_page_shows_the_last_run_of_each_group() {
        let entry = |figure| {
            let mut results = Results::default();
            results.target("D1.bytes", Ratio::exact(figure));
            Entry::new(
                "docs",
                json!({ "cores": 2, "processor": "one", "system": "linux", "load": "0" }),
                &results,
            )
        };
        let page = page(&[entry(0.5), entry(0.25)]);
        assert!(
            page.contains("| D1 | bytes of pages for 10 x 60, ours : bon | 0.25 |  | <= 0.40 | met |"),
            "{page}"
        );
        assert_eq!(page.matches("\n## ").count(), 1);
    }
}
