//! Being told of events as they happen.

use std::fmt;
use std::sync::Arc;

use super::Event;

/// A function that is called with every event, at the moment it happens: what comes next waits for it to return. It may
/// be called from several threads at once, and must not wait for the emulator.
#[derive(Clone)]
pub struct Observer(Arc<dyn Fn(&Event) + Send + Sync>);

impl Observer {
    /// Calls `function`.
    pub fn new(function: impl Fn(&Event) + Send + Sync + 'static) -> Self {
        Self(Arc::new(function))
    }

    pub(super) fn tell(&self, event: &Event) {
        (self.0)(event);
    }
}

impl fmt::Debug for Observer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Observer")
    }
}
