//! What `status` and `history` show.

use serde_json::json;

use crate::support::{BAD_PHONE, GOOD, WITHOUT_PHONE, World};

#[test]
fn status_shows_every_step_where_it_is_asked_for() {
    let world = World::new();
    world.import(&[]).ended(0, &[]);
    let said = world.status(&["--steps"]);
    let steps =
        ["packing", "packed: 1 part", "part 1 uploading", "part 1 submitting", "part 1 submitted: job 1001"];
    said.ended(0, &steps);
    said.ended(
        0,
        &["part 1 accounted: processed 3, refused 0, missing 0", "part 1 upload-removed", "finished"],
    );
    let places: Vec<_> = steps.iter().map(|step| said.out.find(step).unwrap()).collect();
    assert!(places.is_sorted(), "{}", said.out);

    let report = world.status(&["--steps", "--format", "json"]).json();
    let steps = report["steps"].as_array().unwrap();
    assert_eq!((&steps[0]["step"], &steps[0]["part"]), (&json!("packing"), &json!(null)));
    assert_eq!(steps.last().unwrap()["step"], "finished");
    assert_eq!(world.status(&["--format", "json"]).json().get("steps"), None);
}

#[test]
fn status_is_of_the_last_import_unless_another_is_named() {
    let world = World::new();
    world.import(&[]).ended(0, &[]);
    world.rows(&GOOD[..2]);
    world.import(&[]).ended(0, &[]);
    world.status(&[]).ended(0, &["import 2 (finished)", "rows sent 2"]);
    world.status(&["1"]).ended(0, &["import 1 (finished)", "rows sent 3"]);
    world.status(&["3"]).failed(1, &["has no import 3"]);
    world.status(&["last"]).failed(2, &["invalid value 'last'"]);
}

#[test]
fn history_has_a_line_for_each_import_with_its_rows() {
    let world = World::with_faults(&["reset-before@submit:next=1"]);
    world.import(&[]).failed(1, &[]);
    world.rows(&[GOOD[0], BAD_PHONE, WITHOUT_PHONE]);
    world.import(&[]).failed(1, &[]);
    world.import(&["--bad-rows", "leave-out"]).ended(3, &[]);
    let said = world.history(&[]);
    said.ended(0, &[]);
    let lines: Vec<Vec<&str>> = said
        .out
        .lines()
        .filter(|line| line.contains("rows.csv"))
        .map(|line| line.split(['│', '┆']).map(str::trim).filter(|cell| !cell.is_empty()).collect())
        .collect();
    let lines: Vec<String> =
        lines.iter().map(|cells| [&cells[..1], &cells[2..]].concat().join(" ")).collect();
    assert_eq!(
        lines,
        [
            "1 open rows.csv New contacts 3 0 0 0 0 0 3",
            "2 given-up rows.csv New contacts 0 0 0 0 0 0 0",
            "3 finished rows.csv New contacts 3 1 2 1 1 0 0",
        ]
    );
    let imports = world.history(&["--format", "json"]).json();
    assert_eq!(imports.as_array().unwrap().len(), 3);
    assert_eq!(imports[2]["refused"], 1);
}

#[test]
fn descriptions_that_are_long_or_act_on_terminals_keep_the_table_whole() {
    let world = World::new();
    let description = format!("\\u001b[2J{} \\u202eend", "Sign-ups of the harbor cleanup ".repeat(7));
    world.write("job.json", &include_str!("contacts.json").replace("New contacts", &description));
    let said = world.import(&[]);
    for said in [said, world.status(&[]), world.history(&[])] {
        said.ended(0, &["Sign-ups of the harbo"]);
        assert!(!said.out.contains(['\u{1b}', '\u{202e}']), "{}", said.out);
    }
    let history = world.history(&[]).out;
    let widths: Vec<usize> = history.lines().map(|line| line.chars().count()).collect();
    assert!(widths.iter().all(|width| *width == widths[0] && *width <= 150), "{history}");
}

#[test]
fn thirty_parts_are_thirty_lines_with_their_columns_in_line() {
    let world = World::new();
    world.many_rows(120_000);
    let said = world.import(&["--part-bytes", "65536"]);
    said.ended(0, &["rows sent 120000 = processed 120000 + refused 0 + missing 0"]);
    let table: Vec<&str> = said.out.lines().skip(1).take_while(|line| !line.starts_with("rows")).collect();
    assert!(table.len() > 30, "{}", said.out);
    let end = table[0].len();
    assert!(
        table.iter().all(|line| line.len() == end && line.ends_with(" 0") || line.starts_with("part")),
        "{}",
        said.out
    );
}
