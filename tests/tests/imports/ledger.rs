//! What is found in the place of a ledger.

use std::fs;

use van_bulk_import::LedgerError;
use van_bulk_import::ledger::{FILE, ImportId, Ledger};

#[test]
fn a_folder_without_a_ledger_is_told_apart_from_an_empty_ledger() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("new");
    assert!(matches!(Ledger::open_existing(&place), Err(LedgerError::None(_))));
    assert!(!place.exists());
    Ledger::open(&place).unwrap();
    assert_eq!(Ledger::open_existing(&place).unwrap().imports().unwrap(), []);
}

#[test]
fn an_import_that_is_not_there_is_an_error_that_names_it() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = Ledger::open(folder.path()).unwrap();
    let error = ledger.import(ImportId(7)).unwrap_err().to_string();
    assert!(error.contains("has no import 7"), "{error}");
}

#[test]
fn a_file_that_is_no_database_is_refused_and_kept() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(FILE);
    let text = "these are notes, and they are longer than the header of a database is, which has a hundred bytes in all\n";
    fs::write(&path, text).unwrap();
    let error = Ledger::open(folder.path()).unwrap_err();
    assert!(matches!(error, LedgerError::NotALedger(_)), "{error}");
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
}

#[test]
fn a_ledger_of_a_later_version_and_a_database_of_something_else_are_refused() {
    for (sql, expected) in [
        ("PRAGMA application_id = 0x56414e42; PRAGMA user_version = 99", "has version 99"),
        ("CREATE TABLE notes (text TEXT)", "is not a ledger"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let database = rusqlite::Connection::open(folder.path().join(FILE)).unwrap();
        database.execute_batch(sql).unwrap();
        drop(database);
        let error = Ledger::open(folder.path()).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn a_text_that_is_too_long_for_a_ledger_is_not_read_into_memory() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = Ledger::open(folder.path()).unwrap();
    let other = rusqlite::Connection::open(folder.path().join(FILE)).unwrap();
    let insert = "INSERT INTO imports (state, forced, api, description, source, payload, started_at) \
                  VALUES ('open', 0, '', '', '', CAST(zeroblob(?1) AS TEXT), '')";
    other.execute(insert, [1_000_000]).unwrap();
    assert_eq!(ledger.imports().unwrap().len(), 1);
    other.execute(insert, [64 * 1024 * 1024 + 1]).unwrap();
    let error = ledger.imports().map(|imports| imports.len()).unwrap_err();
    assert!(error.to_string().contains("too big"), "{error}");
}

#[cfg(unix)]
#[test]
fn the_folder_of_a_ledger_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("ledger");
    Ledger::open(&place).unwrap();
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&place), 0o700);
    // Also in a folder that others may look into.
    Ledger::open(folder.path()).unwrap();
    assert_eq!(mode(&folder.path().join(FILE)), 0o600);
}
