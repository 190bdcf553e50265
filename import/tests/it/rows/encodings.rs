//! Files in other encodings, and compressed ones.

use std::fs;
use std::io::{self, Cursor, Read, Write as _};

use flate2::Compression;
use flate2::write::GzEncoder;
use van_bulk_import::delimited::{Encoding, Input};
use van_bulk_import::rows::Packed;

use super::support::{Rng, all_parts, failure, findings, only_part, packing, preflight, text};

fn utf_16(of: &str, to_bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    of.encode_utf16().flat_map(to_bytes).collect()
}

fn gzip(of: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(of).unwrap();
    encoder.finish().unwrap()
}

fn pack(input: Input) -> Packed {
    // What is packed outlives the folder in no test that looks at it later.
    let folder = tempfile::tempdir().unwrap().keep();
    packing(&folder, &["A", "B"]).level(1).csv(input).unwrap()
}

/// What the only part holds; its folder is removed.
fn part(input: Input) -> String {
    let packed = pack(input);
    let text = only_part(&packed);
    fs::remove_dir_all(packed.parts[0].path.parent().unwrap()).unwrap();
    text
}

const MIXED: &str = "A,B\r\n1,Grüße 😀\r\n\"日\n本\",\"\"\"\"\r\n";
const MIXED_PACKED: &str = "\"A\",\"B\"\r\n\"1\",\"Grüße 😀\"\r\n\"日\n本\",\"\"\"\"\r\n";

#[test]
fn utf_16_with_a_byte_order_mark_is_refused_unless_it_is_named() {
    for to_bytes in [u16::to_le_bytes, u16::to_be_bytes] {
        let file = utf_16(&format!("\u{feff}{MIXED}"), to_bytes);
        for (encoding, name) in [(Encoding::Utf8, "utf-8"), (Encoding::Windows1252, "windows-1252")] {
            let message = failure(|| text(file.clone()).with_encoding(encoding)).to_string();
            assert!(
                message.starts_with(&format!(
                    "in.csv, line 1: the file is UTF-16, not {name}; save it as UTF-8"
                )),
                "{message}"
            );
        }
        assert_eq!(part(text(file).with_encoding(Encoding::Utf16)), MIXED_PACKED);
    }
    // Without a mark it is little-endian.
    assert_eq!(part(text(utf_16(MIXED, u16::to_le_bytes)).with_encoding(Encoding::Utf16)), MIXED_PACKED);
}

#[test]
fn utf_16_that_is_damaged_or_cut_off_is_refused() {
    let whole = utf_16("\u{feff}A,B\n1,😀\n", u16::to_le_bytes);
    for (file, offset) in [(&whole[..whole.len() - 1], 17), (&whole[..whole.len() - 4], 15)] {
        let message = failure(|| text(file.to_vec()).with_encoding(Encoding::Utf16)).to_string();
        assert!(message.contains("is no utf-16; name the encoding that the file has"), "{offset}: {message}");
    }
}

#[test]
fn files_of_many_blocks_are_decoded_to_their_end() {
    let mut rng = Rng(7);
    let mut file = "A,B\n".to_owned();
    let mut expected = "\"A\",\"B\"\r\n".to_owned();
    let mut row = 0;
    while file.len() < 1_500_000 {
        row += 1;
        let wide: String = (0..rng.below(900)).map(|_| rng.pick(&['é', 'ö', 'ß', 'x', '€', '™'])).collect();
        file.push_str(&format!("{row},{wide}\n"));
        expected.push_str(&format!("\"{row}\",\"{wide}\"\r\n"));
    }
    let windows_1252: Vec<u8> = file
        .chars()
        .map(|letter| match letter {
            '€' => 0x80,
            '™' => 0x99,
            _ => u8::try_from(u32::from(letter)).unwrap(),
        })
        .collect();
    let forms = [
        (utf_16(&format!("\u{feff}{file}"), u16::to_be_bytes), Encoding::Utf16),
        (windows_1252, Encoding::Windows1252),
    ];
    for (bytes, encoding) in forms {
        let packed = pack(text(bytes).with_encoding(encoding));
        assert_eq!(packed.summary.rows, row, "{encoding}");
        assert!(all_parts(&packed) == expected.as_bytes(), "{encoding}");
        fs::remove_dir_all(packed.parts[0].path.parent().unwrap()).unwrap();
    }
}

