//! What a ledger holds.

use std::fmt;
use std::str::FromStr;

use rusqlite::Row;
use rusqlite::types::Type;
use serde::Serialize;

use crate::client::JobId;

/// The number of an import in its ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct ImportId(pub i64);

impl fmt::Display for ImportId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for ImportId {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

/// Makes an enum of words as the database has them.
macro_rules! words {
    ($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
        #[serde(rename_all = "kebab-case")]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$doc])* $variant,)+
        }

        impl $name {
            /// The word in the database.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }

            fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
                let word: String = row.get("state")?;
                match word.as_str() {
                    $($word => Ok(Self::$variant),)+
                    _ => Err(rusqlite::Error::FromSqlConversionFailure(
                        row.as_ref().column_index("state").unwrap_or_default(),
                        Type::Text,
                        format!("`{word}` is no state that this program knows").into(),
                    )),
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

words! {
    /// How far an import is.
    ImportState {
        /// Its rows are being checked and packed, or were when its process ended. Nothing was sent.
        Packing = "packing",
        /// It has parts that are to be sent or followed.
        Open = "open",
        /// Every row is accounted for.
        Finished = "finished",
        /// Nothing of it was sent, and nothing will be.
        GivenUp = "given-up",
    }
}

words! {
    /// How far a part is.
    PartState {
        /// Its zip is there; it is not published.
        Packed = "packed",
        /// It is being published.
        Uploading = "uploading",
        /// It is published.
        Uploaded = "uploaded",
        /// Its job is being submitted; if no process works on it, nobody knows whether VAN accepted the job.
        Submitting = "submitting",
        /// Its job was submitted, and nobody knows whether VAN accepted it; or VAN accepted it, and says now that there is
        /// no such job.
        Unknown = "unknown",
        /// VAN refused its job, or could not be reached; no job was created.
        Refused = "refused",
        /// Its job was accepted.
        Submitted = "submitted",
        /// Its job has ended.
        Ended = "ended",
        /// All result files of its job are there.
        Downloaded = "downloaded",
        /// Its rows are accounted for.
        Accounted = "accounted",
    }
}

impl PartState {
    /// Whether nobody knows what became of the job, as long as no process works on the part.
    pub fn is_unknown(self) -> bool {
        matches!(self, Self::Submitting | Self::Unknown)
    }

    /// Whether VAN has certainly not accepted a job for the part.
    pub fn is_unsent(self) -> bool {
        matches!(self, Self::Packed | Self::Uploading | Self::Uploaded | Self::Refused)
    }
}

/// One import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ImportRecord {
    /// Its number.
    pub id: ImportId,
    /// How far it is.
    pub state: ImportState,
    /// SHA-256 of the job without its description and of all rows that were packed; `None` while packing, and where no row
    /// was packed.
    pub content: Option<String>,
    /// Whether it was started although the same content was imported before.
    pub forced: bool,
    /// The API and the database mode that it is for.
    pub api: String,
    /// The description of its job.
    pub description: String,
    /// What its rows were read from.
    pub source: String,
    /// Its job as JSON, without the link to the file.
    #[serde(skip)]
    pub payload: String,
    /// The rows that were read.
    pub rows: u64,
    /// The rows that were left out before anything was sent.
    pub rejected: u64,
    /// When it was started, in UTC.
    pub started_at: String,
    /// When it finished.
    pub finished_at: Option<String>,
}

impl ImportRecord {
    pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: ImportId(row.get("id")?),
            state: ImportState::read(row)?,
            content: row.get("content")?,
            forced: row.get("forced")?,
            api: row.get("api")?,
            description: row.get("description")?,
            source: row.get("source")?,
            payload: row.get("payload")?,
            rows: number(row, "rows")?,
            rejected: number(row, "rejected")?,
            started_at: row.get("started_at")?,
            finished_at: row.get("finished_at")?,
        })
    }
}

/// One part of an import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PartRecord {
    /// Its number, counted from 1.
    pub number: u32,
    /// How far it is.
    pub state: PartState,
    /// The name of the zip.
    pub file: String,
    /// The name under which it is uploaded.
    pub object: String,
    /// SHA-256 of the zip.
    pub sha256: String,
    /// The size of the zip, in bytes.
    pub bytes: u64,
    /// The rows in it.
    pub rows: u64,
    /// The first row of the input that is in it, counted from 1.
    pub first_row: u64,
    /// The last row of the input that is in it.
    pub last_row: u64,
    /// VAN's number of its job. It is kept if VAN says later that there is no such job: the part is
    /// [unknown](PartState::Unknown) then.
    pub job: Option<JobId>,
    /// Whether the number of the job is the user's word.
    pub assumed: bool,
    /// Whether the upload was seen to be fetched, which proves that VAN accepted the job.
    pub fetched: bool,
    /// Where there may be an upload that has not been removed, such as `s3://bucket/prefix`.
    pub place: Option<String>,
    /// The last status of the job that was seen, in VAN's word.
    pub status: Option<String>,
    /// What went wrong with it or with its job.
    pub problem: Option<String>,
    /// How many result files its job has.
    pub result_files: u32,
    /// The rows whose mappings were all processed, once they are accounted for.
    pub processed: Option<u64>,
    /// The rows with a refused mapping.
    pub refused: Option<u64>,
    /// The rows that are in no result file.
    pub missing: Option<u64>,
    /// What VAN said of each mapping, as JSON.
    #[serde(skip)]
    pub messages: Option<String>,
}

impl PartRecord {
    pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        let job: Option<i64> = row.get("job")?;
        Ok(Self {
            number: row.get("number")?,
            state: PartState::read(row)?,
            file: row.get("file")?,
            object: row.get("object")?,
            sha256: row.get("sha256")?,
            bytes: number(row, "bytes")?,
            rows: number(row, "rows")?,
            first_row: number(row, "first_row")?,
            last_row: number(row, "last_row")?,
            job: job.and_then(|job| u64::try_from(job).ok()).map(JobId),
            assumed: row.get("assumed")?,
            fetched: row.get("fetched")?,
            place: row.get("place")?,
            status: row.get("status")?,
            problem: row.get("problem")?,
            result_files: row.get("result_files")?,
            processed: optional(row, "processed")?,
            refused: optional(row, "refused")?,
            missing: optional(row, "missing")?,
            messages: row.get("messages")?,
        })
    }
}

/// One thing that was done, or was about to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Step {
    /// The part, counted from 1, if it is about one.
    pub part: Option<u32>,
    /// When, in UTC.
    pub at: String,
    /// What: a state that the part or the import got, or another word.
    pub step: String,
    /// More about it, such as an error.
    pub detail: Option<String>,
}

impl Step {
    pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            part: row.get("part")?,
            at: row.get("at")?,
            step: row.get("step")?,
            detail: row.get("detail")?,
        })
    }
}

/// A number as SQLite takes it; no count of rows or bytes comes near the limit.
pub(super) fn sql(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn number(row: &Row<'_>, column: &str) -> rusqlite::Result<u64> {
    optional(row, column).map(Option::unwrap_or_default)
}

fn optional(row: &Row<'_>, column: &str) -> rusqlite::Result<Option<u64>> {
    let number: Option<i64> = row.get(column)?;
    Ok(number.map(|number| u64::try_from(number).unwrap_or_default()))
}
