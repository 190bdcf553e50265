//! VAN's API over HTTP: discovery, bulk import jobs, result files.
//!
//! What the [`Client`] takes care of:
//! - Credentials go only to the host of the base URL. Redirects of API calls are errors, links to further pages must stay
//!   on that host, and result files are downloaded by a second HTTP client that has no credentials.
//! - Plain `http` is spoken only with loopback hosts.
//! - Every reply is bounded in size and time. Error bodies in each of VAN's documented shapes are read, and so are
//!   HTML pages, which VAN's servers sometimes send instead of JSON.
//! - The API key appears in no error, log or `Debug`, not even when a server sends it back, encoded or not. Values that a
//!   program goes on with, such as the links of result files and the text of a [`Listing`], are kept as they are.
//! - Nothing is retried. A `POST` whose answer was lost is [`ClientError::OutcomeUnknown`].
//!
//! Each request runs in a `tracing` span `van_request` with its method and path.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::redirect::Policy;
use url::{Host, Url};

mod credentials;
mod discovery;
mod download;
mod error;
mod http;
mod job;
mod key;
mod secrets;
mod selection;
mod wait;

pub use credentials::{Credentials, CredentialsError};
pub use discovery::{COUNT_MISMATCH, Discovery, Listing, MAX_PAGES, Progress};
pub use download::MAX_RESULT_FILE_BYTES;
pub use error::{ClientError, Refusal, VanError};
pub use http::MAX_REPLY_BYTES;
pub use job::{Job, JobError, JobId, ResultFile};
pub use key::{ApiKeyProfile, Echo};
pub use selection::ValueSelection;
pub use van_bulk::mode::{AnyMode, DatabaseMode, Mode, MyCampaign, MyVoters};
pub use wait::WaitOptions;

use secrets::Secrets;

/// VAN's API, version 4.
pub const DEFAULT_BASE_URL: &str = "https://api.securevan.com/v4";

/// How long a connection may take to open.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a request may take with its whole reply, unless [`Client::timeout`] says otherwise.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(60);

/// Speaks VAN's API with one key. Cheap to clone; clones share their connections.
#[derive(Clone)]
pub struct Client {
    base: Url,
    credentials: Credentials,
    secrets: Arc<Secrets>,
    /// For the API; never follows a redirect.
    api: reqwest::Client,
    /// For result files; knows no credentials.
    plain: reqwest::Client,
    timeout: Duration,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base", &self.secrets.url(&self.base))
            .field("credentials", &self.credentials)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

impl Client {
    /// A client for the API at `base_url`, such as [`DEFAULT_BASE_URL`]. Nothing is sent yet.
    ///
    /// With a base URL on a loopback host, no proxy of the environment is used.
    ///
    /// # Errors
    /// When the URL is not `https` (or `http` to a loopback host), carries a user, password, query or fragment, or TLS
    /// cannot be set up.
    pub fn new(base_url: &str, credentials: Credentials) -> Result<Self, ClientError> {
        let base = parse_base_url(base_url)?;
        let secrets = Arc::new(Secrets::of(&credentials));
        let api = http_client(&base, Policy::none()).build().map_err(ClientError::SetUp)?;
        let plain = http_client(&base, download::redirects(&base, Arc::clone(&secrets)))
            .read_timeout(download::DOWNLOAD_TIMEOUT)
            .build()
            .map_err(ClientError::SetUp)?;
        Ok(Self { base, credentials, secrets, api, plain, timeout: REQUEST_TIMEOUT })
    }

    /// The same client with another limit on how long a request may take with its whole reply; 60 seconds at first.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// The base URL.
    pub fn base_url(&self) -> &str {
        self.base.as_str()
    }

    /// The database mode of the credentials.
    pub fn mode(&self) -> DatabaseMode {
        self.credentials.mode()
    }

    /// The URL of an endpoint; every segment is escaped as a whole.
    fn endpoint(&self, segments: &[&str]) -> Url {
        let mut url = self.base.clone();
        // `parse_base_url` refuses URLs without a path.
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(segments);
        }
        url
    }
}

fn http_client(base: &Url, redirects: Policy) -> reqwest::ClientBuilder {
    let builder = reqwest::Client::builder()
        .user_agent(concat!("van-bulk/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(CONNECT_TIMEOUT)
        .redirect(redirects)
        .referer(false)
        .retry(reqwest::retry::never());
    if base.scheme() == "http" {
        // Loopback only: no proxy, and no certificates, which a bare machine may lack.
        builder.no_proxy().tls_certs_only([])
    } else if is_loopback(base) {
        builder.no_proxy()
    } else {
        builder
    }
}

fn parse_base_url(text: &str) -> Result<Url, ClientError> {
    let refuse = |problem: &str| ClientError::BaseUrl { problem: problem.to_owned() };
    let url = Url::parse(text.trim())
        .map_err(|error| refuse(&format!("it is no URL ({error}); VAN's is {DEFAULT_BASE_URL}")))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(refuse("it carries a user or password; give the credentials apart from the URL"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(refuse("it carries a query or fragment; give only scheme, host and path"));
    }
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_loopback(&url) => Ok(url),
        "http" => Err(refuse(
            "plain http would show the API key to everyone on the way; use https (http is for loopback hosts only)",
        )),
        _ => Err(refuse("its scheme is neither https nor http")),
    }
}

/// Whether the host is this machine.
fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name.trim_end_matches('.') == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(url: &str) -> String {
        parse_base_url(url).unwrap_err().to_string()
    }

    #[test]
    fn https_and_loopback_http_are_accepted() {
        for url in [
            DEFAULT_BASE_URL,
            "http://127.0.0.1:8085/v4",
            "http://localhost:8085/v4/",
            "http://[::1]:1/v4",
            "https://van.example.org",
        ] {
            assert!(parse_base_url(url).is_ok(), "{url}");
        }
    }

    #[test]
    fn other_base_urls_are_refused_with_the_reason() {
        assert!(problem("http://api.securevan.com/v4").contains("plain http would show the API key"));
        assert!(problem("http://localhost.example.org/v4").contains("plain http"));
        assert!(problem("http://127.0.0.1.example.org/v4").contains("plain http"));
        assert!(problem("ftp://example.org").contains("neither https nor http"));
        assert!(problem("api.securevan.com").contains("it is no URL"));
        assert!(problem("https://example.org/v4?x=1").contains("query or fragment"));
        let message = problem("https://me:s3cret@example.org/v4");
        assert!(message.contains("carries a user or password") && !message.contains("s3cret"), "{message}");
    }

    #[test]
    fn a_client_of_vans_own_host_can_be_made() {
        let credentials = Credentials::new("app", "key".to_owned().into(), DatabaseMode::MyVoters).unwrap();
        assert_eq!(Client::new(DEFAULT_BASE_URL, credentials).unwrap().base_url(), DEFAULT_BASE_URL);
    }
}
