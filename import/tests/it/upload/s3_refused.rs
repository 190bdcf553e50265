//! S3's protocol as a scripted server tells it: what is sent, and what becomes of it when the store refuses.

use super::s3_server::target;
use super::{Part, megabytes};
use crate::server::{Answer, Request, Server, reply};

fn xml(status: u16, body: &str) -> Answer {
    reply(status, &[("Content-Type", "application/xml")], body)
}

#[tokio::test]
async fn pieces_of_a_part_are_removed_when_one_of_them_is_refused() {
    let server = Server::start(|request: &Request, _| match request.method.as_str() {
        "POST" => {
            xml(200, "<InitiateMultipartUploadResult><UploadId>u1</UploadId></InitiateMultipartUploadResult>")
        }
        "PUT" if request.target.contains("partNumber=1") => reply(200, &[("ETag", "\"1\"")], ""),
        "PUT" => xml(400, "<Error><Code>EntityTooSmall</Code><Message>Too small</Message></Error>"),
        _ => reply(204, &[], ""),
    })
    .await;
    let target = target("s3://uploads", &server.url(""), "secret");
    let error = target.put("a.zip", &Part::new(megabytes(20)).path).await.unwrap_err().to_string();
    assert!(error.ends_with("EntityTooSmall: Too small"), "{error}");

    let requests = server.requests();
    let told: Vec<&str> = requests.iter().map(|request| request.method.as_str()).collect();
    assert_eq!(told, ["POST", "PUT", "PUT", "DELETE"]);
    assert!(requests[3].target.contains("uploadId=u1"), "{}", requests[3].target);
    // No more than a piece was sent at once.
    assert!(requests.iter().all(|request| request.body.len() <= 8 * 1024 * 1024));
}

#[tokio::test]
async fn a_missing_bucket_is_told() {
    let server = Server::start(|_, _| {
        xml(404, "<Error><Code>NoSuchBucket</Code><Message>The bucket does not exist</Message></Error>")
    })
    .await;
    let target = target("s3://uploads", &server.url(""), "secret");
    let error = target.put("a.zip", &Part::new("bytes").path).await.unwrap_err().to_string();
    assert!(error.starts_with("could not put a.zip in s3://uploads: "), "{error}");
    assert!(error.ends_with("NoSuchBucket: The bucket does not exist"), "{error}");
}

#[tokio::test]
async fn a_store_that_cannot_be_reached_is_told_with_the_reason() {
    // Nothing listens on this port.
    let target = target("s3://uploads", "http://127.0.0.1:1", "secret");
    let error = target.put("a.zip", &Part::new("bytes").path).await.unwrap_err().to_string();
    assert!(error.contains("http://127.0.0.1:1/uploads/a.zip"), "{error}");
    assert!(error.contains("refused"), "{error}");
}

#[tokio::test]
async fn a_part_that_the_store_does_not_let_remove_is_told() {
    let server = Server::start(|_, _| xml(403, "<Error><Code>AccessDenied</Code></Error>")).await;
    let target = target("s3://uploads/van", &server.url(""), "secret");
    let error = target.remove("a.zip").await.unwrap_err().to_string();
    assert!(error.starts_with("could not remove van/a.zip in s3://uploads: "), "{error}");
    assert!(error.contains("AccessDenied"), "{error}");
    let requests = server.requests();
    assert_eq!((requests.len(), requests[0].method.as_str()), (1, "DELETE"));
}
