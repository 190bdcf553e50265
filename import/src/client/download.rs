//! Downloads result files, without credentials: they are links to another host that open to everyone who has them.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Method, StatusCode};
use tokio::io::AsyncWriteExt;
use tracing::Instrument;
use url::Url;

use super::error::html_title;
use super::http::{Api, broken, failure, is_html};
use super::secrets::Secrets;
use super::{Client, ClientError, Job, JobId};
use crate::files;
use crate::hosts::is_loopback;

/// No result file may be larger than this: 256 MiB. Our own bound; the largest size cap that VAN documents for a result
/// file is 100,000 KB.
pub const MAX_RESULT_FILE_BYTES: u64 = 256 * 1024 * 1024;

/// How many redirects a download follows.
const MAX_REDIRECTS: usize = 5;

/// Which links to result files are followed. They hold personal data, so an API on the network gives `https` links only; an
/// API on this machine gives links to this machine only.
#[derive(Clone, Copy)]
pub(super) struct Links {
    /// Whether the API is on this machine.
    pub(super) is_local: bool,
    /// Whether plain `http` was allowed.
    pub(super) plain_http: bool,
}

impl Links {
    /// Why a link is not followed.
    fn refusal_of(self, link: &Url, secrets: &Secrets) -> Option<&'static str> {
        // A host name is told to name servers, and by the system in messages that are not ours.
        if link.host_str().is_some_and(|host| secrets.are_in(host)) {
            return Some("its host name has the API key in it");
        }
        match link.scheme() {
            "https" | "http" if self.is_local && is_loopback(link) => None,
            "https" | "http" if self.is_local => {
                Some("the API is on this machine, so its result files must be too")
            }
            "https" => None,
            "http" if self.plain_http => None,
            "http" => {
                Some("plain http would show personal data to everyone on the way; only https is followed")
            }
            _ => Some("it is neither https nor http"),
        }
    }
}

/// Redirects of downloads are followed as far as their targets would be accepted as links.
pub(super) fn redirects(links: Links, secrets: Arc<Secrets>) -> Policy {
    Policy::custom(move |attempt| {
        if attempt.previous().len() > MAX_REDIRECTS {
            return attempt.error(format!("more than {MAX_REDIRECTS} redirects"));
        }
        match links.refusal_of(attempt.url(), &secrets) {
            None => attempt.follow(),
            Some(problem) => {
                let target = secrets.url(attempt.url());
                attempt.error(format!("it redirects to {target}: {problem}"))
            }
        }
    })
}

impl<M> Client<M> {
    /// Downloads *every* result file of a job into `folder`, which is created if needed, as
    /// `job-{id}-result-{number}.csv` with numbers from 1. Returns their paths in VAN's order.
    ///
    /// The requests carry no credentials. A download that fails for the moment is begun again, as [`Retry`](super::Retry)
    /// says. A file appears under its name when it is whole; one that is already there is replaced.
    ///
    /// # Errors
    /// When a link cannot be followed or has expired, a file is too large or not received whole, or the file system
    /// refuses. Files before the failed one stay.
    pub async fn download(&self, job: &Job, folder: &Path) -> Result<Vec<PathBuf>, ClientError> {
        fs::create_dir_all(folder).map_err(|error| io_error("create", folder, error))?;
        let mut paths = Vec::new();
        for (file, number) in job.result_files.iter().zip(1..) {
            let download = Download { api: &self.api, job: job.id, number };
            let path = folder.join(format!("job-{}-result-{number}.csv", job.id));
            let span = tracing::info_span!("van_download", job = %job.id, number);
            download.run(&file.url, &path).instrument(span).await?;
            paths.push(path);
        }
        Ok(paths)
    }
}

/// The download of one file.
struct Download<'a> {
    api: &'a Api,
    job: JobId,
    number: usize,
}

