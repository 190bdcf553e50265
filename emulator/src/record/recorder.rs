//! Keeping the record.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use super::{AppliedRow, Event, Observer, Record, Request};
use crate::state::lock;

/// Bounds of what is kept, so that an emulator can run for days.
const MAX_EVENTS: usize = 1_000_000;
const MAX_ROWS: usize = 10_000_000;

/// Keeps the record, and tells the observer.
#[derive(Debug)]
pub(crate) struct Recorder {
    record: Mutex<Record>,
    observer: Option<Observer>,
    requests: AtomicU64,
}

impl Recorder {
    pub(crate) fn new(observer: Option<Observer>) -> Self {
        Self { record: Mutex::default(), observer, requests: AtomicU64::new(0) }
    }

    pub(crate) fn record(&self) -> Record {
        lock(&self.record).clone()
    }

    /// The number of the next request.
    pub(crate) fn next_request(&self) -> u64 {
        self.requests.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Keeps an event, then tells of it. The record is not locked meanwhile, so the observer may read it.
    pub(crate) fn event(&self, event: Event) {
        tracing::debug!("{event}");
        {
            let mut record = lock(&self.record);
            if record.events.len() < MAX_EVENTS {
                record.events.push(event.clone());
            } else {
                record.not_kept += 1;
            }
        }
        if let Some(observer) = &self.observer {
            observer.tell(&event);
        }
    }

    pub(crate) fn row(&self, row: AppliedRow) {
        let mut record = lock(&self.record);
        if record.rows.len() < MAX_ROWS {
            record.rows.push(row);
        } else {
            record.not_kept += 1;
        }
    }
}

/// A request that is being answered. Dropping it records that it was not answered in whole.
pub(crate) struct Answering {
    recorder: Arc<Recorder>,
    request: Arc<Request>,
    /// The status of the answer, once there is one.
    pub(crate) status: Option<u16>,
    /// Whether all that is sent is not all there is.
    pub(crate) is_cut: bool,
    whole: bool,
}

impl Answering {
    pub(crate) fn new(recorder: Arc<Recorder>, request: Arc<Request>) -> Self {
        Self { recorder, request, status: None, is_cut: false, whole: false }
    }

    /// All that there is to send was given to the network.
    pub(crate) fn sent(mut self) {
        self.whole = !self.is_cut;
    }
}

impl Drop for Answering {
    fn drop(&mut self) {
        let request = Arc::clone(&self.request);
        self.recorder.event(Event::Answered { request, status: self.status, whole: self.whole });
    }
}
