//! A short run of `cargo xtask chaos`; longer ones are for people.

use std::process::Command;

#[test]
fn imports_survive_faults_and_kills() {
    // The seed tells what is drawn, so a run that fails can be made again.
    let run = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(["chaos", "--runs", "12", "--seed", "5", "--at-once", "4"])
        .output()
        .unwrap();
    let (out, err) = (String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
    assert!(run.status.success(), "{out}{err}");
    assert!(out.contains("every row was applied exactly once or is reported, in every run"), "{out}");
    // A run in which nothing happened would show nothing.
    assert!(!out.contains(" 0 kills") && !out.contains(" 0 lost submissions"), "{out}");
}
