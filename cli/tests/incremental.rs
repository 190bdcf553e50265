//! `cargo van-bulk codegen` generates again whenever anything has changed, and only then; files whose bytes stay the same are
//! not touched.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, SystemTime};

use tempfile::TempDir;

const UNCHANGED: &str = "nothing has changed since it was generated";

/// A snapshot, the crate that was generated from it, and what is remembered of that.
struct World(TempDir);

impl World {
    /// Copies a snapshot, and generates its crate.
    fn of(snapshot: &str) -> Self {
        let world = Self(tempfile::tempdir().unwrap());
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(snapshot), &world.path("snapshot"));
        let first = world.codegen(&[]);
        assert!(first.contains("added crate/src/lib.rs") && !first.contains(UNCHANGED), "{first}");
        world
    }

    fn path(&self, below: &str) -> PathBuf {
        self.0.path().join(below)
    }

    fn run(&self, snapshot: &str, more: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_cargo-van-bulk"))
            .args(["codegen", "--snapshot", snapshot, "--out", "crate"])
            .args(more)
            .current_dir(self.0.path())
            .env("CARGO_TARGET_DIR", self.path("target"))
            .env("NO_COLOR", "1")
            .output()
            .unwrap()
    }

    /// Everything that a generation that succeeds prints.
    fn codegen(&self, more: &[&str]) -> String {
        let output = self.run("snapshot", more);
        let text = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat();
        assert!(output.status.success(), "{text}");
        text
    }

    fn edit(&self, path: &str, edit: impl FnOnce(String) -> String) {
        let path = self.path(path);
        let old = fs::read_to_string(&path).unwrap();
        let new = edit(old.clone());
        assert_ne!(old, new, "{} was to change", path.display());
        fs::write(path, new).unwrap();
    }

    /// Asserts that a change leads to a generation, the next run to none, and that what is left is what is generated.
    fn assert_generates_once(&self, change: &str) -> String {
        let told = self.codegen(&[]);
        assert!(!told.contains(UNCHANGED), "{change}, and nothing was generated:\n{told}");
        let next = self.codegen(&[]);
        assert!(next.contains(UNCHANGED), "{change}, and it was generated twice:\n{next}");
        self.codegen(&["--check"]);
        told
    }

    /// The bytes and the time of every file of the crate and of the snapshot.
    fn files(&self) -> BTreeMap<PathBuf, (Vec<u8>, SystemTime)> {
        let mut files = BTreeMap::new();
        let mut waiting = vec![self.path("crate"), self.path("snapshot")];
        while let Some(path) = waiting.pop() {
            if path.is_dir() {
                waiting.extend(fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
            } else {
                let modified = path.metadata().unwrap().modified().unwrap();
                files.insert(path.clone(), (fs::read(path).unwrap(), modified));
            }
        }
        files
    }

    /// Makes every file look old, so that touching it shows.
    fn make_old(&self) {
        let old = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
        for path in self.files().keys() {
            fs::File::options().write(true).open(path).unwrap().set_modified(old).unwrap();
        }
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let (from, to) = (entry.as_ref().unwrap().path(), to.join(entry.unwrap().file_name()));
        if from.is_dir() { copy(&from, &to) } else { fs::copy(from, to).map(drop).unwrap() }
    }
}

#[test]
fn nothing_changed_means_that_nothing_is_generated_or_touched() {
    let world = World::of("tests/golden/every_rule/snapshot");
    world.make_old();
    let before = world.files();
    let told = world.codegen(&[]);
    assert!(told.starts_with(&format!("crate: {UNCHANGED}\n")), "{told}");
    assert_eq!(world.files(), before);
}

