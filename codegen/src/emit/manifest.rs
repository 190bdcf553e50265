//! `Cargo.toml` and the settings of rustfmt.

use std::fmt::Write as _;

use super::generated_by;
use crate::Config;
use crate::ir::Program;

/// The manifest of the generated crate: one feature for each resource type, all on by default.
pub(super) fn manifest(program: &Program, config: &Config) -> String {
    let mut text = format!("# {}\n\n[package]\nname = \"{}\"\n", generated_by(config), config.package);
    text.push_str("description = \"Typed builders for the mapping types of one VAN API key\"\n");
    if config.inherit_workspace {
        for key in ["version", "edition", "rust-version", "license", "publish"] {
            let _ = writeln!(text, "{key}.workspace = true");
        }
        text.push_str("\n[lints]\nworkspace = true\n");
    } else {
        text.push_str("version = \"0.1.0\"\nedition = \"2024\"\nrust-version = \"1.88\"\npublish = false\n");
    }
    text.push_str("\n[features]\n");
    let defaults: Vec<String> =
        program.resources.iter().map(|resource| format!("\"{}\"", resource.feature)).collect();
    let _ = writeln!(text, "default = [{}]", defaults.join(", "));
    for resource in &program.resources {
        let _ = writeln!(text, "{} = []", resource.feature);
    }
    let _ = write!(text, "\n[dependencies]\nvan-bulk = {}\n", config.runtime);
    if config.own_workspace {
        text.push_str("\n[workspace]\n");
    }
    text
}

/// The generator formats its files itself.
pub(super) fn rustfmt(config: &Config) -> String {
    format!("# {}\n\ndisable_all_formatting = true\n", generated_by(config))
}
