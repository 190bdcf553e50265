//! What is written into a ledger. Every change is one transaction with the step that tells of it.

use rusqlite::types::Null;
use rusqlite::{ToSql, Transaction, TransactionBehavior, named_params, params, params_from_iter};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::record::sql;
use super::{ImportId, Ledger, LedgerError, PartState};
use crate::client::JobId;
use crate::rows::Packed;

/// An import that begins.
pub(crate) struct Begun<'a> {
    pub(crate) api: &'a str,
    pub(crate) description: &'a str,
    pub(crate) source: &'a str,
    pub(crate) payload: &'a str,
    pub(crate) forced: bool,
}

/// A part of an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PartId {
    pub(crate) import: ImportId,
    /// Counted from 1.
    pub(crate) number: u32,
}

/// Columns of a part with the values that they get. The names are part of this program.
type Set<'a> = &'a [(&'a str, &'a dyn ToSql)];

/// The account of a part.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Counts {
    pub(crate) processed: u64,
    pub(crate) refused: u64,
    pub(crate) missing: u64,
}

impl Ledger {
    /// Records that the rows of an import are about to be packed.
    pub(crate) fn begin(&self, begun: &Begun<'_>) -> Result<ImportId, LedgerError> {
        self.write(|transaction| {
            transaction.execute(
                "INSERT INTO imports (state, forced, api, description, source, payload, started_at) \
                 VALUES ('packing', :forced, :api, :description, :source, :payload, :now)",
                named_params! {
                    ":forced": begun.forced,
                    ":api": begun.api,
                    ":description": begun.description,
                    ":source": begun.source,
                    ":payload": begun.payload,
                    ":now": now(),
                },
            )?;
            let id = ImportId(transaction.last_insert_rowid());
            step(transaction, id, None, "packing", None)?;
            Ok(id)
        })
    }

