//! Imports that are stopped while they pack.

use std::fs;
use std::sync::mpsc;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde::Serialize;
use tokio::sync::Notify;
use van_bulk::Row;
use van_bulk_emulator::Config;
use van_bulk_import::import::{Import, ImportRows};

use crate::support::{World, contacts};

#[derive(Row, Serialize)]
struct Signup {
    #[row(column = "FirstName")]
    #[serde(rename = "FirstName")]
    first: String,
    #[row(column = "LastName")]
    #[serde(rename = "LastName")]
    last: String,
    #[row(column = "Email")]
    #[serde(rename = "Email")]
    email: String,
    #[row(column = "HomePhone")]
    #[serde(rename = "HomePhone")]
    phone: String,
}

fn signup(number: u32) -> Signup {
    Signup {
        first: "Ada".to_owned(),
        last: "Abara".to_owned(),
        email: format!("ada{number}@example.org"),
        phone: "413-555-0100".to_owned(),
    }
}

/// Drops an import in the middle of its rows, and looks for zips once nobody packs any more.
async fn drop_in_the_middle<F: FnOnce(Box<dyn Iterator<Item = Signup> + Send>) -> ImportRows>(rows: F) {
    let world = World::new(Config::default()).await;
    let (go_on, wait) = mpsc::channel::<()>();
    let (wait, reached) = (Mutex::new(wait), Arc::new(Notify::new()));
    let tell = Arc::clone(&reached);
    // It is dropped with the iterator, when packing has ended.
    let ended = Arc::new(());
    let held = Arc::clone(&ended);
    let signups = (1..=100).map(move |number| {
        let _held = &held;
        if number == 50 {
            tell.notify_one();
            wait.lock().unwrap().recv().unwrap();
        }
        signup(number)
    });
    let import = Import::new(contacts(), rows(Box::new(signups))).ledger(&world.ledger);
    tokio::select! {
        () = reached.notified() => {}
        result = import.run(&world.client, &world.target) => panic!("{result:?}"),
    }
    go_on.send(()).unwrap();
    let until = Instant::now() + Duration::from_secs(20);
    while Arc::strong_count(&ended) > 1 {
        assert!(Instant::now() < until, "it still packs");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let id = world.ledger.imports().unwrap()[0].id;
    let parts = world.ledger.folder_of(id).join("parts");
    let left =
        || -> Vec<_> { fs::read_dir(&parts).unwrap().map(|entry| entry.unwrap().file_name()).collect() };
    // The rows are let go of a moment before what was made of them is removed.
    while !left().is_empty() && Instant::now() < until {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(left().is_empty(), "{:?}", left());
}

#[tokio::test]
async fn of_typed_rows_no_zip_is_left_when_the_import_is_dropped() {
    drop_in_the_middle(ImportRows::typed).await;
}

#[tokio::test]
async fn of_records_no_zip_is_left_when_the_import_is_dropped() {
    drop_in_the_middle(ImportRows::records).await;
}
