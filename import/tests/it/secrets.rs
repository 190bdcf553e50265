use std::io::{self, Write};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tracing_subscriber::fmt::MakeWriter;
use van_bulk::payload::Payload;
use van_bulk_import::client::{JobId, Retry, ValueSelection, WaitOptions};
use van_bulk_import::{Client, ClientError};

use super::server::{Answer, KEY, Request, Server, credentials, hang_up, json, reply};

/// test-app:7C9E-s3cret-key|1
const AUTHORIZATION: &str = "dGVzdC1hcHA6N0M5RS1zM2NyZXQta2V5fDE=";

#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// Logs everything of this thread until the guard is dropped.
    pub(crate) fn everything(&self) -> tracing::subscriber::DefaultGuard {
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_span_events(tracing_subscriber::fmt::format::FmtSpan::FULL)
            .with_writer(self.clone())
            .finish();
        tracing::subscriber::set_default(subscriber)
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

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

/// Parts of the key and of the token in every form, so that a secret that was cut is noticed too.
fn parts() -> Vec<String> {
    let part = "s3cret";
    let parts =
        [part.to_owned(), percent_encoded(part), json_escaped(part), AUTHORIZATION[14..30].to_owned()];
    parts.map(|part| part.to_lowercase()).to_vec()
}

fn percent_encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

fn json_escaped(text: &str) -> String {
    text.bytes().map(|byte| format!("\\u{byte:04x}")).collect()
}

pub(super) fn assert_no_secret(text: &str) {
    let lower = text.to_lowercase();
    for part in parts() {
        assert!(!lower.contains(&part), "{part} is in {text}");
    }
}

/// Every text that an error may show.
fn texts(error: &dyn std::error::Error) -> String {
    let mut texts = format!("{error}\n{error:?}\n");
    let mut source = error.source();
    while let Some(error) = source {
        texts.push_str(&format!("{error}\n{error:?}\n"));
        source = error.source();
    }
    texts
}

/// What is shown of whatever comes of a request.
fn shown<T: std::fmt::Debug>(result: &Result<T, ClientError>) -> String {
    match result {
        Ok(value) => format!("{value:?}\n"),
        Err(error) => texts(error),
    }
}

#[tokio::test(flavor = "current_thread")]
async fn the_key_appears_in_no_error_debug_output_or_log() {
    let log = Log::default();
    let _guard = log.everything();

    let server = Server::start(parrot).await;
    let client = server.builder().retry(Retry::never()).build().unwrap();
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
    errors.push(client.discover(&ValueSelection::All, |_| {}).await.unwrap_err());
    for error in &errors {
        assert_no_secret(&texts(error));
    }
    assert!(errors[0].to_string().contains("[API key]"), "{}", errors[0]);

    let log = log.text();
    assert!(log.contains("van_request{method=GET path=/v4/bulkImportJobs/resources attempt=1}"), "{log}");
    assert!(log.contains("van_request{method=POST path=/v4/bulkImportJobs attempt=1}"), "{log}");
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

/// The replies of a server that has the key in one of its forms where it should not be.
fn replies(told: &str) -> Vec<(&'static str, Answer)> {
    let padded = format!("{}{told}", "x".repeat(52));
    let far = format!("{}{told}", "x".repeat(190));
    vec![
        ("no JSON", json(200, told)),
        ("no JSON, cut", json(200, &padded)),
        ("a string", json(200, format!("\"{told}\""))),
        ("a list of strings", json(200, format!("[\"{told}\"]"))),
        ("items of another type", json(200, format!(r#"{{"items":"{told}"}}"#))),
        ("a count of another type", json(200, format!(r#"{{"items":[],"count":"{told}"}}"#))),
        ("a status", json(200, format!(r#"{{"status":"{told}"}}"#))),
        (
            "a job",
            json(
                200,
                format!(
                    r#"{{"status":"Completed","resourceType":"{told}","errors":["{told}",{{"text":"{told}"}}],"resultFiles":[
                    "https://files.example.org/{told}/a.csv","http://{told}@{told}/a","{told}",
                    {{"url":"x{told}","dateExpired":"{told}"}}]}}"#
                ),
            ),
        ),
        ("a profile", json(200, format!(r#"[{{"databaseName":"{told}","committeeName":"{told}"}}]"#))),
        ("an echo", json(200, format!(r#"{{"message":"{told}"}}"#))),
        (
            "errors",
            json(
                400,
                format!(
                    r#"{{"errors":[{{"code":"{told}","text":"{told}","properties":["{told}"],"hint":"{told}",
                    "referenceCode":"{told}","resourceUrl":"https://example.org/{told}"}},"{told}"]}}"#
                ),
            ),
        ),
        ("text of an error, cut", json(500, &far)),
        (
            "a next page elsewhere",
            json(200, format!(r#"{{"items":[],"nextPageLink":"https://a:{told}@b.org/{told}"}}"#)),
        ),
        (
            "a next page",
            json(200, format!(r#"{{"items":[],"nextPageLink":"/v4/{}/{told}"}}"#, "x".repeat(260))),
        ),
        ("a page for people", reply(200, &[], format!("<title>{}{told}</title>", "x".repeat(95)))),
        ("a redirect", reply(302, &[("Location", &format!("/{told}?{told}"))], "")),
    ]
}

/// What is shown of every request of a client.
async fn everything_shown(client: &Client) -> String {
    let options =
        WaitOptions { deadline: Duration::ZERO, not_found_grace: Duration::ZERO, ..WaitOptions::default() };
    let folder = tempfile::tempdir().unwrap();
    let mut all = String::new();
    all += &shown(&client.resources().await);
    all += &shown(&client.mapping_type("A").await);
    all += &shown(&client.values("A", "B").await);
    all += &shown(&client.api_key_profiles().await);
    all += &shown(&client.echo("a").await);
    let discovery = client.discover(&ValueSelection::All, |progress| all += &format!("{progress:?}")).await;
    all += &shown(&discovery);
    all += &shown(&client.create_job(&Payload::default()).await);
    let job = client.wait(JobId(1), &options, |job| all += &format!("{job:?}")).await;
    all += &shown(&job);
    if let Ok(job) = client.job(JobId(1)).await {
        all += &format!("{job:?} {}", job.status);
        job.errors.iter().for_each(|error| all += &error.to_string());
        all += &shown(&client.download(&job, folder.path()).await);
    }
    all
}

#[tokio::test(flavor = "current_thread")]
async fn a_key_that_is_sent_back_in_any_form_anywhere_is_not_shown() {
    let log = Log::default();
    let _guard = log.everything();
    let forms = [
        KEY.to_owned(),
        format!("{}|0", KEY.to_lowercase()),
        format!("{KEY}|1"),
        AUTHORIZATION.to_owned(),
        percent_encoded(KEY),
        percent_encoded(AUTHORIZATION),
        json_escaped(KEY),
        json_escaped(AUTHORIZATION),
        format!("{}{}", percent_encoded(&KEY[..5]), json_escaped(&KEY[5..])),
    ];
    for form in forms {
        for (position, (name, _)) in replies(&form).into_iter().enumerate() {
            let told = form.clone();
            let server = Server::start(move |_, _| replies(&told).swap_remove(position).1).await;
            let all = everything_shown(&server.client()).await;
            assert_no_secret(&all);
            let is_marked = ["[API", "[cred", "x[", "x…"].iter().any(|mark| all.contains(mark));
            assert!(is_marked, "{name}, {form}: nothing of the reply is shown, so nothing was tested: {all}");
        }
    }
    assert!(log.text().contains("van_request{method=GET path=/v4/"));
    assert_no_secret(&log.text());
}

#[tokio::test]
async fn names_in_a_schema_that_contain_the_key_are_kept_but_not_shown() {
    let server = Server::start(|request, _| match request.target.as_str() {
        "/v4/bulkImportMappingTypes" => json(
            200,
            format!(
                r#"[{{"name":"{KEY}","{KEY}":1,"allowMultipleMode":"{KEY}","resourceTypes":["{KEY}"],
                "fields":[{{"name":"{KEY}","isRequired":false,"canBeMappedToColumn":true,"hasPredefinedValues":true,
                "parents":[{{"parentFieldName":"{KEY}","limitedToParentValues":null}}]}}]}}]"#
            ),
        ),
        "/v4/bulkImportJobs/resources" => json(200, "[]"),
        _ => json(200, format!(r#"[{{"id":"{KEY}","name":"a"}},{{"id":"{KEY}","name":"b"}}]"#)),
    })
    .await;
    let mut all = String::new();
    let discovery = server
        .client()
        .discover(&ValueSelection::All, |progress| all += &format!("{progress:?}"))
        .await
        .unwrap();
    assert_eq!(discovery.schema.mapping_types[0].name, KEY);
    assert!(discovery.findings.iter().any(|finding| finding.message.contains("[API key]")));
    all += &format!("{discovery:?} {:?}", server.client().mapping_types().await.unwrap());
    discovery.findings.iter().for_each(|finding| all += &finding.to_string());
    assert_no_secret(&all);
}

#[tokio::test]
async fn a_download_does_not_show_a_key_in_its_link() {
    let answers: [fn() -> Answer; 4] = [
        || json(404, ""),
        || reply(200, &[], format!("<title>{KEY}</title>")),
        || reply(302, &[("Location", &format!("https://me:{KEY}@example.org/{KEY}?{KEY}"))], ""),
        hang_up,
    ];
    for answer in answers {
        let files = Server::start(move |_, _| answer()).await;
        let link = files.url(&format!("/{KEY}/{}?{KEY}", percent_encoded(KEY)));
        let api = Server::start(move |_, _| {
            json(200, format!(r#"{{"status":"Completed","resultFiles":["{link}"]}}"#))
        })
        .await;
        let client = api.client();
        let job = client.job(JobId(1)).await.unwrap();
        assert!(job.result_files[0].url.contains(KEY), "the link itself is kept");
        let folder = tempfile::tempdir().unwrap();
        let error = client.download(&job, folder.path()).await.unwrap_err();
        assert_no_secret(&texts(&error));
        assert!(error.to_string().contains("[API key]"), "{error}");
        assert!(!files.requests().is_empty());
    }
}
