//! Imports that are stopped at every moment, and resumed.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Notify;
use van_bulk_emulator::Config;
use van_bulk_import::ImportError;
use van_bulk_import::import::{Event, Import, Report};
use van_bulk_import::ledger::ImportState;
use van_bulk_import::upload::UploadTarget;

use crate::support::{World, client, row, wait};

/// Enough rows for two parts.
fn rows() -> Vec<String> {
    (1..=6_000).map(row).collect()
}

/// Runs an import until `events` things have happened, and drops it then. Gives what came of it if it ended before.
async fn run_until(world: &World, events: usize) -> Option<Result<Report, ImportError>> {
    let (seen, enough) = (Arc::new(AtomicUsize::new(0)), Arc::new(Notify::new()));
    let (counted, told) = (Arc::clone(&seen), Arc::clone(&enough));
    let import = world.import(&rows()).parts_at_once(1).observer(move |_: &Event<'_>| {
        if counted.fetch_add(1, Ordering::Relaxed) + 1 == events {
            told.notify_one();
        }
    });
    tokio::select! {
        biased;
        () = enough.notified() => None,
        ended = import.run(&world.client, &world.target) => Some(ended),
    }
}

#[tokio::test]
async fn an_import_that_is_dropped_at_any_event_is_resumed_without_loss_or_repetition() {
    for events in 1.. {
        let world = World::new(Config::default()).await;
        if let Some(ended) = run_until(&world, events).await {
            ended.unwrap();
            assert!(events > 10, "only {events} events");
            return;
        }
        let record = world.ledger.imports().unwrap().pop().unwrap();
        let resumed = resume(&world).await;
        match record.state {
            ImportState::Packing => assert!(matches!(resumed, Err(ImportError::NothingSent(_))), "{events}"),
            _ => {
                let report = resumed.unwrap();
                assert_eq!((report.sent, report.processed), (6_000, 6_000), "{events}: {report}");
                assert_eq!(world.emulator.jobs_received(), report.parts.len(), "{events}");
                assert!(world.applied().values().all(|times| *times == 1), "{events}");
            }
        }
    }
}

async fn resume(world: &World) -> Result<Report, ImportError> {
    let id = world.ledger.imports().unwrap().pop().unwrap().id;
    Import::resume(&world.ledger, id).wait(wait()).run(&world.client, &world.target).await
}

#[tokio::test]
async fn a_finished_import_can_be_resumed_and_nothing_happens() {
    let world = World::new(Config::default()).await;
    let report = world.import(&[row(1)]).run(&world.client, &world.target).await.unwrap();
    assert_eq!(resume(&world).await.unwrap(), report);
    assert_eq!(world.emulator.jobs_received(), 1);
}

#[tokio::test]
async fn an_import_that_van_refuses_is_resumed_when_the_reason_is_gone() {
    let world = World::new(Config::default()).await;
    let stranger = client(&world.emulator.base_url(), "not-the-key");
    let import = world.import(&rows()).schema(crate::support::sample());
    let error = import.run(&stranger, &world.target).await.unwrap_err();
    let ImportError::Unfinished { report, problems } = &error else { panic!("{error}") };
    assert_eq!((report.unsent, report.sent), (6_000, 0));
    // Whichever part is refused first holds back the others.
    assert!(problems.iter().any(|problem| problem.to_string().contains("VAN_API_KEY")), "{error}");
    assert_eq!(problems.len(), report.parts.len());

    let report = resume(&world).await.unwrap();
    assert_eq!((report.unsent, report.processed), (0, 6_000));
    assert_eq!(world.emulator.jobs_received(), report.parts.len());
}

#[tokio::test]
async fn a_zip_that_was_changed_meanwhile_is_not_sent() {
    let world = World::new(Config::default()).await;
    let stranger = client(&world.emulator.base_url(), "not-the-key");
    let import = world.import(&[row(1)]).schema(crate::support::sample());
    import.run(&stranger, &world.target).await.unwrap_err();
    let id = world.ledger.imports().unwrap()[0].id;
    let zip = world.ledger.folder_of(id).join("parts/rows-001.zip");
    std::fs::write(&zip, "changed").unwrap();
    let error = resume(&world).await.unwrap_err();
    assert!(error.to_string().contains("is not the one that was packed"), "{error}");
    assert_eq!(world.emulator.jobs_received(), 0);
}

#[tokio::test]
async fn an_import_is_resumed_with_the_api_and_mode_that_it_was_started_with() {
    let world = World::new(Config::default()).await;
    world.import(&[row(1)]).run(&world.client, &world.target).await.unwrap();
    let other = client("http://127.0.0.1:9/v4", "key");
    let id = world.ledger.imports().unwrap()[0].id;
    let target = UploadTarget::loopback().await.unwrap();
    let error = Import::resume(&world.ledger, id).run(&other, &target).await.unwrap_err();
    assert!(matches!(error, ImportError::OtherApi { .. }), "{error}");
}

#[tokio::test]
async fn one_process_at_a_time_works_on_an_import() {
    let world = World::new(Config { step: std::time::Duration::from_millis(200), ..Config::default() }).await;
    let told = Arc::new(Notify::new());
    let tell = Arc::clone(&told);
    let import = world.import(&[row(1)]).observer(move |event: &Event<'_>| {
        if matches!(event, Event::Submitted { .. }) {
            tell.notify_one();
        }
    });
    let both = async {
        told.notified().await;
        resume(&world).await
    };
    let (first, second) = tokio::join!(import.run(&world.client, &world.target), both);
    assert!(second.unwrap_err().to_string().contains("by another process"));
    assert_eq!(first.unwrap().processed, 1);
    assert_eq!(world.emulator.jobs_received(), 1);
}

#[tokio::test]
async fn an_import_that_van_refuses_for_good_is_given_up_and_its_rows_can_be_imported_anew() {
    let world = World::new(Config::default()).await;
    let stranger = client(&world.emulator.base_url(), "not-the-key");
    world.import(&rows()).schema(crate::support::sample()).run(&stranger, &world.target).await.unwrap_err();
    let again = world.import(&rows()).run(&world.client, &world.target).await.unwrap_err();
    assert!(matches!(again, ImportError::Already(_)), "{again}");

    let id = world.ledger.imports().unwrap()[0].id;
    let report = Import::resume(&world.ledger, id).give_up(&world.target).await.unwrap();
    assert_eq!((report.state, report.unsent), (ImportState::GivenUp, 6_000));
    assert!(!world.ledger.folder_of(id).exists());
    let error = Import::resume(&world.ledger, id).run(&world.client, &world.target).await.unwrap_err();
    assert!(error.to_string().contains("was given up"), "{error}");
    let report = world.import(&rows()).run(&world.client, &world.target).await.unwrap();
    assert_eq!(report.processed, 6_000);

    let error = Import::resume(&world.ledger, report.import).give_up(&world.target).await.unwrap_err();
    assert!(matches!(error, ImportError::NotGivenUp(_)), "{error}");
}
