//! What a request is about, by its method and path.

use axum::http::Method;

use crate::faults::Endpoint;

/// The most of a path that is recorded.
const MAX_PATH_CHARACTERS: usize = 200;

/// What a request is about.
pub(super) struct Target {
    /// As it may be recorded.
    pub(super) path: String,
    pub(super) endpoint: Option<Endpoint>,
    pub(super) job: Option<u32>,
    /// What tells requests of one endpoint apart that are about different things.
    pub(super) thing: String,
}

impl Target {
    pub(super) fn of(method: &Method, path: &str) -> Self {
        let segments: Vec<&str> = path.trim_start_matches('/').split('/').collect();
        let reads = method == Method::GET || method == Method::HEAD;
        let target = |endpoint, job, thing: &str| Self {
            path: path.chars().take(MAX_PATH_CHARACTERS).collect(),
            endpoint,
            job,
            thing: thing.to_owned(),
        };
        match segments.as_slice() {
            ["v4", "bulkImportJobs"] if method == Method::POST => target(Some(Endpoint::Submit), None, ""),
            ["v4", "bulkImportJobs", "resources"] if reads => target(Some(Endpoint::Discovery), None, path),
            ["v4", "bulkImportJobs", id] if reads => target(Some(Endpoint::Status), id.parse().ok(), id),
            ["v4", "bulkImportMappingTypes" | "apiKeyProfiles" | "echoes", ..] => {
                target(Some(Endpoint::Discovery), None, path)
            }
            ["results", _, name] if reads => {
                let mut target = target(Some(Endpoint::Results), job_of(name), name);
                target.path = format!("/results/…/{name}").chars().take(MAX_PATH_CHARACTERS).collect();
                target
            }
            ["results", ..] => Self { path: "/results/…".to_owned(), ..target(None, None, "") },
            _ => target(None, None, ""),
        }
    }
}

/// The job of a result file, by the name of the file: `job-1001-1.csv`.
fn job_of(name: &str) -> Option<u32> {
    name.strip_prefix("job-")?.split('-').next()?.parse().ok()
}
