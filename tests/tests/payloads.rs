//! The payloads that the typed builders write.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use std::path::{Path, PathBuf};

use van_bulk::payload::Payload;
use van_bulk::{Header, Job, static_value};
use van_bulk_mappings::activist_code::{ActivistCode, activist_code_id, contact_type_id};
use van_bulk_mappings::create_or_update_contact::CreateOrUpdateContact;
use van_bulk_mappings::suppressions::Suppressions;
use van_bulk_schema::{Snapshot, by_name, rules};

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn sample() -> Snapshot {
    Snapshot::load(&repository().join("snapshots/sample")).unwrap().0
}

fn attested() -> Snapshot {
    Snapshot::load(&repository().join("tests/golden/activist_code/snapshot")).unwrap().0
}

/// Reads what another client sends; booleans are normalised by reading.
fn fixture(name: &str) -> Payload {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name);
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn the_builders_write_what_another_client_means_by_column_names_for_activist_codes() {
    let header = Header::new(["Vanid", "ActivistCodeID"]).unwrap();
    let code =
        golden_activist_code::activist_code::ActivistCode::new(header.column("ActivistCodeID").unwrap());
    let job = Job::<golden_activist_code::resource::ContactsActivistCodes, _>::with_header(
        "Activist codes of a spreadsheet",
        &header,
    )
    .apply(code)
    .finish()
    .unwrap();
    let ours = job.payload("codes.csv", "https://uploads.example.org/codes.zip");

    let theirs = fixture("client_job_activist_codes.json");
    assert_ne!(ours, theirs, "ours spells the mapping out");
    assert_eq!(ours, by_name::expand(&attested().schema, &theirs));
}

#[test]
fn the_builders_write_what_another_client_means_by_column_names_for_suppressions() {
    let header = Header::new(["Vanid", "suppressionid"]).unwrap();
    let job = Job::<van_bulk_mappings::resource::Contacts, _>::with_header(
        "Suppressions of a spreadsheet",
        &header,
    )
    .apply(Suppressions::new(header.column("SuppressionID").unwrap()))
    .finish()
    .unwrap();
    let ours = job.payload("suppressions.csv", "https://uploads.example.org/suppressions.zip");

    let theirs = fixture("client_job_suppressions.json");
    assert_eq!(ours, by_name::expand(&sample().schema, &theirs));
}

#[test]
fn a_payload_is_sent_with_real_booleans_and_explicit_fields_and_reads_back_the_same() {
    let header = Header::new(["VanID", "When"]).unwrap();
    let job = Job::<van_bulk_mappings::resource::Contacts, _>::with_header("Codes", &header)
        .apply(
            ActivistCode::new(activist_code_id::HarborCleanupHost)
                .canvassed_by(static_value("1001"))
                .date_canvassed(header.column("When").unwrap())
                .contact_type_id(contact_type_id::Event),
        )
        .include_in_results_file(header.column("VanID").unwrap())
        .finish()
        .unwrap();
    let payload = job.payload("codes.csv", "https://uploads.example.org/codes.zip");
    let json = serde_json::to_value(&payload).unwrap();
    assert_eq!(
        json,
        serde_json::json!({
            "description": "Codes",
            "file": {
                "fileName": "codes.csv",
                "columnDelimiter": "csv",
                "columns": [{ "name": "VanID" }, { "name": "When" }],
                "hasHeader": true,
                "hasQuotes": true,
                "sourceUrl": "https://uploads.example.org/codes.zip"
            },
            "actions": [{
                "actionType": "loadMappedFile",
                "resourceType": "Contacts",
                "resultFileSizeKbLimit": 5000,
                "mappingTypes": [{
                    "name": "ActivistCode",
                    "fieldValueMappings": [
                        { "fieldName": "ActivistCodeID", "staticValue": "4102" },
                        { "fieldName": "CanvassedBy", "staticValue": "1001" },
                        { "fieldName": "DateCanvassed", "columnName": "When" },
                        { "fieldName": "ContactTypeID", "staticValue": "5" }
                    ]
                }],
                "columnsToIncludeInResultsFile": [{ "name": "VanID" }]
            }]
        })
    );
    assert_eq!(serde_json::from_value::<Payload>(json).unwrap(), payload);
}

#[test]
fn what_the_builders_write_keeps_every_rule() {
    let header = Header::new(["VanID", "When"]).unwrap();
    let job = Job::<van_bulk_mappings::resource::Contacts, _>::with_header("Codes", &header)
        .apply(
            ActivistCode::new(activist_code_id::HarborCleanupHost)
                .canvassed_by(static_value("1001"))
                .date_canvassed(header.column("When").unwrap()),
        )
        .finish()
        .unwrap();
    let payload = job.payload("codes.csv", "https://uploads.example.org/codes.zip");
    assert_eq!(rules::check(&sample().schema, &payload), []);
}

#[test]
fn every_problem_of_a_job_is_told_at_once() {
    let header = Header::new(["Code"]).unwrap();
    let other_file = Header::new(["ActivistCode"]).unwrap();
    let error = Job::<van_bulk_mappings::resource::Contacts, _>::with_header("<b>", &header)
        .apply(ActivistCode::new(other_file.column("ActivistCode").unwrap()).canvassed_by(static_value(" ")))
        .apply(CreateOrUpdateContact::new())
        .result_file_size_kb(1)
        .finish()
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "the job cannot be sent\n  \
         - the description has `<`, which VAN refuses as markup: leave it out\n  \
         - the result file size is 1 KB, but VAN takes 5000 to 100000 KB\n  \
         - the mapping `CreateOrUpdateContact` fills no field, and VAN would fill its fields from any columns that have \
         their names: call at least one of its methods\n  \
         - the field `CanvassedBy` of `ActivistCode` has a blank static value: give it a value, or leave the field out\n  \
         - the field `ActivistCodeID` of `ActivistCode` uses the column `ActivistCode`, which is not in this job's file: \
         take columns from the header that the job was made with"
    );
}

#[test]
fn what_other_clients_really_sent_can_be_read_and_keeps_every_rule() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/sent");
    let mut read = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let payload: Payload = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        assert_eq!(rules::check(&sample().schema, &payload), [], "{}", path.display());
        read += 1;
    }
    assert_eq!(read, 8);
}
