//! What `cargo van-bulk codegen` says of bad schemas: every folder of `tests/bad_schemas` holds a schema and the exact
//! report. To accept changed reports: `BLESS=1 cargo test -p cargo-van-bulk --test codegen`.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Runs `codegen` on a copy of a bad schema, in a folder of the same name: a doubtful one gets its `names.lock` there.
fn codegen(profile: &str, out: &Path) -> (Option<i32>, String) {
    let place = tempfile::tempdir().unwrap();
    let below = Path::new("tests/bad_schemas").join(profile);
    copy(&root().join(&below), &place.path().join(&below));
    let output = Command::new(env!("CARGO_BIN_EXE_cargo-van-bulk"))
        .arg("codegen")
        .arg("--snapshot")
        .arg(&below)
        .arg("--out")
        .arg(out)
        .current_dir(place.path())
        .env("CARGO_TARGET_DIR", place.path().join("target"))
        .env("NO_COLOR", "1")
        .output()
        .unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

fn copy(from: &Path, to: &Path) {
    if from.is_dir() {
        fs::create_dir_all(to).unwrap();
        for entry in fs::read_dir(from).unwrap() {
            let name = entry.unwrap().file_name();
            copy(&from.join(&name), &to.join(&name));
        }
    } else if from.is_file() {
        fs::copy(from, to).unwrap();
    }
}

#[test]
fn every_problem_of_a_bad_schema_is_reported_with_its_place_and_nothing_is_written() {
    let folder = root().join("tests/bad_schemas");
    let mut wrong = Vec::new();
    for entry in fs::read_dir(&folder).unwrap() {
        let profile = entry.unwrap().file_name().into_string().unwrap();
        let out = tempfile::tempdir().unwrap();
        let (code, report) = codegen(&profile, out.path());

        let has_errors = report.contains("×");
        assert_eq!(code, Some(i32::from(has_errors)), "{profile}: {report}");
        let written = fs::read_dir(out.path()).unwrap().count();
        assert_eq!(written == 0, has_errors, "{profile} wrote {written} files");

        let expected = folder.join(&profile).join("report.txt");
        if std::env::var_os("BLESS").is_some() {
            fs::write(&expected, &report).unwrap();
        } else if fs::read_to_string(&expected).unwrap_or_default() != report {
            wrong.push(format!("{} is not what is reported now:\n{report}", expected.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_folder_without_a_snapshot_is_refused() {
    let out = tempfile::tempdir().unwrap();
    let (code, report) = codegen("no_such_profile", out.path());
    assert_eq!(code, Some(1));
    assert!(report.contains("is no snapshot: it has no"), "{report}");
}

#[test]
fn a_check_lists_every_missing_stale_and_extra_file_with_what_differs() {
    let out = tempfile::tempdir().unwrap();
    let target = tempfile::tempdir().unwrap();
    let run = |check: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_cargo-van-bulk"))
            .args(["codegen", "--snapshot", "tests/golden/activist_code/snapshot", "--out"])
            .arg(out.path())
            .args(check)
            .current_dir(root())
            .env("CARGO_TARGET_DIR", target.path())
            .env("NO_COLOR", "1")
            .output()
            .unwrap();
        let text = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat();
        (output.status.success(), text)
    };
    assert!(run(&[]).0);
    assert!(run(&["--check"]).0);

    fs::remove_file(out.path().join("rustfmt.toml")).unwrap();
    fs::write(out.path().join("src/left_over.rs"), "// @generated\n").unwrap();
    let stale = out.path().join("src/resource.rs");
    fs::write(&stale, fs::read_to_string(&stale).unwrap().replace("enum Contacts", "enum Kontakte")).unwrap();
    let (success, report) = run(&["--check"]);
    assert!(!success);
    for expected in [
        "missing: rustfmt.toml",
        "extra: src/left_over.rs",
        "stale: src/resource.rs",
        "-pub enum Kontakte",
        "+pub enum Contacts",
        "3 generated file(s)",
    ] {
        assert!(report.contains(expected), "no `{expected}` in:\n{report}");
    }

    assert!(run(&[]).0, "writing mends it");
    assert!(run(&["--check"]).0);

    let by_hand = out.path().join("src/main.rs");
    fs::write(&by_hand, "fn main() {}").unwrap();
    fs::remove_file(out.path().join("rustfmt.toml")).unwrap();
    let (success, report) = run(&[]);
    assert!(!success && report.contains("src/main.rs would be overwritten or removed"), "{report}");
    assert!(by_hand.exists() && !out.path().join("rustfmt.toml").exists(), "nothing is written");
}
