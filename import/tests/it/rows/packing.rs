//! What is packed, and how it is written.

use std::fs;
use std::path::Path;
use std::process::Command;

use van_bulk::mapping::Apply;
use van_bulk::payload::{Delimiter, MappingType};
use van_bulk::{Cells, FinishedJob, Job, Resource, Row};
use van_bulk_import::rows::{MAX_ZIP_BYTES, MIN_PART_BYTES, Packed, Packing, Preflight, RowsError};

use super::support::{
    has, leave_out, names, only_part, packing, preflight, refusal, run, text, threads, unzip, zips,
};

const COLUMNS: [&str; 3] = ["GivenName", "Note, with comma", "ExternalId"];

/// A resource type of this test.
enum Contacts {}

impl Resource for Contacts {
    const NAME: &'static str = "Contacts";
    type Start = ();
    type Mode = van_bulk::mode::AnyMode;
}

/// A mapping type of this test, without fields.
struct Everything;

impl<T> Apply<Contacts, T, ()> for Everything {
    const RULES: &'static van_bulk::rules::MappingRules<'static> = &van_bulk::rules::MappingRules {
        name: "Everything",
        multiplicity: van_bulk::rules::Multiplicity::Multiple,
        resource_types: &["Contacts"],
        fields: &[],
        required: &[],
        required_when_allowed: &[],
        static_only: &[],
        parents: &[],
        limits: &[],
        any_parent: &[],
        exclusive: &[],
    };
    type Next = ();
    fn into_mapping(self) -> MappingType {
        MappingType {
            name: "Everything".into(),
            result_file_column_name: None,
            field_value_mappings: Vec::new(),
        }
    }
}

/// A row as a program has it.
struct Signup(&'static str, &'static str);

impl Row for Signup {
    const COLUMNS: &'static [&'static str] = &["FirstName", "Email"];
    fn write(&self, cells: &mut Cells) {
        cells.push(self.0);
        cells.push(self.1);
    }
}

/// A row with the columns of [`Signup`], ordered otherwise.
struct Swapped;

impl Row for Swapped {
    const COLUMNS: &'static [&'static str] = &["Email", "FirstName"];
    fn write(&self, cells: &mut Cells) {
        cells.push("ada@example.org");
        cells.push("Ada");
    }
}

/// A row that says it has the columns of [`Signup`], and hands out any number of cells.
struct Odd(usize);

impl Row for Odd {
    const COLUMNS: &'static [&'static str] = Signup::COLUMNS;
    fn write(&self, cells: &mut Cells) {
        (0..self.0).for_each(|_| cells.push("x"));
    }
}

fn signups(delimiter: Delimiter) -> FinishedJob {
    Job::<Contacts, Signup>::new("Rows").apply(Everything).delimiter(delimiter).finish().unwrap()
}

/// For the rows of a job over a schema that takes its only mapping type.
fn preflight_of(job: &FinishedJob) -> Preflight {
    let columns: Vec<&str> = job.columns().collect();
    Preflight::of_columns(&columns, job.delimiter()).unwrap()
}

/// Rows with everything that a careless writer breaks.
fn rows() -> Vec<[String; 3]> {
    let mut rows = vec![
        ["Tamás".to_owned(), "says \"hi\", then\r\nleaves".to_owned(), "1".to_owned()],
        [String::new(), "\ttab\n".to_owned(), " spaces ".to_owned()],
        ["=1+1".to_owned(), "\"".to_owned(), "日本".to_owned()],
    ];
    rows.extend((0..5_000).map(|row| [format!("Name {row}"), String::new(), row.to_string()]));
    rows
}

fn pack(folder: &Path, delimiter: &Delimiter, number_of_threads: usize) -> Packed {
    let preflight = Preflight::of_columns(&COLUMNS, delimiter).unwrap();
    let packing = Packing::new(&preflight, folder, "rows.csv")
        .part_bytes(MIN_PART_BYTES)
        .threads(threads(number_of_threads));
    let mut packer = packing.start().unwrap();
    rows().iter().for_each(|row| packer.write(row).unwrap());
    packer.finish().unwrap()
}

