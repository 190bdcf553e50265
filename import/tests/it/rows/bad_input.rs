//! Files that are no file of rows, and files that break while they are read.

use std::fs::{self, File};
use std::io::{self, Read, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::SystemTime;

use van_bulk_import::delimited::{Input, MAX_RECORD_BYTES};
use van_bulk_import::rows::RowsError;

use super::support::{failure, findings, only_part, packing, preflight, refusal, text};

#[test]
fn a_faulty_csv_is_refused_with_its_line() {
    for (text, start) in [
        (&b""[..], "in.csv, line 1: the file is empty; its first line must be a header"),
        (b"\xef\xbb\xbf", "in.csv, line 1: the file is empty"),
        (b"\r\n\n", "in.csv, line 1: the file is empty"),
        (b"A,B\n1,2\n\"3,4\n5,6\n", "in.csv, line 3: the quote opened in row 2 is never closed"),
        (b"A,B\n1,\"2\n\n\n3", "in.csv, line 2: the quote opened in row 1 is never closed"),
        (b"A,\"B\n1,2\n", "in.csv, line 1: the quote opened in the header is never closed"),
        (b"A,B\n1,\"2\"x\n", "in.csv, line 2: row 1 has text after a closing quote"),
        (b"A,B\r\n1,\"2\r\n3\" \r\n", "in.csv, line 3: row 1 has text after a closing quote"),
    ] {
        let message = refusal(text);
        assert!(message.starts_with(start), "{message}");
    }
}

#[test]
fn an_open_quote_is_named_by_the_line_on_which_it_was_opened_in_any_block() {
    let rows = format!("{},\"two\nlines\"\n", "x".repeat(800)).repeat(2_700);
    assert!(rows.len() > 2_000_000);
    let message = refusal(format!("A,B\n{rows}3,\"4\n5,6\n7,8\n"));
    assert!(
        message.starts_with("in.csv, line 5402: the quote opened in row 2701 is never closed"),
        "{message}"
    );
}

#[test]
fn a_file_that_was_cut_off_has_a_bad_last_row() {
    let found = findings(&preflight(&["A", "B"]), text("A,B\n1,2\n3"));
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].place.row, found[0].problem.code), (2, "row::cell-count"));
}

/// Never ends, and counts what was read of it.
struct Endless {
    begin: &'static [u8],
    letter: u8,
    read: Arc<AtomicU64>,
}

impl Read for Endless {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let begun = self.begin.read(buffer)?;
        let (_, rest) = buffer.split_at_mut(begun);
        rest.fill(self.letter);
        self.read.fetch_add(buffer.len() as u64, Ordering::Relaxed);
        Ok(buffer.len())
    }
}

#[test]
fn a_record_that_never_ends_is_refused_after_little_of_it_was_read() {
    let quote = "the quote opened on line 4 is probably never closed";
    let no_text = "the file is probably no text with a row on each line";
    for (begin, letter, line, why) in [
        (&b"A,B\n1,2\n3\"4,\"5\n\",\"6"[..], b'x', 3, quote),
        (b"A,B\n1,2\n3,", b'x', 3, no_text),
        (b"A,B\n\n1,", b',', 3, no_text),
        (b"", b'x', 1, no_text),
    ] {
        let read = Arc::new(AtomicU64::new(0));
        let input = || Input::new("in.csv", Endless { begin, letter, read: Arc::clone(&read) });
        let message = failure(input).to_string();
        assert!(message.starts_with(&format!("in.csv, line {line}: ")), "{message}");
        assert!(message.contains("is longer than 1048576 bytes") && message.contains(why), "{message}");
        // Three policies were tried.
        assert!(read.load(Ordering::Relaxed) <= 3 * 4 * MAX_RECORD_BYTES, "{read:?} bytes");
    }
}

#[test]
fn a_record_of_the_greatest_length_is_taken_and_one_of_a_byte_more_is_not() {
    let most = usize::try_from(MAX_RECORD_BYTES).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let row = |bytes: usize| text(format!("A,B\n1,{}\n3,4", "x".repeat(bytes - 2)));
    let packed = packing(folder.path(), &["A", "B"]).csv(row(most)).unwrap();
    assert_eq!(packed.summary.rows, 2);
    let error = packing(folder.path(), &["A", "B"]).csv(row(most + 1)).unwrap_err().to_string();
    assert!(error.starts_with("in.csv, line 2: row 1 is longer than 1048576 bytes"), "{error}");
}

#[test]
fn zips_and_workbooks_are_refused_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let packed = packing(folder.path(), &["A"]).csv(text("A\n1\n")).unwrap();
    let message = refusal(fs::read(&packed.parts[0].path).unwrap());
    assert!(
        message
            .starts_with("in.csv, line 1: this is a zip archive or an Excel workbook; give the CSV itself"),
        "{message}"
    );
}

#[test]
fn lines_may_end_in_carriage_returns_alone() {
    let folder = tempfile::tempdir().unwrap();
    let packed = packing(folder.path(), &["A", "B"]).csv(text("A,B\r1,\"2\r3\"\r\r4,5\r")).unwrap();
    assert_eq!(only_part(&packed), "\"A\",\"B\"\r\n\"1\",\"2\r3\"\r\n\"4\",\"5\"\r\n");
}

