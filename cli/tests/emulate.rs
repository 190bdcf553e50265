//! The faults of `cargo van-bulk emulate` on the command line.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use std::process::{Command, Output};

use van_bulk_emulator::faults::catalogue;

fn emulate(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_cargo-van-bulk")).arg("emulate").args(arguments).output().unwrap()
}

fn refused(arguments: &[&str]) -> String {
    let output = emulate(arguments);
    assert!(!output.status.success());
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn every_kind_of_fault_is_listed_with_what_is_known_of_it() {
    let output = emulate(&["--list-faults"]);
    assert!(output.status.success());
    let list = String::from_utf8(output.stdout).unwrap();
    for entry in catalogue() {
        let word = |line: &str| line.trim().split(['[', ' ']).next() == Some(entry.word);
        assert!(list.lines().any(word), "{}:\n{list}", entry.word);
    }
    assert!(list.contains("latency[=DURATION]") && list.contains("seen of VAN"), "{list}");
}

#[test]
fn a_mistyped_fault_is_answered_with_what_was_probably_meant() {
    let error = refused(&["--fault", "reset-aftr@submit:next=1"]);
    assert!(error.contains("there is no fault `reset-aftr`; did you mean `reset-after`?"), "{error}");
    let error = refused(&["--fault", "latency=200ms", "--fault", "expired-link@submit"]);
    assert!(error.contains("`expired-link` cannot happen at `submit`; give one of: results"), "{error}");
}

#[test]
fn an_intensity_without_a_seed_or_out_of_bounds_is_refused() {
    assert!(refused(&["--chaos-intensity", "0.2"]).contains("--chaos-seed"));
    let error = refused(&["--chaos-seed", "1", "--chaos-intensity", "2"]);
    assert!(error.contains("give a number from 0 to 1"), "{error}");
}
