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

#[test]
fn the_api_that_was_fetched_from_is_the_one_that_other_commands_ask() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (snapshot, _) = van_bulk_schema::Snapshot::load(&unseen()).unwrap();
    let config = van_bulk_emulator::Config { schema: snapshot.schema, ..Default::default() };
    let van = runtime.block_on(van_bulk_emulator::Emulator::start(config)).unwrap();
    let folder = Folder::empty();
    let online = |arguments: &[&str]| {
        let mut command = folder.command(arguments);
        command.envs([("VAN_APP_NAME", "init"), ("VAN_API_KEY", "key"), ("VAN_MODE", "my-voters")]);
        Said::of(command.output().unwrap())
    };
    online(&["init", "--base-url", &van.base_url()]).ended(0, &["laid out the profile `van`"]);
    let line = format!("base-url = \"{}\"\n", van.base_url());
    assert!(folder.read("van-bulk.toml").contains(&line));
    online(&["drift", "--profile", "van"]).ended(0, &["Nothing changed"]);
}

#[test]
fn what_is_wrong_with_credentials_is_told_without_them() {
    let folder = Folder::empty();
    let mut command = folder.command(&["init"]);
    command.envs([("VAN_APP_NAME", "init"), ("VAN_API_KEY", "s3cret|1"), ("VAN_MODE", "my-voters")]);
    let said = Said::of(command.output().unwrap());
    assert!(!said.errors.contains("s3cret"));
    said.failed(1, &["nothing can be fetched", "contains spaces, `|` or a control character", "`--sample`"]);
    assert!(folder.names().is_empty());
}

#[test]
fn places_that_would_harm_the_workspace_are_refused() {
    let folder = Folder::empty();
    for (arguments, problem) in [
        (&["--out", "."][..], "the builders cannot be in ., where the workspace itself is"),
        (&["--example", "x/.."], "the example cannot be in ., where the workspace itself is"),
        (&["--out", ".."], "the workspace itself is"),
        (&["--out", "m/../m2", "--example", "m2"], "the builders and the example cannot both be in m2"),
        (&["--out", "m", "--example", "m/example"], "one would be inside the other: m and m/example"),
        (&["--out", "snapshots/van"], "cannot be in snapshots/van, as the snapshots are in snapshots"),
        (&["--example", "snapshots"], "the example cannot be in snapshots"),
    ] {
        init(&folder, arguments).failed(1, &[problem]);
        assert!(folder.names().is_empty(), "{arguments:?}");
    }
}

#[test]
fn what_belongs_to_another_profile_is_left_alone() {
    let folder = Folder::empty();
    init(&folder, &["--profile", "acme", "--out", "van-mappings"]).ended(0, &[]);
    let before = (folder.read("van-bulk.toml"), folder.read("van-mappings/src/lib.rs"));
    for (arguments, problem) in [
        (
            &["--out", "./foo/../van-mappings"][..],
            "the builders of the profile `acme` belong into van-mappings",
        ),
        (&["--out", "VAN-mappings"], "the builders of the profile `acme` belong into van-mappings"),
        (&["--example", "van-mappings/src/example"], "the builders of the profile `acme` belong into"),
    ] {
        init(&folder, &[&["--profile", "beta"][..], arguments].concat()).failed(1, &[problem]);
    }
    init(&folder, &["--profile", "Acme"])
        .failed(1, &["has a profile `acme` already, whose name differs in case only", "`--profile`"]);
    assert_eq!((folder.read("van-bulk.toml"), folder.read("van-mappings/src/lib.rs")), before);
}

