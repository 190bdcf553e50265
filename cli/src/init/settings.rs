//! The text of `van-bulk.toml` with one more profile.

use std::path::Path;

use miette::IntoDiagnostic as _;
use toml_edit::{DocumentMut, InlineTable, Item, Table, value};

use super::slashed;
use crate::files;
use crate::profiles::{self, HEAD, Profile, Runtime, Settings};
use crate::workspace::shown;

/// What the file holds when the profile is in it; the rest stays as it is. Other commands can read it.
pub(super) fn text(root: &Path, settings: &Settings, profile: &Profile) -> miette::Result<String> {
    let path = root.join(profiles::FILE);
    let old = profiles::file_text(&path)?;
    let mut document: DocumentMut = old.clone().unwrap_or_default().parse().into_diagnostic()?;
    if let (None, Some(Runtime::Path(path))) = (document.get("runtime"), &settings.runtime) {
        let mut table = InlineTable::new();
        table.insert("path", slashed(path).into());
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
    if let Some(url) = profile.own_base_url() {
        table["base-url"] = value(url);
    }
    table["out"] = value(slashed(profile.out()));
    profiles[&profile.name] = Item::Table(table);
    let text = match old {
        Some(old) => files::with_line_ends_of(&old, document.to_string()),
        None => format!("{HEAD}\n{document}"),
    };
    profiles::parse(&text, &shown(&path))?;
    Ok(text)
}