#[test]
fn rows_are_read_back_as_they_were_written() {
    for delimiter in [Delimiter::Csv, Delimiter::Tab] {
        let folder = tempfile::tempdir().unwrap();
        let packed = pack(folder.path(), &delimiter, 2);
        let [part] = packed.parts.as_slice() else { panic!("{} parts", packed.parts.len()) };
        let text = unzip(&part.path);
        assert_eq!((part.rows, part.first_row, part.last_row), (5_003, 1, 5_003));
        assert_eq!((packed.summary.rows, packed.summary.accepted), (5_003, 5_003));
        assert_eq!(part.bytes, fs::metadata(&part.path).unwrap().len());
        assert_eq!(part.unzipped_bytes, text.len() as u64);
        let mut reader =
            csv::ReaderBuilder::new().delimiter(delimiter.byte().unwrap()).from_reader(text.as_slice());
        assert_eq!(reader.headers().unwrap(), COLUMNS.as_slice());
        let read: Vec<Vec<String>> = reader.deserialize().map(Result::unwrap).collect();
        assert_eq!(read, rows());
        assert_eq!(names(folder.path()), ["rows-001.zip"]);
    }
}

#[test]
fn every_cell_is_quoted_and_lines_end_in_crlf() {
    let folder = tempfile::tempdir().unwrap();
    let preflight = Preflight::of_columns(&["A", "B"], &Delimiter::Tab).unwrap();
    let mut packer = Packing::new(&preflight, folder.path(), "rows.txt").start().unwrap();
    packer.write(["1", "x \"y\""]).unwrap();
    packer.write(["", ""]).unwrap();
    let packed = packer.finish().unwrap();
    assert_eq!(only_part(&packed), "\"A\"\t\"B\"\r\n\"1\"\t\"x \"\"y\"\"\"\r\n\"\"\t\"\"\r\n");
}

#[test]
fn a_csv_is_packed_in_our_form() {
    let folder = tempfile::tempdir().unwrap();
    let source = text("\u{feff}A,B\n1,\"two\nlines\"\n\n3,\r\na \"b\",\"\"\"\"\n");
    let packed = packing(folder.path(), &["A", "B"]).csv(source).unwrap();
    let expected = "\"A\",\"B\"\r\n\"1\",\"two\nlines\"\r\n\"3\",\"\"\r\n\"a \"\"b\"\"\",\"\"\"\"\r\n";
    assert_eq!(only_part(&packed), expected);
}

#[test]
fn a_file_of_tabs_is_packed_with_the_delimiter_of_the_job() {
    let folder = tempfile::tempdir().unwrap();
    let packed = packing(folder.path(), &["A", "B"]).csv(text("A\tB\n1,5\t\"2\t3\"\n")).unwrap();
    assert_eq!(only_part(&packed), "\"A\",\"B\"\r\n\"1,5\",\"2\t3\"\r\n");
}

#[test]
fn the_same_rows_give_the_same_bytes_with_any_number_of_threads_and_on_every_run() {
    let folder = tempfile::tempdir().unwrap();
    let first = zips(&pack(folder.path(), &Delimiter::Csv, 1));
    for number in [1, 2, 5] {
        assert!(zips(&pack(folder.path(), &Delimiter::Csv, number)) == first, "{number} threads");
    }
    // No time of the day is in it, which would tell runs apart.
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(&first[0])).unwrap();
    let time = archive.by_index(0).unwrap().last_modified().unwrap();
    assert_eq!((time.year(), time.month(), time.day(), time.hour()), (1980, 1, 1, 0));
}

#[test]
fn another_program_reads_the_same_rows() {
    if !has("python3", "--version", "no second program has read the zip") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let packed = pack(folder.path(), &Delimiter::Csv, 2);
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/rows/read_zip.py");
    let output = run(Command::new("python3").arg(script).arg(&packed.parts[0].path));
    let (name, read): (String, Vec<Vec<String>>) = serde_json::from_slice(&output).unwrap();
    assert_eq!(name, "rows.csv");
    assert_eq!(read[0], COLUMNS);
    assert_eq!(read[1..], rows());
}

#[test]
fn a_packer_that_is_dropped_leaves_what_was_there() {
    let folder = tempfile::tempdir().unwrap();
    let zip = folder.path().join("rows-001.zip");
    fs::write(&zip, "before").unwrap();
    fs::write(folder.path().join("rejected.csv"), "before, too").unwrap();
    let packing = packing(folder.path(), &["A"]).policy(leave_out(folder.path())).part_bytes(MIN_PART_BYTES);
    let mut packer = packing.start().unwrap();
    (0..30_000).for_each(|row: u32| packer.write([row.to_string(), "x".repeat(row as usize % 2)]).unwrap());
    drop(packer);
    assert_eq!(names(folder.path()), ["rejected.csv", "rows-001.zip"]);
    assert_eq!(fs::read_to_string(&zip).unwrap(), "before");
    assert_eq!(fs::read_to_string(folder.path().join("rejected.csv")).unwrap(), "before, too");
}

