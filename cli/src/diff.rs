//! `cargo van-bulk diff`: what changed between two snapshots, and what it means for callers of the generated builders.

mod git;
mod live;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use miette::{IntoDiagnostic as _, WrapErr as _, miette};
use serde::Serialize;
use van_bulk_codegen::CodegenError;
use van_bulk_codegen::diff::{Diff, DiffError, Verdict, diff};
use van_bulk_schema::finding::any_error;
use van_bulk_schema::text::is_invisible;
use van_bulk_schema::{Finding, Snapshot, snapshot};

use crate::fetch::Wanted;
use crate::report;
use crate::workspace::{Workspace, profile_name};
pub(crate) use live::fetched;

/// The exit code if there is a change that `--deny` denies.
const DENIED: u8 = 3;

/// Tell what changed between two snapshots: what breaks callers of the generated builders, what needs a look, what is new
///
/// A snapshot is a folder, a profile (a folder below `snapshots/`), `REVISION:FOLDER` (a folder of a git revision, seen from the
/// folder with van-bulk.toml), or a git revision alone, for the profile's folder in it. OLD is what is committed unless it is
/// given, and NEW what is in the working tree. Exit codes: 0 nothing that is denied, 1 no comparison could be made, 3 a denied
/// change.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The snapshot before
    old: Option<String>,
    /// The snapshot after
    #[arg(conflicts_with = "live")]
    new: Option<String>,
    /// Fetch the snapshot after, with the credentials of the environment (see `fetch`); overrides and Rust names are the profile's
    #[arg(long)]
    live: bool,
    /// The API to ask with `--live`, such as an emulator's; else the one of van-bulk.toml, or VAN's
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
    /// The folder below `snapshots/` that is meant where none is given; the only profile of van-bulk.toml unless it is named
    #[arg(long, value_parser = profile_name)]
    profile: Option<String>,
    /// Text for a terminal, Markdown for a pull request, or JSON
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Fail if there is such a change, or a worse one
    #[arg(long, value_name = "VERDICT", value_enum)]
    deny: Option<Deny>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    Text,
    Markdown,
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Deny {
    Breaking,
    NeedsALook,
    Additive,
    Any,
}

impl Deny {
    fn verdict(self) -> Verdict {
        match self {
            Self::Breaking => Verdict::Breaking,
            Self::NeedsALook => Verdict::NeedsALook,
            Self::Additive => Verdict::Additive,
            Self::Any => Verdict::Text,
        }
    }
}

/// A snapshot and what people call it.
pub(crate) struct Named {
    pub(crate) name: String,
    pub(crate) snapshot: Snapshot,
}

/// Runs the command.
pub(crate) async fn run(args: &Args, workspace: &Workspace) -> miette::Result<ExitCode> {
    let profile = workspace.profile_or_only(args.profile.as_deref())?;
    let folder = profile.snapshot(workspace);
    let old = match &args.old {
        Some(old) => given(workspace, old, &profile.name)?,
        // What is fetched is compared with what is here.
        None if args.live => from_folder(&folder, workspace)?,
        None => from_git(workspace, "HEAD", &Workspace::below_root(&profile.name))
            .wrap_err("there is nothing committed to compare with; name the snapshot before as OLD")?,
    };
    let new = match &args.new {
        _ if args.live => {
            let client = profile.client(args.base_url.as_deref())?;
            fetched(&client, &Wanted::of(&profile, None), &folder, workspace).await?
        }
        Some(new) => given(workspace, new, &profile.name)?,
        None => from_folder(&folder, workspace)?,
    };
    let diff = compare(&old, &new, workspace)?;
    show(&diff, &old, &new, args.format)?;
    let is_denied = args.deny.is_some_and(|deny| diff.has(deny.verdict()));
    Ok(if is_denied { ExitCode::from(DENIED) } else { ExitCode::SUCCESS })
}

/// Compares two snapshots; why one of them cannot be compared is told at its place.
pub(crate) fn compare(old: &Named, new: &Named, workspace: &Workspace) -> miette::Result<Diff> {
    diff(&old.snapshot, &new.snapshot).map_err(|error| match &error {
        DiffError::Old(CodegenError::Schema(findings)) => refused(old, findings, workspace),
        DiffError::New(CodegenError::Schema(findings)) => refused(new, findings, workspace),
        _ => miette!("{error}"),
    })
}

