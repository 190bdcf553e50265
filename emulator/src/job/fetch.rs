//! Fetching the zip from where the job says it is.

use std::path::Path;

use futures_util::StreamExt as _;
use tokio::fs::File;
use tokio::io::AsyncWriteExt as _;
use url::Url;

use super::failure::JobFailure;

/// Fetches `source_url`, of at most `limit` bytes, into a new file.
pub(super) async fn fetch(
    http: &reqwest::Client,
    source_url: &str,
    limit: u64,
    target: &Path,
) -> Result<(), JobFailure> {
    let shown = shown(source_url);
    let not_fetched = |why: String| JobFailure::NotFetched { url: shown.clone(), why };
    let too_large = || JobFailure::ZipTooLarge { url: shown.clone(), limit };
    let url = Url::parse(source_url).map_err(|error| not_fetched(error.to_string()))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(not_fetched(format!(
            "the emulator cannot fetch from {}://, only http(s)://",
            url.scheme()
        )));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(not_fetched("the URL holds a user name or a password; sign the URL instead".to_owned()));
    }
    // The URL may be signed, so it is kept out of errors.
    let response = http.get(url).send().await.map_err(|error| not_fetched(causes(&error.without_url())))?;
    if !response.status().is_success() {
        return Err(not_fetched(format!("the server answered {}", response.status())));
    }
    if response.content_length().is_some_and(|length| length > limit) {
        return Err(too_large());
    }
    let mut file = File::create_new(target).await?;
    let mut length = 0_u64;
    let mut chunks = response.bytes_stream();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|error| not_fetched(causes(&error.without_url())))?;
        length = length.saturating_add(chunk.len() as u64);
        if length > limit {
            return Err(too_large());
        }
        file.write_all(&chunk).await?;
    }
    file.flush().await?;
    Ok(())
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