#[test]
fn tabs_are_found_in_the_header_and_a_delimiter_can_be_given() {
    let folder = tempfile::tempdir().unwrap();
    let pack = |input| packing(folder.path(), &["A", "B"]).csv(input).map(|packed| only_part(&packed));
    let expected = "\"A\",\"B\"\r\n\"1,0\",\"2\"\r\n";
    assert_eq!(pack(text("\n\nA\tB\n1,0\t2\n")).unwrap(), expected);
    // What is in quotes separates nothing.
    let columns = ["A, \"a, a, a, a\"", "B"];
    let quoted = text("\"A, \"\"a, a, a, a\"\"\"\tB\n1,0\t2\n");
    let packed = packing(folder.path(), &columns).csv(quoted).unwrap();
    assert!(only_part(&packed).ends_with("\r\n\"1,0\",\"2\"\r\n"));
    assert_eq!(
        pack(text("A\tB\n1,0\t2\n").with_delimiter(van_bulk::payload::Delimiter::Tab)).unwrap(),
        expected
    );
    let error = pack(text("A\tB\n1,0\t2\n").with_delimiter(van_bulk::payload::Delimiter::Csv)).unwrap_err();
    assert!(matches!(error, RowsError::Header { .. }), "{error}");
    // One column has no delimiter in its header; a comma is taken.
    let one = packing(folder.path(), &["A"]).csv(text("A\n1\t2\n")).unwrap();
    assert_eq!(only_part(&one), "\"A\"\r\n\"1\t2\"\r\n");
}

#[test]
fn a_folder_in_place_of_a_file_and_a_missing_file_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let error = Input::open(folder.path()).unwrap_err().to_string();
    let start = format!("could not open {}: ", folder.path().display());
    assert!(error.starts_with(&start) && error.contains("directory"), "{error}");
    let error = Input::open(&folder.path().join("none.csv")).unwrap_err().to_string();
    assert!(error.contains("none.csv") && error.contains("No such file"), "{error}");
}

/// What is done to a file while it is read.
type Change = fn(&Path);

/// A file of more than two blocks.
fn large_file(folder: &Path) -> PathBuf {
    let path = folder.join("large.csv");
    fs::write(&path, format!("A,B\n{}", format!("1,{}\n", "x".repeat(997)).repeat(2_100))).unwrap();
    path
}

/// The file, to which something is done once a bit of it was read.
fn changed(path: &Path, change: impl Fn(&Path) + Send + Sync + 'static) -> Input {
    let (path_of_change, done) = (path.to_owned(), AtomicBool::new(false));
    Input::open(path).unwrap().on_read(move |_| {
        if !done.swap(true, Ordering::Relaxed) {
            change(&path_of_change);
        }
        Ok(())
    })
}

#[test]
fn a_file_that_changes_while_it_is_read_is_refused() {
    let changes: [(&str, Change); 4] = [
        ("grows", |path| {
            File::options().append(true).open(path).unwrap().write_all(b"3,4\n").unwrap();
        }),
        ("is cut off at the end of a line", |path| {
            File::options().write(true).open(path).unwrap().set_len(1_000 * 1_200 + 4).unwrap();
        }),
        ("becomes empty", |path| File::options().write(true).open(path).unwrap().set_len(0).unwrap()),
        ("is written to in place", |path| {
            let mut file = File::options().write(true).open(path).unwrap();
            file.write_all(b"A").unwrap();
            file.set_modified(SystemTime::now() + std::time::Duration::from_secs(3)).unwrap();
        }),
    ];
    for (what, change) in changes {
        let folder = tempfile::tempdir().unwrap();
        let error = failure(|| changed(&large_file(folder.path()), change));
        let RowsError::Source(error) = &error else { panic!("{what}: {error}") };
        let problem = error.problem.to_string();
        assert!(problem.starts_with("the file changed while it was read"), "{what}: {problem}");
    }
}

#[test]
fn a_small_file_that_grows_while_it_is_read_is_refused_whatever_it_begins_with() {
    for mark in ["", "\u{feff}"] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("small.csv");
        fs::write(&path, format!("{mark}A,B\n1,2\n")).unwrap();
        let input = changed(&path, |path| {
            File::options().append(true).open(path).unwrap().write_all(b"3,4\n").unwrap();
        });
        let error = preflight(&["A", "B"]).check(input, |_| {}).unwrap_err().to_string();
        assert!(error.contains("the file changed while it was read"), "{mark:?}: {error}");
    }
}

#[test]
fn a_file_that_is_removed_while_it_is_read_is_read_to_its_end() {
    let folder = tempfile::tempdir().unwrap();
    let input = changed(&large_file(folder.path()), |path| fs::remove_file(path).unwrap());
    assert_eq!(preflight(&["A", "B"]).check(input, |_| {}).unwrap().rows, 2_100);
}

#[test]
fn an_error_of_the_system_is_told_with_its_line_after_the_rows_before_it() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("the cable was pulled"))
        }
    }
    for mark in ["", "\u{feff}"] {
        let input = || Input::new("in.csv", format!("{mark}A,B\n1,2\n3").leak().as_bytes().chain(Broken));
        let message = failure(input).to_string();
        assert_eq!(message, "in.csv, line 3: could not read on: the cable was pulled", "{mark:?}");
    }
}
