//! `cargo xtask codegen`: writes the builders of snapshots, or checks that they are up to date.

mod memory;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use miette::{IntoDiagnostic as _, miette};
use van_bulk_codegen::{CodegenError, CrateConfig, Difference, Files, generate};
use van_bulk_schema::Snapshot;
use van_bulk_schema::finding::any_error;
use van_bulk_schema::snapshot::NAMES_LOCK;

use crate::workspace::{self, GeneratedCrate};
use crate::{profiles, report};

/// Write the builders of a snapshot, or check that they are up to date
///
/// Without a snapshot, every generated crate of this repository is written or checked. Nothing is generated where nothing
/// has changed since the last time; a check always generates.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
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
    fn crates(&self) -> miette::Result<Vec<GeneratedCrate>> {
        Ok(match (&self.snapshot, &self.out, &self.profile) {
            (Some(snapshot), Some(out), _) => vec![elsewhere(snapshot.clone(), out.clone())],
            (_, _, Some(profile)) => vec![profiles::named(profile)?.generated()],
            _ => workspace::committed(),
        })
    }
}

/// A crate of its own, wherever it lies, over this repository's runtime.
pub(crate) fn elsewhere(snapshot: PathBuf, out: PathBuf) -> GeneratedCrate {
    let absolute = out.canonicalize().or_else(|_| std::path::absolute(&out)).unwrap_or_else(|_| out.clone());
    let name = absolute.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let config = CrateConfig {
        command: format!("cargo xtask codegen --snapshot {} --out {}", snapshot.display(), out.display()),
        runtime: format!("{{ path = {:?} }}", workspace::root().join("runtime")),
        // Below this repository, Cargo would take the crate for a forgotten member.
        own_workspace: absolute.starts_with(workspace::root()),
        ..CrateConfig::new(package_name(&name), snapshot.display().to_string())
    };
    GeneratedCrate { snapshot, out, config, tells_warnings: true }
}

/// What Cargo takes for the name of a package.
fn package_name(folder: &str) -> String {
    let name: String =
        folder.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' }).collect();
    if name.starts_with(|c: char| c.is_ascii_alphabetic()) { name } else { format!("van-{name}") }
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> miette::Result<()> {
    let crates = args.crates()?;
    // All are generated before any is written: an error leaves everything as it was.
    let mut fresh = Vec::new();
    for each in &crates {
        let documents = Snapshot::documents_in(&each.snapshot).into_diagnostic()?;
        // A check proves every byte.
        let unchanged = if args.check { None } else { memory::recall(each, &documents) };
        match unchanged {
            Some(warnings) => tell_unchanged(each, warnings),
            None => fresh.push((each, generated(each, documents)?)),
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
            memory::keep(each, output);
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
    names: Files,
    /// What it was generated from, by name.
    documents: BTreeMap<String, String>,
    /// How many warnings were told.
    warnings: usize,
}

/// Generates the files of a crate, telling what is wrong or doubtful about its snapshot.
fn generated(each: &GeneratedCrate, documents: BTreeMap<String, String>) -> miette::Result<Output> {
    let (snapshot, mut findings) = Snapshot::parse(documents);
    let unreadable = any_error(&findings);
    if unreadable {
        // The rest of the schema is worth checking all the same: people want every problem at once.
        findings.extend(van_bulk_codegen::validate::validate(&snapshot));
    }
    report::findings(&findings, &snapshot.documents, &each.snapshot);
    if unreadable {
        return Err(refused(each));
    }
    let output = from_snapshot(snapshot, each)?;
    Ok(Output { warnings: output.warnings + findings.len(), ..output })
}

/// Generates the files of a crate from a snapshot in memory.
pub(crate) fn from_snapshot(snapshot: Snapshot, each: &GeneratedCrate) -> miette::Result<Output> {
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
            Err(refused(each))
        }
        Err(error) => Err(error).into_diagnostic(),
    }
}

fn refused(each: &GeneratedCrate) -> miette::Report {
    miette!(
        code = "codegen::schema",
        help = "correct the places shown above, or fetch the snapshot again with `cargo xtask fetch`",
        "the snapshot `{}` has errors, so nothing was written",
        each.snapshot.display()
    )
}
