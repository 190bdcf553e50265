use std::io::{self, Write};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tracing_subscriber::fmt::MakeWriter;
use van_bulk::payload::Payload;
use van_bulk_import::client::{JobId, WaitOptions};

use super::server::{Answer, KEY, Request, Server, credentials, hang_up, json, reply};

/// test-app:7C9E-s3cret-key|1
const AUTHORIZATION: &str = "dGVzdC1hcHA6N0M5RS1zM2NyZXQta2V5fDE=";

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;
    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// A server that sends the credentials back wherever it can.
fn parrot(request: &Request, number: usize) -> Answer {
    let told =
        format!("{} {} {}", KEY, KEY.to_lowercase(), request.header("authorization").unwrap_or_default());
    match number % 6 {
        0 => json(
            400,
            format!(
                r#"{{"errors":[{{"code":"{KEY}","text":"{told}","properties":["{told}"],"hint":"{told}"}}]}}"#
            ),
        ),
        1 => reply(200, &[("Content-Type", "text/html")], format!("<title>{told}</title>")),
        2 => reply(302, &[("Location", &format!("https://me:{KEY}@example.org/{KEY}?k={KEY}"))], ""),
        3 => json(401, &told),
        4 => json(500, format!("<title>{told}</title>")),
        _ => hang_up(),
    }
}

fn assert_no_secret(text: &str) {
    let lower = text.to_lowercase();
    for secret in [KEY, AUTHORIZATION] {
        assert!(!lower.contains(&secret.to_lowercase()), "{text}");
    }
}

#[tokio::test(flavor = "current_thread")]
async fn the_key_appears_in_no_error_debug_output_or_log() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_span_events(tracing_subscriber::fmt::format::FmtSpan::FULL)
        .with_writer(log.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);

    let server = Server::start(parrot).await;
    let client = server.client().timeout(Duration::from_secs(5));
    assert_no_secret(&format!("{client:?} {:?}", credentials()));
    let options = WaitOptions { deadline: Duration::ZERO, ..WaitOptions::default() };
    let mut errors = Vec::new();
    for _ in 0..6 {
        errors.push(client.resources().await.unwrap_err());
    }
    for _ in 0..6 {
        errors.push(client.create_job(&Payload::default()).await.unwrap_err());
    }
    errors.push(client.wait(JobId(1), &options, |_| {}).await.unwrap_err());
    errors.push(client.discover(|_| {}).await.unwrap_err());
    for error in &errors {
        assert_no_secret(&error.to_string());
        assert_no_secret(&format!("{error:?}"));
        let mut source = std::error::Error::source(error);
        while let Some(error) = source {
            assert_no_secret(&error.to_string());
            source = error.source();
        }
    }
    assert!(errors[0].to_string().contains("[API key]"), "{}", errors[0]);

    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(log.contains("van_request{method=GET path=/v4/bulkImportJobs/resources}"), "{log}");
    assert!(log.contains("van_request{method=POST path=/v4/bulkImportJobs}"), "{log}");
    assert_no_secret(&log);
}

#[tokio::test]
async fn the_key_is_removed_from_the_errors_of_a_job_and_links_are_not_shown_whole() {
    let server = Server::start(|_, _| {
        json(
            200,
            format!(
                r#"{{"status":"Failed","errors":[{{"code":"{KEY}","text":"bad {KEY}","referenceCode":"{KEY}"}}],
                "resultFiles":[{{"url":"https://files.example.org/a.csv?signature=abc"}}]}}"#
            ),
        )
    })
    .await;
    let job = server.client().job(JobId(1)).await.unwrap();
    assert_no_secret(&format!("{job:?} {}", job.errors[0]));
    assert!(!format!("{job:?}").contains("signature"));
}
