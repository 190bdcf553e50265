//! The client without async. Its server runs on a runtime of its own.

use std::fs;
use std::thread;

use tokio::runtime::Runtime;
use van_bulk::payload::Payload;
use van_bulk_import::ClientError;
use van_bulk_import::blocking::Client;
use van_bulk_import::client::{DatabaseMode, JobId, MyCampaign, MyVoters, ValueSelection, WaitOptions};

use super::server::{Server, builder, credentials, credentials_for, fixture, json};

/// A server that knows one job, and the runtime that it needs to go on.
fn server() -> (Server, Runtime) {
    let runtime = Runtime::new().unwrap();
    let server = runtime.block_on(Server::start(|request, _| {
        match (request.method.as_str(), request.target.as_str()) {
            ("POST", "/v4/bulkImportJobs") => json(200, r#"{"jobId":5}"#),
            ("POST", "/v4/echoes") => json(200, r#"{"message":"hello"}"#),
            (_, "/v4/bulkImportJobs/5") => {
                let link = format!("http://{}/a.csv", request.header("host").unwrap());
                json(200, format!(r#"{{"id":5,"status":"Completed","resultFiles":["{link}"]}}"#))
            }
            (_, "/a.csv") => json(200, "a,b"),
            (_, "/v4/bulkImportJobs/resources") => json(200, fixture("resources.json")),
            (_, "/v4/bulkImportMappingTypes/ActivistCode") => {
                json(200, fixture("mapping_type_activist_code.json"))
            }
            (_, "/v4/bulkImportMappingTypes/A/B/values") => json(404, ""),
            (_, "/v4/apiKeyProfiles") => json(200, r#"[{"hasMyCampaign":true,"hasMyVoters":false}]"#),
            _ => json(200, "[]"),
        }
    }));
    (server, runtime)
}

#[test]
fn everything_works_without_async() {
    let (server, _runtime) = server();
    let client = Client::<MyCampaign>::connect(&server.url("/v4"), credentials()).unwrap();
    assert_eq!((client.base_url(), client.mode()), (server.url("/v4").as_str(), DatabaseMode::MyCampaign));
    assert_eq!(client.mapping_types().unwrap().text, "[]");
    assert_eq!(client.mapping_type("ActivistCode").unwrap().unwrap().items, 1);
    assert_eq!(client.values("A", "B").unwrap(), None);
    assert_eq!(client.resources().unwrap().items, 4);
    let mut steps = 0;
    let found = client.discover(&ValueSelection::All, |_| steps += 1).unwrap();
    assert_eq!((found.schema.resources.len(), steps), (4, 2));
    assert_eq!(client.api_key_profiles().unwrap()[0].has_my_campaign, Some(true));
    assert_eq!(client.echo("hello").unwrap().message.as_deref(), Some("hello"));

    let id = client.create_job(&Payload::default()).unwrap();
    assert_eq!(client.job(id).unwrap().id, JobId(5));
    let mut seen = Vec::new();
    let job = client.wait(id, &WaitOptions::default(), |job| seen.push(job.status.clone())).unwrap();
    assert_eq!(seen.len(), 1);
    let folder = tempfile::tempdir().unwrap();
    let paths = client.download(&job, folder.path()).unwrap();
    assert_eq!(fs::read_to_string(&paths[0]).unwrap(), "a,b");
}

#[test]
fn a_typed_job_is_submitted_without_async() {
    let (server, _runtime) = server();
    let client = builder(&server.url("/v4")).mode::<MyCampaign>().build_blocking().unwrap();
    let job = super::modes::job::<MyCampaign>();
    assert_eq!(client.submit(&job, "a.csv", "https://uploads.example.org/a.zip").unwrap(), JobId(5));
    let any = builder(&server.url("/v4")).build_blocking().unwrap();
    let error = any.submit(&super::modes::job::<MyVoters>(), "a.csv", "b").unwrap_err();
    assert!(matches!(error, ClientError::WrongMode { .. }), "{error}");
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn a_key_without_the_mode_does_not_connect() {
    let (server, _runtime) = server();
    let credentials = credentials_for(DatabaseMode::MyVoters);
    let error = Client::<MyVoters>::connect(&server.url("/v4"), credentials).unwrap_err();
    assert!(matches!(error, ClientError::ModeNotAllowed { .. }), "{error}");
}

#[test]
fn several_threads_share_a_client() {
    let (server, _runtime) = server();
    let client = Client::new(&server.url("/v4"), credentials()).unwrap();
    thread::scope(|scope| {
        for _ in 0..8 {
            let client = client.clone();
            scope.spawn(move || assert_eq!(client.resources().unwrap().items, 4));
        }
    });
    assert_eq!(server.requests().len(), 8);
}

#[test]
fn inside_async_it_is_an_error_and_no_panic() {
    let (server, runtime) = server();
    let client = Client::new(&server.url("/v4"), credentials()).unwrap();
    let url = server.url("/v4");
    runtime.block_on(async move {
        let error = client.resources().unwrap_err();
        assert!(matches!(error, ClientError::InsideAsync), "{error}");
        assert!(error.is_definite_refusal() && !error.is_transient());
        assert!(error.to_string().contains("use `van_bulk_import::Client` there"), "{error}");
        let error = client.create_job(&Payload::default()).unwrap_err();
        assert!(matches!(error, ClientError::InsideAsync), "nothing was sent, which is known: {error}");
        let error = Client::new(&url, credentials()).unwrap_err();
        assert!(matches!(error, ClientError::InsideAsync), "{error}");
        let error = Client::<MyCampaign>::connect(&url, credentials()).unwrap_err();
        assert!(matches!(error, ClientError::InsideAsync), "{error}");
        // On threads for blocking work, too, which look the same.
        let clone = client.clone();
        let error = tokio::task::spawn_blocking(move || clone.resources().unwrap_err()).await.unwrap();
        assert!(matches!(error, ClientError::InsideAsync), "{error}");
        // On a thread of its own it works.
        let clone = client.clone();
        let resources = thread::spawn(move || clone.resources().unwrap());
        assert_eq!(resources.join().unwrap().items, 4);
        // The last client, and its runtime, are dropped here.
        drop(client);
    });
    assert_eq!(server.requests().len(), 1);
}
