//! Jobs of which nothing can be done.

use std::time::Duration;

use serde_json::{Value as Json, json};
use van_bulk_emulator::Config;

use crate::support::{World, config, job, zipped};

const ROWS: &[u8] = b"h,h\n1,101\n";

/// Code and text of the only error of the failed job.
fn failure(job: &Json) -> (&str, &str) {
    assert_eq!(job["status"], "Failed", "{job}");
    assert_eq!(job["errors"].as_array().unwrap().len(), 1);
    (job["errors"][0]["code"].as_str().unwrap(), job["errors"][0]["text"].as_str().unwrap())
}

async fn run_zip(world: &World, zip: &[u8]) -> Json {
    let id = world.submit_zip(job("activist_codes_by_name"), zip).await;
    world.wait(id).await
}

async fn run_url(world: &World, url: &str) -> Json {
    let mut job = job("activist_codes_by_name");
    job["file"]["sourceUrl"] = json!(url);
    let id = world.submit_job(&job).await;
    world.wait(id).await
}

#[tokio::test]
async fn a_file_that_is_not_there_fails_the_job() {
    let world = World::new().await;
    let done = run_url(&world, &format!("{}?signature=secret", world.host.url("missing.zip"))).await;
    let (code, text) = failure(&done);
    assert_eq!(code, "FILE_NOT_FETCHED");
    assert!(text.contains("missing.zip") && text.contains("404") && !text.contains("secret"), "{text}");
}

#[tokio::test]
async fn a_host_that_does_not_answer_fails_the_job() {
    let world = World::new().await;
    let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let done = run_url(&world, &format!("http://{free}/upload.zip?signature=secret")).await;
    let (code, text) = failure(&done);
    assert_eq!(code, "FILE_NOT_FETCHED");
    assert!(text.contains(&free.to_string()) && !text.contains("secret"), "{text}");
}

#[tokio::test]
async fn a_host_that_is_too_slow_fails_the_job() {
    let world = World::with(Config { fetch_timeout: Duration::from_millis(200), ..config() }).await;
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/upload.zip", silent.local_addr().unwrap());
    let done = run_url(&world, &url).await;
    let (code, text) = failure(&done);
    assert_eq!(code, "FILE_NOT_FETCHED");
    assert!(text.contains("longer than 200ms"), "{text}");
}

/// A host that answers every request with a redirect to `location`, and its address.
async fn redirecting(location: impl Fn(std::net::SocketAddr) -> String) -> std::net::SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let redirect = axum::response::Redirect::temporary(&location(address));
    let router = axum::Router::new().fallback(move || std::future::ready(redirect.clone()));
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

#[tokio::test]
async fn a_redirect_to_the_zip_is_followed() {
    let world = World::new().await;
    let zip = world.publish("moved.zip", &zipped("upload.csv", ROWS));
    let address = redirecting(|_| zip.clone()).await;
    let done = run_url(&world, &format!("http://{address}/upload.zip")).await;
    assert_eq!(done["status"], "Completed", "{done}");
}

#[tokio::test]
async fn a_redirect_that_leads_nowhere_fails_the_job() {
    let world = World::new().await;
    let in_a_circle = redirecting(|address| format!("http://{address}/again?signature=secret")).await;
    let done = run_url(&world, &format!("http://{in_a_circle}/upload.zip")).await;
    let (code, text) = failure(&done);
    assert_eq!(code, "FILE_NOT_FETCHED");
    assert!(text.contains("more than 5 times") && !text.contains("secret"), "{text}");

    let elsewhere = redirecting(|_| "file:///etc/hostname".to_owned()).await;
    let done = run_url(&world, &format!("http://{elsewhere}/upload.zip")).await;
    assert!(failure(&done).1.contains("cannot fetch from file://"), "{done}");
}

#[tokio::test]
async fn an_address_that_only_van_could_fetch_from_fails_the_job() {
    let world = World::new().await;
    let done = run_url(&world, "sftp://files.example.org/upload.zip").await;
    assert!(failure(&done).1.contains("sftp://"));
    let with_password = world.host.url("upload.zip").replace("http://", "http://user:hunter2@");
    let done = run_url(&world, &with_password).await;
    let (code, text) = failure(&done);
    assert_eq!(code, "FILE_NOT_FETCHED");
    assert!(!text.contains("hunter2"), "{text}");
}

#[tokio::test]
async fn a_zip_that_is_too_large_fails_the_job() {
    let world = World::with(Config { max_zip_bytes: 100, ..config() }).await;
    assert_eq!(failure(&run_zip(&world, &zipped("upload.csv", &[b'x'; 500])).await).0, "FILE_TOO_LARGE");
}