impl Download<'_> {
    /// Downloads the file, from its beginning each time.
    async fn run(&self, link: &str, path: &Path) -> Result<(), ClientError> {
        let secrets = &self.api.secrets;
        let shown = secrets.link(link);
        let url = Url::parse(link.trim())
            .map_err(|error| self.refuse(&shown, format!("the link is no URL ({error})")))?;
        if let Some(problem) = self.api.links.refusal_of(&url, secrets) {
            return Err(self.refuse(&shown, problem.to_owned()));
        }
        self.api.retry.run(|attempt| self.attempt(&url, &shown, path, attempt)).await
    }

    async fn attempt(&self, url: &Url, shown: &str, path: &Path, attempt: u32) -> Result<(), ClientError> {
        let _turn = self.api.gate.turn().await;
        let span = self.api.span(&Method::GET, url, Some(self.job), attempt);
        self.fetch(url, shown, path).instrument(span).await
    }

    async fn fetch(&self, url: &Url, shown: &str, path: &Path) -> Result<(), ClientError> {
        let secrets = &self.api.secrets;
        let response = self.api.plain.get(url.clone()).send().await;
        let mut response = response.map_err(|error| self.failed(shown, error))?;
        let status = response.status();
        if status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error() {
            // Of the body, which is not VAN's, nothing is told.
            let error = failure(format!("GET {shown}"), status, response.headers(), b"", secrets);
            return Err(self.incomplete(error));
        }
        if !status.is_success() {
            return Err(self.refuse(shown, status_problem(status)));
        }
        let request = format!("GET {shown}");

        let temporary =
            files::temporary_beside(path).map_err(|error| io_error("write beside", path, error))?;
        let (file, temporary) = temporary.into_parts();
        let mut file = tokio::fs::File::from_std(file);
        let headers = response.headers().clone();
        let mut length = 0;
        while let Some(chunk) = response.chunk().await.map_err(|error| self.failed(shown, error))? {
            if length == 0 && is_html(&headers, &chunk) {
                let title = html_title(&String::from_utf8_lossy(&chunk), secrets);
                return Err(self.incomplete(ClientError::Reply {
                    request,
                    problem: format!(
                        "it is an HTML page, not a CSV{}",
                        title.map(|title| format!(", titled `{title}`")).unwrap_or_default()
                    ),
                }));
            }
            length += chunk.len() as u64;
            if length > MAX_RESULT_FILE_BYTES {
                let limit = MAX_RESULT_FILE_BYTES;
                return Err(self.incomplete(ClientError::TooLarge { request, limit }));
            }
            file.write_all(&chunk).await.map_err(|error| io_error("write", path, error))?;
        }
        file.flush().await.map_err(|error| io_error("write", path, error))?;
        file.sync_all().await.map_err(|error| io_error("sync", path, error))?;
        files::keep(temporary, path).map_err(|error| io_error("create", path, error))?;
        tracing::debug!(bytes = length, "downloaded");
        Ok(())
    }

    fn refuse(&self, shown: &str, problem: String) -> ClientError {
        ClientError::ResultLink { job: self.job, number: self.number, url: shown.to_owned(), problem }
    }

    fn failed(&self, shown: &str, error: reqwest::Error) -> ClientError {
        if error.is_redirect() {
            let cause = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
            return self.refuse(shown, self.api.secrets.line(&cause, 400));
        }
        self.incomplete(broken(&format!("GET {shown}"), error, DOWNLOAD_TIMEOUT))
    }

    fn incomplete(&self, error: ClientError) -> ClientError {
        ClientError::ResultFile { job: self.job, number: self.number, source: Box::new(error) }
    }
}

/// How long a download may stand still.
pub(super) const DOWNLOAD_TIMEOUT: Duration = Duration::from_secs(60);

fn status_problem(status: StatusCode) -> String {
    match status.as_u16() {
        403 | 404 | 410 => format!(
            "it was answered with {status}; VAN keeps result files for 24 hours, so the link has probably expired; ask \
             for the job again to see its current links"
        ),
        _ => format!("it was answered with {status}"),
    }
}

fn io_error(action: &'static str, path: &Path, source: std::io::Error) -> ClientError {
    ClientError::Io { action, path: path.to_owned(), source }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NETWORK: Links = Links { is_local: false, plain_http: false };
    const LOCAL: Links = Links { is_local: true, plain_http: false };

    fn is_refused(link: &str, links: Links) -> bool {
        links.refusal_of(&Url::parse(link).unwrap(), &Secrets::default()).is_some()
    }

    #[test]
    fn an_api_on_the_network_gives_https_links_only() {
        assert!(!is_refused("https://files.example.org/a.csv", NETWORK));
        assert!(is_refused("http://files.example.org/a.csv", NETWORK));
        assert!(is_refused("http://127.0.0.1/a.csv", NETWORK));
        assert!(is_refused("file:///etc/passwd", NETWORK));
    }

    #[test]
    fn http_links_are_followed_only_where_plain_http_is_allowed() {
        let allowed = Links { plain_http: true, ..NETWORK };
        assert!(!is_refused("http://files.example.org/a.csv", allowed));
        assert!(!is_refused("https://files.example.org/a.csv", allowed));
        assert!(is_refused("file:///etc/passwd", allowed));
    }

    #[test]
    fn a_link_whose_host_name_has_the_key_in_it_is_refused() {
        let credentials = super::super::Credentials::new(
            "app",
            "7c9e-key".to_owned().into(),
            super::super::DatabaseMode::MyVoters,
        );
        let secrets = Secrets::of(&credentials.unwrap());
        let refusal = |link: &str| NETWORK.refusal_of(&Url::parse(link).unwrap(), &secrets);
        assert_eq!(refusal("https://7C9E-KEY.example.org/"), Some("its host name has the API key in it"));
        assert_eq!(refusal("https://example.org/7c9e-key"), None);
    }

    #[test]
    fn an_api_on_this_machine_gives_links_to_this_machine_only() {
        assert!(!is_refused("http://127.0.0.1:9000/a.csv", LOCAL));
        assert!(!is_refused("http://localhost:8085/a.csv", LOCAL));
        assert!(is_refused("https://files.example.org/a.csv", LOCAL));
        assert!(is_refused("http://files.example.org/a.csv", Links { plain_http: true, ..LOCAL }));
    }
}
