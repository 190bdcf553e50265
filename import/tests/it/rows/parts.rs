//! Parts of a bounded size.

use std::fs;
use std::path::Path;
use std::process::Command;

use van_bulk_import::rows::{MIN_PART_BYTES, Packed, Packing, RowsError};

use super::support::{
    Rng, all_parts, has, leave_out, names, packing, preflight, run, text, threads, unzip, zips,
};

/// A file of about 300 KB that hardly can be compressed, with every 97th row bad if that is asked for.
fn file(with_bad_rows: bool) -> String {
    let mut rng = Rng(1);
    let mut file = "A,B\n".to_owned();
    for row in 1..=3_000 {
        let end = if with_bad_rows && row % 97 == 0 { ",surplus" } else { "" };
        let length = 60 + rng.below(80);
        file.push_str(&format!("{row},{}{end}\n", rng.noise(length)));
    }
    file
}

fn pack(folder: &Path, file: &str, number_of_threads: usize) -> Packed {
    packing(folder, &["A", "B"])
        .policy(leave_out(folder))
        .part_bytes(MIN_PART_BYTES)
        .threads(threads(number_of_threads))
        .csv(text(file))
        .unwrap()
}

fn first_cells(part: &[u8]) -> Vec<u64> {
    let mut reader = csv::Reader::from_reader(part);
    assert_eq!(reader.headers().unwrap(), ["A", "B"].as_slice());
    reader.records().map(|record| record.unwrap()[0].parse().unwrap()).collect()
}

#[test]
fn each_part_is_below_the_limit_and_complete_with_its_own_header() {
    let folder = tempfile::tempdir().unwrap();
    let packed = pack(folder.path(), &file(false), 2);
    assert!(packed.parts.len() >= 4, "{} parts", packed.parts.len());
    let mut next = 1;
    for (index, part) in packed.parts.iter().enumerate() {
        assert_eq!(part.path, folder.path().join(format!("rows-{:03}.zip", index + 1)));
        assert_eq!(part.file_name, "rows.csv");
        let text = unzip(&part.path);
        assert!(text.starts_with(b"\"A\",\"B\"\r\n") && text.ends_with(b"\"\r\n"));
        assert_eq!(part.unzipped_bytes, text.len() as u64);
        assert_eq!(part.bytes, fs::metadata(&part.path).unwrap().len());
        assert!(part.bytes <= MIN_PART_BYTES, "{} bytes", part.bytes);
        let rows = first_cells(&text);
        assert_eq!(part.rows, rows.len() as u64);
        assert_eq!(rows, (next..next + part.rows).collect::<Vec<_>>());
        assert_eq!((part.first_row, part.last_row), (next, next + part.rows - 1));
        next += part.rows;
    }
    assert_eq!(next, 3_001);
}

#[test]
fn parts_are_filled_before_the_next_is_begun() {
    let folder = tempfile::tempdir().unwrap();
    let packed = pack(folder.path(), &file(false), 2);
    let (_, full) = packed.parts.split_last().unwrap();
    // A part is filled by pieces of an eighth of it, before they are compressed.
    for part in full {
        assert!(part.bytes + MIN_PART_BYTES / 8 + 200 > MIN_PART_BYTES, "{} bytes", part.bytes);
    }
}

#[test]
fn parts_say_which_rows_of_the_input_they_hold_with_rejected_rows_between() {
    let folder = tempfile::tempdir().unwrap();
    let packed = pack(folder.path(), &file(true), 2);
    let mut all: Vec<u64> = Vec::new();
    for part in &packed.parts {
        let rows = first_cells(&unzip(&part.path));
        assert_eq!(part.rows, rows.len() as u64);
        assert_eq!((Some(&part.first_row), Some(&part.last_row)), (rows.first(), rows.last()));
        all.extend(rows);
    }
    assert_eq!(all, (1..=3_000).filter(|row| row % 97 != 0).collect::<Vec<_>>());
    assert_eq!((packed.summary.accepted, packed.summary.rejected), (2_970, 30));
}

#[test]
fn parts_have_the_same_bytes_with_any_number_of_threads() {
    let file = file(true);
    let pack = |number| {
        let folder = tempfile::tempdir().unwrap();
        let packed = pack(folder.path(), &file, number);
        (zips(&packed), fs::read(packed.rejected.unwrap()).unwrap())
    };
    let first = pack(1);
    assert!([1, 2, 5].into_iter().all(|number| pack(number) == first));
}

