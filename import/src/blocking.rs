//! The client for programs without an async runtime.
//!
//! ```no_run
//! use van_bulk::payload::Payload;
//! use van_bulk_import::Credentials;
//! use van_bulk_import::blocking::Client;
//! use van_bulk_import::client::{DEFAULT_BASE_URL, MyCampaign, WaitOptions};
//!
//! # fn import(payload: &Payload) -> Result<(), Box<dyn std::error::Error>> {
//! // With generated builders: `Client::<van_bulk_mappings::Mode>::connect`, and `client.submit` instead of `create_job`.
//! let client = Client::<MyCampaign>::connect(DEFAULT_BASE_URL, Credentials::from_env()?)?;
//! let id = client.create_job(payload)?;
//! let ended = client.wait(id, &WaitOptions::default(), |job| println!("{}", job.status))?;
//! for file in client.download(&ended, "results".as_ref())? {
//!     println!("{}", file.display());
//! }
//! # Ok(())
//! # }
//! ```
//!
//! [`Client`] has every method of the [async one](crate::Client), and keeps the same promises. It works on the thread that
//! calls it, over a Tokio runtime of its own; several threads may share it. Where an async runtime is current already, it
//! would stop that one, so everything is answered by [`ClientError::InsideAsync`] there, also on the threads of
//! `tokio::task::spawn_blocking`, which cannot be told from others: use the async client, or a `std::thread`.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::runtime::{Builder, Handle, Runtime};
use van_bulk::FinishedJob;
use van_bulk::mode::{AnyMode, Mode, SubmitsWith};
use van_bulk::payload::{Payload, Text};

use crate::client::{
    self, ApiKeyProfile, ClientBuilder, ClientError, Credentials, DatabaseMode, Discovery, Echo, Job, JobId,
    Listing, Progress, ValueSelection, WaitOptions,
};

/// Speaks VAN's API with one key, and blocks until it has answered. Cheap to clone; clones share their connections and
/// their limits.
pub struct Client<M = AnyMode> {
    client: client::Client<M>,
    driver: Arc<Driver>,
}

/// The runtime, which is there until the last client is dropped.
struct Driver(Option<Runtime>);

impl Drop for Driver {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            // Dropping it would wait for its threads, which panics inside an async runtime.
            runtime.shutdown_background();
        }
    }
}

impl Driver {
    /// Starts a runtime, unless one is current.
    fn start() -> Result<Self, ClientError> {
        if Handle::try_current().is_ok() {
            return Err(ClientError::InsideAsync);
        }
        let runtime = Builder::new_current_thread().enable_all().build().map_err(ClientError::Runtime)?;
        Ok(Self(Some(runtime)))
    }

    fn run<T>(&self, work: impl Future<Output = Result<T, ClientError>>) -> Result<T, ClientError> {
        match (&self.0, Handle::try_current()) {
            (Some(runtime), Err(_)) => runtime.block_on(work),
            _ => Err(ClientError::InsideAsync),
        }
    }
}

// By hand: a derive would ask the same of the mode, which has no values.
impl<M> Clone for Client<M> {
    fn clone(&self) -> Self {
        Self { client: self.client.clone(), driver: Arc::clone(&self.driver) }
    }
}

impl<M> fmt::Debug for Client<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("blocking::Client").field(&self.client).finish()
    }
}

impl<M: Mode> ClientBuilder<M> {
    /// The blocking client. Nothing is sent yet.
    ///
    /// # Errors
    /// Those of [`build`](Self::build); [`ClientError::InsideAsync`] where an async runtime is current, and
    /// [`ClientError::Runtime`] when the system gives no runtime.
    pub fn build_blocking(self) -> Result<Client<M>, ClientError> {
        let driver = Arc::new(Driver::start()?);
        Ok(Client { client: self.build()?, driver })
    }

    /// The blocking client, once VAN has said that the key may use the database mode; see [`client::Client::connect`].
    ///
    /// # Errors
    /// Those of [`build_blocking`](Self::build_blocking) and of [`client::Client::connect`].
    pub fn connect_blocking(self) -> Result<Client<M>, ClientError> {
        let client = self.build_blocking()?;
        client.driver.run(client.client.check_mode())?;
        Ok(client)
    }
}

impl Client {
    /// A client for the API at `base_url` and jobs of any database mode; see [`client::Client::new`].
    ///
    /// # Errors
    /// Those of [`ClientBuilder::build_blocking`].
    pub fn new(base_url: &str, credentials: Credentials) -> Result<Self, ClientError> {
        Self::builder(base_url, credentials).build_blocking()
    }

