//! Does things at the moments that a plan names.

use std::collections::HashMap;
use std::process::Child;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use van_bulk_emulator::faults::Endpoint;
use van_bulk_emulator::record::Event;

use crate::plan::{Moment, When};

/// Watches the emulator's events, kills the importing program at its moments, and tells when the emulator's has come.
pub(crate) struct Watch {
    state: Mutex<State>,
    restart: UnboundedSender<()>,
}

struct State {
    kills: Vec<When>,
    restart: Option<When>,
    seen: HashMap<(Endpoint, u8), u32>,
    program: Option<Child>,
    killed: u64,
}

impl Watch {
    /// Watches for these moments. The receiver is told when the emulator is to restart.
    pub(crate) fn new(kills: &[When], restart: Option<When>) -> (Arc<Self>, UnboundedReceiver<()>) {
        let (sender, receiver) = unbounded_channel();
        let kills = kills.iter().copied().filter(|when| matches!(when, When::At { .. })).collect();
        let state = State { kills, restart, seen: HashMap::new(), program: None, killed: 0 };
        (Arc::new(Self { state: Mutex::new(state), restart: sender }), receiver)
    }

    /// Called by the emulator at the moment of the event: what comes next there waits for this.
    pub(crate) fn on_event(&self, event: &Event) {
        let (request, moment) = match event {
            Event::Received(request) => (request, Moment::Received),
            Event::TookEffect { request, .. } => (request, Moment::TookEffect),
            Event::Answered { request, .. } => (request, Moment::Answered),
            _ => return,
        };
        let Some(endpoint) = request.endpoint else { return };
        let mut state = self.lock();
        let seen = state.seen.entry((endpoint, moment as u8)).or_default();
        *seen += 1;
        let now = When::At { endpoint, moment, nth: *seen };
        if let Some(at) = state.kills.iter().position(|kill| *kill == now) {
            state.kills.remove(at);
            state.kill();
        }
        if state.restart == Some(now) {
            state.restart = None;
            // Who is not there any more needs no restart.
            let _ = self.restart.send(());
        }
    }

    /// Hands over the program that is running now.
    pub(crate) fn start(&self, program: Child) {
        self.lock().program = Some(program);
    }

    /// Whether the program has ended: its exit code, `None` if it was killed.
    pub(crate) fn ended(&self) -> std::io::Result<Option<Option<i32>>> {
        match &mut self.lock().program {
            Some(program) => Ok(program.try_wait()?.map(|status| status.code())),
            None => Ok(Some(None)),
        }
    }

    /// Kills the program that is running now.
    pub(crate) fn kill(&self) {
        self.lock().kill();
    }

    /// How often a program was killed.
    pub(crate) fn killed(&self) -> u64 {
        self.lock().killed
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// `kill -9`: nothing in the program runs after this.
    fn kill(&mut self) {
        if let Some(program) = &mut self.program
            && program.try_wait().is_ok_and(|ended| ended.is_none())
            && program.kill().is_ok()
        {
            self.killed += 1;
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        // A run that was given up leaves no program behind.
        self.lock().kill();
    }
}
