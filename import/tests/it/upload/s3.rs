use std::time::Duration;

use van_bulk_import::upload::SourceUrl;

use super::s3_server::S3;
use super::{Part, fetched, files_in, megabytes, received, van};

#[tokio::test]
async fn a_part_is_put_fetched_by_its_url_alone_replaced_and_removed() {
    let s3 = S3::start().await;
    let target = s3.target("s3://uploads/van/imports/").prefix("3f9c");
    assert_eq!(target.kind(), "s3");
    // The last one in three pieces.
    for bytes in [b"first".to_vec(), b"second".to_vec(), megabytes(20)] {
        target.put("Größe 1.zip", &Part::new(&bytes).path).await.unwrap();
        let url = target.url("Größe 1.zip").await.unwrap();
        let (status, fetched) = fetched(&url).await;
        assert!((status, fetched == bytes) == (200, true), "{status}");
    }
    let stored = || files_in(&s3.folder.path().join("uploads"));
    assert_eq!(stored(), ["van/imports/3f9c/Größe 1.zip"]);

    let url = target.url("Größe 1.zip").await.unwrap();
    target.remove("Größe 1.zip").await.unwrap();
    target.remove("Größe 1.zip").await.unwrap();
    assert_eq!(stored(), Vec::<String>::new());
    assert_eq!(fetched(&url).await.0, 404);
}

/// The status for a URL in which something was replaced by something else of its length.
async fn tampered(url: &SourceUrl, from: &str, to: &str) -> u16 {
    let other = url.expose().replace(from, to);
    assert_ne!(other, url.expose());
    received(van().get(other).send().await.unwrap()).await.0
}

#[tokio::test]
async fn a_url_opens_one_part_for_reading_and_nothing_else() {
    let s3 = S3::start().await;
    let target = s3.target("s3://uploads");
    for name in ["a.zip", "b.zip"] {
        target.put(name, &Part::new("bytes").path).await.unwrap();
    }
    let url = target.url("a.zip").await.unwrap();
    assert_eq!(fetched(&url).await.0, 200);
    assert_eq!(tampered(&url, "a.zip", "b.zip").await, 403);
    assert_eq!(tampered(&url, "X-Amz-Expires=86400", "X-Amz-Expires=86401").await, 403);
    let (_, signature) = url.expose().split_once("X-Amz-Signature=").unwrap();
    assert_eq!(tampered(&url, signature, &"0".repeat(64)).await, 403);
    assert_eq!(van().put(url.expose()).body("x").send().await.unwrap().status(), 403);
    assert_eq!(van().delete(url.expose()).send().await.unwrap().status(), 403);
    let (unsigned, _) = url.expose().split_once('?').unwrap();
    assert_eq!(van().get(unsigned).send().await.unwrap().status(), 403);
}

#[tokio::test]
async fn a_url_expires() {
    let s3 = S3::start().await;
    let target = s3.target("s3://uploads").valid_for(Duration::from_secs(2));
    target.put("a.zip", &Part::new("bytes").path).await.unwrap();
    let url = target.url("a.zip").await.unwrap();
    assert_eq!(fetched(&url).await.0, 200);
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert!(url.valid_until().unwrap() < time::OffsetDateTime::now_utc());
    assert_eq!(fetched(&url).await.0, 403);
}

#[tokio::test]
async fn a_wrong_secret_is_told() {
    let s3 = S3::start().await;
    let part = Part::new("bytes");
    let target = s3.target_with_secret("an0ther-s3cret");
    let error = target.put("a.zip", &part.path).await.unwrap_err();
    let told = error.to_string();
    assert!(told.starts_with("could not put a.zip in s3://uploads: "), "{told}");
    assert!(told.contains("SignatureDoesNotMatch") && told.contains("check the credentials"), "{told}");
    assert!(!format!("{error:?} {target:?}").contains("s3cret"));
}
