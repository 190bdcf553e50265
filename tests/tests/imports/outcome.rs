//! The file of outcomes, when what it is made of was changed meanwhile.

use std::fs;

use van_bulk::payload::{Delimiter, Payload};
use van_bulk_emulator::Config;
use van_bulk_emulator::faults::{Endpoint, Fault, Faults, Kind};
use van_bulk_import::ImportError;
use van_bulk_import::delimited::{Encoding, Input};
use van_bulk_import::import::{Assumption, BadRows, Import, Problem, Report};
use van_bulk_import::ledger::PartState;

use crate::support::{World, client, contacts, row, wait};

/// A row without a phone number, which the job needs.
const BAD: &str = "Bo,Brandt,bo@example.org,";

async fn resume(world: &World) -> Result<Report, ImportError> {
    let id = world.ledger.imports().unwrap().pop().unwrap().id;
    Import::resume(&world.ledger, id).wait(wait()).run(&world.client, &world.target).await
}

/// Runs an import whose last part is not sent, and tells how many parts it has.
async fn run_but_for_one_part(world: &World, rows: &[String]) -> Vec<u32> {
    let lost = Fault::new(Kind::ResetBefore).at(Endpoint::Submit).next(1);
    world.emulator.set_faults(Faults::from(lost)).unwrap();
    let error = world.import(rows).parts_at_once(1).run(&world.client, &world.target).await.unwrap_err();
    let ImportError::Unfinished { report, problems } = error else { panic!("{error}") };
    assert!(report.parts.len() >= 2, "{report}");
    assert!(report.parts.iter().skip(1).all(|part| part.record.state == PartState::Accounted), "{report}");
    problems.iter().map(|problem| problem.part).collect()
}

async fn resume_lost(world: &World, parts: Vec<u32>) -> Result<Report, ImportError> {
    let id = world.ledger.imports().unwrap().pop().unwrap().id;
    let resume = Import::resume(&world.ledger, id).wait(wait());
    let resume = parts.into_iter().fold(resume, |resume, part| resume.assume(part, Assumption::Lost));
    resume.run(&world.client, &world.target).await
}

#[tokio::test]
async fn the_file_of_rejected_rows_can_be_edited_and_removed_while_the_import_goes_on() {
    for edited in [None, Some("findings;row\nmine;3\n")] {
        let world = World::new(Config::default()).await;
        let mut rows: Vec<String> = (1..=6_000).map(row).collect();
        (rows[0], rows[41], rows[5_999]) = (BAD.to_owned(), BAD.to_owned(), BAD.to_owned());
        let stranger = client(&world.emulator.base_url(), "not-the-key");
        let import = world.import(&rows).schema(crate::support::sample());
        import.run(&stranger, &world.target).await.unwrap_err();
        let folder = world.ledger.folder_of(world.ledger.imports().unwrap()[0].id);
        let rejected = folder.join("rejected.csv");
        assert_eq!(fs::read_to_string(&rejected).unwrap().lines().count(), 4);
        match edited {
            Some(text) => fs::write(&rejected, text).unwrap(),
            None => fs::remove_file(&rejected).unwrap(),
        }
        let report = resume(&world).await.unwrap();
        assert_eq!((report.rejected, report.processed), (3, 5_997));
        let lines = world.outcome();
        assert_eq!(lines.len(), 6_001);
        for number in [1, 42, 6_000] {
            assert_eq!(lines[number][..2], [number.to_string(), "rejected".to_owned()]);
            assert!(lines[number][7].contains("Phone"), "{:?}", lines[number]);
        }
    }
}

#[tokio::test]
async fn result_files_that_were_removed_or_changed_before_the_end_are_downloaded_again() {
    for changed in [None, Some("nonsense")] {
        let world = World::new(Config::default()).await;
        let rows: Vec<String> = (1..=6_000).map(row).collect();
        let lost = run_but_for_one_part(&world, &rows).await;
        let results = world.ledger.folder_of(world.ledger.imports().unwrap()[0].id).join("results");
        for file in fs::read_dir(results).unwrap() {
            match changed {
                Some(text) => fs::write(file.unwrap().path(), text).unwrap(),
                None => fs::remove_file(file.unwrap().path()).unwrap(),
            }
        }
        let report = resume_lost(&world, lost).await.unwrap();
        assert_eq!(report.processed, 6_000);
        assert_eq!(world.outcome().len(), 6_001);
        assert!(world.applied().values().all(|times| *times == 1));
    }
}

