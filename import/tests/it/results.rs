use std::fs;
use std::ops::RangeInclusive;
use std::path::PathBuf;

use tempfile::TempDir;
use van_bulk::payload::{Action, ColumnName, MappingType, Payload};
use van_bulk_import::results::{ResultsError, RowStatus};
use van_bulk_import::{Outcome, Reconciliation};

use super::server::fixture_path;

const MAPPINGS: [&str; 4] = ["CreateOrUpdateContact", "Phones", "Phones", "ApplyExternalID"];
const HEADER: &str = "BulkUploadDataID,ULFileID,PrimaryKey,PrimaryKeyType,Phones_1,Email_2";

fn of_example(rows_sent: u64) -> Outcome {
    let mut reconciliation = Reconciliation::new(rows_sent, &MAPPINGS, &["ExternalId"]).unwrap();
    reconciliation.read(&fixture_path("result_workflow.csv")).unwrap();
    reconciliation.finish().unwrap()
}

/// Result files in a folder of their own.
struct Files {
    folder: TempDir,
}

impl Files {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn add(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, text).unwrap();
        path
    }

    fn rows(&self, name: &str, rows: &str) -> PathBuf {
        self.add(name, format!("{HEADER}\n{rows}"))
    }
}

fn begin(rows_sent: u64) -> Reconciliation {
    Reconciliation::new(rows_sent, &["Phones", "Email"], &[] as &[&str]).unwrap()
}

fn failure(text: impl AsRef<[u8]>) -> String {
    let files = Files::new();
    let path = files.add("r.csv", text);
    let mut reconciliation = begin(5);
    let error = reconciliation.read(&path).unwrap_err();
    assert!(matches!(reconciliation.finish(), Err(ResultsError::Incomplete(_))), "no account after {error}");
    error.to_string().replace(&path.display().to_string(), "r.csv")
}

#[test]
fn vans_own_example_is_accounted_for() {
    let outcome = of_example(3);
    assert_eq!(outcome.to_string(), "rows sent 3 = processed 1 + refused 2 + missing 0");
    assert_eq!(outcome.not_reported, ["CreateOrUpdateContact"]);
    let columns: Vec<(usize, &str, u64)> = outcome
        .mappings
        .iter()
        .map(|mapping| (mapping.position, mapping.columns[0].as_str(), mapping.processed()))
        .collect();
    assert_eq!(columns, [(1, "Phones_1834", 2), (2, "Phones_1835", 2), (3, "ApplyExternalID_1836", 3)]);
    assert_eq!(outcome.mappings[0].messages["Ignored to avoid overwriting best phone"], 1);
    assert_eq!(outcome.mappings[1].messages["Invalid phone number"], 1);
    let refused = &outcome.refused_rows[1];
    assert_eq!(
        (refused.row, refused.primary_key.as_str(), refused.primary_key_type.as_str()),
        (3, "85753", "VanID")
    );
    assert_eq!(refused.messages, [("Phones_1835".to_owned(), "Invalid phone number".to_owned())]);
}

#[test]
fn rows_that_did_not_come_back_are_missing() {
    let outcome = of_example(10);
    assert_eq!(outcome.to_string(), "rows sent 10 = processed 1 + refused 2 + missing 7");
    assert_eq!(outcome.missing_rows().collect::<Vec<_>>(), [4..=10]);
    assert!(!outcome.is_complete());
}

#[test]
fn the_account_can_begin_from_the_payload() {
    let mapping = |name: &'static str| MappingType { name: name.into(), ..MappingType::default() };
    let payload = Payload {
        actions: vec![Action {
            mapping_types: MAPPINGS.into_iter().map(mapping).collect(),
            columns_to_include_in_results_file: vec![ColumnName { name: "externalid".into() }],
            ..Action::default()
        }],
        ..Payload::default()
    };
    let mut reconciliation = Reconciliation::of_job(3, &payload).unwrap();
    reconciliation.read(&fixture_path("result_workflow.csv")).unwrap();
    assert_eq!(reconciliation.finish().unwrap().processed, 1);
}

#[test]
fn without_result_files_every_row_is_missing() {
    let outcome = begin(3).finish().unwrap();
    assert_eq!(outcome.to_string(), "rows sent 3 = processed 0 + refused 0 + missing 3");
    assert_eq!(outcome.not_reported, ["Phones", "Email"]);
    let outcome = begin(0).finish().unwrap();
    assert!(outcome.is_complete() && outcome.missing_rows().next().is_none());
}

#[test]
fn several_files_in_any_order_make_one_account() {
    let files = Files::new();
    let one = files.rows("1.csv", "6,9,1,VanID,Processed,Processed\n2,9,1,VanID,Processed,No\n");
    let two = files.rows("2.csv", "1,9,1,VanID,Processed,Processed\n9,9,1,VanID,,Processed\n");
    let mut reconciliation = begin(9);
    reconciliation.read(&one).unwrap();
    reconciliation.read(&two).unwrap();
    // A file that is read again changes nothing.
    reconciliation.read(&one).unwrap();
    let outcome = reconciliation.finish().unwrap();
    assert_eq!(outcome.to_string(), "rows sent 9 = processed 2 + refused 2 + missing 5");
    assert_eq!(outcome.repeated, 2);
    let missing: Vec<RangeInclusive<u64>> = outcome.missing_rows().collect();
    assert_eq!(missing, [3..=5, 7..=8]);
    assert_eq!(outcome.refused_row_numbers().collect::<Vec<_>>(), [2, 9]);
    assert_eq!(outcome.refused_rows.iter().map(|row| row.row).collect::<Vec<_>>(), [2, 9]);
    assert_eq!(outcome.row(6), Some(RowStatus::Processed));
    assert_eq!((outcome.row(0), outcome.row(10)), (None, None));
    assert_eq!(outcome.rows().count(), 9);
    assert_eq!(outcome.mappings[0].messages[""], 1);
    assert_eq!(outcome.mappings[1].messages["Processed"], 3);
}

