//! The sources of rows: they differ in where rows come from, not in what is packed.

use std::fs;
use std::num::NonZero;
use std::path::Path;

use futures_util::{StreamExt as _, stream};
use serde::Serialize;
use van_bulk::Row;
use van_bulk_import::rows::{MIN_PART_BYTES, Packed, Packing, RowsError};

use super::support::{all_parts, leave_out, names, only_part, packing, text, zips};

#[derive(Debug, Clone, Row, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Signup {
    given_name: String,
    email: Option<String>,
    number: u32,
}

fn signups() -> impl Iterator<Item = Signup> {
    (0..16_000_u32).map(|number| Signup {
        given_name: match number % 5 {
            0 => format!("Zoë \"Z\" {number}"),
            1 => String::new(),
            2 => "two\r\nlines, \u{2028}".to_owned(),
            3 if number % 499 == 0 => "NUL \0".to_owned(),
            _ => format!("Name {}", number * 7_919 % 1_000),
        },
        email: (number % 3 != 0).then(|| format!("{:x}@example.org", number.wrapping_mul(2_654_435_761))),
        number,
    })
}

fn begin(folder: &Path) -> Packing<'static> {
    let packing = packing(folder, Signup::COLUMNS).policy(leave_out(folder));
    packing.part_bytes(MIN_PART_BYTES).threads(NonZero::new(2).unwrap())
}

/// The bytes of all files.
fn files(packed: &Packed) -> Vec<Vec<u8>> {
    let mut files = zips(packed);
    files.push(fs::read(packed.rejected.as_ref().unwrap()).unwrap());
    files
}

#[tokio::test]
async fn rows_records_streams_and_rows_one_by_one_give_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let rows = begin(folder.path()).rows(signups()).unwrap();
    let expected = files(&rows);
    assert!(expected.len() > 2 && rows.summary.rejected > 5);

    assert!(files(&begin(folder.path()).records(signups()).unwrap()) == expected, "records");
    assert!(
        files(&begin(folder.path()).stream(stream::iter(signups())).await.unwrap()) == expected,
        "stream"
    );
    // A stream that hands out few rows at a time.
    let slow = stream::iter(signups()).then(|row| async move {
        if row.number % 100 == 0 {
            tokio::task::yield_now().await;
        }
        row
    });
    assert!(files(&begin(folder.path()).stream(slow).await.unwrap()) == expected, "slow stream");

    let mut packer = begin(folder.path()).start().unwrap();
    for row in signups() {
        packer.write([row.given_name, row.email.unwrap_or_default(), row.number.to_string()]).unwrap();
    }
    assert!(files(&packer.finish().unwrap()) == expected, "one by one");

    let mut writer = csv::WriterBuilder::new().from_writer(Vec::new());
    signups().for_each(|row| writer.serialize(row).unwrap());
    let csv = begin(folder.path()).csv(text(writer.into_inner().unwrap())).unwrap();
    let without_headers = |packed| {
        let text = String::from_utf8(all_parts(packed)).unwrap();
        text.replace("\"GivenName\",\"Email\",\"Number\"\r\n", "")
    };
    assert!(without_headers(&csv) == without_headers(&rows), "a CSV has the same rows");
    assert_eq!((csv.summary.rows, csv.summary.rejected), (rows.summary.rows, rows.summary.rejected));
}

#[test]
fn columns_of_another_order_or_name_are_explained_before_a_row_is_packed() {
    let folder = tempfile::tempdir().unwrap();
    let pack = |columns: &[&str]| {
        let rows = packing(folder.path(), columns).rows(signups()).unwrap_err();
        assert!(matches!(rows, RowsError::RowType { row: 1, .. }), "{rows}");
        let records = packing(folder.path(), columns).records(signups()).unwrap_err();
        assert!(matches!(records, RowsError::Header { .. }), "{records}");
        assert_eq!(names(folder.path()), [""; 0]);
        [rows.to_string(), records.to_string()]
    };
    for message in pack(&["Email", "GivenName", "Number"]) {
        assert!(message.contains("the names are the same but not their order"), "{message}");
    }
    for message in pack(&["GivenName", "EMail", "Number"]) {
        assert!(message.contains("perhaps `Email` is meant to be `EMail`"), "{message}");
    }
}

#[test]
fn records_that_are_no_rows_are_refused_with_their_number() {
    #[derive(Serialize)]
    struct Nested {
        names: Vec<Vec<String>>,
    }
    let folder = tempfile::tempdir().unwrap();
    let refused = |error: RowsError| {
        assert_eq!(names(folder.path()), [""; 0]);
        assert!(error.to_string().contains("give records that are structs of plain values"), "{error}");
        match error {
            RowsError::Record { record, .. } => record,
            other => panic!("{other}"),
        }
    };
    let nested = [Nested { names: vec![vec!["x".to_owned()]] }];
    assert_eq!(refused(packing(folder.path(), &["names"]).records(nested).unwrap_err()), 1);
    assert_eq!(refused(packing(folder.path(), &["A", "B"]).records([("x", "y")]).unwrap_err()), 1);
}

#[test]
fn a_record_of_one_blank_cell_is_a_row() {
    #[derive(Serialize)]
    #[serde(rename_all = "PascalCase")]
    struct Name {
        name: &'static str,
    }
    let folder = tempfile::tempdir().unwrap();
    let packed = packing(folder.path(), &["Name"]).records([Name { name: "" }, Name { name: "\n" }]).unwrap();
    assert_eq!(only_part(&packed), "\"Name\"\r\n\"\"\r\n\"\n\"\r\n");
}

#[tokio::test]
async fn a_stream_that_is_refused_ends_early_and_tells_why() {
    let folder = tempfile::tempdir().unwrap();
    let endless = stream::iter((0..).map(|number| Signup { given_name: String::new(), email: None, number }));
    let error = packing(folder.path(), &["A"]).stream(endless).await.unwrap_err();
    assert!(matches!(error, RowsError::RowType { row: 1, .. }), "{error}");
    assert_eq!(names(folder.path()), [""; 0]);
}

#[test]
fn a_stream_that_is_abandoned_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        // The rows come in, and then nothing more, as when a database hangs.
        let rows = stream::iter(signups()).chain(stream::pending());
        let mut packing = Box::pin(begin(folder.path()).stream(rows));
        let is_writing = || names(folder.path()).len() > 1;
        while !is_writing() {
            tokio::select! {
                biased;
                ended = &mut packing => panic!("{ended:?}"),
                () = tokio::task::yield_now() => {}
            }
        }
    });
    // Waits for the thread on which rows were packed.
    drop(runtime);
    assert_eq!(names(folder.path()), [""; 0]);
}