#[test]
fn characters_of_three_bytes_are_decoded_wherever_a_block_ends() {
    for shift in 0..4 {
        let rows: u64 = 2_000;
        let mut file = format!("\u{feff}A,B\n{},日本\n", "x".repeat(shift));
        let row = format!("日,{}\n", "本語".repeat(180));
        (1..rows).for_each(|_| file.push_str(&row));
        let file = utf_16(&file, u16::to_le_bytes);
        let summary =
            preflight(&["A", "B"]).check(text(file).with_encoding(Encoding::Utf16), |_| {}).unwrap();
        assert_eq!(summary.rows, rows, "shift {shift}");
        assert_eq!(summary.rejected, 0, "shift {shift}");
    }
}

#[test]
fn a_read_that_is_interrupted_is_tried_again() {
    struct Interrupted<R>(R, bool);
    impl<R: Read> Read for Interrupted<R> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.1 = !self.1;
            if self.1 { Err(io::ErrorKind::Interrupted.into()) } else { self.0.read(buffer) }
        }
    }
    for (encoding, bytes) in [
        (Encoding::Utf8, MIXED.as_bytes().to_vec()),
        (Encoding::Utf16, utf_16(MIXED, u16::to_le_bytes)),
        (Encoding::Utf8, gzip(MIXED.as_bytes())),
    ] {
        let input = Input::new("in.csv", Interrupted(Cursor::new(bytes), false));
        assert_eq!(part(input.with_encoding(encoding)), MIXED_PACKED, "{encoding}");
    }
}

#[test]
fn windows_1252_is_refused_row_by_row_and_read_when_it_is_named() {
    let file = b"A,B\nplain,1\nCaf\xe9,2\nplain,3\n4,\x80 \x84x\x93\n";
    let found = findings(&preflight(&["A", "B"]), text(&file[..]));
    let found: Vec<_> = found
        .iter()
        .map(|finding| (finding.place.row, finding.problem.code, finding.problem.column.as_deref().unwrap()))
        .collect();
    assert_eq!(found, [(2, "row::not-utf-8", "A"), (4, "row::not-utf-8", "B")]);
    assert_eq!(
        part(text(&file[..]).with_encoding(Encoding::Windows1252)),
        "\"A\",\"B\"\r\n\"plain\",\"1\"\r\n\"Café\",\"2\"\r\n\"plain\",\"3\"\r\n\"4\",\"€ „x“\"\r\n"
    );
}

#[test]
fn a_replacement_character_in_the_file_is_not_taken_for_a_byte_that_is_not_utf_8() {
    let file = "A,B\n\u{fffd},2\n".as_bytes();
    assert_eq!(findings(&preflight(&["A", "B"]), text(file)), []);
    let bad = [&b"A,B\n\xef\xbf\xbd,caf\xe9\n"[..]].concat();
    let found = findings(&preflight(&["A", "B"]), text(bad));
    assert_eq!(found[0].problem.column.as_deref(), Some("B"));
}

#[test]
fn names_of_encodings_are_read_in_any_case() {
    for (name, encoding) in
        [("UTF-8", Encoding::Utf8), ("utf-16", Encoding::Utf16), ("Windows-1252", Encoding::Windows1252)]
    {
        assert_eq!(name.parse(), Ok(encoding));
    }
    let error = "latin".parse::<Encoding>().unwrap_err().to_string();
    assert_eq!(error, "`latin` is no encoding that can be read; known are utf-8, windows-1252 and utf-16");
}

