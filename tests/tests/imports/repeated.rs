//! What is the same content, and what is not.

use std::fs;
use std::sync::Arc;

use tokio::sync::Notify;
use van_bulk_emulator::Config;
use van_bulk_import::ImportError;
use van_bulk_import::delimited::Input;
use van_bulk_import::import::{Event, Import};
use van_bulk_import::ledger::ImportState;

use crate::support::{World, contacts, row, wait};

const BAD: &str = "Bo,Brandt,bo@example.org,";

#[tokio::test]
async fn of_two_imports_of_the_same_rows_at_once_one_is_refused() {
    let world = World::new(Config::default()).await;
    let first = world.import(&[row(1), row(2)]);
    let copy = world.folder().join("copy.csv");
    fs::copy(world.folder().join("rows.csv"), &copy).unwrap();
    let second = Import::new(contacts(), Input::open(&copy).unwrap()).ledger(&world.ledger).wait(wait());
    let (first, second) =
        tokio::join!(first.run(&world.client, &world.target), second.run(&world.client, &world.target));
    let refused = [first, second].into_iter().filter_map(Result::err).collect::<Vec<_>>();
    assert!(matches!(refused.as_slice(), [ImportError::Already(_)]), "{refused:?}");
    assert_eq!(world.emulator.jobs_received(), 1);
}

#[tokio::test]
async fn the_same_rows_can_be_imported_into_another_database() {
    let (world, other) = (World::new(Config::default()).await, World::new(Config::default()).await);
    world.import(&[row(1)]).run(&world.client, &world.target).await.unwrap();
    let report = world.import(&[row(1)]).run(&other.client, &other.target).await.unwrap();
    assert_eq!((report.processed, other.emulator.jobs_received()), (1, 1));
    let again = world.import(&[row(1)]).run(&other.client, &other.target).await;
    assert!(matches!(again, Err(ImportError::Already(_))), "{again:?}");
}

#[tokio::test]
async fn under_another_name_of_the_file_it_is_the_same_content() {
    let world = World::new(Config::default()).await;
    world.import(&[row(1)]).run(&world.client, &world.target).await.unwrap();
    let again = world.import(&[row(1)]).file_name("2024-06-01.csv").run(&world.client, &world.target).await;
    assert!(matches!(again, Err(ImportError::Already(_))), "{again:?}");
}

#[tokio::test]
async fn files_without_a_good_row_are_not_the_same_content() {
    let world = World::new(Config::default()).await;
    for rows in [1, 2] {
        let rows = vec![BAD.to_owned(); rows];
        let report = world.import(&rows).run(&world.client, &world.target).await.unwrap();
        assert_eq!((report.rejected, report.sent), (rows.len() as u64, 0));
    }
}

#[tokio::test]
async fn a_name_of_the_file_that_no_url_could_have_does_not_keep_it_from_being_uploaded() {
    let world = World::new(Config::default()).await;
    let import = world.import(&[row(1)]).file_name("rows [100% of May].csv");
    assert_eq!(import.run(&world.client, &world.target).await.unwrap().processed, 1);
}

#[tokio::test]
async fn what_a_killed_process_had_packed_is_removed_by_the_next_import() {
    let world = World::new(Config::default()).await;
    let told = Arc::new(Notify::new());
    let tell = Arc::clone(&told);
    let import =
        world.import(&(1..20_000).map(row).collect::<Vec<_>>()).observer(move |event: &Event<'_>| {
            if matches!(event, Event::Started { .. }) {
                tell.notify_one();
            }
        });
    tokio::select! {
        biased;
        () = told.notified() => {}
        ended = import.run(&world.client, &world.target) => panic!("{ended:?}"),
    }
    // What is left by a kill: a folder with personal data, and an import that is being packed.
    let killed = world.ledger.imports().unwrap().remove(0);
    assert_eq!(killed.state, ImportState::Packing);
    let folder = world.ledger.folder_of(killed.id);
    fs::create_dir_all(folder.join("parts")).unwrap();
    fs::write(folder.join("parts/.van-bulk-x.part"), "rows").unwrap();

    world.import(&[row(1)]).run(&world.client, &world.target).await.unwrap();
    assert_eq!(world.ledger.import(killed.id).unwrap().state, ImportState::GivenUp);
    assert!(!folder.exists());
}

#[tokio::test]
async fn an_import_that_is_being_packed_by_another_process_is_left_alone() {
    let world = World::new(Config::default()).await;
    let rows: Vec<String> = (1..20_000).map(row).collect();
    let other = world.folder().join("other.csv");
    fs::rename(world.file(&[row(0)]), &other).unwrap();
    let slow = world.import(&rows);
    let quick = Import::new(contacts(), Input::open(&other).unwrap()).ledger(&world.ledger).wait(wait());
    let (slow, quick) =
        tokio::join!(slow.run(&world.client, &world.target), quick.run(&world.client, &world.target));
    assert_eq!((slow.unwrap().processed, quick.unwrap().processed), (19_999, 1));
}
