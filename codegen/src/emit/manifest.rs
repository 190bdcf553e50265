//! `Cargo.toml` and the settings of rustfmt.

use std::fmt::Write as _;

use super::generated_by;
use crate::CrateConfig;

/// The manifest of a generated crate; all its features are on by default.
pub(super) fn manifest(config: &CrateConfig, about: &str, features: &[&str]) -> String {
    let mut text = format!("# {}\n\n[package]\nname = \"{}\"\n", generated_by(config), config.package);
    let _ = writeln!(text, "description = \"Typed builders for the mapping types of {about}\"");
    if config.inherit_workspace {
        for key in ["version", "edition", "rust-version", "license", "publish"] {
            let _ = writeln!(text, "{key}.workspace = true");
        }
        text.push_str("\n[lints]\nworkspace = true\n");
    } else {
        // The generator and the runtime need the same Rust.
        let rust = env!("CARGO_PKG_RUST_VERSION");
        let _ = write!(
            text,
            "version = \"0.1.0\"\nedition = \"2024\"\nrust-version = \"{rust}\"\npublish = false\n"
        );
    }
    text.push_str("\n[features]\n");
    let defaults: Vec<String> = features.iter().map(|feature| format!("\"{feature}\"")).collect();
    let _ = writeln!(text, "default = [{}]", defaults.join(", "));
    for feature in features {
        let _ = writeln!(text, "{feature} = []");
    }
    let _ = write!(text, "\n[dependencies]\nvan-bulk = {}\n", config.runtime);
    if config.own_workspace {
        text.push_str("\n[workspace]\n");
    }
    text
}

/// The generator formats its files itself.
pub(super) fn rustfmt(config: &CrateConfig) -> String {
    format!("# {}\n\ndisable_all_formatting = true\n", generated_by(config))
}
