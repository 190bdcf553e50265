//! Starting and stopping.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use van_bulk_emulator::{Config, Emulator, EmulatorError, FileHost};

use crate::support::{World, config, job, zipped};

#[tokio::test]
async fn an_address_that_others_can_reach_is_refused_unless_allowed() {
    let remote = Config { address: "0.0.0.0:0".parse().unwrap(), ..Config::default() };
    assert!(matches!(Emulator::start(remote.clone()).await, Err(EmulatorError::NotLoopback(_))));
    let allowed = Emulator::start(Config { allow_remote: true, ..remote }).await.unwrap();
    allowed.stop().await;
}

#[tokio::test]
async fn settings_out_of_bounds_are_refused() {
    for page_size in [0, 201] {
        let started = Emulator::start(Config { page_size, ..Config::default() }).await;
        assert!(matches!(started, Err(EmulatorError::PageSize(_))));
    }
    let link_lifetime = Duration::MAX;
    let started = Emulator::start(Config { link_lifetime, ..Config::default() }).await;
    assert!(matches!(started, Err(EmulatorError::LinkLifetime(_))));
}

#[tokio::test]
async fn a_port_that_is_taken_is_named() {
    let first = Emulator::start(Config::default()).await.unwrap();
    let taken: std::net::SocketAddr =
        first.base_url().trim_start_matches("http://").trim_end_matches("/v4").parse().unwrap();
    let error = Emulator::start(Config { address: taken, ..Config::default() }).await.unwrap_err();
    assert!(error.to_string().contains(&taken.to_string()), "{error}");
}

#[tokio::test]
async fn a_stopped_emulator_answers_no_more() {
    let world = World::with(Config { step: Duration::from_secs(60), ..config() }).await;
    world.submit_zip(job("labels"), &zipped("upload.csv", b"x")).await;
    let url = world.url("/bulkImportJobs/resources");
    tokio::time::timeout(Duration::from_secs(10), world.emulator.stop()).await.unwrap();
    assert!(world.http.get(url).send().await.unwrap_err().is_connect());
}

#[tokio::test]
async fn a_dropped_emulator_answers_no_more() {
    let World { emulator, http, .. } = World::new().await;
    let url = emulator.base_url();
    http.get(&url).send().await.unwrap();
    drop(emulator);
    tokio::time::sleep(Duration::from_millis(50)).await;
    // Not even on the connection that is already open.
    assert!(http.get(&url).send().await.unwrap_err().is_connect());
}

#[tokio::test]
async fn a_file_host_serves_its_folder_and_nothing_else() {
    let world = World::new().await;
    let url = world.publish("Größe 1 #2.zip", b"bytes");
    assert_eq!(world.download(&url).await, "bytes");
    for name in ["missing.zip", "../secret", "..%2Fsecret"] {
        let response = world.http.get(world.host.url(name)).send().await.unwrap();
        assert!(response.status().is_client_error(), "{name}");
    }
    assert!(matches!(FileHost::start("/no/such/folder").await, Err(EmulatorError::NotAFolder(_))));
}

#[tokio::test]
async fn a_connection_outlives_a_body_that_nobody_asked_for() {
    let world = World::new().await;
    let address = world.emulator.base_url().trim_start_matches("http://").trim_end_matches("/v4").to_owned();
    let mut connection = TcpStream::connect(address).await.unwrap();
    // Without a key, and as everyaction-client sends it: the head of the request first, then its body.
    let head = "GET /v4/bulkImportJobs/resources HTTP/1.1\r\nHost: emulator\r\n";
    connection.write_all(format!("{head}Content-Length: 2\r\n\r\n").as_bytes()).await.unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    connection.write_all(b"{}").await.unwrap();
    connection.write_all(format!("{head}Connection: close\r\n\r\n").as_bytes()).await.unwrap();
    let mut answers = String::new();
    connection.read_to_string(&mut answers).await.unwrap();
    assert_eq!(answers.matches("HTTP/1.1 401").count(), 2, "{answers}");
}
