//! A scripted HTTP server on loopback. It writes its answers byte by byte as told, so it can also answer wrongly.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use secrecy::SecretString;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use van_bulk_import::client::{ClientBuilder, DatabaseMode, Retry};
use van_bulk_import::{Client, Credentials};

/// The key of every test client.
pub(crate) const KEY: &str = "7C9E-s3cret-key";

/// A request as it arrived.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    /// Such as `GET`.
    pub(crate) method: String,
    /// Path and query.
    pub(crate) target: String,
    /// Names in lower case, with values.
    pub(crate) headers: Vec<(String, String)>,
    /// The body.
    pub(crate) body: String,
    /// When it was whole.
    pub(crate) at: Instant,
}

impl Request {
    /// The value of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }
}

/// What the server does with a request.
pub(crate) enum Answer {
    /// Writes these bytes and closes the connection; none at all breaks it.
    Bytes(Vec<u8>),
    /// The same after a while.
    Later(Duration, Vec<u8>),
    /// Says nothing for a minute.
    Silence,
}

/// JSON with a status.
pub(crate) fn json(status: u16, body: impl AsRef<str>) -> Answer {
    reply(status, &[("Content-Type", "application/json")], body)
}

/// A reply with a status and headers.
pub(crate) fn reply(status: u16, headers: &[(&str, &str)], body: impl AsRef<str>) -> Answer {
    let body = body.as_ref();
    let mut text = format!("HTTP/1.1 {status} X\r\nConnection: close\r\nContent-Length: {}\r\n", body.len());
    for (name, value) in headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    Answer::Bytes(format!("{text}\r\n{body}").into_bytes())
}

/// The same answer after a while.
pub(crate) fn later(pause: Duration, answer: Answer) -> Answer {
    match answer {
        Answer::Bytes(bytes) => Answer::Later(pause, bytes),
        other => other,
    }
}

/// A reply whose body is shorter than announced.
pub(crate) fn cut_off(status: u16, content_type: &str, body: &str) -> Answer {
    let length = body.len() + 100;
    let text = format!(
        "HTTP/1.1 {status} X\r\nContent-Type: {content_type}\r\nContent-Length: {length}\r\n\r\n{body}"
    );
    Answer::Bytes(text.into_bytes())
}

/// Breaks the connection.
pub(crate) fn hang_up() -> Answer {
    Answer::Bytes(Vec::new())
}

/// The server; it ends with the test.
pub(crate) struct Server {
    address: SocketAddr,
    log: Arc<Log>,
}

/// What the server remembers.
#[derive(Default)]
struct Log {
    requests: Mutex<Vec<Request>>,
    /// How many requests are being answered, and the most at once.
    busy: Mutex<(usize, usize)>,
}

impl Server {
    /// Starts a server that answers each request by `script`, which is given the request and its number from 0.
    pub(crate) async fn start(script: impl Fn(&Request, usize) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let log = Arc::new(Log::default());
        let script = Arc::new(script);
        let served = Arc::clone(&log);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&served), Arc::clone(&script)));
            }
        });
        Self { address, log }
    }

    /// The requests that arrived by now.
    pub(crate) fn requests(&self) -> Vec<Request> {
        self.log.requests.lock().unwrap().clone()
    }

    /// How many requests were under way at once, at most.
    pub(crate) fn most_at_once(&self) -> usize {
        self.log.busy.lock().unwrap().1
    }

    /// A URL of this server.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// A client of this server.
    pub(crate) fn client(&self) -> Client {
        self.builder().build().unwrap()
    }

    /// A client of this server in the making.
    pub(crate) fn builder(&self) -> ClientBuilder {
        builder(&self.url("/v4"))
    }
}

/// How often test clients send what may be repeated.
pub(crate) const ATTEMPTS: u32 = 3;

/// A client with test credentials, in the making; it repeats at once what may be repeated.
pub(crate) fn builder(base_url: &str) -> ClientBuilder {
    let at_once = Duration::from_millis(1);
    let retry = Retry { attempts: ATTEMPTS, first_pause: at_once, longest_pause: at_once };
    Client::builder(base_url, credentials()).retry(retry)
}

/// A client with test credentials.
pub(crate) fn client(base_url: &str) -> Client {
    builder(base_url).build().unwrap()
}

/// Test credentials.
pub(crate) fn credentials() -> Credentials {
    credentials_for(DatabaseMode::MyCampaign)
}

/// Test credentials for a database mode.
pub(crate) fn credentials_for(mode: DatabaseMode) -> Credentials {
    Credentials::new("test-app", SecretString::from(KEY), mode).unwrap()
}

/// A fixture's text.
pub(crate) fn fixture(name: &str) -> String {
    std::fs::read_to_string(fixture_path(name)).unwrap()
}

/// A fixture's path.
pub(crate) fn fixture_path(name: &str) -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

async fn serve(
    mut stream: TcpStream,
    log: Arc<Log>,
    script: Arc<impl Fn(&Request, usize) -> Answer + Send + Sync + 'static>,
) {
    let Some(request) = read_request(&mut stream).await else { return };
    let number = {
        let mut requests = log.requests.lock().unwrap();
        requests.push(request.clone());
        requests.len() - 1
    };
    {
        let (busy, most) = &mut *log.busy.lock().unwrap();
        *busy += 1;
        *most = (*most).max(*busy);
    }
    let (pause, bytes) = match script(&request, number) {
        Answer::Bytes(bytes) => (Duration::ZERO, bytes),
        Answer::Later(pause, bytes) => (pause, bytes),
        Answer::Silence => (Duration::from_secs(60), Vec::new()),
    };
    tokio::time::sleep(pause).await;
    // Before the client can know, or it might send the next request too soon for the count.
    log.busy.lock().unwrap().0 -= 1;
    let _ = stream.write_all(&bytes).await;
    let _ = stream.shutdown().await;
}

async fn read_request(stream: &mut TcpStream) -> Option<Request> {
    let mut bytes = Vec::new();
    let head_end = loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break end;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8(bytes[..head_end].to_vec()).ok()?;
    let mut lines = head.lines();
    let mut first = lines.next()?.split(' ');
    let (method, target) = (first.next()?.to_owned(), first.next()?.to_owned());
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let length: usize = length.map_or(0, |(_, value)| value.parse().unwrap_or(0));
    while bytes.len() < head_end + 4 + length {
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
    let body = String::from_utf8(bytes[head_end + 4..].to_vec()).ok()?;
    Some(Request { method, target, headers, body, at: Instant::now() })
}
