//! Several profiles in one crate: what cannot be generated, and why.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use std::path::Path;

use van_bulk_codegen::{CodegenError, CrateConfig, Files, Profile, SideBySide, generate, generate_profiles};
use van_bulk_schema::Snapshot;

fn snapshot(profile: &str) -> Snapshot {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/golden/two_profiles/snapshots");
    Snapshot::load(&folder.join(profile)).unwrap().0
}

fn config() -> CrateConfig {
    CrateConfig::new("tenants", "snapshots")
}

/// The profiles `acme` and `beta` under these names.
fn generated(names: [&str; 2]) -> Result<SideBySide, CodegenError> {
    let snapshots = [snapshot("acme"), snapshot("beta")];
    let profile =
        |index: usize| Profile { name: names[index], source: "snapshots", snapshot: &snapshots[index] };
    generate_profiles(&[profile(0), profile(1)], &config())
}

fn paths(files: &Files) -> Vec<&str> {
    files.iter().map(|(path, _)| path).collect()
}

#[test]
fn each_profile_is_a_folder_of_its_own() {
    let files = generated(["My-Voters", "my_campaign"]).unwrap().files;
    let paths = paths(&files);
    for path in
        ["src/my_voters/mod.rs", "src/my_campaign/mod.rs", "src/shared.rs", "src/my_campaign/resource.rs"]
    {
        assert!(paths.contains(&path), "{path} is not among {paths:?}");
    }
    let manifest = files.get("Cargo.toml").unwrap();
    assert!(manifest.contains("\nMy-Voters = []\nmy_campaign = []\ncontacts = []\n"), "{manifest}");
}

#[test]
fn the_order_of_the_profiles_changes_nothing() {
    let (acme, beta) = (snapshot("acme"), snapshot("beta"));
    let acme = Profile { name: "acme", source: "a", snapshot: &acme };
    let beta = Profile { name: "beta", source: "b", snapshot: &beta };
    let (one, other) =
        (generate_profiles(&[acme, beta], &config()), generate_profiles(&[beta, acme], &config()));
    let (one, other) = (one.unwrap(), other.unwrap());
    assert_eq!(one.files, other.files);
    assert_eq!([&one.profiles[0].name, &other.profiles[0].name], ["acme", "beta"], "as they were given");
    assert_eq!(one.profiles[0].names_lock, other.profiles[1].names_lock);
}

#[test]
fn a_profile_that_shares_nothing_has_no_shared_module() {
    let acme = snapshot("acme");
    let alone =
        generate_profiles(&[Profile { name: "acme", source: "a", snapshot: &acme }], &config()).unwrap();
    assert!(alone.files.get("src/shared.rs").is_none() && alone.files.get("src/acme/mod.rs").is_some());
    assert!(!alone.files.get("src/lib.rs").unwrap().contains("shared"));
}

#[test]
fn names_that_two_profiles_cannot_have_are_refused() {
    for (names, why) in [
        (
            ["acme", "Acme"],
            "the profile `Acme` cannot stand beside others in one crate: the module `acme` is that of the \
                            profile `acme`; rename the profile",
        ),
        (["acme", "shared"], "the name means something else there"),
        (["default", "beta"], "the name means something else there"),
        (["acme", "be ta"], "a Cargo feature has letters"),
        (["acme", "1"], "a Cargo feature has letters"),
        (
            ["kite-flyers", "beta"],
            "the Cargo feature `kite-flyers` is that of the resource type `KiteFlyers` of the profile \
                                   `beta`",
        ),
    ] {
        let error = generated(names).unwrap_err();
        assert!(matches!(&error, CodegenError::ProfileName { .. }), "{error}");
        assert!(error.to_string().contains(why), "{error}");
    }
}

#[test]
fn what_is_wrong_with_the_schemas_is_told_of_all_profiles_at_once() {
    let wrong = |profile: &str| {
        let mut documents = snapshot(profile).documents;
        let text = documents.get_mut("mapping-types.json").unwrap();
        *text =
            text.replace("\"parentFieldName\": \"LanternColor\"", "\"parentFieldName\": \"LanternColour\"");
        Snapshot::parse(documents).0
    };
    let (acme, beta, right) = (wrong("acme"), wrong("beta"), snapshot("acme"));
    let profiles = [("acme", &acme), ("beta", &beta), ("right", &right)];
    let profiles = profiles.map(|(name, snapshot)| Profile { name, source: name, snapshot });
    let error = generate_profiles(&profiles, &config()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the schemas of profile `acme` (1) and profile `beta` (1) have problems, so nothing was generated"
    );
    let CodegenError::Profiles(of) = error else { panic!("{error}") };
    assert!(of.iter().all(|of| of.findings[0].message.contains("LanternColour")), "{of:?}");
}

#[test]
fn a_crate_of_one_profile_names_it_only_if_it_is_told_to() {
    let snapshot = snapshot("acme");
    let unnamed = generate(&snapshot, &config()).unwrap().files;
    assert!(unnamed.iter().all(|(_, text)| !text.contains("profile `") && !text.contains("Acme")));

    let named = CrateConfig { profile: Some("acme".to_owned()), ..config() };
    let named = generate(&snapshot, &named).unwrap().files;
    assert_eq!(paths(&unnamed), paths(&named));
    assert!(named.get("src/lib.rs").unwrap().contains("pub type Mode = Acme;"));
    assert!(
        named
            .get("src/activist_code.rs")
            .unwrap()
            .contains("map the field `CanvassedBy` of profile `acme` before")
    );
}

#[test]
fn every_message_of_a_crate_that_names_its_profile_names_it() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/golden/every_rule/snapshot");
    let snapshot = Snapshot::load(&folder).unwrap().0;
    let config = CrateConfig { profile: Some("acme".to_owned()), ..config() };
    let files = generate(&snapshot, &config).unwrap().files;
    let lines = files.iter().flat_map(|(_, text)| text.lines().map(str::trim_start));
    let messages: Vec<&str> = lines.filter(|line| line.starts_with("message = \"")).collect();
    assert!(messages.len() > 100, "{}", messages.len());
    for message in messages {
        assert!(message.contains(" of profile `acme`"), "{message}");
    }
}
