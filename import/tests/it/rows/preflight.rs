//! What a pre-flight tells, and where it says that it is.

use std::fs;
use std::path::Path;

use van_bulk_import::delimited::Input;
use van_bulk_import::rows::{Finding, Preflight, RowsError};
use van_bulk_schema::Snapshot;
use van_bulk_schema::dynamic::JobBuilder;

use super::support::{Rng, findings, found_at, names, packing, preflight, text};

/// Checks a file, and that each bad row is where its findings say. Bad rows begin with `bad` and their row number.
fn check_places(path: &Path, expected_rows: &[u64]) {
    let found = findings(&preflight(&["A", "B"]), Input::open(path).unwrap());
    assert_eq!(found.iter().map(|finding| finding.place.row).collect::<Vec<_>>(), expected_rows);
    let whole = fs::read(path).unwrap();
    let (mut passed, mut line) = (0, 1);
    for Finding { place, .. } in &found {
        let offset = place.offset.unwrap();
        let at = usize::try_from(offset).unwrap();
        line += whole[passed..at].iter().filter(|byte| **byte == b'\n').count() as u64;
        passed = at;
        let begin = format!("bad{},", place.row);
        assert!(
            whole[at..].starts_with(begin.as_bytes()),
            "{begin} is not at {offset}: {}",
            whole[at..].iter().take(20).copied().collect::<Vec<_>>().escape_ascii()
        );
        assert_eq!(place.line, Some(line), "{begin}");
    }
}

#[test]
fn findings_say_the_row_the_line_and_the_byte_at_which_it_begins() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("in.csv");
    fs::write(&path, "\u{feff}A,B\r\n\r\n1,\"two\r\nlines\"\r\n\n\nbad2,\"x\ny\",3\r\n\r\n4,5\nbad4,\0")
        .unwrap();
    let found = findings(&preflight(&["A", "B"]), Input::open(&path).unwrap());
    let places: Vec<_> =
        found.iter().map(|finding| (finding.place.row, finding.place.line, finding.place.offset)).collect();
    assert_eq!(places, [(2, Some(7), Some(28)), (4, Some(11), Some(48))]);
    for (_, line, offset) in places {
        let (found_line, bytes) = found_at(&path, offset.unwrap(), 3);
        assert_eq!((Some(found_line), bytes.as_slice()), (line, &b"bad"[..]));
    }
    check_places(&path, &[2, 4]);
    assert_eq!(found[0].to_string().split(':').next(), Some("row 2 (line 7)"));
}

#[test]
fn places_are_right_across_many_blocks_of_any_text() {
    for (seed, line_end, mark) in [(1, "\n", ""), (2, "\r\n", "\u{feff}")] {
        let mut rng = Rng(seed);
        let mut file = format!("{mark}A,B{line_end}").into_bytes();
        let mut bad_rows = Vec::new();
        let mut row = 0;
        while file.len() < 3_500_000 {
            row += 1;
            let good: [&[u8]; 4] =
                [b"1,two", b"\"1\n\n2\",\"a \"\"quoted\"\" word\r\n\"", "日本,é".as_bytes(), b"\"\",\"\""];
            if rng.one_in(500) {
                bad_rows.push(row);
                let rest: [&[u8]; 4] = [b"x,y", b"\"two\nlines\",", b"caf\xe9", b"\"\0\""];
                file.extend_from_slice(format!("bad{row},").as_bytes());
                file.extend_from_slice(rng.pick(&rest));
            } else {
                file.extend_from_slice(rng.pick(&good));
                if rng.one_in(3) {
                    let length = rng.below(400);
                    let unquoted = file.last() != Some(&b'"');
                    file.extend_from_slice(
                        if unquoted { rng.noise(length) } else { String::new() }.as_bytes(),
                    );
                }
            }
            for _ in 0..if rng.one_in(20) { 3 } else { 1 } {
                file.extend_from_slice(line_end.as_bytes());
            }
        }
        assert!(bad_rows.len() > 50, "seed {seed}: {} bad rows", bad_rows.len());
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("in.csv");
        fs::write(&path, file).unwrap();
        check_places(&path, &bad_rows);
    }
}

#[test]
fn a_row_that_is_not_utf_8_names_its_column_and_shows_its_cell() {
    let found = findings(
        &preflight(&["A", "B"]),
        text(&b"A,B\n1,\"caf\xe9, \"\"x\"\"\"\n\xff\xfe,\xff\n\xe9\n1,2,\xe9\n"[..]),
    );
    let told: Vec<_> = found
        .iter()
        .map(|finding| (finding.problem.column.as_deref(), finding.problem.value.as_deref()))
        .collect();
    assert_eq!(
        told,
        [
            (Some("B"), Some("caf\u{fffd}, \"x\"")),
            (Some("A"), Some("\u{fffd}\u{fffd}")),
            (Some("A"), Some("\u{fffd}")),
            (None, None)
        ]
    );
    assert!(found.iter().all(|finding| finding.problem.code == "row::not-utf-8"));
    assert_eq!(found[3].problem.message, "it is not UTF-8 text");
}

#[test]
fn a_nul_is_told_of_each_cell_that_holds_one() {
    let found = findings(&preflight(&["A", "B"]), text("A,B\n\0,x\0y\n1,2\n"));
    let told: Vec<_> = found.iter().map(|finding| finding.problem.column.as_deref()).collect();
    assert_eq!(told, [Some("A"), Some("B")]);
    assert_eq!(found[1].problem.message, "the column `B` holds a NUL character");
    // What is shown of a cell can be printed.
    assert!(!found[1].problem.value.as_ref().unwrap().contains('\0'));
}

