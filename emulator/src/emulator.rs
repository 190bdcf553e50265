//! Starting, stopping and looking into an emulator.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::api;
use crate::config::{Config, MAX_PAGE_SIZE};
use crate::contacts::{Contact, Record};
use crate::job::{Fetcher, JobReport};
use crate::state::{State, lock};

/// How long requests that are being answered may take when the emulator stops.
const GRACE: Duration = Duration::from_secs(5);

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
        let folder =
            tempfile::Builder::new().prefix("van-bulk-emulator-").tempdir().map_err(EmulatorError::Folder)?;
        let fetcher =
            Fetcher::new(config.max_zip_bytes, config.fetch_timeout).map_err(EmulatorError::Client)?;
        let state = Arc::new(State::new(config, format!("http://{address}"), folder, fetcher));
        let server = Server::spawn(listener, api::router(Arc::clone(&state)));
        tracing::info!(%address, "emulator started");
        Ok(Self { state, server })
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

pub(crate) async fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr), EmulatorError> {
    let error = |source| EmulatorError::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(error)?;
    let address = listener.local_addr().map_err(error)?;
    Ok((listener, address))
}

/// An HTTP server as a task that ends with its owner: dropping `shutdown` tells it to stop listening and to close its
/// connections, which aborting the task would leave open.
pub(crate) struct Server {
    /// `None` once its end was seen.
    task: Option<JoinHandle<io::Result<()>>>,
    shutdown: Option<oneshot::Sender<()>>,
}

impl Server {
    pub(crate) fn spawn(listener: TcpListener, router: axum::Router) -> Self {
        let (shutdown, asked) = oneshot::channel();
        let serve = axum::serve(listener, router).with_graceful_shutdown(async move {
            let _ = asked.await;
        });
        Self { task: Some(tokio::spawn(serve.into_future())), shutdown: Some(shutdown) }
    }

    async fn finished(&mut self) -> Result<(), EmulatorError> {
        let Some(task) = &mut self.task else { return Ok(()) };
        let result = task.await;
        self.task = None;
        match result {
            Ok(result) => result.map_err(EmulatorError::Serve),
            Err(error) => Err(EmulatorError::Serve(io::Error::other(error))),
        }
    }

    pub(crate) async fn stop(&mut self) {
        if let Some(shutdown) = self.shutdown.take() {
            let _ = shutdown.send(());
        }
        // One that does not end in time goes on ending without us.
        let _ = tokio::time::timeout(GRACE, self.finished()).await;
    }
}
