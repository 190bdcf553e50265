use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::Command;

use van_bulk::mapping::Apply;
use van_bulk::payload::{Delimiter, MappingType};
use van_bulk::{Cells, FinishedJob, Header, Job, Resource, Row};
use van_bulk_import::rows::{RowsError, pack_csv, pack_csv_from};
use van_bulk_import::{PackedFile, Packer};

const COLUMNS: [&str; 3] = ["GivenName", "Note, with comma", "ExternalId"];

/// A resource type of this test.
enum Contacts {}

impl Resource for Contacts {
    const NAME: &'static str = "Contacts";
    type Start = ();
}

/// A mapping type of this test, without fields.
struct Everything;

impl<T> Apply<Contacts, T, ()> for Everything {
    const RULES: &'static van_bulk::rules::MappingRules<'static> = &van_bulk::rules::MappingRules {
        name: "Everything",
        multiplicity: van_bulk::rules::Multiplicity::Multiple,
        resource_types: &["Contacts"],
        fields: &[],
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

/// A job over a file with these columns.
fn job(columns: &[&'static str]) -> FinishedJob {
    let header = Header::new(columns.iter().copied()).unwrap();
    Job::<Contacts, Header>::with_header("Rows", &header).apply(Everything).finish().unwrap()
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

fn pack(path: &Path, delimiter: &Delimiter) -> PackedFile {
    let mut packer = Packer::create(path, "contacts.csv", &COLUMNS, delimiter).unwrap();
    for row in rows() {
        packer.write(&row).unwrap();
    }
    packer.finish().unwrap()
}

fn unzip(path: &Path) -> String {
    let mut archive = zip::ZipArchive::new(fs::File::open(path).unwrap()).unwrap();
    assert_eq!(archive.len(), 1);
    let mut text = String::new();
    archive.by_index(0).unwrap().read_to_string(&mut text).unwrap();
    text
}

fn names(folder: &Path) -> Vec<String> {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn rows_are_read_back_as_they_were_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("contacts.zip");
    for delimiter in [Delimiter::Csv, Delimiter::Tab] {
        let packed = pack(&path, &delimiter);
        let text = unzip(&path);
        assert_eq!(packed.rows, rows().len() as u64);
        assert_eq!(packed.bytes, fs::metadata(&path).unwrap().len());
        assert_eq!(packed.unzipped_bytes, text.len() as u64);
        assert!(!packed.is_above_advised_size());
        let mut reader =
            csv::ReaderBuilder::new().delimiter(delimiter.byte().unwrap()).from_reader(text.as_bytes());
        assert_eq!(reader.headers().unwrap(), COLUMNS.as_slice());
        let read: Vec<Vec<String>> = reader.deserialize().map(Result::unwrap).collect();
        assert_eq!(read, rows());
    }
    assert_eq!(names(folder.path()), ["contacts.zip"]);
}

#[test]
fn every_cell_is_quoted_and_lines_end_in_crlf() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.zip");
    let mut packer = Packer::create(&path, "a.txt", &["A", "B"], &Delimiter::Tab).unwrap();
    packer.write(["1", "x \"y\""]).unwrap();
    packer.write(["", ""]).unwrap();
    packer.finish().unwrap();
    assert_eq!(unzip(&path), "\"A\"\t\"B\"\r\n\"1\"\t\"x \"\"y\"\"\"\r\n\"\"\t\"\"\r\n");
}

#[test]
fn the_same_rows_give_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (folder.path().join("1.zip"), folder.path().join("2.zip"));
    pack(&one, &Delimiter::Csv);
    std::thread::sleep(std::time::Duration::from_millis(2_100));
    pack(&two, &Delimiter::Csv);
    assert!(fs::read(one).unwrap() == fs::read(two).unwrap());
}

#[test]
fn another_program_reads_the_same_rows() {
    let script = "import zipfile, csv, io, sys, json\n\
        archive = zipfile.ZipFile(sys.argv[1])\n\
        assert archive.testzip() is None\n\
        [name] = archive.namelist()\n\
        text = io.TextIOWrapper(archive.open(name), encoding='utf-8', newline='')\n\
        sys.stdout.buffer.write(json.dumps([name, list(csv.reader(text, strict=True))]).encode())\n";
    if Command::new("python3").arg("--version").output().is_err() {
        eprintln!("SKIPPED: python3 is not installed, so no second program has read the zip");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("contacts.zip");
    pack(&path, &Delimiter::Csv);
    let output = Command::new("python3").args(["-c", script]).arg(&path).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let (name, read): (String, Vec<Vec<String>>) = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(name, "contacts.csv");
    assert_eq!(read[0], COLUMNS);
    assert_eq!(read[1..], rows());
}

#[test]
fn a_packer_that_is_dropped_leaves_what_was_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.zip");
    fs::write(&path, "before").unwrap();
    let mut packer = Packer::create(&path, "a.csv", &["A"], &Delimiter::Csv).unwrap();
    packer.write(["1"]).unwrap();
    drop(packer);
    assert_eq!(fs::read_to_string(&path).unwrap(), "before");
    assert_eq!(names(folder.path()), ["a.zip"]);
}

#[test]
fn a_wrong_row_is_named_and_not_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.zip");
    let mut packer = Packer::create(&path, "a.csv", &["A", "B"], &Delimiter::Csv).unwrap();
    packer.write(["1", "2"]).unwrap();
    let error = packer.write(["3"]).unwrap_err();
    assert!(matches!(error, RowsError::CellCount { row: 2, expected: 2, found: 1 }), "{error}");
    let error = packer.write(["3", "4", "5", "6"]).unwrap_err();
    assert!(matches!(error, RowsError::CellCount { row: 2, expected: 2, found: 4 }), "{error}");
    let error = packer.write([&b"3"[..], b"caf\xe9"]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "row 2, column `B`: byte 3 of the cell is not UTF-8; convert the text to UTF-8 first"
    );
    packer.write(["3", "4"]).unwrap();
    assert_eq!(packer.finish().unwrap().rows, 2);
    assert_eq!(unzip(&path), "\"A\",\"B\"\r\n\"1\",\"2\"\r\n\"3\",\"4\"\r\n");
}

#[test]
fn typed_rows_are_packed_with_the_columns_and_the_delimiter_of_their_job() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.zip");
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
        let job =
            Job::<Contacts, Signup>::new("Rows").apply(Everything).delimiter(delimiter).finish().unwrap();
        let mut packer = Packer::for_job(&path, "signups.txt", &job).unwrap();
        packer.write_row(&Signup("Ada, \"A\"", "ada@example.org")).unwrap();
        packer.write(["Bo", ""]).unwrap();
        let packed = packer.finish().unwrap();
        assert_eq!((packed.rows, packed.file_name.as_str()), (2, "signups.txt"));
        assert_eq!(unzip(&path), expected);
    }
    let error = Packer::for_job(&path, "x/y.csv", &job(&["A"])).unwrap_err();
    assert!(matches!(error, RowsError::FileName(_)), "{error}");
}

