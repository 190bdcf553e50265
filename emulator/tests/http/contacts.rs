//! The records that jobs find, make and change.

use serde_json::json;
use van_bulk_emulator::{Config, Contact};

use crate::support::{World, config, job, zipped};

#[tokio::test]
async fn a_contact_is_made_once_and_matched_by_name_and_email() {
    let world = World::with(Config { seed_contacts: Vec::new(), ..config() }).await;
    let text = "h,h,h,h,h,h\n\
        Ada,Lovelace,ada@example.org,2025550100,2025550101,x1\n\
        ADA,lovelace,Ada@Example.org,2025550100,2025550101,x2\n\
        Ada,Lovelace,other@example.org,2025550100,2025550101,x3\n";
    let done = world.run("contacts", text).await;
    let keys: Vec<String> = world.results(&done).await[1..].iter().map(|row| row[2].clone()).collect();
    assert_eq!(keys, ["100000001", "100000001", "100000002"]);
    let contacts = world.emulator.contacts();
    assert_eq!(contacts.len(), 2);
    assert_eq!(contacts[0].phones["H"], "2025550100");
    assert_eq!(contacts[0].fields["FirstName"], "ADA");
    assert_eq!(contacts[0].applied.len(), 10);
}

#[tokio::test]
async fn a_seeded_contact_is_matched() {
    let ada = Contact::new(200_000_000)
        .with("FirstName", "Ada")
        .with("LastName", "Lovelace")
        .with("Email", "ada@example.org");
    let world = World::with(Config { seed_contacts: vec![ada], ..config() }).await;
    let text = "h,h,h,h,h,h\n\
        Ada,Lovelace,ada@example.org,2025550100,2025550101,x1\n\
        Bob,Builder,bob@example.org,2025550100,2025550101,x1\n";
    let done = world.run("contacts", text).await;
    let results = world.results(&done).await;
    assert_eq!([&results[1][2], &results[2][2]], ["200000000", "200000001"]);
}

#[tokio::test]
async fn a_contact_is_updated_by_van_id_and_blank_cells_delete_nothing() {
    let seed = vec![Contact::new(5).with("City", "Springfield")];
    let world = World::with(Config { seed_contacts: seed, ..config() }).await;
    let done = world.run("update_by_van_id", "h,h\n5,\n77,Nowhere\n").await;
    assert_eq!(done["status"], "CompletedWithErrors");
    assert_eq!(world.emulator.contacts()[0].fields["City"], "Springfield");
    world.run("update_by_van_id", "h,h\n5,Shelbyville\n").await;
    assert_eq!(world.emulator.contacts(), {
        let mut contact = Contact::new(5).with("City", "Shelbyville");
        contact.applied = world.emulator.contacts()[0].applied.clone();
        [contact]
    });
}

#[tokio::test]
async fn a_contact_whose_email_changed_is_no_longer_matched_by_the_old_one() {
    let world = World::with(Config { seed_contacts: Vec::new(), ..config() }).await;
    let row = |email: &str| format!("h,h,h,h,h,h\nAda,Lovelace,{email},2025550100,2025550101,x1\n");
    world.run("contacts", &row("old@example.org")).await;
    let mut change = job("update_by_van_id");
    change["file"]["columns"][1]["name"] = json!("Email");
    let id = world.submit_zip(change, &zipped("upload.csv", b"h,h\n100000001,new@example.org\n")).await;
    assert_eq!(world.wait(id).await["status"], "Completed");
    world.run("contacts", &row("new@example.org")).await;
    assert_eq!(world.emulator.contacts().len(), 1);
    world.run("contacts", &row("old@example.org")).await;
    assert_eq!(world.emulator.contacts().len(), 2);
}

#[tokio::test]
async fn contributions_are_found_by_their_id() {
    let world = World::new().await;
    let done = world.run("gifts", "h,h\n42,10.00\n").await;
    let results = world.results(&done).await;
    assert_eq!(results[1][2..4], ["42", "ContributionID"]);
    let records = world.emulator.records("Contributions");
    assert_eq!(records[0].applied[0].fields["Amount"], "10.00");
}

#[tokio::test]
async fn rows_of_other_resource_types_get_ids() {
    let world = World::new().await;
    let done = world.run("labels", "h\nOne\nTwo\n").await;
    let results = world.results(&done).await;
    assert_eq!(results[1][2..4], ["5001", "ActivistCodesID"]);
    assert_eq!(results[2][2], "5002");
}
