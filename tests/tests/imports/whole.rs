//! Imports that nothing stops.

use std::fs;
use std::sync::{Arc, Mutex};

use van_bulk::Row;
use van_bulk_emulator::Config;
use van_bulk_import::delimited::Input;
use van_bulk_import::import::{BadRows, Event, Import, ImportRows};
use van_bulk_import::ledger::{ImportState, PartState};
use van_bulk_import::upload::UploadTarget;
use van_bulk_import::{ImportError, RowsError};

use crate::support::{KEY, World, client, contacts, row, wait};

/// Rows that fill three parts, with one that cannot be imported and one with a phone number that VAN refuses.
fn many_rows() -> Vec<String> {
    let mut rows: Vec<String> = (1..=12_000).map(row).collect();
    rows[41] = "Bo,Brandt,bo@example.org,".to_owned();
    rows[99] = "Cy,Cole,cy@example.org,none".to_owned();
    rows
}

#[tokio::test]
async fn every_row_of_every_part_is_accounted_for() {
    let world = World::new(Config { max_result_file_bytes: Some(40_000), ..Config::default() }).await;
    let report = world.import(&many_rows()).run(&world.client, &world.target).await.unwrap();

    assert!(report.parts.len() >= 3, "{report}");
    assert_eq!((report.rows, report.rejected, report.sent), (12_000, 1, 11_999));
    assert_eq!((report.processed, report.refused, report.missing), (11_998, 1, 0));
    assert_eq!(report.state, ImportState::Finished);
    assert!(
        report.to_string().ends_with("rows sent 11999 = processed 11998 + refused 1 + missing 0"),
        "{report}"
    );
    let sums = |part: &van_bulk_import::import::PartReport| {
        let part = &part.record;
        part.processed.unwrap() + part.refused.unwrap() + part.missing.unwrap() == part.rows
    };
    assert!(report.parts.iter().all(sums), "{report}");
    assert_eq!(world.emulator.jobs_received(), report.parts.len());
    let applied = world.applied();
    assert_eq!(applied.len(), 11_999);
    assert!(applied.values().all(|times| *times == 1));
}

#[tokio::test]
async fn the_outcome_file_has_a_line_for_every_row_of_the_input_in_order() {
    let world = World::new(Config::default()).await;
    world.import(&many_rows()).parts_at_once(1).run(&world.client, &world.target).await.unwrap();
    let lines = world.outcome();

    assert_eq!(
        lines[0].join(" "),
        "Row Status Part RowInPart JobID PrimaryKey PrimaryKeyType Message 1 CreateOrUpdateContact 2 Phones 3 Email"
    );
    assert_eq!(lines.len(), 12_001);
    assert!(lines.iter().skip(1).zip(1..).all(|(line, number)| line[0] == number.to_string()));
    assert_eq!(lines[1][1..5], ["processed", "1", "1", "1001"]);
    assert_eq!(lines[1][8..], ["Processed", "Processed", "Processed"]);
    assert_eq!(lines[42][1..4], ["rejected", "", ""]);
    assert!(lines[42][7].contains("Phone"), "{:?}", lines[42]);
    assert_eq!(lines[43][1..4], ["processed", "1", "42"]);
    assert_eq!(lines[100][1..4], ["refused", "1", "99"]);
    assert_eq!(lines[100][8..], ["Processed", "Invalid phone number", "Processed"]);
}

#[tokio::test]
async fn zips_and_uploads_are_removed_when_the_import_is_finished() {
    let world = World::new(Config::default()).await;
    let report = world.import(&[row(1)]).run(&world.client, &world.target).await.unwrap();
    assert!(!world.ledger.folder_of(report.import).join("parts").exists());
    let part = &report.parts[0].record;
    assert_eq!((part.state, &part.place), (PartState::Accounted, &None));
    let url = world.target.url(&part.object).await.unwrap();
    let answer = reqwest::get(url.expose()).await.unwrap();
    assert_eq!(answer.status(), 404);
}

#[tokio::test]
async fn the_same_rows_and_job_are_refused_unless_forced() {
    let world = World::new(Config::default()).await;
    let rows = [row(1), row(2)];
    let first = world.import(&rows).run(&world.client, &world.target).await.unwrap();

    let error = world.import(&rows).run(&world.client, &world.target).await.unwrap_err();
    let ImportError::Already(already) = &error else { panic!("{error}") };
    assert_eq!(already.id, first.import);
    assert!(error.to_string().contains("nothing was sent"), "{error}");
    assert_eq!(world.emulator.jobs_received(), 1);
    // In parts of another size it is the same content all the same.
    let again = world.import(&rows).part_bytes(1_000_000);
    assert!(matches!(again.run(&world.client, &world.target).await, Err(ImportError::Already(_))));

    let forced = world.import(&rows).force(true).run(&world.client, &world.target).await.unwrap();
    assert_eq!((forced.sent, world.emulator.jobs_received()), (2, 2));
    // Other rows are another import.
    world.import(&[row(2), row(1)]).run(&world.client, &world.target).await.unwrap();
}

