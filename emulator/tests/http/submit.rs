//! What is said about a bad job.

use reqwest::StatusCode;
use serde_json::{Value as Json, json};

use crate::support::{World, errors, job};

/// The errors, each as path and text.
async fn refused(world: &World, job: &Json) -> Vec<(String, String)> {
    let errors = errors(world.post_job(job).await, StatusCode::BAD_REQUEST).await;
    let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
    assert!(errors.iter().all(|error| error["code"] == "INVALID_PARAMETER"));
    errors.iter().map(|error| (text(&error["properties"][0]), text(&error["text"]))).collect()
}

#[tokio::test]
async fn every_broken_rule_is_an_error_with_its_path_and_a_hint() {
    let world = World::new().await;
    let mut job = job("contacts");
    job["file"]["sourceUrl"] = json!("nowhere");
    job["actions"][0]["mappingTypes"][1]["fieldValueMappings"][1]["columnName"] = json!("Home");
    job["actions"][0]["mappingTypes"][4]["fieldValueMappings"][1]["columnName"] = json!("ExternlId");
    let errors = errors(world.post_job(&job).await, StatusCode::BAD_REQUEST).await;
    assert_eq!(
        errors,
        [
            json!({
                "code": "INVALID_PARAMETER",
                "text": "the `sourceUrl` is not a URL that VAN can fetch",
                "properties": ["file.sourceUrl"],
                "hint": "give an absolute URL that starts with `https://`, `http://` or `sftp://` and names a host"
            }),
            json!({
                "code": "INVALID_PARAMETER",
                "text": "the field `PhoneTypeID` has both a `columnName` and a `staticValue`",
                "properties": ["actions[0].mappingTypes[1].fieldValueMappings[1].staticValue"],
                "hint": "give exactly one of them"
            }),
            json!({
                "code": "INVALID_PARAMETER",
                "text": "the file has no column `ExternlId` for the field `ExternalID`",
                "properties": ["actions[0].mappingTypes[4].fieldValueMappings[1].columnName"],
                "hint": "did you mean `ExternalId`?"
            }),
        ]
    );
    assert_eq!(world.emulator.jobs_received(), 0);
}

#[tokio::test]
async fn a_value_of_the_wrong_type_is_reported_with_its_path() {
    let world = World::new().await;
    let mut job = job("contacts");
    job["file"]["columns"][2]["name"] = json!(["EMail"]);
    let [(path, text)] = refused(&world, &job).await.try_into().unwrap();
    assert_eq!(path, "file.columns[2].name");
    assert!(text.contains("wrong type"), "{text}");
}

#[tokio::test]
async fn a_body_that_is_not_json_is_refused() {
    let world = World::new().await;
    for body in ["", "{", "description=x", "{} {}"] {
        let errors = errors(world.post("/bulkImportJobs", body).await, StatusCode::BAD_REQUEST).await;
        assert!(errors[0]["text"].as_str().unwrap().contains("not JSON"), "{body}");
    }
    errors(world.post("/bulkImportJobs", "3").await, StatusCode::BAD_REQUEST).await;
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused() {
    let world = World::new().await;
    let body = format!("{{\"description\": \"{}\"}}", "x".repeat(5 * 1024 * 1024));
    let request = world.http.post(world.url("/bulkImportJobs")).basic_auth("tests", Some("key|1"));
    errors(request.body(body).send().await.unwrap(), StatusCode::PAYLOAD_TOO_LARGE).await;
    let large = format!("{{\"text\": \"{}\"}}", "x".repeat(3 * 1024 * 1024));
    assert_eq!(world.post("/echoes", large).await.status(), StatusCode::OK);
}
