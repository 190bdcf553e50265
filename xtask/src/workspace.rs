//! Where things are in this repository.

use std::path::{Path, PathBuf};

use cargo_van_bulk::Workspace;

/// How the commands are called here.
pub(crate) const PROGRAM: &str = "cargo xtask";

/// The profile whose builders are committed.
const SAMPLE: &str = "sample";

/// The generated crates beside those of profiles: package, folder and snapshots.
const GOLDEN: [(&str, &str, &[&str]); 3] = [
    ("golden-activist-code", "tests/golden/activist_code", &["tests/golden/activist_code/snapshot"]),
    ("golden-every-rule", "tests/golden/every_rule", &["tests/golden/every_rule/snapshot"]),
    (
        "golden-two-profiles",
        "tests/golden/two_profiles",
        &["tests/golden/two_profiles/snapshots/acme", "tests/golden/two_profiles/snapshots/beta"],
    ),
];

/// The repository, as the commands see it.
pub(crate) fn repository() -> Workspace {
    Workspace::of_repository(&root(), PROGRAM, SAMPLE, &GOLDEN)
}

/// The root of the repository.
pub(crate) fn root() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap_or(manifest).to_owned()
}

/// Where cargo builds, and where commands keep what they install and write.
pub(crate) fn target() -> PathBuf {
    repository().target()
}

/// The folder of the sample.
pub(crate) fn sample() -> PathBuf {
    repository().snapshots().join(SAMPLE)
}
