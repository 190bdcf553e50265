//! Each fault, as a real client sees it.

mod answers;
mod bodies;
mod clock;
mod connections;
mod fetch;
mod how_often;
mod job;
mod links;
mod schedule;
mod text;

use std::error::Error as _;
use std::io;

use reqwest::Response;
use serde_json::{Value as Json, json};
use van_bulk_emulator::faults::{Fault, Faults};

use crate::support::{World, job, zipped};

/// The faults of these texts.
pub(crate) fn faults(texts: &[&str]) -> Faults {
    texts.iter().map(|text| text.parse::<Fault>().unwrap()).collect()
}

/// An emulator with these faults.
async fn world(texts: &[&str]) -> World {
    let world = World::new().await;
    world.emulator.set_faults(faults(texts)).unwrap();
    world
}

const STATUS: &str = "/bulkImportJobs/1001";
const DISCOVERY: &str = "/bulkImportJobs/resources";
const ROWS: &str = "h,h\n1,101\n2,101\n3,101\n4,101\n";

/// A job that can be submitted, with its file published.
pub(crate) fn good_job(world: &World) -> Json {
    let mut job = job("activist_codes_by_name");
    job["file"]["sourceUrl"] = json!(world.publish("upload.zip", &zipped("upload.csv", ROWS.as_bytes())));
    job
}

/// Sends a request for which no answer is taken for granted.
async fn try_get(world: &World, path: &str) -> reqwest::Result<Response> {
    world.http.get(world.url(path)).basic_auth("tests", Some("key|1")).send().await
}

pub(crate) async fn try_submit(world: &World) -> reqwest::Result<Response> {
    let request = world.http.post(world.url("/bulkImportJobs")).basic_auth("tests", Some("key|1"));
    request.json(&good_job(world)).send().await
}

/// Whether the client saw a TCP RST.
pub(crate) fn is_reset(error: &reqwest::Error) -> bool {
    let mut cause = error.source();
    while let Some(error) = cause {
        if error.downcast_ref::<io::Error>().is_some_and(|e| e.kind() == io::ErrorKind::ConnectionReset) {
            return true;
        }
        cause = error.source();
    }
    false
}
