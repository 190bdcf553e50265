//! A part that the user has published already.

use std::path::Path;
use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Response, StatusCode};
use url::Url;
use van_bulk_schema::text::printable;

use super::UploadError;
use super::part_file::PartFile;
use super::source_url::{published_url, shown};
use crate::hosts::is_loopback;

/// How long a connection may take to open.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// How long the download may stand still.
const READ_TIMEOUT: Duration = Duration::from_secs(60);
/// How long the whole download may take: a part of 100 MB at 1 Mbit/s.
const TIMEOUT: Duration = Duration::from_secs(15 * 60);
/// How many redirects are followed.
const MAX_REDIRECTS: usize = 5;

pub(super) struct Published {
    url: Url,
    http: reqwest::Client,
}

impl Published {
    pub(super) fn new(url: &str) -> Result<Self, UploadError> {
        let mut url = published_url(url, "the URL of the part")?;
        // It is for browsers, and is never sent.
        url.set_fragment(None);
        let http = http_client(&url).map_err(|error| UploadError::SetUp {
            action: "set up the HTTP client",
            source: std::io::Error::other(error),
        })?;
        Ok(Self { url, http })
    }

    pub(super) fn shown(&self) -> String {
        shown(&self.url)
    }

    pub(super) fn url(&self) -> Url {
        self.url.clone()
    }

    /// Checks that exactly the bytes of the file are published. Reads at most one piece more than the file has.
    pub(super) async fn check(&self, file: &Path) -> Result<(), UploadError> {
        let mut part = PartFile::open(file).await?;
        let differs =
            |difference| UploadError::Differs { url: self.shown(), part: file.to_owned(), difference };
        let mut response = self.get().await?;
        let bytes = part.bytes();
        let announced = response.content_length();
        let mut read = 0;
        while let Some(chunk) = response.chunk().await.map_err(|error| self.failed(error))? {
            // No zip begins like this.
            if read == 0 && chunk.trim_ascii_start().starts_with(b"<") {
                return Err(differs(
                    "it is a web page, such as one that offers a download or asks for a login".to_owned(),
                ));
            }
            if let Some(announced) = announced.filter(|announced| *announced != bytes) {
                return Err(differs(format!("it has {announced} bytes, and the file {bytes}")));
            }
            let ours = part.next(chunk.len()).await?;
            if let Some(at) = ours.iter().zip(&chunk).position(|(ours, theirs)| ours != theirs) {
                return Err(differs(format!("byte {} is another", read + at as u64 + 1)));
            }
            if ours.len() < chunk.len() {
                return Err(differs(format!("it goes on after the file's {bytes} bytes")));
            }
            read += chunk.len() as u64;
        }
        if read < bytes {
            return Err(differs(format!("it has {read} bytes, and the file {bytes}")));
        }
        Ok(())
    }

    async fn get(&self) -> Result<Response, UploadError> {
        let response = self.http.get(self.url.clone()).send().await.map_err(|error| self.failed(error))?;
        match response.status() {
            StatusCode::OK => Ok(response),
            status => Err(self.refuse(match status.as_u16() {
                401 | 403 | 404 | 410 => format!(
                    "it was answered with {status}; publish the part, and give a URL that needs no login and has not expired"
                ),
                _ => format!("it was answered with {status}"),
            })),
        }
    }

    fn failed(&self, error: reqwest::Error) -> UploadError {
        let problem = if error.is_timeout() {
            "it took too long".to_owned()
        } else {
            // Without the URL, which the outer errors of the HTTP client repeat.
            let error = error.without_url();
            let mut cause: &dyn std::error::Error = &error;
            while let Some(inner) = cause.source() {
                cause = inner;
            }
            printable(&cause.to_string(), 300)
        };
        self.refuse(problem)
    }

    fn refuse(&self, problem: String) -> UploadError {
        UploadError::Fetch { url: self.shown(), problem }
    }
}

/// A client without credentials, cookies and compression.
fn http_client(url: &Url) -> reqwest::Result<reqwest::Client> {
    let builder = reqwest::Client::builder()
        .user_agent(concat!("van-bulk/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(CONNECT_TIMEOUT)
        .read_timeout(READ_TIMEOUT)
        .timeout(TIMEOUT)
        .redirect(redirects(is_loopback(url)))
        .referer(false)
        .retry(reqwest::retry::never())
        .no_gzip()
        .no_brotli()
        .no_zstd()
        .no_deflate();
    match url.scheme() {
        // Loopback only: no proxy, and no certificates, which a bare machine may lack.
        "http" => builder.no_proxy().tls_certs_only([]).build(),
        _ if is_loopback(url) => builder.no_proxy().build(),
        _ => builder.build(),
    }
}

/// Redirects are followed on this machine if the URL is on it, and to `https` elsewhere.
fn redirects(is_local: bool) -> Policy {
    Policy::custom(move |attempt| {
        let to = attempt.url();
        if attempt.previous().len() > MAX_REDIRECTS {
            attempt.error(format!("it redirects more than {MAX_REDIRECTS} times"))
        } else if is_local && is_loopback(to) || !is_local && to.scheme() == "https" {
            attempt.follow()
        } else if is_local {
            attempt.error("it redirects to another machine")
        } else {
            attempt.error("it redirects to a URL without https")
        }
    })
}
