//! Random tables in random styles: what Python reads in the parts, and in the file of rejected rows, is what went in.

use std::fs;
use std::process::Command;

use serde_json::json;
use van_bulk::payload::Delimiter;
use van_bulk_import::delimited::Input;
use van_bulk_import::rows::{MIN_PART_BYTES, Packing, Preflight};

use super::support::{Rng, has, leave_out, run, threads};

/// Set it to run the case of one seed alone.
const SEED: &str = "VAN_BULK_TEST_SEED";
const CASES: u64 = 80;

/// A cell as bytes, which need not be UTF-8.
fn cell(rng: &mut Rng, longest: usize) -> Vec<u8> {
    const PIECES: [&[u8]; 16] = [
        b"\"",
        b"\"\"",
        b",",
        b"\t",
        b"\n",
        b"\r",
        b"\r\n",
        b" ",
        b";",
        b"x",
        b"Zo\xc3\xab",
        b"\xf0\x9f\x98\x80",
        b"\xef\xbb\xbf",
        b"\xef\xbf\xbd",
        b"'",
        b"=1+1",
    ];
    let mut cell = Vec::new();
    for _ in 0..rng.below(5) {
        if rng.one_in(3) {
            let length = rng.below(longest);
            cell.extend_from_slice(rng.noise(length).as_bytes());
        } else {
            cell.extend_from_slice(rng.pick(&PIECES));
        }
    }
    if rng.one_in(40) {
        let bad: [&[u8]; 5] = [b"\0", b"\xff", b"\xe9", b"\xc3", b"\xed\xa0\x80"];
        cell.extend_from_slice(rng.pick(&bad));
    }
    cell
}

/// A row as text. The naive rule for what must be in quotes, and quotes for fun.
fn write_row(rng: &mut Rng, text: &mut Vec<u8>, cells: &[Vec<u8>], delimiter: u8, all_quoted: bool) {
    for (index, cell) in cells.iter().enumerate() {
        if index > 0 {
            text.push(delimiter);
        }
        let must = cell.contains(&b'\n')
            || cell.contains(&b'\r')
            || cell.contains(&delimiter)
            || cell.starts_with(b"\"")
            || (cells.len() == 1 && cell.is_empty());
        if must || all_quoted || rng.one_in(4) {
            text.push(b'"');
            for byte in cell {
                text.push(*byte);
                if *byte == b'"' {
                    text.push(b'"');
                }
            }
            text.push(b'"');
        } else {
            text.extend_from_slice(cell);
        }
    }
}

/// What is known of a table before it is packed.
struct Table {
    columns: Vec<String>,
    text: Vec<u8>,
    /// The delimiter, if the header does not tell it.
    delimiter: Option<Delimiter>,
    /// Good rows, by the naive rule: as many cells as columns, all of them UTF-8 without NUL.
    accepted: Vec<Vec<String>>,
    /// The numbers and the bytes of all others.
    rejected: Vec<(u64, Vec<u8>)>,
}

fn table(rng: &mut Rng) -> Table {
    let columns: Vec<String> =
        (0..1 + rng.below(5)).map(|number| format!("Column {number}, \"{number}\"")).collect();
    let delimiter = rng.pick(b",\t");
    // The header of one column, or one with commas that are not in quotes, does not tell that a file has tabs.
    let is_told = delimiter == b'\t' && columns.len() == 1 || rng.one_in(3);
    let line_end: &[u8] = if rng.one_in(2) { b"\n" } else { b"\r\n" };
    let all_quoted = rng.one_in(4);
    let mut text = if rng.one_in(3) { b"\xef\xbb\xbf".to_vec() } else { Vec::new() };
    let names: Vec<Vec<u8>> = columns.iter().map(|name| name.as_bytes().to_vec()).collect();
    write_row(rng, &mut text, &names, delimiter, all_quoted || !is_told);
    text.extend_from_slice(line_end);
    let (mut accepted, mut rejected) = (Vec::new(), Vec::new());
    // Some have several parts.
    let (rows, longest) = rng.pick(&[(1, 30), (5, 30), (40, 30), (1_000, 30), (500, 900)]);
    for row in 1..=rows {
        let mut cells: Vec<Vec<u8>> = columns.iter().map(|_| cell(rng, longest)).collect();
        if rng.one_in(60) {
            if rng.one_in(2) && cells.len() > 1 {
                cells.pop();
            } else {
                cells.push(cell(rng, longest));
            }
        }
        let start = text.len();
        write_row(rng, &mut text, &cells, delimiter, all_quoted);
        let record = text[start..].to_vec();
        let texts: Result<Vec<String>, _> = cells.iter().cloned().map(String::from_utf8).collect();
        match texts {
            Ok(texts) if texts.len() == columns.len() && !texts.iter().any(|text| text.contains('\0')) => {
                accepted.push(texts);
            }
            _ => rejected.push((row, record)),
        }
        if row < rows || rng.one_in(2) {
            text.extend_from_slice(line_end);
        }
        if rng.one_in(30) && row < rows {
            text.extend_from_slice(line_end);
        }
    }
    let delimiter = is_told.then_some(if delimiter == b'\t' { Delimiter::Tab } else { Delimiter::Csv });
    Table { columns, text, delimiter, accepted, rejected }
}

