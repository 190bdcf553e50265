use std::fs;
use std::time::{Duration, Instant, SystemTime};

use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;
use van_bulk_import::ClientError;
use van_bulk_import::client::{JobId, Retry};

use super::server::{ATTEMPTS, Answer, Server, cut_off, fixture, hang_up, json, reply};

/// Failures that pass: each is worth another attempt.
const PASSING: [fn() -> Answer; 11] = [
    || json(429, ""),
    || json(500, ""),
    || json(502, ""),
    || json(503, ""),
    || json(504, ""),
    || reply(520, &[("Content-Type", "text/html")], "<title>Unknown error</title>"),
    || reply(501, &[], "<html>"),
    hang_up,
    || cut_off(200, "application/json", r#"["Contacts","#),
    || cut_off(503, "text/html", "<title>"),
    || Answer::Silence,
];

/// Failures that stay as they are.
const LASTING: [fn() -> Answer; 14] = [
    || json(400, ""),
    || json(401, ""),
    || json(403, ""),
    || json(404, ""),
    || json(408, ""),
    || json(409, ""),
    || json(413, ""),
    || reply(404, &[("Content-Type", "text/html")], "<title>404</title>"),
    || json(501, ""),
    || json(599, ""),
    || reply(302, &[("Location", "/elsewhere")], ""),
    || json(200, "no JSON"),
    || reply(200, &[("Content-Type", "text/html")], "<title>Log in</title>"),
    || Answer::Bytes(b"HTTP/1.1 200 X\r\nContent-Length: 3\r\n\r\n[\xff]".to_vec()),
];

#[tokio::test]
async fn failures_that_pass_are_not_seen() {
    for answer in PASSING {
        let server = Server::start(move |_, number| match number {
            0 | 1 => answer(),
            _ => json(200, fixture("resources.json")),
        })
        .await;
        let client = server.builder().timeout(Duration::from_millis(300)).build().unwrap();
        assert_eq!(client.resources().await.unwrap().items, 4);
        assert_eq!(server.requests().len(), 3);
    }
}

#[tokio::test]
async fn failures_that_pass_are_not_repeated_for_ever() {
    for answer in PASSING {
        let server = Server::start(move |_, _| answer()).await;
        let client = server.builder().timeout(Duration::from_millis(200)).build().unwrap();
        client.resources().await.unwrap_err();
        assert_eq!(server.requests().len(), ATTEMPTS as usize);
    }
}

#[tokio::test]
async fn failures_that_stay_are_told_at_once() {
    for answer in LASTING {
        let server = Server::start(move |_, _| answer()).await;
        let error = server.client().resources().await.unwrap_err();
        assert_eq!(server.requests().len(), 1, "{error}");
    }
}

#[tokio::test]
async fn every_page_and_every_list_has_its_own_attempts() {
    let server = Server::start(|request, number| match (number % 2, request.target.as_str()) {
        (0, _) => json(503, ""),
        (_, "/v4/bulkImportMappingTypes") => {
            let next =
                format!("http://{}/v4/bulkImportMappingTypes?$skip=1", request.header("host").unwrap());
            json(200, format!(r#"{{"items":[1],"nextPageLink":"{next}"}}"#))
        }
        _ => json(200, r#"{"items":[2],"nextPageLink":null}"#),
    })
    .await;
    let listing = server.client().mapping_types().await.unwrap();
    assert_eq!((listing.text.as_str(), listing.pages), ("[1,\n2]", 2));
    assert_eq!(server.requests().len(), 4);
}

#[tokio::test]
async fn an_echo_is_repeated_although_it_is_a_post() {
    let server = Server::start(|_, number| match number {
        0 => hang_up(),
        1 => json(503, ""),
        _ => json(200, r#"{"message":"hello"}"#),
    })
    .await;
    let echo = server.client().echo("hello").await.unwrap();
    assert_eq!(echo.message.as_deref(), Some("hello"));
    let requests = server.requests();
    assert_eq!(requests.len(), 3);
    assert!(
        requests.iter().all(|request| request.method == "POST" && request.body == r#"{"message":"hello"}"#)
    );
}

#[tokio::test]
async fn a_job_is_sent_once_whatever_happens() {
    for answer in PASSING.into_iter().chain(LASTING) {
        let server = Server::start(move |_, _| answer()).await;
        let client = server.builder().timeout(Duration::from_millis(200)).build().unwrap();
        let error = client.create_job(&van_bulk::payload::Payload::default()).await.unwrap_err();
        assert_eq!(server.requests().len(), 1, "{error}");
        let is_unknown = matches!(error, ClientError::SubmissionUnknown { .. });
        assert_ne!(is_unknown, error.is_definite_refusal(), "{error}");
    }
}

#[tokio::test]
async fn a_client_that_never_repeats_sends_everything_once() {
    let server = Server::start(|_, _| json(503, "")).await;
    server.builder().retry(Retry::never()).build().unwrap().resources().await.unwrap_err();
    assert_eq!(server.requests().len(), 1);
}

/// How long a client waits that may wait `longest`, when it is asked by `retry_after`.
async fn pause(longest: Duration, status: u16, retry_after: String) -> Duration {
    let server = Server::start(move |_, number| match number {
        0 => reply(status, &[("Retry-After", &retry_after)], ""),
        _ => json(200, "[]"),
    })
    .await;
    let retry = Retry { attempts: 2, first_pause: Duration::from_millis(1), longest_pause: longest };
    server.builder().retry(retry).build().unwrap().resources().await.unwrap();
    let requests = server.requests();
    requests[1].at.duration_since(requests[0].at)
}

#[tokio::test]
async fn the_pause_that_van_asks_for_is_kept_up_to_the_longest() {
    let (minute, second) = (Duration::from_secs(60), Duration::from_secs(1));
    for status in [429, 503] {
        assert!(pause(minute, status, "1".to_owned()).await >= second);
    }
    // Dates have whole seconds, so this one is one to two seconds away.
    let date = OffsetDateTime::from(SystemTime::now() + second * 2).format(&Rfc2822).unwrap();
    assert!(date.ends_with("+0000"), "{date}");
    assert!(pause(minute, 429, date.replace("+0000", "GMT")).await >= second);

    let started = Instant::now();
    pause(Duration::from_millis(50), 429, "3600".to_owned()).await;
    pause(minute, 429, "Sun, 06 Nov 1994 08:49:37 GMT".to_owned()).await;
    pause(minute, 429, "in a while".to_owned()).await;
    assert!(started.elapsed() < Duration::from_secs(30));
}

/// A client of an API with a job whose result file is answered by `script`.
async fn result_file(
    script: impl Fn(usize) -> Answer + Send + Sync + 'static,
) -> (Server, Result<String, ClientError>, usize) {
    let files = Server::start(move |_, number| script(number)).await;
    let link = files.url("/a.csv?signature=abc");
    let api = Server::start(move |_, _| {
        json(200, format!(r#"{{"status":"Completed","resultFiles":[{{"url":"{link}"}}]}}"#))
    })
    .await;
    let client = api.client();
    let job = client.job(JobId(5)).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let downloaded = client.download(&job, folder.path()).await;
    let text = downloaded.map(|paths| fs::read_to_string(&paths[0]).unwrap());
    let left = fs::read_dir(folder.path()).unwrap().count();
    (files, text, left)
}

#[tokio::test]
async fn a_download_is_begun_again_from_its_beginning() {
    let passing: [fn() -> Answer; 6] = [
        || cut_off(200, "text/csv", "BulkUploadDataID,ULFileID\n1,"),
        hang_up,
        || json(429, ""),
        || reply(503, &[], "<Error><Code>SlowDown</Code></Error>"),
        || json(500, ""),
        || reply(520, &[("Content-Type", "text/html")], "<title>Unknown error</title>"),
    ];
    for answer in passing {
        let (files, text, left) = result_file(move |number| match number {
            0 | 1 => answer(),
            _ => reply(200, &[], "BulkUploadDataID,ULFileID\n1,2\n"),
        })
        .await;
        assert_eq!(text.unwrap(), "BulkUploadDataID,ULFileID\n1,2\n");
        assert_eq!((files.requests().len(), left), (3, 1), "nothing half-written is left");
        let requests = files.requests();
        assert!(requests.iter().all(|request| request.header("authorization").is_none()));
        assert!(requests.iter().all(|request| request.header("range").is_none()));

        let (files, text, left) = result_file(move |_| answer()).await;
        let error = text.unwrap_err();
        assert!(matches!(error, ClientError::ResultFile { .. }) && error.is_transient(), "{error}");
        assert!(!error.to_string().contains("signature"), "{error}");
        assert_eq!((files.requests().len(), left), (ATTEMPTS as usize, 0));
    }
}

#[tokio::test]
async fn a_download_that_cannot_work_out_is_not_begun_again() {
    let lasting: [fn() -> Answer; 4] = [
        || json(403, ""),
        || json(404, ""),
        || reply(200, &[], "<html><title>Sign in</title>"),
        || reply(302, &[("Location", "ftp://example.org/a.csv")], ""),
    ];
    for answer in lasting {
        let (files, text, left) = result_file(move |_| answer()).await;
        let error = text.unwrap_err();
        assert!(!error.is_transient(), "{error}");
        assert_eq!((files.requests().len(), left), (1, 0), "{error}");
    }
}
