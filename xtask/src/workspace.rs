//! Where things are in this repository, and which of its crates are generated.

use std::path::{Path, PathBuf};

use van_bulk_codegen::CrateConfig;

/// The profile whose builders are committed.
pub(crate) const DEFAULT_PROFILE: &str = "sample";

/// A crate that is generated from a snapshot.
#[derive(Debug, Clone)]
pub(crate) struct GeneratedCrate {
    /// The folder of the snapshot.
    pub(crate) snapshot: PathBuf,
    /// The folder of the crate.
    pub(crate) out: PathBuf,
    /// How it is generated.
    pub(crate) config: CrateConfig,
    /// Whether doubts about the schema are told; those of golden crates are there on purpose.
    pub(crate) tells_warnings: bool,
}

/// The root of the repository.
pub(crate) fn root() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap_or(manifest).to_owned()
}

/// Where cargo builds, and where commands keep what they install and write.
pub(crate) fn target() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or("target".into(), PathBuf::from);
    root().join(target)
}

/// The folder of the snapshots, one folder a profile.
pub(crate) fn snapshots() -> PathBuf {
    shown(&root().join("snapshots"))
}

/// The crate `generated`, from the snapshot of a profile.
pub(crate) fn generated(profile: &str) -> GeneratedCrate {
    let command = match profile {
        DEFAULT_PROFILE => "cargo xtask codegen".to_owned(),
        profile => format!("cargo xtask codegen --profile {profile}"),
    };
    GeneratedCrate {
        snapshot: snapshots().join(profile),
        out: shown(&root().join("generated")),
        config: CrateConfig {
            command,
            runtime: "{ workspace = true }".to_owned(),
            inherit_workspace: true,
            ..CrateConfig::new("van-bulk-mappings", format!("snapshots/{profile}"))
        },
        tells_warnings: true,
    }
}

/// Every generated crate that is committed.
pub(crate) fn committed() -> Vec<GeneratedCrate> {
    let sample = generated(DEFAULT_PROFILE);
    let golden = ["activist_code", "every_rule"].map(|name| GeneratedCrate {
        snapshot: shown(&root().join("tests/golden").join(name).join("snapshot")),
        out: shown(&root().join("tests/golden").join(name)),
        config: CrateConfig {
            package: format!("golden-{}", name.replace('_', "-")),
            source: format!("tests/golden/{name}/snapshot"),
            ..sample.config.clone()
        },
        tells_warnings: false,
    });
    std::iter::once(sample).chain(golden).collect()
}

/// A path as a person would type it, if it lies below the current folder.
pub(crate) fn shown(path: &Path) -> PathBuf {
    let current = std::env::current_dir().unwrap_or_default();
    path.strip_prefix(current).unwrap_or(path).to_owned()
}

/// A profile is the name of one folder.
pub(crate) fn profile_name(name: &str) -> Result<String, String> {
    let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    if plain && !name.is_empty() {
        Ok(name.to_owned())
    } else {
        Err("use letters, digits, `-` and `_` only".to_owned())
    }
}
