//! What is written into a ledger. Every change is one transaction with the step that tells of it.

use rusqlite::types::Null;
use rusqlite::{
    OptionalExtension as _, ToSql, Transaction, TransactionBehavior, named_params, params, params_from_iter,
};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::record::sql;
use super::{ImportId, ImportRecord, Ledger, LedgerError, Lock, PartState};
use crate::client::JobId;
use crate::results::Outcome;
use crate::rows::Packed;

/// An import that begins.
pub(crate) struct Begun<'a> {
    pub(crate) api: &'a str,
    pub(crate) description: &'a str,
    pub(crate) source: &'a str,
    pub(crate) payload: &'a str,
    pub(crate) forced: bool,
}

/// What was packed, in hashes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Contents<'a> {
    /// The hash of the job and the rows, if there are any.
    pub(crate) content: Option<&'a str>,
    /// Those of the zips.
    pub(crate) parts: &'a [String],
    /// The folder that the parts are uploaded to.
    pub(crate) uploads: &'a str,
}

/// The user's word about a part.
#[derive(Debug, Clone)]
pub(crate) enum Word {
    /// VAN created this job for it.
    Submitted(JobId),
    /// VAN created none; it is uploaded to this folder and submitted again.
    Lost {
        /// The folder.
        uploads: String,
    },
}

impl Word {
    /// The state that a part gets by it.
    fn state(&self) -> PartState {
        match self {
            Self::Submitted(_) => PartState::Submitted,
            Self::Lost { .. } => PartState::Packed,
        }
    }
}

/// The states of a part whose job was submitted and that is not accounted for.
const FOLLOWED: [PartState; 5] = [
    PartState::Submitting,
    PartState::Unknown,
    PartState::Submitted,
    PartState::Ended,
    PartState::Downloaded,
];

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

impl Counts {
    pub(crate) fn of(outcome: &Outcome) -> Self {
        let Outcome { processed, refused, missing, .. } = *outcome;
        Self { processed, refused, missing }
    }
}

impl Ledger {
    /// Records that the rows of an import are about to be packed. Nobody sees it before its lock is taken: an import that is
    /// being packed and whose lock is free was killed.
    pub(crate) fn begin(&self, begun: &Begun<'_>) -> Result<(ImportId, Lock), LedgerError> {
        let (import, lock) = self.write(|transaction| {
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
            Ok((id, self.lock(id)))
        })?;
        Ok((import, lock?))
    }

    /// Records what was packed. If an import of the same content into the same database is recorded already, and this one is
    /// not forced, nothing is changed, and the other is given.
    pub(crate) fn packed(
        &self,
        import: ImportId,
        packed: &Packed,
        contents: &Contents<'_>,
    ) -> Result<Option<ImportRecord>, LedgerError> {
        let Contents { content, parts: hashes, uploads } = *contents;
        self.write(|transaction| {
            let same = transaction.query_row(
                "SELECT other.* FROM imports AS own JOIN imports AS other \
                 ON other.api = own.api AND other.content = :content AND other.state <> 'given-up' \
                 WHERE own.id = :import AND own.forced = 0 ORDER BY other.id DESC LIMIT 1",
                named_params! {":content": content, ":import": import.0},
                ImportRecord::read,
            );
            if let Some(same) = same.optional()? {
                return Ok(Some(same));
            }
            let changed = transaction.execute(
                "UPDATE imports SET state = 'open', content = :content, rows = :rows, rejected = :rejected \
                 WHERE id = :import AND state = 'packing'",
                named_params! {
                    ":content": content,
                    ":rows": sql(packed.summary.rows),
                    ":rejected": sql(packed.summary.rejected),
                    ":import": import.0,
                },
            )?;
            if changed != 1 {
                return Err(rusqlite::Error::StatementChangedRows(changed));
            }
            for ((part, hash), number) in packed.parts.iter().zip(hashes).zip(1u32..) {
                let file = part.path.file_name().unwrap_or_default().to_string_lossy();
                transaction.execute(
                    "INSERT INTO parts (import, number, state, file, object, sha256, bytes, rows, first_row, last_row) \
                     VALUES (:import, :number, 'packed', :file, :object, :sha256, :bytes, :rows, :first, :last)",
                    named_params! {
                        ":import": import.0,
                        ":number": number,
                        ":file": file,
                        ":object": object(uploads, number),
                        ":sha256": hash,
                        ":bytes": sql(part.bytes),
                        ":rows": sql(part.rows),
                        ":first": sql(part.first_row),
                        ":last": sql(part.last_row),
                    },
                )?;
            }
            step(transaction, import, None, "packed", Some(&format!("{} parts", packed.parts.len())))?;
            Ok(None)
        })
    }

