//! An emulator that goes down and comes up again.

use std::time::{Duration, Instant};

use reqwest::StatusCode;
use van_bulk_emulator::record::Event;
use van_bulk_emulator::{Config, Memory, Status};

use crate::faults::{good_job, is_reset, try_submit};
use crate::support::{World, config};

const DOWN: Duration = Duration::from_millis(400);

#[tokio::test]
async fn an_emulator_that_keeps_its_memory_knows_its_jobs() {
    let mut world = World::with(Config { step: Duration::from_millis(150), ..config() }).await;
    let url = world.emulator.base_url();
    let id = world.submit_job(&good_job(&world)).await;
    world.emulator.restart(Memory::Kept, DOWN).await.unwrap();
    assert_eq!(world.emulator.base_url(), url);
    // It went on meanwhile.
    assert_eq!(world.emulator.job(id).unwrap().status, Status::Completed);
    let job = world.wait(id).await;
    assert_eq!(world.results(&job).await.len(), 5);
    assert_eq!(world.emulator.record().rows.len(), 4);
}

#[tokio::test]
async fn an_emulator_that_loses_its_memory_knows_nothing() {
    let mut world = World::new().await;
    let done = world.submit_job(&good_job(&world)).await;
    let job = world.wait(done).await;
    world.emulator.restart(Memory::Lost, Duration::ZERO).await.unwrap();
    let status = |response: reqwest::Response| response.status();
    assert_eq!(status(world.get(&format!("/bulkImportJobs/{done}")).await), StatusCode::NOT_FOUND);
    let link = job["resultFiles"][0]["url"].as_str().unwrap();
    assert_eq!(status(world.http.get(link).send().await.unwrap()), StatusCode::NOT_FOUND);
    let contacts = world.emulator.contacts();
    assert_eq!(contacts.len(), 9);
    assert!(contacts.iter().all(|contact| contact.applied.is_empty()));
    // An id is never given twice, and the record remembers.
    assert_eq!(world.submit_job(&good_job(&world)).await, done + 1);
    assert_eq!(world.wait(done + 1).await["status"], "Completed");
    assert_eq!(world.emulator.record().jobs_created(), [done, done + 1]);
}

#[tokio::test]
async fn a_job_that_runs_when_the_memory_is_lost_is_never_finished() {
    let mut world = World::with(Config { step: Duration::from_millis(300), ..config() }).await;
    world.submit_job(&good_job(&world)).await;
    world.emulator.restart(Memory::Lost, Duration::ZERO).await.unwrap();
    tokio::time::sleep(Duration::from_millis(600)).await;
    let record = world.emulator.record();
    assert!(record.rows.is_empty());
    assert!(!record.events.iter().any(|event| matches!(event, Event::JobEnded { .. })), "{record}");
}

#[tokio::test]
async fn nobody_listens_while_it_is_down() {
    let mut world = World::new().await;
    let url = world.url("/bulkImportJobs/resources");
    let http = world.http.clone();
    // Opens a connection.
    assert!(http.get(&url).send().await.is_ok());
    let start = Instant::now();
    let asking = async {
        let mut refused = 0;
        while start.elapsed() < DOWN / 2 {
            tokio::time::sleep(Duration::from_millis(20)).await;
            refused += u32::from(http.get(&url).send().await.is_err_and(|error| error.is_connect()));
        }
        refused
    };
    let (restarted, refused) = tokio::join!(world.emulator.restart(Memory::Kept, DOWN), asking);
    restarted.unwrap();
    assert!(start.elapsed() >= DOWN);
    assert!(refused > 2, "{refused}");
    assert_eq!(http.get(&url).send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_request_that_is_being_answered_is_broken_off() {
    let mut world = World::new().await;
    world.emulator.set_faults(crate::faults::faults(&["latency=1m@submit"])).unwrap();
    let request = world.http.post(world.url("/bulkImportJobs")).basic_auth("tests", Some("key|1"));
    let request = request.json(&good_job(&world)).send();
    let restarting = async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        let start = Instant::now();
        world.emulator.restart(Memory::Kept, Duration::ZERO).await.unwrap();
        start.elapsed()
    };
    let (answer, took) = tokio::join!(request, restarting);
    assert!(is_reset(&answer.unwrap_err()));
    assert!(took < Duration::from_secs(2), "{took:?}");
    assert_eq!(world.emulator.jobs_received(), 0);
}

#[tokio::test]
async fn faults_and_the_record_outlive_a_restart() {
    let mut world = World::new().await;
    world.emulator.set_faults(crate::faults::faults(&["503@submit"])).unwrap();
    for memory in [Memory::Kept, Memory::Lost] {
        world.emulator.restart(memory, Duration::ZERO).await.unwrap();
        assert_eq!(try_submit(&world).await.unwrap().status(), StatusCode::SERVICE_UNAVAILABLE);
    }
    let record = world.emulator.record().to_string();
    let expected = [
        "the emulator goes down and keeps its memory",
        "the emulator is up again",
        "request 1: POST /v4/bulkImportJobs with 503",
        "request 1 was answered: 503",
        "the emulator goes down and loses its memory",
        "the emulator is up again",
        "request 2: POST /v4/bulkImportJobs with 503",
        "request 2 was answered: 503",
    ];
    assert_eq!(record.lines().collect::<Vec<_>>(), expected);
}
