use std::time::{Duration, Instant};

use van_bulk_import::ClientError;
use van_bulk_import::client::{JobId, Retry, WaitOptions};
use van_bulk_import::results::Status;

use super::server::{ATTEMPTS, Answer, Server, fixture, hang_up, json, reply};

fn quick() -> WaitOptions {
    WaitOptions {
        poll_interval: Duration::from_millis(10),
        deadline: Duration::from_millis(300),
        not_found_grace: Duration::from_millis(200),
        outage: Duration::from_millis(200),
    }
}

fn status(word: &str) -> Answer {
    json(200, format!(r#"{{"id":5,"status":"{word}"}}"#))
}

#[tokio::test]
async fn waiting_sees_every_status_and_ends_with_a_final_one() {
    for last in ["Completed", "Complete", "CompletedWithErrors", "CompletedWithError", "Failed", "Error"] {
        let server = Server::start(move |_, number| match number {
            0 => json(404, fixture("error_404.json")),
            1 => status("Pending"),
            2 => status("Never heard of"),
            3 => status("InProgressWithErrors"),
            _ => status(last),
        })
        .await;
        let mut seen = Vec::new();
        let job =
            server.client().wait(JobId(5), &quick(), |job| seen.push(job.status.to_string())).await.unwrap();
        assert!(job.status.is_terminal());
        assert_eq!(seen[..3], ["Pending", "Never heard of", "InProgressWithErrors"]);
        assert_eq!(server.requests().len(), 5);
    }
}

#[tokio::test]
async fn the_deadline_tells_the_last_status() {
    let server = Server::start(|_, _| status("Strange")).await;
    let error = server.client().wait(JobId(5), &quick(), |_| {}).await.unwrap_err();
    assert!(
        matches!(&error, ClientError::Deadline { last_status: Some(Status::Unknown(word)), .. } if word == "Strange")
    );
    assert!(error.to_string().contains("job 5 did not end within 0.3"), "{error}");
    assert!(error.to_string().contains("its last status was Strange"), "{error}");
}

#[tokio::test]
async fn a_404_is_tolerated_only_at_first() {
    let server = Server::start(|_, _| json(404, fixture("error_404.json"))).await;
    let error = server.client().wait(JobId(5), &quick(), |_| {}).await.unwrap_err();
    assert!(matches!(error, ClientError::NotFound(_)), "{error}");
    assert!(server.requests().len() > 2);

    let server = Server::start(|_, number| match number {
        0 => status("Pending"),
        _ => json(404, fixture("error_404.json")),
    })
    .await;
    let error = server.client().wait(JobId(5), &quick(), |_| {}).await.unwrap_err();
    assert!(matches!(error, ClientError::NotFound(_)), "{error}");
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn failures_that_do_not_pass_end_the_waiting() {
    let server = Server::start(|_, number| match number {
        0 => status("Pending"),
        _ => json(403, ""),
    })
    .await;
    let error = server.client().wait(JobId(5), &quick(), |_| {}).await.unwrap_err();
    assert!(matches!(error, ClientError::Forbidden(_)), "{error}");
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn failures_that_pass_do_not_end_the_waiting() {
    let server = Server::start(|_, number| match number {
        0 => status("Pending"),
        1 => json(500, ""),
        2 => hang_up(),
        3 => reply(502, &[("Content-Type", "text/html")], "<title>Bad gateway</title>"),
        4 => json(429, ""),
        _ => status("Completed"),
    })
    .await;
    let client = server.builder().retry(Retry::never()).build().unwrap();
    let patient = WaitOptions { poll_interval: Duration::from_millis(10), ..WaitOptions::default() };
    let mut seen = Vec::new();
    let job = client.wait(JobId(5), &patient, |job| seen.push(job.status.clone())).await.unwrap();
    assert_eq!(job.status, Status::Completed);
    assert_eq!(seen, [Status::Pending, Status::Completed]);
    assert_eq!(server.requests().len(), 6);
}

#[tokio::test]
async fn failures_that_last_end_the_waiting_with_the_last_of_them() {
    let server = Server::start(|_, _| json(503, "")).await;
    let options = WaitOptions { deadline: Duration::from_secs(60), ..quick() };
    let started = Instant::now();
    let error = server.client().wait(JobId(5), &options, |_| {}).await.unwrap_err();
    assert!(matches!(&error, ClientError::Status(refusal) if refusal.status == 503), "{error}");
    assert!(started.elapsed() >= options.outage);
    let requests = server.requests().len();
    assert!(requests > ATTEMPTS as usize && requests.is_multiple_of(ATTEMPTS as usize), "{requests}");
}

#[tokio::test]
async fn an_outage_is_measured_from_the_last_good_reply() {
    // Half of the time nothing works, but never for long.
    let server = Server::start(|_, number| match number {
        0..100 if number % 2 == 0 => json(500, ""),
        0..100 => status("InProgress"),
        _ => status("Completed"),
    })
    .await;
    let client = server.builder().retry(Retry::never()).build().unwrap();
    let options =
        WaitOptions { deadline: Duration::from_secs(60), outage: Duration::from_millis(300), ..quick() };
    let started = Instant::now();
    client.wait(JobId(5), &options, |_| {}).await.unwrap();
    assert!(started.elapsed() > options.outage * 2);
}

#[tokio::test]
async fn the_deadline_tells_the_last_failure_too() {
    let server = Server::start(|_, number| match number {
        0 => status("InProgress"),
        _ => json(503, ""),
    })
    .await;
    let options = WaitOptions { outage: Duration::from_secs(60), ..quick() };
    let error = server.client().wait(JobId(5), &options, |_| {}).await.unwrap_err();
    let ClientError::Deadline { last_status, last_failure, .. } = &error else { panic!("{error}") };
    assert_eq!(last_status, &Some(Status::InProgress));
    assert!(matches!(last_failure.as_deref(), Some(ClientError::Status(_))), "{error}");
    let message = error.to_string();
    assert!(
        message.contains("its last status was InProgress; the last request failed: GET http://"),
        "{message}"
    );
    assert!(message.contains("503 Service Unavailable; it may still run"), "{message}");

    let server = Server::start(|_, _| json(503, "")).await;
    let error = server.client().wait(JobId(5), &options, |_| {}).await.unwrap_err();
    assert!(error.to_string().contains("; the last request failed: "), "{error}");
    assert!(!error.to_string().contains("last status"), "{error}");
}
