//! What `cargo van-bulk preflight` says of the rows in `tests/preflight`, and what it packs. To accept changed reports:
//! `BLESS=1 cargo test -p cargo-van-bulk --test preflight`.

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
    let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-van-bulk"));
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

#[test]
fn who_closes_the_pipe_has_read_enough() {
    for format in ["text", "json"] {
        let mut command = command(ROWS, JOB);
        command.args(["--format", format]).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!((output.status.code(), &*text(&output.stderr)), (Some(1), ""));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_report_that_cannot_be_written_is_an_error() {
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = command(ROWS, JOB).stdout(full).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(report(&output).contains("could not write the report"), "{}", report(&output));
}

#[test]
fn json_has_the_reason_when_the_rows_were_not_checked_to_their_end() {
    let folder = tempfile::tempdir().unwrap();
    let json = |output: &Output| -> Value {
        assert_eq!(output.status.code(), Some(1));
        serde_json::from_slice(&output.stdout).unwrap()
    };
    let stopped = ["--format", "json", "--bad-rows", "stop", "--pack", folder.path().to_str().unwrap()];
    let stopped = json(&preflight(&stopped));
    assert!(stopped["error"]["message"].as_str().unwrap().contains("stopped at the first row"));
    assert_eq!((&stopped["rows"], &stopped["findings"]), (&Value::Null, &Value::Null));
    assert_eq!(stopped["first"][0]["row"], 2);

    let header = json(&with_input(b"VanID,Phone\n1,2\n", &["--format", "json"]));
    assert!(header["error"]["message"].as_str().unwrap().contains("the header is not the columns"));

    let job = folder.path().join("job.json");
    fs::write(&job, fs::read_to_string(root().join(JOB)).unwrap().replace("Phones\"", "Fones\"")).unwrap();
    let broken = json(&command(ROWS, job.to_str().unwrap()).args(["--format", "json"]).output().unwrap());
    assert_eq!(broken["error"]["job"][0]["code"], "payload::unknown-mapping-type");
    assert_eq!(broken["error"]["job"][0]["line"], 17);

    assert_eq!(json(&preflight(&["--format", "json", "--pack", ROWS]))["rows"], Value::Null);
    let checked = json(&preflight(&["--format", "json"]));
    assert_eq!(checked["error"], Value::Null);
    assert!(checked.as_object().unwrap().keys().eq(broken.as_object().unwrap().keys()));
}

/// What is said, in one line.
fn said(output: &Output) -> String {
    report(output).replace('│', " ").split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn files_that_would_get_into_each_others_way_are_refused_before_anything_is_created() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (rows, job, part) = (path("rows.csv"), path("job.json"), path("phones-012.zip"));
    fs::copy(root().join(ROWS), &rows).unwrap();
    fs::copy(root().join(ROWS), &part).unwrap();
    fs::copy(root().join(JOB), &job).unwrap();
    let (here, out) = (folder.path().to_str().unwrap(), path("out"));
    let round_about = format!("{here}/./rows.csv");
    let own_file = "add `--bad-rows leave-out`";
    let cases: [(&str, &str, &[&str], &str); 10] = [
        ("-", "-", &[], "standard input cannot be both"),
        (&rows, &job, &["--pack", &out, "--rejected", "r.csv"], own_file),
        (&rows, &job, &["--pack", &out, "--rejected", "r.csv", "--bad-rows", "stop"], own_file),
        (&rows, &job, &["--pack", &out, "--rejected", "-", "--bad-rows", "leave-out"], "standard output"),
        (
            &rows,
            &job,
            &["--pack", &out, "--rejected", &round_about, "--bad-rows", "leave-out"],
            "it is read for this import",
        ),
        (
            &rows,
            &job,
            &["--pack", &out, "--rejected", &job, "--bad-rows", "leave-out"],
            "it is read for this import",
        ),
        (&rows, &job, &["--pack", &out, "--rejected", here, "--bad-rows", "leave-out"], "no regular file"),
        (&rows, &job, &["--pack", &rows], "give a folder"),
        (&part, &job, &["--pack", here], "a part could have its name"),
        (
            &rows,
            &job,
            &["--pack", here, "--rejected", &path("phones-001.zip"), "--bad-rows", "leave-out"],
            "a part could have its name",
        ),
    ];
    for (rows, job, arguments, why) in cases {
        let output = command(rows, job).args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {}", said(&output));
        assert!(said(&output).contains(why), "{arguments:?}: {}", said(&output));
    }
    let mut left: Vec<_> =
        fs::read_dir(here).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    left.sort();
    assert_eq!(left, ["job.json", "phones-012.zip", "rows.csv"]);
    assert_eq!(fs::read(&rows).unwrap(), fs::read(root().join(ROWS)).unwrap());
}

#[test]
fn a_folder_that_was_created_for_nothing_is_removed_again() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("new/out");
    for (arguments, exit) in [(&[][..], 1), (&["--part-bytes", "1"], 1), (&["--bad-rows", "leave-out"], 0)] {
        let output = preflight(&[&["--pack", out.to_str().unwrap()], arguments].concat());
        assert_eq!(output.status.code(), Some(exit), "{}", report(&output));
        assert_eq!(folder.path().join("new").exists(), exit == 0, "{}", report(&output));
    }
}

/// Packs rows from standard input, which stays open, and interrupts that once files are there; gives what is left of them.
#[cfg(unix)]
fn interrupted(signal: &str, rows: usize) -> (Output, usize) {
    let folder = tempfile::tempdir().unwrap();
    let files = || fs::read_dir(folder.path()).unwrap().count();
    let mut command = command("-", JOB);
    command.args(["--pack", folder.path().to_str().unwrap(), "--bad-rows", "leave-out", "--format", "json"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(b"VanID,Phone,Type,Opt-in,Code\n").unwrap();
    input.write_all(&b"1001,413-555-0100,H,yes,4101\n".repeat(rows)).unwrap();
    let begun = std::time::Instant::now();
    while files() == 0 {
        assert!(begun.elapsed().as_secs() < 60, "no file was begun");
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    assert!(Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap().success());
    let output = child.wait_with_output().unwrap();
    drop(input);
    (output, files())
}

#[cfg(unix)]
#[test]
fn who_interrupts_packing_leaves_no_file_behind() {
    if Command::new("kill").arg("-l").output().is_err() {
        eprintln!("skipped: there is no program `kill`");
        return;
    }
    for signal in ["-INT", "-TERM"] {
        let (output, left) = interrupted(signal, 100_000);
        assert_eq!((output.status.code(), left), (Some(130), 0), "{}", report(&output));
        let whole: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(whole["error"]["message"], "interrupted; nothing was packed");
    }
}