#[test]
fn a_summary_groups_findings_by_code_and_column_with_the_first_of_each() {
    let file = text("A,B\n1\n\0,\0\n2\n\0,3\n4,5\n");
    let summary = preflight(&["A", "B"]).check(file, |_| {}).unwrap();
    assert_eq!((summary.rows, summary.accepted, summary.rejected, summary.findings()), (5, 1, 4, 5));
    let groups: Vec<_> = summary
        .groups
        .iter()
        .map(|group| {
            (
                group.findings,
                group.first.place.row,
                group.first.problem.code,
                group.first.problem.column.as_deref(),
            )
        })
        .collect();
    assert_eq!(
        groups,
        [(2, 1, "row::cell-count", None), (2, 2, "row::nul", Some("A")), (1, 2, "row::nul", Some("B"))]
    );
    assert!(
        summary.to_string().starts_with(
            "4 of 5 rows cannot be imported\n  - 2 x row::cell-count, first in row 1 (line 2): "
        )
    );
    let good = preflight(&["A", "B"]).check(text("A,B\n1,2\n"), |_| {}).unwrap();
    assert_eq!(good.to_string(), "all 1 rows can be imported");
}

#[test]
fn a_check_of_a_file_without_rows_is_an_error() {
    for file in ["A,B", "A,B\r\n\r\n"] {
        let error = preflight(&["A", "B"]).check(text(file), |_| {}).unwrap_err();
        assert!(matches!(error, RowsError::NoRows(_)), "{error}");
    }
}

fn phones() -> Preflight {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../snapshots/sample");
    let (snapshot, _) = Snapshot::load(&folder).unwrap();
    let mut job =
        JobBuilder::new(&snapshot.schema, "Contacts", "Phones", &["VanID", "Phone", "Type"]).unwrap();
    job.mapping("Phones").unwrap().column("Phone", "Phone").unwrap().column("PhoneTypeID", "Type").unwrap();
    let payload = job.finish("phones.csv", "https://uploads.example.org/phones.zip").unwrap();
    Preflight::for_payload(&snapshot.schema, &payload).unwrap()
}

#[test]
fn rows_are_judged_by_the_rules_of_their_job() {
    let found =
        findings(&phones(), text("VanID,Phone,Type\n1,413-555-0100,H\n,1,H\nx,1,H\n4,1,sundial\n5,,H\n"));
    let told: Vec<_> = found
        .iter()
        .map(|finding| (finding.place.row, finding.problem.code, finding.problem.column.as_deref()))
        .collect();
    assert_eq!(
        told,
        [
            (2, "row::key-blank", Some("VanID")),
            (3, "row::key-not-a-number", Some("VanID")),
            (4, "row::unknown-value", Some("Type")),
            (5, "row::parent-blank", Some("Type")),
            (5, "row::required-blank", Some("Phone")),
        ]
    );
}

#[test]
fn a_check_and_a_packing_find_the_same() {
    let file = "VanID,Phone,Type\n1,413-555-0100,H\n,1,H\n4,1,sundial\n5,,H\n6\n";
    let expected = findings(&phones(), text(file));
    let folder = tempfile::tempdir().unwrap();
    let mut found = Vec::new();
    let columns = ["VanID", "Phone", "Type"];
    let packing = van_bulk_import::rows::Packing::new(&phones(), folder.path(), "phones.csv");
    let error = packing.on_finding(|finding| found.push(finding.clone())).csv(text(file)).unwrap_err();
    let RowsError::Refused(summary) = error else { panic!("{error}") };
    assert_eq!(found, expected);
    assert_eq!(*summary, phones().check(text(file), |_| {}).unwrap());
    assert_eq!(names(folder.path()), [""; 0]);
    // Of the columns alone only the last row is bad.
    let error = self::packing(folder.path(), &columns).csv(text(file)).unwrap_err();
    let RowsError::Refused(summary) = error else { panic!("{error}") };
    assert_eq!(summary.rejected, 1);
}

#[test]
fn a_job_over_a_file_of_another_form_is_checked_but_not_packed() {
    use van_bulk_schema::payload::Payload;
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let (snapshot, _) = van_bulk_schema::Snapshot::load(&root.join("snapshots/sample")).unwrap();
    let job = std::fs::read(root.join("tests/preflight/phones/job.json")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    for property in ["hasHeader", "hasQuotes"] {
        let mut job: Payload = serde_json::from_slice(&job).unwrap();
        match property {
            "hasHeader" => job.file.has_header = false,
            _ => job.file.has_quotes = false,
        }
        let preflight = van_bulk_import::rows::Preflight::for_payload(&snapshot.schema, &job).unwrap();
        let rows = || text("VanID,Phone,Type,Opt-in,Code\n1,413-555-0100,H,,4101\n");
        assert_eq!(preflight.check(rows(), |_| {}).unwrap().accepted, 1);
        let packing = van_bulk_import::rows::Packing::new(&preflight, folder.path(), "rows.csv");
        let message = packing.csv(rows()).unwrap_err().to_string();
        assert!(message.starts_with(&format!("the job says `{property}: false`")), "{message}");
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}
