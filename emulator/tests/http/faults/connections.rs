//! Slow and broken connections.

use std::time::{Duration, Instant};

use super::{DISCOVERY, STATUS, is_reset, try_get, try_submit, world};

#[tokio::test]
async fn latency_comes_before_the_effect() {
    let world = world(&["latency=300ms@submit"]).await;
    let start = Instant::now();
    assert!(try_submit(&world).await.unwrap().status().is_success());
    assert!(start.elapsed() >= Duration::from_millis(300));
    // A client that gives up has changed nothing.
    let submission = tokio::time::timeout(Duration::from_millis(100), try_submit(&world)).await;
    assert!(submission.is_err());
    tokio::time::sleep(Duration::from_millis(400)).await;
    assert_eq!(world.emulator.jobs_received(), 1);
}

#[tokio::test]
async fn latency_can_come_after_the_effect() {
    let world = world(&["latency-after=1m@submit"]).await;
    let submission = tokio::time::timeout(Duration::from_millis(500), try_submit(&world)).await;
    assert!(submission.is_err());
    assert_eq!(world.emulator.jobs_received(), 1);
}

#[tokio::test]
async fn a_connection_is_reset_before_a_job_exists() {
    let world = world(&["reset-before@submit:next=1"]).await;
    let error = try_submit(&world).await.unwrap_err();
    assert!(is_reset(&error), "{error:?}");
    assert_eq!(world.emulator.jobs_received(), 0);
    assert!(try_submit(&world).await.unwrap().status().is_success());
}

#[tokio::test]
async fn a_connection_is_reset_after_a_job_exists() {
    let world = world(&["reset-after@submit:next=1"]).await;
    let error = try_submit(&world).await.unwrap_err();
    assert!(is_reset(&error), "{error:?}");
    assert_eq!(world.emulator.jobs_received(), 1);
    // The job runs all the same.
    assert_eq!(world.wait(1001).await["status"], "Completed");
}

#[tokio::test]
async fn a_connection_that_was_used_before_is_reset_too() {
    let world = world(&["reset-after@discovery:every=2"]).await;
    for _ in 0..3 {
        try_get(&world, DISCOVERY).await.unwrap().text().await.unwrap();
        let error = try_get(&world, DISCOVERY).await.unwrap_err();
        assert!(is_reset(&error), "{error:?}");
    }
}

#[tokio::test]
async fn every_endpoint_can_be_reset() {
    let world = world(&[]).await;
    try_submit(&world).await.unwrap();
    let job = world.wait(1001).await;
    let link = job["resultFiles"][0]["url"].as_str().unwrap();
    for kind in ["reset-before", "reset-after"] {
        world.emulator.set_faults(super::faults(&[kind])).unwrap();
        assert!(is_reset(&try_get(&world, DISCOVERY).await.unwrap_err()));
        assert!(is_reset(&try_get(&world, STATUS).await.unwrap_err()));
        assert!(is_reset(&try_submit(&world).await.unwrap_err()));
        assert!(is_reset(&world.http.get(link).send().await.unwrap_err()));
    }
    world.emulator.set_faults(super::faults(&[])).unwrap();
    assert!(try_get(&world, DISCOVERY).await.unwrap().status().is_success());
}