    /// A client that is set up in other ways; its making ends with [`ClientBuilder::build_blocking`] or
    /// [`ClientBuilder::connect_blocking`].
    pub fn builder(base_url: &str, credentials: Credentials) -> ClientBuilder {
        client::Client::builder(base_url, credentials)
    }
}

impl<M: Mode> Client<M> {
    /// A client for the jobs of one database mode, once VAN has said that the key may use it; see
    /// [`client::Client::connect`].
    ///
    /// # Errors
    /// Those of [`ClientBuilder::connect_blocking`].
    pub fn connect(base_url: &str, credentials: Credentials) -> Result<Self, ClientError> {
        Client::builder(base_url, credentials).mode::<M>().connect_blocking()
    }
}

/// As on the async client, with [`ClientError::InsideAsync`] as one more error of each.
impl<M> Client<M> {
    /// The base URL.
    pub fn base_url(&self) -> &str {
        self.client.base_url()
    }

    /// The database mode of the credentials.
    pub fn mode(&self) -> DatabaseMode {
        self.client.mode()
    }

    /// `GET /bulkImportMappingTypes`, all pages; see [`client::Client::mapping_types`].
    ///
    /// # Errors
    /// Those of that method.
    pub fn mapping_types(&self) -> Result<Listing, ClientError> {
        self.driver.run(self.client.mapping_types())
    }

    /// `GET /bulkImportMappingTypes/{mappingTypeName}`; see [`client::Client::mapping_type`].
    ///
    /// # Errors
    /// Those of that method.
    pub fn mapping_type(&self, name: &str) -> Result<Option<Listing>, ClientError> {
        self.driver.run(self.client.mapping_type(name))
    }

    /// `GET /bulkImportMappingTypes/{mappingTypeName}/{fieldName}/values`, all pages; see [`client::Client::values`].
    ///
    /// # Errors
    /// Those of that method.
    pub fn values(&self, mapping_type: &str, field: &str) -> Result<Option<Listing>, ClientError> {
        self.driver.run(self.client.values(mapping_type, field))
    }

    /// `GET /bulkImportJobs/resources`; see [`client::Client::resources`].
    ///
    /// # Errors
    /// Those of that method.
    pub fn resources(&self) -> Result<Listing, ClientError> {
        self.driver.run(self.client.resources())
    }

    /// Everything that the key may import; see [`client::Client::discover`].
    ///
    /// # Errors
    /// Those of that method.
    pub fn discover(
        &self,
        values: &ValueSelection,
        progress: impl FnMut(&Progress),
    ) -> Result<Discovery, ClientError> {
        self.driver.run(self.client.discover(values, progress))
    }

    /// `GET /apiKeyProfiles`; see [`client::Client::api_key_profiles`].
    ///
    /// # Errors
    /// Those of that method.
    pub fn api_key_profiles(&self) -> Result<Vec<ApiKeyProfile>, ClientError> {
        self.driver.run(self.client.api_key_profiles())
    }

    /// `POST /echoes`; see [`client::Client::echo`].
    ///
    /// # Errors
    /// Those of that method.
    pub fn echo(&self, message: &str) -> Result<Echo, ClientError> {
        self.driver.run(self.client.echo(message))
    }

    /// Submits a job that was built with the types; see [`client::Client::submit`].
    ///
    /// # Errors
    /// Those of that method.
    pub fn submit<J: SubmitsWith<M>>(
        &self,
        job: &FinishedJob<J>,
        file_name: impl Into<Text>,
        source_url: impl Into<Text>,
    ) -> Result<JobId, ClientError> {
        self.driver.run(self.client.submit(job, file_name, source_url))
    }

    /// `POST /bulkImportJobs`; see [`client::Client::create_job`].
    ///
    /// # Errors
    /// Those of that method.
    pub fn create_job(&self, payload: &Payload) -> Result<JobId, ClientError> {
        self.driver.run(self.client.create_job(payload))
    }

    /// `GET /bulkImportJobs/{jobId}`; see [`client::Client::job`].
    ///
    /// # Errors
    /// Those of that method.
    pub fn job(&self, id: JobId) -> Result<Job, ClientError> {
        self.driver.run(self.client.job(id))
    }

    /// Asks for a job until it has ended; see [`client::Client::wait`].
    ///
    /// # Errors
    /// Those of that method.
    pub fn wait(
        &self,
        id: JobId,
        options: &WaitOptions,
        on_status: impl FnMut(&Job),
    ) -> Result<Job, ClientError> {
        self.driver.run(self.client.wait(id, options, on_status))
    }

    /// Downloads every result file of a job; see [`client::Client::download`].
    ///
    /// # Errors
    /// Those of that method.
    pub fn download(&self, job: &Job, folder: &Path) -> Result<Vec<PathBuf>, ClientError> {
        self.driver.run(self.client.download(job, folder))
    }
}