#[test]
fn files_may_number_their_batches_differently() {
    let files = Files::new();
    let one = files.rows("1.csv", "1,9,1,VanID,Processed,Processed\n");
    let two =
        files.add("2.csv", format!("{}\n2,9,1,VanID,Processed,No\n", HEADER.replace("Phones_1", "Phones_7")));
    let mut reconciliation = begin(2);
    reconciliation.read(&one).unwrap();
    reconciliation.read(&two).unwrap();
    let outcome = reconciliation.finish().unwrap();
    assert_eq!(outcome.mappings[0].columns, ["Phones_1", "Phones_7"]);
    assert_eq!(outcome.mappings[0].processed(), 2);
}

#[test]
fn each_row_of_a_file_can_be_seen_with_its_primary_key() {
    let mut seen = Vec::new();
    let mut reconciliation = Reconciliation::new(3, &MAPPINGS, &["ExternalId"]).unwrap();
    reconciliation
        .read_with(&fixture_path("result_workflow.csv"), |row| {
            let messages: Vec<usize> = row.messages().map(|(column, _)| column.mapping).collect();
            seen.push((row.row, row.primary_key().to_owned(), row.file_id().to_owned(), messages));
        })
        .unwrap();
    assert_eq!(seen.len(), 3);
    assert_eq!(seen[1], (2, "31415".to_owned(), "6135".to_owned(), vec![1, 2, 3]));
}

#[test]
fn only_the_exact_word_processed_is_success() {
    for message in ["processed", "Processed ", "Processed.", "Not Processed", ""] {
        let files = Files::new();
        let path = files.rows("r.csv", &format!("1,9,1,VanID,Processed,{message}\n"));
        let mut reconciliation = begin(1);
        reconciliation.read(&path).unwrap();
        assert_eq!(reconciliation.finish().unwrap().refused, 1, "{message:?}");
    }
}

#[test]
fn a_byte_order_mark_quotes_and_other_line_ends_are_read() {
    let files = Files::new();
    let text = format!(
        "\u{feff}{HEADER}\r\n\"1\",9,1,VanID,\"Processed\",\"a, \"\"b\"\"\r\nc\"\r\n2,9,1,VanID,Processed,Processed"
    );
    let path = files.add("r.csv", text);
    let mut reconciliation = begin(2);
    reconciliation.read(&path).unwrap();
    let outcome = reconciliation.finish().unwrap();
    assert_eq!((outcome.processed, outcome.refused), (1, 1));
    assert_eq!(outcome.mappings[1].messages["a, \"b\"\r\nc"], 1);
}

#[test]
fn a_file_that_was_cut_off_is_refused_with_its_line() {
    let whole = format!("{HEADER}\n1,9,1,VanID,Processed,Processed\n2,9,1,VanID,");
    assert!(failure(&whole).starts_with("r.csv, line 3: row 2 has 5 cells, the header has 6"));
    assert!(
        failure(format!("{whole}Processed,Proc"))
            .starts_with("r.csv, line 3: the file was cut off before the end of a message")
    );
    assert!(
        failure(format!("{whole}Processed,"))
            .starts_with("r.csv, line 3: the file was cut off before the end of a message")
    );
    assert!(
        failure(format!("{whole}\"Processed"))
            .starts_with("r.csv, line 3: the quote opened in row 2 is never closed")
    );
    assert!(failure("BulkUploadDataID,ULFi").starts_with("r.csv, line 1: column 2 is `ULFi`"));
    assert!(failure("").starts_with("r.csv, line 1: the file is empty"));
}

#[test]
fn a_message_that_only_begins_like_processed_is_no_cut_when_the_line_ends() {
    let files = Files::new();
    let path = files.rows("r.csv", "1,9,1,VanID,Processed,Proc\n");
    let mut reconciliation = begin(1);
    reconciliation.read(&path).unwrap();
    assert_eq!(reconciliation.finish().unwrap().refused, 1);
}

#[test]
fn rows_that_were_not_sent_and_contradictions_are_refused() {
    for number in ["0", "6", "-1", "x", "", "99999999999999999999"] {
        let message = failure(format!("{HEADER}\n{number},9,1,VanID,Processed,Processed\n"));
        let start = format!("r.csv, line 2: BulkUploadDataID is `{number}`, not a row number from 1 to 5");
        assert!(message.starts_with(&start), "{message}");
    }
    let row = "3,9,1,VanID,Processed,";
    for second in ["No", "Neither"] {
        let message = failure(format!("{HEADER}\n{row}Nope\n{row}{second}\n"));
        assert!(
            message.starts_with("r.csv, line 3: row 3 was reported before with other messages"),
            "{message}"
        );
    }
}

#[test]
fn the_file_of_another_job_is_refused() {
    let header = HEADER.replace("Email_2", "ActivistCode_2");
    let message = failure(format!("{header}\n1,9,1,VanID,Processed,Processed\n"));
    assert!(
        message.contains("`ActivistCode_2` is neither requested nor named after a mapping of the job"),
        "{message}"
    );
    assert!(message.contains("is this the file of another job?"), "{message}");
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let mut reconciliation = begin(1);
    let error = reconciliation.read("no/such/file.csv".as_ref()).unwrap_err();
    assert!(error.to_string().starts_with("could not open the result file no/such/file.csv"), "{error}");
    assert!(reconciliation.finish().is_err());
}