#[test]
fn folders_whose_names_no_package_can_have_are_refused() {
    let folder = Folder::empty();
    folder.write("Cargo.toml", "[workspace]\nresolver = \"3\"\nmembers = [\"crates/*\"]\n");
    folder.write("crates/etl/Cargo.toml", "[package]\nname = \"etl\"\n");
    let names = folder.names();
    for (arguments, problem) in [
        (["--out", "fn"], "the builders in fn cannot be the package `fn`: it is a keyword of Rust"),
        (["--out", "crates/self"], "cannot be the package `self`: it is a keyword of Rust"),
        (["--example", "crate"], "the example in crate cannot be the package `crate`"),
        (["--out", "van-bulk"], "it is that of the crate that every generated one needs"),
        (["--out", "serde_json"], "the example needs that of serde_json"),
        (["--example", "deps"], "Cargo has a folder of that name"),
        (["--out", "mappings/etl"], "the package in crates/etl has it"),
        (["--example", "some/van-mappings"], "the builders would have it"),
    ] {
        init(&folder, &arguments).failed(1, &[problem, arguments[0]]);
        assert_eq!(folder.names(), names);
    }
}

#[test]
fn a_manifest_to_which_no_member_is_added_is_left_alone() {
    let folder = Folder::empty();
    let manifest = "[package]\nname = \"etl\"\nedition = \"2024\"\n";
    folder.write("van-bulk.toml", "");
    folder.write("etl/Cargo.toml", manifest);
    folder.write("etl/src/lib.rs", "");
    let said = init_in(&folder, "etl", &[]).ended(
        0,
        &["van-mappings is a member of no workspace", "cargo run --manifest-path ../van-example/Cargo.toml"],
    );
    assert!(!said.out.contains("the new members"));
    assert_eq!(folder.read("etl/Cargo.toml"), manifest);
    folder.cargo(&["metadata", "--format-version", "1", "--manifest-path", "etl/Cargo.toml"]).ended(0, &[]);
    let example = ["metadata", "--format-version", "1", "--manifest-path", "van-example/Cargo.toml"];
    folder.cargo(&example).ended(0, &["van-mappings"]);
}

#[test]
fn folders_outside_the_workspace_are_no_members_and_are_run_by_their_manifest() {
    let (folder, elsewhere) = (Folder::empty(), Folder::empty());
    let places = ["x", "ex"].map(|name| elsewhere.path(name).to_str().unwrap().to_owned());
    init(&folder, &["--out", &places[0], "--example", &places[1]])
        .ended(0, &["x is a member of no workspace", "cargo run --manifest-path "]);
    assert_eq!(folder.names(), [".gitignore", "snapshots", "van-bulk.toml"]);
    folder.run(&["codegen", "--check"]).ended(0, &["up to date"]);
    let manifest = format!("{}/Cargo.toml", places[1]);
    folder.cargo(&["metadata", "--format-version", "1", "--manifest-path", &manifest]).ended(0, &["\"ex\""]);
}

#[test]
fn an_excluded_folder_is_a_root_of_its_own_as_cargo_sees_it() {
    let folder = Folder::empty();
    let outer = "[workspace]\nresolver = \"3\"\nmembers = [\"app\"]\nexclude = [\"tools\"]\n";
    folder.write("Cargo.toml", outer);
    folder.write("app/Cargo.toml", "[package]\nname = \"app\"\nedition = \"2024\"\n");
    folder.write("app/src/lib.rs", "");
    folder.write("tools/Cargo.toml", "[package]\nname = \"tools\"\nedition = \"2024\"\n");
    folder.write("tools/src/lib.rs", "");
    init_in(&folder, "tools", &[]).ended(0, &["Cargo.toml: the new members", "cargo run -p van-example"]);
    assert_eq!(folder.read("Cargo.toml"), outer);
    assert!(
        folder
            .read("tools/Cargo.toml")
            .ends_with("[workspace]\nmembers = [\"van-mappings\", \"van-example\"]\n")
    );
    for manifest in ["Cargo.toml", "tools/Cargo.toml"] {
        folder.cargo(&["metadata", "--format-version", "1", "--manifest-path", manifest]).ended(0, &[]);
    }
}