#[tokio::test]
async fn rows_that_cannot_be_imported_keep_everything_from_being_sent_unless_they_are_left_out() {
    let world = World::new(Config::default()).await;
    let rows = [row(1), "Bo,Brandt,bo@example.org,".to_owned()];
    let found = Arc::new(Mutex::new(Vec::new()));
    let told = Arc::clone(&found);
    let import = world.import(&rows).bad_rows(BadRows::Refuse).observer(move |event: &Event<'_>| {
        if let Event::Finding(finding) = event {
            told.lock().unwrap().push(finding.to_string());
        }
    });
    let error = import.run(&world.client, &world.target).await.unwrap_err();
    assert!(matches!(error, ImportError::Rows(RowsError::Refused(_))), "{error}");
    assert!(found.lock().unwrap()[0].starts_with("row 2 (line 3)"), "{found:?}");
    assert_eq!(world.emulator.jobs_received(), 0);
    let given_up = world.ledger.imports().unwrap();
    assert_eq!(given_up[0].state, ImportState::GivenUp);
    assert!(!world.ledger.folder_of(given_up[0].id).exists());
}

#[tokio::test]
async fn a_job_that_van_would_refuse_is_refused_before_anything_is_packed() {
    let world = World::new(Config::default()).await;
    let mut payload = contacts().payload("rows.csv", "");
    payload.description = "Sign-ups <of> May".into();
    let import = Import::of_payload(payload, Input::open(&world.file(&[row(1)])).unwrap());
    let error = import.ledger(&world.ledger).run(&world.client, &world.target).await.unwrap_err();
    let ImportError::Job(findings) = &error else { panic!("{error}") };
    assert_eq!(findings[0].path(), "description");
    assert!(world.ledger.imports().unwrap().is_empty());
}

#[tokio::test]
async fn an_import_of_bad_rows_alone_sends_nothing_and_accounts_for_them() {
    let world = World::new(Config::default()).await;
    let report = world.import(&["Bo,Brandt,,".to_owned()]).run(&world.client, &world.target).await.unwrap();
    assert_eq!((report.rows, report.rejected, report.sent, report.parts.len()), (1, 1, 0, 0));
    assert_eq!(world.outcome().len(), 2);
    assert!(!report.is_complete());
}

#[tokio::test]
async fn a_job_that_fails_leaves_all_its_rows_missing_with_its_reason() {
    let world = World::new(Config { max_file_bytes: 10, ..Config::default() }).await;
    let report = world.import(&[row(1), row(2)]).run(&world.client, &world.target).await.unwrap();
    assert_eq!((report.sent, report.processed, report.missing), (2, 0, 2));
    let problem = report.parts[0].record.problem.as_ref().unwrap();
    assert!(problem.contains("FILE_TOO_LARGE"), "{problem}");
    let lines = world.outcome();
    assert_eq!(lines[2][1], "missing");
    assert!(lines[2].join(",").contains("the job failed: FILE_TOO_LARGE"), "{:?}", lines[2]);
}

#[derive(Row)]
struct Signup {
    #[row(column = "FirstName")]
    first: String,
    #[row(column = "LastName")]
    last: String,
    #[row(column = "Email")]
    email: String,
    #[row(column = "HomePhone")]
    phone: Option<String>,
}

#[tokio::test]
async fn typed_rows_are_imported_as_those_of_a_file_are() {
    let world = World::new(Config::default()).await;
    let signup = |number: u32| Signup {
        first: "Ada".to_owned(),
        last: "Abara".to_owned(),
        email: format!("ada{number}@example.org"),
        phone: Some("413-555-0100".to_owned()),
    };
    let rows = ImportRows::typed((0..5).map(signup)).named("sign-ups");
    let import = Import::new(contacts(), rows).ledger(&world.ledger).wait(wait());
    let report = import.run(&world.client, &world.target).await.unwrap();
    assert_eq!((report.source.as_str(), report.processed), ("sign-ups", 5));
}

#[tokio::test]
async fn a_report_is_json_too() {
    let world = World::new(Config::default()).await;
    let report = world.import(&[row(1)]).run(&world.client, &world.target).await.unwrap();
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!(json["parts"][0]["state"], "accounted");
    assert_eq!(json["parts"][0]["job"], 1001);
    assert_eq!(json["parts"][0]["mappings"][1]["messages"][0][0], "Processed");
    assert_eq!(json["processed"], 1);
}

#[tokio::test]
async fn uploads_that_van_cannot_reach_are_refused_before_anything_is_packed() {
    let world = World::new(Config::default()).await;
    let van = client("https://api.securevan.com/v4", "key");
    let error = world.import(&[row(1)]).run(&van, &world.target).await.unwrap_err();
    assert!(matches!(error, ImportError::OutOfReach { .. }), "{error}");
    assert!(world.ledger.imports().unwrap().is_empty());
}

#[tokio::test]
async fn more_parts_than_one_url_are_refused() {
    let world = World::new(Config::default()).await;
    let target = UploadTarget::published("http://127.0.0.1:9/rows.zip").unwrap();
    let error = world.import(&many_rows()).run(&world.client, &target).await.unwrap_err();
    assert!(matches!(error, ImportError::TooManyParts { most: 1, .. }), "{error}");
    assert_eq!(world.emulator.jobs_received(), 0);
}

#[tokio::test]
async fn the_key_is_in_no_file_of_a_ledger() {
    let world = World::new(Config::default()).await;
    world.import(&[row(1)]).run(&world.client, &world.target).await.unwrap();
    let mut folders = vec![world.ledger.folder().to_owned()];
    let mut files = 0;
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let bytes = fs::read(&path).unwrap();
            assert!(!bytes.windows(KEY.len()).any(|window| window == KEY.as_bytes()), "{}", path.display());
            files += 1;
        }
    }
    assert!(files >= 3, "{files} files");
}
