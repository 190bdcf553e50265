//! What can go wrong between this machine and VAN.

use std::error::Error as _;
use std::fmt;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use serde_json::Value as Json;

use super::secrets::{Secrets, without_links};
use super::{DatabaseMode, JobId};
use crate::results::Status;
use van_bulk_schema::text::printable;

/// How many of VAN's errors a message shows.
const SHOWN_ERRORS: usize = 20;
/// How much of each of VAN's texts a message shows, in characters.
const SHOWN_TEXT: usize = 500;

/// A request to VAN, or a download, did not work out. No message shows the API key, a query or a user of a URL.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClientError {
    /// The base URL cannot be used.
    #[error("the base URL cannot be used: {problem}")]
    BaseUrl {
        /// Why, and what to do.
        problem: String,
    },
    /// The HTTP client could not be set up.
    #[error("the HTTP client could not be set up: {}", root_cause(.0))]
    SetUp(#[source] reqwest::Error),
    /// The runtime of a blocking client could not be started.
    #[error("the runtime of the blocking client could not be started: {0}")]
    Runtime(#[source] io::Error),
    /// The credentials are for the other database mode than the client. Nothing was sent.
    #[error(
        "the client{} is for {wanted}, but the credentials are for {given}; give credentials for {wanted} (VAN_MODE), or \
         use a client for any mode",
        of_profile(.profile)
    )]
    WrongCredentials {
        /// The profile whose jobs the client is for, if it is for one.
        profile: Option<&'static str>,
        /// The mode of the client.
        wanted: DatabaseMode,
        /// That of the credentials.
        given: DatabaseMode,
    },
    /// The key may not use the database mode.
    #[error(
        "the API key may not use {wanted}, which these credentials and builders are for: VAN tells of it {told}; use a key \
         for {wanted}, or set VAN_MODE to the mode that the key may use and take builders that were generated for it"
    )]
    ModeNotAllowed {
        /// The mode of the credentials.
        wanted: DatabaseMode,
        /// What the key may use.
        told: String,
    },
    /// The job was built for the other database mode than the one of the credentials. Nothing was sent.
    #[error(
        "the job{} was built for {job}, but the credentials of the client are for {client}, where contacts and ids are \
         others, so it was not sent; submit it with credentials for {job} (VAN_MODE)",
        of_profile(.profile)
    )]
    WrongMode {
        /// The profile whose builders made the job, if they name one.
        profile: Option<&'static str>,
        /// The mode of the job.
        job: DatabaseMode,
        /// That of the client's credentials.
        client: DatabaseMode,
    },
    /// The request could not be put together; nothing was sent.
    #[error("{request}: was not sent: {problem}")]
    NotSent {
        /// Method and URL.
        request: String,
        /// Why.
        problem: String,
    },
    /// A blocking client was used where an async runtime is running; nothing was sent.
    #[error(
        "a blocking client cannot be used inside an async runtime, which it would bring to a standstill, so nothing was \
         sent; use `van_bulk_import::Client` there, or call it on a thread of its own (`std::thread::spawn`)"
    )]
    InsideAsync,
    /// No connection could be made; nothing was sent.
    #[error("{request}: the host could not be reached: {}; check the base URL and the network", root_cause(.source))]
    Unreachable {
        /// Method and URL.
        request: String,
        /// What the system said.
        source: reqwest::Error,
    },
    /// The reply took too long.
    #[error("{request}: no whole reply within {}", seconds(.after))]
    Timeout {
        /// Method and URL.
        request: String,
        /// How long was waited.
        after: Duration,
    },
    /// The connection broke before the whole reply was there.
    #[error("{request}: the connection broke before the whole reply was there: {}", root_cause(.source))]
    Broken {
        /// Method and URL.
        request: String,
        /// What the system said.
        source: reqwest::Error,
    },
    /// A redirect, which is not followed because the credentials would go along.
    #[error(
        "{request}: was answered with a redirect ({status}) to {to}; redirects are not followed, as the API key would go \
         along; check the base URL"
    )]
    Redirect {
        /// Method and URL.
        request: String,
        /// The HTTP status.
        status: u16,
        /// Where it leads.
        to: String,
    },
    /// 401: VAN does not accept the credentials.
    #[error(
        "{0}; check the application name, the API key (without `|0` or `|1`) and the database mode, which are those of \
         VAN_APP_NAME, VAN_API_KEY and VAN_MODE unless others were given, and that the key belongs to this host"
    )]
    Unauthorized(Box<Refusal>),
    /// 403: the key may not do this.
    #[error("{0}; ask VAN to allow this to the API key, or try the other database mode")]
    Forbidden(Box<Refusal>),
    /// 404: there is no such thing, or the base URL is wrong.
    #[error("{0}; check the name or number, and that the base URL ends in the version, such as /v4")]
    NotFound(Box<Refusal>),
    /// 429: too many requests.
    #[error("{0}; {wait} and try again", wait = wait(.0.retry_after))]
    RateLimited(Box<Refusal>),
    /// Any other status that is no success.
    #[error("{0}")]
    Status(Box<Refusal>),
    /// An HTML page instead of JSON.
    #[error(
        "{request}: was answered with an HTML page, not JSON{}; check the base URL, and for a proxy or a log-in page on \
         the way",
        titled(.title)
    )]
    Html {
        /// Method and URL.
        request: String,
        /// The title of the page.
        title: Option<String>,
    },
    /// The reply is not the JSON it should be.
    #[error("{request}: the reply cannot be read: {problem}")]
    Reply {
        /// Method and URL.
        request: String,
        /// What is wrong.
        problem: String,
    },
    /// The reply is larger than the limit.
    #[error("{request}: the reply is larger than {limit} bytes, the most that is read")]
    TooLarge {
        /// Method and URL.
        request: String,
        /// The limit, in bytes.
        limit: u64,
    },
    /// A list leads on in a way that cannot be followed.
    #[error("{request}: the list cannot be followed after page {page}: {problem}")]
    Paging {
        /// Method and URL of the last page.
        request: String,
        /// The last page, counted from 1.
        page: usize,
        /// Why.
        problem: String,
    },
    /// Value lists were asked for by names that no field with predefined values has.
    #[error(
        "there is no value list {}; name a mapping type and one of its fields that have predefined values, such as \
         `Phones.PhoneTypeID`",
        .names.join(", nor ")
    )]
    NoSuchValueList {
        /// The names, each with the nearest that there is.
        names: Vec<String>,
    },
    /// A job was sent, and it is not known whether VAN accepted it. It must not simply be sent again: VAN documents
    /// nothing that recognizes a repetition.
    #[error(
        "whether VAN accepted the job `{description}` is unknown: {cause}. It is not sent again by itself, since VAN \
         might then import the file twice. VAN documents no list of jobs: look in VAN for a bulk upload of that \
         description or for VAN's notification, and send the job again only if there is none"
    )]
    SubmissionUnknown {
        /// The description of the job.
        description: String,
        /// What happened to the request.
        #[source]
        cause: Box<ClientError>,
    },
    /// A job did not end in time. It may still end.
    #[error(
        "job {job} did not end within {}; {}; it may still run: ask for it again by its number",
        seconds(.waited),
        last_seen(.last_status.as_ref(), .last_failure.as_deref())
    )]
    Deadline {
        /// The job.
        job: JobId,
        /// How long was waited.
        waited: Duration,
        /// The last status that was seen.
        last_status: Option<Status>,
        /// Why the last request failed, if it did.
        last_failure: Option<Box<ClientError>>,
    },
    /// The link of a result file cannot be used.
    #[error("result file {number} of job {job} at {url} cannot be downloaded: {problem}")]
    ResultLink {
        /// The job.
        job: JobId,
        /// The number of the result file, counted from 1.
        number: usize,
        /// The link, without its query.
        url: String,
        /// Why, and what to do.
        problem: String,
    },
    /// A result file was not received whole.
    #[error("result file {number} of job {job} was not received whole: {source}; download it again")]
    ResultFile {
        /// The job.
        job: JobId,
        /// The number of the result file, counted from 1.
        number: usize,
        /// What happened.
        source: Box<ClientError>,
    },
    /// The file system refused.
    #[error("could not {action} {}: {source}", .path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// On which file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl ClientError {
    /// Whether VAN surely created no job: of the errors of [`Client::submit`](super::Client::submit) and
    /// [`Client::create_job`](super::Client::create_job), those after which the same job may be sent again once their cause
    /// is settled. Either nothing was sent, or VAN said no.
    ///
    /// Other answers prove nothing: a redirect or a 408 may come from something on the way after VAN has read the request,
    /// and a 409 may mean that there is such a job.
    pub fn is_definite_refusal(&self) -> bool {
        match self {
            Self::BaseUrl { .. }
            | Self::SetUp(_)
            | Self::Runtime(_)
            | Self::WrongCredentials { .. }
            | Self::ModeNotAllowed { .. }
            | Self::WrongMode { .. }
            | Self::NotSent { .. }
            | Self::InsideAsync
            | Self::Unreachable { .. }
            | Self::Unauthorized(_)
            | Self::Forbidden(_)
            | Self::NotFound(_)
            | Self::RateLimited(_) => true,
            Self::Status(refusal) => matches!(refusal.status, 400 | 405 | 413 | 415 | 422),
            _ => false,
        }
    }

    /// Whether the same may work out later although nothing is changed: VAN asks to slow down (429) or fails (5xx), the host
    /// cannot be reached, the connection breaks, or the time is up.
    ///
    /// Of a submission, that alone does not allow to send it again: [`is_definite_refusal`](Self::is_definite_refusal)
    /// must hold, too.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::RateLimited(_) | Self::Unreachable { .. } | Self::Timeout { .. } | Self::Broken { .. } => {
                true
            }
            Self::Status(refusal) => (500..600).contains(&refusal.status),
            Self::ResultFile { source, .. } => source.is_transient(),
            _ => false,
        }
    }

    /// How long the reply asked to wait, if there was one and it did (`Retry-After`).
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Unauthorized(refusal)
            | Self::Forbidden(refusal)
            | Self::NotFound(refusal)
            | Self::RateLimited(refusal)
            | Self::Status(refusal) => refusal.retry_after,
            Self::ResultFile { source, .. } => source.retry_after(),
            _ => None,
        }
    }

    /// Whether a request that failed like this is sent again at once, if it may be. Of the transient ones, these are not: a
    /// 5xx that means more than a bad moment, such as 501.
    pub(super) fn is_worth_repeating(&self) -> bool {
        match self {
            Self::Status(refusal) => {
                matches!(refusal.status, 500 | 502 | 503 | 504) || (refusal.is_html && self.is_transient())
            }
            Self::ResultFile { source, .. } => source.is_worth_repeating(),
            other => other.is_transient(),
        }
    }
}

