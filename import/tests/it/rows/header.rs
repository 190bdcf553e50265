//! The header of a file: that of the job, or the one that a job is made for.

use std::fs;
use std::io::Write as _;

use van_bulk::Header;
use van_bulk_import::delimited::{Encoding, Input};
use van_bulk_import::rows::{ReadHeader as _, RowsError};

use super::support::{refusal, text};

#[test]
fn a_header_that_is_not_the_columns_of_the_job_is_explained() {
    for (text, problem) in [
        (
            "B,A\n1,2\n",
            "the names are the same but not their order, from column 1 on, which is `B` instead of `A`",
        ),
        ("A\n", "lacking: `B`"),
        ("A,B,C\n", "not in the job: `C`"),
        ("A,b\n", "lacking: `B`; not in the job: `b`; perhaps `b` is meant to be `B`"),
        ("A;B\n", "not in the job: `A;B`"),
    ] {
        let message = refusal(text);
        assert!(message.starts_with("in.csv: the header is not the columns of the job"), "{message}");
        assert!(message.contains(problem), "{message}");
    }
}

#[test]
fn a_header_that_no_import_can_have_is_told_with_positions_before_rows_are_read() {
    for (text, problem) in [
        ("A,B,B\n1,2,3\n", "columns 2 and 3 are both named `B`"),
        ("A,B,\n1,2,3\n", "column 3 has no name"),
        (&format!("A{}\n", ",x".repeat(50))[..], "the file has 51 columns"),
        ("A,B\u{1b}[31m,b\u{1b}[31m\n", "both named `b\\u{1b}[31m`"),
        ("A,\0\n1,2\n", "the header holds NUL characters"),
    ] {
        let message = refusal(text.to_owned());
        assert!(message.starts_with("in.csv") && message.contains(problem), "{message}");
    }
}

#[test]
fn a_header_that_is_not_utf_8_is_refused_with_the_place_of_the_byte() {
    let message = refusal(&b"A,\xe9\n1,2\n"[..]);
    assert!(
        message.starts_with("in.csv, line 1: the header is not UTF-8 at byte 2 of the file"),
        "{message}"
    );
    let message = refusal(&b"\n\r\nA,\xe9\n1,2\n"[..]);
    assert!(
        message.starts_with("in.csv, line 3: the header is not UTF-8 at byte 5 of the file"),
        "{message}"
    );
}

#[test]
fn the_header_of_a_file_is_read_for_a_job_whatever_its_form() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("in.csv");
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(b"First Name,\"E,mail\"\r\n1,2\r\n").unwrap();
    let forms: [&[u8]; 5] = [
        b"First Name,\"E,mail\"\n1,2\n",
        b"\xef\xbb\xbf\"First Name\",\"E,mail\"",
        b"\n\r\nFirst Name\t\"E,mail\"\r1\t2",
        &gzip.finish().unwrap(),
        b"First Name,\"E,mail\"\n\"never closed",
    ];
    for form in forms {
        fs::write(&path, form).unwrap();
        let header = Header::read(&path).unwrap();
        assert_eq!(header.names(), ["First Name", "E,mail"], "{}", form.escape_ascii());
    }
    let utf_16: Vec<u8> = "\u{feff}Straße,B\n".encode_utf16().flat_map(u16::to_be_bytes).collect();
    let header = Header::read_from(text(utf_16).with_encoding(Encoding::Utf16)).unwrap();
    assert_eq!(header.names(), ["Straße", "B"]);
}

#[test]
fn no_more_is_read_than_the_header_needs() {
    let endless = std::io::Read::chain(&b"A,B\n"[..], std::io::repeat(b'\n'));
    let header = Header::read_from(Input::new("endless", endless)).unwrap();
    assert_eq!(header.names(), ["A", "B"]);
    let long = "x".repeat(40_000);
    let header = Header::read_from(text(format!("{long},B\n1,2\n"))).unwrap();
    assert_eq!(header.names(), [long.as_str(), "B"]);
}

#[test]
fn a_header_that_no_import_can_have_is_told_with_all_its_problems() {
    let error = Header::read_from(text("A,,B,a\n")).unwrap_err();
    assert!(matches!(error, RowsError::BadHeader { .. }), "{error}");
    let message = error.to_string();
    for part in ["in.csv: ", "column 2 has no name", "columns 1 and 4 are both named"] {
        assert!(message.contains(part), "{message}");
    }
    let error = Header::read_from(text("\n")).unwrap_err().to_string();
    assert!(error.starts_with("in.csv, line 1: the file is empty"), "{error}");
    let error = Header::read("no/such/file.csv").unwrap_err().to_string();
    assert!(error.starts_with("could not open no/such/file.csv: "), "{error}");
}
