//! How a client is set up.

use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use reqwest::redirect::Policy;
use url::Url;
use van_bulk::mode::{AnyMode, Mode};

use super::download::{self, Links};
use super::gate::Gate;
use super::http::Api;
use super::secrets::Secrets;
use crate::hosts::is_loopback;

use super::{Client, ClientError, Credentials, DEFAULT_BASE_URL, Retry};

/// How long a connection may take to open.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a request may take with its whole reply, unless [`ClientBuilder::timeout`] says otherwise.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(60);
/// How many requests run at once, unless [`ClientBuilder::concurrency`] says otherwise. VAN publishes no rate limit; this
/// is modest.
const CONCURRENCY: usize = 4;

/// A [`Client`] in the making: [`Client::builder`].
///
/// ```
/// use std::time::Duration;
/// use van_bulk_import::client::{Client, Credentials, DEFAULT_BASE_URL, DatabaseMode, MyCampaign, Retry};
///
/// let credentials = Credentials::new("app", "key".to_owned().into(), DatabaseMode::MyCampaign)?;
/// let client: Client<MyCampaign> = Client::builder(DEFAULT_BASE_URL, credentials)
///     .mode::<MyCampaign>()
///     .timeout(Duration::from_secs(30))
///     .retry(Retry { attempts: 8, ..Retry::default() })
///     .concurrency(2)
///     .pace(Duration::from_millis(250))
///     .build()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use = "a builder does nothing until it is built or connected"]
pub struct ClientBuilder<M = AnyMode> {
    base_url: String,
    credentials: Credentials,
    timeout: Duration,
    retry: Retry,
    concurrency: usize,
    pace: Duration,
    plain_http: bool,
    mode: PhantomData<fn() -> M>,
}

impl ClientBuilder {
    pub(super) fn new(base_url: &str, credentials: Credentials) -> Self {
        Self {
            base_url: base_url.to_owned(),
            credentials,
            timeout: REQUEST_TIMEOUT,
            retry: Retry::default(),
            concurrency: CONCURRENCY,
            pace: Duration::ZERO,
            plain_http: false,
            mode: PhantomData,
        }
    }
}

impl<M: Mode> ClientBuilder<M> {
    /// For the jobs of one database mode, usually `van_bulk_mappings::Mode`, that of the generated builders.
    pub fn mode<N: Mode>(self) -> ClientBuilder<N> {
        let Self { base_url, credentials, timeout, retry, concurrency, pace, plain_http, mode: _ } = self;
        let mode = PhantomData;
        ClientBuilder { base_url, credentials, timeout, retry, concurrency, pace, plain_http, mode }
    }

    /// How long one request may take with its whole reply; 60 seconds at first. Downloads of result files are not bounded
    /// by it: they may take long, but not stand still for a minute.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// How requests are repeated that may be; see [`Retry`].
    pub fn retry(mut self, retry: Retry) -> Self {
        self.retry = retry;
        self
    }

    /// How many requests run at once, those of clones and downloads included; 4 at first, and 0 counts as 1.
    pub fn concurrency(mut self, requests: usize) -> Self {
        self.concurrency = requests;
        self
    }

    /// The least time from the start of one request to that of the next, those of clones and downloads included; none at
    /// first.
    pub fn pace(mut self, pace: Duration) -> Self {
        self.pace = pace;
        self
    }

    /// Speaks plain `http` with hosts other than this machine, too, and follows their `http` links to result files.
    ///
    /// **Dangerous**: everyone on the way can read the API key and the personal data in result files. Meant for an emulator
    /// in a network of its own, never for VAN.
    pub fn allow_plain_http(mut self) -> Self {
        self.plain_http = true;
        self
    }

