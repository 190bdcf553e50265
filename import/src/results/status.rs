//! The status of a bulk import job.

use std::fmt;

/// The status of a bulk import job.
///
/// VAN's docs spell two of them in two ways and mention `Error` only in passing; every spelling is understood. A word
/// that is not known is kept and counts as not yet final.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Status {
    /// Accepted, not begun.
    Pending,
    /// Running.
    InProgress,
    /// Running, and some rows have failed.
    InProgressWithErrors,
    /// Done; also spelled `Complete`. At least some rows were imported, not necessarily all.
    Completed,
    /// Done, and some rows have failed; also spelled `CompletedWithError`.
    CompletedWithErrors,
    /// Ended without an import.
    Failed,
    /// Ended without an import; VAN's docs mention it without explaining it.
    Error,
    /// A word this crate does not know.
    Unknown(String),
}

impl Status {
    /// The status that a word of VAN's stands for, in any case.
    pub fn from_word(word: &str) -> Self {
        match word.to_ascii_lowercase().as_str() {
            "pending" => Self::Pending,
            "inprogress" => Self::InProgress,
            "inprogresswitherrors" | "inprogresswitherror" => Self::InProgressWithErrors,
            "completed" | "complete" => Self::Completed,
            "completedwitherrors" | "completedwitherror" | "completewitherrors" => Self::CompletedWithErrors,
            "failed" => Self::Failed,
            "error" => Self::Error,
            _ => Self::Unknown(word.to_owned()),
        }
    }

    /// VAN's word.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Pending => "Pending",
            Self::InProgress => "InProgress",
            Self::InProgressWithErrors => "InProgressWithErrors",
            Self::Completed => "Completed",
            Self::CompletedWithErrors => "CompletedWithErrors",
            Self::Failed => "Failed",
            Self::Error => "Error",
            Self::Unknown(word) => word,
        }
    }

    /// Whether the job has ended.
    pub fn is_terminal(&self) -> bool {
        matches!(self, Self::Completed | Self::CompletedWithErrors | Self::Failed | Self::Error)
    }

    /// Whether the job has ended without an import.
    pub fn is_failure(&self) -> bool {
        matches!(self, Self::Failed | Self::Error)
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_documented_spelling_is_understood() {
        for (word, status) in [
            ("Pending", Status::Pending),
            ("InProgress", Status::InProgress),
            ("InProgressWithErrors", Status::InProgressWithErrors),
            ("Completed", Status::Completed),
            ("Complete", Status::Completed),
            ("CompletedWithErrors", Status::CompletedWithErrors),
            ("CompletedWithError", Status::CompletedWithErrors),
            ("Failed", Status::Failed),
            ("Error", Status::Error),
        ] {
            assert_eq!(Status::from_word(word), status);
        }
    }

    #[test]
    fn an_unknown_word_is_kept_and_not_final() {
        let status = Status::from_word("Queued for Review");
        assert_eq!(status.to_string(), "Queued for Review");
        assert!(!status.is_terminal() && !status.is_failure());
    }

    #[test]
    fn four_statuses_are_final_and_two_of_them_failures() {
        let all = [
            "Pending",
            "InProgress",
            "InProgressWithErrors",
            "Completed",
            "CompletedWithErrors",
            "Failed",
            "Error",
        ];
        let all = all.map(Status::from_word);
        assert_eq!(all.iter().filter(|status| status.is_terminal()).count(), 4);
        assert_eq!(all.iter().filter(|status| status.is_failure()).count(), 2);
    }
}
