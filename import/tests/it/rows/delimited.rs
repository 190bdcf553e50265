//! The strict reader against the `csv` crate, and against bytes of any kind.

use std::io::{self, Read};

use csv::ByteRecord;
use proptest::prelude::*;
use van_bulk_import::delimited::{DelimitedError, Input, Place, Reader};

use super::support::preflight;

/// Hands out pieces of these sizes, again and again.
struct Pieces {
    text: Vec<u8>,
    at: usize,
    sizes: Vec<usize>,
    reads: usize,
}

impl Pieces {
    fn new(text: &[u8], sizes: &[usize]) -> Self {
        Self { text: text.to_owned(), at: 0, sizes: sizes.to_owned(), reads: 0 }
    }
}

impl Read for Pieces {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let size = self.sizes[self.reads % self.sizes.len()];
        self.reads += 1;
        let mut rest = &self.text[self.at..];
        let length = size.min(buffer.len()).min(rest.len());
        rest.read_exact(&mut buffer[..length])?;
        self.at += length;
        Ok(length)
    }
}

type Rows = Vec<(Place, Vec<Vec<u8>>)>;

/// The header, the rows before the first fault, and the fault.
fn read(input: impl Read, delimiter: u8) -> (Vec<String>, Rows, Option<DelimitedError>) {
    let mut reader = match Reader::new(input, "t.csv", delimiter) {
        Ok(reader) => reader,
        Err(error) => return (Vec::new(), Vec::new(), Some(error)),
    };
    let header = reader.header().map(str::to_owned).collect();
    let mut rows = Vec::new();
    let mut record = ByteRecord::new();
    let fault = loop {
        match reader.read(&mut record) {
            Ok(Some(place)) => rows.push((place, record.iter().map(<[u8]>::to_vec).collect())),
            Ok(None) => break None,
            Err(error) => break Some(error),
        }
    };
    (header, rows, fault)
}

/// What the `csv` crate makes of it.
fn by_csv(text: &[u8], delimiter: u8) -> Vec<Vec<Vec<u8>>> {
    let mut reader =
        csv::ReaderBuilder::new().delimiter(delimiter).has_headers(false).flexible(true).from_reader(text);
    reader.byte_records().map(|record| record.unwrap().iter().map(<[u8]>::to_vec).collect()).collect()
}

/// A cell, and whether it is written in quotes though it need not be.
fn cell() -> impl Strategy<Value = (String, bool)> {
    let piece = prop_oneof![
        Just("\"".to_owned()),
        Just(",".to_owned()),
        Just("\t".to_owned()),
        Just("\n".to_owned()),
        Just("\r".to_owned()),
        Just("\r\n".to_owned()),
        Just(" ".to_owned()),
        Just("\u{feff}".to_owned()),
        Just("😀".to_owned()),
        Just("x\"y".to_owned()),
        "[a-zé日]{0,12}",
    ];
    (prop::collection::vec(piece, 0..5).prop_map(|pieces| pieces.concat()), any::<bool>())
}

/// A table as text in any valid style, with as many cells in each row, and its delimiter.
fn table() -> impl Strategy<Value = (Vec<u8>, u8)> {
    let line_end = prop_oneof![Just("\n"), Just("\r\n"), Just("\r"), Just("\n\n"), Just("\r\n\n\r")];
    (1..5_usize, any::<bool>(), any::<bool>(), any::<bool>()).prop_flat_map(
        move |(columns, tab, mark, open)| {
            let row = (prop::collection::vec(cell(), columns), line_end.clone());
            prop::collection::vec(row, 1..12).prop_map(move |rows| {
                let delimiter = if tab { '\t' } else { ',' };
                let mut text = if mark { "\u{feff}".to_owned() } else { String::new() };
                for (index, (cells, line_end)) in rows.iter().enumerate() {
                    for (number, (cell, quoted)) in cells.iter().enumerate() {
                        if number > 0 {
                            text.push(delimiter);
                        }
                        // A line of one blank cell would be a blank line; a mark would be no text.
                        let must = cell.contains(['\n', '\r', delimiter])
                            || cell.starts_with('"')
                            || (columns == 1 && cell.is_empty())
                            || (index == 0 && number == 0 && cell.starts_with('\u{feff}'));
                        match must || *quoted {
                            true => text.push_str(&format!("\"{}\"", cell.replace('"', "\"\""))),
                            false => text.push_str(cell),
                        }
                    }
                    if !(open && index + 1 == rows.len()) {
                        text.push_str(line_end);
                    }
                }
                (text.into_bytes(), delimiter as u8)
            })
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn valid_text_is_read_as_the_csv_crate_reads_it_whatever_the_pieces(
        (text, delimiter) in table(),
        sizes in prop::collection::vec(1..9_usize, 1..4),
    ) {
        let (header, rows, fault) = read(Pieces::new(&text, &sizes), delimiter);
        prop_assert!(fault.is_none(), "{:?}", fault);
        let mut expected = by_csv(&text, delimiter).into_iter();
        let expected_header: Vec<String> =
            expected.next().unwrap().into_iter().map(|name| String::from_utf8(name).unwrap()).collect();
        prop_assert_eq!(header, expected_header);
        let (places, rows): (Vec<Place>, Vec<_>) = rows.into_iter().unzip();
        prop_assert_eq!(rows, expected.collect::<Vec<_>>());
        prop_assert!(places.iter().zip(1..).all(|(place, row)| place.row == row));
    }

    #[test]
    fn bytes_of_any_kind_are_read_alike_whatever_the_pieces_or_refused(
        text in prop::collection::vec(
            prop_oneof![any::<u8>(), prop::sample::select(b"\"\"\"\",\t\n\r\xef\xbb\xbf\xff\0x".to_vec())],
            0..200,
        ),
        sizes in prop::collection::vec(1..9_usize, 1..4),
    ) {
        let told = |(header, rows, fault): (_, Rows, Option<DelimitedError>)| {
            (header, rows, fault.map(|fault| fault.to_string()))
        };
        let at_once = told(read(text.as_slice(), b','));
        prop_assert_eq!(told(read(Pieces::new(&text, &sizes), b',')), at_once);
        // The pre-flight, which judges blocks as a whole, does not panic either, and all rows are accounted for.
        let input = Input::new("t.csv", Pieces::new(&text, &sizes));
        if let Ok(summary) = preflight(&["x"]).check(input, |_| {}) {
            prop_assert_eq!(summary.rows, summary.accepted + summary.rejected);
        }
    }
}

#[test]
fn text_of_many_blocks_is_read_as_the_csv_crate_reads_it() {
    let mut text = b"A,B\n".to_vec();
    for row in 0..70_000 {
        text.extend_from_slice(
            format!("{row},\"a \"\"quoted\"\" cell\r\nof {row} and more\"\r\n").as_bytes(),
        );
    }
    assert!(text.len() > 2 * 1024 * 1024);
    let (_, rows, fault) = read(text.as_slice(), b',');
    assert!(fault.is_none());
    assert!(rows.iter().enumerate().all(|(index, (place, _))| place.line == 2 + 2 * index as u64));
    let rows: Vec<_> = rows.into_iter().map(|(_, cells)| cells).collect();
    assert!(rows == by_csv(&text, b',')[1..]);
}