#[test]
fn gzip_is_unpacked_whatever_its_name_and_in_any_encoding() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("contacts.csv");
    fs::write(&path, gzip(MIXED.as_bytes())).unwrap();
    assert_eq!(part(Input::open(&path).unwrap()), MIXED_PACKED);
    let input = text(gzip(&utf_16(&format!("\u{feff}{MIXED}"), u16::to_be_bytes)));
    assert_eq!(part(input.with_encoding(Encoding::Utf16)), MIXED_PACKED);
    let bom = gzip(format!("\u{feff}{MIXED}").as_bytes());
    assert_eq!(part(text(bom)), MIXED_PACKED);
}

#[test]
fn gzip_of_several_members_is_read_to_its_end() {
    let file = [gzip(b"A,B\n1,2\n3"), gzip(b",4\n"), gzip(b""), gzip(b"5,6")].concat();
    assert_eq!(part(text(file)), "\"A\",\"B\"\r\n\"1\",\"2\"\r\n\"3\",\"4\"\r\n\"5\",\"6\"\r\n");
}

#[test]
fn gzip_that_is_cut_off_or_damaged_is_refused() {
    let mut rng = Rng(5);
    for mark in ["", "\u{feff}"] {
        let rows: String = (0..200).map(|_| format!("1,{}\n", rng.noise(20))).collect();
        let whole = gzip(format!("{mark}A,B\n{rows}").as_bytes());
        let two = [whole.clone(), gzip(b"1,2\n")].concat();
        let mut damaged = whole.clone();
        let middle = whole.len() / 2;
        damaged[middle] ^= 0x55;
        let mut wrong_checksum = whole.clone();
        let checksum = whole.len() - 8;
        wrong_checksum[checksum] ^= 1;
        let files = [
            &whole[..whole.len() - 1],
            &whole[..whole.len() / 2],
            &whole[..12],
            &two[..two.len() - 3],
            &two[..whole.len() + 5],
            &damaged,
            &wrong_checksum,
            &[whole.as_slice(), b"and more"].concat(),
        ];
        for (index, file) in files.into_iter().enumerate() {
            let message = failure(|| text(file.to_vec())).to_string();
            assert!(
                message.contains("the gzip data is damaged or was cut off"),
                "{mark:?} {index}: {message}"
            );
        }
    }
}

#[test]
fn progress_is_told_in_bytes_of_the_file_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("contacts.csv.gz");
    let file = gzip(format!("A,B\n{}", "1,2\n".repeat(200_000)).as_bytes());
    fs::write(&path, &file).unwrap();
    let (sender, receiver) = std::sync::mpsc::channel();
    let input = Input::open(&path).unwrap().on_read(move |bytes| {
        sender.send(bytes).unwrap();
        Ok(())
    });
    assert_eq!((input.bytes(), input.name()), (Some(file.len() as u64), path.to_str().unwrap()));
    let summary = preflight(&["A", "B"]).check(input, |_| {}).unwrap();
    assert_eq!((summary.rows, receiver.iter().sum::<u64>()), (200_000, file.len() as u64));
    assert_eq!(Input::new("x", Cursor::new("").take(0)).bytes(), None);
}

#[test]
fn a_file_that_is_compressed_twice_is_refused() {
    let message = failure(|| Input::new("in.csv.gz.gz", Cursor::new(gzip(&gzip(b"A,B\n1,2\n"))))).to_string();
    assert_eq!(message, "in.csv.gz.gz, line 1: the file is compressed with gzip twice; unpack it once");
}

#[test]
fn a_byte_order_mark_of_utf_8_counts_more_than_the_encoding_that_was_named() {
    for encoding in [Encoding::Windows1252, Encoding::Utf16] {
        let packed = pack(text("\u{feff}A,B\n1,é\n").with_encoding(encoding));
        assert!(only_part(&packed).ends_with("\"é\"\r\n"));
    }
}

#[test]
fn utf_16_without_a_byte_order_mark_is_suspected() {
    let file = utf_16("A,B\n1,2\n", u16::to_le_bytes);
    let message = failure(|| text(file.clone())).to_string();
    assert!(message.contains("the file is probably UTF-16"), "{message}");
}