#[test]
fn rows_of_another_type_are_refused_and_not_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.zip");
    let mut packer = Packer::for_job(&path, "a.csv", &job(&["FirstName", "Email"])).unwrap();
    packer.write_row(&Signup("Ada", "ada@example.org")).unwrap();
    let error = packer.write_row(&Swapped).unwrap_err();
    assert!(matches!(error, RowsError::RowType { row: 2, .. }), "{error}");
    let message = error.to_string();
    assert!(
        message.contains("Swapped` are not those of the file: the names are the same but not their order"),
        "{message}"
    );
    for cells in [0, 1, 3] {
        let error = packer.write_row(&Odd(cells)).unwrap_err();
        assert!(
            matches!(error, RowsError::CellCount { row: 2, expected: 2, found } if found == cells),
            "{error}"
        );
    }
    packer.write_row(&Signup("Bo", "")).unwrap();
    assert_eq!(packer.finish().unwrap().rows, 2);
    assert_eq!(unzip(&path), "\"FirstName\",\"Email\"\r\n\"Ada\",\"ada@example.org\"\r\n\"Bo\",\"\"\r\n");
}

#[test]
fn what_cannot_be_packed_is_refused_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.zip");
    let create = |path: &Path, name: &str, columns: &[&str], delimiter: Delimiter| {
        Packer::create(path, name, columns, &delimiter).unwrap_err().to_string()
    };
    assert!(create(&path, "a.csv", &[], Delimiter::Csv).contains("the file has no columns"));
    assert!(create(&path, "a.csv", &["A", " "], Delimiter::Csv).contains("column 2 has no name"));
    assert!(
        create(&path, "a.csv", &["A", "É", "é"], Delimiter::Csv).contains("columns 2 and 3 are both named")
    );
    let columns: Vec<String> = (1..=51).map(|number| format!("Column{number}")).collect();
    let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
    assert!(create(&path, "a.csv", &columns, Delimiter::Csv).contains("the file has 51 columns"));
    drop(Packer::create(&path, "a.csv", &columns[..50], &Delimiter::Csv).unwrap());
    assert!(create(&path, "x/a.csv", &["A"], Delimiter::Csv).contains("`x/a.csv` is no name"));
    assert!(create(&path, "a.csv", &["A"], Delimiter::Other("pipe".into())).contains("delimiter `pipe`"));
    let nowhere = folder.path().join("no/such/folder/a.zip");
    assert!(create(&nowhere, "a.csv", &["A"], Delimiter::Csv).contains("could not write beside"));
    assert!(names(folder.path()).is_empty());
}

