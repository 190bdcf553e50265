//! Follows a job to its end.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::{Client, ClientError, Job, JobId};
use crate::results::Status;

/// The least time between two requests, whatever the options say.
const LEAST_INTERVAL: Duration = Duration::from_millis(10);

/// How to follow a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitOptions {
    /// The time between two requests; 5 seconds at first, as another client has it in production. VAN publishes no rate
    /// limit.
    pub poll_interval: Duration,
    /// How long to wait for the end of the job; an hour at first. The last request may still be under way then.
    pub deadline: Duration,
    /// How long a 404 means that VAN does not know the job *yet*; 30 seconds at first. VAN's docs do not mention it;
    /// authors of other clients have suspected it. Once VAN has told a status, a 404 is an error.
    pub not_found_grace: Duration,
}

impl Default for WaitOptions {
    fn default() -> Self {
        Self {
            poll_interval: Duration::from_secs(5),
            deadline: Duration::from_secs(3_600),
            not_found_grace: Duration::from_secs(30),
        }
    }
}

impl Client {
    /// Asks for a job until it has ended, and calls `on_status` with every reply. Statuses that are not known count as
    /// not yet final.
    ///
    /// A job that has *failed* is returned like one that has completed: ask [`Status::is_failure`].
    ///
    /// # Errors
    /// When a request fails, or the deadline passes; the job may go on, and can be waited for again.
    pub async fn wait(
        &self,
        id: JobId,
        options: &WaitOptions,
        mut on_status: impl FnMut(&Job),
    ) -> Result<Job, ClientError> {
        let started = Instant::now();
        let mut last_status: Option<Status> = None;
        loop {
            match self.job(id).await {
                Ok(job) => {
                    on_status(&job);
                    if job.status.is_terminal() {
                        return Ok(job);
                    }
                    last_status = Some(job.status);
                }
                Err(ClientError::NotFound(refusal)) => {
                    if last_status.is_some() || started.elapsed() >= options.not_found_grace {
                        return Err(ClientError::NotFound(refusal));
                    }
                    tracing::debug!(job = %id, "not known yet");
                }
                Err(error) => return Err(error),
            }
            let waited = started.elapsed();
            if waited >= options.deadline {
                return Err(ClientError::Deadline { job: id, waited, last_status });
            }
            let pause = options.poll_interval.max(LEAST_INTERVAL).min(options.deadline - waited);
            sleep(pause).await;
        }
    }
}