#[tokio::test]
async fn a_file_that_is_too_large_once_unzipped_fails_the_job() {
    let world = World::with(Config { max_file_bytes: 1_000_000, ..config() }).await;
    let bomb = zipped("upload.csv", "1,101\n".repeat(200_000).as_bytes());
    assert!(bomb.len() < 20_000);
    assert_eq!(failure(&run_zip(&world, &bomb).await).0, "FILE_TOO_LARGE");
}

#[tokio::test]
async fn a_truncated_zip_fails_the_job() {
    let world = World::new().await;
    let zip = zipped("upload.csv", ROWS);
    for length in [0, 10, zip.len() / 2, zip.len() - 1] {
        assert_eq!(failure(&run_zip(&world, &zip[..length]).await).0, "FILE_NOT_A_ZIP", "{length} bytes");
    }
    assert_eq!(failure(&run_zip(&world, ROWS).await).0, "FILE_NOT_A_ZIP");
}

#[tokio::test]
async fn a_damaged_zip_fails_the_job_and_changes_nothing() {
    let world = World::new().await;
    let rows: String = (0..2_000).map(|number| format!("{},101\n", number % 9 + 1)).collect();
    let mut zip = zipped("upload.csv", rows.as_bytes());
    let middle = zip.len() / 3;
    zip[middle] ^= 0x55;
    assert_eq!(failure(&run_zip(&world, &zip).await).0, "FILE_UNREADABLE");
    assert!(world.emulator.contacts().iter().all(|contact| contact.applied.is_empty()));
}

#[tokio::test]
async fn a_zip_without_the_file_fails_the_job_and_says_what_it_holds() {
    let world = World::new().await;
    for name in ["other.csv", "folder/upload.csv"] {
        let done = run_zip(&world, &zipped(name, ROWS)).await;
        let (code, text) = failure(&done);
        assert_eq!(code, "FILE_NOT_IN_ZIP");
        assert!(text.contains("'upload.csv'") && text.contains(&format!("'{name}'")), "{text}");
    }
}

#[tokio::test]
async fn an_encrypted_file_fails_the_job() {
    let world = World::new().await;
    let mut zip = zipped("upload.csv", ROWS);
    // Bit 0 of the flags, in the local header and in the central directory, says that an entry is encrypted.
    let central = zip.windows(4).position(|bytes| bytes == b"PK\x01\x02").unwrap();
    zip[6] |= 1;
    zip[central + 8] |= 1;
    assert_eq!(failure(&run_zip(&world, &zip).await).0, "FILE_ENCRYPTED");
}

#[tokio::test]
async fn text_that_is_not_utf8_fails_the_job_and_changes_nothing() {
    let world = World::new().await;
    let done = run_zip(&world, &zipped("upload.csv", b"h,h\n1,101\n1,\xe9\n")).await;
    let (code, text) = failure(&done);
    assert_eq!(code, "FILE_NOT_UTF8");
    assert!(text.contains("line 3"), "{text}");
    assert!(world.emulator.contacts().iter().all(|contact| contact.applied.is_empty()));
}

#[tokio::test]
async fn unbalanced_quotes_fail_the_job_and_change_nothing() {
    let world = World::new().await;
    let done = run_zip(&world, &zipped("upload.csv", b"h,h\n1,101\n\"1,101\n2,101\n")).await;
    let (code, text) = failure(&done);
    assert_eq!(code, "FILE_UNBALANCED_QUOTES");
    assert!(text.contains("line 3"), "{text}");
    assert!(world.emulator.contacts().iter().all(|contact| contact.applied.is_empty()));
}

#[tokio::test]
async fn an_endless_row_fails_the_job() {
    let world = World::new().await;
    let row = format!("h,h\n1,{}\n", "x".repeat(2_000_000));
    assert_eq!(failure(&run_zip(&world, &zipped("upload.csv", row.as_bytes())).await).0, "FILE_ROW_TOO_LONG");
}

#[tokio::test]
async fn a_file_without_rows_fails_the_job() {
    let world = World::new().await;
    for text in ["", "h,h\n"] {
        assert_eq!(failure(&run_zip(&world, &zipped("upload.csv", text.as_bytes())).await).0, "FILE_EMPTY");
    }
}

#[tokio::test]
async fn a_job_whose_rows_name_no_record_fails() {
    let world = World::new().await;
    for (name, column, expected) in
        [("activist_codes_by_name", 0, "'VanID'"), ("gifts", 0, "'ContributionID'")]
    {
        let mut job = job(name);
        job["file"]["columns"][column]["name"] = json!("Person");
        let id = world.submit_zip(job, &zipped("upload.csv", ROWS)).await;
        let done = world.wait(id).await;
        let (code, text) = failure(&done);
        assert_eq!(code, "KEY_COLUMN_MISSING");
        assert!(text.contains(expected), "{text}");
    }
}
