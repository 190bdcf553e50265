//! Why a whole job fails. What its `errors` tell about it are the emulator's words; VAN's are not public.

use crate::job::JobError;
use crate::token;

#[derive(Debug, thiserror::Error)]
pub(super) enum JobFailure {
    #[error("The file could not be fetched from {url}: {why}")]
    NotFetched { url: String, why: String },
    #[error("The file at {url} is larger than {limit} bytes, the most that is allowed.")]
    ZipTooLarge { url: String, limit: u64 },
    #[error("The file at {url} is not a complete zip: {why}")]
    NotAZip { url: String, why: String },
    #[error("The zip holds no file named '{name}'. It holds: {found}")]
    NotInZip { name: String, found: String },
    #[error("'{name}' in the zip is encrypted. Zip it without a password.")]
    Encrypted { name: String },
    #[error("'{name}' in the zip could not be read: {why}")]
    Unreadable { name: String, why: String },
    #[error("'{name}' in the zip is larger than {limit} bytes, the most that is allowed.")]
    FileTooLarge { name: String, limit: u64 },
    #[error("'{name}' is not UTF-8 text: line {line} holds other bytes. Save it as UTF-8.")]
    NotUtf8 { name: String, line: u64 },
    #[error("'{name}' has unbalanced quotes: the quote that is opened in line {line} is never closed.")]
    UnbalancedQuotes { name: String, line: u64 },
    #[error("'{name}' has a row of more than {limit} bytes, which starts in line {line}.")]
    RowTooLong { name: String, line: u64, limit: u64 },
    #[error(
        "The rows cannot be told apart: a job for '{resource}' without CreateOrUpdateContact needs a column named \
         '{column}', and there is none."
    )]
    NoKeyColumn { resource: String, column: &'static str },
    #[error("'{name}' holds no rows.")]
    NoRows { name: String },
    #[error("None of the {rows} rows of '{name}' could be imported. Row 1: {reason}.")]
    NoGoodRow { name: String, rows: u64, reason: String },
    #[error("The emulator failed: {0}")]
    Internal(String),
}

impl JobFailure {
    fn code(&self) -> &'static str {
        match self {
            Self::NotFetched { .. } => "FILE_NOT_FETCHED",
            Self::ZipTooLarge { .. } | Self::FileTooLarge { .. } => "FILE_TOO_LARGE",
            Self::NotAZip { .. } => "FILE_NOT_A_ZIP",
            Self::NotInZip { .. } => "FILE_NOT_IN_ZIP",
            Self::Encrypted { .. } => "FILE_ENCRYPTED",
            Self::Unreadable { .. } => "FILE_UNREADABLE",
            Self::NotUtf8 { .. } => "FILE_NOT_UTF8",
            Self::UnbalancedQuotes { .. } => "FILE_UNBALANCED_QUOTES",
            Self::RowTooLong { .. } => "FILE_ROW_TOO_LONG",
            Self::NoKeyColumn { .. } => "KEY_COLUMN_MISSING",
            Self::NoRows { .. } => "FILE_EMPTY",
            Self::NoGoodRow { .. } => "NO_ROW_IMPORTED",
            Self::Internal(_) => "INTERNAL_ERROR",
        }
    }

    pub(super) fn to_job_error(&self) -> JobError {
        JobError { reference_code: token::random(), text: self.to_string(), code: self.code() }
    }
}

/// The system refused something that has nothing to do with the job.
impl From<std::io::Error> for JobFailure {
    fn from(error: std::io::Error) -> Self {
        Self::Internal(error.to_string())
    }
}
