//! Where things are in this repository.

use std::path::{Path, PathBuf};

use van_bulk_codegen::Config;

/// The root of the repository.
pub(crate) fn root() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap_or(manifest).to_owned()
}

/// The folder of the snapshots, one folder a profile.
pub(crate) fn snapshots() -> PathBuf {
    root().join("snapshots")
}

/// The folder of the generated crate.
pub(crate) fn generated() -> PathBuf {
    root().join("generated")
}

/// How the crate `generated` is generated from a profile.
pub(crate) fn config(profile: &str) -> Config {
    let command = match profile {
        DEFAULT_PROFILE => "cargo xtask codegen".to_owned(),
        profile => format!("cargo xtask codegen --profile {profile}"),
    };
    Config {
        command,
        runtime: "{ workspace = true }".to_owned(),
        inherit_workspace: true,
        ..Config::new("van-bulk-mappings", format!("snapshots/{profile}"))
    }
}

/// The profile whose builders are committed.
pub(crate) const DEFAULT_PROFILE: &str = "sample";

/// A path as a person would type it, if it lies below the current folder.
pub(crate) fn shown(path: &Path) -> PathBuf {
    let current = std::env::current_dir().unwrap_or_default();
    path.strip_prefix(current).unwrap_or(path).to_owned()
}
