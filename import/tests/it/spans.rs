//! What a program sees of the requests in its log.

use van_bulk::payload::Payload;
use van_bulk_import::client::JobId;

use super::secrets::{Log, assert_no_secret};
use super::server::{KEY, Server, json};

#[tokio::test(flavor = "current_thread")]
async fn every_request_has_a_span_with_its_job_and_attempt_and_without_secrets() {
    let log = Log::default();
    let _guard = log.everything();
    let files = Server::start(|_, number| match number {
        0 => json(503, KEY),
        _ => json(200, "a,b"),
    })
    .await;
    let link = files.url("/results/a.csv?signature=s3cret-signature");
    let api = Server::start(move |request, number| match (request.method.as_str(), number) {
        (_, 0) => json(500, format!(r#"{{"errors":[{{"text":"{KEY}"}}]}}"#)),
        ("POST", _) => json(200, r#"{"jobId":5}"#),
        _ => json(200, format!(r#"{{"status":"Completed","resultFiles":["{link}"]}}"#)),
    })
    .await;
    let client = api.client();
    let job = client.job(JobId(5)).await.unwrap();
    client.create_job(&Payload::default()).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    client.download(&job, folder.path()).await.unwrap();

    let log = log.text();
    for span in [
        "van_request{method=GET path=/v4/bulkImportJobs/5 job=5 attempt=1}",
        "van_request{method=GET path=/v4/bulkImportJobs/5 job=5 attempt=2}",
        "van_request{method=POST path=/v4/bulkImportJobs attempt=1}",
        "van_download{job=5 number=1}:van_request{method=GET path=/results/a.csv job=5 attempt=1}",
        "van_download{job=5 number=1}:van_request{method=GET path=/results/a.csv job=5 attempt=2}",
    ] {
        assert!(log.contains(span), "{span} is not in {log}");
    }
    assert!(log.contains("trying again"), "{log}");
    assert!(!log.contains("s3cret-signature"), "{log}");
    assert_no_secret(&log);
}
