//! Programs that are killed or interrupted in the middle of an import, and what `resume` makes of that.

use std::io::Write as _;
use std::process::{Child, Command, Stdio};

use van_bulk_emulator::faults::Endpoint;

use crate::support::{Said, World, received, took_effect};

/// Kills it as nobody can prevent, and waits until it is gone.
fn kill(child: &mut Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}

/// Interrupts it, and waits until it has ended.
fn interrupt(child: &mut Child, name: &str) {
    signal(child, name);
    child.wait().unwrap();
}

fn signal(child: &Child, name: &str) {
    assert!(Command::new("kill").args([name, &child.id().to_string()]).status().unwrap().success());
}

/// Imports from a published folder, so that VAN can fetch the parts when the program is gone, and kills it when a request is
/// received, or took effect. Gives the arguments that name the folder.
fn killed(world: &mut World, endpoint: Endpoint, took: bool) -> Vec<String> {
    let place = world.publish();
    let arguments: Vec<&str> = place.iter().map(String::as_str).collect();
    let mut command = world.import_command(&arguments);
    let said = match took {
        false => world.run_until(&mut command, received(endpoint), kill),
        true => world.run_until(&mut command, took_effect(endpoint), kill),
    };
    assert_eq!(said.code, None, "it was not killed");
    place
}

fn resume(world: &World, place: &[String], arguments: &[&str]) -> Said {
    let place: Vec<&str> = place.iter().map(String::as_str).collect();
    world.resume(&[&place, arguments].concat())
}

#[test]
fn killed_before_the_job_was_created_it_is_sent_again_by_the_users_word() {
    // Whether a request is carried out whose sender is gone is up to the server; this one is not.
    let mut world = World::with_faults(&["reset-before@submit:next=1"]);
    let place = killed(&mut world, Endpoint::Submit, false);
    let said = resume(&world, &place, &[]);
    said.failed(
        1,
        &["the program ended while its job was being submitted", "--upload-dir public --public-url URL"],
    );
    resume(&world, &place, &["--assume-lost"]).ended(0, &["rows sent 3 = processed 3"]);
    assert_eq!(world.emulator.jobs_received(), 1);
    no_upload_is_left(&world);
}

#[test]
fn killed_after_the_job_was_created_it_goes_on_with_its_number_and_submits_nothing() {
    let mut world = World::new();
    let place = killed(&mut world, Endpoint::Submit, true);
    resume(&world, &place, &[]).failed(1, &["whether VAN accepted its job is unknown"]);
    resume(&world, &place, &["--assume-submitted", "1001"]).ended(0, &["rows sent 3 = processed 3"]);
    assert_eq!(world.emulator.jobs_received(), 1);
    no_upload_is_left(&world);
}

#[test]
fn killed_while_it_waits_it_goes_on_by_itself() {
    let mut world = World::new();
    let place = killed(&mut world, Endpoint::Status, true);
    resume(&world, &place, &[]).ended(0, &["import 1 (finished)", "rows sent 3 = processed 3"]);
    assert_eq!(world.emulator.jobs_received(), 1);
    no_upload_is_left(&world);
}

#[test]
fn killed_while_it_downloads_it_goes_on_by_itself() {
    for took in [false, true] {
        let mut world = World::new();
        let place = killed(&mut world, Endpoint::Results, took);
        resume(&world, &place, &[]).ended(0, &["import 1 (finished)", "rows sent 3 = processed 3"]);
        assert_eq!(world.emulator.jobs_received(), 1);
        no_upload_is_left(&world);
    }
}

#[test]
fn killed_before_anything_was_recorded_it_is_just_run_again() {
    let mut world = World::new();
    killed(&mut world, Endpoint::Discovery, false);
    world
        .status(&[])
        .failed(1, &["the ledger in ledger has no imports", "`cargo van-bulk import` starts one"]);
    world.import(&[]).ended(0, &["import 1 (finished)"]);
}

