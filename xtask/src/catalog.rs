//! `cargo xtask catalog`: one page about what a key may import, for people without Rust.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use miette::{IntoDiagnostic as _, WrapErr as _, miette};
use van_bulk_catalog::{Catalog, CatalogError};
use van_bulk_codegen::CodegenError;

use crate::diff::{self, Named};
use crate::{profiles, report, workspace};

/// Write a page that shows the mapping types of a profile, composes jobs, and tells what changed last
///
/// The page is one file that needs no network and no server: it can be opened from disk, mailed and printed. What changed last
/// is what `diff` tells between the snapshot and the one before it in git.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The folder below `snapshots/` that the page is about
    #[arg(long, default_value = workspace::DEFAULT_PROFILE, value_parser = workspace::profile_name)]
    profile: String,
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
pub(crate) fn run(args: &Args) -> miette::Result<()> {
    let profile = profiles::named(&args.profile)?;
    let new = diff::from_folder(&profile.snapshot())?;
    let old = match &args.old {
        Some(old) => Some(diff::given(&workspace::root(), old, &args.profile)?),
        None => diff::before(&workspace::root(), &args.profile, &new.snapshot),
    };
    let change = match &old {
        Some(old) => Some((old.name.as_str(), diff::compare(old, &new)?)),
        None => None,
    };
    let mut catalog = Catalog::new(&new.snapshot)
        .map_err(|error| refused(&new, error))?
        .name(&args.profile)
        .package(profile.generated().config.package);
    if let Some((name, diff)) = &change {
        catalog = catalog.with_diff(*name, diff);
    }
    let out = args.out.clone().unwrap_or_else(|| {
        workspace::shown(&workspace::target().join("catalog").join(format!("{}.html", args.profile)))
    });
    catalog.write(&out).into_diagnostic()?;
    report::print(|to| writeln!(to, "wrote {}", out.display()))?;
    if args.open { open(&out) } else { Ok(()) }
}

fn refused(new: &Named, error: CatalogError) -> miette::Report {
    if let CatalogError::Schema(CodegenError::Schema(findings)) = &error {
        report::findings(findings, &new.snapshot.documents, new.name.as_ref());
    }
    miette!(
        code = "catalog::schema",
        help = "correct the places shown above, or fetch the snapshot again with `cargo xtask fetch`",
        "{error}"
    )
}

/// Opens a file with the program that the system has for it.
fn open(page: &std::path::Path) -> miette::Result<()> {
    let program = if cfg!(target_os = "macos") {
        "open"
    } else if cfg!(windows) {
        "explorer"
    } else {
        "xdg-open"
    };
    let page = page.canonicalize().into_diagnostic()?;
    let mut command = Command::new(program);
    command.arg(&page).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().map(drop).into_diagnostic().wrap_err_with(|| {
        format!(
            "the page is written, but `{program}` could not be started to open it: open {} yourself",
            page.display()
        )
    })
}
