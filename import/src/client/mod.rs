//! VAN's API over HTTP: discovery, bulk import jobs, result files.
//!
//! What the [`Client`] takes care of:
//! - Credentials go only to the host of the base URL. Redirects of API calls are errors, links to further pages must stay
//!   on that host, and result files are downloaded by a second HTTP client that has no credentials.
//! - Plain `http` is spoken only with loopback hosts, unless [`ClientBuilder::allow_plain_http`] is called.
//! - A job that was built for one [database mode](van_bulk::mode) is not sent to the other: [`Client::submit`] does not
//!   compile with a client for the other mode, and is refused by a client for any mode.
//! - Every reply is bounded in size and time. Error bodies in each of VAN's documented shapes are read, and so are
//!   HTML pages, which VAN's servers sometimes send instead of JSON.
//! - The API key appears in no error, log or `Debug`, not even when a server sends it back, encoded or not. Values that a
//!   program goes on with, such as the links of result files and the text of a [`Listing`], are kept as they are.
//! - What can be repeated without harm is: every `GET`, [`Client::echo`] and downloads, a few times, with growing pauses
//!   (see [`Retry`]). A job is sent once: a `POST` whose answer was lost is [`ClientError::SubmissionUnknown`].
//! - A few requests run at once, and they keep a pace if one is set: [`ClientBuilder::concurrency`],
//!   [`ClientBuilder::pace`].
//!
//! Each request runs in a `tracing` span `van_request` with its method and path, the number of its job if it has one, and
//! which attempt it is (from 1).
//!
//! Programs without an async runtime use [`blocking::Client`](crate::blocking::Client).

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

mod builder;
mod credentials;
mod discovery;
mod download;
mod error;
mod gate;
mod http;
mod job;
mod key;
mod retry;
mod secrets;
mod selection;
mod steady;
mod wait;

pub use builder::ClientBuilder;
pub use credentials::{Credentials, CredentialsError};
pub use discovery::{Discovery, Listing, MAX_PAGES, Progress};
pub use download::MAX_RESULT_FILE_BYTES;
pub use error::{ClientError, Refusal, VanError};
pub use http::MAX_REPLY_BYTES;
pub use job::{Job, JobError, JobId, ResultFile};
pub use key::{ApiKeyProfile, Echo};
pub use retry::Retry;
pub use selection::ValueSelection;
pub use steady::{COUNT_MISMATCH, DUPLICATE_ITEM, LIST_CHANGED};
pub use van_bulk::mode::{AnyMode, DatabaseMode, Mode, MyCampaign, MyVoters};
pub use wait::WaitOptions;

use crate::hosts::is_loopback;
use http::Api;

/// VAN's API, version 4.
pub const DEFAULT_BASE_URL: &str = "https://api.securevan.com/v4";

/// Speaks VAN's API with one key. Cheap to clone; clones share their connections and their limits.
///
/// `M` is the [database mode](van_bulk::mode) whose jobs it submits: that of the generated builders, or [`AnyMode`].
pub struct Client<M = AnyMode> {
    api: Arc<Api>,
    mode: PhantomData<fn() -> M>,
}

// By hand: a derive would ask the same of the mode, which has no values.
impl<M> Clone for Client<M> {
    fn clone(&self) -> Self {
        Self { api: Arc::clone(&self.api), mode: PhantomData }
    }
}

impl<M> fmt::Debug for Client<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base", &self.api.secrets.url(&self.api.base))
            .field("credentials", &self.api.credentials)
            .field("timeout", &self.api.timeout)
            .field("retry", &self.api.retry)
            .finish_non_exhaustive()
    }
}

impl Client {
    /// A client for the API at `base_url`, such as [`DEFAULT_BASE_URL`], and jobs of any database mode. Nothing is sent
    /// yet.
    ///
    /// # Errors
    /// Those of [`ClientBuilder::build`].
    pub fn new(base_url: &str, credentials: Credentials) -> Result<Self, ClientError> {
        Self::builder(base_url, credentials).build()
    }

    /// A client for the API at `base_url` that is set up in other ways.
    pub fn builder(base_url: &str, credentials: Credentials) -> ClientBuilder {
        ClientBuilder::new(base_url, credentials)
    }
}

impl<M: Mode> Client<M> {
    /// A client for the API at `base_url` and the jobs of one database mode, once VAN has said that the key may use it.
    ///
    /// It asks for the key's profiles (`GET /apiKeyProfiles`). VAN documents `hasMyVoters` and `hasMyCampaign` of each; what
    /// is not told counts as allowed. For [`AnyMode`], the mode of the credentials is asked for.
    ///
    /// ```no_run
    /// # async fn connect() -> Result<(), Box<dyn std::error::Error>> {
    /// use van_bulk_import::client::{Client, Credentials, DEFAULT_BASE_URL, MyCampaign};
    ///
    /// // With generated builders: `Client::<van_bulk_mappings::Mode>::connect`.
    /// let client = Client::<MyCampaign>::connect(DEFAULT_BASE_URL, Credentials::from_env()?).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Those of [`ClientBuilder::build`]; when the request fails; and [`ClientError::ModeNotAllowed`] when no profile of
    /// the key has the mode.
    pub async fn connect(base_url: &str, credentials: Credentials) -> Result<Self, ClientError> {
        Client::builder(base_url, credentials).mode::<M>().connect().await
    }
}

impl<M> Client<M> {
    /// The base URL.
    pub fn base_url(&self) -> &str {
        self.api.base.as_str()
    }

    /// The database mode of the credentials.
    pub fn mode(&self) -> DatabaseMode {
        self.api.credentials.mode()
    }

    /// Whether the API is on this machine: an emulator.
    pub fn is_local(&self) -> bool {
        is_loopback(&self.api.base)
    }
}
