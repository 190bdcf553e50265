//! What `cargo xtask preflight` says of the rows in `tests/preflight`, and what it packs. To accept changed reports:
//! `BLESS=1 cargo test -p xtask --test preflight`.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

const ROWS: &str = "tests/preflight/phones/rows.csv";
const JOB: &str = "tests/preflight/phones/job.json";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn command(rows: &str, job: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.args(["preflight", rows, "--job", job]).current_dir(root());
    command.env("NO_COLOR", "1").env_remove("RUST_LOG");
    command
}

fn preflight(arguments: &[&str]) -> Output {
    command(ROWS, JOB).args(arguments).output().unwrap()
}

/// Runs the command with rows on standard input.
fn with_input(rows: &[u8], arguments: &[&str]) -> Output {
    let mut command = command("-", JOB);
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // A command that refuses the header does not read on.
    let _ = child.stdin.take().unwrap().write_all(rows);
    child.wait_with_output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Everything that is said, then the exit code.
fn report(output: &Output) -> String {
    let code = output.status.code().unwrap();
    format!("{}{}exit code {code}\n", text(&output.stderr), text(&output.stdout))
}

#[test]
fn every_bad_row_is_told_with_its_place_and_summed_up() {
    let report = report(&preflight(&[]));
    let expected = root().join("tests/preflight/phones/report.txt");
    if std::env::var_os("BLESS").is_some() {
        fs::write(&expected, &report).unwrap();
    }
    assert_eq!(report, fs::read_to_string(&expected).unwrap());
    assert!(report.ends_with("exit code 1\n"));
}

#[test]
fn every_rule_of_a_row_has_a_code_that_a_report_shows_or_a_test_names() {
    let codes = fs::read_to_string(root().join("schema/src/rules/row/codes.rs")).unwrap();
    let codes: Vec<&str> = codes.split('"').filter(|text| text.starts_with("row::")).collect();
    assert!(codes.len() > 9, "{codes:?}");
    let report = fs::read_to_string(root().join("tests/preflight/phones/report.txt")).unwrap();
    // These need an override, limited values, and two mappings of one type.
    let elsewhere = ["row::too-long", "row::parent-value", "row::type-twice"];
    for code in codes {
        assert!(report.contains(code) || elsewhere.contains(&code), "no report shows {code}");
    }
}

#[test]
fn json_has_the_counts_the_groups_and_the_first_findings() {
    let output = preflight(&["--format", "json", "--show", "2"]);
    assert_eq!(output.status.code(), Some(1));
    let whole: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&whole["rows"], &whole["accepted"], &whole["rejected"]), (&9.into(), &2.into(), &7.into()));
    assert_eq!(whole["findings"], 11);
    assert_eq!(whole["first"].as_array().unwrap().len(), 2);
    let first = &whole["first"][0];
    assert_eq!((&first["row"], &first["line"], &first["column"]), (&2.into(), &3.into(), &"Type".into()));
    let file = fs::read(root().join(ROWS)).unwrap();
    let offset = usize::try_from(first["offset"].as_u64().unwrap()).unwrap();
    assert!(file[offset..].starts_with(b"1002,"));
    let of_groups =
        whole["summary"].as_array().unwrap().iter().map(|group| group["findings"].as_u64().unwrap());
    assert_eq!(of_groups.sum::<u64>(), 11);
}

#[test]
fn bad_rows_that_are_left_out_are_written_to_a_file_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().to_str().unwrap();
    let output = preflight(&["--pack", out, "--bad-rows", "leave-out"]);
    let report = report(&output);
    assert!(output.status.success(), "{report}");
    assert!(report.contains("packed 2 rows (rows 1 to 5) into"), "{report}");
    assert!(report.contains("wrote 7 rejected rows to"), "{report}");
    assert!(folder.path().join("phones-001.zip").is_file());
    let rejected = fs::read(folder.path().join("rejected.csv")).unwrap();
    let lines = rejected.iter().filter(|byte| **byte == b'\n').count();
    assert_eq!(lines, 8, "a header and seven rows");
}

#[test]
fn nothing_is_packed_when_bad_rows_stop_or_refuse_the_file() {
    for (policy, said) in [("stop", "stopped at the first row"), ("refuse", "Nothing was packed.")] {
        let folder = tempfile::tempdir().unwrap();
        let output = preflight(&["--pack", folder.path().to_str().unwrap(), "--bad-rows", policy]);
        assert_eq!(output.status.code(), Some(1));
        assert!(report(&output).contains(said), "{}", report(&output));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}

#[test]
fn rows_may_come_from_standard_input_and_in_another_encoding() {
    let output = with_input(b"VanID,Phone,Type,Opt-in,Code\n1,413-555-0100,H,,4101\n", &[]);
    let said = report(&output);
    assert!(output.status.success(), "{said}");
    assert!(said.contains("<standard input>: 1 row, 1 can be imported, 0 cannot"), "{said}");

    let windows = b"VanID,Phone,Type,Opt-in,Code\n1,caf\xe9,H,,4101\n";
    assert!(report(&with_input(windows, &[])).contains("row::not-utf-8"));
    let output = with_input(windows, &["--encoding", "windows-1252"]);
    assert!(output.status.success(), "{}", report(&output));
}

#[test]
fn a_file_that_cannot_be_read_is_explained() {
    for (rows, said) in [
        (&b"VanID,Phone,Tpye,Opt-in,Code\n1,2,H,,4101\n"[..], "perhaps `Tpye` is meant to be `Type`"),
        (b"VanID,Phone,Type,Opt-in,Code\n", "has no rows"),
        (b"", "the file is empty"),
        (
            b"VanID,Phone,Type,Opt-in,Code\n1,\"2,H,,4101\n",
            "line 2: the quote opened in row 1 is never closed",
        ),
        (b"\xff\xfeV\0a\0", "the file is UTF-16, not utf-8"),
        (b"PK\x03\x04....", "a zip archive or an Excel workbook"),
    ] {
        let output = with_input(rows, &[]);
        let report = report(&output).split_whitespace().collect::<Vec<_>>().join(" ").replace(" │ ", " ");
        assert_eq!(output.status.code(), Some(1), "{report}");
        assert!(report.contains(said), "{report}");
    }
}

#[test]
fn a_job_that_breaks_rules_is_reported_at_its_place_and_no_row_is_checked() {
    let folder = tempfile::tempdir().unwrap();
    let job = folder.path().join("job.json");
    let broken = fs::read_to_string(root().join(JOB))
        .unwrap()
        .replace("\"Phone\", \"columnName\"", "\"Fone\", \"columnName\"");
    fs::write(&job, broken).unwrap();
    let output = command(ROWS, job.to_str().unwrap()).output().unwrap();
    let report = report(&output);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        report.contains("payload::unknown-field") && report.contains("The rows were not checked"),
        "{report}"
    );
}