#[tokio::test]
async fn a_zip_that_was_removed_keeps_no_other_part_from_its_end() {
    let world = World::new(Config::default()).await;
    let stranger = client(&world.emulator.base_url(), "not-the-key");
    let rows: Vec<String> = (1..=6_000).map(row).collect();
    let import = world.import(&rows).schema(crate::support::sample());
    import.run(&stranger, &world.target).await.unwrap_err();
    let parts = world.ledger.folder_of(world.ledger.imports().unwrap()[0].id).join("parts");
    let (zip, away) = (parts.join("rows-001.zip"), parts.join("away"));
    fs::rename(&zip, &away).unwrap();

    let error = resume(&world).await.unwrap_err();
    let ImportError::Unfinished { report, problems } = error else { panic!("{error}") };
    assert!(
        matches!(problems.as_slice(), [one] if one.part == 1 && matches!(one.problem, Problem::NoZip { .. }))
    );
    assert_eq!(report.unsent + report.processed, 6_000);
    assert!(report.processed > 0, "{report}");

    fs::rename(&away, &zip).unwrap();
    assert_eq!(resume(&world).await.unwrap().processed, 6_000);
}

/// Imports a text, and gives the lines of its outcome.
async fn outcome_of(text: &[u8], delimiter: Delimiter, encoding: Encoding) -> Vec<Vec<String>> {
    let world = World::new(Config::default()).await;
    let file = world.file(&[]);
    fs::write(&file, text).unwrap();
    let mut payload: Payload = contacts().payload("rows.txt", "");
    payload.file.column_delimiter = delimiter.clone();
    let input = Input::open(&file).unwrap().with_delimiter(delimiter).with_encoding(encoding);
    let import = Import::of_payload(payload, input).ledger(&world.ledger).bad_rows(BadRows::LeaveOut);
    import.wait(wait()).run(&world.client, &world.target).await.unwrap();
    world.outcome()
}

#[tokio::test]
async fn rows_that_are_left_out_have_their_lines_whatever_the_input_looks_like() {
    let rows: [(&[u8], Delimiter, Encoding); 5] = [
        (
            b"FirstName\tLastName\tEmail\tHomePhone\nA\tB\ta@example.org\t\nC\tD\tc@example.org\t413-555-0100\n",
            Delimiter::Tab,
            Encoding::Utf8,
        ),
        (
            b"FirstName,LastName,Email,HomePhone\nJos\xe9,B,a@example.org,\nC,D,c@example.org,413-555-0100\n",
            Delimiter::Csv,
            Encoding::Windows1252,
        ),
        (
            b"\xef\xbb\xbfFirstName,LastName,Email,HomePhone\r\n\r\nA,B,a@example.org,\r\n\r\nC,D,c@example.org,413-555-0100\r\n",
            Delimiter::Csv,
            Encoding::Utf8,
        ),
        // Bytes that are no text, a quote within a cell, a line end within a cell.
        (
            b"FirstName,LastName,Email,HomePhone\nA\xff,\"B\nB\",a\"@example.org,\nC,D,c@example.org,413-555-0100\n",
            Delimiter::Csv,
            Encoding::Utf8,
        ),
        // Too few cells.
        (
            b"FirstName,LastName,Email,HomePhone\nA,B\nC,D,c@example.org,413-555-0100\n",
            Delimiter::Csv,
            Encoding::Utf8,
        ),
    ];
    for (text, delimiter, encoding) in rows {
        let shown = String::from_utf8_lossy(text).into_owned();
        let lines = outcome_of(text, delimiter, encoding).await;
        assert_eq!(lines.len(), 3, "{shown}: {lines:?}");
        assert_eq!(lines[1][..2], ["1", "rejected"], "{shown}");
        assert_eq!(lines[2][..4], ["2", "processed", "1", "1"], "{shown}");
    }
}
