//! `cargo van-bulk catalog`: one page about what a key may import, for people without Rust.

use std::path::PathBuf;

use miette::{IntoDiagnostic as _, WrapErr as _, miette};
use van_bulk_catalog::{Catalog, CatalogError};
use van_bulk_codegen::{CodegenError, profile_module};

use crate::diff::{self, Named};
use crate::report;
use crate::workspace::{self, Workspace};

/// Write a page that shows the mapping types of a profile, composes jobs, and tells what changed last
///
/// The page is one file that needs no network and no server: it can be opened from disk, mailed and printed. What changed last
/// is what `diff` tells between the snapshot and the one before it in git.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The folder below `snapshots/` that the page is about; the only profile of van-bulk.toml unless it is named
    #[arg(long, value_parser = workspace::profile_name)]
    profile: Option<String>,
    /// Where the page is written; `target/catalog/<profile>.html` unless it is given
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Open the page in the browser
    #[arg(long)]
    open: bool,
    /// The snapshot to compare with, as `diff` takes it; the last one in git that differs unless it is given
    #[arg(long, value_name = "SNAPSHOT")]
    old: Option<String>,
}

/// Runs the command.
pub(crate) fn run(args: &Args, workspace: &Workspace) -> miette::Result<()> {
    let profile = workspace.profile_or_only(args.profile.as_deref())?;
    let new = diff::from_folder(&profile.snapshot(workspace), workspace)?;
    let old = match &args.old {
        Some(old) => Some(diff::given(workspace, old, &profile.name)?),
        None => diff::before(workspace, &profile.name, &new.snapshot),
    };
    let change = match &old {
        Some(old) => Some((old.name.as_str(), diff::compare(old, &new, workspace)?)),
        None => None,
    };
    let generated = workspace.crate_of(&profile)?;
    let mut catalog = Catalog::new(&new.snapshot)
        .map_err(|error| refused(&new, &error, workspace))?
        .name(&profile.name)
        .package(generated.config.package);
    if generated.sources.len() > 1 {
        catalog = catalog.module(profile_module(&profile.name));
    }
    if let Some((name, diff)) = &change {
        catalog = catalog.with_diff(*name, diff);
    }
    let out = args.out.clone().unwrap_or_else(|| {
        workspace::shown(&workspace.target().join("catalog").join(format!("{}.html", profile.name)))
    });
    catalog.write(&out).into_diagnostic()?;
    report::print(|to| writeln!(to, "wrote {}", out.display()))?;
    if !args.open {
        return Ok(());
    }
    open::that_detached(&out).into_diagnostic().wrap_err_with(|| {
        format!("the page is written, but could not be opened: open {} yourself", out.display())
    })
}

fn refused(new: &Named, error: &CatalogError, workspace: &Workspace) -> miette::Report {
    if let CatalogError::Schema(CodegenError::Schema(findings)) = error {
        report::findings(findings, &new.snapshot.documents, new.name.as_ref());
    }
    let fetch = workspace.call("fetch");
    miette!(
        code = "catalog::schema",
        help = format!("correct the places shown above, or fetch the snapshot again with `{fetch}`"),
        "{error}"
    )
}
