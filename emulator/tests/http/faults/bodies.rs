//! Bodies that come slowly or not in whole.

use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use reqwest::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use serde_json::Value as Json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::{DISCOVERY, faults, try_get, try_submit, world};
use crate::support::World;

/// The link to the result file of a job that has ended.
async fn link(world: &World) -> String {
    let id: Json = try_submit(world).await.unwrap().json().await.unwrap();
    let job = world.wait(u32::try_from(id["jobId"].as_u64().unwrap()).unwrap()).await;
    job["resultFiles"][0]["url"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_slow_body_comes_in_pieces_and_is_whole() {
    let world = world(&[]).await;
    let link = link(&world).await;
    let whole = world.download(&link).await;
    world.emulator.set_faults(faults(&["slow=20ms@results"])).unwrap();
    let start = Instant::now();
    let response = world.http.get(&link).send().await.unwrap();
    assert_eq!(response.content_length(), Some(whole.len() as u64));
    let pieces: Vec<_> = response.bytes_stream().map(Result::unwrap).collect().await;
    // Up to eight, of which the network may join some.
    assert!(start.elapsed() >= Duration::from_millis(6 * 20));
    assert!((2..=8).contains(&pieces.len()), "{}", pieces.len());
    assert_eq!(pieces.concat(), whole.as_bytes());
}

#[tokio::test]
async fn a_body_can_end_before_its_length_is_reached() {
    let world = world(&[]).await;
    let link = link(&world).await;
    let whole = world.download(&link).await;
    world.emulator.set_faults(faults(&["truncated@results", "truncated@discovery"])).unwrap();
    let response = world.http.get(&link).send().await.unwrap();
    assert_eq!(response.headers()[CONTENT_LENGTH], whole.len().to_string());
    let mut chunks = response.bytes_stream();
    let first = chunks.next().await.unwrap().unwrap();
    assert!(whole.as_bytes().starts_with(&first) && first.len() < whole.len());
    assert!(!first.is_empty() && !first.ends_with(b"\n"));
    chunks.next().await.unwrap().unwrap_err();
    // JSON, too.
    try_get(&world, DISCOVERY).await.unwrap().text().await.unwrap_err();
}

#[tokio::test]
async fn a_chunked_body_can_lack_its_end() {
    let world = world(&["truncated-chunks@discovery"]).await;
    let response = try_get(&world, DISCOVERY).await.unwrap();
    assert!(!response.headers().contains_key(CONTENT_LENGTH));
    assert_eq!(response.headers()[TRANSFER_ENCODING], "chunked");
    response.text().await.unwrap_err();
}

/// Everything that the server sends until it closes the connection.
async fn raw(world: &World, path: &str) -> String {
    let address = world.emulator.base_url().replace("http://", "").replace("/v4", "");
    let mut stream = TcpStream::connect(&address).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn what_is_cut_off_is_cut_off_on_the_wire() {
    let world = world(&[]).await;
    let link = link(&world).await;
    let path = link.split_once("/results").map(|(_, rest)| format!("/results{rest}")).unwrap();
    world.emulator.set_faults(faults(&["truncated-chunks@results:next=1", "truncated@results"])).unwrap();
    let chunked = raw(&world, &path).await;
    assert!(chunked.contains("BulkUploadDataID") && !chunked.contains("0\r\n\r\n"), "{chunked}");
    let with_length = raw(&world, &path).await;
    let (head, body) = with_length.split_once("\r\n\r\n").unwrap();
    let length = head.to_lowercase();
    let length = length.split_once("content-length: ").unwrap().1.lines().next().unwrap();
    assert!(body.len() < length.parse().unwrap() && body.starts_with("BulkUploadDataID"), "{with_length}");
}

#[tokio::test]
async fn a_length_that_is_too_small_looks_whole_to_the_client() {
    let world = world(&[]).await;
    let link = link(&world).await;
    let whole = world.download(&link).await;
    world.emulator.set_faults(faults(&["short-length"])).unwrap();
    let cut = world.download(&link).await;
    assert!(whole.starts_with(&cut) && cut.len() > whole.len() / 4, "{cut}");
    assert!(cut.lines().count() > 1 && !whole.lines().any(|line| Some(line) == cut.lines().last()), "{cut}");
    let json = try_get(&world, DISCOVERY).await.unwrap().text().await.unwrap();
    serde_json::from_str::<Json>(&json).unwrap_err();
}

#[tokio::test]
async fn a_submission_whose_answer_is_cut_has_taken_effect() {
    for (kind, jobs) in [("truncated@submit", 1), ("truncated-chunks@submit", 1), ("short-length@submit", 1)]
    {
        let world = world(&[kind]).await;
        let response = try_submit(&world).await.unwrap();
        assert!(response.json::<Json>().await.is_err());
        assert_eq!(world.emulator.jobs_received(), jobs);
    }
}
