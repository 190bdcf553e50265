//! Requests and their replies.

use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, LOCATION, RETRY_AFTER};
use reqwest::{Method, StatusCode};
use secrecy::ExposeSecret;
use serde::Serialize;
use serde::de::DeserializeOwned;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;
use tracing::{Instrument, Span};
use url::Url;

use super::download::Links;
use super::error::html_title;
use super::gate::Gate;
use super::secrets::Secrets;
use super::{ClientError, Credentials, JobId, Refusal, Retry};

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

/// VAN's API as one key sees it, and how it is asked.
pub(super) struct Api {
    pub(super) base: Url,
    pub(super) credentials: Credentials,
    pub(super) secrets: Arc<Secrets>,
    /// For the API; never follows a redirect.
    pub(super) http: reqwest::Client,
    /// For result files; knows no credentials.
    pub(super) plain: reqwest::Client,
    /// Which links to result files are followed.
    pub(super) links: Links,
    /// How long a request may take with its whole reply.
    pub(super) timeout: Duration,
    pub(super) retry: Retry,
    /// How many requests run at once.
    pub(super) concurrency: usize,
    pub(super) gate: Gate,
}

/// A request.
pub(super) struct Call {
    method: Method,
    url: Url,
    json: Option<Vec<u8>>,
    job: Option<JobId>,
    /// Whether it changes nothing, so that it may be sent again.
    is_repeatable: bool,
}

impl Call {
    /// Asks for something.
    pub(super) fn get(url: Url) -> Self {
        Self { method: Method::GET, url, json: None, job: None, is_repeatable: true }
    }

    /// Sends something, once.
    pub(super) fn post(url: Url, json: Vec<u8>) -> Self {
        Self { method: Method::POST, url, json: Some(json), job: None, is_repeatable: false }
    }

    /// The same call about a job.
    pub(super) fn about(self, job: JobId) -> Self {
        Self { job: Some(job), ..self }
    }

    /// The same call, which changes nothing although it sends something.
    pub(super) fn that_changes_nothing(self) -> Self {
        Self { is_repeatable: true, ..self }
    }
}

impl Api {
    /// The URL of an endpoint; every segment is escaped as a whole.
    pub(super) fn endpoint(&self, segments: &[&str]) -> Url {
        let mut url = self.base.clone();
        // Base URLs without a path are refused.
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(segments);
        }
        url
    }

    /// Something as JSON, to be sent to `url`.
    pub(super) fn json(&self, url: &Url, value: &impl Serialize) -> Result<Vec<u8>, ClientError> {
        serde_json::to_vec(value).map_err(|error| ClientError::NotSent {
            request: format!("POST {}", self.secrets.url(url)),
            problem: format!("it cannot be written as JSON: {error}"),
        })
    }

    pub(super) async fn get(&self, url: Url) -> Result<Reply, ClientError> {
        self.call(Call::get(url)).await
    }

    /// Sends a request, several times if that is allowed and needed.
    pub(super) async fn call(&self, call: Call) -> Result<Reply, ClientError> {
        if call.is_repeatable {
            self.retry.run(|attempt| self.attempt(&call, attempt)).await
        } else {
            self.attempt(&call, 1).await
        }
    }

    /// Sends a request for the time `attempt`, when it is its turn.
    async fn attempt(&self, call: &Call, attempt: u32) -> Result<Reply, ClientError> {
        let _turn = self.gate.turn().await;
        let span = self.span(&call.method, &call.url, call.job, attempt);
        let result = self.send(call).instrument(span.clone()).await;
        span.in_scope(|| match &result {
            Ok(reply) => tracing::debug!(bytes = reply.text.len(), "answered"),
            Err(error) => tracing::debug!(%error, "failed"),
        });
        result
    }

    /// The span of a request.
    pub(super) fn span(&self, method: &Method, url: &Url, job: Option<JobId>, attempt: u32) -> Span {
        let path = self.secrets.line(url.path(), 300);
        tracing::info_span!("van_request", %method, %path, job = job.map(|job| job.0), attempt)
    }

    async fn send(&self, call: &Call) -> Result<Reply, ClientError> {
        let request_name = format!("{} {}", call.method, self.secrets.url(&call.url));
        let password = self.credentials.password();
        let mut builder = self
            .http
            .request(call.method.clone(), call.url.clone())
            .timeout(self.timeout)
            .header(ACCEPT, "application/json")
            .basic_auth(self.credentials.application_name(), Some(password.expose_secret()));
        if let Some(json) = &call.json {
            builder = builder.header(CONTENT_TYPE, "application/json").body(json.clone());
        }
        let request = builder.build().map_err(|error| ClientError::NotSent {
            request: request_name.clone(),
            problem: self.secrets.line(&error.without_url().to_string(), SHOWN_PROBLEM),
        })?;
        let mut response =
            self.http.execute(request).await.map_err(|error| broken(&request_name, error, self.timeout))?;
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

/// The error that a status other than success stands for.
pub(super) fn failure(
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
    let mut refusal = Refusal::new(request, status.as_u16(), &text, is_html(headers, body), secrets);
    refusal.retry_after = retry_after(headers, OffsetDateTime::now_utc());
    let refusal = Box::new(refusal);
    match status {
        StatusCode::UNAUTHORIZED => ClientError::Unauthorized(refusal),
        StatusCode::FORBIDDEN => ClientError::Forbidden(refusal),
        StatusCode::NOT_FOUND => ClientError::NotFound(refusal),
        StatusCode::TOO_MANY_REQUESTS => ClientError::RateLimited(refusal),
        _ => ClientError::Status(refusal),
    }
}

/// How long the reply asks to wait: a number of seconds, or a date, which has whole seconds.
fn retry_after(headers: &HeaderMap, now: OffsetDateTime) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let seconds = OffsetDateTime::parse(text, &Rfc2822).ok()?.unix_timestamp() - now.unix_timestamp();
    Some(Duration::from_secs(u64::try_from(seconds).unwrap_or_default()))
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

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;

    use super::*;

    #[test]
    fn a_time_to_wait_is_read_as_seconds_and_as_a_date() {
        let now = OffsetDateTime::from_unix_timestamp(784_111_770).unwrap();
        for (text, seconds) in [
            ("7", Some(7)),
            (" 0 ", Some(0)),
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(7)),
            ("Sun, 06 Nov 1994 08:49:00 GMT", Some(0)),
            ("soon", None),
            ("-1", None),
            ("", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(RETRY_AFTER, HeaderValue::from_static(text));
            assert_eq!(retry_after(&headers, now), seconds.map(Duration::from_secs), "{text}");
        }
        assert_eq!(retry_after(&HeaderMap::new(), now), None);
    }
}