#[test]
fn python_reads_exactly_the_good_rows_in_the_parts_and_the_others_in_the_file_of_rejected_rows() {
    if !has("python3", "--version", "no second program has read the random tables") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let given = std::env::var(SEED).ok().map(|seed| seed.parse::<u64>().unwrap());
    let seeds = given.map_or(0..CASES, |seed| seed..seed + 1);
    let (mut cases, mut parts, mut rows, mut bad) = (Vec::new(), 0, 0, 0);
    for seed in seeds {
        let mut rng = Rng(seed);
        let table = table(&mut rng);
        let to = folder.path().join(seed.to_string());
        fs::create_dir(&to).unwrap();
        let delimiter = if rng.one_in(2) { Delimiter::Csv } else { Delimiter::Tab };
        let preflight = Preflight::of_columns(&table.columns, &delimiter).unwrap();
        let packing = Packing::new(&preflight, &to, "rows.csv")
            .policy(leave_out(&to))
            .part_bytes(MIN_PART_BYTES + rng.next() % 10_000)
            .level(1 + rng.next() as u32 % 9)
            .threads(threads(1 + rng.below(4)));
        let input = Input::new(format!("seed {seed}"), std::io::Cursor::new(table.text.clone()));
        let input = match table.delimiter {
            Some(delimiter) => input.with_delimiter(delimiter),
            None => input,
        };
        let packed = packing.csv(input).unwrap_or_else(|error| panic!("{SEED}={seed}: {error}"));

        assert_eq!(packed.summary.accepted, table.accepted.len() as u64, "{SEED}={seed}");
        assert_eq!(packed.summary.rejected, table.rejected.len() as u64, "{SEED}={seed}");
        assert_rejected(seed, &fs::read(packed.rejected.unwrap()).unwrap(), &table.rejected);
        let (accepted, zips) = (to.join("accepted.json"), packed.parts.iter().map(|part| &part.path));
        fs::write(&accepted, serde_json::to_vec(&json!([table.columns, table.accepted])).unwrap()).unwrap();
        parts += packed.parts.len();
        rows += packed.summary.rows;
        bad += packed.summary.rejected;
        cases.push(json!({
            "name": format!("{SEED}={seed}"),
            "delimiter": char::from(delimiter.byte().unwrap()),
            "zips": zips.collect::<Vec<_>>(),
            "accepted": accepted,
        }));
    }
    let list = folder.path().join("cases.json");
    fs::write(&list, serde_json::to_vec(&cases).unwrap()).unwrap();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/rows/read_tables.py");
    let output = run(Command::new("python3").arg(script).arg(&list));
    assert_eq!(String::from_utf8(output).unwrap().trim(), format!("{} tables are right", cases.len()));
    // The tables are worth reading.
    assert!(
        given.is_some() || (parts > cases.len() && rows > 10_000 && bad > 1_000),
        "{parts}, {rows}, {bad}"
    );
}

/// The file of rejected rows must hold these records, byte for byte, each behind its number and its findings.
fn assert_rejected(seed: u64, mut file: &[u8], expected: &[(u64, Vec<u8>)]) {
    let header = file.iter().position(|byte| *byte == b'\n').unwrap();
    file = &file[header + 1..];
    for (row, record) in expected {
        // The findings are quoted, and have no quotes but doubled ones.
        let begin = format!("\"{row}\"");
        assert!(file.starts_with(begin.as_bytes()), "{SEED}={seed}: row {row} is missing");
        let delimiter = file[begin.len()];
        let findings = begin.len() + 2;
        let mut at = findings;
        while file[at] != b'"' || file[at + 1] == b'"' {
            at += if file[at] == b'"' { 2 } else { 1 };
        }
        assert!(file[findings..at].starts_with(b"[row::"), "{SEED}={seed}: row {row} has no findings");
        let whole = [&[b'"', delimiter], record.as_slice(), b"\r\n"].concat();
        assert!(file[at..].starts_with(&whole), "{SEED}={seed}: row {row} is not as it was read");
        file = &file[at + whole.len()..];
    }
    assert_eq!(file, b"", "{SEED}={seed}: there are more rows");
}
