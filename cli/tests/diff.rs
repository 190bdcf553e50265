//! `cargo van-bulk diff`: which snapshots it takes, what it writes, and when it fails. What the diff itself says is tested where it
//! is made.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// The exit code, standard output and standard error.
fn diff(arguments: &[&str]) -> (Option<i32>, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-van-bulk"));
    command.arg("diff").args(arguments).current_dir(root()).env("NO_COLOR", "1").env_remove("RUST_LOG");
    let output = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

fn sides(case: &str) -> [String; 2] {
    ["old", "new"].map(|side| format!("codegen/tests/diff/{case}/{side}"))
}

#[test]
fn two_folders_are_compared_in_every_format() {
    let [old, new] = sides("value_removed");
    for (format, file) in [("text", "diff.txt"), ("markdown", "diff.md")] {
        let (code, out, _) = diff(&[&old, &new, "--format", format]);
        let expected =
            fs::read_to_string(root().join("codegen/tests/diff/value_removed").join(file)).unwrap();
        assert_eq!((code, out), (Some(0), expected));
    }
    let (code, out, _) = diff(&[&old, &new, "--format", "json"]);
    let json: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(code, Some(0));
    assert_eq!((json["old"].as_str().unwrap(), json["new"].as_str().unwrap()), (old.as_str(), new.as_str()));
    assert_eq!(json["worst"], "breaking");
    assert_eq!(json["counts"]["breaking"], 1);
    assert_eq!(json["changes"][0]["kind"], "value-removed");
    assert_eq!(json["changes"][0]["rustItems"][0], "contacted::kind::Letter");
}

#[test]
fn it_fails_with_a_change_that_is_denied_or_worse() {
    for (case, deny, expected) in [
        ("value_removed", "breaking", 3),
        ("value_removed", "any", 3),
        ("mapped_by_name", "breaking", 0),
        ("mapped_by_name", "needs-a-look", 3),
        ("field_added", "needs-a-look", 0),
        ("field_added", "additive", 3),
        ("texts", "additive", 0),
        ("texts", "any", 3),
        ("nothing", "any", 0),
    ] {
        let [old, new] = sides(case);
        assert_eq!(diff(&[&old, &new, "--deny", deny]).0, Some(expected), "{case} {deny}");
    }
}

#[test]
fn a_profile_is_known_by_its_name() {
    let (code, out, _) = diff(&["sample", "snapshots/sample"]);
    assert_eq!((code, out.as_str()), (Some(0), "Nothing changed.\n"));
}

#[test]
fn what_is_no_snapshot_is_refused() {
    for argument in ["no-such-thing", "no-such-revision:snapshots/sample", "codegen/src"] {
        let (code, out, said) = diff(&[argument, "sample"]);
        assert_eq!((code, out.as_str()), (Some(1), ""), "{argument}");
        assert!(said.contains("is no snapshot") && said.contains("give a folder"), "{said}");
    }
}

#[test]
fn a_snapshot_with_errors_is_shown_where_it_is_wrong() {
    let bad = fs::read_dir(root().join("tests/bad_schemas")).unwrap().map(|entry| entry.unwrap().path());
    let bad =
        bad.filter(|path| fs::read_to_string(path.join("report.txt")).unwrap_or_default().contains('×'));
    let mut count = 0;
    for folder in bad {
        let (code, out, said) = diff(&["sample", folder.to_str().unwrap()]);
        assert_eq!((code, out.as_str()), (Some(1), ""), "{}: {said}", folder.display());
        count += usize::from(said.contains("diff::snapshot"));
    }
    assert!(count > 5, "{count}");
}