#[test]
fn large_parts_are_made_of_many_blocks() {
    let mut rng = Rng(2);
    let mut file = "A,B\n".to_owned();
    while file.len() < 3_500_000 {
        let noise = rng.noise(400);
        file.push_str(&format!("{noise},{}\n", "same ".repeat(400)));
    }
    let folder = tempfile::tempdir().unwrap();
    let pack = |level| packing(folder.path(), &["A", "B"]).level(level).csv(text(file.as_str())).unwrap();
    let packed = pack(1);
    let read = String::from_utf8(all_parts(&packed)).unwrap();
    assert_eq!(read.replace('"', "").replace("\r\n", "\n"), file);
    assert_eq!(packed.parts.len(), 1);
}

#[test]
fn a_row_larger_than_a_part_is_refused_and_nothing_is_left() {
    let mut rng = Rng(3);
    let row = format!("2,{}\n", rng.noise(100_000));
    let folder = tempfile::tempdir().unwrap();
    let input = text(format!("A,B\n1,x\n{row}3,y\n"));
    let error = packing(folder.path(), &["A", "B"]).part_bytes(MIN_PART_BYTES).csv(input).unwrap_err();
    let RowsError::TooLarge { first, last, bytes, most } = error else { panic!("{error}") };
    assert!((first..=last).contains(&2) && bytes > most && most == MIN_PART_BYTES, "{error}");
    assert!(error.to_string().contains("choose larger parts"), "{error}");
    assert_eq!(names(folder.path()), [""; 0]);
    // A larger one is fine if it can be compressed.
    let input = text(format!("A,B\n1,{}\n", "x".repeat(500_000)));
    let packed = packing(folder.path(), &["A", "B"]).part_bytes(MIN_PART_BYTES).csv(input).unwrap();
    assert_eq!((packed.parts[0].rows, packed.parts.len()), (1, 1));
}

#[test]
fn other_programs_unpack_the_parts_and_their_names_with_letters_beyond_ascii() {
    let folder = tempfile::tempdir().unwrap();
    let name = "Unterschriften für Łódź – 日本.csv";
    let packing = Packing::new(&preflight(&["A", "B"]), folder.path(), name).part_bytes(MIN_PART_BYTES);
    let packed = packing.csv(text(file(false))).unwrap();
    assert_eq!(packed.parts[1].path, folder.path().join("Unterschriften für Łódź – 日本-002.zip"));
    if has("python3", "--version", "Python has not tested the zips") {
        for part in &packed.parts {
            let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/rows/read_zip.py");
            let output = run(Command::new("python3").arg(script).arg(&part.path));
            let (found, rows): (String, Vec<Vec<String>>) = serde_json::from_slice(&output).unwrap();
            assert_eq!((found.as_str(), rows.len() as u64), (name, part.rows + 1));
        }
    }
    if has("unzip", "-v", "Info-ZIP has not tested the zips") {
        for part in &packed.parts {
            let output = run(Command::new("unzip").arg("-t").arg(&part.path));
            let output = String::from_utf8_lossy(&output);
            assert!(output.contains("No errors detected"), "{output}");
            let unpacked = run(Command::new("unzip").arg("-p").arg(&part.path));
            assert!(unpacked == unzip(&part.path));
        }
    }
}

#[test]
#[cfg(unix)]
fn parts_and_rejected_rows_are_readable_by_their_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    pack(folder.path(), "A,B\n1,2\n3\n", 1);
    assert_eq!(names(folder.path()), ["rejected.csv", "rows-001.zip"]);
    for name in names(folder.path()) {
        let mode = fs::metadata(folder.path().join(&name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

#[test]
fn a_part_that_cannot_get_its_name_takes_all_others_and_the_rejected_rows_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let in_the_way = folder.path().join("rows-003.zip");
    fs::create_dir(&in_the_way).unwrap();
    let packing =
        packing(folder.path(), &["A", "B"]).policy(leave_out(folder.path())).part_bytes(MIN_PART_BYTES);
    let error = packing.csv(text(file(true))).unwrap_err().to_string();
    assert!(error.contains("could not create") && error.contains("rows-003.zip"), "{error}");
    assert_eq!(names(folder.path()), ["rows-003.zip"]);
}

#[test]
fn an_earlier_run_with_more_parts_leaves_none_that_could_be_taken_for_a_part_of_this_one() {
    let folder = tempfile::tempdir().unwrap();
    assert!(pack(folder.path(), &file(false), 2).parts.len() >= 4);
    fs::write(folder.path().join("other-001.zip"), "of another import").unwrap();
    assert_eq!(pack(folder.path(), "A,B\n1,2\n", 2).parts.len(), 1);
    assert_eq!(names(folder.path()), ["other-001.zip", "rejected.csv", "rows-001.zip"]);
    // Every row is left out, so there is no part.
    assert_eq!(pack(folder.path(), "A,B\n1\n", 2).parts, []);
    assert_eq!(names(folder.path()), ["other-001.zip", "rejected.csv"]);
}
