//! `cargo van-bulk catalog`: where the page goes, and what it is about. The page itself is tested in `catalog/`.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

/// A workspace with the snapshots of the golden crate of two profiles, which share a crate.
fn workspace() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/golden/two_profiles/snapshots");
    copy(&golden, &folder.path().join("snapshots"));
    let profiles = "[profile.acme-north]\nout = \"tenants\"\n\n[profile.beta]\nout = \"tenants\"\n";
    fs::write(folder.path().join("van-bulk.toml"), profiles).unwrap();
    fs::rename(folder.path().join("snapshots/acme"), folder.path().join("snapshots/acme-north")).unwrap();
    folder
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

/// Whether it succeeds, and everything that it says.
fn catalog(folder: &TempDir, arguments: &[&str]) -> (bool, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-van-bulk"));
    command.arg("catalog").args(arguments).current_dir(folder.path());
    command.env("CARGO_TARGET_DIR", "target").env("NO_COLOR", "1");
    let output = command.output().unwrap();
    let text = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat();
    (output.status.success(), text)
}

fn page(folder: &TempDir, path: &str) -> String {
    fs::read_to_string(folder.path().join(path)).unwrap()
}

#[test]
fn the_page_of_a_profile_goes_into_target_and_exports_programs_for_its_module() {
    let folder = workspace();
    let (success, said) = catalog(&folder, &["--profile", "acme-north"]);
    assert!(success && said.contains("wrote target/catalog/acme-north.html"), "{said}");
    let page = page(&folder, "target/catalog/acme-north.html");
    assert!(page.contains("MoonTides") && !page.contains("TeaCeremonies"));
    assert!(page.contains("tenants::acme_north"));
}

#[test]
fn the_page_tells_what_changed_since_the_snapshot_that_is_named() {
    let folder = workspace();
    let (success, said) =
        catalog(&folder, &["--profile", "beta", "--old", "snapshots/acme-north", "--out", "page.html"]);
    assert!(success, "{said}");
    let changed = page(&folder, "page.html");
    assert!(changed.contains("MoonTides") && changed.contains("TeaCeremonies"));
    let (success, said) = catalog(&folder, &["--profile", "beta", "--out", "page.html"]);
    assert!(success && !page(&folder, "page.html").contains("MoonTides"), "{said}");
}

#[test]
fn a_snapshot_with_errors_has_no_page() {
    let folder = workspace();
    let (success, said) = catalog(&folder, &[]);
    assert!(!success && said.contains("there are several profiles"), "{said}");
    fs::write(folder.path().join("snapshots/beta/mapping-types.json"), "{").unwrap();
    let (success, said) = catalog(&folder, &["--profile", "beta"]);
    assert!(!success && said.contains("cargo van-bulk fetch"), "{said}");
    assert!(!folder.path().join("target/catalog").exists());
}
