//! What becomes of bad rows.

use std::fs;
use std::path::Path;

use van_bulk::payload::Delimiter;
use van_bulk_import::rows::{Finding, MIN_PART_BYTES, Packing, Policy, Preflight, RowsError};

use super::support::{leave_out, names, only_part, packing, text};

/// Rows 2, 4, 5 and 7 are bad: ragged, not UTF-8, both, and with a NUL.
const MIXED: &[u8] = b"A,B\r\n1,one\r\n\"2\"\r\n3,\"th\nree\"\r\n4, \"caf\xe9\r\n\"\xff\", x ,5\r\n6,six\r\n7,\"s\"\"e\0ven\"\r\n8,eight";

fn finding_rows(findings: &[Finding]) -> Vec<(u64, &str)> {
    findings.iter().map(|finding| (finding.place.row, finding.problem.code)).collect()
}

const BAD: [(u64, &str); 4] =
    [(2, "row::cell-count"), (4, "row::not-utf-8"), (5, "row::not-utf-8"), (7, "row::nul")];

#[test]
fn refusing_tells_everything_that_is_wrong_and_packs_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut findings = Vec::new();
    let packing = packing(folder.path(), &["A", "B"]).on_finding(|finding| findings.push(finding.clone()));
    let error = packing.csv(text(MIXED)).unwrap_err();
    let RowsError::Refused(summary) = &error else { panic!("{error}") };
    assert_eq!((summary.rows, summary.accepted, summary.rejected), (8, 4, 4));
    assert_eq!(summary.findings(), 4);
    let message = error.to_string();
    assert!(
        message.starts_with(
            "4 of 8 rows cannot be imported\n  - 1 x row::cell-count, first in row 2 (line 3): it has 1"
        ),
        "{message}"
    );
    assert!(
        message
            .contains("\n  - 1 x row::nul, column `B`, first in row 7 (line 9): the column `B` holds a NUL"),
        "{message}"
    );
    assert!(
        message.ends_with("Nothing was packed: correct the rows, or choose the policy to leave them out")
    );
    assert_eq!(finding_rows(&findings), BAD);
    assert_eq!(names(folder.path()), [""; 0]);
}

#[test]
fn refusing_is_what_is_done_unless_it_is_said() {
    assert_eq!(Policy::default(), Policy::Refuse);
}

#[test]
fn stopping_tells_the_first_bad_row_and_packs_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let error = packing(folder.path(), &["A", "B"]).policy(Policy::Stop).csv(text(MIXED)).unwrap_err();
    let RowsError::Stopped(finding) = &error else { panic!("{error}") };
    assert_eq!((finding.place.row, finding.place.line, finding.place.offset), (2, Some(3), Some(12)));
    assert!(error.to_string().contains("nothing was packed: row 2 (line 3): [row::cell-count]"), "{error}");
    assert_eq!(names(folder.path()), [""; 0]);
}

#[test]
fn stopping_reads_no_further_than_it_must() {
    // The bad row is in the first of many blocks, and a fault of the structure comes far behind it.
    let file = format!("A,B\n1\n{}\"", format!("2,{}\n", "x".repeat(1_000)).repeat(4_000));
    let folder = tempfile::tempdir().unwrap();
    let error = packing(folder.path(), &["A", "B"]).policy(Policy::Stop).csv(text(file)).unwrap_err();
    assert!(matches!(error, RowsError::Stopped(_)), "{error}");
}

#[test]
fn rows_left_out_are_kept_as_they_were_read_with_their_numbers_and_what_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let mut findings = Vec::new();
    let packed = packing(folder.path(), &["A", "B"])
        .policy(leave_out(folder.path()))
        .on_finding(|finding| findings.push(finding.clone()))
        .csv(text(MIXED))
        .unwrap();
    assert_eq!(
        only_part(&packed),
        "\"A\",\"B\"\r\n\"1\",\"one\"\r\n\"3\",\"th\nree\"\r\n\"6\",\"six\"\r\n\"8\",\"eight\"\r\n"
    );
    assert_eq!((packed.parts[0].rows, packed.parts[0].first_row, packed.parts[0].last_row), (4, 1, 8));
    assert_eq!((packed.summary.rows, packed.summary.accepted, packed.summary.rejected), (8, 4, 4));
    assert_eq!(finding_rows(&findings), BAD);
    assert_eq!(packed.rejected.as_deref(), Some(folder.path().join("rejected.csv").as_path()));
    assert_eq!(names(folder.path()), ["rejected.csv", "rows-001.zip"]);

    let rejected = fs::read(packed.rejected.unwrap()).unwrap();
    let mut expected = b"\"row\",\"findings\",\"A\",\"B\"\r\n".to_vec();
    let records: [&[u8]; 4] = [b"\"2\"", b"4, \"caf\xe9", b"\"\xff\", x ,5", b"7,\"s\"\"e\0ven\""];
    for (finding, record) in findings.iter().zip(records) {
        let message = finding.problem.to_string().replace('"', "\"\"");
        expected.extend_from_slice(format!("\"{}\",\"{message}\",", finding.place.row).as_bytes());
        expected.extend_from_slice(record);
        expected.extend_from_slice(b"\r\n");
    }
    assert_eq!(rejected.escape_ascii().to_string(), expected.escape_ascii().to_string());
}

