//! The life of a job.

use std::time::Duration;

use reqwest::StatusCode;
use serde_json::{Value as Json, json};
use van_bulk_emulator::{Config, Status};

use crate::support::{World, config, errors, job, zipped};

/// Every status the job has, in order, once each.
async fn statuses(world: &World, id: u32) -> Vec<String> {
    let mut seen: Vec<String> = Vec::new();
    loop {
        let job = world.get_json(&format!("/bulkImportJobs/{id}")).await;
        let status = job["status"].as_str().unwrap().to_owned();
        assert_eq!(job["resultFiles"] == json!([]), !status.starts_with("Completed"));
        if seen.last() != Some(&status) {
            seen.push(status.clone());
        }
        if status.starts_with("Completed") || status == "Failed" {
            return seen;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn a_job_goes_through_vans_statuses() {
    let world = World::with(Config { step: Duration::from_millis(200), ..config() }).await;
    let good = world.submit("activist_codes_by_name", "h,h\n1,101\n").await;
    assert_eq!(statuses(&world, good).await, ["Pending", "InProgress", "Completed"]);
    let mixed = world.submit("activist_codes_by_name", "h,h\n1,101\n1,999\n").await;
    assert_eq!(
        statuses(&world, mixed).await,
        ["Pending", "InProgress", "InProgressWithErrors", "CompletedWithErrors"]
    );
    let bad = world.submit("activist_codes_by_name", "h,h\n1,999\n").await;
    assert_eq!(statuses(&world, bad).await, ["Pending", "InProgress", "Failed"]);
    assert_eq!(world.emulator.jobs_received(), 3);
}

#[tokio::test]
async fn a_job_is_told_in_vans_words() {
    let world = World::new().await;
    let mut done = world.run("activist_codes_by_name", "h,h\n1,101\n").await;
    let file = done["resultFiles"][0].take();
    let expected = json!({
        "id": 1001, "status": "Completed", "resourceType": "ContactsActivistCodes", "webhookUrl": null,
        "resultFileSizeLimitKb": 5000, "errors": [], "resultFiles": [null]
    });
    assert_eq!(done, expected);
    let date = file["dateExpired"].as_str().unwrap();
    let (_, fraction) = date.split_once('.').unwrap();
    assert_eq!((date.len(), &fraction[7..]), (33, "-04:00"), "{date}");
}

#[tokio::test]
async fn what_another_client_sends_runs() {
    let world = World::new().await;
    // String booleans, no field mappings, `Vanid` and a lower-case column.
    let done = world.run("activist_codes_by_name", "\"Vanid\",\"activistcodeid\"\n\"3\",\"102\"\n").await;
    let results = world.results(&done).await;
    assert_eq!(
        results[0],
        ["BulkUploadDataID", "ULFileID", "PrimaryKey", "PrimaryKeyType", "ActivistCode_1801"]
    );
    assert_eq!(results[1], ["1", "6001", "3", "VanID", "Processed"]);
    let contacts = world.emulator.contacts();
    assert_eq!(contacts[2].applied[0].fields["ActivistCodeID"], "102");
}

#[tokio::test]
async fn a_new_job_can_be_hard_to_find_at_first() {
    let world = World::with(Config { early_not_found: 2, ..config() }).await;
    let id = world.submit("activist_codes_by_name", "h,h\n1,101\n").await;
    for _ in 0..2 {
        errors(world.get(&format!("/bulkImportJobs/{id}")).await, StatusCode::NOT_FOUND).await;
    }
    assert_eq!(world.wait(id).await["status"], "Completed");
}

#[tokio::test]
async fn each_mapping_has_a_batch_and_requested_columns_come_back() {
    let world = World::new().await;
    let text = "h,h,h,h,h,h\nAda,Lovelace,ada@example.org,202-555-0100,202-555-0101,x1\n";
    let done = world.run("contacts", text).await;
    let results = world.results(&done).await;
    assert_eq!(
        results[0][4..],
        [
            "ExternalId",
            "CreateOrUpdateContact_1801",
            "Phones_1802",
            "Phones_1803",
            "Email_1804",
            "ApplyExternalID_1805"
        ]
    );
    assert_eq!(results[1][2..5], ["100000001", "VanID", "x1"]);
    assert!(results[1][5..].iter().all(|message| message == "Processed"));
    let again = world.run("contacts", text).await;
    assert_eq!(world.results(&again).await[0][5], "CreateOrUpdateContact_1806");
}

#[tokio::test]
async fn a_job_can_name_the_column_of_a_mapping() {
    let world = World::new().await;
    let done = world.run("badges", "h,h,h,h,h,h,h\n1,1,,,,,\n").await;
    assert_eq!(world.results(&done).await[0][4], "The badge");
}

#[tokio::test]
async fn large_results_come_in_several_files() {
    let world = World::with(Config { max_result_file_bytes: Some(300), ..config() }).await;
    let rows: String = (1..=40).map(|number| format!("{},101\n", number % 9 + 1)).collect();
    let done = world.run("activist_codes_by_name", &format!("h,h\n{rows}")).await;
    let files = done["resultFiles"].as_array().unwrap();
    assert!(files.len() > 2, "{files:?}");
    let mut names = std::collections::HashSet::new();
    for file in files {
        let url = file["url"].as_str().unwrap();
        assert!(names.insert(url));
        let text = world.download(url).await;
        assert!(text.len() <= 300 && text.starts_with("BulkUploadDataID,"), "{text}");
    }
    let numbers: Vec<String> = world.results(&done).await[1..].iter().map(|row| row[0].clone()).collect();
    assert_eq!(numbers, (1..=40).map(|number| number.to_string()).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_link_to_a_result_file_expires() {
    let world = World::with(Config { link_lifetime: Duration::from_millis(300), ..config() }).await;
    let done = world.run("activist_codes_by_name", "h,h\n1,101\n").await;
    let url = done["resultFiles"][0]["url"].as_str().unwrap();
    world.download(url).await;
    tokio::time::sleep(Duration::from_millis(350)).await;
    let late = world.http.get(url).send().await.unwrap();
    assert_eq!(errors(late, StatusCode::FORBIDDEN).await[0]["code"], "FORBIDDEN");
}

#[tokio::test]
async fn a_link_cannot_be_guessed() {
    let world = World::new().await;
    let done = world.run("activist_codes_by_name", "h,h\n1,101\n").await;
    let url = done["resultFiles"][0]["url"].as_str().unwrap();
    let token = url.split('/').nth(4).unwrap();
    assert_eq!(token.len(), 32);
    for guess in [url.replace(token, &"0".repeat(32)), url.replace("-1.csv", "-2.csv")] {
        errors(world.http.get(guess).send().await.unwrap(), StatusCode::NOT_FOUND).await;
    }
}

#[tokio::test]
async fn many_jobs_run_side_by_side() {
    let world = World::new().await;
    let mut ids = Vec::new();
    for _ in 0..12 {
        ids.push(world.submit("labels", "h\n\"one\"\n\"two\"\n").await);
    }
    for id in ids {
        let done = world.wait(id).await;
        assert_eq!(done["status"], "Completed", "{done}");
    }
    let mut keys: Vec<u64> = world.emulator.records("ActivistCodes").iter().map(|record| record.id).collect();
    keys.dedup();
    assert_eq!(keys.len(), 24);
}

#[tokio::test]
async fn a_job_can_be_looked_into() {
    let world = World::new().await;
    let id =
        world.submit_zip(job("activist_codes_by_name"), &zipped("upload.csv", b"h,h\n1,101\n1,999\n")).await;
    world.wait(id).await;
    let report = world.emulator.job(id).unwrap();
    assert_eq!((report.status, report.rows, report.rows_left_out), (Status::CompletedWithErrors, 2, 1));
    assert_eq!(report.left_out[0].row, 2);
    assert_eq!(
        report.left_out[0].reason,
        "the value of ActivistCode.ActivistCodeID is none of its predefined values"
    );
    assert_eq!(report.payload.description, "Codes by column name");
    assert!(world.emulator.job(7).is_none());
}

#[tokio::test]
async fn the_failed_job_tells_why() {
    let world = World::new().await;
    let done = world.run("activist_codes_by_name", "h,h\n1,999\n").await;
    let error = &done["errors"][0];
    assert_eq!(error["code"], "NO_ROW_IMPORTED");
    assert_eq!(error["referenceCode"].as_str().unwrap().len(), 32);
    assert_eq!(done["resultFiles"], json!([]));
    assert_eq!(
        error["text"],
        Json::from(
            "None of the 1 rows of 'upload.csv' could be imported. Row 1: the value of \
             ActivistCode.ActivistCodeID is none of its predefined values."
        )
    );
}
