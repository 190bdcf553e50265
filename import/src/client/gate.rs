//! How many requests run at once, and how soon after one another they start.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::{Instant, sleep_until};

/// Every request waits here for its turn.
pub(super) struct Gate {
    places: Semaphore,
    /// The least time from the start of one request to that of the next.
    pace: Duration,
    /// When the next request may start.
    next: Mutex<Instant>,
}

impl Gate {
    pub(super) fn new(concurrency: usize, pace: Duration) -> Self {
        let places = Semaphore::new(concurrency.clamp(1, Semaphore::MAX_PERMITS));
        Self { places, pace, next: Mutex::new(Instant::now()) }
    }

    /// Waits until a request may start. It holds its place until what is returned is dropped.
    pub(super) async fn turn(&self) -> Option<SemaphorePermit<'_>> {
        // There is always a place in the end, for the semaphore is never closed.
        let place = self.places.acquire().await.ok();
        if !self.pace.is_zero() {
            sleep_until(self.start()).await;
        }
        place
    }

    /// Takes the next time at which a request may start.
    fn start(&self) -> Instant {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let start = Instant::now().max(*next);
        *next = start.checked_add(self.pace).unwrap_or(start);
        start
    }
}
