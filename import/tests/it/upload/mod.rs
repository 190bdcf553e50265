//! Where parts are put: what VAN would fetch from there, and what nobody else does.

mod directory;
mod loopback;
mod names;
mod other_clouds;
mod published;
mod s3;
mod s3_refused;
mod s3_server;
mod secrets;
mod store;

use std::fs;
use std::path::{Path, PathBuf};

use reqwest::{Client, Response};
use tempfile::TempDir;
use van_bulk_import::upload::SourceUrl;

/// A folder with the file of a part.
pub(crate) struct Part {
    folder: TempDir,
    pub(crate) path: PathBuf,
}

impl Part {
    pub(crate) fn new(bytes: impl AsRef<[u8]>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("codes-001.zip");
        fs::write(&path, bytes).unwrap();
        Self { folder, path }
    }

    /// Another file beside it.
    pub(crate) fn beside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

/// Some MB that are text, for servers that read text, and the same nowhere.
pub(crate) fn megabytes(count: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    for number in 0..count * 1_000_000 / 10 {
        bytes.extend_from_slice(format!("{number:09}\n").as_bytes());
    }
    bytes
}

/// An HTTP client that knows nothing but URLs, as VAN's is. Without certificates, which a bare machine may lack.
pub(crate) fn van() -> Client {
    Client::builder().no_proxy().tls_certs_only([]).build().unwrap()
}

/// The status and the body that VAN would get.
pub(crate) async fn fetched(url: &SourceUrl) -> (u16, Vec<u8>) {
    received(van().get(url.expose()).send().await.unwrap()).await
}

pub(crate) async fn received(response: Response) -> (u16, Vec<u8>) {
    (response.status().as_u16(), response.bytes().await.unwrap().to_vec())
}

/// The files in a folder and those beneath, sorted, as paths from there.
pub(crate) fn files_in(folder: &Path) -> Vec<String> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push(path.strip_prefix(folder).unwrap().to_string_lossy().replace('\\', "/"));
            }
        }
    }
    files.sort();
    files
}
