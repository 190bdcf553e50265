use std::time::Duration;

use van_bulk::payload::Payload;
use van_bulk_import::ClientError;
use van_bulk_import::client::{JobId, ValueSelection, WaitOptions};
use van_bulk_import::results::Status;

use super::server::{Answer, Server, cut_off, fixture, hang_up, json, reply};

fn payload() -> Payload {
    Payload { description: "Sign-ups of May".into(), ..Payload::default() }
}

#[tokio::test]
async fn a_job_is_created_with_the_payload_and_its_number_read_in_every_form() {
    for (code, body) in
        [(200, r#"{"jobId":998877}"#), (201, r#"{"id":998877,"x":1}"#), (202, r#"{"jobId":"998877"}"#)]
    {
        let server = Server::start(move |_, _| json(code, body)).await;
        assert_eq!(server.client().create_job(&payload()).await.unwrap(), JobId(998_877));
        let requests = server.requests();
        assert_eq!(
            (requests[0].method.as_str(), requests[0].target.as_str()),
            ("POST", "/v4/bulkImportJobs")
        );
        let sent: Payload = serde_json::from_str(&requests[0].body).unwrap();
        assert_eq!(sent, payload());
    }
}

#[tokio::test]
async fn a_refused_job_tells_vans_errors() {
    let server = Server::start(|_, _| json(400, fixture("error_one_property.json"))).await;
    let error = server.client().create_job(&payload()).await.unwrap_err();
    assert!(matches!(error, ClientError::Status(_)), "{error}");
    assert!(error.to_string().contains("INVALID_PARAMETER: Only digits are allowed (at creditCardNumber)"));
}

#[tokio::test]
async fn a_lost_answer_is_unknown_and_never_sent_again() {
    let answers: [fn() -> Answer; 7] = [
        hang_up,
        || cut_off(200, "application/json", "{\"jobId\":"),
        || Answer::Silence,
        || json(200, "{}"),
        || json(200, "not json"),
        || reply(200, &[("Content-Type", "text/html")], "<title>Log in</title>"),
        || json(502, ""),
    ];
    for answer in answers {
        let server = Server::start(move |_, _| answer()).await;
        let client = server.builder().timeout(Duration::from_millis(300)).build().unwrap();
        let error = client.create_job(&payload()).await.unwrap_err();
        assert!(matches!(error, ClientError::SubmissionUnknown { .. }), "{error}");
        let message = error.to_string();
        assert!(
            message.contains("whether VAN accepted the job `Sign-ups of May` is unknown: POST http://"),
            "{message}"
        );
        assert!(message.contains("look in VAN for a bulk upload of that description"), "{message}");
        assert_eq!(server.requests().len(), 1, "{message}");
    }
}

#[tokio::test]
async fn a_job_that_was_never_sent_is_not_unknown() {
    let address = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let error =
        super::server::client(&format!("http://{address}/v4")).create_job(&payload()).await.unwrap_err();
    assert!(matches!(error, ClientError::Unreachable { .. }), "{error}");
    assert!(error.is_definite_refusal() && error.is_transient(), "{error}");
}

#[tokio::test]
async fn only_a_definite_no_means_that_there_is_no_job() {
    for status in [400, 401, 403, 404, 405, 413, 415, 422, 429] {
        let server = Server::start(move |_, _| json(status, "")).await;
        let error = server.client().create_job(&payload()).await.unwrap_err();
        assert!(error.is_definite_refusal(), "{error}");
        assert_eq!(error.is_transient(), status == 429, "{error}");
        assert_eq!(server.requests().len(), 1, "{error}");
        assert!(error.to_string().contains(&format!("was answered with {status}")), "{error}");
    }
    let unclear = [
        300, 301, 302, 303, 304, 307, 308, 402, 406, 407, 408, 409, 410, 418, 425, 431, 451, 499, 500, 502,
        503, 504, 599,
    ];
    for status in unclear {
        let server = Server::start(move |_, _| reply(status, &[("Location", "/elsewhere")], "")).await;
        let error = server.client().create_job(&payload()).await.unwrap_err();
        assert!(matches!(error, ClientError::SubmissionUnknown { .. }), "{error}");
        assert!(!error.is_definite_refusal() && !error.is_transient(), "{error}");
        assert!(error.to_string().contains(&status.to_string()), "{error}");
        assert_eq!(server.requests().len(), 1, "{error}");
    }
}

#[tokio::test]
async fn published_jobs_are_read_with_their_times() {
    for (file, id, seconds) in
        [("job_completed.json", 75, 1_557_924_350), ("job_with_webhook.json", 92, 1_599_271_624)]
    {
        let server = Server::start(move |_, _| json(200, fixture(file))).await;
        let job = server.client().job(JobId(id)).await.unwrap();
        assert_eq!((job.id, &job.status), (JobId(id), &Status::Completed));
        assert_eq!(job.resource_type.as_deref(), Some("Contacts"));
        assert_eq!(job.result_file_size_limit_kb, Some(5000));
        assert_eq!(job.errors, []);
        assert_eq!(job.result_files.len(), 1);
        assert!(job.result_files[0].date_expired.as_deref().unwrap().ends_with("-04:00"));
        assert_eq!(job.result_files[0].expires_at.unwrap().unix_timestamp(), seconds);
    }
}

#[tokio::test]
async fn a_failed_job_is_read_leniently() {
    let server = Server::start(|_, _| json(200, fixture("job_failed.json"))).await;
    let job = server.client().job(JobId(31)).await.unwrap();
    assert!(job.status.is_failure());
    let errors: Vec<String> = job.errors.iter().map(ToString::to_string).collect();
    assert_eq!(errors, ["The file could not be fetched (reference code ab12)", "a bare sentence"]);
    assert_eq!((job.result_files, job.resource_type), (Vec::new(), None));
}

#[tokio::test]
async fn jobs_that_would_mislead_are_errors() {
    for (body, problem) in [
        (r#"{"id":6,"status":"Completed"}"#, "it is about job 6, not job 5"),
        (r#"{"id":5}"#, "it has no `status`"),
        (r#"{"id":5,"status":"Completed","resultFiles":[{"url":"u"},{}]}"#, "`resultFiles[1]` has no `url`"),
        (r#"{"id":5,"status":"Completed","resultFiles":"u"}"#, "`resultFiles` is not a list"),
        ("[]", "it is not the JSON expected"),
    ] {
        let server = Server::start(move |_, _| json(200, body)).await;
        let error = server.client().job(JobId(5)).await.unwrap_err();
        assert!(error.to_string().contains(problem), "{error}");
    }
}

#[tokio::test]
async fn every_request_may_run_in_a_task_of_its_own() {
    let server = Server::start(|request, _| match request.target.as_str() {
        "/v4/bulkImportJobs/5" => json(200, r#"{"id":5,"status":"Completed"}"#),
        _ => json(200, "[]"),
    })
    .await;
    let client = server.client();
    let folder = tempfile::tempdir().unwrap();
    let task = tokio::spawn(async move {
        client.discover(&ValueSelection::All, |_| {}).await.unwrap();
        let job = client.wait(JobId(5), &WaitOptions::default(), |_| {}).await.unwrap();
        client.download(&job, folder.path()).await.unwrap()
    });
    assert!(task.await.unwrap().is_empty());
}

#[tokio::test]
async fn more_result_files_than_a_job_can_have_are_refused() {
    let body = format!(r#"{{"id":5,"status":"Completed","resultFiles":["u"{}]}}"#, r#","u""#.repeat(10_000));
    let server = Server::start(move |_, _| json(200, &body)).await;
    let error = server.client().job(JobId(5)).await.unwrap_err().to_string();
    assert!(error.contains("it has 10001 result files, and at most 10000 are downloaded"), "{error}");
}
