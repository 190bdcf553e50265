use std::time::Duration;

use futures_util::future::join_all;
use van_bulk_import::client::{Client, JobId};

use super::server::{Answer, Server, json, later};

/// A server that takes its time, so that requests meet.
async fn slow_server() -> Server {
    Server::start(|_, _| later(Duration::from_millis(50), json(200, "[]"))).await
}

/// Asks for the resource types several times at once, by clones of the client.
async fn ask(client: &Client, times: usize) {
    let requests = (0..times).map(|_| {
        let client = client.clone();
        async move { client.resources().await.unwrap() }
    });
    join_all(requests).await;
}

#[tokio::test]
async fn no_more_requests_run_at_once_than_are_allowed() {
    for (allowed, most) in [(1, 1), (2, 2), (6, 6), (0, 1)] {
        let server = slow_server().await;
        ask(&server.builder().concurrency(allowed).build().unwrap(), 12).await;
        assert_eq!((server.requests().len(), server.most_at_once()), (12, most));
    }
}

#[tokio::test]
async fn four_requests_run_at_once_unless_something_else_is_said() {
    let server = slow_server().await;
    ask(&server.client(), 12).await;
    assert_eq!(server.most_at_once(), 4);
}

#[tokio::test]
async fn downloads_count_among_the_requests() {
    let files = Server::start(|_, _| later(Duration::from_millis(50), json(200, "a,b"))).await;
    let link = files.url("/a.csv");
    let api =
        Server::start(move |_, _| json(200, format!(r#"{{"status":"Completed","resultFiles":["{link}"]}}"#)))
            .await;
    let client = api.builder().concurrency(2).build().unwrap();
    let job = client.job(JobId(5)).await.unwrap();
    let folders: Vec<_> = (0..6).map(|_| tempfile::tempdir().unwrap()).collect();
    join_all(folders.iter().map(|folder| client.download(&job, folder.path()))).await;
    assert_eq!((files.requests().len(), files.most_at_once()), (6, 2));
}

#[tokio::test]
async fn requests_keep_the_pace() {
    let pace = Duration::from_millis(60);
    let server = Server::start(|_, number| match number {
        0 => json(503, ""),
        _ => json(200, "[]"),
    })
    .await;
    let client = server.builder().pace(pace).concurrency(8).build().unwrap();
    ask(&client, 6).await;
    let times: Vec<_> = server.requests().iter().map(|request| request.at).collect();
    assert_eq!(times.len(), 7, "the one that was repeated waited for its turn, too");
    // From the first to the last, since single ones may arrive late; and nothing can arrive before it is sent.
    assert!(times[6].duration_since(times[0]) >= pace * 5, "{times:?}");
}

#[tokio::test]
async fn a_pause_does_not_hold_the_place_of_another_request() {
    let server = Server::start(|request, number| match (request.target.as_str(), number) {
        ("/v4/bulkImportJobs/resources", 0) => {
            let text = "HTTP/1.1 503 X\r\nConnection: close\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n";
            Answer::Bytes(text.as_bytes().to_vec())
        }
        _ => json(200, "[]"),
    })
    .await;
    let retry = van_bulk_import::client::Retry::default();
    let client = server.builder().concurrency(1).retry(retry).build().unwrap();
    let other = async {
        // Once the first has failed and waits.
        while server.requests().is_empty() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        client.mapping_types().await.unwrap();
    };
    let (first, ()) = tokio::join!(client.resources(), other);
    first.unwrap();
    let targets: Vec<String> = server.requests().into_iter().map(|request| request.target).collect();
    assert_eq!(
        targets,
        ["/v4/bulkImportJobs/resources", "/v4/bulkImportMappingTypes", "/v4/bulkImportJobs/resources"]
    );
}
