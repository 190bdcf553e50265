//! What `cargo xtask codegen` says of bad schemas: every folder of `tests/bad_schemas` holds a schema and the exact
//! report. To accept changed reports: `BLESS=1 cargo test -p xtask --test schema_reports`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn codegen(profile: &str, out: &Path) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(["codegen", "--snapshots", "tests/bad_schemas", "--profile", profile, "--out"])
        .arg(out)
        .current_dir(root())
        .env("NO_COLOR", "1")
        .output()
        .unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
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
