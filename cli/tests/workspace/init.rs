//! What `init` lays out, and what it leaves alone.

use crate::support::{Folder, Said, unseen};

fn from_unseen<'a>(snapshot: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    [&["init", "--snapshot", snapshot][..], more].concat()
}

/// Runs `init` with the snapshot in a folder below this one.
fn init_in(folder: &Folder, below: &str, more: &[&str]) -> Said {
    let snapshot = unseen();
    std::fs::create_dir_all(folder.path(below)).unwrap();
    let mut command = folder.command(&from_unseen(snapshot.to_str().unwrap(), more));
    Said::of(command.current_dir(folder.path(below)).output().unwrap())
}

fn init(folder: &Folder, more: &[&str]) -> Said {
    init_in(folder, ".", more)
}

#[test]
fn a_workspace_that_is_there_gets_new_members_and_keeps_its_own() {
    let (folder, snapshot) = (Folder::empty(), unseen());
    let manifest = "# ours\n[workspace]\nresolver = \"3\"\nmembers = [\n    \"etl\",\n    \"van/*\",\n]\n";
    folder.write("Cargo.toml", manifest);
    folder.write("etl/src/lib.rs", "");
    let out = ["--profile", "acme", "--out", "van/mappings", "--example", "first-job"];
    folder.run(&from_unseen(snapshot.to_str().unwrap(), &out)).ended(0, &["van/mappings: the builders"]);
    assert_eq!(
        folder.read("Cargo.toml"),
        manifest.replace("    \"van/*\",\n", "    \"van/*\",\n    \"first-job\",\n")
    );
    let settings = folder.read("van-bulk.toml");
    assert!(settings.contains("[profile.acme]\nout = \"van/mappings\"\n"), "{settings}");
    assert!(folder.read("first-job/src/main.rs").contains("mappings::made_up_lending"));
}

#[test]
fn from_a_folder_below_the_root_is_the_root() {
    let (folder, snapshot) = (Folder::empty(), unseen());
    folder.write("Cargo.toml", "[package]\nname = \"etl\"\n");
    folder.write("src/lib.rs", "");
    let mut command = folder.command(&from_unseen(snapshot.to_str().unwrap(), &[]));
    assert!(command.current_dir(folder.path("src")).status().unwrap().success());
    assert_eq!(
        folder.names(),
        [".gitignore", "Cargo.toml", "snapshots", "src", "van-bulk.toml", "van-example", "van-mappings"]
    );
    let manifest = folder.read("Cargo.toml");
    assert!(manifest.ends_with("[workspace]\nmembers = [\"van-mappings\", \"van-example\"]\n"), "{manifest}");
}

#[test]
fn a_second_profile_is_added_and_the_first_stays() {
    let (folder, snapshot) = (Folder::empty(), unseen());
    let snapshot = snapshot.to_str().unwrap();
    folder.run(&from_unseen(snapshot, &["--profile", "acme", "--mode", "my-voters"])).ended(0, &[]);
    let first = folder.read("van-bulk.toml");
    folder.run(&from_unseen(snapshot, &["--profile", "beta", "--mode", "my-campaign"])).ended(0, &[]);
    let added = "\n[profile.beta]\nmode = \"my-campaign\"\nout = \"beta-mappings\"\n";
    assert_eq!(folder.read("van-bulk.toml"), first + added);
    folder.run(&["codegen", "--check"]).ended(0, &["acme-mappings: ", "beta-mappings: "]);
    assert!(folder.read("beta-mappings/src/lib.rs").contains("mode::MyCampaign"));
    folder
        .run(&["init", "--profile", "c", "--snapshot", "snapshots/acme", "--mode", "my-campaign"])
        .failed(1, &["the snapshot is of my-voters, not of my-campaign"]);
    folder.run(&from_unseen(snapshot, &["--profile", "beta"])).failed(1, &["has a profile `beta` already"]);
    folder.run(&["lint", "job.json"]).failed(1, &["there are several profiles: `acme`, `beta`"]);
}

#[test]
fn nothing_is_written_where_something_is_in_the_way_or_the_snapshot_is_wrong() {
    let (folder, snapshot) = (Folder::empty(), unseen());
    folder.write("van-mappings/notes.txt", "mine");
    folder
        .run(&from_unseen(snapshot.to_str().unwrap(), &[]))
        .failed(1, &["van-mappings is there already, so nothing was written", "`--out`"]);
    folder.run(&["init", "--snapshot", "nowhere"]).failed(1, &["van-mappings is there already"]);
    assert_eq!(folder.names(), ["van-mappings"]);

    let folder = Folder::empty();
    folder.run(&["init", "--snapshot", "nowhere"]).failed(1, &["nowhere is no snapshot"]);
    folder.write("snapshot/mapping-types.json", "{");
    folder.run(&["init", "--snapshot", "snapshot"]).failed(1, &["has errors, so nothing was written"]);
    folder.run(&["init"]).failed(1, &["VAN_APP_NAME is not set", "`--sample`"]);
    let [a, b] = ["--out", "--example"].map(|option| [option, "same"]);
    folder.run(&[&["init", "--sample"][..], &a, &b].concat()).failed(1, &["cannot both be in same"]);
    assert_eq!(folder.names(), ["snapshot"]);
}

#[test]
fn a_folder_where_the_builders_of_another_profile_belong_is_left_alone() {
    let (folder, snapshot) = (Folder::empty(), unseen());
    folder.write("van-bulk.toml", "[profile.acme]\nout = \"tenants\"\n");
    let more = ["--profile", "beta", "--out", "tenants"];
    folder
        .run(&from_unseen(snapshot.to_str().unwrap(), &more))
        .failed(1, &["the builders of the profile `acme` belong into tenants", "`--out`"]);
    assert_eq!(folder.names(), ["van-bulk.toml"]);
}

#[test]
fn without_a_key_the_sample_shows_how_it_all_looks() {
    let folder = Folder::empty();
    folder.run(&["init", "--sample"]).ended(0, &["the sample of van-bulk; most of it is made up"]);
    assert!(folder.read("van-mappings/src/lib.rs").contains("**This is a sample.**"));
    folder.run(&["codegen"]).ended(0, &["van-mappings: "]);
}

#[test]
fn commands_that_need_a_profile_say_how_to_get_one() {
    let folder = Folder::empty();
    folder.write("job.json", "{}");
    folder.run(&["lint", "job.json"]).failed(1, &["there is no profile", "cargo van-bulk init"]);
    folder.run(&["codegen"]).failed(1, &["there is nothing to generate", "cargo van-bulk init"]);
    folder.run(&["fetch"]).failed(1, &["lists no profile that can be fetched"]);
}
