//! Submissions whose answer was lost.

use crate::support::{GOOD, World};

/// An import of one part whose job VAN created without the client learning its number.
fn lost_after() -> World {
    let world = World::with_faults(&["reset-after@submit:next=1"]);
    world.import(&[]).failed(1, &["import 1 is not finished"]);
    world
}

#[test]
fn a_lost_answer_names_the_commands_that_go_on() {
    let world = World::with_faults(&["reset-after@submit:next=1"]);
    let said = world.import(&[]);
    let resume = format!("cargo van-bulk resume 1 --ledger ledger --base-url {}", world.emulator.base_url());
    said.failed(
        1,
        &[
            "import 1 is not finished",
            "part 1: whether VAN accepted its job is unknown",
            "VAN has fetched the file, which proves that it did",
            "look in VAN for a bulk upload called `New contacts`",
            &format!("{resume} --part 1 --assume-submitted JOBID"),
        ],
    );
    assert!(!said.error().contains("--assume-lost"), "it would be refused: {}", said.error());
    assert!(said.out.contains("rows read 3 = rejected 0 + unknown 3 + sent 0"), "{}", said.out);
    let report = world.status(&["--format", "json"]).json();
    assert_eq!((&report["unknown"], &report["parts"][0]["fetched"]), (&3.into(), &true.into()));
}

#[test]
fn resume_alone_changes_nothing() {
    let world = lost_after();
    let before = world.status(&[]).out;
    for _ in 0..2 {
        world.resume(&[]).failed(1, &["whether VAN accepted its job is unknown", "--assume-submitted JOBID"]);
    }
    assert_eq!(world.status(&[]).out, before);
    assert_eq!(world.emulator.jobs_received(), 1);
}

#[test]
fn the_number_of_the_job_brings_the_import_to_its_end() {
    let world = lost_after();
    world.resume(&["--assume-lost"]).failed(1, &["proves that it accepted a job"]);
    world.resume(&["--assume-submitted", "1001"]).ended(0, &["rows sent 3 = processed 3"]);
    assert_eq!(world.emulator.jobs_received(), 1);
    world.resume(&[]).failed(1, &["there is nothing to resume", "`cargo van-bulk history`"]);
    world.resume(&["1"]).ended(0, &["import 1 (finished)"]);
}

#[test]
fn a_submission_that_never_arrived_is_sent_again_by_the_users_word() {
    let world = World::with_faults(&["reset-before@submit:next=1"]);
    let said = world.import(&[]);
    said.failed(1, &["--part 1 --assume-submitted JOBID", "--part 1 --assume-lost"]);
    world.resume(&["--assume-lost"]).ended(0, &["rows sent 3 = processed 3"]);
    assert_eq!(world.emulator.jobs_received(), 1);
}

#[test]
fn parts_and_jobs_that_are_not_meant_are_refused_and_nothing_changes() {
    let world = lost_after();
    let before = world.status(&[]).out;
    world.resume(&["--part", "7", "--assume-lost"]).failed(1, &["part 7 of import 1: there is no such part"]);
    world.resume(&["--part", "1"]).failed(1, &["nothing is said of part 1", "--assume-submitted JOBID"]);
    world.resume(&["--assume-submitted", "one"]).failed(2, &["--assume-submitted"]);
    world.resume(&["--assume-submitted", "1", "--assume-lost"]).failed(2, &["cannot be used with"]);
    world.resume(&["42"]).failed(1, &["has no import 42", "`cargo van-bulk history`"]);
    world.resume(&["42", "--assume-lost"]).failed(1, &["has no import 42"]);
    assert_eq!(world.status(&[]).out, before);
}

#[test]
fn the_job_of_another_part_is_not_taken_for_this_one() {
    let world = World::new();
    world.import(&[]).ended(0, &[]);
    world.rows(&GOOD[..2]);
    world.set_faults(&["reset-after@submit:next=1"]);
    world.import(&[]).failed(1, &["import 2 is not finished"]);
    world
        .resume(&["--assume-submitted", "1001"])
        .failed(1, &["job 1001 is that of part 1 of import 1", "cargo van-bulk status 2 --ledger ledger"]);
    world.resume(&["--assume-submitted", "1002"]).ended(0, &["rows sent 2 = processed 2"]);
}

#[test]
fn several_imports_that_are_not_finished_are_told_apart_by_their_numbers() {
    let world = World::with_faults(&["reset-before@submit:next=2"]);
    world.import(&[]).failed(1, &["import 1 is not finished"]);
    world.rows(&GOOD[..1]);
    world.import(&[]).failed(1, &["import 2 is not finished"]);
    world.resume(&[]).failed(1, &["several imports are not finished: 1, 2", "`cargo van-bulk resume 7`"]);
    world.resume(&["2", "--assume-lost"]).ended(0, &["rows sent 1 = processed 1"]);
    world.resume(&["--assume-lost"]).ended(0, &["rows sent 3 = processed 3"]);
}

#[test]
fn several_parts_that_are_unknown_are_told_apart_by_their_numbers() {
    let world = World::with_faults(&["reset-before@submit:next=2"]);
    world.many_rows(6_000);
    let said = world.import(&["--part-bytes", "65536"]);
    said.failed(1, &["The other parts that are unknown are asked for one after the other"]);
    world.resume(&["--assume-lost"]).failed(1, &["several parts of import 1 are unknown: 1, 2", "`--part`"]);
    world.resume(&["--assume-lost", "--part", "2"]).failed(1, &["--part 1 --assume-lost"]);
    world.resume(&["--assume-lost"]).ended(0, &["rows sent 6000 = processed 6000"]);
    assert_eq!(
        world.emulator.jobs_received(),
        world.status(&["--format", "json"]).json()["parts"].as_array().unwrap().len()
    );
}

#[test]
fn the_same_rows_of_an_import_that_is_not_finished_are_refused_with_the_way_on() {
    let world = lost_after();
    world.import(&[]).failed(1, &["is not finished", "cargo van-bulk resume 1 --ledger ledger --base-url"]);
}
