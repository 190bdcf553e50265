//! `cargo van-bulk codegen`: writes the builders of snapshots, or checks that they are up to date.

mod memory;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use miette::{IntoDiagnostic as _, miette};
use van_bulk_codegen::{CodegenError, Difference, Files, generate};
use van_bulk_schema::Snapshot;
use van_bulk_schema::finding::any_error;
use van_bulk_schema::snapshot::NAMES_LOCK;

use crate::report;
use crate::workspace::{self, GeneratedCrate, Workspace};
use memory::Memory;

/// Write the builders of a snapshot, or check that they are up to date
///
/// Without a snapshot or a profile, the crate of every profile of van-bulk.toml that has an `out` is written or checked. Nothing is generated where nothing
/// has changed since the last time; a check always generates.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Change nothing; list every missing, stale and extra file, and fail if there is any
    #[arg(long)]
    check: bool,
    /// Generate the crate of this profile from its folder below `snapshots/`: where van-bulk.toml says, or `generated/`
    #[arg(long, value_parser = workspace::profile_name)]
    profile: Option<String>,
    /// Generate a crate from the snapshot in this folder
    #[arg(long, value_name = "DIR", conflicts_with = "profile", requires = "out")]
    snapshot: Option<PathBuf>,
    /// The folder of that crate; its name becomes the package's
    #[arg(long, value_name = "DIR", requires = "snapshot")]
    out: Option<PathBuf>,
}

impl Args {
    fn crates(&self, workspace: &Workspace) -> miette::Result<Vec<GeneratedCrate>> {
        match (&self.snapshot, &self.out, &self.profile) {
            (Some(snapshot), Some(out), _) => Ok(vec![workspace.crate_at(snapshot.clone(), out.clone())?]),
            (_, _, Some(profile)) => Ok(vec![workspace.crate_of(&workspace.profile(profile)?)?]),
            _ => workspace.generated(),
        }
    }
}

/// Runs the command.
pub(crate) fn run(args: &Args, workspace: &Workspace) -> miette::Result<()> {
    let crates = args.crates(workspace)?;
    let memory = Memory::of(workspace);
    // All are generated before any is written: an error leaves everything as it was.
    let mut fresh = Vec::new();
    for each in &crates {
        let documents = Snapshot::documents_in(&each.snapshot).into_diagnostic()?;
        // A check proves every byte.
        let unchanged = if args.check { None } else { memory.recall(each, &documents) };
        match unchanged {
            Some(warnings) => tell_unchanged(each, warnings),
            None => fresh.push((each, generated(each, documents, workspace)?)),
        }
    }
    let mut out_of_date = 0;
    for (each, output) in &fresh {
        // The names come last: a crate without its names can be generated again, names without their crate mislead.
        for (files, folder) in [(&output.files, &each.out), (&output.names, &each.snapshot)] {
            if args.check {
                out_of_date += check(files, folder)?;
            } else {
                write(files, folder)?;
            }
        }
        if !args.check {
            memory.keep(each, output);
        }
    }
    if out_of_date == 0 {
        return Ok(());
    }
    let command = crates.first().map(|each| each.config.command.as_str()).unwrap_or_default();
    Err(miette!(
        code = "codegen::out-of-date",
        help = format!("run `{command}` and commit what it changes"),
        "{out_of_date} generated file(s) are not what their snapshots generate; each is listed above"
    ))
}

/// Says that there is nothing to do, and that there are doubts which were told in full when there was.
fn tell_unchanged(each: &GeneratedCrate, warnings: usize) {
    println!("{}: nothing has changed since it was generated", each.out.display());
    if warnings > 0 {
        println!("{warnings} warning(s) as before; `{} --check` shows them", each.config.command);
    }
}

/// Lists what is out of date, and counts it.
fn check(files: &Files, folder: &Path) -> miette::Result<usize> {
    let differences = files.compare(folder).into_diagnostic()?;
    for difference in &differences {
        println!("{}: {difference}", folder.display());
    }
    if differences.is_empty() {
        println!("{}: {} generated file(s) up to date", folder.display(), files.iter().len());
    }
    Ok(differences.len())
}

fn write(files: &Files, folder: &Path) -> miette::Result<()> {
    let written = files.write(folder).into_diagnostic()?;
    for difference in &written {
        let (verb, path) = match difference {
            Difference::Missing { path } => ("added", path),
            Difference::Stale { path, .. } => ("changed", path),
            Difference::Extra { path } => ("removed", path),
        };
        println!("{verb} {}", folder.join(path).display());
    }
    println!("{}: {} generated file(s), {} changed", folder.display(), files.iter().len(), written.len());
    Ok(())
}

/// What is generated from one snapshot.
pub(crate) struct Output {
    /// The files of the crate.
    pub(crate) files: Files,
    /// The file of the snapshot that remembers the Rust names.
    pub(crate) names: Files,
    /// What it was generated from, by name.
    documents: BTreeMap<String, String>,
    /// How many warnings were told.
    warnings: usize,
}

/// Generates the files of a crate, telling what is wrong or doubtful about its snapshot.
pub(crate) fn generated(
    each: &GeneratedCrate,
    documents: BTreeMap<String, String>,
    workspace: &Workspace,
) -> miette::Result<Output> {
    let (snapshot, mut findings) = Snapshot::parse(documents);
    let unreadable = any_error(&findings);
    if unreadable {
        // The rest of the schema is worth checking all the same: people want every problem at once.
        findings.extend(van_bulk_codegen::validate::validate(&snapshot));
    }
    report::findings(&findings, &snapshot.documents, &each.snapshot);
    if unreadable {
        return Err(refused(each, workspace));
    }
    let output = from_snapshot(snapshot, each, workspace)?;
    Ok(Output { warnings: output.warnings + findings.len(), ..output })
}

/// The files of a crate from a snapshot in memory; what is wrong or doubtful about it is told.
///
/// # Errors
/// When the snapshot has errors.
pub fn files_of(snapshot: Snapshot, each: &GeneratedCrate, workspace: &Workspace) -> miette::Result<Files> {
    Ok(from_snapshot(snapshot, each, workspace)?.files)
}

/// Generates the files of a crate from a snapshot in memory.
fn from_snapshot(snapshot: Snapshot, each: &GeneratedCrate, workspace: &Workspace) -> miette::Result<Output> {
    match generate(&snapshot, &each.config) {
        Ok(generated) => {
            let warnings = if each.tells_warnings { generated.warnings } else { Vec::new() };
            report::findings(&warnings, &snapshot.documents, &each.snapshot);
            let mut names = Files::default();
            names.insert(NAMES_LOCK, generated.names_lock);
            let documents = snapshot.documents;
            Ok(Output { files: generated.files, names, documents, warnings: warnings.len() })
        }
        Err(CodegenError::Schema(findings)) => {
            report::findings(&findings, &snapshot.documents, &each.snapshot);
            Err(refused(each, workspace))
        }
        Err(error) => Err(error).into_diagnostic(),
    }
}

fn refused(each: &GeneratedCrate, workspace: &Workspace) -> miette::Report {
    miette!(
        code = "codegen::schema",
        help = format!(
            "correct the places shown above, or fetch the snapshot again with `{}`",
            workspace.call("fetch")
        ),
        "the snapshot `{}` has errors, so nothing was written",
        each.snapshot.display()
    )
}