fn left_out(folder: &Path, of: &str) -> (usize, String) {
    let packed = packing(folder, &["A", "B"]).policy(leave_out(folder)).csv(text(of)).unwrap();
    assert_eq!(packed.summary.rows, packed.summary.accepted + packed.summary.rejected);
    (packed.parts.len(), fs::read_to_string(packed.rejected.unwrap()).unwrap())
}

#[test]
fn where_all_rows_are_good_the_file_of_rejected_rows_has_a_header_alone() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("rejected.csv"), "of an earlier run").unwrap();
    let expected = "\"row\",\"findings\",\"A\",\"B\"\r\n".to_owned();
    assert_eq!(left_out(folder.path(), "A,B\n1,2\n"), (1, expected));
}

#[test]
fn where_all_rows_are_bad_there_is_no_part_but_the_file_of_rejected_rows() {
    let folder = tempfile::tempdir().unwrap();
    let (parts, rejected) = left_out(folder.path(), "A,B\n1\n1,2,3\n");
    assert_eq!((parts, rejected.lines().count()), (0, 3));
    assert_eq!(names(folder.path()), ["rejected.csv"]);
}

#[test]
fn rejected_rows_of_a_file_of_tabs_are_written_with_tabs() {
    let folder = tempfile::tempdir().unwrap();
    let (parts, rejected) = left_out(folder.path(), "A\tB\nx\ty\tz, \"\n1\t2\n");
    assert_eq!(parts, 1);
    let lines: Vec<&str> = rejected.split("\r\n").collect();
    assert_eq!(lines[0], "\"row\"\t\"findings\"\t\"A\"\t\"B\"");
    assert!(
        lines[1].starts_with("\"1\"\t\"[row::cell-count] ") && lines[1].ends_with("\"\tx\ty\tz, \""),
        "{}",
        lines[1]
    );
    assert_eq!(lines[2..], [""]);
}

#[test]
fn rejected_rows_of_a_program_are_written_quoted() {
    let folder = tempfile::tempdir().unwrap();
    let preflight = Preflight::of_columns(&["A", "B"], &Delimiter::Tab).unwrap();
    let packing = Packing::new(&preflight, folder.path(), "rows.csv").policy(leave_out(folder.path()));
    let mut packer = packing.start().unwrap();
    packer.write(["1", "2"]).unwrap();
    packer.write(["tab\t", "quote \"", "line\r\nbreak"]).unwrap();
    let packed = packer.finish().unwrap();
    let rejected = fs::read_to_string(packed.rejected.unwrap()).unwrap();
    let mut reader =
        csv::ReaderBuilder::new().delimiter(b'\t').flexible(true).from_reader(rejected.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].iter().skip(2).collect::<Vec<_>>(), ["tab\t", "quote \"", "line\r\nbreak"]);
    assert_eq!(&rows[0][0], "2");
}

#[test]
fn accepted_and_rejected_rows_are_all_rows_across_many_blocks() {
    let mut file = "A,B\n".to_owned();
    for row in 0..20_000 {
        file.push_str(if row % 3 == 0 { "only one cell\n" } else { "1,two\n" });
    }
    let folder = tempfile::tempdir().unwrap();
    let mut rows = Vec::new();
    let packed = packing(folder.path(), &["A", "B"])
        .policy(leave_out(folder.path()))
        .part_bytes(MIN_PART_BYTES)
        .on_finding(|finding| rows.push(finding.place.row))
        .csv(text(file))
        .unwrap();
    assert_eq!(
        (packed.summary.rows, packed.summary.accepted, packed.summary.rejected),
        (20_000, 13_333, 6_667)
    );
    assert_eq!(rows, (0..20_000).step_by(3).map(|row| row + 1).collect::<Vec<u64>>());
    assert_eq!(packed.parts.iter().map(|part| part.rows).sum::<u64>(), 13_333);
    let rejected = fs::read(packed.rejected.unwrap()).unwrap();
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(rejected.as_slice());
    assert_eq!(reader.records().map(Result::unwrap).count(), 6_667);
}

#[test]
fn the_file_of_rejected_rows_takes_the_place_of_nothing_that_matters() {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("in.csv");
    fs::write(&source, MIXED).unwrap();
    let pack = |source: &Path, rejected: &Path| {
        let policy = Policy::LeaveOut { rejected: rejected.to_owned() };
        // As the file of a job.
        let job = folder.path().join("job.json");
        let input = van_bulk_import::delimited::Input::open(source).unwrap();
        packing(folder.path(), &["A", "B"]).policy(policy).keep(job).csv(input).unwrap_err().to_string()
    };
    let good = folder.path().join("rejected.csv");
    for (rejected, why) in [
        (source.as_path(), "it is read for this import"),
        (&folder.path().join("./in.csv"), "it is read for this import"),
        (&folder.path().join("job.json"), "it is read for this import"),
        (&folder.path().join("rows-002.zip"), "a part could have its name"),
        (folder.path(), "what is there is no regular file"),
    ] {
        let message = pack(&source, rejected);
        assert!(message.contains(why), "{message}");
    }
    // A part must not take the place of the source either.
    let like_a_part = folder.path().join("rows-001.zip");
    fs::copy(&source, &like_a_part).unwrap();
    let message = pack(&like_a_part, &good);
    assert!(message.contains("it is read for this import, and a part could have its name"), "{message}");
    assert_eq!(names(folder.path()), ["in.csv", "rows-001.zip"]);
    assert_eq!(fs::read(&source).unwrap(), MIXED);
}
