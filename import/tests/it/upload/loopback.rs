use std::fs::File;
use std::time::Duration;

use van_bulk_import::UploadTarget;

use super::{Part, fetched, received, van};

#[tokio::test]
async fn a_part_is_served_and_that_it_was_fetched_is_seen() {
    let target = UploadTarget::loopback().await.unwrap();
    let bytes = super::megabytes(1);
    let part = Part::new(&bytes);
    target.put("3f9c/Größe 1.zip", &part.path).await.unwrap();
    // The copy is served, whatever becomes of the file.
    drop(part);

    let url = target.url("3f9c/Größe 1.zip").await.unwrap();
    assert!(url.expose().starts_with("http://127.0.0.1:"), "{}", url.expose());
    assert_eq!((url.valid_until(), target.was_fetched("3f9c/Größe 1.zip")), (None, Some(false)));
    assert_eq!(fetched(&url).await, (200, bytes));
    assert_eq!(target.was_fetched("3f9c/Größe 1.zip"), Some(true));
    assert_eq!(target.was_fetched("3f9c/other.zip"), Some(false));
    assert_eq!((target.kind(), target.max_parts()), ("loopback", None));
}

#[tokio::test]
async fn a_part_that_is_put_again_replaces_the_first_and_was_not_fetched_yet() {
    let target = UploadTarget::loopback().await.unwrap();
    target.put("a.zip", &Part::new("first").path).await.unwrap();
    let url = target.url("a.zip").await.unwrap();
    fetched(&url).await;
    target.put("a.zip", &Part::new("second").path).await.unwrap();
    assert_eq!(target.was_fetched("a.zip"), Some(false));
    assert_eq!(fetched(&url).await, (200, b"second".to_vec()));
    assert_eq!(target.was_fetched("a.zip"), Some(true));
}

#[tokio::test]
async fn who_asks_for_the_head_or_hangs_up_has_not_fetched_a_part() {
    let target = UploadTarget::loopback().await.unwrap();
    let part = Part::new("");
    // More than the system keeps for a connection.
    File::create(&part.path).unwrap().set_len(64_000_000).unwrap();
    target.put("a.zip", &part.path).await.unwrap();
    let url = target.url("a.zip").await.unwrap();

    let head = van().head(url.expose()).send().await.unwrap();
    assert_eq!(head.headers()["content-length"], "64000000");
    let mut response = van().get(url.expose()).send().await.unwrap();
    assert!(response.chunk().await.unwrap().is_some());
    drop(response);
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(target.was_fetched("a.zip"), Some(false));
}

#[tokio::test]
async fn nothing_else_is_served() {
    let target = UploadTarget::loopback().await.unwrap().prefix("van");
    target.put("a.zip", &Part::new("bytes").path).await.unwrap();
    let url = target.url("a.zip").await.unwrap();
    let (host, path) = url.expose().split_at("http://127.0.0.1:12345".len());
    let host = host.trim_end_matches('/');
    let path = path.trim_start_matches(|c: char| c != '/');
    let token = path.split('/').nth(1).unwrap();
    assert_eq!(token.len(), 32);
    let other_token = "0".repeat(32);
    for path in [
        "/".to_owned(),
        "/van/a.zip".to_owned(),
        format!("/{token}"),
        format!("/{token}/"),
        format!("/{token}/van"),
        format!("/{token}/van/b.zip"),
        format!("/{token}/van/a.zip/"),
        format!("/{token}/..%2f..%2fetc%2fpasswd"),
        format!("/{token}//etc/passwd"),
        format!("/{other_token}/van/a.zip"),
    ] {
        let response = van().get(format!("{host}{path}")).send().await.unwrap();
        assert_eq!(received(response).await, (404, Vec::new()), "{path}");
    }
    assert_eq!(van().post(url.expose()).body("x").send().await.unwrap().status(), 405);
    let other = UploadTarget::loopback().await.unwrap().url("a.zip").await.unwrap();
    assert!(!other.expose().contains(token));
}

#[tokio::test]
async fn a_part_that_was_removed_is_gone_and_can_be_removed_again() {
    let target = UploadTarget::loopback().await.unwrap();
    target.put("a.zip", &Part::new("bytes").path).await.unwrap();
    let url = target.url("a.zip").await.unwrap();
    target.remove("a.zip").await.unwrap();
    target.remove("a.zip").await.unwrap();
    assert_eq!(fetched(&url).await, (404, Vec::new()));
}

#[tokio::test]
async fn the_server_ends_with_the_last_clone() {
    let target = UploadTarget::loopback().await.unwrap();
    target.put("a.zip", &Part::new("bytes").path).await.unwrap();
    let url = target.url("a.zip").await.unwrap();
    let van = van();
    let clone = target.clone();
    drop(target);
    assert_eq!(van.get(url.expose()).send().await.unwrap().status(), 200);
    drop(clone);
    tokio::time::sleep(Duration::from_millis(50)).await;
    // Not even on the connection that is already open.
    assert!(van.get(url.expose()).send().await.unwrap_err().is_connect());
}
