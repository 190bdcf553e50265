use van_bulk_import::{UploadError, UploadTarget};

use super::Part;
use crate::server::{Answer, Request, Server, cut_off, reply};

const PART: &str = "PK the bytes of a part";

fn ok(body: &str) -> Answer {
    reply(200, &[("Content-Type", "application/zip")], body)
}

/// What comes of publishing a part at a server that answers so.
async fn publish(
    answer: impl Fn(&Request, usize) -> Answer + Send + Sync + 'static,
) -> Result<(), UploadError> {
    let server = Server::start(answer).await;
    let part = Part::new(PART);
    let result = UploadTarget::published(&server.url("/s3cret.zip?sig=s3cret"))
        .unwrap()
        .put("codes-001.zip", &part.path)
        .await;
    if let Err(error) = &result {
        assert!(!format!("{error} {error:?}").contains("s3cret"), "{error:?}");
        assert!(error.to_string().contains(&server.url("/…")), "{error}");
    }
    for request in server.requests() {
        assert_eq!(request.method, "GET");
        let secrets = ["authorization", "cookie", "referer"];
        assert!(secrets.iter().all(|name| request.header(name).is_none()), "{request:?}");
    }
    result
}

async fn problem(answer: impl Fn(&Request, usize) -> Answer + Send + Sync + 'static) -> String {
    publish(answer).await.unwrap_err().to_string()
}

#[tokio::test]
async fn a_part_that_is_published_as_it_is_is_accepted() {
    publish(|_, _| ok(PART)).await.unwrap();
    let unannounced = format!("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{PART}");
    publish(move |_, _| Answer::Bytes(unannounced.clone().into_bytes())).await.unwrap();
}

#[tokio::test]
async fn what_differs_is_told() {
    let difference = async |body: &'static str| problem(move |_, _| ok(body)).await;
    assert!(difference("PK the bytes of A part").await.contains("byte 17 is another"));
    assert!(difference("PK the bytes").await.contains("it has 12 bytes, and the file 22"));
    assert!(difference("PK the bytes of a part!").await.contains("it has 23 bytes, and the file 22"));
    assert!(difference("").await.contains("it has 0 bytes, and the file 22"));
    let page = difference("\n<!DOCTYPE html><title>Download").await;
    assert!(page.contains("it is a web page"), "{page}");
    assert!(
        page.ends_with("upload that file there again, or give the URL under which it is published"),
        "{page}"
    );
}

#[tokio::test]
async fn a_server_that_does_not_announce_the_length_is_read_no_further_than_the_part() {
    let unannounced = |body: String| {
        let text = format!("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{body}");
        move |_: &Request, _| Answer::Bytes(text.clone().into_bytes())
    };
    let more = problem(unannounced(PART.repeat(1_000_000))).await;
    assert!(more.contains("it goes on after the file's 22 bytes"), "{more}");
    let less = problem(unannounced("PK the".to_owned())).await;
    assert!(less.contains("it has 6 bytes, and the file 22"), "{less}");
}

#[tokio::test]
async fn what_cannot_be_fetched_is_told() {
    let missing = problem(|_, _| reply(404, &[], "no")).await;
    assert!(
        missing.contains("404 Not Found; publish the part, and give a URL that needs no login"),
        "{missing}"
    );
    let partial = problem(|_, _| reply(206, &[], PART)).await;
    assert!(partial.contains("it was answered with 206"), "{partial}");
    let broken = problem(|_, _| cut_off(200, "application/zip", "PK the")).await;
    assert!(broken.contains("it has 106 bytes, and the file 22"), "{broken}");
    let same_length = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\nPK the", PART.len());
    let broken = problem(move |_, _| Answer::Bytes(same_length.clone().into_bytes())).await;
    assert!(broken.contains("could not be fetched: "), "{broken}");
}

#[tokio::test]
async fn redirects_are_followed_within_limits() {
    publish(|request, _| match request.target.as_str() {
        "/elsewhere.zip" => ok(PART),
        _ => reply(302, &[("Location", "/elsewhere.zip")], ""),
    })
    .await
    .unwrap();
    let endless = problem(|_, _| reply(302, &[("Location", "/s3cret.zip?sig=s3cret")], "")).await;
    assert!(endless.contains("it redirects more than 5 times"), "{endless}");
    let away = problem(|_, _| reply(302, &[("Location", "https://s3cret.example.org/")], "")).await;
    assert!(away.contains("it redirects to another machine"), "{away}");
}

#[tokio::test]
async fn unless_it_is_checked_nothing_is_fetched() {
    let server = Server::start(|_, _| ok("other")).await;
    let url = server.url("/a.zip?sig=s3cret");
    let target = UploadTarget::published(&format!("{url}#fragment")).unwrap().unchecked();
    target.put("codes-001.zip", &Part::new(PART).path).await.unwrap();
    target.remove("codes-001.zip").await.unwrap();
    assert_eq!(target.url("codes-001.zip").await.unwrap().expose(), url);
    assert_eq!(
        (target.kind(), target.max_parts(), target.was_fetched("codes-001.zip")),
        ("published", Some(1), None)
    );
    assert!(server.requests().is_empty());
}
