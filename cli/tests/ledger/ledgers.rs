//! Ledgers that are not there, not readable, or in use.

use std::fs;

use crate::support::World;

#[test]
fn without_a_ledger_the_commands_say_where_one_was_looked_for() {
    let world = World::new();
    for said in [world.status(&[]), world.history(&[]), world.resume(&[])] {
        said.failed(1, &["there is no ledger in ledger", "name with `--ledger` the folder"]);
    }
    assert!(!world.path("ledger").exists(), "looking for a ledger creates none");
}

#[test]
fn an_empty_ledger_has_nothing_to_show_or_resume() {
    let world = World::new();
    van_bulk_import::Ledger::open(world.path("ledger")).unwrap();
    world
        .status(&[])
        .failed(1, &["the ledger in ledger has no imports", "`cargo van-bulk import` starts one"]);
    world.resume(&[]).failed(1, &["the ledger in ledger has no imports"]);
    world.history(&[]).ended(0, &["no imports"]);
    assert_eq!(world.history(&["--format", "json"]).json(), serde_json::json!([]));
    world.status(&["3"]).failed(1, &["the ledger in ledger has no import 3", "`cargo van-bulk history`"]);
}

#[test]
fn a_file_that_is_no_ledger_is_left_alone() {
    let world = World::new();
    fs::create_dir(world.path("ledger")).unwrap();
    world.write("ledger/ledger.sqlite", "These are notes of ours, and no database.\n".repeat(100).as_str());
    for said in [world.status(&[]), world.import(&[])] {
        said.failed(1, &["ledger/ledger.sqlite is not a ledger of imports; name another folder"]);
    }
    assert!(fs::read_to_string(world.path("ledger/ledger.sqlite")).unwrap().starts_with("These are notes"));
    assert_eq!(world.emulator.jobs_received(), 0);
}

#[test]
fn a_ledger_in_place_of_whose_folder_there_is_a_file_is_refused() {
    let world = World::new();
    world.write("ledger", "not a folder");
    world.import(&[]).failed(1, &["could not create the folder ledger: File exists"]);
    assert_eq!(world.emulator.jobs_received(), 0);
}

#[test]
fn a_ledger_that_cannot_hold_the_files_of_an_import_keeps_everything_from_being_sent() {
    let world = World::new();
    van_bulk_import::Ledger::open(world.path("ledger")).unwrap();
    world.write("ledger/imports", "not a folder");
    world.import(&[]).failed(1, &["could not create the folder ledger/imports"]);
    assert_eq!(world.emulator.jobs_received(), 0);
    fs::remove_file(world.path("ledger/imports")).unwrap();
    world.resume(&[]).failed(1, &["nothing of it was sent"]);
    world.import(&[]).ended(0, &["import 2 (finished)"]);
}

#[test]
fn a_ledger_that_another_program_writes_to_is_waited_for() {
    let world = World::new();
    van_bulk_import::Ledger::open(world.path("ledger")).unwrap();
    let other = rusqlite::Connection::open(world.path("ledger/ledger.sqlite")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let waiting = std::thread::scope(|scope| {
        let import = scope.spawn(|| world.import(&[]));
        std::thread::sleep(std::time::Duration::from_millis(500));
        let is_waiting = !import.is_finished();
        other.execute_batch("COMMIT").unwrap();
        import.join().unwrap().ended(0, &["import 1 (finished)"]);
        is_waiting
    });
    assert!(waiting);

    // One that keeps it for longer is told of.
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    world.rows(&crate::support::GOOD[..1]);
    world.import(&[]).failed(1, &["could not open the ledger ledger/ledger.sqlite", "database is locked"]);
    assert_eq!(world.emulator.jobs_received(), 1);
}
