//! Which rows are left out, and what is said about the others.

use serde_json::json;
use van_bulk_emulator::Config;

use crate::support::{World, config, job, zipped};

/// Runs a job over rows, of which the first must be good, and returns why each of the others was left out, or "".
async fn reasons(world: &World, name: &str, columns: usize, rows: &[&str]) -> Vec<String> {
    let header = vec!["h"; columns].join(",");
    let id = world.submit(name, &format!("{header}\n{}\n", rows.join("\n"))).await;
    let done = world.wait(id).await;
    let report = world.emulator.job(id).unwrap();
    assert_eq!(report.rows as usize, rows.len(), "{done}");
    let results = world.results(&done).await;
    (1..=report.rows)
        .skip(1)
        .map(|number| {
            let left_out = report.left_out.iter().find(|left_out| left_out.row == number);
            let is_in_results = results[1..].iter().any(|row| row[0] == number.to_string());
            assert_ne!(left_out.is_some(), is_in_results, "row {number}");
            left_out.map(|left_out| left_out.reason.clone()).unwrap_or_default()
        })
        .collect()
}

#[tokio::test]
async fn a_row_with_too_few_or_too_many_fields_is_left_out() {
    let world = World::new().await;
    let reasons = reasons(&world, "activist_codes_by_name", 2, &["1,101", "1", "1,101,x"]).await;
    assert_eq!(reasons, ["it has 1 cell for 2 columns", "it has 3 cells for 2 columns"]);
}

#[tokio::test]
async fn a_row_with_a_blank_required_cell_is_left_out() {
    let world = World::new().await;
    let reasons = reasons(&world, "activist_codes_by_name", 2, &["1,101", "1,", "1,\"  \""]).await;
    assert_eq!(reasons, ["the required field ActivistCode.ActivistCodeID is blank"; 2]);
}

#[tokio::test]
async fn a_cell_gives_a_predefined_value_by_id_or_by_unique_name() {
    let world = World::new().await;
    let rows = ["1,101", "2,yard sign", "3,Twice", "4,103", "5,Nothing"];
    let reasons = reasons(&world, "activist_codes_by_name", 2, &rows).await;
    let refused = "the value of ActivistCode.ActivistCodeID is none of its predefined values";
    assert_eq!(reasons, ["", refused, "", refused]);
    assert_eq!(world.emulator.contacts()[1].applied[0].fields["ActivistCodeID"], "102");
}

#[tokio::test]
async fn a_translated_column_takes_only_what_is_translated() {
    let world = World::new().await;
    let reasons = reasons(&world, "activist_codes_translated", 2, &["1,v", "2, y ", "3,101", "4,"]).await;
    assert_eq!(
        reasons,
        [
            "",
            "the value of ActivistCode.ActivistCodeID is none that the job translates",
            "the required field ActivistCode.ActivistCodeID is blank"
        ]
    );
    assert_eq!(world.emulator.contacts()[1].applied[0].fields["ActivistCodeID"], "102");
}

#[tokio::test]
async fn a_child_needs_its_parent_in_the_same_row() {
    let world = World::new().await;
    let reasons = reasons(&world, "badges", 7, &["1,1,,,,,", "1,1,,,,Ada,high", "1,1,,,,,high"]).await;
    assert_eq!(reasons, ["", "Badge.SponsorLevel is given, but Badge.Sponsor is blank"]);
}

#[tokio::test]
async fn a_child_is_allowed_only_where_its_parent_has_the_right_value() {
    let world = World::new().await;
    let rows = ["1,1,,,,,", "1,2,7,Text,,,", "1,Gold,7,Text,,,", "1,1,,Text,,,"];
    let reasons = reasons(&world, "badges", 7, &rows).await;
    assert_eq!(reasons, ["", "", "the value of Badge.BadgeTypeID does not allow Badge.Engraving"]);
}

#[tokio::test]
async fn a_value_is_allowed_only_where_its_parent_has_the_right_value() {
    let world = World::new().await;
    let reasons = reasons(&world, "badges", 7, &["1,1,,,G,,", "1,2,7,,R,,", "1,2,7,,G,,"]).await;
    assert_eq!(reasons, ["", "the value of Badge.BadgeTypeID does not allow Badge.ColorID"]);
}

#[tokio::test]
async fn a_field_required_for_some_parent_values_is_demanded_only_in_rows_that_have_them() {
    let world = World::new().await;
    let reasons = reasons(&world, "badges", 7, &["1,1,,,,,", "1,2,7,,,,", "1,2,,,,,"]).await;
    assert_eq!(reasons, ["", "the required field Badge.BadgeNumber is blank"]);
}