/// An answer with a status that is no success.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Refusal {
    /// Method and URL.
    pub request: String,
    /// The HTTP status.
    pub status: u16,
    /// What VAN says is wrong; empty if the body is not one of VAN's.
    pub errors: Vec<VanError>,
    /// What the body is, if it is not one of VAN's.
    pub body: Option<String>,
    /// Whether it is a page for people, as servers on the way send them, and not VAN's API.
    pub is_html: bool,
    /// How long it asks to wait (`Retry-After`, a number of seconds or a date).
    pub retry_after: Option<Duration>,
}

impl Refusal {
    pub(super) fn new(request: String, status: u16, text: &str, is_html: bool, secrets: &Secrets) -> Self {
        let errors = VanError::read_all(text, secrets);
        let body = if !errors.is_empty() || text.trim().is_empty() {
            None
        } else if is_html {
            Some(format!("an HTML page, not JSON{}", titled(&html_title(text, secrets))))
        } else {
            Some(format!("`{}`", printable(&without_links(&secrets.redact(text)), 200)))
        };
        Self { request, status, errors, body, is_html, retry_after: None }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: was answered with {}", self.request, self.status)?;
        if let Some(reason) =
            reqwest::StatusCode::from_u16(self.status).ok().and_then(|s| s.canonical_reason())
        {
            write!(f, " {reason}")?;
        }
        for (position, error) in self.errors.iter().take(SHOWN_ERRORS).enumerate() {
            f.write_str(if position == 0 { ": " } else { "; " })?;
            error.fmt(f)?;
        }
        if self.errors.len() > SHOWN_ERRORS {
            write!(f, "; and {} more", self.errors.len() - SHOWN_ERRORS)?;
        }
        match &self.body {
            Some(body) => write!(f, ": {body}"),
            None => Ok(()),
        }
    }
}

