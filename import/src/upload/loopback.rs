//! Parts that this machine serves over loopback HTTP, for an emulator of VAN's API.

use std::collections::HashMap;
use std::io::{Error, ErrorKind};
use std::net::Ipv4Addr;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::body::Body;
use axum::extract::{Path as UrlPath, State};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use futures_util::stream;
use tempfile::{TempDir, TempPath};
use tokio::fs::File;
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use url::Url;

use super::UploadError;
use super::part_file::PartFile;
use super::source_url::shown;

/// How much of a part is sent at once.
const SENT_AT_ONCE: u64 = 64 * 1024;

/// A server on loopback with copies of the parts. It ends when this is dropped, as soon as the Tokio runtime gets to it.
pub(super) struct Loopback {
    base: Url,
    parts: Parts,
    folder: TempDir,
    /// Dropped, it tells the server to stop listening and to close its connections.
    _shutdown: oneshot::Sender<()>,
}

/// The parts by their names. What is not among them is not served.
#[derive(Clone, Default)]
struct Parts(Arc<Mutex<HashMap<String, Served>>>);

struct Served {
    copy: TempPath,
    bytes: u64,
    fetched: Arc<AtomicBool>,
}

impl Loopback {
    pub(super) async fn start() -> Result<Self, UploadError> {
        let error = |action| move |source| UploadError::SetUp { action, source };
        let folder = tempfile::Builder::new()
            .prefix("van-bulk-loopback-")
            .tempdir()
            .map_err(error("create a temporary folder for parts"))?;
        let listen = "listen on a free port of 127.0.0.1";
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(error(listen))?;
        let address = listener.local_addr().map_err(error(listen))?;
        let token = token().map_err(error("get random numbers from the system"))?;
        let base = Url::parse(&format!("http://{address}/{token}/"))
            .map_err(|problem| error(listen)(Error::other(problem)))?;

        let parts = Parts::default();
        let router =
            Router::new().route(&format!("/{token}/{{*name}}"), get(serve)).with_state(parts.clone());
        let (shutdown, asked) = oneshot::channel::<()>();
        let server = axum::serve(listener, router).with_graceful_shutdown(async move {
            let _ = asked.await;
        });
        tokio::spawn(server.into_future());
        Ok(Self { base, parts, folder, _shutdown: shutdown })
    }

    pub(super) fn shown(&self) -> String {
        shown(&self.base)
    }

    pub(super) async fn put(&self, name: &str, file: &Path) -> Result<(), UploadError> {
        let part = PartFile::open(file).await?;
        let bytes = part.bytes();
        let folder = self.folder.path();
        let copy = tempfile::NamedTempFile::new_in(folder).map_err(UploadError::io("write in", folder))?;
        let copy = part.copy_to(copy).await?;
        self.parts.lock().insert(name.to_owned(), Served { copy, bytes, fetched: Arc::default() });
        Ok(())
    }

    pub(super) fn url(&self, name: &str) -> Url {
        let mut url = self.base.clone();
        // Fails only for URLs without a path.
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(name.split('/'));
        }
        url
    }

    pub(super) fn remove(&self, name: &str) {
        self.parts.lock().remove(name);
    }

    pub(super) fn was_fetched(&self, name: &str) -> bool {
        self.parts.lock().get(name).is_some_and(|part| part.fetched.load(Ordering::Acquire))
    }
}

impl Parts {
    /// No operation on the map leaves it half done, so it is good even after a panic.
    fn lock(&self) -> MutexGuard<'_, HashMap<String, Served>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The bytes of a part, which stay the same when it is replaced or removed.
    fn open(&self, name: &str) -> Option<(std::fs::File, u64, Arc<AtomicBool>)> {
        let parts = self.lock();
        let part = parts.get(name)?;
        let file = std::fs::File::open(&part.copy).ok()?;
        Some((file, part.bytes, Arc::clone(&part.fetched)))
    }
}

/// Answers with a whole part, even if a range of it was asked for, so that what was fetched is known.
async fn serve(State(parts): State<Parts>, UrlPath(name): UrlPath<String>) -> Response {
    let Some((file, bytes, fetched)) = parts.open(&name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let headers = [(CONTENT_TYPE, "application/zip".to_owned()), (CONTENT_LENGTH, bytes.to_string())];
    (headers, body(File::from_std(file), bytes, fetched)).into_response()
}

/// The bytes of a part. It was fetched once the last of them is taken; a connection takes no more than it can send.
fn body(file: File, bytes: u64, fetched: Arc<AtomicBool>) -> Body {
    Body::from_stream(stream::try_unfold((file, bytes, fetched), async |(mut file, left, fetched)| {
        if left == 0 {
            return Ok(None);
        }
        let mut chunk = Vec::new();
        let length = (&mut file).take(left.min(SENT_AT_ONCE)).read_to_end(&mut chunk).await?;
        if length == 0 {
            return Err(Error::from(ErrorKind::UnexpectedEof));
        }
        let left = left - length as u64;
        if left == 0 {
            fetched.store(true, Ordering::Release);
        }
        Ok(Some((chunk, (file, left, fetched))))
    }))
}

/// 32 hexadecimal digits that cannot be guessed.
fn token() -> std::io::Result<String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)?;
    Ok(format!("{:032x}", u128::from_be_bytes(bytes)))
}
