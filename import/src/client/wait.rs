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
    /// How long to wait for the end of the job; an hour at first. The last request may still be under way then, with its
    /// [`Retry`](super::Retry).
    pub deadline: Duration,
    /// How long a 404 means that VAN does not know the job *yet*; 30 seconds at first. VAN's docs do not mention it;
    /// authors of other clients have suspected it. Once VAN has told a status, a 404 is an error.
    pub not_found_grace: Duration,
    /// How long every request may fail for reasons that pass ([`ClientError::is_transient`]) before the waiting ends; 10
    /// minutes at first. The job goes on meanwhile.
    pub outage: Duration,
}

impl Default for WaitOptions {
    fn default() -> Self {
        Self {
            poll_interval: Duration::from_secs(5),
            deadline: Duration::from_secs(3_600),
            not_found_grace: Duration::from_secs(30),
            outage: Duration::from_secs(600),
        }
    }
}

impl<M> Client<M> {
    /// Asks for a job until it has ended, and calls `on_status` with every reply. Statuses that are not known count as
    /// not yet final, and failures that pass do not end the waiting unless they last (see [`WaitOptions::outage`]).
    ///
    /// A job that has *failed* is returned like one that has completed: ask [`Status::is_failure`].
    ///
    /// # Errors
    /// When a request fails for good, the failures last too long, or the deadline passes; the job may go on, and can be
    /// waited for again.
    pub async fn wait(
        &self,
        id: JobId,
        options: &WaitOptions,
        mut on_status: impl FnMut(&Job),
    ) -> Result<Job, ClientError> {
        let started = Instant::now();
        let mut last_status: Option<Status> = None;
        let mut failing_since: Option<Instant> = None;
        loop {
            let asked = Instant::now();
            let mut last_failure = None;
            match self.job(id).await {
                Ok(job) => {
                    on_status(&job);
                    if job.status.is_terminal() {
                        return Ok(job);
                    }
                    last_status = Some(job.status);
                    failing_since = None;
                }
                Err(ClientError::NotFound(refusal)) => {
                    if last_status.is_some() || started.elapsed() >= options.not_found_grace {
                        return Err(ClientError::NotFound(refusal));
                    }
                    tracing::debug!(job = %id, "not known yet");
                    failing_since = None;
                }
                Err(error) if error.is_transient() => {
                    if failing_since.get_or_insert(asked).elapsed() >= options.outage {
                        return Err(error);
                    }
                    tracing::warn!(job = %id, %error, "asking for the job failed; the waiting goes on");
                    last_failure = Some(Box::new(error));
                }
                Err(error) => return Err(error),
            }
            let waited = started.elapsed();
            if waited >= options.deadline {
                return Err(ClientError::Deadline { job: id, waited, last_status, last_failure });
            }
            let pause = options.poll_interval.max(LEAST_INTERVAL).min(options.deadline - waited);
            sleep(pause).await;
        }
    }
}