    /// The client. Nothing is sent yet.
    ///
    /// With a base URL on a loopback host, no proxy of the environment is used.
    ///
    /// # Errors
    /// When the URL is not `https` (or `http` to a loopback host), carries a user, password, query or fragment, the
    /// credentials are for the other database mode, or TLS cannot be set up.
    pub fn build(self) -> Result<Client<M>, ClientError> {
        let base = parse_base_url(&self.base_url, self.plain_http)?;
        let given = self.credentials.mode();
        if let Some(wanted) = M::MODE.filter(|wanted| *wanted != given) {
            return Err(ClientError::WrongCredentials { profile: M::PROFILE, wanted, given });
        }
        let secrets = Arc::new(Secrets::of(&self.credentials));
        let links = Links { is_local: is_loopback(&base), plain_http: self.plain_http };
        let http = http_client(&base, Policy::none()).build().map_err(ClientError::SetUp)?;
        let plain = http_client(&base, download::redirects(links, Arc::clone(&secrets)))
            .read_timeout(download::DOWNLOAD_TIMEOUT)
            .build()
            .map_err(ClientError::SetUp)?;
        let api = Api {
            base,
            credentials: self.credentials,
            secrets,
            http,
            plain,
            links,
            timeout: self.timeout,
            retry: self.retry,
            concurrency: self.concurrency.max(1),
            gate: Gate::new(self.concurrency, self.pace),
        };
        Ok(Client { api: Arc::new(api), mode: PhantomData })
    }

    /// The client, once VAN has said that the key may use the database mode; see [`Client::connect`].
    ///
    /// # Errors
    /// Those of [`build`](Self::build) and of [`Client::connect`].
    pub async fn connect(self) -> Result<Client<M>, ClientError> {
        let client = self.build()?;
        client.check_mode().await?;
        Ok(client)
    }
}

fn http_client(base: &Url, redirects: Policy) -> reqwest::ClientBuilder {
    let builder = reqwest::Client::builder()
        .user_agent(concat!("van-bulk/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(CONNECT_TIMEOUT)
        .redirect(redirects)
        .referer(false)
        .retry(reqwest::retry::never());
    match (is_loopback(base), base.scheme()) {
        // All is on this machine: no proxy, and no certificates, which a bare machine may lack.
        (true, "http") => builder.no_proxy().tls_certs_only([]),
        (true, _) => builder.no_proxy(),
        (false, _) => builder,
    }
}

fn parse_base_url(text: &str, plain_http: bool) -> Result<Url, ClientError> {
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
        "http" if plain_http || is_loopback(&url) => Ok(url),
        "http" => Err(refuse(
            "plain http would show the API key to everyone on the way; use https (http is for loopback hosts only, unless \
             `allow_plain_http` is called)",
        )),
        _ => Err(refuse("its scheme is neither https nor http")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::{DatabaseMode, MyCampaign, MyVoters};

    fn problem(url: &str) -> String {
        parse_base_url(url, false).unwrap_err().to_string()
    }

    fn credentials() -> Credentials {
        Credentials::new("app", "key".to_owned().into(), DatabaseMode::MyVoters).unwrap()
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
            assert!(parse_base_url(url, false).is_ok(), "{url}");
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
    fn plain_http_is_spoken_with_other_hosts_only_if_that_is_allowed() {
        let builder = || Client::builder("http://emulator.internal:8085/v4", credentials());
        assert!(matches!(builder().build(), Err(ClientError::BaseUrl { .. })));
        assert_eq!(
            builder().allow_plain_http().build().unwrap().base_url(),
            "http://emulator.internal:8085/v4"
        );
        assert!(parse_base_url("ftp://example.org", true).is_err());
        assert!(parse_base_url("http://me@example.org", true).is_err());
    }

    #[test]
    fn a_client_of_vans_own_host_can_be_made() {
        let client = Client::new(DEFAULT_BASE_URL, credentials()).unwrap();
        assert_eq!((client.base_url(), client.mode()), (DEFAULT_BASE_URL, DatabaseMode::MyVoters));
    }

    #[test]
    fn a_client_for_a_mode_takes_credentials_of_that_mode_only() {
        let builder = || Client::builder(DEFAULT_BASE_URL, credentials());
        assert!(builder().mode::<MyVoters>().build().is_ok());
        let error = builder().mode::<MyCampaign>().build().unwrap_err();
        assert!(
            matches!(
                error,
                ClientError::WrongCredentials {
                    profile: None,
                    wanted: DatabaseMode::MyCampaign,
                    given: DatabaseMode::MyVoters
                }
            ),
            "{error}"
        );
        let message = "the client is for my-campaign, but the credentials are for my-voters";
        assert!(error.to_string().starts_with(message), "{error}");
    }
}
