//! The forms of file that are read.

use serde_json::json;

use crate::support::{World, job, zipped};

async fn labels(job: serde_json::Value, text: &[u8]) -> Vec<String> {
    let world = World::new().await;
    let id = world.submit_zip(job, &zipped("upload.csv", text)).await;
    let done = world.wait(id).await;
    assert_eq!(done["status"], "Completed", "{done}");
    let records = world.emulator.records("ActivistCodes");
    records.iter().map(|record| record.applied[0].fields["LabelName"].clone()).collect()
}

#[tokio::test]
async fn quotes_line_breaks_and_commas_in_quotes_are_read() {
    let text = "LabelName\r\n\"a, b\"\r\n\"say \"\"x\"\"\"\r\n\"two\nlines\"\r\n".as_bytes();
    assert_eq!(labels(job("labels"), text).await, ["a, b", "say \"x\"", "two\nlines"]);
}

#[tokio::test]
async fn without_a_header_the_first_line_is_a_row_and_a_byte_order_mark_is_none_of_it() {
    let mut job = job("labels");
    job["file"]["hasHeader"] = json!(false);
    assert_eq!(labels(job, "\u{feff}\"Übung\"\nTwo\n".as_bytes()).await, ["Übung", "Two"]);
}

#[tokio::test]
async fn without_quotes_a_quote_is_a_character() {
    let mut job = job("labels");
    job["file"]["hasQuotes"] = json!("False");
    assert_eq!(labels(job, b"h\n\"one\n").await, ["\"one"]);
}

#[tokio::test]
async fn tabs_separate_where_the_job_says_so() {
    let world = World::new().await;
    let mut job = job("activist_codes_by_name");
    job["file"]["columnDelimiter"] = json!("Tab");
    let id = world.submit_zip(job, &zipped("upload.csv", b"h\th\n1\t101\n")).await;
    assert_eq!(world.wait(id).await["status"], "Completed");
}
