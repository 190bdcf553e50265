//! Faults where the emulator fetches the zip.

use std::time::{Duration, Instant};

use super::{try_submit, world};

#[tokio::test]
async fn a_fetch_that_goes_wrong_fails_the_job_and_applies_nothing() {
    for (fault, code, text) in [
        ("reset-before@fetch", "FILE_NOT_FETCHED", "reset"),
        ("500@fetch", "FILE_NOT_FETCHED", "500"),
        ("502@fetch", "FILE_NOT_FETCHED", "502"),
        ("503@fetch", "FILE_NOT_FETCHED", "503"),
        ("html@fetch", "FILE_NOT_A_ZIP", "not a complete zip"),
        ("truncated@fetch", "FILE_NOT_A_ZIP", "not a complete zip"),
    ] {
        let world = world(&[fault]).await;
        try_submit(&world).await.unwrap();
        let job = world.wait(1001).await;
        assert_eq!(job["status"], "Failed", "{fault}: {job}");
        assert_eq!(job["errors"][0]["code"], code, "{fault}");
        assert!(job["errors"][0]["text"].as_str().unwrap().contains(text), "{fault}: {job}");
        assert!(world.emulator.record().rows.is_empty());
    }
}

#[tokio::test]
async fn a_fetch_can_be_slow() {
    let world = world(&["latency=400ms@fetch"]).await;
    let start = Instant::now();
    try_submit(&world).await.unwrap();
    assert_eq!(world.wait(1001).await["status"], "Completed");
    assert!(start.elapsed() >= Duration::from_millis(400));
}

#[tokio::test]
async fn a_fault_without_a_place_spares_the_fetch() {
    let world = world(&["503:next=1"]).await;
    assert_eq!(try_submit(&world).await.unwrap().status().as_u16(), 503);
    world.emulator.set_faults(super::faults(&["html"])).unwrap();
    world.emulator.set_faults(super::faults(&["html@results", "503@discovery"])).unwrap();
    try_submit(&world).await.unwrap();
    assert_eq!(world.wait(1001).await["status"], "Completed");
}
