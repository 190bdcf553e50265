//! Starting, stopping and looking into an emulator.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use crate::api;
use crate::config::{Config, MAX_PAGE_SIZE};
use crate::contacts::{Contact, Record};
use crate::faults::{Active, FaultError, Faults};
use crate::job::JobReport;
use crate::record::{self, Event};
use crate::server::{Server, listen};
use crate::state::{Memory, State, lock};

/// An emulator or a file host could not be started, or ended by itself.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EmulatorError {
    /// The address could be reached from other machines.
    #[error(
        "will not listen on {0}: it can be reached from other machines, and jobs make the emulator fetch any URL; \
         use 127.0.0.1, or allow remote addresses explicitly"
    )]
    NotLoopback(SocketAddr),
    /// The page size is out of bounds.
    #[error("a page size of {0} is out of bounds; give 1 to {MAX_PAGE_SIZE}")]
    PageSize(usize),
    /// The lifetime of result links is out of bounds.
    #[error("a link lifetime of {0:?} is out of bounds; give at most 366 days")]
    LinkLifetime(Duration),
    /// A fault cannot be.
    #[error("a fault of the configuration cannot be")]
    Fault(#[from] FaultError),
    /// The port is taken or not allowed.
    #[error("could not listen on {address}; give another port, or 0 for any free one")]
    Listen {
        /// Where.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// There is no place for downloads and result files.
    #[error("could not create a temporary folder for result files; check that the disk is not full")]
    Folder(#[source] io::Error),
    /// The folder of a file host is not one.
    #[error("cannot serve files from {}: it is not a folder", .0.display())]
    NotAFolder(std::path::PathBuf),
    /// The HTTP client could not be built.
    #[error("could not set up the HTTP client that fetches zips")]
    Client(#[source] reqwest::Error),
    /// The server ended by itself.
    #[error("the server ended by itself")]
    Serve(#[source] io::Error),
}

/// A running emulator. Dropping it stops it as soon as the Tokio runtime gets to it.
pub struct Emulator {
    state: Arc<State>,
    address: SocketAddr,
    server: Server,
}

impl std::fmt::Debug for Emulator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Emulator").field("base_url", &self.base_url()).finish_non_exhaustive()
    }
}

impl Emulator {
    /// Starts an emulator in the current Tokio runtime.
    ///
    /// # Errors
    /// When the configuration is out of bounds, the address cannot be listened on, or there is no temporary folder.
    pub async fn start(config: Config) -> Result<Self, EmulatorError> {
        config.check()?;
        let (listener, address) = listen(config.address).await?;
        let state = Arc::new(State::new(config, format!("http://{address}"))?);
        let server = Server::spawn(listener, api::router(Arc::clone(&state)));
        tracing::info!(%address, "emulator started");
        Ok(Self { state, address, server })
    }

    /// The URL that a client takes for VAN's, such as `http://127.0.0.1:8085/v4`.
    pub fn base_url(&self) -> String {
        format!("{}/v4", self.state.origin)
    }

    /// The contacts, by VANID.
    pub fn contacts(&self) -> Vec<Contact> {
        lock(&self.state.store).contacts().cloned().collect()
    }

    /// The records of a resource type other than contacts, by id.
    pub fn records(&self, resource_type: &str) -> Vec<Record> {
        lock(&self.state.store).records(resource_type)
    }

    /// How many jobs were accepted.
    pub fn jobs_received(&self) -> usize {
        lock(&self.state.jobs).len()
    }

    /// What became of a job so far, with what VAN would not tell: why rows were left out.
    pub fn job(&self, id: u32) -> Option<JobReport> {
        lock(&self.state.jobs).get(id).map(|job| job.report())
    }

    /// What happened since the emulator was started, through all restarts.
    pub fn record(&self) -> record::Record {
        self.state.shared.recorder.record()
    }

    /// Lets these faults happen from now on, and no others. Counting and drawing begin anew; jobs that have already been
    /// accepted keep theirs.
    ///
    /// # Errors
    /// When one cannot be; then all stays as it is.
    pub fn set_faults(&self, faults: Faults) -> Result<(), FaultError> {
        faults.check()?;
        tracing::info!(%faults, "faults were set");
        *lock(&self.state.shared.faults) = Active::new(faults);
        Ok(())
    }

    /// Goes down and comes up again on the same port. Every connection is reset, with or without a request that is being
    /// answered, and for `down` nobody listens. Faults and the record stay; ids of jobs go on where they were.
    ///
    /// With its memory kept, jobs go on meanwhile: only the web server is restarted.
    ///
    /// # Errors
    /// When the port is taken meanwhile, or there is no temporary folder. Then nobody listens; call it again.
    pub async fn restart(&mut self, memory: Memory, down: Duration) -> Result<(), EmulatorError> {
        let keeps_memory = memory == Memory::Kept;
        if !keeps_memory {
            self.abandon_jobs();
        }
        self.server.break_off().await;
        self.state.shared.recorder.event(Event::Down { keeps_memory });
        tokio::time::sleep(down).await;
        let (listener, _) = listen(self.address).await?;
        if !keeps_memory {
            self.state = Arc::new(self.state.forgotten()?);
        }
        self.server = Server::spawn(listener, api::router(Arc::clone(&self.state)));
        self.state.shared.recorder.event(Event::Up);
        Ok(())
    }

    /// Waits for the server to end, which it does not do by itself unless the system takes its socket away. A command
    /// waits for this and for ctrl-c, whichever comes first.
    ///
    /// # Errors
    /// When the server failed.
    pub async fn finished(&mut self) -> Result<(), EmulatorError> {
        self.server.finished().await
    }

    /// Stops: requests that are being answered are finished, jobs are not.
    pub async fn stop(mut self) {
        self.abandon_jobs();
        self.server.stop().await;
        tracing::info!("emulator stopped");
    }

    fn abandon_jobs(&self) {
        self.state.stopping.store(true, Ordering::Relaxed);
        lock(&self.state.tasks).abort_all();
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        self.abandon_jobs();
    }
}
