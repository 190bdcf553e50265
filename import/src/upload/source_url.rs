//! The URL that VAN fetches a part from.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use time::OffsetDateTime;
use url::Url;

use super::UploadError;
use crate::hosts::is_loopback;

/// The URL of a part, for the `sourceUrl` of a job's file. It opens the part, which holds personal data, to everyone who
/// has it, so it is a secret: `Debug` and `Display` show its host alone.
#[derive(Clone)]
pub struct SourceUrl {
    url: SecretString,
    shown: String,
    valid_until: Option<OffsetDateTime>,
}

impl SourceUrl {
    pub(super) fn new(url: Url, valid_until: Option<OffsetDateTime>) -> Self {
        let shown = shown(&url);
        Self { url: String::from(url).into(), shown, valid_until }
    }

    /// The URL itself, for the job that is sent to VAN and for nothing that is shown, logged or stored.
    pub fn expose(&self) -> &str {
        self.url.expose_secret()
    }

    /// Until when the URL is valid, if it expires. The credentials that signed it may expire before.
    pub fn valid_until(&self) -> Option<OffsetDateTime> {
        self.valid_until
    }
}

impl fmt::Display for SourceUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

impl fmt::Debug for SourceUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SourceUrl")
            .field("url", &self.shown)
            .field("valid_until", &self.valid_until)
            .finish_non_exhaustive()
    }
}

/// A URL as it may be shown: scheme, host and port. Its path may be what keeps others from guessing it.
pub(super) fn shown(url: &Url) -> String {
    let origin = url.origin();
    if origin.is_tuple() { format!("{}/…", origin.ascii_serialization()) } else { "a URL".to_owned() }
}

/// A URL that a user publishes parts at. `what` names it in errors, which do not repeat it.
pub(super) fn published_url(text: &str, what: &str) -> Result<Url, UploadError> {
    let refuse = |problem: String| UploadError::Target { target: what.to_owned(), problem };
    let url = Url::parse(text.trim()).map_err(|error| refuse(format!("it is no URL ({error})")))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(refuse(
            "it carries a user or password, and whether VAN sends them is not known; use a signed URL, or one that nobody \
             can guess"
                .to_owned(),
        ));
    }
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_loopback(&url) => Ok(url),
        "http" => Err(refuse(
            "plain http would show personal data to everyone on the way; use https (http is for loopback hosts only)"
                .to_owned(),
        )),
        _ => Err(refuse("its scheme is not https".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_host_of_a_url_is_shown() {
        let url = Url::parse("https://bucket.example.org:8443/s3cret/a.zip?sig=s3cret#s3cret").unwrap();
        let url = SourceUrl::new(url, None);
        assert_eq!(url.to_string(), "https://bucket.example.org:8443/…");
        assert!(!format!("{url:?}").contains("s3cret"), "{url:?}");
        assert_eq!(url.expose(), "https://bucket.example.org:8443/s3cret/a.zip?sig=s3cret#s3cret");
    }

    #[test]
    fn urls_that_would_show_rows_or_passwords_to_others_are_refused() {
        for (url, problem) in [
            ("http://files.example.org/s3cret.zip", "plain http"),
            ("https://me:s3cret@files.example.org/a.zip", "a user or password"),
            ("sftp://files.example.org/s3cret.zip", "not https"),
            ("s3cret.zip", "no URL"),
        ] {
            let error = published_url(url, "the URL").unwrap_err().to_string();
            assert!(error.starts_with("the URL is no place for parts: "), "{error}");
            assert!(error.contains(problem) && !error.contains("s3cret"), "{error}");
        }
        assert!(published_url("http://127.0.0.1:80/a.zip", "the URL").is_ok());
        assert!(published_url(" https://files.example.org/a.zip?sig=x ", "the URL").is_ok());
    }
}
