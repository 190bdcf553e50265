//! One request and its reply.

use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, LOCATION, RETRY_AFTER};
use reqwest::{Method, StatusCode};
use secrecy::ExposeSecret;
use serde::de::DeserializeOwned;
use tracing::Instrument;
use url::Url;

use super::error::html_title;
use super::secrets::Secrets;
use super::{Client, ClientError, Refusal};

/// No reply of the API may be larger than this: 64 MiB. Our own bound.
pub const MAX_REPLY_BYTES: u64 = 64 * 1024 * 1024;

/// How much is read of a reply that is no success; its errors are short.
const MAX_ERROR_BYTES: u64 = 256 * 1024;

/// How much of a problem of a reply is told, in characters.
const SHOWN_PROBLEM: usize = 1_000;

/// The text of a successful reply.
pub(super) struct Reply {
    /// Method and URL, for messages.
    pub(super) request: String,
    pub(super) text: String,
    /// What must not get from the text into a message.
    pub(super) secrets: Arc<Secrets>,
}

impl Reply {
    /// The reply as JSON of a certain shape.
    pub(super) fn json<T: DeserializeOwned>(&self) -> Result<T, ClientError> {
        serde_json::from_str(&self.text)
            .map_err(|error| self.problem(format!("it is not the JSON expected: {error}")))
    }

    /// The reply is not what it should be; `problem` may cite it.
    pub(super) fn problem(&self, problem: impl AsRef<str>) -> ClientError {
        let problem = self.secrets.line(problem.as_ref(), SHOWN_PROBLEM);
        ClientError::Reply { request: self.request.clone(), problem }
    }
}

impl Client {
    pub(super) async fn get(&self, url: Url) -> Result<Reply, ClientError> {
        self.call(Method::GET, url, None).await
    }

    pub(super) async fn post(&self, url: Url, json: Vec<u8>) -> Result<Reply, ClientError> {
        self.call(Method::POST, url, Some(json)).await
    }

    async fn call(&self, method: Method, url: Url, json: Option<Vec<u8>>) -> Result<Reply, ClientError> {
        let span =
            tracing::info_span!("van_request", method = %method, path = %self.secrets.line(url.path(), 300));
        let result = self.send(method, url, json).instrument(span.clone()).await;
        span.in_scope(|| match &result {
            Ok(reply) => tracing::debug!(bytes = reply.text.len(), "answered"),
            Err(error) => tracing::debug!(%error, "failed"),
        });
        result
    }

    async fn send(&self, method: Method, url: Url, json: Option<Vec<u8>>) -> Result<Reply, ClientError> {
        let request_name = format!("{method} {}", self.secrets.url(&url));
        let password = self.credentials.password();
        let mut builder = self
            .api
            .request(method, url)
            .timeout(self.timeout)
            .header(ACCEPT, "application/json")
            .basic_auth(self.credentials.application_name(), Some(password.expose_secret()));
        if let Some(json) = json {
            builder = builder.header(CONTENT_TYPE, "application/json").body(json);
        }
        let request = builder.build().map_err(|error| broken(&request_name, error, self.timeout))?;
        let mut response =
            self.api.execute(request).await.map_err(|error| broken(&request_name, error, self.timeout))?;
        let status = response.status();
        let headers = response.headers().clone();
        if status.is_success() {
            let body = read(&mut response, &request_name, MAX_REPLY_BYTES, self.timeout).await?;
            return success(request_name, body, &headers, Arc::clone(&self.secrets));
        }
        // What was received of an error is told, even if it is cut off.
        let body = read_some(&mut response, MAX_ERROR_BYTES).await;
        Err(failure(request_name, status, &headers, &body, &self.secrets))
    }
}

fn success(
    request: String,
    body: Vec<u8>,
    headers: &HeaderMap,
    secrets: Arc<Secrets>,
) -> Result<Reply, ClientError> {
    if is_html(headers, &body) {
        let title = html_title(&String::from_utf8_lossy(&body), &secrets);
        return Err(ClientError::Html { request, title });
    }
    match String::from_utf8(body) {
        // Some of VAN's peers begin JSON with a byte order mark, which is no JSON.
        Ok(text) => Ok(Reply { request, text: text.trim_start_matches('\u{feff}').to_owned(), secrets }),
        Err(error) => Err(ClientError::Reply {
            request,
            problem: format!("it is not UTF-8 at byte {}", error.utf8_error().valid_up_to()),
        }),
    }
}

fn failure(
    request: String,
    status: StatusCode,
    headers: &HeaderMap,
    body: &[u8],
    secrets: &Secrets,
) -> ClientError {
    if status.is_redirection() {
        let location =
            headers.get(LOCATION).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
        let to = match location {
            Some(location) => secrets.link(&location),
            None => "nowhere".to_owned(),
        };
        return ClientError::Redirect { request, status: status.as_u16(), to };
    }
    let text = String::from_utf8_lossy(body);
    let refusal = Refusal::new(request, status.as_u16(), &text, is_html(headers, body), secrets);
    let refusal = Box::new(refusal);
    match status {
        StatusCode::UNAUTHORIZED => ClientError::Unauthorized(refusal),
        StatusCode::FORBIDDEN => ClientError::Forbidden(refusal),
        StatusCode::NOT_FOUND => ClientError::NotFound(refusal),
        StatusCode::TOO_MANY_REQUESTS => {
            ClientError::RateLimited { refusal, retry_after: retry_after(headers) }
        }
        _ => ClientError::Status(refusal),
    }
}

fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}

/// Whether a body is a page for people; some servers do not say so in the header.
pub(super) fn is_html(headers: &HeaderMap, body: &[u8]) -> bool {
    let said = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    said.is_some_and(|said| said.to_ascii_lowercase().contains("html"))
        || body.trim_ascii_start().first() == Some(&b'<')
}

/// What an error of the HTTP client means.
pub(super) fn broken(request: &str, error: reqwest::Error, timeout: Duration) -> ClientError {
    let request = request.to_owned();
    if error.is_connect() {
        ClientError::Unreachable { request, source: error.without_url() }
    } else if error.is_timeout() {
        ClientError::Timeout { request, after: timeout }
    } else {
        ClientError::Broken { request, source: error.without_url() }
    }
}

/// Reads a whole body of at most `limit` bytes.
async fn read(
    response: &mut reqwest::Response,
    request: &str,
    limit: u64,
    timeout: Duration,
) -> Result<Vec<u8>, ClientError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| broken(request, error, timeout))? {
        if body.len() as u64 + chunk.len() as u64 > limit {
            return Err(ClientError::TooLarge { request: request.to_owned(), limit });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Reads what there is of a body, up to about `limit` bytes.
async fn read_some(response: &mut reqwest::Response, limit: u64) -> Vec<u8> {
    let mut body = Vec::new();
    while (body.len() as u64) < limit {
        match response.chunk().await {
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) | Err(_) => break,
        }
    }
    body
}
