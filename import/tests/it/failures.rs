use std::time::Duration;

use tokio::net::TcpListener;
use van_bulk_import::ClientError;

use super::server::{ATTEMPTS, Answer, Server, client, cut_off, fixture, hang_up, json, reply};

/// The error of a request that is answered like this each time, and how often it was sent.
async fn failure_and_attempts(answer: fn() -> Answer) -> (ClientError, usize) {
    let server = Server::start(move |_, _| answer()).await;
    let client = server.builder().timeout(Duration::from_millis(300)).build().unwrap();
    let error = client.resources().await.unwrap_err();
    (error, server.requests().len())
}

/// The error of a request that is not worth repeating.
async fn failure(answer: fn() -> Answer) -> ClientError {
    let (error, attempts) = failure_and_attempts(answer).await;
    assert_eq!(attempts, 1, "{error}");
    assert!(!error.is_transient(), "{error}");
    error
}

/// The error of a request that was repeated as often as it may be.
async fn lasting_failure(answer: fn() -> Answer) -> ClientError {
    let (error, attempts) = failure_and_attempts(answer).await;
    assert_eq!(attempts, ATTEMPTS as usize, "{error}");
    assert!(error.is_transient(), "{error}");
    error
}

#[tokio::test]
async fn an_unreachable_host_is_named() {
    // A port that was free a moment ago.
    let address = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let error = client(&format!("http://{address}/v4")).resources().await.unwrap_err();
    assert!(matches!(error, ClientError::Unreachable { .. }), "{error}");
    let message = error.to_string();
    assert!(
        message.starts_with(&format!(
            "GET http://{address}/v4/bulkImportJobs/resources: the host could not be reached: "
        )),
        "{message}"
    );
    assert!(message.contains("onnection refused"), "{message}");
}

#[tokio::test]
async fn wrong_credentials_say_what_to_check() {
    let error = failure(|| json(401, "")).await;
    assert!(matches!(error, ClientError::Unauthorized(_)), "{error}");
    for word in ["401 Unauthorized", "VAN_APP_NAME", "VAN_API_KEY", "VAN_MODE"] {
        assert!(error.to_string().contains(word), "{error}");
    }
}

#[tokio::test]
async fn each_status_has_its_error_and_vans_words() {
    let error = failure(|| json(403, r#"{"errors":[{"code":"FORBIDDEN","text":"No access"}]}"#)).await;
    assert!(
        matches!(&error, ClientError::Forbidden(refusal) if refusal.errors[0].code.as_deref() == Some("FORBIDDEN"))
    );
    assert!(error.to_string().contains("403 Forbidden: FORBIDDEN: No access"), "{error}");

    let error = failure(|| json(404, fixture("error_404.json"))).await;
    assert!(matches!(error, ClientError::NotFound(_)), "{error}");

    let error = lasting_failure(|| reply(429, &[("Retry-After", "7")], "")).await;
    assert!(matches!(error, ClientError::RateLimited(_)), "{error}");
    assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
    assert!(error.to_string().contains("wait 7 s and try again"), "{error}");

    let error = failure(|| json(400, fixture("error_array_index.json"))).await;
    assert!(matches!(error, ClientError::Status(_)), "{error}");
    assert!(error.to_string().contains("(at phones[1].extension)"), "{error}");
}

#[tokio::test]
async fn an_html_page_is_told_from_json() {
    let error = failure(|| {
        reply(200, &[("Content-Type", "text/html; charset=utf-8")], "<html><title>Log\u{7} in</title>")
    })
    .await;
    assert!(matches!(&error, ClientError::Html { title: Some(title), .. } if title == "Log in"), "{error}");
    assert!(error.to_string().contains("an HTML page, not JSON, titled `Log in`"), "{error}");

    let error = failure(|| reply(200, &[], "\n <!DOCTYPE html><p>")).await;
    assert!(matches!(error, ClientError::Html { title: None, .. }), "{error}");

    let error =
        failure(|| reply(404, &[("Content-Type", "text/html")], "<title>404 - not found</title>")).await;
    assert!(matches!(error, ClientError::NotFound(_)), "{error}");
    assert!(
        error.to_string().contains("404 Not Found: an HTML page, not JSON, titled `404 - not found`"),
        "{error}"
    );
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let target = Server::start(|_, _| json(200, "[]")).await;
    let location = target.url("/v4/bulkImportJobs/resources?token=abc");
    let server = Server::start(move |_, _| reply(307, &[("Location", &location)], "")).await;
    let error = server.client().resources().await.unwrap_err();
    assert!(matches!(error, ClientError::Redirect { status: 307, .. }), "{error}");
    let message = error.to_string();
    assert!(message.contains("redirects are not followed, as the API key would go along"), "{message}");
    assert!(message.contains("/v4/bulkImportJobs/resources?…") && !message.contains("token"), "{message}");
    assert_eq!((server.requests().len(), target.requests().len()), (1, 0));
}

#[tokio::test]
async fn a_reply_that_stops_midway_is_broken_not_bad_json() {
    let error = lasting_failure(|| cut_off(200, "application/json", r#"["Contacts","#)).await;
    assert!(matches!(error, ClientError::Broken { .. }), "{error}");
    let error = lasting_failure(hang_up).await;
    assert!(matches!(error, ClientError::Broken { .. }), "{error}");
}

#[tokio::test]
async fn silence_is_a_timeout() {
    let error = lasting_failure(|| Answer::Silence).await;
    assert!(matches!(error, ClientError::Timeout { .. }), "{error}");
    assert!(error.to_string().ends_with("no whole reply within 0.3 s"), "{error}");
}

#[tokio::test]
async fn bytes_that_are_no_text_are_refused() {
    let error =
        failure(|| Answer::Bytes(b"HTTP/1.1 200 X\r\nContent-Length: 3\r\n\r\n[\xff]".to_vec())).await;
    assert!(error.to_string().contains("it is not UTF-8 at byte 1"), "{error}");
}

#[tokio::test]
async fn a_reply_above_the_limit_is_refused() {
    let server = Server::start(|_, _| json(200, " ".repeat(64 * 1024 * 1024 + 1))).await;
    let error = server.client().resources().await.unwrap_err();
    assert!(matches!(error, ClientError::TooLarge { .. }), "{error}");
    assert_eq!(server.requests().len(), 1);
}
