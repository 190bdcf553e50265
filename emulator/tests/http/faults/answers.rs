//! Answers that are not VAN's.

use reqwest::StatusCode;
use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};

use super::{DISCOVERY, STATUS, try_get, try_submit, world};
use crate::support::errors;

#[tokio::test]
async fn too_many_requests_are_told_when_to_come_back() {
    let world = world(&["429=7@submit:next=1"]).await;
    let response = try_submit(&world).await.unwrap();
    assert_eq!(response.headers()[RETRY_AFTER], "7");
    errors(response, StatusCode::TOO_MANY_REQUESTS).await;
    assert_eq!(world.emulator.jobs_received(), 0);
    assert!(try_submit(&world).await.unwrap().status().is_success());
}

#[tokio::test]
async fn too_many_requests_can_be_left_in_the_dark() {
    let world = world(&["429-bare@discovery"]).await;
    let response = try_get(&world, DISCOVERY).await.unwrap();
    assert!(!response.headers().contains_key(RETRY_AFTER));
    errors(response, StatusCode::TOO_MANY_REQUESTS).await;
}

#[tokio::test]
async fn a_server_that_fails_has_done_nothing() {
    for (kind, status) in [
        ("500", StatusCode::INTERNAL_SERVER_ERROR),
        ("502", StatusCode::BAD_GATEWAY),
        ("503", StatusCode::SERVICE_UNAVAILABLE),
    ] {
        let world = world(&[kind]).await;
        assert_eq!(try_submit(&world).await.unwrap().status(), status);
        assert_eq!(try_get(&world, STATUS).await.unwrap().status(), status);
        assert_eq!(world.emulator.jobs_received(), 0);
    }
}

#[tokio::test]
async fn a_gateway_can_fail_although_the_job_exists() {
    let world = world(&["502-after@submit"]).await;
    assert_eq!(try_submit(&world).await.unwrap().status(), StatusCode::BAD_GATEWAY);
    assert_eq!(world.emulator.jobs_received(), 1);
}

#[tokio::test]
async fn a_web_page_can_come_with_any_status() {
    for (kind, status) in [
        ("html@status", StatusCode::OK),
        ("html-404@status", StatusCode::NOT_FOUND),
        ("html-503@status", StatusCode::SERVICE_UNAVAILABLE),
    ] {
        let world = world(&[kind]).await;
        let response = try_get(&world, STATUS).await.unwrap();
        assert_eq!(response.status(), status);
        assert_eq!(response.headers()[CONTENT_TYPE], "text/html; charset=utf-8");
        assert!(response.text().await.unwrap().starts_with("<!DOCTYPE html>"));
    }
}

#[tokio::test]
async fn a_web_page_in_place_of_an_answer_means_that_there_is_no_job() {
    let world = world(&["html@submit"]).await;
    assert_eq!(try_submit(&world).await.unwrap().status(), StatusCode::OK);
    assert_eq!(world.emulator.jobs_received(), 0);
}

#[tokio::test]
async fn a_job_that_exists_may_not_be_found() {
    let world = world(&["404@status:next=1"]).await;
    try_submit(&world).await.unwrap();
    let errors = errors(try_get(&world, STATUS).await.unwrap(), StatusCode::NOT_FOUND).await;
    assert_eq!(errors[0]["code"], "NOT_FOUND");
    assert_eq!(try_get(&world, STATUS).await.unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn a_new_job_is_not_found_at_first() {
    let world = world(&["early-404=2:next=1"]).await;
    try_submit(&world).await.unwrap();
    try_submit(&world).await.unwrap();
    for expected in [404, 404, 200, 200] {
        assert_eq!(try_get(&world, STATUS).await.unwrap().status().as_u16(), expected);
    }
    assert_eq!(try_get(&world, "/bulkImportJobs/1002").await.unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn a_job_can_be_in_a_status_of_no_known_name() {
    let world = world(&["unknown-status@status:next=2"]).await;
    try_submit(&world).await.unwrap();
    for _ in 0..2 {
        let job = world.get_json(STATUS).await;
        assert_eq!(job["status"], "Validating");
        assert_eq!(job["resultFiles"].as_array().unwrap().len(), 0);
    }
    assert_eq!(world.wait(1001).await["status"], "Completed");
}
