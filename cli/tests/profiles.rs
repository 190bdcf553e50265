//! `cargo van-bulk codegen` in a workspace where two profiles share a crate.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

const UNCHANGED: &str = "nothing has changed since it was generated";

const PROFILES: &str = "[profile.acme]\nout = \"tenants\"\n\n[profile.beta]\nout = \"tenants\"\n";

/// A workspace with the snapshots of the golden crate of two profiles.
struct World(TempDir);

impl World {
    fn new(profiles: &str) -> Self {
        let world = Self(tempfile::tempdir().unwrap());
        let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/golden/two_profiles/snapshots");
        copy(&golden, &world.path("snapshots"));
        fs::write(world.path("van-bulk.toml"), profiles).unwrap();
        world
    }

    fn path(&self, below: &str) -> PathBuf {
        self.0.path().join(below)
    }

    /// Whether it succeeds, and everything that it prints.
    fn codegen(&self, arguments: &[&str]) -> (bool, String) {
        let output = Command::new(env!("CARGO_BIN_EXE_cargo-van-bulk"))
            .arg("codegen")
            .args(arguments)
            .current_dir(self.0.path())
            .env("CARGO_TARGET_DIR", self.path("target"))
            .env("NO_COLOR", "1")
            .output()
            .unwrap();
        let text = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat();
        (output.status.success(), text)
    }

    fn edit(&self, path: &str, from: &str, to: &str) {
        let old = fs::read_to_string(self.path(path)).unwrap();
        assert!(old.contains(from), "{path} has no {from}");
        fs::write(self.path(path), old.replace(from, to)).unwrap();
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap()
    }
}

fn copy(from: &Path, to: &Path) {
    if from.is_dir() {
        fs::create_dir_all(to).unwrap();
        for entry in fs::read_dir(from).unwrap() {
            let name = entry.unwrap().file_name();
            copy(&from.join(&name), &to.join(&name));
        }
    } else {
        fs::copy(from, to).unwrap();
    }
}

#[test]
fn naming_one_of_two_profiles_generates_the_crate_of_both() {
    let world = World::new(PROFILES);
    for lock in ["snapshots/acme/names.lock", "snapshots/beta/names.lock"] {
        fs::remove_file(world.path(lock)).unwrap();
    }
    let (done, told) = world.codegen(&["--profile", "acme"]);
    assert!(done, "{told}");
    assert!(
        world.read("tenants/src/lib.rs").contains("pub mod acme;\n#[cfg(feature = \"beta\")]\npub mod beta;")
    );
    assert!(world.read("tenants/src/beta/activist_code.rs").contains("from `snapshots/beta`"));
    assert!(world.read("snapshots/acme/names.lock").contains("MoonTides"));
    assert!(world.read("snapshots/beta/names.lock").contains("TeaCeremonies"));
    for arguments in [&["--check"][..], &["--check", "--profile", "beta"]] {
        let (done, told) = world.codegen(arguments);
        assert!(done, "{told}");
    }
}

#[test]
fn a_change_of_either_snapshot_generates_the_crate_once() {
    let world = World::new(PROFILES);
    assert!(world.codegen(&[]).0);
    assert!(world.codegen(&[]).1.contains(UNCHANGED));
    for profile in ["acme", "beta"] {
        world.edit(
            &format!("snapshots/{profile}/mapping-types.json"),
            "How it happened",
            "How it came about",
        );
        let (done, told) = world.codegen(&[]);
        assert!(done && told.contains(&format!("changed tenants/src/{profile}/activist_code.rs")), "{told}");
        assert!(world.codegen(&[]).1.contains(UNCHANGED));
    }
    world.edit("snapshots/beta/names.lock", "\"tea_ceremonies\"", "\"tea\"");
    let (done, told) = world.codegen(&["--profile", "acme"]);
    assert!(done && told.contains("added tenants/src/beta/tea.rs"), "{told}");
}

#[test]
fn what_is_wrong_with_either_snapshot_is_told_and_nothing_is_written() {
    let world = World::new(PROFILES);
    for profile in ["acme", "beta"] {
        let parent = "\"parentFieldName\": \"LanternColor\"";
        world.edit(
            &format!("snapshots/{profile}/mapping-types.json"),
            parent,
            &parent.replace("Color", "Colour"),
        );
    }
    let (done, told) = world.codegen(&["--profile", "beta"]);
    assert!(
        !done && told.contains("the snapshots `snapshots/acme` and `snapshots/beta` have errors"),
        "{told}"
    );
    assert!(
        told.contains("snapshots/acme/mapping-types.json:")
            && told.contains("snapshots/beta/mapping-types.json:")
    );
    assert!(!world.path("tenants").exists());
}

#[test]
fn profiles_that_share_a_crate_and_name_it_differently_are_refused() {
    let world =
        World::new(&PROFILES.replace("out = \"tenants\"\n\n", "out = \"tenants\"\npackage = \"x\"\n\n"));
    assert!(world.codegen(&[]).0);
    assert!(world.read("tenants/Cargo.toml").contains("name = \"x\""));
    let profiles = world.read("van-bulk.toml") + "package = \"y\"\n";
    fs::write(world.path("van-bulk.toml"), profiles).unwrap();
    let (done, told) = world.codegen(&[]);
    assert!(!done && told.contains("profiles::contradiction"), "{told}");
}

#[test]
fn a_profile_whose_name_cannot_stand_beside_others_is_refused() {
    let world = World::new("[profile.acme]\nout = \"tenants\"\n[profile.shared]\nout = \"tenants\"\n");
    fs::rename(world.path("snapshots/beta"), world.path("snapshots/shared")).unwrap();
    let (done, told) = world.codegen(&[]);
    assert!(!done && told.contains("the profile `shared` cannot stand beside others in one crate"), "{told}");
}

#[test]
fn names_are_locked_without_a_crate_for_builders_of_a_build_script() {
    let world = World::new("[profile.acme]\n\n[profile.beta]\n");
    for profile in ["acme", "beta"] {
        fs::remove_file(world.path("snapshots").join(profile).join("names.lock")).unwrap();
    }
    let locked = |profile: &str| world.path("snapshots").join(profile).join("names.lock").is_file();
    let (success, said) = world.codegen(&["--names", "--profile", "beta"]);
    assert!(success && said.contains("snapshots/beta/names.lock: the names are locked"), "{said}");
    assert!(locked("beta") && !locked("acme"));
    let (success, said) = world.codegen(&["--names"]);
    assert!(success && said.contains("snapshots/beta/names.lock: all names were locked already"), "{said}");
    assert!(locked("acme") && !world.path("generated").exists());
    fs::write(world.path("snapshots/acme/mapping-types.json"), "{").unwrap();
    let (success, said) = world.codegen(&["--names"]);
    assert!(!success && said.contains("no names were locked in snapshots/acme"), "{said}");
}
