//! `cargo van-bulk codegen`: writes the builders of snapshots, or checks that they are up to date.

mod memory;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use miette::{IntoDiagnostic as _, miette};
use van_bulk_codegen::{
    Change, CodegenError, Comparison, Files, FilesError, Profile, Sink, Staged, generate_into,
    generate_profiles_into, profile_module,
};
use van_bulk_schema::Finding;
use van_bulk_schema::Snapshot;
use van_bulk_schema::finding::any_error;
use van_bulk_schema::snapshot::NAMES_LOCK;

use crate::report;
use crate::workspace::{self, GeneratedCrate, Source, Workspace};
use memory::Memory;

/// Snapshots have errors.
pub(crate) const SCHEMA: &str = "codegen::schema";

/// No more than this is read of a generated file to see which modules it has.
const MAX_BYTES: u64 = 4 * 1024 * 1024;

/// Write the builders of a snapshot, or check that they are up to date
///
/// Without a snapshot or a profile, the crate of every profile of van-bulk.toml that has an `out` is written or checked.
/// Profiles with the same `out` are generated side by side into one crate. Nothing is generated where nothing has changed since
/// the last time; a check always generates.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Change nothing; list every missing, stale and extra file, and fail if there is any
    #[arg(long)]
    check: bool,
    /// Generate the crate of this profile, and of those that share it, from its folder below `snapshots/`: where van-bulk.toml
    /// says, or in `generated/`
    #[arg(long, value_parser = workspace::profile_name)]
    profile: Option<String>,
    /// Generate a crate from the snapshot in this folder
    #[arg(long, value_name = "DIR", conflicts_with = "profile", requires = "goal")]
    snapshot: Option<PathBuf>,
    /// The folder of that crate; its name becomes the package's
    #[arg(long, value_name = "DIR", requires = "snapshot", group = "goal")]
    out: Option<PathBuf>,
    /// Write no crate, only the Rust names into `names.lock` of the snapshots: for builders that a build script generates, which
    /// may write no such file; of every profile unless one is named
    #[arg(long, conflicts_with = "check", group = "goal")]
    names: bool,
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
    if args.names {
        return lock_names(args, workspace);
    }
    let crates = args.crates(workspace)?;
    let memory = Memory::of(workspace);
    // All are generated before any is written: an error leaves everything as it was.
    let mut fresh = Vec::new();
    for each in &crates {
        let documents = each.sources.iter().map(|source| Snapshot::documents_in(&source.folder));
        let documents: Vec<Documents> = documents.collect::<Result<_, _>>().into_diagnostic()?;
        // A check proves every byte.
        let unchanged = if args.check { None } else { memory.recall(each, &documents) };
        match unchanged {
            Some(warnings) => tell_unchanged(each, warnings),
            None => {
                let mut goal = Goal::of(args, each);
                let left = generated_into(each, documents, workspace, &mut goal)?;
                fresh.push((each, goal, left));
            }
        }
    }
    let mut out_of_date = 0;
    for (each, goal, left) in fresh {
        // The names come last: a crate without its names can be generated again, names without their crate mislead.
        let names = left.names.iter().zip(each.sources.iter().map(|source| &source.folder));
        match goal {
            Goal::Check(crate_files) => {
                out_of_date += check(crate_files, &each.out)?;
                for (names, folder) in names {
                    let mut comparison = Comparison::with(folder);
                    names
                        .iter()
                        .try_for_each(|(path, text)| comparison.file(path.to_owned(), text.to_owned()))
                        .into_diagnostic()?;
                    out_of_date += check(comparison, folder)?;
                }
            }
            Goal::Write(staged) => {
                let moved = moved(each);
                let hashes = staged.hashes().clone();
                told_changes(&staged.write().into_diagnostic()?, hashes.iter().len(), &each.out);
                for (names, folder) in names {
                    told_changes(&names.write(folder).into_diagnostic()?, names.iter().len(), folder);
                }
                memory.keep(each, &hashes, &left);
                moved.into_iter().for_each(|moved| println!("{moved}"));
            }
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

/// Writes the names alone.
fn lock_names(args: &Args, workspace: &Workspace) -> miette::Result<()> {
    let folders = match (&args.snapshot, &args.profile) {
        (Some(folder), _) => vec![folder.clone()],
        (None, Some(profile)) => vec![workspace.profile(profile)?.snapshot(workspace)],
        (None, None) => {
            let profiles = workspace.settings()?.profiles;
            profiles.values().map(|profile| profile.snapshot(workspace)).collect()
        }
    };
    for folder in folders {
        let has_changed = van_bulk_codegen::lock_names(&folder).map_err(|error| {
            let help = format!("correct the snapshot, or fetch it again with `{}`", workspace.call("fetch"));
            miette!(
                code = "codegen::names",
                help = help,
                "no names were locked in {}: {error}",
                folder.display()
            )
        })?;
        let what = if has_changed { "the names are locked" } else { "all names were locked already" };
        println!("{}: {what}", folder.join(NAMES_LOCK).display());
    }
    Ok(())
}

/// Says that there is nothing to do, and that there are doubts which were told in full when there was.
fn tell_unchanged(each: &GeneratedCrate, warnings: usize) {
    println!("{}: nothing has changed since it was generated", each.out.display());
    if warnings > 0 {
        println!("{warnings} warning(s) as before; `{} --check` shows them", each.config.command);
    }
}

/// What programs have to change where the crate on disk is of one profile and is generated from several, or the other way round:
/// only with several is each a module of its own.
fn moved(each: &GeneratedCrate) -> Option<String> {
    let (file, mut text) = (File::open(each.out.join("src/lib.rs")).ok()?, String::new());
    file.take(MAX_BYTES).read_to_string(&mut text).ok()?;
    let modules = each.sources.iter().map(|source| (&source.profile, profile_module(&source.profile)));
    let mut modules =
        modules.map(|(name, module)| (format!("[cfg(feature = \"{name}\")]\npub mod {module};"), module));
    let crate_name = each.config.package.replace('-', "_");
    match (modules.find(|(line, _)| text.contains(line.as_str())), each.sources.as_slice()) {
        (None, [first, _, ..]) => {
            let module = profile_module(&first.profile);
            Some(format!(
                "each profile is a module now: what was in `{crate_name}` is in one such as `{crate_name}::{module}`"
            ))
        }
        (Some((_, module)), [_]) => Some(format!(
            "there is one profile now: what was in `{crate_name}::{module}` is in `{crate_name}`"
        )),
        _ => None,
    }
}

/// Where the files of a crate go.
enum Goal {
    Check(Comparison),
    Write(Staged),
}

impl Goal {
    fn of(args: &Args, each: &GeneratedCrate) -> Self {
        match args.check {
            true => Self::Check(Comparison::with(&each.out)),
            false => Self::Write(Staged::beside(&each.out)),
        }
    }
}

impl Sink for Goal {
    fn file(&mut self, path: String, text: String) -> Result<(), FilesError> {
        match self {
            Self::Check(comparison) => comparison.file(path, text),
            Self::Write(staged) => staged.file(path, text),
        }
    }
}

/// Lists what is out of date, and counts it.
fn check(comparison: Comparison, folder: &Path) -> miette::Result<usize> {
    let count = comparison.count();
    let differences = comparison.differences().into_diagnostic()?;
    for difference in &differences {
        println!("{}: {difference}", folder.display());
    }
    if differences.is_empty() {
        println!("{}: {count} generated file(s) up to date", folder.display());
    }
    Ok(differences.len())
}

/// Lists what was written.
fn told_changes(changes: &[Change], files: usize, folder: &Path) {
    for change in changes {
        let verb = match change {
            Change::Added(_) => "added",
            Change::Changed(_) => "changed",
            Change::Removed(_) => "removed",
        };
        println!("{verb} {}", folder.join(change.path()).display());
    }
    println!("{}: {files} generated file(s), {} changed", folder.display(), changes.len());
}

/// The documents of a snapshot, by name.
pub(crate) type Documents = BTreeMap<String, String>;

/// What generating a crate leaves besides its files.
pub(crate) struct Left {
    /// For each source, the file of the snapshot that remembers the Rust names.
    pub(crate) names: Vec<Files>,
    /// For each source, what it was generated from.
    documents: Vec<Documents>,
    /// How many warnings were told.
    warnings: usize,
}

impl Left {
    /// The text of `names.lock` of the first source, which is the only one unless profiles share the crate.
    pub(crate) fn names_lock(&self) -> &str {
        self.names.first().and_then(|names| names.get(NAMES_LOCK)).unwrap_or_default()
    }
}

/// Generates the files of a crate, telling what is wrong or doubtful about its snapshots.
pub(crate) fn generated_into(
    each: &GeneratedCrate,
    documents: Vec<Documents>,
    workspace: &Workspace,
    sink: &mut dyn Sink,
) -> miette::Result<Left> {
    let (mut snapshots, mut told, mut wrong) = (Vec::new(), 0, Vec::new());
    for (source, documents) in each.sources.iter().zip(documents) {
        let (snapshot, mut findings) = Snapshot::parse(documents);
        if any_error(&findings) {
            // The rest of the schema is worth checking all the same: people want every problem at once.
            findings.extend(van_bulk_codegen::validate::validate(&snapshot));
            wrong.push(source);
        }
        report::findings(&findings, &snapshot.documents, &source.folder);
        told += findings.len();
        snapshots.push(snapshot);
    }
    if !wrong.is_empty() {
        return Err(refused(&wrong, workspace));
    }
    let left = from_snapshots(snapshots, each, workspace, sink)?;
    Ok(Left { warnings: left.warnings + told, ..left })
}

/// The files of a crate of one profile from a snapshot in memory; what is wrong or doubtful about it is told.
///
/// # Errors
/// When the snapshot has errors.
pub fn files_of(snapshot: Snapshot, each: &GeneratedCrate, workspace: &Workspace) -> miette::Result<Files> {
    let mut files = Files::default();
    from_snapshots(vec![snapshot], each, workspace, &mut files)?;
    Ok(files)
}

/// Generates the files of a crate from snapshots in memory, one for each source.
fn from_snapshots(
    snapshots: Vec<Snapshot>,
    each: &GeneratedCrate,
    workspace: &Workspace,
    sink: &mut dyn Sink,
) -> miette::Result<Left> {
    match written(&snapshots, each, sink) {
        Ok(left) => {
            let (mut names, mut warnings) = (Vec::new(), 0);
            for ((names_lock, findings), (source, snapshot)) in
                left.into_iter().zip(each.sources.iter().zip(&snapshots))
            {
                if each.tells_warnings {
                    report::findings(&findings, &snapshot.documents, &source.folder);
                    warnings += findings.len();
                }
                let mut file = Files::default();
                file.insert(NAMES_LOCK, names_lock);
                names.push(file);
            }
            let documents = snapshots.into_iter().map(|snapshot| snapshot.documents).collect();
            Ok(Left { names, documents, warnings })
        }
        Err(CodegenError::Schema(findings)) => {
            let sources = each.sources.iter().zip(&snapshots);
            Err(told(sources.map(|(source, snapshot)| (source, snapshot, findings.as_slice())), workspace))
        }
        Err(CodegenError::Profiles(wrong)) => {
            let sources = each.sources.iter().zip(&snapshots).filter_map(|(source, snapshot)| {
                let of = wrong.iter().find(|of| of.profile == source.profile)?;
                Some((source, snapshot, of.findings.as_slice()))
            });
            Err(told(sources, workspace))
        }
        Err(error) => Err(error).into_diagnostic(),
    }
}

/// The text of `names.lock` and the doubts of each source of a crate.
type Written = Vec<(String, Vec<Finding>)>;

/// One profile is a crate; several stand in one side by side.
fn written(
    snapshots: &[Snapshot],
    each: &GeneratedCrate,
    sink: &mut dyn Sink,
) -> Result<Written, CodegenError> {
    if let [only] = snapshots {
        let left = generate_into(only, &each.config, sink)?;
        return Ok(vec![(left.names_lock, left.warnings)]);
    }
    let profiles = each.sources.iter().zip(snapshots);
    let profiles =
        profiles.map(|(source, snapshot)| Profile { name: &source.profile, source: &source.shown, snapshot });
    let left = generate_profiles_into(&profiles.collect::<Vec<_>>(), &each.config, sink)?;
    Ok(left.into_iter().map(|profile| (profile.names_lock, profile.warnings)).collect())
}

/// Tells what is wrong with sources.
fn told<'a>(
    wrong: impl Iterator<Item = (&'a Source, &'a Snapshot, &'a [Finding])>,
    workspace: &Workspace,
) -> miette::Report {
    let sources: Vec<&Source> = wrong
        .map(|(source, snapshot, findings)| {
            report::findings(findings, &snapshot.documents, &source.folder);
            source
        })
        .collect();
    refused(&sources, workspace)
}

fn refused(wrong: &[&Source], workspace: &Workspace) -> miette::Report {
    let folders: Vec<String> = wrong.iter().map(|source| format!("`{}`", source.folder.display())).collect();
    let (snapshots, have) = if wrong.len() == 1 { ("snapshot", "has") } else { ("snapshots", "have") };
    miette!(
        code = SCHEMA,
        help = format!(
            "correct the places shown above, or fetch the snapshot again with `{}`",
            workspace.call("fetch")
        ),
        "the {snapshots} {} {have} errors, so nothing was written",
        folders.join(" and ")
    )
}