/// One error of VAN's: an item of `errors` in the body of a reply.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct VanError {
    /// What kind of error, such as `INVALID_PARAMETER`.
    pub code: Option<String>,
    /// What is wrong, for people. Of links in it, scheme and host are kept alone.
    pub text: Option<String>,
    /// The properties of the request that are wrong, as dot paths such as `phones[1].extension`.
    pub properties: Vec<String>,
    /// VAN's number for this occurrence, for its support.
    pub reference_code: Option<String>,
    /// How a right value looks; often a regular expression.
    pub hint: Option<String>,
    /// Where VAN explains more.
    pub resource_url: Option<String>,
}

impl VanError {
    /// Reads the `errors` of a body; empty if the body has none.
    fn read_all(text: &str, secrets: &Secrets) -> Vec<Self> {
        match serde_json::from_str::<Json>(text) {
            Ok(Json::Object(mut body)) => {
                body.remove("errors").map(|errors| Self::read_list(&errors, secrets)).unwrap_or_default()
            }
            _ => Vec::new(),
        }
    }

    /// Reads a list of errors, each an object or a string; a single one is accepted as well. Secrets are not kept.
    pub(super) fn read_list(json: &Json, secrets: &Secrets) -> Vec<Self> {
        match json {
            Json::Array(items) => items.iter().filter_map(|item| Self::read(item, secrets)).collect(),
            other => Self::read(other, secrets).into_iter().collect(),
        }
    }