#[test]
fn parts_of_an_earlier_run_are_replaced() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("rows-001.zip"), "before").unwrap();
    let packed = packing(folder.path(), &["A"]).csv(text("A\n1\n")).unwrap();
    assert_eq!(only_part(&packed), "\"A\"\r\n\"1\"\r\n");
    assert_eq!(names(folder.path()), ["rows-001.zip"]);
}

#[test]
fn typed_rows_are_packed_with_the_columns_and_the_delimiter_of_their_job() {
    for (delimiter, expected) in [
        (
            Delimiter::Csv,
            "\"FirstName\",\"Email\"\r\n\"Ada, \"\"A\"\"\",\"ada@example.org\"\r\n\"Bo\",\"\"\r\n",
        ),
        (
            Delimiter::Tab,
            "\"FirstName\"\t\"Email\"\r\n\"Ada, \"\"A\"\"\"\t\"ada@example.org\"\r\n\"Bo\"\t\"\"\r\n",
        ),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let preflight = preflight_of(&signups(delimiter));
        let mut packer = Packing::new(&preflight, folder.path(), "signups.txt").start().unwrap();
        packer.write_row(&Signup("Ada, \"A\"", "ada@example.org")).unwrap();
        packer.write(["Bo", ""]).unwrap();
        assert_eq!(packer.rows(), 2);
        let packed = packer.finish().unwrap();
        assert_eq!((packed.parts[0].rows, packed.parts[0].file_name.as_str()), (2, "signups.txt"));
        assert_eq!(packed.parts[0].path, folder.path().join("signups-001.zip"));
        assert_eq!(only_part(&packed), expected);
    }
}

#[test]
fn rows_of_another_type_are_refused_and_not_written() {
    let folder = tempfile::tempdir().unwrap();
    let mut packer = packing(folder.path(), Signup::COLUMNS).start().unwrap();
    packer.write_row(&Signup("Ada", "ada@example.org")).unwrap();
    let error = packer.write_row(&Swapped).unwrap_err();
    assert!(matches!(error, RowsError::RowType { row: 2, .. }), "{error}");
    let message = error.to_string();
    assert!(
        message.contains("Swapped` are not those of the file: the names are the same but not their order"),
        "{message}"
    );
    packer.write_row(&Signup("Bo", "")).unwrap();
    let packed = packer.finish().unwrap();
    assert_eq!(packed.summary.rows, 2);
    assert_eq!(
        only_part(&packed),
        "\"FirstName\",\"Email\"\r\n\"Ada\",\"ada@example.org\"\r\n\"Bo\",\"\"\r\n"
    );
}

#[test]
fn a_row_of_a_program_with_the_wrong_number_of_cells_is_a_bad_row() {
    for cells in [0, 1, 3] {
        let folder = tempfile::tempdir().unwrap();
        let packing = packing(folder.path(), Signup::COLUMNS).policy(leave_out(folder.path()));
        let mut packer = packing.start().unwrap();
        packer.write_row(&Signup("Ada", "ada@example.org")).unwrap();
        packer.write_row(&Odd(cells)).unwrap();
        packer.write(vec!["y"; cells]).unwrap();
        packer.write_row(&Signup("Bo", "")).unwrap();
        let packed = packer.finish().unwrap();
        assert_eq!((packed.summary.accepted, packed.summary.rejected), (2, 2), "{cells} cells");
        assert_eq!(packed.summary.groups[0].first.place.row, 2);
        assert_eq!(packed.summary.groups[0].first.problem.code, "row::cell-count");
        let expected = "\"FirstName\",\"Email\"\r\n\"Ada\",\"ada@example.org\"\r\n\"Bo\",\"\"\r\n";
        assert_eq!(only_part(&packed), expected, "{cells} cells");
    }
}

