//! Imports that nothing stops, and those that nothing is sent of.

use serde_json::json;

use crate::support::{BAD_PHONE, GOOD, WITHOUT_PHONE, World};

#[test]
fn an_import_whose_rows_are_all_processed_ends_with_0_and_nothing_on_standard_error() {
    let world = World::new();
    let said = world.import(&[]);
    said.ended(
        0,
        &[
            "import 1 (finished) of rows.csv: New contacts",
            "rows read 3 = rejected 0 + sent 3",
            "rows sent 3 = processed 3 + refused 0 + missing 0",
            "every row: ledger/imports/1/outcome.csv",
        ],
    );
    assert!(world.path("ledger/imports/1/outcome.csv").is_file());
    assert!(!said.out.contains('\u{1b}'), "{}", said.out);
}

#[test]
fn json_is_one_object_with_the_account_and_no_error() {
    let world = World::new();
    let said = world.import(&["--format", "json"]);
    said.ended(0, &[]);
    let report = said.json();
    assert_eq!(report["error"], json!(null));
    assert_eq!((&report["import"], &report["sent"], &report["processed"]), (&json!(1), &json!(3), &json!(3)));
    assert_eq!(report["parts"][0]["job"], 1001);
    assert_eq!(report["outcome"], "ledger/imports/1/outcome.csv");
}

#[test]
fn refused_rows_end_with_3_and_vans_message() {
    let world = World::new();
    world.rows(&[GOOD[0], BAD_PHONE]);
    world.import(&[]).ended(
        3,
        &[
            "rows sent 2 = processed 1 + refused 1 + missing 0",
            "part 1, mapping 2 Phones: 1 row: Invalid phone number",
        ],
    );
}

#[test]
fn rows_that_are_in_no_result_file_end_with_3() {
    let world = World::with_faults(&["missing-rows=1@job"]);
    world.import(&[]).ended(3, &["rows sent 3 = processed 2 + refused 0 + missing 1"]);
    let outcome = std::fs::read_to_string(world.path("ledger/imports/1/outcome.csv")).unwrap();
    assert_eq!(
        outcome.lines().filter(|line| line.contains("it is in no result file")).count(),
        1,
        "{outcome}"
    );
}

#[test]
fn a_job_that_fails_ends_with_3_and_vans_reason() {
    let world = World::with_faults(&["truncated@fetch"]);
    let said = world.import(&[]);
    said.ended(3, &["rows sent 3 = processed 0 + refused 0 + missing 3", "part 1: "]);
    assert!(said.out.contains("Failed"), "{}", said.out);
}

#[test]
fn bad_rows_are_shown_and_nothing_is_sent() {
    let world = World::new();
    world.rows(&[GOOD[0], WITHOUT_PHONE, GOOD[1]]);
    let said = world.import(&[]);
    said.failed(1, &["1 of 3 rows cannot be imported", "`--bad-rows leave-out`"]);
    assert!(said.out.contains("row 2 (line 3), column `HomePhone`"), "{}", said.out);
    assert_eq!(world.emulator.jobs_received(), 0);
    assert!(!world.path("ledger/imports/1/parts").exists());
    world.status(&[]).ended(0, &["import 1 (given-up)"]);

    let said = world.import(&["--bad-rows", "stop"]);
    said.failed(1, &["stopped at the first row that cannot be imported", "`--bad-rows leave-out`"]);

    let said = world.import(&["--format", "json"]);
    said.failed(1, &["1 of 3 rows cannot be imported"]);
    let error = &said.json()["error"];
    assert_eq!((&error["rows"][0]["row"], &error["rowFindings"]), (&json!(2), &json!(1)));
}

#[test]
fn bad_rows_are_left_out_by_the_users_word_and_written_to_a_file() {
    let world = World::new();
    world.rows(&[GOOD[0], WITHOUT_PHONE, GOOD[1]]);
    let said = world.import(&["--bad-rows", "leave-out"]);
    said.ended(
        0,
        &[
            "row 2 (line 3), column `HomePhone`",
            "rows read 3 = rejected 1 + sent 2",
            "rows that were left out: ledger/imports/1/rejected.csv",
        ],
    );
    let rejected = std::fs::read_to_string(world.path("ledger/imports/1/rejected.csv")).unwrap();
    assert!(rejected.contains("di@example.org"), "{rejected}");
}

#[test]
fn of_many_bad_rows_the_first_are_shown_and_the_others_counted() {
    let world = World::new();
    world.rows(&[WITHOUT_PHONE; 30]);
    let said = world.import(&[]);
    said.failed(1, &["30 of 30 rows cannot be imported"]);
    assert!(said.out.contains("... and 10 more findings"), "{}", said.out);
}

#[test]
fn a_job_with_a_mistake_is_reported_with_its_place() {
    let world = World::new();
    let job = include_str!("contacts.json").replace("\"Phone\",", "\"Fone\",");
    world.write("job.json", &job);
    let said = world.import(&[]);
    said.failed(
        1,
        &["has no field `Fone`", "job.json:25:28", "the job in job.json has errors, so nothing was sent"],
    );
    assert_eq!(world.emulator.jobs_received(), 0);
    let said = world.import(&["--format", "json"]);
    assert_eq!(said.json()["error"]["job"][2]["line"], 25);

    world.write("job.json", "{ \"description\": }");
    world.import(&[]).failed(1, &["this is not JSON", "job.json:1"]);
    world.write("job.json", "[]");
    world.import(&[]).failed(1, &["cannot be read as a job"]);
    std::fs::remove_file(world.path("job.json")).unwrap();
    world.import(&[]).failed(1, &["could not read job.json"]);
}

#[test]
fn a_description_that_van_would_refuse_is_reported_before_anything_is_packed() {
    let world = World::new();
    for (description, problem) in
        [(String::new(), "the job has no `description`"), ("x".repeat(257), "has 257 characters")]
    {
        world.write("job.json", &include_str!("contacts.json").replace("New contacts", &description));
        world.import(&[]).failed(1, &[problem, "job.json:2", "nothing was sent"]);
    }
    world.status(&[]).failed(1, &["has no imports"]);
}

#[test]
fn rows_that_are_not_those_of_the_job_are_refused() {
    let world = World::new();
    world.write("rows.csv", "LastName,FirstName,Email,HomePhone\n");
    world.import(&[]).failed(1, &["rows.csv: the header is not the columns of the job"]);
    world.rows(&[]);
    world.import(&[]).failed(1, &["has no rows"]);
    std::fs::remove_file(world.path("rows.csv")).unwrap();
    world.import(&[]).failed(1, &["rows.csv"]);
    assert_eq!(world.emulator.jobs_received(), 0);
}

#[test]
fn standard_input_cannot_be_both_rows_and_job() {
    let world = World::new();
    crate::support::run(&mut world.online("import", &["-", "--job", "-"]))
        .failed(1, &["standard input cannot be both the rows and the job"]);
    assert!(!world.path("ledger").exists());
}

#[test]
fn the_same_rows_again_are_refused_unless_forced() {
    let world = World::new();
    world.import(&[]).ended(0, &[]);
    world.import(&[]).failed(
        1,
        &[
            "import 1, started at",
            "nothing was sent",
            "see what became of it; add `--force` if the rows are to be imported again",
            "cargo van-bulk status 1 --ledger ledger",
        ],
    );
    assert_eq!(world.emulator.jobs_received(), 1);
    world.import(&["--force"]).ended(0, &["import 3 (finished)"]);
    assert_eq!(world.emulator.jobs_received(), 2);
}