    fn read(json: &Json, secrets: &Secrets) -> Option<Self> {
        let clean = |text: &str| without_links(&secrets.told(text));
        let scalar = |json: &Json| scalar(json).map(|text| clean(&text));
        match json {
            Json::String(text) if !text.trim().is_empty() => {
                Some(Self { text: Some(clean(text)), ..Self::default() })
            }
            Json::Object(object) => {
                let string = |key: &str| object.get(key).and_then(scalar);
                Some(Self {
                    code: string("code"),
                    text: string("text"),
                    properties: match object.get("properties") {
                        Some(Json::Array(items)) => items.iter().filter_map(scalar).collect(),
                        Some(other) => scalar(other).into_iter().collect(),
                        None => Vec::new(),
                    },
                    reference_code: string("referenceCode"),
                    hint: string("hint"),
                    // Without the link, it would say nothing.
                    resource_url: object
                        .get("resourceUrl")
                        .and_then(self::scalar)
                        .map(|url| secrets.redact(&url)),
                })
            }
            _ => None,
        }
    }
}

/// The text of a string or number.
fn scalar(json: &Json) -> Option<String> {
    match json {
        Json::String(text) => Some(text.clone()),
        Json::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

impl fmt::Display for VanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let clean = |text: &str| printable(text, SHOWN_TEXT);
        match (&self.code, &self.text) {
            (Some(code), Some(text)) => write!(f, "{}: {}", clean(code), clean(text))?,
            (Some(one), None) | (None, Some(one)) => f.write_str(&clean(one))?,
            (None, None) => f.write_str("an error without code and text")?,
        }
        if !self.properties.is_empty() {
            write!(f, " (at {})", clean(&self.properties.join(", ")))?;
        }
        if let Some(hint) = &self.hint {
            write!(f, " (hint: {})", clean(hint))?;
        }
        if let Some(url) = &self.resource_url {
            write!(f, " (see {})", clean(url))?;
        }
        if let Some(code) = &self.reference_code {
            write!(f, " (reference code {})", clean(code))?;
        }
        Ok(())
    }
}

/// The title of an HTML page, printable, short and without secrets.
pub(super) fn html_title(page: &str, secrets: &Secrets) -> Option<String> {
    let lower = page.to_ascii_lowercase();
    let tag = lower.find("<title")?;
    let start = tag + lower[tag..].find('>')? + 1;
    let end = start + lower[start..].find("</title").unwrap_or(lower.len() - start);
    let title = secrets.line(&page[start..end], 100);
    (!title.is_empty()).then_some(title)
}

fn titled(title: &Option<String>) -> String {
    title.as_ref().map(|title| format!(", titled `{title}`")).unwrap_or_default()
}

