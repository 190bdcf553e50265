//! What the diff says: every folder of `tests/diff` holds two snapshots and the exact text, Markdown and JSON. To accept
//! changed ones: `BLESS=1 cargo test -p van-bulk-codegen --test diff`.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use van_bulk_codegen::diff::{Bump, Diff, DiffError, Kind, Verdict, diff};
use van_bulk_schema::Snapshot;

fn cases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/diff");
    let mut cases: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    cases
}

fn read(folder: &Path) -> Snapshot {
    let (snapshot, findings) = Snapshot::load(folder).unwrap();
    assert_eq!(findings, [], "{}", folder.display());
    snapshot
}

fn of(case: &Path) -> Diff {
    diff(&read(&case.join("old")), &read(&case.join("new"))).unwrap()
}

fn named(name: &str) -> Diff {
    of(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/diff").join(name))
}

#[test]
fn every_change_is_told_as_text_markdown_and_json() {
    let mut wrong = Vec::new();
    for case in cases() {
        let diff = of(&case);
        let texts = [
            ("diff.txt", format!("{diff}\n")),
            ("diff.md", diff.markdown()),
            ("diff.json", format!("{}\n", serde_json::to_string_pretty(&diff).unwrap())),
        ];
        for (name, text) in texts {
            let expected = case.join(name);
            if std::env::var_os("BLESS").is_some() {
                fs::write(&expected, &text).unwrap();
            } else if fs::read_to_string(&expected).unwrap_or_default() != text {
                wrong.push(format!("{} is not what is said now:\n{text}", expected.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_kind_of_change_has_a_case() {
    let shown: BTreeSet<Kind> =
        cases().iter().flat_map(|case| of(case).changes).map(|change| change.kind).collect();
    let missing: Vec<&Kind> = Kind::ALL.iter().filter(|kind| !shown.contains(*kind)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn a_snapshot_does_not_differ_from_itself() {
    for case in cases() {
        for side in ["old", "new"] {
            let snapshot = read(&case.join(side));
            assert_eq!(diff(&snapshot, &snapshot).unwrap().changes, [], "{}", case.display());
        }
    }
}

#[test]
fn the_order_of_the_responses_changes_nothing() {
    for case in cases() {
        let (old, mut new) = (read(&case.join("old")), read(&case.join("new")));
        let before = diff(&old, &new).unwrap();
        new.schema.mapping_types.reverse();
        new.places.reverse();
        new.schema.resources.reverse();
        for mapping in &mut new.schema.mapping_types {
            mapping.fields.reverse();
            mapping.resource_types.reverse();
        }
        for list in new.schema.values.values_mut() {
            list.values.reverse();
        }
        assert_eq!(diff(&old, &new).unwrap(), before, "{}", case.display());
    }
}

#[test]
fn the_bump_follows_the_worst_change() {
    for (name, worst, bump, below_one) in [
        ("nothing", None, Bump::None, Bump::None),
        ("texts", Some(Verdict::Text), Bump::Patch, Bump::Patch),
        ("field_added", Some(Verdict::Additive), Bump::Minor, Bump::Patch),
        ("mapped_by_name", Some(Verdict::NeedsALook), Bump::Minor, Bump::Patch),
        ("field_removed", Some(Verdict::Breaking), Bump::Major, Bump::Minor),
    ] {
        let diff = named(name);
        assert_eq!(
            (diff.worst(), diff.semver(), diff.semver().below_one()),
            (worst, bump, below_one),
            "{name}"
        );
    }
    let diff = named("field_added");
    assert!(diff.has(Verdict::Additive) && diff.has(Verdict::Text) && !diff.has(Verdict::NeedsALook));
}

#[test]
fn what_would_break_is_breaking_and_what_would_not_is_not() {
    for (breaks, does_not) in [
        ("value_removed", "value_removed_from_data"),
        ("limit_narrowed", "limit_narrowed_unseen_by_the_compiler"),
        ("field_added_required", "field_added"),
        ("column_refused", "column_allowed"),
        ("mode_tightened", "mode_relaxed"),
        ("parent_added", "parent_removed"),
        ("values_are_data", "values_are_types"),
        ("list_removed", "list_added"),
        ("required_for_more", "required_for_fewer"),
        ("all_parents", "any_parent"),
    ] {
        assert!(named(breaks).has(Verdict::Breaking), "{breaks}");
        assert!(!named(does_not).has(Verdict::Breaking), "{does_not}");
    }
}

#[test]
fn programs_that_would_compile_and_mean_something_else_are_told() {
    for name in ["constructor_order", "rust_name_moves_without_the_lock"] {
        assert!(named(name).changes.iter().any(|change| change.silent), "{name}");
    }
    assert!(named("now_required").changes.iter().all(|change| !change.silent));
}

/// What of a line of Markdown is no code.
fn outside_of_code(line: &str) -> String {
    let mut outside = String::new();
    let mut rest = line;
    while let Some(start) = rest.find('`') {
        outside.push_str(&rest[..start]);
        rest = &rest[start..];
        let fence = rest.len() - rest.trim_start_matches('`').len();
        rest = &rest[fence..];
        // The code ends at the first run of as many backticks.
        let mut at = 0;
        let end = rest.split_inclusive(|c| c != '`').find_map(|part| {
            let run = part.len() - part.trim_start_matches('`').len();
            let found = (run == fence).then_some(at);
            at += part.len();
            found
        });
        rest = &rest[end.expect("the code ends") + fence..];
    }
    outside + rest
}

#[test]
fn words_of_a_schema_stay_code_in_markdown_and_one_line_in_text() {
    let diff = named("hostile_text");
    assert!(diff.to_string().chars().all(|c| c == '\n' || !c.is_control() && c != '\u{202e}'));
    let markdown = diff.markdown();
    let rows: Vec<&str> = markdown.lines().filter(|line| line.starts_with("- ")).collect();
    assert_eq!(rows.len(), diff.changes.len());
    for row in rows {
        let outside = outside_of_code(row).replace("<br>", "");
        for mark in ["@", "#", "[", "<", "|", "http", "\\", "\u{202e}", "\u{1b}"] {
            assert!(!outside.contains(mark), "`{mark}` stands outside of code in {row}: {outside}");
        }
    }
}

#[test]
fn markdown_is_no_longer_than_a_pull_request_may_be() {
    let field = |number: usize| {
        format!(
            r#"{{"name": "Field{number} {}", "hasPredefinedValues": false, "isRequired": false, "canBeMappedToColumn": true}}"#,
            "日".repeat(300)
        )
    };
    let snapshot = |count: usize| {
        let fields: Vec<String> = (0..count).map(field).collect();
        let text = format!(
            r#"{{"items": [{{"name": "M", "allowMultipleMode": "Multiple", "resourceTypes": ["Contacts"], "fields": [{}]}}]}}"#,
            fields.join(",")
        );
        Snapshot::parse([("mapping-types.json".to_owned(), text)].into()).0
    };
    let markdown = diff(&snapshot(400), &snapshot(0)).unwrap().markdown();
    assert!(markdown.len() <= 60_100, "{}", markdown.len());
    assert!(
        markdown.ends_with("more: `cargo van-bulk diff` shows all.\n"),
        "{}",
        &markdown[markdown.len() - 200..]
    );
}

#[test]
fn a_snapshot_with_errors_is_not_compared() {
    let good = read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/diff/nothing/old"));
    let mut bad = good.clone();
    let twice = bad.schema.mapping_types[0].fields[0].clone();
    bad.schema.mapping_types[0].fields.push(twice);
    assert!(matches!(diff(&bad, &good), Err(DiffError::Old(_))));
    assert!(matches!(diff(&good, &bad), Err(DiffError::New(_))));
}
