use std::fs;
use std::path::Path;

use van_bulk_import::ClientError;
use van_bulk_import::client::{Client, Job, JobId};

use super::server::{Answer, Server, cut_off, json, reply};

/// A job whose reply lists these links, as read by a client of its API.
async fn job(links: &[String]) -> (Client, Job, Server) {
    let files: Vec<String> = links.iter().map(|link| format!(r#"{{"url":"{link}"}}"#)).collect();
    let body = format!(r#"{{"id":5,"status":"Completed","resultFiles":[{}]}}"#, files.join(","));
    let api = Server::start(move |_, _| json(200, &body)).await;
    let client = api.client();
    let job = client.job(JobId(5)).await.unwrap();
    (client, job, api)
}

async fn failure(answer: fn() -> Answer) -> (ClientError, usize) {
    let files = Server::start(move |_, _| answer()).await;
    let (client, job, _api) = job(&[files.url("/a.csv?signature=abc")]).await;
    let folder = tempfile::tempdir().unwrap();
    let error = client.download(&job, folder.path()).await.unwrap_err();
    assert!(!error.to_string().contains("signature"), "{error}");
    (error, fs::read_dir(folder.path()).unwrap().count())
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[tokio::test]
async fn every_result_file_is_downloaded_without_credentials() {
    let files = Server::start(|request, _| {
        let length = if request.target.contains("b.csv") { 200_000 } else { 1 };
        reply(200, &[("Content-Type", "text/csv")], request.target[1..2].repeat(length))
    })
    .await;
    let links = ["/a.csv?signature=x", "/b.csv", "/c/../c.csv"].map(|path| files.url(path));
    let (client, job, _api) = job(&links).await;
    let folder = tempfile::tempdir().unwrap();
    let into = folder.path().join("results/of may");
    let paths = client.download(&job, &into).await.unwrap();
    assert_eq!(names(&into), ["job-5-result-1.csv", "job-5-result-2.csv", "job-5-result-3.csv"]);
    assert_eq!(paths[1], into.join("job-5-result-2.csv"));
    let texts: Vec<usize> = paths.iter().map(|path| fs::read(path).unwrap().len()).collect();
    assert_eq!(texts, [1, 200_000, 1]);
    let requests = files.requests();
    assert_eq!(requests[0].target, "/a.csv?signature=x");
    assert!(requests.iter().all(|request| request.header("authorization").is_none()));

    // Again: the files are replaced.
    assert_eq!(client.download(&job, &into).await.unwrap(), paths);
    assert_eq!(names(&into).len(), 3);
}

#[tokio::test]
async fn a_job_without_result_files_downloads_nothing() {
    let (client, job, _api) = job(&[]).await;
    let folder = tempfile::tempdir().unwrap();
    assert!(client.download(&job, folder.path()).await.unwrap().is_empty());
}

#[tokio::test]
async fn an_expired_link_says_how_long_links_live() {
    let answers: [fn() -> Answer; 3] = [|| json(403, ""), || json(404, ""), || json(410, "")];
    for answer in answers {
        let (error, left) = failure(answer).await;
        assert!(matches!(error, ClientError::ResultLink { number: 1, .. }), "{error}");
        assert!(error.to_string().contains("VAN keeps result files for 24 hours"), "{error}");
        assert_eq!(left, 0);
    }
}

#[tokio::test]
async fn a_file_that_is_not_received_whole_leaves_nothing() {
    let (error, left) = failure(|| cut_off(200, "text/csv", "BulkUploadDataID,ULFileID\n1,")).await;
    assert!(matches!(&error, ClientError::ResultFile { number: 1, .. }), "{error}");
    assert!(error.to_string().contains("result file 1 of job 5 was not received whole"), "{error}");
    assert_eq!(left, 0);
}

#[tokio::test]
async fn a_page_instead_of_a_csv_is_refused() {
    let (error, left) = failure(|| reply(200, &[], "<html><title>Sign in</title>")).await;
    assert!(error.to_string().contains("it is an HTML page, not a CSV, titled `Sign in`"), "{error}");
    assert_eq!(left, 0);
}

#[tokio::test]
async fn redirects_of_downloads_are_followed_but_not_for_ever_nor_anywhere() {
    let files = Server::start(|request, _| match request.target.as_str() {
        "/a.csv" => reply(302, &[("Location", "/b.csv")], ""),
        "/b.csv" => reply(200, &[], "moved"),
        "/away.csv" => reply(302, &[("Location", "http://files.example.org/x.csv?signature=1")], ""),
        _ => reply(302, &[("Location", &format!("{}x", request.target))], ""),
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let (client, moved, _api) = job(&[files.url("/a.csv")]).await;
    let paths = client.download(&moved, folder.path()).await.unwrap();
    assert_eq!(fs::read_to_string(&paths[0]).unwrap(), "moved");
    assert!(files.requests().iter().all(|request| request.header("authorization").is_none()));

    let (client, endless, _api) = job(&[files.url("/endless")]).await;
    let error = client.download(&endless, folder.path()).await.unwrap_err();
    assert!(error.to_string().contains("more than 5 redirects"), "{error}");

    let (client, away, _api) = job(&[files.url("/away.csv")]).await;
    let error = client.download(&away, folder.path()).await.unwrap_err();
    assert!(
        error
            .to_string()
            .contains("it redirects to http://files.example.org/x.csv?…: the API is on this machine"),
        "{error}"
    );
}

#[tokio::test]
async fn links_that_are_not_links_are_refused() {
    for (link, problem) in
        [("nowhere.csv", "the link is no URL"), ("ftp://127.0.0.1/a.csv", "neither https nor http")]
    {
        let (client, job, _api) = job(&[link.to_owned()]).await;
        let folder = tempfile::tempdir().unwrap();
        let error = client.download(&job, folder.path()).await.unwrap_err();
        assert!(error.to_string().contains(problem), "{error}");
    }
}

#[tokio::test]
async fn files_before_a_failed_one_stay() {
    let files = Server::start(|request, _| match request.target.as_str() {
        "/1.csv" => reply(200, &[], "one"),
        _ => json(404, ""),
    })
    .await;
    let (client, job, _api) = job(&[files.url("/1.csv"), files.url("/2.csv")]).await;
    let folder = tempfile::tempdir().unwrap();
    let error = client.download(&job, folder.path()).await.unwrap_err();
    assert!(matches!(error, ClientError::ResultLink { number: 2, .. }), "{error}");
    assert_eq!(names(folder.path()), ["job-5-result-1.csv"]);
}