    /// Records what was packed; `hashes` are those of the parts, `uploads` is the folder that they are uploaded to. `Ok(false)` if an import of the same content is recorded
    /// already: this one is given up then.
    pub(crate) fn packed(
        &self,
        import: ImportId,
        content: &str,
        packed: &Packed,
        hashes: &[String],
        uploads: &str,
    ) -> Result<bool, LedgerError> {
        let recorded = self.write(|transaction| {
            transaction.execute(
                "UPDATE imports SET state = 'open', content = :content, rows = :rows, rejected = :rejected \
                 WHERE id = :import",
                named_params! {
                    ":content": content,
                    ":rows": sql(packed.summary.rows),
                    ":rejected": sql(packed.summary.rejected),
                    ":import": import.0,
                },
            )?;
            for ((part, hash), number) in packed.parts.iter().zip(hashes).zip(1u32..) {
                let file = part.path.file_name().unwrap_or_default().to_string_lossy();
                transaction.execute(
                    "INSERT INTO parts (import, number, state, file, object, sha256, bytes, rows, first_row, last_row) \
                     VALUES (:import, :number, 'packed', :file, :object, :sha256, :bytes, :rows, :first, :last)",
                    named_params! {
                        ":import": import.0,
                        ":number": number,
                        ":file": file,
                        ":object": format!("{uploads}/{file}"),
                        ":sha256": hash,
                        ":bytes": sql(part.bytes),
                        ":rows": sql(part.rows),
                        ":first": sql(part.first_row),
                        ":last": sql(part.last_row),
                    },
                )?;
            }
            step(transaction, import, None, "packed", Some(&format!("{} parts", packed.parts.len())))
        });
        match recorded {
            Ok(()) => Ok(true),
            Err(LedgerError::Write { source, .. })
                if source.sqlite_error_code() == Some(rusqlite::ErrorCode::ConstraintViolation) =>
            {
                self.give_up(import)?;
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }

    /// Records that nothing of an import will be sent.
    pub(crate) fn give_up(&self, import: ImportId) -> Result<(), LedgerError> {
        self.write(|transaction| {
            transaction.execute("UPDATE imports SET state = 'given-up' WHERE id = ?1", [import.0])?;
            step(transaction, import, None, "given-up", None)
        })
    }

    /// Records that every row of an import is accounted for.
    pub(crate) fn finish(&self, import: ImportId) -> Result<(), LedgerError> {
        self.write(|transaction| {
            transaction.execute(
                "UPDATE imports SET state = 'finished', finished_at = ?2 WHERE id = ?1",
                params![import.0, now()],
            )?;
            step(transaction, import, None, "finished", None)
        })
    }

    /// Records that a part is about to be published.
    pub(crate) fn uploading(&self, part: PartId) -> Result<(), LedgerError> {
        use PartState::{Packed, Refused, Uploaded, Uploading};
        self.advance(part, &[Packed, Uploading, Uploaded, Refused], Uploading, None, &[("published", &true)])
    }

    /// Records that a part is published.
    pub(crate) fn uploaded(&self, part: PartId) -> Result<(), LedgerError> {
        self.advance(part, &[PartState::Uploading], PartState::Uploaded, None, &[("problem", &Null)])
    }

    /// Records that the job of a part is about to be submitted.
    pub(crate) fn submitting(&self, part: PartId) -> Result<(), LedgerError> {
        self.advance(part, &[PartState::Uploaded], PartState::Submitting, None, &[])
    }

    /// Records that VAN surely created no job, and that the part will be tried again at once.
    pub(crate) fn not_submitted(&self, part: PartId, why: &str) -> Result<(), LedgerError> {
        self.advance(part, &[PartState::Submitting], PartState::Uploaded, Some(why), &[])
    }

    /// Records that a part could not be published, or that VAN surely created no job for it.
    pub(crate) fn refused(&self, part: PartId, why: &str) -> Result<(), LedgerError> {
        use PartState::{Refused, Submitting, Uploaded, Uploading};
        let from = [Uploading, Uploaded, Submitting];
        self.advance(part, &from, Refused, Some(why), &[("problem", &why)])
    }

    /// Records that nobody knows whether VAN created a job.
    pub(crate) fn unknown(&self, part: PartId, why: &str) -> Result<(), LedgerError> {
        use PartState::{Downloaded, Ended, Submitted, Submitting, Unknown};
        let set: Set<'_> = &[("problem", &why), ("job", &Null), ("assumed", &false), ("status", &Null)];
        let from = [Submitting, Unknown, Submitted, Ended, Downloaded];
        self.advance(part, &from, Unknown, Some(why), set)
    }

    /// Records the number of the job that VAN gave, or that the user knows.
    pub(crate) fn submitted(&self, part: PartId, job: JobId, assumed: bool) -> Result<(), LedgerError> {
        let from: &[PartState] = match assumed {
            true => &[PartState::Submitting, PartState::Unknown],
            false => &[PartState::Submitting],
        };
        let detail = format!("job {job}{}", if assumed { ", by the user's word" } else { "" });
        let set: Set<'_> = &[("job", &sql(job.0)), ("assumed", &assumed), ("problem", &Null)];
        self.advance(part, from, PartState::Submitted, Some(&detail), set)
    }

    /// Records the user's word that VAN created no job.
    pub(crate) fn assumed_lost(&self, part: PartId) -> Result<(), LedgerError> {
        use PartState::{Packed, Submitting, Unknown};
        let detail = "no job was created, by the user's word";
        self.advance(part, &[Submitting, Unknown], Packed, Some(detail), &[("problem", &Null)])
    }

    /// Records that the upload of a part was seen to be fetched.
    pub(crate) fn fetched(&self, part: PartId) -> Result<(), LedgerError> {
        self.change(part, "fetched", None, &[("fetched", &true)])
    }

    /// Records another status of the job of a part.
    pub(crate) fn status(&self, part: PartId, status: &str) -> Result<(), LedgerError> {
        self.change(part, "status", Some(status), &[("status", &status)])
    }

    /// Records that the job of a part has ended, with what VAN says went wrong.
    pub(crate) fn ended(&self, part: PartId, problem: Option<&str>) -> Result<(), LedgerError> {
        use PartState::{Downloaded, Ended, Submitted};
        self.advance(part, &[Submitted, Ended, Downloaded], Ended, problem, &[("problem", &problem)])
    }

    /// Records that all result files of a part are there.
    pub(crate) fn downloaded(&self, part: PartId, files: usize) -> Result<(), LedgerError> {
        let detail = format!("{files} result files");
        let set: Set<'_> = &[("result_files", &sql(files as u64))];
        self.advance(part, &[PartState::Ended], PartState::Downloaded, Some(&detail), set)
    }

    /// Records the account of a part.
    pub(crate) fn accounted(&self, part: PartId, counts: Counts, messages: &str) -> Result<(), LedgerError> {
        let Counts { processed, refused, missing } = counts;
        let detail = format!("processed {processed}, refused {refused}, missing {missing}");
        let set: Set<'_> = &[
            ("processed", &sql(processed)),
            ("refused", &sql(refused)),
            ("missing", &sql(missing)),
            ("messages", &messages),
        ];
        self.advance(part, &[PartState::Downloaded], PartState::Accounted, Some(&detail), set)
    }

    /// Records that the upload of a part was removed.
    pub(crate) fn removed(&self, part: PartId) -> Result<(), LedgerError> {
        self.change(part, "upload-removed", None, &[("published", &false)])
    }

    /// Gives a part another state, if it has one of `from`, and other values.
    fn advance(
        &self,
        part: PartId,
        from: &[PartState],
        to: PartState,
        detail: Option<&str>,
        set: Set<'_>,
    ) -> Result<(), LedgerError> {
        let from: Vec<String> = from.iter().map(|state| format!("'{state}'")).collect();
        let condition = format!(" AND state IN ({})", from.join(", "));
        let mut all: Vec<(&str, &dyn ToSql)> = set.to_vec();
        let state = to.as_str();
        all.push(("state", &state));
        let changed = self.write(|transaction| {
            let changed = update(transaction, part, &condition, &all)?;
            if changed {
                step(transaction, part.import, Some(part.number), state, detail)?;
            }
            Ok(changed)
        })?;
        if changed {
            return Ok(());
        }
        let is = self.parts(part.import)?.into_iter().find(|record| record.number == part.number);
        let is = is.map(|record| record.state);
        Err(LedgerError::State { import: part.import, part: part.number, is, to })
    }

    /// Gives a part other values.
    fn change(
        &self,
        part: PartId,
        what: &str,
        detail: Option<&str>,
        set: Set<'_>,
    ) -> Result<(), LedgerError> {
        self.write(|transaction| {
            update(transaction, part, "", set)?;
            step(transaction, part.import, Some(part.number), what, detail)
        })
    }

    fn write<T>(
        &self,
        write: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
    ) -> Result<T, LedgerError> {
        let mut database = self.database();
        let written =
            database.transaction_with_behavior(TransactionBehavior::Immediate).and_then(|transaction| {
                let value = write(&transaction)?;
                transaction.commit()?;
                Ok(value)
            });
        written.map_err(|source| LedgerError::Write { path: self.path(), source })
    }
}

/// Whether there was such a part to change.
fn update(
    transaction: &Transaction<'_>,
    part: PartId,
    condition: &str,
    set: Set<'_>,
) -> rusqlite::Result<bool> {
    let columns: Vec<String> = set.iter().zip(3..).map(|((name, _), at)| format!("{name} = ?{at}")).collect();
    let sql = format!("UPDATE parts SET {} WHERE import = ?1 AND number = ?2{condition}", columns.join(", "));
    let key: [&dyn ToSql; 2] = [&part.import.0, &part.number];
    let values = key.into_iter().chain(set.iter().map(|(_, value)| *value));
    Ok(transaction.execute(&sql, params_from_iter(values))? == 1)
}

fn step(
    transaction: &Transaction<'_>,
    import: ImportId,
    part: Option<u32>,
    what: &str,
    detail: Option<&str>,
) -> rusqlite::Result<()> {
    transaction.execute(
        "INSERT INTO steps (import, part, at, step, detail) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![import.0, part, now(), what, detail],
    )?;
    Ok(())
}

fn now() -> String {
    // A date of four digits of a year always has this form.
    OffsetDateTime::now_utc().format(&Rfc3339).unwrap_or_default()
}
