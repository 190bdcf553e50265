//! HTTP Basic.

use reqwest::StatusCode;
use serde_json::{Value as Json, json};
use van_bulk_emulator::Config;

use crate::support::{World, config, errors};

async fn status(world: &World, user: &str, password: &str) -> StatusCode {
    let request = world.http.get(world.url("/apiKeyProfiles")).basic_auth(user, Some(password));
    request.send().await.unwrap().status()
}

#[tokio::test]
async fn any_key_with_a_mode_is_accepted_unless_one_is_set() {
    let world = World::new().await;
    for password in ["key|0", "key|1", "a|b|1"] {
        assert_eq!(status(&world, "app", password).await, StatusCode::OK, "{password}");
    }
    for (user, password) in [("app", "key"), ("app", "key|2"), ("app", "|1"), ("", "key|1")] {
        assert_eq!(status(&world, user, password).await, StatusCode::UNAUTHORIZED, "{user}:{password}");
    }
}

#[tokio::test]
async fn only_the_key_that_is_set_is_accepted() {
    let world = World::with(Config { api_key: Some("right".into()), ..config() }).await;
    assert_eq!(status(&world, "app", "right|1").await, StatusCode::OK);
    assert_eq!(status(&world, "app", "wrong|1").await, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_key_that_is_set_is_not_in_debug_output() {
    let config = Config { api_key: Some("sesame".into()), ..config() };
    assert!(!format!("{config:?}").contains("sesame"));
    let world = World::with(config).await;
    assert!(!format!("{:?}", world.emulator).contains("sesame"));
}

#[tokio::test]
async fn every_endpoint_refuses_a_request_without_a_key_in_vans_shape() {
    let world = World::new().await;
    for path in [
        "/bulkImportMappingTypes",
        "/bulkImportMappingTypes/Phones",
        "/bulkImportMappingTypes/Phones/PhoneTypeID/values",
        "/bulkImportJobs/resources",
        "/bulkImportJobs/1001",
        "/apiKeyProfiles",
    ] {
        let response = world.http.get(world.url(path)).send().await.unwrap();
        assert_eq!(errors(response, StatusCode::UNAUTHORIZED).await[0]["code"], "UNAUTHORIZED");
    }
    for path in ["/bulkImportJobs", "/echoes"] {
        let response = world.http.post(world.url(path)).body("{}").send().await.unwrap();
        assert_eq!(errors(response, StatusCode::UNAUTHORIZED).await[0]["code"], "UNAUTHORIZED");
    }
    assert_eq!(world.emulator.jobs_received(), 0);
}

#[tokio::test]
async fn the_profile_tells_the_mode_of_the_key() {
    let world = World::new().await;
    for (password, my_voters) in [("key|0", true), ("key|1", false)] {
        let request = world.http.get(world.url("/apiKeyProfiles")).basic_auth("app", Some(password));
        let body: Json = request.send().await.unwrap().json().await.unwrap();
        assert_eq!(body["items"][0]["hasMyVoters"], json!(my_voters));
        assert_eq!(body["items"][0]["hasMyCampaign"], json!(!my_voters));
    }
}
