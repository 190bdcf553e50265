//! An emulator with the fixture schema, a folder that is served, and a client.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use reqwest::{Response, StatusCode};
use serde_json::{Value as Json, json};
use tempfile::TempDir;
use van_bulk_emulator::{Config, Contact, Emulator, FileHost};
use van_bulk_schema::{Schema, Snapshot};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

pub(crate) fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

pub(crate) fn schema() -> Schema {
    let (snapshot, findings) = Snapshot::load(&fixtures().join("snapshot")).unwrap();
    assert_eq!(findings, []);
    snapshot.schema
}

/// A job of the fixtures; it has no `sourceUrl` yet.
pub(crate) fn job(name: &str) -> Json {
    let path = fixtures().join("jobs").join(format!("{name}.json"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// A configuration with the fixture schema, contacts 1 to 9, and no waiting.
pub(crate) fn config() -> Config {
    Config {
        schema: schema(),
        step: Duration::from_millis(5),
        seed_contacts: (1..=9).map(Contact::new).collect(),
        ..Config::default()
    }
}

pub(crate) struct World {
    pub(crate) emulator: Emulator,
    pub(crate) host: FileHost,
    pub(crate) folder: TempDir,
    pub(crate) http: reqwest::Client,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with(config()).await
    }

    pub(crate) async fn with(config: Config) -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self {
            emulator: Emulator::start(config).await.unwrap(),
            host: FileHost::start(folder.path()).await.unwrap(),
            folder,
            // Without certificates, so that the tests run on a machine that has none.
            http: reqwest::Client::builder().no_proxy().tls_certs_only([]).build().unwrap(),
        }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.emulator.base_url())
    }

    pub(crate) async fn get(&self, path: &str) -> Response {
        self.http.get(self.url(path)).basic_auth("tests", Some("key|1")).send().await.unwrap()
    }

    pub(crate) async fn get_json(&self, path: &str) -> Json {
        let response = self.get(path).await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        response.json().await.unwrap()
    }

    pub(crate) async fn post(&self, path: &str, body: impl Into<reqwest::Body>) -> Response {
        let request = self.http.post(self.url(path)).basic_auth("tests", Some("key|1"));
        request.header("Content-Type", "application/json").body(body).send().await.unwrap()
    }

    pub(crate) async fn post_job(&self, job: &Json) -> Response {
        self.post("/bulkImportJobs", job.to_string()).await
    }

    /// Publishes bytes and returns their URL. A job that is fetching what was there before gets the whole of that.
    pub(crate) fn publish(&self, name: &str, bytes: &[u8]) -> String {
        let mut file = tempfile::NamedTempFile::new_in(self.folder.path()).unwrap();
        file.write_all(bytes).unwrap();
        file.persist(self.folder.path().join(name)).unwrap();
        self.host.url(name)
    }

    /// Publishes the zipped text and submits the job of the fixtures for it.
    pub(crate) async fn submit(&self, name: &str, text: &str) -> u32 {
        self.submit_zip(job(name), &zipped("upload.csv", text.as_bytes())).await
    }

    pub(crate) async fn submit_zip(&self, mut job: Json, zip: &[u8]) -> u32 {
        job["file"]["sourceUrl"] = json!(self.publish("upload.zip", zip));
        self.submit_job(&job).await
    }

    pub(crate) async fn submit_job(&self, job: &Json) -> u32 {
        let response = self.post_job(job).await;
        let status = response.status();
        let body: Json = response.json().await.unwrap();
        assert_eq!(status, StatusCode::OK, "{body}");
        u32::try_from(body["jobId"].as_u64().unwrap()).unwrap()
    }

    /// Polls until the job has ended.
    pub(crate) async fn wait(&self, id: u32) -> Json {
        let start = Instant::now();
        loop {
            let job = self.get_json(&format!("/bulkImportJobs/{id}")).await;
            if matches!(job["status"].as_str().unwrap(), "Completed" | "CompletedWithErrors" | "Failed") {
                return job;
            }
            assert!(start.elapsed() < Duration::from_secs(20), "the job does not end: {job}");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Runs a job of the fixtures over the text.
    pub(crate) async fn run(&self, name: &str, text: &str) -> Json {
        let id = self.submit(name, text).await;
        self.wait(id).await
    }

    /// The rows of all result files, the first being the header of the first file.
    pub(crate) async fn results(&self, job: &Json) -> Vec<Vec<String>> {
        let mut rows = Vec::new();
        for file in job["resultFiles"].as_array().unwrap() {
            let text = self.download(file["url"].as_str().unwrap()).await;
            let skip = usize::from(!rows.is_empty());
            let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
            rows.extend(
                reader.records().skip(skip).map(|row| row.unwrap().iter().map(String::from).collect()),
            );
        }
        rows
    }

    /// Downloads without credentials.
    pub(crate) async fn download(&self, url: &str) -> String {
        let response = self.http.get(url).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK, "{url}");
        response.text().await.unwrap()
    }
}

pub(crate) fn zipped(name: &str, text: &[u8]) -> Vec<u8> {
    let mut zip = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.start_file(name, SimpleFileOptions::default()).unwrap();
    zip.write_all(text).unwrap();
    zip.finish().unwrap().into_inner()
}

/// The body of an error response, checked for VAN's shape.
pub(crate) async fn errors(response: Response, status: StatusCode) -> Vec<Json> {
    assert_eq!(response.status(), status);
    let body: Json = response.json().await.unwrap();
    let errors = body["errors"].as_array().unwrap().clone();
    assert!(!errors.is_empty());
    for error in &errors {
        let code = error["code"].as_str().unwrap();
        assert!(code.chars().all(|c| c.is_ascii_uppercase() || c == '_'), "{code}");
        assert!(!error["text"].as_str().unwrap().is_empty());
    }
    errors
}
