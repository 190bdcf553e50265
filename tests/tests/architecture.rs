//! Who may know whom. The picture is in `ARCHITECTURE.md`.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// The crates of this repository that each crate may depend on, tests aside.
const MAY_KNOW: &[(&str, &[&str])] = &[
    ("van-bulk", &["van-bulk-derive"]),
    ("van-bulk-derive", &[]),
    ("van-bulk-mappings", &["van-bulk"]),
    ("van-bulk-schema", &["van-bulk"]),
    ("van-bulk-codegen", &["van-bulk-schema"]),
    ("van-bulk-catalog", &["van-bulk-schema", "van-bulk-codegen"]),
    ("van-bulk-import", &["van-bulk", "van-bulk-schema"]),
    ("van-bulk-emulator", &["van-bulk-schema"]),
    ("van-bulk-demo", &["van-bulk", "van-bulk-mappings", "van-bulk-import"]),
    ("van-bulk-prove", &["van-bulk-schema", "van-bulk-codegen", "van-bulk-emulator"]),
    ("van-bulk-chaos", &["van-bulk-schema", "van-bulk-import", "van-bulk-emulator"]),
    ("van-bulk-tests", &[]),
    ("van-bulk-ui-tests", &["van-bulk", "van-bulk-mappings"]),
    ("golden-activist-code", &["van-bulk"]),
    ("golden-every-rule", &["van-bulk"]),
    ("golden-two-profiles", &["van-bulk"]),
    (
        "cargo-van-bulk",
        &["van-bulk-schema", "van-bulk-codegen", "van-bulk-catalog", "van-bulk-import", "van-bulk-emulator"],
    ),
    (
        "xtask",
        &[
            "cargo-van-bulk",
            "van-bulk-schema",
            "van-bulk-codegen",
            "van-bulk-import",
            "van-bulk-emulator",
            "van-bulk-prove",
            "van-bulk-chaos",
        ],
    ),
];

/// A dependency that is not for tests alone.
struct Dependency {
    name: String,
    is_optional: bool,
}

/// Every dependency of the crates of this repository, tests aside.
fn dependencies() -> BTreeMap<String, Vec<Dependency>> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--locked", "--offline"])
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    packages
        .iter()
        .map(|package| {
            let dependencies = package["dependencies"].as_array().unwrap();
            let dependencies =
                dependencies.iter().filter(|dependency| dependency["kind"].is_null()).map(|dependency| {
                    Dependency {
                        name: dependency["name"].as_str().unwrap().to_owned(),
                        is_optional: dependency["optional"].as_bool().unwrap(),
                    }
                });
            (package["name"].as_str().unwrap().to_owned(), dependencies.collect())
        })
        .collect()
}

#[test]
fn every_crate_knows_only_the_crates_that_it_may() {
    let dependencies = dependencies();
    let mut crates: Vec<&str> = dependencies.keys().map(String::as_str).collect();
    let mut listed: Vec<&str> = MAY_KNOW.iter().map(|(name, _)| *name).collect();
    crates.sort_unstable();
    listed.sort_unstable();
    assert_eq!(crates, listed, "list every crate of the repository here");

    for (name, may_know) in MAY_KNOW {
        let known = dependencies[*name].iter().map(|dependency| &dependency.name);
        for dependency in known.filter(|name| dependencies.contains_key(*name)) {
            assert!(may_know.contains(&dependency.as_str()), "{name} may not know {dependency}");
        }
    }
}

#[test]
fn the_runtime_depends_on_serde_alone() {
    let dependencies = dependencies();
    let needed = dependencies["van-bulk"].iter().filter(|dependency| !dependency.is_optional);
    assert!(needed.map(|dependency| dependency.name.as_str()).eq(["serde"]));
}