/// Writes a diff to standard output.
pub(crate) fn show(diff: &Diff, old: &Named, new: &Named, format: Format) -> miette::Result<()> {
    #[derive(Serialize)]
    struct Whole<'a> {
        old: &'a str,
        new: &'a str,
        #[serde(flatten)]
        diff: &'a Diff,
    }
    let whole = Whole { old: &old.name, new: &new.name, diff };
    let text = match format {
        Format::Text => diff.to_string(),
        Format::Markdown => diff.markdown(),
        Format::Json => escaped(&serde_json::to_string_pretty(&whole).into_diagnostic()?),
    };
    report::print(|out| writeln!(out, "{}", text.trim_end()))
}

/// JSON without characters that a terminal would act on instead of showing them; they stand in strings only.
fn escaped(json: &str) -> String {
    let mut escaped = String::with_capacity(json.len());
    for c in json.chars() {
        if c != '\n' && (c.is_control() || is_invisible(c)) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                escaped.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            escaped.push(c);
        }
    }
    escaped
}

/// The snapshot that an argument means.
pub(crate) fn given(workspace: &Workspace, argument: &str, profile: &str) -> miette::Result<Named> {
    let folder = PathBuf::from(argument);
    if folder.join(snapshot::MAPPING_TYPES).is_file() {
        return from_folder(&folder, workspace);
    }
    let of_profile = profile_name(argument).map(|name| workspace.snapshots().join(name));
    if let Some(folder) = of_profile.ok().filter(|folder| folder.join(snapshot::MAPPING_TYPES).is_file()) {
        return from_folder(&folder, workspace);
    }
    match argument.split_once(':') {
        Some((revision, folder)) => from_git(workspace, revision, folder),
        None => from_git(workspace, argument, &Workspace::below_root(profile)),
    }
}

/// The last snapshot of a profile in git that is not `new`; nothing if there is none that can be read.
pub(crate) fn before(workspace: &Workspace, profile: &str, new: &Snapshot) -> Option<Named> {
    let folder = Workspace::below_root(profile);
    git::changes_of(workspace.root(), &folder).into_iter().find_map(|revision| {
        let old = from_git(workspace, &revision, &folder).ok()?;
        (old.snapshot.schema != new.schema || old.snapshot.mode != new.mode).then_some(old)
    })
}

/// The snapshot in a folder.
pub(crate) fn from_folder(folder: &Path, workspace: &Workspace) -> miette::Result<Named> {
    let (snapshot, findings) = Snapshot::load(folder).into_diagnostic()?;
    whole(folder.display().to_string(), snapshot, &findings, workspace)
}

/// The snapshot in a folder of a git revision.
fn from_git(workspace: &Workspace, revision: &str, folder: &str) -> miette::Result<Named> {
    let documents = git::documents(workspace.root(), revision, folder)?;
    from_documents(format!("{revision}:{folder}"), documents, workspace)
}

/// The snapshot of documents in memory.
pub(crate) fn from_documents(
    name: String,
    documents: BTreeMap<String, String>,
    workspace: &Workspace,
) -> miette::Result<Named> {
    let (snapshot, findings) = Snapshot::parse(documents);
    whole(name, snapshot, &findings, workspace)
}

/// Refuses a snapshot of which parts could not be read: they would seem to be gone.
fn whole(
    name: String,
    snapshot: Snapshot,
    findings: &[Finding],
    workspace: &Workspace,
) -> miette::Result<Named> {
    let named = Named { name, snapshot };
    if any_error(findings) {
        return Err(refused(&named, findings, workspace));
    }
    Ok(named)
}

fn refused(named: &Named, findings: &[Finding], workspace: &Workspace) -> miette::Report {
    report::findings(findings, &named.snapshot.documents, Path::new(&named.name));
    miette!(
        code = "diff::snapshot",
        help = format!(
            "correct the places shown above, or fetch the snapshot again with `{}`",
            workspace.call("fetch")
        ),
        "the snapshot `{}` has errors, so nothing was compared",
        named.name
    )
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn json_holds_nothing_that_a_terminal_acts_on_and_means_the_same() {
        let json = serde_json::to_string_pretty(&["a\u{9b}31m\u{202e}b\u{1b}\u{e0041}\n"]).unwrap();
        let shown = escaped(&json);
        assert!(shown.chars().all(|c| c == '\n' || c.is_ascii_graphic() || c == ' '), "{shown}");
        let read = |text: &str| serde_json::from_str::<Vec<String>>(text).unwrap();
        assert_eq!(read(&shown), read(&json));
    }
}