fn no_upload_is_left(world: &World) {
    let mut left = Vec::new();
    let mut folders = vec![world.path("public")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { left.push(path) }
        }
    }
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn who_interrupts_is_told_how_to_go_on() {
    for name in ["-INT", "-TERM"] {
        let world = World::new();
        let mut command = world.import_command(&[]);
        let said = world.run_until(&mut command, received(Endpoint::Status), |child| interrupt(child, name));
        let resume =
            format!("cargo van-bulk resume 1 --ledger ledger --base-url {}", world.emulator.base_url());
        said.failed(
            130,
            &[
                "import 1 was interrupted; what was done is in the ledger",
                "cargo van-bulk status 1 --ledger ledger",
                &resume,
            ],
        );
        world.status(&[]).ended(0, &["import 1 (open)", "rows read 3 = rejected 0 + running 3 + sent 0"]);
    }
}

#[test]
fn who_interrupts_a_resume_is_told_how_to_go_on() {
    let world = World::with_faults(&["never-ends@job"]);
    world.import(&["--deadline", "0"]).failed(1, &["could not be followed to its end"]);
    let mut command = world.online("resume", &["--format", "json"]);
    let said = world.run_until(&mut command, received(Endpoint::Status), |child| interrupt(child, "-INT"));
    said.failed(130, &["import 1 was interrupted"]);
    assert_eq!(said.json()["error"]["message"], "import 1 was interrupted; what was done is in the ledger");
}

#[test]
fn who_interrupts_before_the_rows_are_packed_is_told_that_nothing_was_sent() {
    let world = World::new();
    let mut command = world.import_command(&[]);
    let said = world.run_until(&mut command, received(Endpoint::Discovery), |child| interrupt(child, "-INT"));
    said.failed(130, &["interrupted; nothing was sent", "run the command again"]);
}

/// Starts an import of rows from standard input, which stays open, and signals when it is packing.
fn packing(world: &World, name: &str) -> Said {
    let mut command = world.online("import", &["-", "--job", "job.json"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(b"FirstName,LastName,Email,HomePhone\nAda,Abara,ada@example.org,413-555-0101\n").unwrap();
    let begun = std::time::Instant::now();
    while !world.path("ledger/imports/1/parts").exists() {
        assert!(begun.elapsed().as_secs() < 60, "packing did not begin");
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    signal(&child, name);
    let said = Said::of(child.wait_with_output().unwrap());
    drop(input);
    said
}

#[test]
fn an_import_that_was_stopped_while_it_packed_sent_nothing_and_is_started_again() {
    let world = World::new();
    let said = packing(&world, "-INT");
    said.failed(130, &["import 1 was interrupted before its rows were packed; nothing was sent"]);
    world
        .resume(&[])
        .failed(1, &["nothing of it was sent", "`cargo van-bulk import`, as before, imports the rows"]);

    let world = World::new();
    assert_eq!(packing(&world, "-KILL").code, None);
    world.status(&[]).ended(0, &["import 1 (packing)"]);
    world.resume(&[]).failed(1, &["nothing of it was sent"]);
    world.status(&[]).ended(0, &["import 1 (given-up)"]);
    assert!(!world.path("ledger/imports/1/parts").exists());
    world.import(&[]).ended(0, &["import 2 (finished)"]);
}

#[test]
fn two_programs_do_not_work_on_one_import() {
    let mut world = World::new();
    let place = world.publish();
    let place: Vec<&str> = place.iter().map(String::as_str).collect();
    let mut command = world.import_command(&place);
    let said = world.run_until(&mut command, received(Endpoint::Status), |child| {
        world
            .resume(&["1"])
            .failed(1, &["import 1 is being worked on by another process; wait for it, or stop it"]);
        world.status(&[]).ended(0, &["import 1 (open)"]);
        kill(child);
    });
    assert_eq!(said.code, None);
    world.resume(&place).ended(0, &["rows sent 3 = processed 3"]);
}
