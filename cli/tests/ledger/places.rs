//! Where parts are put, which API is asked, and with what credentials.

use std::fs;

use van_bulk_emulator::faults::Endpoint;

use crate::support::{APPLICATION, GOOD, KEY, World, received, run};

#[test]
fn parts_in_a_published_folder_are_fetched_and_removed() {
    let mut world = World::new();
    let place = world.publish();
    let place: Vec<&str> = place.iter().map(String::as_str).collect();
    world.import(&place).ended(0, &["rows sent 3 = processed 3"]);
    assert_eq!(fs::read_dir(world.path("public")).unwrap().count(), 0, "the part is still there");
}

#[test]
fn an_upload_that_could_not_be_removed_is_told_and_removed_by_resume() {
    let mut world = World::new();
    let place = world.publish();
    let place: Vec<&str> = place.iter().map(String::as_str).collect();
    let upload = || {
        let folder = fs::read_dir(world.path("public")).unwrap().next().unwrap().unwrap().path();
        folder.join("001.zip")
    };
    // A folder in its place is not removed.
    let said = world.run_until(&mut world.import_command(&place), received(Endpoint::Results), |_| {
        fs::remove_file(upload()).unwrap();
        fs::create_dir(upload()).unwrap();
    });
    let told = "could not be removed, and holds personal data; `resume 1` tries again";
    said.ended(0, &[told]);
    world.status(&[]).ended(0, &[told]);

    fs::remove_dir(upload()).unwrap();
    fs::write(upload(), "rows").unwrap();
    let said = world.resume(&[&["1"], place.as_slice()].concat());
    said.ended(0, &["import 1 (finished)"]);
    assert!(!said.out.contains("could not be removed"), "{}", said.out);
    assert_eq!(fs::read_dir(world.path("public")).unwrap().count(), 0);
}

#[test]
fn a_folder_and_its_url_are_given_together_and_are_a_folder_and_a_url() {
    let world = World::new();
    world.import(&["--upload-dir", "public"]).failed(2, &["--public-url"]);
    world.import(&["--public-url", "https://example.org"]).failed(2, &["--upload-dir"]);
    world
        .import(&["--upload-dir", "public", "--public-url", "https://example.org"])
        .failed(1, &["public is no place for parts: it is no folder; create it, or name another"]);
    fs::create_dir(world.path("public")).unwrap();
    world
        .import(&["--upload-dir", "public", "--public-url", "http://example.org"])
        .failed(1, &["plain http would show personal data"]);
    world.import(&["--upload-to", "ftp://example.org"]).failed(1, &["none of s3, gs and az"]);
    assert!(!world.path("ledger").exists(), "arguments that cannot be used leave no ledger");
}

/// Packs `rows.csv` by itself, as who uploads the zip does, and gives the name of the zip in the published folder.
fn packed(world: &World, name: &str) -> String {
    let mut preflight = std::process::Command::new(env!("CARGO_BIN_EXE_cargo-van-bulk"));
    preflight.args(["preflight", "rows.csv", "--job", "job.json", "--profile", "sample", "--pack", name]);
    assert_eq!(run(preflight.current_dir(world.folder.path())).code, Some(0));
    let zip = fs::read_dir(world.path(name)).unwrap().next().unwrap().unwrap().path();
    fs::copy(&zip, world.path("public").join(name)).unwrap();
    world.public_url(name)
}

#[test]
fn a_part_that_is_published_already_is_imported_and_stays() {
    let mut world = World::new();
    world.publish();
    let url = packed(&world, "right.zip");
    world.import(&["--uploaded-at", &url]).ended(0, &["rows sent 3 = processed 3"]);
    assert!(world.path("public/right.zip").is_file());
}

#[test]
fn another_zip_than_that_of_the_rows_is_not_imported() {
    let mut world = World::new();
    world.publish();
    let url = packed(&world, "wrong.zip");
    world.rows(&GOOD[..2]);
    let said = world.import(&["--uploaded-at", &url]);
    said.failed(
        1,
        &[
            "it was not sent, since it could not be uploaded",
            "upload that file there again",
            "--uploaded-at URL",
        ],
    );
    assert!(said.out.contains("not sent 2"), "{}", said.out);
    assert!(!format!("{}{}", said.out, said.errors).contains("wrong.zip"), "the URL opens the part");
    assert_eq!(world.emulator.jobs_received(), 0);

    // The message names the file that is to be uploaded there.
    fs::copy(world.path("ledger/imports/1/parts/rows-001.zip"), world.path("public/wrong.zip")).unwrap();
    world.resume(&["--uploaded-at", &url]).ended(0, &["rows sent 2 = processed 2"]);

    world.rows(&GOOD[..1]);
    let nothing = world.public_url("nothing.zip");
    world.import(&["--uploaded-at", &nothing]).failed(1, &["could not be fetched", "404"]);
}

#[test]
fn more_parts_than_the_place_has_room_for_are_not_sent() {
    let mut world = World::new();
    world.publish();
    world.many_rows(6_000);
    let url = world.public_url("one.zip");
    world.import(&["--uploaded-at", &url, "--part-bytes", "65536"]).failed(
        1,
        &["the rows were packed into 2 parts, and the place for uploads takes 1", "`--part-bytes`"],
    );
    assert_eq!(world.emulator.jobs_received(), 0);
}