fn pack_text(text: &[u8]) -> Result<String, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.zip");
    let packed = pack_csv_from(text, "in.csv", &path, "a.csv", &job(&["A", "B"]));
    match packed {
        Ok(_) => Ok(unzip(&path)),
        Err(error) => {
            assert!(names(folder.path()).is_empty(), "nothing is left");
            Err(error.to_string())
        }
    }
}

#[test]
fn a_csv_is_packed_in_our_form() {
    let packed = pack_text("\u{feff}A,B\n1,\"two\nlines\"\n\n3,\n".as_bytes()).unwrap();
    assert_eq!(packed, "\"A\",\"B\"\r\n\"1\",\"two\nlines\"\r\n\"3\",\"\"\r\n");
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("in.csv");
    fs::write(&source, "A,B\n1,2\n").unwrap();
    let zip = folder.path().join("a.zip");
    assert_eq!(pack_csv(&source, &zip, "a.csv", &job(&["A", "B"])).unwrap().rows, 1);
    let missing = folder.path().join("none.csv");
    let error = pack_csv(&missing, &zip, "a.csv", &job(&["A", "B"])).unwrap_err();
    assert!(error.to_string().starts_with("could not open "), "{error}");
}

#[test]
fn a_header_that_is_not_the_columns_of_the_job_is_explained() {
    for (text, problem) in [
        (
            "B,A\n",
            "the names are the same but not their order, from column 1 on, which is `B` instead of `A`",
        ),
        ("A\n", "lacking: `B`"),
        ("A,B,C\n", "not in the job: `C`"),
        ("A,b\n", "lacking: `B`; not in the job: `b`; perhaps `b` is meant to be `B`"),
        ("A,B,B\n", "a name is there twice"),
    ] {
        let message = pack_text(text.as_bytes()).unwrap_err();
        assert!(message.starts_with("in.csv: the header is not the columns of the job"), "{message}");
        assert!(message.contains(problem), "{message}");
    }
}

#[test]
fn a_faulty_csv_is_refused_with_its_line() {
    for (text, start) in [
        (&b""[..], "in.csv, line 1: the file is empty"),
        (b"A,B\n1,2\n3\n", "in.csv, line 3: row 2 has 1 cells, the header has 2"),
        (b"A,B\n1,2\n\"3,4\n5,6\n", "in.csv, line 3: the quote opened in row 2 is never closed"),
        (b"A,B\n1,\"2\"x\n", "in.csv, line 2: row 1 has text after a closing quote"),
        (b"A,B\n1,2\n3,\xff\n", "in.csv, line 3: row 2 is not UTF-8 at byte 10 of the file"),
    ] {
        let message = pack_text(text).unwrap_err();
        assert!(message.starts_with(start), "{message}");
    }
}
