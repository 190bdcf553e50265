//! Secrets of stores in what is shown.

use van_bulk_import::UploadTarget;

use super::Part;
use super::s3_server::{KEY_ID, SECRET, variables};
use crate::secrets::Log;
use crate::server::{Request, Server, reply};

const TOKEN: &str = "session-t0ken-that-is-sent";

/// Tells everything that was sent.
fn parrot(status: u16, request: &Request) -> String {
    let sent = format!("{request:?} {TOKEN} https://me:{TOKEN}@example.org/?sig={TOKEN}");
    format!(
        "<Error><Code>InvalidToken</Code><Message>{status}: {TOKEN}</Message><Token-0>{TOKEN}</Token-0>{sent}</Error>"
    )
}

#[tokio::test(flavor = "current_thread")]
async fn secrets_of_a_store_that_sends_them_back_are_in_no_error_debug_output_or_log() {
    let log = Log::default();
    let _guard = log.everything();
    let part = Part::new("bytes");
    let mut shown = String::new();
    for status in [400, 401, 403, 404, 409] {
        let server = Server::start(move |request, _| reply(status, &[], parrot(status, request))).await;
        let mut variables = variables(&server.url(""), SECRET);
        variables.push(("AWS_SESSION_TOKEN".to_owned(), TOKEN.to_owned()));
        let target = UploadTarget::from_url_with("s3://uploads", variables).unwrap();
        let error = target.put("a.zip", &part.path).await.unwrap_err();
        // What could be sent back was sent.
        assert_eq!(server.requests()[0].header("x-amz-security-token"), Some(TOKEN));
        assert!(error.to_string().contains(&format!("InvalidToken: {status}: [secret]")), "{error}");
        shown += &format!("{target:?}\n{error}\n{error:?}\n");
        let url = target.url("a.zip").await.unwrap();
        assert!(url.expose().contains("X-Amz-Signature="));
        shown += &format!("{url} {url:?}\n");
    }
    let log = log.text();
    assert!(log.contains("127.0.0.1"), "nothing is logged");
    for text in [shown, log] {
        for secret in [SECRET, TOKEN, KEY_ID, "X-Amz-Signature"] {
            assert!(!text.contains(secret), "{secret} is in {text}");
        }
    }
}

#[test]
fn a_place_is_shown_without_what_opens_it() {
    let published = UploadTarget::published("https://files.example.org/s3cret/a.zip?sig=s3cret").unwrap();
    assert!(format!("{published:?}").contains("https://files.example.org/…"), "{published:?}");
    assert!(!format!("{published:?}").contains("s3cret"), "{published:?}");
}

#[tokio::test]
async fn the_path_that_cannot_be_guessed_is_not_shown() {
    let target = UploadTarget::loopback().await.unwrap();
    let url = target.url("a.zip").await.unwrap();
    let token = url.expose().split('/').nth(3).unwrap();
    let shown = format!("{target:?} {url} {url:?}");
    assert!(token.len() == 32 && !shown.contains(token), "{shown}");
}