#[test]
fn the_root_that_a_package_names_gets_the_members() {
    let folder = Folder::empty();
    folder.write("main/Cargo.toml", "[workspace]\nresolver = \"3\"\nmembers = [\"../side\"]\n");
    let side = "[package]\nname = \"side\"\nedition = \"2024\"\nworkspace = \"../main\"\n";
    folder.write("side/Cargo.toml", side);
    folder.write("side/src/lib.rs", "");
    init_in(&folder, "side", &["--out", "van"])
        .failed(1, &["the builders in van cannot become a member of the workspace", "`--out`"]);
    init_in(&folder, "side", &[]).ended(0, &["cargo run -p van-example"]);
    assert_eq!(folder.read("side/Cargo.toml"), side);
    assert!(folder.read("main/Cargo.toml").contains("[\"../side\", \"van-mappings\", \"van-example\"]"));
    let metadata = ["metadata", "--format-version", "1", "--manifest-path", "side/Cargo.toml"];
    folder.cargo(&metadata).ended(0, &["van-example"]);
}

#[test]
fn line_ends_and_comments_of_a_manifest_stay() {
    let folder = Folder::empty();
    let manifest = "[workspace]\r\nresolver = \"3\"\r\nmembers = [\"x\", # the first\r\n    \"y\", # the second\r\n]\r\n";
    folder.write("Cargo.toml", manifest);
    folder.write(".gitignore", "*.tmp\r\n");
    init(&folder, &[]).ended(0, &[]);
    let added = "# the second\r\n    \"van-mappings\",\r\n    \"van-example\",\r\n";
    assert_eq!(folder.read("Cargo.toml"), manifest.replace("# the second\r\n", added));
    assert_eq!(folder.read(".gitignore"), "*.tmp\r\nvan-bulk-ledger/\r\n");
}

#[cfg(unix)]
#[test]
fn a_manifest_that_is_a_link_stays_one() {
    let folder = Folder::empty();
    folder.write("elsewhere/workspace.toml", "[workspace]\nresolver = \"3\"\nmembers = []\n");
    std::os::unix::fs::symlink("elsewhere/workspace.toml", folder.path("Cargo.toml")).unwrap();
    init(&folder, &[]).ended(0, &[]);
    assert!(folder.path("Cargo.toml").is_symlink());
    assert!(folder.read("elsewhere/workspace.toml").contains("\"van-mappings\""));
}

#[cfg(unix)]
#[test]
fn what_cannot_be_written_leaves_nothing_and_can_be_tried_again() {
    let folder = Folder::empty();
    let link = |name: &str| std::os::unix::fs::symlink("/nowhere/at/all", folder.path(name)).unwrap();
    link("van-example");
    init(&folder, &[]).failed(1, &["is there already, so nothing was written"]);
    assert_eq!(folder.names(), ["van-example"]);
    std::fs::remove_file(folder.path("van-example")).unwrap();

    link("van-bulk.toml");
    init(&folder, &[]).failed(1, &["could not write", "van-bulk.toml"]);
    assert_eq!(folder.names(), ["van-bulk.toml"]);
    std::fs::remove_file(folder.path("van-bulk.toml")).unwrap();

    folder.write("file", "");
    init(&folder, &["--out", "file/mappings"]).failed(1, &["file/mappings"]);
    assert_eq!(folder.names(), ["file"]);
    init(&folder, &[]).ended(0, &["laid out"]);
}

#[test]
fn the_runtime_is_written_as_others_find_it_or_they_are_said_to_find_none() {
    let folder = Folder::empty();
    folder.write("van-bulk/runtime/Cargo.toml", "[package]\nname = \"van-bulk\"\n");
    folder.write("other/Cargo.toml", "[package]\nname = \"other\"\n");
    let here = ["--runtime", "../van-bulk/runtime"];
    let said = init_in(&folder, "ours", &here).ended(0, &[]);
    assert!(!said.out.contains("others cannot build"));
    assert!(folder.read("ours/van-bulk.toml").contains("runtime = { path = \"../van-bulk/runtime\" }\n"));
    assert!(
        folder
            .read("ours/van-example/Cargo.toml")
            .contains("van-bulk = { path = \"../../van-bulk/runtime\" }\n")
    );
    init_in(&folder, "ours", &["--profile", "beta", "--runtime", "../van-bulk/runtime"])
        .failed(1, &["van-bulk.toml says already where the crate `van-bulk` is", "`--runtime`"]);

    init_in(&folder, "a/b/c/d", &["--runtime", "../../../../van-bulk/runtime"]).ended(
        0,
        &["others cannot build this yet: `runtime` of van-bulk.toml is a folder of this machine, /"],
    );
    for wrong in ["../other", "../nowhere"] {
        init_in(&folder, "theirs", &["--runtime", wrong]).failed(1, &["the crate `van-bulk` is not in"]);
    }
    assert!(!folder.path("theirs/van-bulk.toml").exists());
}

