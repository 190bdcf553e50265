//! The text of `van-bulk.toml` with one more profile.

use std::path::Path;

use miette::IntoDiagnostic as _;
use toml_edit::{DocumentMut, InlineTable, Item, Table, value};

use crate::profiles::{self, HEAD, Profile, Runtime, Settings};

/// What the file holds when the profile is in it; the rest stays as it is.
pub(super) fn text(root: &Path, settings: &Settings, profile: &Profile) -> miette::Result<String> {
    let old = profiles::file_text(&root.join(profiles::FILE))?;
    let mut document: DocumentMut = old.clone().unwrap_or_default().parse().into_diagnostic()?;
    if let (None, Some(Runtime::Path(path))) = (document.get("runtime"), &settings.runtime) {
        let mut table = InlineTable::new();
        table.insert("path", path.display().to_string().into());
        document["runtime"] = value(table);
    }
    let profiles = document.entry("profile").or_insert_with(|| {
        let mut table = Table::new();
        table.set_implicit(true);
        Item::Table(table)
    });
    let mut table = Table::new();
    if let Some(mode) = profile.mode() {
        table["mode"] = value(mode.to_string());
    }
    table["out"] = value(profile.out().display().to_string());
    profiles[&profile.name] = Item::Table(table);
    Ok(match old {
        Some(_) => document.to_string(),
        None => format!("{HEAD}\n{document}"),
    })
}
