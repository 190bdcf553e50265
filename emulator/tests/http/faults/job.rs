//! What becomes of a job.

use serde_json::{Value as Json, json};
use van_bulk_emulator::Status;

use super::{try_submit, world};
use crate::support::World;

/// The row numbers in the result files.
async fn numbers(world: &World, job: &Json) -> Vec<String> {
    world.results(job).await.into_iter().skip(1).map(|row| row[0].clone()).collect()
}

#[tokio::test]
async fn result_files_can_lack_rows_that_were_applied() {
    let world = world(&["missing-rows=2@job"]).await;
    try_submit(&world).await.unwrap();
    let job = world.wait(1001).await;
    assert_eq!(job["status"], "Completed");
    assert_eq!(numbers(&world, &job).await, ["3", "4"]);
    assert_eq!(world.emulator.record().rows.len(), 4);
}

#[tokio::test]
async fn result_files_can_hold_rows_twice() {
    let world = world(&["repeated-rows=2"]).await;
    try_submit(&world).await.unwrap();
    let job = world.wait(1001).await;
    assert_eq!(numbers(&world, &job).await, ["1", "1", "2", "2", "3", "4"]);
    let rows = world.results(&job).await;
    assert_eq!(rows[1], rows[2]);
    assert_eq!(world.emulator.record().rows.len(), 4);
}

#[tokio::test]
async fn a_job_can_be_complete_without_a_row_and_without_a_file() {
    let world = world(&["zero-rows"]).await;
    try_submit(&world).await.unwrap();
    let job = world.wait(1001).await;
    assert_eq!((&job["status"], &job["resultFiles"]), (&json!("Completed"), &json!([])));
    assert!(world.emulator.record().rows.is_empty());
    assert_eq!(world.emulator.job(1001).unwrap().rows_left_out, 4);
    assert!(world.emulator.contacts().iter().all(|contact| contact.applied.is_empty()));
}

#[tokio::test]
async fn a_job_can_be_complete_with_a_header_alone() {
    let world = world(&["zero-rows-header"]).await;
    try_submit(&world).await.unwrap();
    let job = world.wait(1001).await;
    assert_eq!(job["status"], "Completed");
    let rows = world.results(&job).await;
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0][0], "BulkUploadDataID");
    assert!(world.emulator.record().rows.is_empty());
}

#[tokio::test]
async fn a_job_can_apply_its_rows_and_never_end() {
    let world = world(&["never-ends:next=5"]).await;
    // More of them than run at once.
    for _ in 0..6 {
        try_submit(&world).await.unwrap();
    }
    assert_eq!(world.wait(1006).await["status"], "Completed");
    while world.emulator.record().rows.len() < 6 * 4 {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    for id in 1001..=1005 {
        assert_eq!(world.emulator.job(id).unwrap().status, Status::InProgress);
    }
    world.emulator.stop().await;
}