#[test]
fn what_is_wrong_with_a_given_snapshot_is_told_where_it_is() {
    let folder = Folder::empty();
    folder.write("bad/mapping-types.json", "{");
    let said = folder.run(&["init", "--snapshot", "bad"]);
    assert!(said.errors.contains("bad/mapping-types.json:1:") && !said.errors.contains("snapshots/"));
    assert!(!said.errors.contains("fetch the snapshot again"));
    said.failed(1, &["the snapshot `bad` has errors, so nothing was written", "start from another snapshot"]);
}

#[test]
fn ledgers_are_ignored_once() {
    let folder = Folder::empty();
    init(&folder, &["--profile", "acme"]).ended(0, &[".gitignore: the ledgers of imports"]);
    assert_eq!(folder.read(".gitignore"), "target/\nvan-bulk-ledger/\n");
    folder.write(".gitignore", "# ours\n/van-bulk-ledger\n*.tmp");
    let said = init(&folder, &["--profile", "beta"]).ended(0, &[]);
    assert!(!said.out.contains(".gitignore"));
    assert_eq!(folder.read(".gitignore"), "# ours\n/van-bulk-ledger\n*.tmp");
}

#[test]
fn a_workspace_without_a_resolver_keeps_its_choice_and_is_told_of_it() {
    let folder = Folder::empty();
    folder.write("Cargo.toml", "[workspace]\nmembers = []\n");
    init(&folder, &["--profile", "acme"]).ended(0, &["Cargo.toml chooses no resolver", "`resolver = \"3\"`"]);
    let manifest = folder.read("Cargo.toml");
    assert_eq!(manifest, "[workspace]\nmembers = [\"acme-mappings\", \"acme-example\"]\n");
    folder.write("Cargo.toml", &manifest.replace("members", "resolver = \"2\"\nmembers"));
    let said = init(&folder, &["--profile", "beta"]).ended(0, &[]);
    assert!(!said.out.contains("resolver") && folder.read("Cargo.toml").contains("resolver = \"2\""));
}

#[test]
fn the_way_to_a_first_import_is_told_whole() {
    let folder = Folder::empty();
    init(&folder, &["--profile", "acme"]).ended(
        0,
        &[
            "  cargo run -p acme-example > job.json\n",
            "  cargo van-bulk emulate --profile acme ",
            "  cargo van-bulk import rows.csv --job job.json --profile acme --base-url http://127.0.0.1:8085/v4 ",
        ],
    );
}

#[test]
fn modules_that_move_when_a_crate_gets_a_second_profile_are_told_once() {
    let folder = Folder::empty();
    init(&folder, &["--profile", "acme"]).ended(0, &[]);
    init(&folder, &["--profile", "beta"]).ended(0, &[]);
    let apart = folder.read("van-bulk.toml");
    folder.write("van-bulk.toml", &apart.replace("out = \"beta-mappings\"", "out = \"acme-mappings\""));
    folder
        .run(&["codegen"])
        .ended(0, &["what was in `acme_mappings` is in one such as `acme_mappings::acme`"]);
    let again = folder.run(&["codegen"]).ended(0, &["acme-mappings: "]);
    assert!(!again.out.contains("what was in"));
    folder.write("van-bulk.toml", &apart);
    folder.run(&["codegen"]).ended(0, &["what was in `acme_mappings::acme` is in `acme_mappings`"]);
}