/// What is known of a job that did not end in time.
fn last_seen(status: Option<&Status>, failure: Option<&ClientError>) -> String {
    let status = status.map(|status| format!("its last status was {status}"));
    let failure = failure.map(|failure| format!("the last request failed: {failure}"));
    match (status, failure) {
        (Some(status), Some(failure)) => format!("{status}; {failure}"),
        (Some(one), None) | (None, Some(one)) => one,
        (None, None) => "VAN did not know it yet".to_owned(),
    }
}

fn wait(asked: Option<Duration>) -> String {
    asked.map_or_else(|| "wait".to_owned(), |asked| format!("wait {}", seconds(&asked)))
}

fn seconds(duration: &Duration) -> String {
    format!("{} s", duration.as_secs_f64())
}

/// The name of a profile behind a noun; nothing if there is none.
fn of_profile(profile: &Option<&'static str>) -> String {
    profile.map(|profile| format!(" of profile `{profile}`")).unwrap_or_default()
}

/// The innermost reason of an error; the outer ones of the HTTP client say only that a request failed.
fn root_cause(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    let text = printable(&cause.to_string(), 300);
    if error.source().is_none() || text.is_empty() { printable(&error.to_string(), 300) } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(file: &str, status: u16) -> String {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/");
        let text = std::fs::read_to_string(format!("{folder}{file}")).unwrap();
        Refusal::new("GET https://van.example.org/v4/x".to_owned(), status, &text, false, &Secrets::default())
            .to_string()
    }

    #[test]
    fn every_documented_error_body_is_told() {
        let start = "GET https://van.example.org/v4/x: was answered with ";
        for (file, status, end) in [
            (
                "error_no_property.json",
                400,
                "400 Bad Request: EVENTS_NOT_SUPPORTED_IN_DB: This database has no events",
            ),
            (
                "error_one_property.json",
                400,
                "400 Bad Request: INVALID_PARAMETER: Only digits are allowed (at creditCardNumber)",
            ),
            (
                "error_array_index.json",
                400,
                "400 Bad Request: INVALID_PARAMETER: An extension is numeric (at phones[1].extension)",
            ),
            ("error_empty_properties.json", 400, "400 Bad Request: Error code: Error description"),
            ("error_404.json", 404, "404 Not Found: NOT_FOUND: There is no such resource"),
            (
                "error_every_key.json",
                400,
                "400 Bad Request: INVALID_PARAMETER: Not a postcode (at zip) (hint: ^[0-9]{5}$) (see https://docs.example.org/zip) \
                 (reference code 7f3a); a bare sentence",
            ),
        ] {
            assert_eq!(shown(file, status), format!("{start}{end}"), "{file}");
        }
    }

    #[test]
    fn bodies_that_are_not_vans_are_described() {
        let refusal = |text: &str, html| {
            Refusal::new("GET u".to_owned(), 502, text, html, &Secrets::default()).to_string()
        };
        assert_eq!(refusal("", false), "GET u: was answered with 502 Bad Gateway");
        assert_eq!(refusal("try\nlater", false), "GET u: was answered with 502 Bad Gateway: `try later`");
        assert_eq!(
            refusal("<html><head><TITLE lang=en>\n Bad\u{1b}[31m  gateway </TITLE>", true),
            "GET u: was answered with 502 Bad Gateway: an HTML page, not JSON, titled `Bad [31m gateway`"
        );
        assert_eq!(
            refusal("<html>", true),
            "GET u: was answered with 502 Bad Gateway: an HTML page, not JSON"
        );
    }

    #[test]
    fn titles_are_found_or_not_but_never_panic() {
        let html_title = |page| html_title(page, &Secrets::default());
        assert_eq!(html_title("<title>a</title>").as_deref(), Some("a"));
        assert_eq!(html_title("<title>cut").as_deref(), Some("cut"));
        assert_eq!(html_title("<title"), None);
        assert_eq!(html_title("<title></title>"), None);
        assert_eq!(html_title("İ<title>ß</title>").as_deref(), Some("ß"));
    }

    #[test]
    fn many_errors_are_shown_in_part() {
        let body = format!("{{\"errors\":[{}]}}", vec!["\"no\""; 25].join(","));
        let shown = Refusal::new("GET u".to_owned(), 400, &body, false, &Secrets::default()).to_string();
        assert!(shown.ends_with("no; and 5 more"), "{shown}");
    }
}