    /// Records that nothing of an import will be sent, which is so only as long as it is being packed. `Ok(false)` if it is
    /// not, and nothing was changed.
    pub(crate) fn give_up(&self, import: ImportId) -> Result<bool, LedgerError> {
        self.write(|transaction| {
            let sql = "UPDATE imports SET state = 'given-up' WHERE id = ?1 AND state = 'packing'";
            let given_up = transaction.execute(sql, [import.0])? == 1;
            if given_up {
                step(transaction, import, None, "given-up", None)?;
            }
            Ok(given_up)
        })
    }

    /// Records that the parts of an import will not be sent. `Ok(false)` if VAN has accepted a job of it, or may have, and
    /// nothing was changed.
    pub(crate) fn give_up_unsent(&self, import: ImportId) -> Result<bool, LedgerError> {
        self.write(|transaction| {
            let sql = "UPDATE imports SET state = 'given-up' WHERE id = ?1 AND state = 'open' AND NOT EXISTS \
                       (SELECT 1 FROM parts WHERE import = ?1 \
                        AND (job IS NOT NULL OR state NOT IN ('packed', 'uploading', 'uploaded', 'refused')))";
            let given_up = transaction.execute(sql, [import.0])? == 1;
            if given_up {
                step(transaction, import, None, "given-up", Some("by the user's word"))?;
            }
            Ok(given_up)
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

    /// Records that a part is about to be put into a place.
    pub(crate) fn uploading(&self, part: PartId, place: &str) -> Result<(), LedgerError> {
        use PartState::{Packed, Refused, Uploaded, Uploading};
        let from = [Packed, Uploading, Uploaded, Refused];
        self.advance(part, &from, Uploading, Some(place), &[("place", &place)])
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

    /// Records that nobody knows whether VAN created a job, or that VAN does not know the job that it created; its number
    /// is kept.
    pub(crate) fn unknown(&self, part: PartId, why: &str) -> Result<(), LedgerError> {
        self.advance(part, &FOLLOWED, PartState::Unknown, Some(why), &[("problem", &why)])
    }

    /// Records that the number that the user gave is not that of the job, so that nobody knows whether VAN created one.
    pub(crate) fn not_its_job(&self, part: PartId, why: &str) -> Result<(), LedgerError> {
        let set: Set<'_> = &[("problem", &why), ("job", &Null), ("assumed", &false), ("status", &Null)];
        self.advance(part, &FOLLOWED, PartState::Unknown, Some(why), set)
    }

    /// Records the number of the job that VAN gave.
    pub(crate) fn submitted(&self, part: PartId, job: JobId) -> Result<(), LedgerError> {
        let detail = format!("job {job}");
        let changed = self.write(|transaction| {
            let set: Set<'_> = &[("job", &job_number(job)?), ("assumed", &false), ("problem", &Null)];
            advance(transaction, part, &[PartState::Submitting], PartState::Submitted, Some(&detail), set)
        })?;
        self.expect(changed, part, PartState::Submitted)
    }

    /// Records that VAN knows the job of a part again.
    pub(crate) fn known_again(&self, part: PartId) -> Result<(), LedgerError> {
        let detail = "VAN knows its job again";
        let set: Set<'_> = &[("problem", &Null)];
        self.advance(part, &[PartState::Unknown], PartState::Submitted, Some(detail), set)
    }

    /// Records the user's word about parts: of all of them or of none.
    pub(crate) fn assume(&self, import: ImportId, words: &[(u32, Word)]) -> Result<(), LedgerError> {
        let mut refused = None;
        let written = self.write(|transaction| {
            for (number, word) in words {
                let part = PartId { import, number: *number };
                let taken = match word {
                    Word::Submitted(job) => {
                        let job_number = job_number(*job)?;
                        let set: Set<'_> = &[
                            ("job", &job_number),
                            ("assumed", &true),
                            ("problem", &Null),
                            ("status", &Null),
                        ];
                        let detail = format!("job {job}, by the user's word");
                        advance(transaction, part, &FOLLOWED, PartState::Submitted, Some(&detail), set)?
                    }
                    Word::Lost { uploads } => {
                        let set: Set<'_> = &[
                            ("object", &object(uploads, *number)),
                            ("place", &Null),
                            ("job", &Null),
                            ("assumed", &false),
                            ("problem", &Null),
                            ("status", &Null),
                        ];
                        let detail = "no job was created, by the user's word";
                        advance(transaction, part, &FOLLOWED, PartState::Packed, Some(detail), set)?
                    }
                };
                if !taken {
                    refused = Some((part, word.state()));
                    return Err(rusqlite::Error::StatementChangedRows(0));
                }
            }
            Ok(())
        });
        match refused {
            Some((part, to)) => self.expect(false, part, to),
            None => written,
        }
    }

    /// Records that the upload of a part was seen to be fetched.
    pub(crate) fn fetched(&self, part: PartId) -> Result<(), LedgerError> {
        self.change(part, "fetched", None, &[("fetched", &true)])
    }

    /// Records another status of the job of a part.
    pub(crate) fn status(&self, part: PartId, status: &str) -> Result<(), LedgerError> {
        self.change(part, "status", Some(status), &[("status", &status)])
    }

    /// Records that the job of a part has ended, with what VAN says went wrong. Its result files are yet to be downloaded,
    /// or to be downloaded again.
    pub(crate) fn ended(&self, part: PartId, problem: Option<&str>) -> Result<(), LedgerError> {
        use PartState::{Accounted, Downloaded, Ended, Submitted};
        let from = [Submitted, Ended, Downloaded, Accounted];
        self.advance(part, &from, Ended, problem, &[("problem", &problem)])
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
        self.change(part, "upload-removed", None, &[("place", &Null)])
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
        let changed = self.write(|transaction| advance(transaction, part, from, to, detail, set))?;
        self.expect(changed, part, to)
    }

    /// An error if a part did not get another state.
    fn expect(&self, changed: bool, part: PartId, to: PartState) -> Result<(), LedgerError> {
        if changed {
            return Ok(());
        }
        let is = self.part(part)?.map(|record| record.state);
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

/// Gives a part another state and other values, if it has one of the states `from`; tells whether it had.
fn advance(
    transaction: &Transaction<'_>,
    part: PartId,
    from: &[PartState],
    to: PartState,
    detail: Option<&str>,
    set: Set<'_>,
) -> rusqlite::Result<bool> {
    let from: Vec<String> = from.iter().map(|state| format!("'{state}'")).collect();
    let condition = format!(" AND state IN ({})", from.join(", "));
    let mut all: Vec<(&str, &dyn ToSql)> = set.to_vec();
    let state = to.as_str();
    all.push(("state", &state));
    let changed = update(transaction, part, &condition, &all)?;
    if changed {
        step(transaction, part.import, Some(part.number), state, detail)?;
    }
    Ok(changed)
}

/// The number of a job as SQLite takes it. No other number may stand for one that is too large.
fn job_number(job: JobId) -> rusqlite::Result<i64> {
    i64::try_from(job.0).map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))
}

/// The name under which a part is uploaded. What the user calls the file may have characters that not every place takes.
fn object(uploads: &str, number: u32) -> String {
    format!("{uploads}/{number:03}.zip")
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
