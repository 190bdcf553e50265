//! What `cargo van-bulk lint` says of payloads: every folder of `tests/payloads` holds a payload and the exact report; for a
//! folder without one, the payload is the file of its name in `tests/fixtures`. To accept changed reports:
//! `BLESS=1 cargo test -p cargo-van-bulk --test lint`.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

/// Small, and its mapping types have every rule.
const SNAPSHOT: &str = "schema/tests/fixtures/rules/snapshot";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn lint(payload: &str, arguments: &[&str]) -> Output {
    command(payload).args(["--snapshot", SNAPSHOT]).args(arguments).output().unwrap()
}

fn command(payload: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-van-bulk"));
    command.args(["lint", payload]).current_dir(root()).env("NO_COLOR", "1").env_remove("RUST_LOG");
    command
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap()
}

/// Everything that is said, then the exit code.
fn report(output: Output) -> String {
    let code = output.status.code().unwrap();
    format!("{}{}exit code {code}\n", text(output.stderr), text(output.stdout))
}

/// The path of every payload, by its folder.
fn payloads() -> Vec<(PathBuf, String)> {
    let mut folders: Vec<PathBuf> = fs::read_dir(root().join("tests/payloads"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    let payload = |folder: &Path| {
        let name = folder.file_name().unwrap().to_str().unwrap();
        let own = format!("tests/payloads/{name}/payload.json");
        if root().join(&own).is_file() { own } else { format!("tests/fixtures/{name}.json") }
    };
    folders.into_iter().map(|folder| (folder.clone(), payload(&folder))).collect()
}

#[test]
fn everything_about_a_payload_is_reported_with_its_place() {
    let mut wrong = Vec::new();
    for (folder, payload) in payloads() {
        let report = report(lint(&payload, &[]));
        let has_errors = report.contains("×");
        assert!(report.ends_with(&format!("exit code {}\n", i32::from(has_errors))), "{payload}: {report}");
        let expected = folder.join("report.txt");
        if std::env::var_os("BLESS").is_some() {
            fs::write(&expected, &report).unwrap();
        } else if fs::read_to_string(&expected).unwrap_or_default() != report {
            wrong.push(format!("{} is not what is reported now:\n{report}", expected.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_rule_of_a_payload_has_a_report() {
    let codes = fs::read_to_string(root().join("schema/src/rules/codes.rs")).unwrap();
    let codes: Vec<&str> = codes.split('"').filter(|text| text.starts_with("payload::")).collect();
    assert!(codes.len() > 30, "{codes:?}");
    let reports: String = payloads()
        .iter()
        .map(|(folder, _)| fs::read_to_string(folder.join("report.txt")).unwrap_or_default())
        .collect();
    let missing: Vec<&&str> = codes.iter().filter(|code| !reports.contains(&format!("{code}\n"))).collect();
    assert!(missing.is_empty(), "add payloads that break {missing:?} to tests/payloads");
}

#[test]
fn no_report_shows_characters_that_a_terminal_would_act_on() {
    let (_, payload) =
        payloads().into_iter().find(|(folder, _)| folder.ends_with("tests/payloads/hostile")).unwrap();
    for (arguments, escape) in [(&[][..], r"\u{1b}"), (&["--format", "json"], r"\u001b")] {
        let report = report(lint(&payload, arguments));
        assert!(report.contains(escape), "{report}");
        assert!(!report.contains(|c: char| c.is_control() && c != '\n'), "{report:?}");
    }
    // JSON is for programs, to which a bidirectional mark is a character like any other.
    assert!(!report(lint(&payload, &[])).contains('\u{202e}'));
}

#[test]
fn warnings_fail_only_where_they_are_denied() {
    let payload = "tests/payloads/misspelt_column/payload.json";
    assert_eq!(lint(payload, &[]).status.code(), Some(0));
    assert_eq!(lint(payload, &["--deny-warnings"]).status.code(), Some(1));
    let clean = "tests/fixtures/client_job_activist_codes.json";
    assert_eq!(lint(clean, &["--deny-warnings"]).status.code(), Some(0));
}

#[test]
fn programs_are_told_the_same_as_json() {
    let output = lint("tests/payloads/misspelt_column/payload.json", &["--format", "json"]);
    assert_eq!(text(output.stderr), "");
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(told["payload"], "tests/payloads/misspelt_column/payload.json");
    assert_eq!((&told["errors"], &told["warnings"]), (&json!(0), &json!(3)));
    let first = &told["findings"][0];
    assert_eq!(first["code"], "payload::unused-column");
    assert_eq!(first["severity"], "warning");
    assert_eq!(first["path"], "file.columns[2].name");
    assert_eq!((&first["line"], &first["column"]), (&json!(17), &json!(17)));
    assert_eq!(first["help"], "did you mean `CanvassedBy`, a field of `ActivistCode`?");
    assert_eq!(
        told["filledByName"],
        json!([
            {"mappingType": "ActivistCode", "fields": [{"field": "ActivistCodeID", "column": "ActivistCodeID"}]},
            {"mappingType": "Badge", "fields": [{"field": "BadgeNumber", "column": "badgenumber"}]}
        ])
    );
}

#[test]
fn text_that_is_no_job_is_told_to_programs_as_a_finding() {
    let output = lint("tests/payloads/wrong_type/payload.json", &["--format", "json"]);
    assert_eq!(output.status.code(), Some(1));
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(told["findings"][0]["code"], "payload::wrong-type");
    assert_eq!(told["findings"][0]["path"], "file.columns[0].name");
}

#[test]
fn a_payload_is_read_from_standard_input() {
    let mut child = command("-")
        .args(["--snapshot", SNAPSHOT])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let payload = fs::read(root().join("tests/payloads/misspelt_column/payload.json")).unwrap();
    // Editors may put a byte order mark in front.
    let mut input = child.stdin.take().unwrap();
    input.write_all("\u{feff}".as_bytes()).unwrap();
    input.write_all(&payload).unwrap();
    drop(input);
    let report = report(child.wait_with_output().unwrap());
    assert!(report.contains("[<standard input>:17:17]"), "{report}");
    assert!(report.contains("<standard input>: no errors, 3 warnings"), "{report}");
}

#[test]
fn without_a_snapshot_the_shipped_one_is_taken_and_named() {
    let output = command("tests/fixtures/client_job_suppressions.json").output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    let said = text(output.stdout);
    assert!(said.ends_with("no errors, no warnings; checked against snapshots/sample\n"), "{said}");
}

#[test]
fn files_that_cannot_be_read_are_refused_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let refused = |name: &str, bytes: Option<Vec<u8>>| {
        let path = folder.path().join(name);
        if let Some(bytes) = bytes {
            fs::write(&path, bytes).unwrap();
        }
        let output = lint(path.to_str().unwrap(), &[]);
        assert_eq!(output.status.code(), Some(1));
        assert_eq!(text(output.stdout), "");
        text(output.stderr)
    };
    let missing = refused("missing.json", None);
    assert!(missing.contains("payload-file::unreadable") && missing.contains("standard input"), "{missing}");
    let bytes = refused("bytes.json", Some(b"{\"a\": \xff}".to_vec()));
    assert!(bytes.contains("payload-file::not-utf-8") && bytes.contains("from byte 6 on"), "{bytes}");
    let large = refused("large.json", Some(vec![b' '; 4 * 1024 * 1024 + 1]));
    assert!(large.contains("payload-file::too-large") && large.contains("larger than 4 MiB"), "{large}");
}

#[test]
fn a_snapshot_with_errors_or_none_at_all_checks_nothing() {
    let clean = "tests/fixtures/client_job_activist_codes.json";
    for (snapshot, expected) in [
        ("tests/bad_schemas/not_json", "has errors, so nothing was checked"),
        ("tests/bad_schemas/no_such_folder", "is no snapshot"),
    ] {
        let output = command(clean).args(["--snapshot", snapshot]).output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        let said = text(output.stderr);
        assert!(said.contains(expected), "{said}");
    }
}