#[test]
fn a_cell_of_a_program_that_is_not_utf_8_makes_a_bad_row_that_names_its_column() {
    let folder = tempfile::tempdir().unwrap();
    let mut packer = packing(folder.path(), &["A", "B"]).start().unwrap();
    packer.write([&b"3"[..], b"caf\xe9"]).unwrap();
    packer.write(["3", "4"]).unwrap();
    let error = packer.finish().unwrap_err();
    let RowsError::Refused(summary) = &error else { panic!("{error}") };
    let finding = &summary.groups[0].first;
    assert_eq!((finding.place.row, finding.place.line, finding.place.offset), (1, None, None));
    assert_eq!(finding.problem.code, "row::not-utf-8");
    assert_eq!(finding.problem.column.as_deref(), Some("B"));
    assert_eq!(names(folder.path()), [""; 0]);
}

#[test]
fn a_row_that_is_too_long_is_refused_with_its_size_and_ends_the_packing() {
    let folder = tempfile::tempdir().unwrap();
    let mut packer = packing(folder.path(), &["A"]).start().unwrap();
    packer.write(["1"]).unwrap();
    let error = packer.write(["x".repeat(1024 * 1024)]).unwrap_err();
    assert!(matches!(error, RowsError::TooLong { row: 2, bytes: 1_048_578, most: 1_048_576 }), "{error}");
    assert!(matches!(packer.finish().unwrap_err(), RowsError::Failed));
    assert_eq!(names(folder.path()), [""; 0]);
}

#[test]
fn what_cannot_be_packed_is_refused_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let columns = |columns: &[&str], delimiter: &Delimiter| {
        Preflight::of_columns(columns, delimiter).unwrap_err().to_string()
    };
    assert!(columns(&[], &Delimiter::Csv).contains("the file has no columns"));
    assert!(columns(&["A", " "], &Delimiter::Csv).contains("column 2 has no name"));
    assert!(columns(&["A", "É", "é"], &Delimiter::Csv).contains("columns 2 and 3 are both named"));
    assert!(columns(&["A"], &Delimiter::Other("pipe".into())).contains("delimiter `pipe`"));
    let many: Vec<String> = (1..=51).map(|number| format!("Column{number}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert!(columns(&many, &Delimiter::Csv).contains("the file has 51 columns"));
    assert_eq!(preflight(&many[..50]).columns().len(), 50);

    let start = |name: &str, bytes: u64| {
        let packing = Packing::new(&preflight(&["A"]), folder.path(), name).part_bytes(bytes);
        packing.start().map(drop).map_err(|error| error.to_string())
    };
    for name in ["x/a.csv", "x\\a.csv", "", "..", "a\n.csv"] {
        assert!(start(name, MIN_PART_BYTES).unwrap_err().contains("is no name for a file"), "{name:?}");
    }
    assert_eq!(start("a.csv", MIN_PART_BYTES), Ok(()));
    assert_eq!(start("a.csv", MAX_ZIP_BYTES), Ok(()));
    for bytes in [0, MIN_PART_BYTES - 1, MAX_ZIP_BYTES + 1, u64::MAX] {
        let error = start("a.csv", bytes).unwrap_err();
        assert!(error.contains("choose from 65536 to 100000000 bytes"), "{error}");
    }
    assert_eq!(names(folder.path()), [""; 0]);
}

#[test]
fn a_folder_that_is_not_there_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let nowhere = folder.path().join("no/such/folder");
    let error = packing(&nowhere, &["A"]).csv(text("A\n1\n")).unwrap_err().to_string();
    assert_eq!(error, format!("{} is no folder; create it, or name another", nowhere.display()));
    let policy = leave_out(&nowhere);
    let error = packing(folder.path(), &["A"]).policy(policy).csv(text("A\n1\n")).unwrap_err().to_string();
    assert_eq!(error, format!("{} is no folder; create it, or name another", nowhere.display()));
    assert_eq!(names(folder.path()), [""; 0]);
}

#[test]
fn an_import_without_rows_is_refused() {
    assert!(refusal("A,B\n").starts_with("in.csv has no rows, and VAN fails a job without rows"));
    let folder = tempfile::tempdir().unwrap();
    let error = packing(folder.path(), &["A"]).start().unwrap().finish().unwrap_err();
    assert_eq!(
        error.to_string(),
        "the import has no rows, and VAN fails a job without rows; give it at least one"
    );
    assert_eq!(names(folder.path()), [""; 0]);
}