#[test]
fn every_input_that_changes_leads_to_a_generation() {
    let world = World::of("tests/golden/every_rule/snapshot");

    world.edit("snapshot/mapping-types.json", |text| text.replacen("A column or a text", "Either of two", 1));
    let told = world.assert_generates_once("the description of a field was edited");
    assert!(told.contains("changed crate/src/sources.rs"), "{told}");

    world.edit("snapshot/resources.json", |text| text.replacen('[', "[\n  \"Places\",", 1));
    world.assert_generates_once("a resource type was added");

    world.edit("snapshot/values/Typed.TypeID.json", |text| {
        text.replacen("\"name\": \"", "\"name\": \"New ", 1)
    });
    world.assert_generates_once("a value was renamed");

    world.edit("snapshot/overrides.toml", |text| text.replacen("\"my_field\"", "\"your_field\"", 1));
    let told = world.assert_generates_once("an override was edited");
    assert!(told.contains("changed crate/src/chosen.rs"), "{told}");

    fs::remove_file(world.path("snapshot/overrides.toml")).unwrap();
    world.assert_generates_once("the overrides were removed");

    fs::write(world.path("snapshot/profile.json"), r#"{"mode": "my-campaign"}"#).unwrap();
    world.assert_generates_once("the database mode was told");

    fs::remove_file(world.path("snapshot/values/Sources.LongList.json")).unwrap();
    world.assert_generates_once("a value list was removed");

    world.edit("snapshot/names.lock", |text| text.replacen("Note = \"note\"", "Note = \"remark\"", 1));
    let told = world.assert_generates_once("a name was edited");
    assert!(told.contains("changed crate/src/any_parent.rs"), "{told}");

    world.edit("snapshot/names.lock", |text| format!("\u{feff}{text}"));
    let told = world.assert_generates_once("a byte order mark was put in front of the names");
    assert!(told.contains("changed snapshot/names.lock"), "{told}");

    fs::remove_file(world.path("snapshot/names.lock")).unwrap();
    world.assert_generates_once("the names were removed");

    let elsewhere = world.run("./snapshot", &[]);
    let told = String::from_utf8(elsewhere.stdout).unwrap();
    assert!(told.contains("changed crate/src/lib.rs"), "the snapshot goes by another name:\n{told}");
    world.assert_generates_once("the snapshot goes by its old name");
}

#[test]
fn every_file_of_the_crate_that_somebody_changed_is_noticed() {
    let world = World::of("tests/golden/activist_code/snapshot");
    let paths: Vec<PathBuf> =
        world.files().into_keys().filter(|path| path.starts_with(world.path("crate"))).collect();
    assert!(paths.len() > 3);
    for path in paths {
        let generated = fs::read(&path).unwrap();
        fs::write(&path, [&generated, b"\n".as_slice()].concat()).unwrap();
        let told = world.assert_generates_once(&format!("{} was edited", path.display()));
        assert!(told.contains("changed crate/"), "{told}");
        fs::write(&path, [&generated, b"\xff".as_slice()].concat()).unwrap();
        world.assert_generates_once(&format!("{} is no text", path.display()));
        fs::remove_file(&path).unwrap();
        world.assert_generates_once(&format!("{} was removed", path.display()));
        assert_eq!(fs::read(&path).unwrap(), generated);
    }

    let extra = world.path("crate/src/left/over.rs");
    fs::create_dir_all(extra.parent().unwrap()).unwrap();
    fs::write(&extra, "// @generated\n").unwrap();
    world.assert_generates_once("a file was added");
    assert!(!extra.exists());

    let by_hand = world.path("crate/src/main.rs");
    fs::write(&by_hand, "fn main() {}").unwrap();
    let refused = world.run("snapshot", &[]);
    let told = String::from_utf8(refused.stderr).unwrap();
    assert!(!refused.status.success() && told.contains("src/main.rs would be overwritten"), "{told}");
}

#[test]
fn what_is_put_back_needs_no_generation() {
    let world = World::of("tests/golden/activist_code/snapshot");
    let lib = world.path("crate/src/lib.rs");
    let generated = fs::read(&lib).unwrap();
    fs::write(&lib, "// @generated\n").unwrap();
    fs::write(&lib, generated).unwrap();
    assert!(world.codegen(&[]).contains(UNCHANGED));
}

#[test]
fn files_whose_bytes_stay_the_same_are_not_touched_by_a_generation() {
    let world = World::of("tests/golden/every_rule/snapshot");
    world.edit("snapshot/mapping-types.json", |text| text.replacen("A column or a text", "Either of two", 1));
    world.make_old();
    let before = world.files();
    world.codegen(&[]);
    let changed: Vec<PathBuf> = world
        .files()
        .into_iter()
        .filter(|(path, file)| before[path] != *file)
        .map(|(path, _)| path)
        .collect();
    assert_eq!(changed, [world.path("crate/src/sources.rs")]);
}

#[test]
fn a_memory_that_is_lost_or_cut_short_leads_to_a_generation() {
    let world = World::of("tests/golden/activist_code/snapshot");
    let memory = world.path("target/codegen");
    for entry in fs::read_dir(&memory).unwrap() {
        fs::write(entry.unwrap().path(), "").unwrap();
    }
    world.assert_generates_once("what is remembered was cut short");
    fs::remove_dir_all(&memory).unwrap();
    world.assert_generates_once("what is remembered was removed");
}

#[test]
fn doubts_about_a_schema_are_not_forgotten_and_a_check_tells_them_in_full() {
    let world = World::of("tests/bad_schemas/no_type_field");
    let next = world.codegen(&[]);
    assert!(next.contains(UNCHANGED) && next.contains("1 warning(s) as before"), "{next}");
    let check = world.codegen(&["--check"]);
    assert!(check.contains('⚠') && check.contains("generated file(s) up to date"), "{check}");
}
