//! Brings a database to the version that this program knows.

use std::path::Path;

use rusqlite::{Connection, TransactionBehavior};

use super::LedgerError;

/// Says in the header of the file that it is a ledger: `VANB`.
const APPLICATION_ID: i64 = 0x5641_4e42;

/// What leads from each version to the next; an empty database has version 0.
const STEPS: &[&str] = &[include_str!("schema.sql")];

pub(super) fn run(database: &mut Connection, path: &Path) -> Result<(), LedgerError> {
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
    let known = i64::try_from(STEPS.len()).unwrap_or(i64::MAX);
    let Some(missing) = usize::try_from(version).ok().and_then(|version| STEPS.get(version..)) else {
        return Err(LedgerError::Later { path: path.to_owned(), found: version, known });
    };
    if !missing.is_empty() {
        for step in missing {
            transaction.execute_batch(step).map_err(failed)?;
        }
        transaction.pragma_update(None, "application_id", APPLICATION_ID).map_err(failed)?;
        transaction.pragma_update(None, "user_version", known).map_err(failed)?;
    }
    transaction.commit().map_err(failed)?;
    // Readers and one writer do not wait for each other, and what was committed survives a power cut.
    database.pragma_update(None, "journal_mode", "WAL").map_err(failed)?;
    database.pragma_update(None, "synchronous", "FULL").map_err(failed)?;
    database.pragma_update(None, "foreign_keys", true).map_err(failed)
}
