//! Brings a database to the version that this program knows.

use std::path::Path;

use rusqlite::{Connection, TransactionBehavior};

use super::LedgerError;

/// Says in the header of the file that it is a ledger: `VANB`.
const APPLICATION_ID: i64 = 0x5641_4e42;

/// What leads from each version to the next; an empty database has version 0.
const STEPS: &[&str] = &[include_str!("schema.sql")];

pub(super) fn run(database: &mut Connection, path: &Path) -> Result<(), LedgerError> {
    migrate(database, path, STEPS)?;
    let failed = |source| LedgerError::Open { path: path.to_owned(), source };
    // Readers and one writer do not wait for each other, and what was committed survives a power cut, also where the file
    // system cannot do the former and SQLite falls back to a rollback journal: that is what EXTRA is for.
    database.pragma_update(None, "journal_mode", "WAL").map_err(failed)?;
    database.pragma_update(None, "synchronous", "EXTRA").map_err(failed)?;
    database.pragma_update(None, "foreign_keys", true).map_err(failed)
}

/// Takes the steps that are missing, all of them or none.
fn migrate(database: &mut Connection, path: &Path, steps: &[&str]) -> Result<(), LedgerError> {
    let failed = |source| LedgerError::Open { path: path.to_owned(), source };
    let not_a_ledger = || LedgerError::NotALedger(path.to_owned());
    // Two processes may open a new ledger at once: whoever comes second finds it made.
    let transaction =
        database.transaction_with_behavior(TransactionBehavior::Immediate).map_err(|source| match source
            .sqlite_error_code()
        {
            Some(rusqlite::ErrorCode::NotADatabase) => not_a_ledger(),
            _ => failed(source),
        })?;
    let pragma = |name: &str| transaction.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let application = pragma("application_id").map_err(failed)?;
    let version = pragma("user_version").map_err(failed)?;
    let tables: i64 =
        transaction.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).map_err(failed)?;
    if application != APPLICATION_ID && (tables > 0 || version != 0) {
        return Err(not_a_ledger());
    }
    let known = i64::try_from(steps.len()).unwrap_or(i64::MAX);
    let Some(missing) = usize::try_from(version).ok().and_then(|version| steps.get(version..)) else {
        return Err(LedgerError::Later { path: path.to_owned(), found: version, known });
    };
    if !missing.is_empty() {
        for step in missing {
            transaction.execute_batch(step).map_err(failed)?;
        }
        transaction.pragma_update(None, "application_id", APPLICATION_ID).map_err(failed)?;
        transaction.pragma_update(None, "user_version", known).map_err(failed)?;
    }
    transaction.commit().map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: &str = "CREATE TABLE imports (id INTEGER PRIMARY KEY, note TEXT) STRICT";
    const SECOND: &str = "ALTER TABLE imports ADD COLUMN place TEXT NOT NULL DEFAULT 'here'";

    fn migrate(database: &mut Connection, steps: &[&str]) -> Result<(), LedgerError> {
        super::migrate(database, Path::new("ledger.sqlite"), steps)
    }

    fn version(database: &Connection) -> i64 {
        database.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap()
    }

    /// A ledger of the first of two versions, with an import in it.
    fn first_version() -> Connection {
        let mut database = Connection::open_in_memory().unwrap();
        migrate(&mut database, &[FIRST]).unwrap();
        assert_eq!(version(&database), 1);
        database.execute("INSERT INTO imports (note) VALUES ('kept')", []).unwrap();
        database
    }

    #[test]
    fn a_ledger_of_an_older_version_is_brought_up_to_date_and_keeps_what_it_holds() {
        let mut database = first_version();
        // The second time there is nothing left to do: the steps cannot be taken twice.
        for _ in 0..2 {
            migrate(&mut database, &[FIRST, SECOND]).unwrap();
            assert_eq!(version(&database), 2);
        }
        let row = database.query_row("SELECT note, place FROM imports", [], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))
        });
        assert_eq!(row.unwrap(), ("kept".to_owned(), "here".to_owned()));
    }

    #[test]
    fn a_new_ledger_takes_every_step() {
        let mut database = Connection::open_in_memory().unwrap();
        migrate(&mut database, &[FIRST, SECOND]).unwrap();
        assert_eq!(version(&database), 2);
        database.execute("INSERT INTO imports (place) VALUES ('there')", []).unwrap();
    }

    #[test]
    fn a_step_that_fails_leaves_the_older_version_as_it_was() {
        let mut database = first_version();
        let broken = "UPDATE imports SET note = 'changed'; ALTER TABLE parts ADD COLUMN place TEXT";
        let error = migrate(&mut database, &[FIRST, broken]).unwrap_err().to_string();
        assert!(error.contains("no such table: parts"), "{error}");
        assert_eq!(version(&database), 1);
        let note = database.query_row("SELECT note FROM imports", [], |row| row.get::<_, String>(0));
        assert_eq!(note.unwrap(), "kept");
    }

    #[test]
    fn every_step_of_this_program_can_be_taken() {
        let mut database = Connection::open_in_memory().unwrap();
        migrate(&mut database, STEPS).unwrap();
        assert_eq!(version(&database), i64::try_from(STEPS.len()).unwrap());
    }
}
