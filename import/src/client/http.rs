//! One request and its reply.

use std::time::Duration;

use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, LOCATION, RETRY_AFTER};
use reqwest::{Method, StatusCode};
use secrecy::ExposeSecret;
use serde::de::DeserializeOwned;
use tracing::Instrument;
use url::Url;

use super::error::html_title;
use super::{Client, ClientError, Refusal, shown};
use crate::text::{printable, redact};

/// No reply of the API may be larger than this: 64 MiB. Our own bound.
pub const MAX_REPLY_BYTES: u64 = 64 * 1024 * 1024;

/// How much is read of a reply that is no success; its errors are short.
const MAX_ERROR_BYTES: u64 = 256 * 1024;

/// The text of a successful reply.
pub(super) struct Reply {
    /// Method and URL, for messages.
    pub(super) request: String,
    pub(super) text: String,
}

impl Reply {
    /// The reply as JSON of a certain shape.
    pub(super) fn json<T: DeserializeOwned>(&self) -> Result<T, ClientError> {
        serde_json::from_str(&self.text)
            .map_err(|error| self.problem(format!("it is not the JSON expected: {error}")))
    }

    pub(super) fn problem(&self, problem: impl Into<String>) -> ClientError {
        ClientError::Reply { request: self.request.clone(), problem: problem.into() }
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
        let span = tracing::info_span!("van_request", method = %method, path = %printable(url.path(), 300));
        let result = self.send(method, url, json).instrument(span.clone()).await;
        span.in_scope(|| match &result {
            Ok(reply) => tracing::debug!(bytes = reply.text.len(), "answered"),
            Err(error) => tracing::debug!(%error, "failed"),
        });
        result
    }

    async fn send(&self, method: Method, url: Url, json: Option<Vec<u8>>) -> Result<Reply, ClientError> {
        let request_name = format!("{method} {}", shown(&url));
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
        let secrets = Secrets::of(self, request.headers());
        let mut response =
            self.api.execute(request).await.map_err(|error| broken(&request_name, error, self.timeout))?;
        let status = response.status();
        let headers = response.headers().clone();
        if status.is_success() {
            let body = read(&mut response, &request_name, MAX_REPLY_BYTES, self.timeout).await?;
            return success(request_name, body, &headers, &secrets);
        }
        // What was received of an error is told, even if it is cut off.
        let body = read_some(&mut response, MAX_ERROR_BYTES).await;
        Err(failure(request_name, status, &headers, &body, &secrets))
    }
}

/// What must not be shown, should a server send it back.
struct Secrets<'a> {
    api_key: &'a str,
    /// What the header says after `Basic`.
    authorization: String,
}

impl<'a> Secrets<'a> {
    fn of(client: &'a Client, headers: &HeaderMap) -> Self {
        let authorization =
            headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
        Self {
            api_key: client.credentials.api_key(),
            authorization: authorization.trim_start_matches("Basic ").to_owned(),
        }
    }

    fn remove_from(&self, text: &str) -> String {
        redact(&redact(text, &self.authorization, "[credentials]"), self.api_key, "[API key]")
    }
}

impl Client {
    /// Text of VAN's that is kept for people, without the API key.
    pub(super) fn without_key(&self, text: &str) -> String {
        redact(text, self.credentials.api_key(), "[API key]")
    }
}

fn success(
    request: String,
    body: Vec<u8>,
    headers: &HeaderMap,
    secrets: &Secrets<'_>,
) -> Result<Reply, ClientError> {
    if is_html(headers, &body) {
        let page = secrets.remove_from(&String::from_utf8_lossy(&body));
        return Err(ClientError::Html { request, title: html_title(&page) });
    }
    match String::from_utf8(body) {
        // Some of VAN's peers begin JSON with a byte order mark, which is no JSON.
        Ok(text) => Ok(Reply { request, text: text.trim_start_matches('\u{feff}').to_owned() }),
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
    secrets: &Secrets<'_>,
) -> ClientError {
    if status.is_redirection() {
        let location =
            headers.get(LOCATION).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
        let to = match location {
            Some(location) => shown_location(&secrets.remove_from(&location)),
            None => "nowhere".to_owned(),
        };
        return ClientError::Redirect { request, status: status.as_u16(), to };
    }
    let text = secrets.remove_from(&String::from_utf8_lossy(body));
    let refusal = Box::new(Refusal::new(request, status.as_u16(), &text, is_html(headers, body)));
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

/// A `Location` as it may be shown; one that is no whole URL loses its query too.
fn shown_location(location: &str) -> String {
    match Url::parse(location) {
        Ok(url) => shown(&url),
        Err(_) => printable(location.split(['?', '#']).next().unwrap_or_default(), 300),
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