#[tokio::test]
async fn a_static_child_of_a_blank_parent_is_no_reason_to_leave_a_row_out() {
    let world = World::new().await;
    let mut job = job("badges");
    let fields = job["actions"][0]["mappingTypes"][0]["fieldValueMappings"].as_array_mut().unwrap();
    fields[5] = json!({"fieldName": "SponsorLevel", "staticValue": "high"});
    let id = world.submit_zip(job, &zipped("upload.csv", b"h,h,h,h,h,h,h\n1,1,,,,,\n2,1,,,,Ada,\n")).await;
    assert_eq!(world.wait(id).await["status"], "Completed");
    let contacts = world.emulator.contacts();
    assert!(!contacts[0].applied[0].fields.contains_key("SponsorLevel"));
    assert_eq!(contacts[1].applied[0].fields["SponsorLevel"], "high");
}

#[tokio::test]
async fn a_row_that_has_one_type_twice_is_left_out() {
    let world = World::with(Config { seed_contacts: Vec::new(), ..config() }).await;
    let mut job = job("contacts");
    job["file"]["columns"].as_array_mut().unwrap().push(json!({"name": "Kind"}));
    job["actions"][0]["mappingTypes"][2]["fieldValueMappings"][1] =
        json!({"fieldName": "PhoneTypeID", "columnName": "Kind"});
    let row = |kind| format!("Ada,Lovelace,ada@example.org,2025550100,2025550101,x1,{kind}");
    let text = format!("h,h,h,h,h,h,h\n{}\n{}\n", row("Work"), row("Home"));
    let id = world.submit_zip(job, &zipped("upload.csv", text.as_bytes())).await;
    assert_eq!(world.wait(id).await["status"], "CompletedWithErrors");
    let left_out = world.emulator.job(id).unwrap().left_out;
    assert_eq!(left_out.len(), 1);
    assert_eq!(left_out[0].row, 2);
    assert_eq!(
        left_out[0].reason,
        "an earlier mapping has the same Phones.PhoneTypeID in this row, and VAN allows only one"
    );
}

#[tokio::test]
async fn a_row_for_a_contact_that_does_not_exist_is_left_out() {
    let world = World::new().await;
    let rows = ["1,101", "77,101", "x,101", ",101"];
    let reasons = reasons(&world, "activist_codes_by_name", 2, &rows).await;
    assert_eq!(
        reasons,
        [
            "there is no contact of this VanID",
            "`Vanid` is not a whole number",
            "`Vanid` is blank, so nothing says which record the row is about"
        ]
    );
}

#[tokio::test]
async fn a_row_that_is_left_out_changes_nothing() {
    let world = World::with(Config { seed_contacts: Vec::new(), ..config() }).await;
    let text = "h,h,h,h,h,h\nAda,Lovelace,ada@example.org,2025550100,2025550101,x1\nBob,B,b@example.org,2025550100,2025550101,\n";
    let done = world.run("contacts", text).await;
    assert_eq!(done["status"], "CompletedWithErrors");
    assert_eq!(world.emulator.contacts().len(), 1);
}

#[tokio::test]
async fn a_blank_cell_for_a_required_field_of_one_mapping_leaves_out_the_whole_row() {
    let world = World::with(Config { seed_contacts: Vec::new(), ..config() }).await;
    // Of the five mappings of Bob's row, only the last lacks something: the external id.
    let good = "Ada,Lovelace,ada@example.org,2025550100,2025550101,x1";
    let blank = "Bob,Builder,bob@example.org,2025550102,2025550103,";
    let reasons = reasons(&world, "contacts", 6, &[good, blank]).await;
    assert_eq!(reasons, ["the required field ApplyExternalID.ExternalID is blank"]);
    let [ada] = world.emulator.contacts().try_into().unwrap();
    assert_eq!(ada.fields["FirstName"], "Ada");
}

#[tokio::test]
async fn refused_mappings_are_told_in_the_results_and_the_job_is_complete_all_the_same() {
    let world = World::new().await;
    let text = "h,h,h,h,h,h\n\
        Ada,Lovelace,ada@example.org,202-555-0100,202-555-0101,x1\n\
        Ada,Lovelace,ADA@example.org,202-555-0199,(202) 555 0101,x2\n\
        Bob,Builder,not an address,123,2025550102,x3\n";
    let done = world.run("contacts", text).await;
    assert_eq!(done["status"], "Completed");
    let messages: Vec<Vec<String>> =
        world.results(&done).await[1..].iter().map(|row| row[5..].to_vec()).collect();
    let ok = "Processed";
    assert_eq!(
        messages,
        [
            [ok, ok, ok, ok, ok],
            [ok, "Ignored to avoid overwriting best phone", ok, ok, ok],
            [ok, "Invalid phone number", ok, "Invalid email address", ok],
        ]
    );
    let bob = world.emulator.contacts().pop().unwrap();
    let applied: Vec<&str> = bob.applied.iter().map(|applied| applied.mapping_type.as_str()).collect();
    assert_eq!(applied, ["CreateOrUpdateContact", "Phones", "ApplyExternalID"]);
}
