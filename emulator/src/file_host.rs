//! A static file server on loopback: a stand-in for the bucket in which a user publishes zips for VAN to fetch.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use tower_http::services::ServeDir;
use url::Url;

use crate::emulator::EmulatorError;
use crate::server::{Server, listen};

/// Serves the files of one folder on a free port of 127.0.0.1. Dropping it stops it as soon as the Tokio
/// runtime gets to it.
pub struct FileHost {
    address: SocketAddr,
    server: Server,
}

impl std::fmt::Debug for FileHost {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FileHost").field("address", &self.address).finish_non_exhaustive()
    }
}

impl FileHost {
    /// Starts serving `folder` in the current Tokio runtime. Files that are added later are served too.
    ///
    /// # Errors
    /// When `folder` is not a folder, or no port is free.
    pub async fn start(folder: impl Into<PathBuf>) -> Result<Self, EmulatorError> {
        let folder = folder.into();
        if !folder.is_dir() {
            return Err(EmulatorError::NotAFolder(folder));
        }
        let (listener, address) = listen(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await?;
        let router = axum::Router::new().fallback_service(ServeDir::new(folder));
        Ok(Self { address, server: Server::spawn(listener, router) })
    }

    /// The URL of a file of the folder, such as `http://127.0.0.1:40123/contacts.zip`. A `/` in `name` leads into a
    /// folder; everything else that a URL cannot hold is encoded.
    pub fn url(&self, name: &str) -> String {
        let origin = format!("http://{}/", self.address);
        match Url::parse(&origin) {
            Ok(mut url) => {
                if let Ok(mut segments) = url.path_segments_mut() {
                    segments.clear().extend(name.split('/'));
                }
                url.into()
            }
            // An address with a port always is a URL.
            Err(_) => origin + name,
        }
    }

    /// Stops serving.
    pub async fn stop(mut self) {
        self.server.stop().await;
    }
}
