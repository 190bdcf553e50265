//! What one API key may import, as one HTML page for people without Rust.
//!
//! The page shows the mapping types of a snapshot with their fields, values and a graph of what needs what, composes the
//! job for a file, and tells what changed last. It is one file that works from disk: style, script and data stand in it,
//! nothing is loaded, and a content security policy sees to that.
//!
//! - `html` writes the page. What it shows of mapping types is there without a script.
//! - `graph` draws what needs what.
//! - `data` is what the script of the page is told: the rules, as [`van_bulk_schema::rules`] has them, and the Rust names, as
//!   `van-bulk-codegen` gives them. The script knows no rule of a mapping type and no name by itself.
//! - `page/` holds the style and the script: `page/rules.js` states the rules over that data once more, and the tests of this
//!   crate hold them to those of the schema.
//!
//! Text of a schema is data, whatever it holds: it becomes text of elements and strings of JSON, never markup, script or a
//! link.
//!
//! ```
//! use van_bulk_catalog::Catalog;
//! use van_bulk_schema::Snapshot;
//!
//! let documents = [("mapping-types.json".to_owned(), r#"{"items": []}"#.to_owned())].into();
//! let (snapshot, _findings) = Snapshot::parse(documents);
//! let page = Catalog::new(&snapshot)?.name("acme").package("acme-mappings").html();
//! assert!(page.starts_with("<!DOCTYPE html>"));
//! # Ok::<(), van_bulk_catalog::CatalogError>(())
//! ```

mod data;
mod graph;
mod html;
mod page;
mod text;

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use van_bulk_codegen::diff::Diff;
use van_bulk_codegen::{CodegenError, ir};
use van_bulk_schema::Snapshot;

/// The catalogue of a snapshot.
#[derive(Debug, Clone)]
pub struct Catalog<'a> {
    snapshot: &'a Snapshot,
    program: ir::Program,
    name: String,
    package: String,
    module: Option<String>,
    change: Option<Change<'a>>,
}

/// The change that led to the snapshot.
#[derive(Debug, Clone)]
struct Change<'a> {
    from: String,
    diff: &'a Diff,
}

/// There is no catalogue.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CatalogError {
    /// The schema contradicts itself, so there are no rules to show and no builders to write code for.
    #[error("there is no catalogue of this snapshot: {0}")]
    Schema(#[source] CodegenError),
    /// The file system refused.
    #[error("could not write {}", .path.display())]
    Io {
        /// The page.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl<'a> Catalog<'a> {
    /// The catalogue of a snapshot, with what [`generate`](van_bulk_codegen::generate) would call everything in Rust.
    ///
    /// # Errors
    /// When the schema contradicts itself, with every finding.
    pub fn new(snapshot: &'a Snapshot) -> Result<Self, CatalogError> {
        let program = van_bulk_codegen::program(snapshot).map_err(CatalogError::Schema)?;
        Ok(Self {
            snapshot,
            program,
            name: "snapshot".to_owned(),
            package: "van-bulk-mappings".to_owned(),
            module: None,
            change: None,
        })
    }

    /// What people call the snapshot, such as the name of its profile; `snapshot` unless this is called.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// The package of the generated builders, which the exported programs use; `van-bulk-mappings` unless this is called.
    #[must_use]
    pub fn package(mut self, package: impl Into<String>) -> Self {
        self.package = package.into();
        self
    }

    /// The module of the builders in that package, where several profiles share it; its root unless this is called.
    #[must_use]
    pub fn module(mut self, module: impl Into<String>) -> Self {
        self.module = Some(module.into());
        self
    }

    /// The path of the builders in a program.
    pub(crate) fn builders(&self) -> String {
        let krate = self.package.replace('-', "_");
        match &self.module {
            Some(module) => format!("{krate}::{module}"),
            None => krate,
        }
    }

    /// Shows a diff whose newer side is this snapshot; `from` is what people call the older one. Without it, the page says
    /// that there is nothing to compare with.
    #[must_use]
    pub fn with_diff(mut self, from: impl Into<String>, diff: &'a Diff) -> Self {
        self.change = Some(Change { from: from.into(), diff });
        self
    }

    /// The page: the text of one HTML file, always the same for the same snapshot, names and diff.
    pub fn html(&self) -> String {
        html::page(self)
    }

    /// Writes the page, beside its place first, so that no half page ever has its name. Missing folders are made.
    ///
    /// # Errors
    /// When the file system refuses.
    pub fn write(&self, path: &Path) -> Result<(), CatalogError> {
        replace(path, &self.html()).map_err(|source| CatalogError::Io { path: path.to_owned(), source })
    }
}

fn replace(path: &Path, text: &str) -> io::Result<()> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    fs::create_dir_all(folder)?;
    let mut builder = tempfile::Builder::new();
    // Temporary files are private by default; the page is there to be handed on.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644));
    let mut file = builder.tempfile_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    file.persist(path).map(drop).map_err(|failed| failed.error)
}
