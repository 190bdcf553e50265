//! Fetching the zip from where the job says it is.

use std::path::Path;
use std::sync::OnceLock;
use std::time::Duration;

use futures_util::StreamExt as _;
use reqwest::header::LOCATION;
use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder, Response};
use tokio::fs::File;
use tokio::io::AsyncWriteExt as _;
use url::Url;

use super::failure::JobFailure;
use crate::faults::{Drawn, Kind, html_page};

/// How many redirects are followed.
const MAX_REDIRECTS: usize = 5;

/// Fetches zips.
pub(crate) struct Fetcher {
    /// For `http`.
    plain: Client,
    /// For `https`. It is made when it is first needed: it takes the system's certificates, and a machine without any
    /// can run an emulator all the same.
    tls: OnceLock<Client>,
    limit: u64,
    timeout: Duration,
}

impl Fetcher {
    /// Fetches zips of at most `limit` bytes, each within `timeout`.
    pub(crate) fn new(limit: u64, timeout: Duration) -> Result<Self, reqwest::Error> {
        let plain = client().tls_certs_only([]).build()?;
        Ok(Self { plain, tls: OnceLock::new(), limit, timeout })
    }

    /// Fetches `source_url` into a new file, with these faults.
    pub(super) async fn fetch(
        &self,
        source_url: &str,
        target: &Path,
        faults: &Drawn,
    ) -> Result<(), JobFailure> {
        let shown = shown(source_url);
        let fetching = async {
            tokio::time::sleep(faults.latency()).await;
            if let Some(why) = faults.answer().and_then(refusal) {
                return Err(Problem::NotFetched(why));
            }
            if faults.has(Kind::Html) {
                return tokio::fs::write(target, html_page(200)).await.map_err(Problem::System);
            }
            let response = self.request(source_url).await.map_err(Problem::NotFetched)?;
            self.save(response, target).await?;
            if faults.has(Kind::TruncatedBody) {
                halve(target).await.map_err(Problem::System)?;
            }
            Ok(())
        };
        let result = tokio::time::timeout(self.timeout, fetching).await;
        let late = || Problem::NotFetched(format!("it took longer than {:?}", self.timeout));
        result.unwrap_or_else(|_| Err(late())).map_err(|problem| match problem {
            Problem::NotFetched(why) => JobFailure::NotFetched { url: shown, why },
            Problem::TooLarge => JobFailure::ZipTooLarge { url: shown, limit: self.limit },
            Problem::System(error) => error.into(),
        })
    }

    /// The answer with the zip; the reason if there is none.
    async fn request(&self, source_url: &str) -> Result<Response, String> {
        let mut url = Url::parse(source_url).map_err(|error| error.to_string())?;
        for _ in 0..=MAX_REDIRECTS {
            let request = self.client(&url)?.get(url.clone());
            // The URL may be signed, so it is kept out of errors.
            let response = request.send().await.map_err(|error| causes(&error.without_url()))?;
            match redirected(&url, &response)? {
                Some(next) => url = next,
                None if response.status().is_success() => return Ok(response),
                None => return Err(format!("the server answered {}", response.status())),
            }
        }
        Err(format!("the server redirects more than {MAX_REDIRECTS} times"))
    }

    /// The client for a URL that may be fetched.
    fn client(&self, url: &Url) -> Result<&Client, String> {
        if !url.username().is_empty() || url.password().is_some() {
            return Err("the URL holds a user name or a password; sign the URL instead".to_owned());
        }
        match url.scheme() {
            "http" => Ok(&self.plain),
            "https" => match self.tls.get() {
                Some(client) => Ok(client),
                None => {
                    let client = client()
                        .build()
                        .map_err(|error| format!("https cannot be used here: {}", causes(&error)))?;
                    Ok(self.tls.get_or_init(|| client))
                }
            },
            other => Err(format!("the emulator cannot fetch from {other}://, only http(s)://")),
        }
    }

    async fn save(&self, response: Response, target: &Path) -> Result<(), Problem> {
        if response.content_length().is_some_and(|length| length > self.limit) {
            return Err(Problem::TooLarge);
        }
        let mut file = File::create_new(target).await.map_err(Problem::System)?;
        let mut length = 0_u64;
        let mut chunks = response.bytes_stream();
        while let Some(chunk) = chunks.next().await {
            let chunk = chunk.map_err(|error| Problem::NotFetched(causes(&error.without_url())))?;
            length = length.saturating_add(chunk.len() as u64);
            if length > self.limit {
                return Err(Problem::TooLarge);
            }
            file.write_all(&chunk).await.map_err(Problem::System)?;
        }
        file.flush().await.map_err(Problem::System)
    }
}

/// Why a zip was not fetched.
enum Problem {
    NotFetched(String),
    TooLarge,
    /// The system refused something that has nothing to do with the job.
    System(std::io::Error),
}

/// Why a host that has this fault gives no file; it is then not even asked.
fn refusal(fault: Kind) -> Option<String> {
    Some(match fault {
        Kind::ResetBefore => "the connection was reset".to_owned(),
        Kind::InternalServerError => "the server answered 500 Internal Server Error".to_owned(),
        Kind::BadGateway => "the server answered 502 Bad Gateway".to_owned(),
        Kind::ServiceUnavailable => "the server answered 503 Service Unavailable".to_owned(),
        _ => return None,
    })
}

async fn halve(path: &Path) -> std::io::Result<()> {
    let file = File::options().write(true).open(path).await?;
    file.set_len(file.metadata().await?.len() / 2).await
}

/// Redirects are followed by [`Fetcher::request`], as each may need another client.
fn client() -> ClientBuilder {
    Client::builder().redirect(Policy::none()).no_proxy()
}

/// Where the answer leads, if it is a redirect.
fn redirected(url: &Url, response: &Response) -> Result<Option<Url>, String> {
    if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let location = response.headers().get(LOCATION).and_then(|location| location.to_str().ok());
    let next = location.and_then(|location| url.join(location).ok());
    next.map(Some).ok_or_else(|| "the server redirects to no URL".to_owned())
}

/// The URL without what may be secret in it.
pub(super) fn shown(source_url: &str) -> String {
    match Url::parse(source_url) {
        Ok(url) => {
            let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
            format!("{}://{}{port}{}", url.scheme(), url.host_str().unwrap_or_default(), url.path())
        }
        Err(_) => "the source URL".to_owned(),
    }
}

/// The path of a URL, which holds no signature; empty if it is no URL.
pub(crate) fn path_of(source_url: &str) -> String {
    Url::parse(source_url).map(|url| url.path().to_owned()).unwrap_or_default()
}

/// The error with everything that caused it.
fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
