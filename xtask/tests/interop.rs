//! `cargo xtask interop`, where its clients are installed already; elsewhere, a notice says so.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output};

fn interop(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command
        .arg("interop")
        .args(arguments)
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap());
    command.env("NO_COLOR", "1").env_remove("RUST_LOG").env_remove("BLESS");
    command
}

/// Everything that was said.
fn said(output: &Output) -> String {
    String::from_utf8_lossy(&[output.stdout.as_slice(), &output.stderr].concat()).into_owned()
}

#[test]
fn clients_of_others_import_into_the_emulator() {
    let output = interop(&["--if-installed"]).output().unwrap();
    let said = said(&output);
    assert!(output.status.success(), "{said}");
    if said.starts_with("SKIPPED") {
        // Not through `eprintln`, which tests that pass keep to themselves.
        std::io::stderr().write_all(said.as_bytes()).unwrap();
        return;
    }
    for client in ["parsons", "everyaction-client"] {
        assert!(said.contains(client), "{said}");
    }
}

#[test]
fn a_machine_without_python_is_told_what_to_install() {
    let target = tempfile::tempdir().unwrap();
    let output = interop(&[]).env("PATH", "").env("CARGO_TARGET_DIR", target.path()).output().unwrap();
    let said = said(&output);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("interop::no-python") && said.contains("install Python 3.10"), "{said}");
}

#[test]
fn without_the_clients_nothing_is_installed_where_that_is_not_wanted() {
    let target = tempfile::tempdir().unwrap();
    let output = interop(&["--if-installed"]).env("CARGO_TARGET_DIR", target.path()).output().unwrap();
    let said = said(&output);
    assert!(output.status.success() && said.starts_with("SKIPPED"), "{said}");
    assert_eq!(std::fs::read_dir(target.path()).unwrap().count(), 0);
}
