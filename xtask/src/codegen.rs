//! `cargo xtask codegen`: writes the builders of a snapshot, or checks that they are up to date.

use std::path::{Path, PathBuf};

use miette::{IntoDiagnostic as _, miette};
use van_bulk_codegen::{CodegenError, Difference, Files, generate};
use van_bulk_schema::Snapshot;
use van_bulk_schema::finding::any_error;

use crate::{report, workspace};

/// Write the builders of a snapshot into `generated/`, or check that they are up to date
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Change nothing; list every missing, stale and extra file, and fail if there is any
    #[arg(long)]
    check: bool,
    /// The snapshot: a folder below `snapshots/`
    #[arg(long, default_value = workspace::DEFAULT_PROFILE)]
    profile: String,
    /// The folder below which the snapshots lie [default: this repository's `snapshots`]
    #[arg(long, value_name = "DIR")]
    snapshots: Option<PathBuf>,
    /// The folder of the generated crate [default: this repository's `generated`]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> miette::Result<()> {
    let snapshots = args.snapshots.clone().unwrap_or_else(|| workspace::shown(&workspace::snapshots()));
    let out = args.out.clone().unwrap_or_else(workspace::generated);
    let files = from_folder(&snapshots.join(&args.profile), &args.profile)?;
    if args.check { check(&files, &out, args) } else { write(&files, &out) }
}

fn check(files: &Files, out: &Path, args: &Args) -> miette::Result<()> {
    let differences = files.compare(out).into_diagnostic()?;
    for difference in &differences {
        println!("{difference}");
    }
    if differences.is_empty() {
        println!("{} generated files are up to date", files.iter().len());
        return Ok(());
    }
    Err(miette!(
        code = "codegen::out-of-date",
        help = format!("run `{}` and commit what it changes", workspace::config(&args.profile).command),
        "{} generated file(s) differ from what `{}` generates; each is listed above",
        differences.len(),
        workspace::config(&args.profile).source
    ))
}

fn write(files: &Files, out: &Path) -> miette::Result<()> {
    let written = files.write(out).into_diagnostic()?;
    for difference in &written {
        let (verb, path) = match difference {
            Difference::Missing { path } => ("added", path),
            Difference::Stale { path, .. } => ("changed", path),
            Difference::Extra { path } => ("removed", path),
        };
        println!("{verb} {}", workspace::shown(&out.join(path)).display());
    }
    println!("{} generated files, {} changed", files.iter().len(), written.len());
    Ok(())
}

/// Generates the files of the snapshot in a folder, telling what is wrong or doubtful about it.
fn from_folder(folder: &Path, profile: &str) -> miette::Result<Files> {
    let (snapshot, mut findings) = Snapshot::load(folder).into_diagnostic()?;
    if any_error(&findings) {
        // The rest of the schema is worth checking all the same: people want every problem at once.
        findings.extend(van_bulk_codegen::validate::validate(&snapshot));
        report::findings(&findings, &snapshot.documents, folder);
        return Err(refused(folder));
    }
    report::findings(&findings, &snapshot.documents, folder);
    from_snapshot(&snapshot, folder, profile)
}

/// Generates the files of a snapshot, telling what is wrong or doubtful about it.
pub(crate) fn from_snapshot(snapshot: &Snapshot, folder: &Path, profile: &str) -> miette::Result<Files> {
    match generate(snapshot, &workspace::config(profile)) {
        Ok(generated) => {
            report::findings(&generated.warnings, &snapshot.documents, folder);
            Ok(generated.files)
        }
        Err(CodegenError::Schema(findings)) => {
            report::findings(&findings, &snapshot.documents, folder);
            Err(refused(folder))
        }
        Err(error) => Err(error).into_diagnostic(),
    }
}

fn refused(folder: &Path) -> miette::Report {
    miette!(
        code = "codegen::schema",
        help = "correct the places shown above, or fetch the snapshot again with `cargo xtask fetch`",
        "the snapshot `{}` has errors, so nothing was written",
        folder.display()
    )
}
