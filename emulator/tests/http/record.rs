//! The record of what happened, and who is told of it.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use van_bulk_emulator::faults::{Endpoint, Fault, Kind};
use van_bulk_emulator::record::{Event, Observer, fingerprint};
use van_bulk_emulator::{Config, Emulator, Status};

use crate::faults::{faults, good_job, try_submit};
use crate::support::{World, config, job, zipped};

#[tokio::test]
async fn an_import_is_recorded_from_its_submission_to_its_end() {
    let world = World::with(Config { step: std::time::Duration::from_millis(50), ..config() }).await;
    let mut submitted = good_job(&world);
    let url = format!("{}?signature=secret", submitted["file"]["sourceUrl"].as_str().unwrap());
    submitted["file"]["sourceUrl"] = url.into();
    world.submit_job(&submitted).await;
    while world.emulator.job(1001).unwrap().status != Status::Completed {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    let job = world.wait(1001).await;
    let link = job["resultFiles"][0]["url"].as_str().unwrap();
    world.download(link).await;
    let record = world.emulator.record();
    let expected = [
        "request 1: POST /v4/bulkImportJobs",
        "request 1 created job 1001: upload.csv in /upload.zip",
        "request 1 took effect: 200",
        "request 1 was answered: 200",
        "job 1001 fetches its zip",
        "job 1001 is Completed",
        "request 2: GET /v4/bulkImportJobs/1001",
        "request 2 took effect: 200",
        "request 2 was answered: 200",
        "request 3: GET /results/…/job-1001-1.csv",
        "request 3 took effect: 200",
        "request 3 was answered: 200",
        "job 1001 applied 4 rows",
    ];
    let text = record.to_string();
    assert_eq!(text.lines().collect::<Vec<_>>(), expected);
    assert_eq!(record.not_kept, 0);
    let created = record.events.iter().find_map(|event| match event {
        Event::JobCreated { description, .. } => Some(description.clone()),
        _ => None,
    });
    assert_eq!(created.as_deref(), Some("Codes by column name"));
    // Neither the signature nor the secret of the link is in it.
    let everything = format!("{record:?}");
    let secret = link.split('/').nth(4).unwrap();
    assert!(!everything.contains("signature") && !everything.contains(secret), "{everything}");
}

#[tokio::test]
async fn every_row_that_was_applied_is_recorded_with_its_fingerprint() {
    let world = World::new().await;
    let text = b"h,h\n1,101\n\"2\",\"102\"\n1,999\n3,101\n";
    for _ in 0..2 {
        let id = world.submit_zip(job("activist_codes_by_name"), &zipped("upload.csv", text)).await;
        world.wait(id).await;
    }
    let record = world.emulator.record();
    let rows: Vec<(u32, u64)> = record.rows.iter().map(|row| (row.job, row.row)).collect();
    assert_eq!(rows, [(1001, 1), (1001, 2), (1001, 4), (1002, 1), (1002, 2), (1002, 4)]);
    let times = record.times_applied();
    assert_eq!(times.len(), 3);
    for row in [["1", "101"], ["2", "102"], ["3", "101"]] {
        assert_eq!(times[&fingerprint(row)], 2);
    }
}

#[test]
fn fingerprints_tell_rows_apart() {
    let rows: [&[&str]; 6] = [&[], &[""], &["", ""], &["a", "b"], &["ab"], &["ab", ""]];
    let prints: HashSet<u64> = rows.iter().map(|row| fingerprint(row.iter().copied())).collect();
    assert_eq!(prints.len(), rows.len());
    // As documented: FNV-1a over the length and the text.
    assert_eq!(fingerprint([]), 0xcbf2_9ce4_8422_2325);
}

/// The last event of the only request, with whether it took effect.
async fn outcome(fault: &str) -> (Option<u16>, bool, bool) {
    let world = World::new().await;
    world.emulator.set_faults(faults(&[fault])).unwrap();
    if let Ok(response) = try_submit(&world).await {
        let _ = response.bytes().await;
    }
    // The server may learn of the end after the client.
    loop {
        let record = world.emulator.record();
        let took_effect = record.events.iter().any(|event| matches!(event, Event::TookEffect { .. }));
        for event in record.events {
            if let Event::Answered { request, status, whole } = event {
                assert_eq!(request.faults, [fault.parse::<Fault>().unwrap().kind]);
                assert_eq!(request.endpoint, Some(Endpoint::Submit));
                return (status, whole, took_effect);
            }
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn what_was_not_answered_in_whole_is_recorded_as_such() {
    assert_eq!(outcome("latency=1ms").await, (Some(200), true, true));
    assert_eq!(outcome("reset-before").await, (None, false, false));
    assert_eq!(outcome("reset-after").await, (None, false, true));
    assert_eq!(outcome("429").await, (Some(429), true, false));
    assert_eq!(outcome("502-after").await, (Some(502), true, true));
    assert_eq!(outcome("slow=1ms").await, (Some(200), true, true));
    assert_eq!(outcome("truncated").await, (Some(200), false, true));
    assert_eq!(outcome("truncated-chunks").await, (Some(200), false, true));
    assert_eq!(outcome("short-length").await, (Some(200), false, true));
}

#[tokio::test]
async fn a_client_that_leaves_is_recorded() {
    let world = World::new().await;
    world.emulator.set_faults(faults(&["latency-after=1m@submit"])).unwrap();
    let left = tokio::time::timeout(std::time::Duration::from_millis(300), try_submit(&world)).await;
    assert!(left.is_err());
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    let record = world.emulator.record().to_string();
    assert!(record.contains("request 1 took effect: 200\n"), "{record}");
    assert!(record.contains("request 1 was not answered\n"), "{record}");
}

#[tokio::test]
async fn an_observer_is_called_at_the_moment_of_each_event() {
    type Seen = Arc<Mutex<Vec<(&'static str, usize)>>>;
    let seen: Seen = Arc::default();
    let jobs = Arc::new(std::sync::OnceLock::<Arc<Emulator>>::new());
    let observer = {
        let (seen, jobs) = (Arc::clone(&seen), Arc::clone(&jobs));
        Observer::new(move |event| {
            let moment = match event {
                Event::Received(_) => "received",
                Event::TookEffect { .. } => "took effect",
                Event::Answered { whole: true, .. } => "answered",
                _ => return,
            };
            // The emulator can be looked into from there.
            let emulator = jobs.get().unwrap();
            assert!(!emulator.record().events.is_empty());
            seen.lock().unwrap().push((moment, emulator.jobs_received()));
        })
    };
    let world = World::with(Config { observer: Some(observer), ..config() }).await;
    let job = good_job(&world);
    let World { emulator, host: _host, folder: _folder, http } = world;
    let url = format!("{}/bulkImportJobs", emulator.base_url());
    assert!(jobs.set(Arc::new(emulator)).is_ok());
    let response = http.post(url).basic_auth("tests", Some("key|1")).json(&job).send().await.unwrap();
    response.bytes().await.unwrap();
    assert_eq!(*seen.lock().unwrap(), [("received", 0), ("took effect", 1), ("answered", 1)]);
}

#[tokio::test]
async fn faults_of_jobs_and_fetches_are_recorded() {
    let world = World::new().await;
    world.emulator.set_faults(faults(&["missing-rows=3:next=1", "latency=1ms@fetch"])).unwrap();
    world.submit_job(&good_job(&world)).await;
    world.wait(1001).await;
    let record = world.emulator.record();
    let of_job = record.events.iter().find_map(|event| match event {
        Event::JobCreated { faults, .. } => Some(faults.clone()),
        _ => None,
    });
    assert_eq!(of_job.unwrap(), [Kind::MissingRows(3)]);
    assert!(record.to_string().contains("job 1001 fetches its zip with latency=1ms\n"), "{record}");
}
