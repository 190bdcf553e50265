//! Whether each rule is held: without it, a test or a proof must fail.
//!
//! A copy of the repository gets a switch in every rule, so that it is compiled once: a rule whose name is in the
//! environment finds nothing.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value as Json;

use crate::ProveError;
use crate::report::Report;

/// The environment variable that names the rule to leave out.
const SWITCH: &str = "VAN_BULK_PROVE_WITHOUT";

/// The folders of the engine, each with the file that lists its rules and the rules that stand in no list.
const ENGINES: [(&str, &[&str]); 3] = [
    ("schema/src/rules", &[]),
    ("schema/src/rules/row", &["judge::there_is_a_cell_for_each_column"]),
    ("runtime/src/rules", &["wrong_resource", "too_many", "groups_exclude_each_other"]),
];

/// The proof that compares the rules with the naive ones, and over how many schemas it is made each time.
const PROOF: &str = "the_rules_and_their_naive_twin_agree_over_random_jobs";
const PROOF_CASES: &str = "40";

/// What is not copied.
const LEFT_BEHIND: [&str; 2] = ["target", ".git"];

/// A test program, and whether it is a proof.
struct Tests {
    path: PathBuf,
    is_proof: bool,
}

/// Takes every rule out, one after the other, of a copy of the repository at `root`, made below `folder`.
///
/// # Errors
/// When the copy cannot be made or compiled.
pub fn prove(root: &Path, folder: &Path) -> Result<Report, ProveError> {
    let copy = folder.join("mutants");
    if copy.exists() {
        fs::remove_dir_all(&copy).map_err(ProveError::io(format!("remove {}", copy.display())))?;
    }
    copy_folder(root, &copy)?;
    let mut rules = Vec::new();
    for (engine, unlisted) in ENGINES {
        rules.extend(switch_engine(&copy.join(engine), unlisted)?);
    }
    let target = folder.join("mutants-target");
    let mut tests = build(&copy, &target, &["-p", "van-bulk", "-p", "van-bulk-schema"], false)?;
    tests.extend(build(&copy, &target, &["-p", "van-bulk-prove", "--test", "data"], true)?);
    let mut report = Report::default();
    let mut passing = Vec::new();
    for test in tests {
        if passes(&test, "")? {
            passing.push(test);
        } else {
            let what = "these tests fail although no rule is missing; they are left out".to_owned();
            report.disagree("tests and sources", what, test.path.display().to_string());
        }
    }
    let tests = passing;
    for rule in &rules {
        report.count("rules taken out");
        let mut by_tests = false;
        let mut by_proof = false;
        for test in &tests {
            let fails = !passes(test, rule)?;
            by_tests |= fails && !test.is_proof;
            by_proof |= fails && test.is_proof;
        }
        if by_tests {
            report.count("rules whose absence the tests notice");
        }
        if by_proof {
            report.count("rules whose absence the proof notices");
        }
        if !by_tests {
            let what = format!("without the rule `{rule}` no test fails");
            let case = if by_proof { "the proof does" } else { "nor does the proof" };
            report.disagree("rules and tests", what, case);
        }
    }
    Ok(report)
}

fn copy_folder(from: &Path, to: &Path) -> Result<(), ProveError> {
    fs::create_dir_all(to).map_err(ProveError::io(format!("create {}", to.display())))?;
    let entries = fs::read_dir(from).map_err(ProveError::io(format!("list {}", from.display())))?;
    for entry in entries {
        let entry = entry.map_err(ProveError::io(format!("list {}", from.display())))?;
        let name = entry.file_name();
        if LEFT_BEHIND.iter().any(|left| name == *left) {
            continue;
        }
        let (path, target) = (entry.path(), to.join(&name));
        if path.is_dir() {
            copy_folder(&path, &target)?;
        } else {
            fs::copy(&path, &target).map_err(ProveError::io(format!("copy {}", path.display())))?;
        }
    }
    Ok(())
}

/// Puts a switch into every rule of an engine and returns the rules' names.
fn switch_engine(engine: &Path, unlisted: &[&str]) -> Result<Vec<String>, ProveError> {
    let list = engine.join("mod.rs");
    let text = read(&list)?;
    let unknown = |what| ProveError::Unknown { path: list.clone(), what };
    let (_, after) =
        text.split_once("const RULES: &[Rule] =").ok_or_else(|| unknown("it has no list `RULES`"))?;
    let (_, after) = after.split_once('[').ok_or_else(|| unknown("its list `RULES` has no start"))?;
    let (names, _) = after.split_once("];").ok_or_else(|| unknown("its list `RULES` has no end"))?;
    let mut rules: BTreeSet<&str> = names.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
    rules.extend(unlisted);
    for rule in &rules {
        let (file, function) = match rule.split_once("::") {
            Some((module, function)) => (engine.join(format!("{module}.rs")), function),
            None => (list.clone(), *rule),
        };
        let text = read(&file)?;
        let unknown =
            || ProveError::Unknown { path: file.clone(), what: "it has no function of a listed rule's name" };
        let start = text.find(&format!("fn {function}(")).ok_or_else(unknown)?;
        let body = text.get(start..).and_then(|text| text.find("{\n")).ok_or_else(unknown)? + start + 2;
        let (before, after) = text.split_at(body);
        let switch = format!(
            "    if ::std::env::var({SWITCH:?}).is_ok_and(|rule| rule == {rule:?}) {{ return Default::default(); }}\n"
        );
        fs::write(&file, format!("{before}{switch}{after}"))
            .map_err(ProveError::io(format!("write {}", file.display())))?;
    }
    Ok(rules.into_iter().map(str::to_owned).collect())
}

fn read(path: &Path) -> Result<String, ProveError> {
    fs::read_to_string(path).map_err(ProveError::io(format!("read {}", path.display())))
}

/// Compiles the tests of some packages.
fn build(copy: &Path, target: &Path, of: &[&str], is_proof: bool) -> Result<Vec<Tests>, ProveError> {
    let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["test", "--no-run", "--offline", "--message-format=json"])
        .args(of)
        .current_dir(copy)
        .env("CARGO_TARGET_DIR", target)
        .stdin(Stdio::null())
        .output()
        .map_err(ProveError::io("run `cargo test`"))?;
    if !output.status.success() {
        return Err(ProveError::cargo(copy, &output.stderr));
    }
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let messages = text.lines().filter_map(|line| serde_json::from_str::<Json>(line).ok());
    let programs = messages.filter(|message| message["profile"]["test"] == true);
    let paths = programs.filter_map(|message| Some(PathBuf::from(message["executable"].as_str()?)));
    Ok(paths.map(|path| Tests { path, is_proof }).collect())
}

fn passes(test: &Tests, without: &str) -> Result<bool, ProveError> {
    let mut command = Command::new(&test.path);
    if test.is_proof {
        // The rows are judged by the emulator's own rules.
        command.arg(PROOF).env("PROVE_CASES", PROOF_CASES);
    }
    let status = command
        .arg("--quiet")
        .env(SWITCH, without)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .map_err(ProveError::io(format!("run {}", test.path.display())))?;
    Ok(status.success())
}
