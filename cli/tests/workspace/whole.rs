//! From an empty folder to an import, and to a program that stops compiling when the schema changes.

use std::process::Command;

use secrecy::SecretString;
use tokio::runtime::Runtime;
use van_bulk_emulator::{Config, Emulator};
use van_bulk_schema::{Schema, Snapshot};

use crate::support::{Folder, Said, unseen};

const KEY: &str = "key-of-the-workspace";

fn emulator(runtime: &Runtime, schema: Schema) -> Emulator {
    let config = Config {
        schema,
        api_key: Some(SecretString::from(KEY)),
        step: std::time::Duration::from_millis(5),
        ..Config::default()
    };
    runtime.block_on(Emulator::start(config)).unwrap()
}

fn schema() -> Schema {
    let (snapshot, findings) = Snapshot::load(&unseen()).unwrap();
    assert_eq!(findings, []);
    snapshot.schema
}

/// Runs a command with the credentials.
fn online(folder: &Folder, arguments: &[&str]) -> Said {
    let mut command: Command = folder.command(arguments);
    command.envs([("VAN_APP_NAME", "workspace"), ("VAN_API_KEY", KEY), ("VAN_MODE", "my-voters")]);
    Said::of(command.output().unwrap())
}

#[test]
fn from_an_empty_folder_to_an_import_and_to_a_schema_that_changes() {
    let runtime = Runtime::new().unwrap();
    let folder = Folder::empty();
    let van = emulator(&runtime, schema());
    let base_url = ["--base-url", &van.base_url()].map(str::to_owned);
    let base_url: Vec<&str> = base_url.iter().map(String::as_str).collect();
    let with = |arguments: &[&'static str]| [arguments, &base_url].concat();

    online(&folder, &with(&["init", "--profile", "music"]))
        .ended(0, &["laid out the profile `music`", "fetched 1 mapping types", "cargo run -p music-example"]);
    assert_eq!(
        folder.names(),
        [".gitignore", "Cargo.toml", "music-example", "music-mappings", "snapshots", "van-bulk.toml"]
    );
    folder.run(&["codegen", "--check"]).ended(0, &["up to date"]);
    online(&folder, &with(&["drift", "--profile", "music"])).ended(0, &["Nothing changed"]);

    let job = folder.cargo(&["run", "--quiet", "--package", "music-example"]).ended(0, &["MadeUpLending"]);
    folder.write("job.json", &job.out);
    folder.run(&["lint", "job.json"]).ended(0, &["no errors, no warnings; checked against snapshots/music"]);
    folder.write("rows.csv", "shelf_id,insured_by,lent_to\n11,,Ada\n12,us,Bo\n13,,Cy\n");
    folder
        .run(&["preflight", "rows.csv", "--job", "job.json"])
        .ended(1, &["MadeUpLending.ShelfID is none of its predefined values", "1 cannot"]);
    folder.write("rows.csv", "shelf_id,insured_by,lent_to\n11,,Ada\n12,us,Bo\n");
    let import = with(&["import", "rows.csv", "--job", "job.json", "--profile", "music", "--poll", "0.01"]);
    online(&folder, &import).ended(0, &["rows sent 2 = processed 2"]);

    // VAN requires a field more: the snapshot, the builders and the compiler say so, one after the other.
    let mut changed = schema();
    changed.mapping_types[0].fields[3].is_required = true;
    let van = emulator(&runtime, changed);
    let base_url = ["--base-url".to_owned(), van.base_url()];
    let base_url: Vec<&str> = base_url.iter().map(String::as_str).collect();
    let with = |arguments: &[&'static str]| [arguments, &base_url].concat();
    online(&folder, &with(&["drift", "--profile", "music"])).ended(13, &["`Note`"]);
    online(&folder, &with(&["fetch"])).ended(0, &["`Note`", "next: cargo van-bulk codegen"]);
    folder.run(&["codegen", "--check"]).ended(1, &["stale: src/made_up_lending.rs"]);
    folder.run(&["codegen"]).ended(0, &["changed music-mappings/src/made_up_lending.rs"]);
    folder
        .cargo(&["check", "--quiet", "--package", "music-example"])
        .failed(101, &["MadeUpLending::new", "argument #2 is missing"]);
    folder.run(&["lint", "job.json"]).failed(1, &["`Note`"]);
}
