//! Where a fault happens.

use std::fmt;

/// Where a fault happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Endpoint {
    /// Whatever a client asks about what it may import: mapping types, values, resources; and `apiKeyProfiles` and
    /// `echoes`, by which it tries its key.
    Discovery,
    /// `POST /bulkImportJobs`.
    Submit,
    /// `GET /bulkImportJobs/{jobId}`.
    Status,
    /// The download of a result file.
    Results,
    /// The fetch of the zip, where the emulator is the client.
    Fetch,
    /// What becomes of a job; how often then counts jobs, as they are accepted.
    Job,
}

impl Endpoint {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Discovery, Self::Submit, Self::Status, Self::Results, Self::Fetch, Self::Job];

    /// The word by which it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Discovery => "discovery",
            Self::Submit => "submit",
            Self::Status => "status",
            Self::Results => "results",
            Self::Fetch => "fetch",
            Self::Job => "job",
        }
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