#[test]
fn van_is_not_sent_to_this_machine_for_a_part() {
    let world = World::new();
    let mut command = world.command("import", &["rows.csv", "--job", "job.json"]);
    run(command.args(["--base-url", "https://van.example.org/v4"])).failed(
        1,
        &[
            "where https://van.example.org/v4",
            "cannot fetch them",
            "`--upload-to`, or with `--upload-dir` and `--public-url`",
        ],
    );
}

#[test]
fn missing_credentials_are_named_and_nothing_is_recorded() {
    let world = World::new();
    for variable in ["VAN_APP_NAME", "VAN_API_KEY", "VAN_MODE"] {
        run(world.import_command(&[]).env_remove(variable)).failed(1, &[variable]);
    }
    run(world.import_command(&[]).env("VAN_MODE", "both")).failed(1, &["VAN_MODE"]);
    assert!(!world.path("ledger").exists());
}

#[test]
fn a_key_that_van_does_not_know_is_told_before_anything_is_sent() {
    let world = World::new();
    let said = run(world.import_command(&[]).env("VAN_API_KEY", "another-key"));
    said.failed(1, &["VAN_API_KEY", "nothing was sent"]);
    assert!(!said.errors.contains("another-key"));
}

#[test]
fn an_api_that_is_not_there_is_told_with_its_address() {
    let world = World::new();
    let said = run(world
        .command("import", &["rows.csv", "--job", "job.json"])
        .args(["--base-url", "http://127.0.0.1:9/v4"]));
    said.failed(1, &["127.0.0.1:9", "nothing was sent"]);
}

#[test]
fn an_import_is_resumed_with_the_api_that_it_was_started_with() {
    let world = World::with_faults(&["reset-before@submit:next=1"]);
    world.import(&[]).failed(1, &["import 1 is not finished"]);
    let said = run(&mut world.command("resume", &["--base-url", "http://127.0.0.1:9/v4"]));
    said.failed(1, &["import 1 is for", "not for http://127.0.0.1:9/v4", "`--base-url` and VAN_MODE"]);
    let said = run(world.online("resume", &[]).env("VAN_MODE", "my-voters"));
    said.failed(1, &["voters; use the API", "`--base-url` and VAN_MODE"]);
}

/// The variables that hold the credentials of the profile `acme`, and no others.
fn with_key_of_acme(command: &mut std::process::Command) -> &mut std::process::Command {
    for name in ["VAN_APP_NAME", "VAN_API_KEY", "VAN_MODE"] {
        command.env_remove(name);
    }
    command.envs([("ACME_APP_NAME", APPLICATION), ("ACME_API_KEY", KEY)])
}

#[test]
fn a_profile_says_which_key_which_api_and_which_snapshot() {
    let world = World::new();
    fs::rename(world.path("snapshots/sample"), world.path("snapshots/acme")).unwrap();
    let settings = format!(
        "[profile.acme]\nmode = \"my-campaign\"\nbase-url = {:?}\napp-name-env = \"ACME_APP_NAME\"\napi-key-env = \"ACME_API_KEY\"\n",
        world.emulator.base_url()
    );
    world.write("van-bulk.toml", &settings);
    let arguments = ["rows.csv", "--job", "job.json", "--profile", "acme", "--poll", "0.01"];

    let mut command = world.command("import", &arguments);
    run(with_key_of_acme(&mut command)).ended(0, &["rows sent 3 = processed 3"]);

    // The snapshot is the profile's unless the live schema is asked for.
    fs::remove_dir_all(world.path("snapshots/acme")).unwrap();
    let mut command = world.command("import", &arguments);
    run(with_key_of_acme(&mut command).arg("--force")).failed(1, &["snapshots/acme is no snapshot"]);
    let mut command = world.command("import", &arguments);
    run(with_key_of_acme(&mut command).args(["--force", "--live"])).ended(0, &["rows sent 3 = processed 3"]);

    // The only profile needs no name.
    let mut command = world.command("import", &["rows.csv", "--job", "job.json", "--poll", "0.01"]);
    run(with_key_of_acme(&mut command).args(["--force", "--live"])).ended(0, &["rows sent 3 = processed 3"]);
    let mut command = world.command("import", &["rows.csv", "--job", "job.json", "--profile", "acmee"]);
    run(with_key_of_acme(&mut command)).failed(1, &["there is no profile `acmee`", "did you mean `acme`?"]);

    // What is to be typed next names the profile, not the API.
    world.set_faults(&["reset-after@submit:next=1"]);
    let mut command = world.command("import", &arguments);
    let said = run(with_key_of_acme(&mut command).args(["--force", "--live"]));
    said.failed(
        1,
        &["cargo van-bulk resume 4 --ledger ledger --profile acme --part 1 --assume-submitted JOBID"],
    );

    let mut command = world.command("import", &arguments);
    run(command.arg("--live"))
        .failed(1, &["the environment variable ACME_APP_NAME is not set, which the profile `acme` needs"]);
}

#[test]
fn a_snapshot_of_another_database_mode_than_that_of_the_key_checks_no_rows() {
    let world = World::new();
    let error = "is of my-campaign, but the credentials are for my-voters";
    for arguments in [["--profile", "sample"], ["--snapshot", "snapshots/sample"]] {
        let mut command = world.import_command(&arguments);
        run(command.env("VAN_MODE", "my-voters")).failed(1, &[error, "nothing was sent"]);
    }
    assert!(!world.path("ledger").exists());
}
