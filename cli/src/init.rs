//! `cargo van-bulk init`: lays out a profile in a workspace: snapshot, builders, an example, and `van-bulk.toml`.

mod example;
mod ignored;
mod manifest;
mod places;
mod runtime;
mod sample;
mod settings;
mod told;
mod writing;

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use miette::{IntoDiagnostic as _, Report, WrapErr as _, miette};
use van_bulk_codegen::Files;
use van_bulk_import::client::DatabaseMode;
use van_bulk_schema::snapshot::{NAMES_LOCK, PROFILE};
use van_bulk_schema::{Schema, Snapshot};

use crate::fetch::{self, Wanted};
use crate::profiles::{self, Profile, Settings};
use crate::workspace::{self, GeneratedCrate, Workspace};
use crate::{codegen, files};
use manifest::{Joined, Manifest};
use places::Places;
use writing::Writing;

/// Lay out a profile in a Cargo workspace: van-bulk.toml, the snapshot of a key, its builders, and an example
///
/// The snapshot is fetched with the credentials of the environment (VAN_APP_NAME, VAN_API_KEY and VAN_MODE), unless it is
/// given. The crates become members of the workspace; where there is none yet, one is made. In `.gitignore`, the ledgers of
/// imports are left out. Nothing else that is there already is changed; if something is in the way, nothing is written.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The name of the profile, such as your organisation's
    #[arg(long, default_value = "van", value_parser = workspace::profile_name)]
    profile: String,
    /// Start from the snapshot in this folder
    #[arg(long, value_name = "DIR", group = "source")]
    snapshot: Option<PathBuf>,
    /// Start from the sample of van-bulk, to look around: most of it is made up
    #[arg(long, group = "source")]
    sample: bool,
    /// The API to fetch from, such as an emulator's, which van-bulk.toml will name for the profile; VAN's unless it is given
    #[arg(long, value_name = "URL", conflicts_with = "source")]
    base_url: Option<String>,
    /// The database mode of the key, `my-voters` or `my-campaign`; VAN_MODE or the snapshot tells it otherwise
    #[arg(long, value_parser = mode)]
    mode: Option<DatabaseMode>,
    /// The folder of the generated crate; `<profile>-mappings` unless it is given
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// The folder of the example, a program with a first job; `<profile>-example` unless it is given
    #[arg(long, value_name = "DIR")]
    example: Option<PathBuf>,
    /// The folder of the crate `van-bulk`, if it is not to come from where these commands came from
    #[arg(long, value_name = "DIR")]
    runtime: Option<PathBuf>,
}

fn mode(word: &str) -> Result<DatabaseMode, String> {
    DatabaseMode::from_word(word).map_err(|_| "give `my-voters` or `my-campaign`".to_owned())
}

/// Runs the command.
pub(crate) async fn run(args: &Args, workspace: &Workspace) -> miette::Result<()> {
    let ground = Ground::of(args, workspace)?;
    let source = source(args, &ground.places.snapshot).await?.of_mode(args.mode)?;
    let (writing, told) = laid_out(args, &ground, &source)?;
    writing.write()?;
    println!("{told}");
    Ok(())
}

/// What is there, in which nothing is in the way.
struct Ground {
    current: PathBuf,
    workspace: Workspace,
    manifest: Option<Manifest>,
    places: Places,
    settings: Settings,
}

impl Ground {
    fn of(args: &Args, workspace: &Workspace) -> miette::Result<Self> {
        let current = std::env::current_dir().into_diagnostic().wrap_err("there is no current folder")?;
        let current = files::resolved(&current);
        // A file that is there already marks the workspace, wherever the manifest is.
        let marked = workspace.root().join(profiles::FILE).is_file();
        let marked = marked.then(|| files::resolved(workspace.root()));
        let manifest = manifest(marked.as_deref(), &current)?;
        let root = marked.or_else(|| manifest.as_ref().map(|manifest| manifest.folder().to_owned()));
        let workspace = workspace.at(root.as_ref().unwrap_or(&current));
        let root = workspace.root();
        let places = Places::of(args, root, &current)?;
        let mut settings = workspace.settings()?;
        places.are_free(&settings.profiles, &args.profile)?;
        places.can_name_packages(manifest.as_ref(), &settings.profiles)?;
        settings.runtime = runtime::of(args.runtime.as_deref(), &settings, root, &current)?;
        Ok(Self { current, workspace, manifest, places, settings })
    }

    /// The manifest with the new crates as its members, as far as they lie in its workspace.
    fn joined(&self, has_example: bool) -> miette::Result<Joined> {
        let crates: &[&Path] = match has_example {
            true => &[&self.places.out, &self.places.example],
            false => &[&self.places.out],
        };
        let joined = self.manifest.clone().map(|manifest| manifest.with_members(crates)).transpose()?;
        let joined = joined.unwrap_or_default();
        self.places.are_seen_alike(&joined, has_example)?;
        Ok(joined)
    }
}

/// Everything that is to be written, and what is to be said of it. Nothing is written yet.
fn laid_out(args: &Args, ground: &Ground, source: &Source) -> miette::Result<(Writing, String)> {
    let Ground { workspace, places, settings, .. } = ground;
    let root = workspace.root();
    let (snapshot, _) = Snapshot::parse(source.documents.clone());
    let out = below(root, &places.out);
    let profile = Profile::laid_out(&args.profile, snapshot.mode, args.base_url.clone(), out);
    let generated = settings.generated(&profile, workspace);
    let example = van_bulk_codegen::example(&snapshot, &generated.config);
    // What is wrong with the snapshot is told here, at its places.
    let (files, left) = source.generated(&generated, workspace)?;
    let example = example.into_diagnostic()?;
    let joined = ground.joined(example.is_some())?;

    let mut writing = Writing::default();
    writing.folder(&places.snapshot, source.documents_with(left.names_lock()));
    let builders = files.iter().map(|(path, text)| (path.to_owned(), text.to_owned()));
    writing.folder(&places.out, builders);
    if let Some(example) = &example {
        let runtime = settings.runtime_for(workspace, &places.example);
        writing.folder(&places.example, example::files(example, &generated, runtime, &places.example));
    }
    let ignored = ignored::text(root)?;
    let ignores = ignored.is_some();
    if let Some(text) = ignored {
        writing.file(root.join(ignored::FILE), text);
    }
    if let Some(text) = &joined.text {
        writing.file(joined.path.clone(), text.clone());
    }
    // Last, as it is what marks the workspace.
    writing.file(root.join(profiles::FILE), settings::text(root, settings, &profile)?);

    let has_example = example.is_some();
    let is_here = runs_from(&ground.current, &joined)?;
    let laid_out = told::LaidOut { args, ground, source, joined: &joined, ignores, has_example, is_here };
    Ok((writing, laid_out.told()))
}

/// The manifest of which the new crates become members. Where `van-bulk.toml` marks a folder around a package that is alone,
/// there is none: a workspace there would leave out the package.
fn manifest(marked: Option<&Path>, current: &Path) -> miette::Result<Option<Manifest>> {
    let here = Manifest::above(current)?;
    let Some(root) = marked else {
        return here.map_or_else(|| Manifest::new(current), Ok).map(Some);
    };
    let is_empty = here.is_none();
    match Manifest::above(root)? {
        Some(found) if found.is_workspace() => Ok(Some(found)),
        Some(found) if here.is_some_and(|here| here.path() == found.path()) => Ok(Some(found)),
        None if is_empty => Manifest::new(root).map(Some),
        _ => Ok(None),
    }
}

/// Whether Cargo finds the new members from a folder by the names of their packages.
fn runs_from(current: &Path, joined: &Joined) -> miette::Result<bool> {
    Ok(Manifest::above(current)?.is_none_or(|found| found.path() == joined.path))
}

/// A snapshot that was fetched or given.
struct Source {
    documents: BTreeMap<String, String>,
    /// Where it was read.
    place: PathBuf,
    /// What is to be said of it.
    told: String,
}

impl Source {
    /// The same with the database mode that was given. A snapshot that tells another is of another key.
    fn of_mode(mut self, given: Option<DatabaseMode>) -> miette::Result<Self> {
        let Some(given) = given else { return Ok(self) };
        match Snapshot::parse(self.documents.clone()).0.mode {
            Some(mode) if mode != given => {
                return Err(miette!(
                    help = "leave out `--mode`, or give the snapshot of the other mode",
                    "the snapshot is of {mode}, not of {given}"
                ));
            }
            Some(_) => {}
            None => {
                let known = Snapshot::documents_of(&Schema::default(), Some(given)).into_iter();
                self.documents.extend(known.filter(|(name, _)| name == PROFILE));
            }
        }
        Ok(self)
    }

    /// The crate that is generated from it. What is wrong is told where it was read.
    fn generated(
        &self,
        each: &GeneratedCrate,
        workspace: &Workspace,
    ) -> miette::Result<(Files, codegen::Left)> {
        let sources = each.sources.iter().cloned();
        let sources = sources.map(|source| workspace::Source { folder: self.place.clone(), ..source });
        let each = GeneratedCrate { sources: sources.collect(), ..each.clone() };
        let mut files = Files::default();
        let left = codegen::generated_into(&each, vec![self.documents.clone()], workspace, &mut files);
        Ok((files, left.map_err(|error| self.refused(error))?))
    }

    /// There is no fetching again before there is a profile.
    fn refused(&self, error: Report) -> Report {
        if error.code().is_none_or(|code| code.to_string() != codegen::SCHEMA) {
            return error;
        }
        let help = "correct the places shown above, or start from another snapshot";
        miette!(code = codegen::SCHEMA, help = help, "{error}")
    }

    /// The documents, with the names that were given.
    fn documents_with(&self, names_lock: &str) -> BTreeMap<String, String> {
        let mut documents = self.documents.clone();
        documents.insert(NAMES_LOCK.to_owned(), names_lock.to_owned());
        documents
    }
}

async fn source(args: &Args, folder: &Path) -> miette::Result<Source> {
    if args.sample {
        let (documents, place) = (sample::documents(), PathBuf::from("snapshots/sample"));
        return Ok(Source {
            documents,
            place,
            told: "the sample of van-bulk; most of it is made up".to_owned(),
        });
    }
    if let Some(given) = &args.snapshot {
        let documents = Snapshot::documents_in(given).into_diagnostic()?;
        return Ok(Source { documents, place: given.clone(), told: format!("from {}", given.display()) });
    }
    let profile = Profile::laid_out(&args.profile, args.mode, args.base_url.clone(), PathBuf::new());
    let client = profile.client(None).map_err(|error| {
        let help = "set VAN_APP_NAME, VAN_API_KEY and VAN_MODE; or start from a snapshot with `--snapshot DIR`, or from the \
                    sample with `--sample`";
        let causes: Vec<String> = error.chain().map(ToString::to_string).collect();
        miette!(help = help, "nothing can be fetched: {}", causes.join(": "))
    })?;
    let (schema, told) = fetch::whole(&client, &Wanted::of(&profile, None), folder).await?;
    let documents = Snapshot::fetched_documents(&schema, Some(client.mode()));
    Ok(Source { documents, place: PathBuf::from(client.base_url()), told })
}

/// A path as it is seen from a folder.
fn below(root: &Path, path: &Path) -> PathBuf {
    pathdiff::diff_paths(files::resolved(path), files::resolved(root)).unwrap_or_else(|| path.to_owned())
}

/// The same, if it is not far away: beside the folder, or beside the one around it.
fn near(root: &Path, path: &Path) -> Option<PathBuf> {
    let around = root.ancestors().take(3).filter(|around| around.parent().is_some()).last()?;
    path.starts_with(around).then(|| below(root, path))
}

/// A path as every system reads it.
fn slashed(path: &Path) -> String {
    let mut text = String::new();
    for part in path.components() {
        match part {
            Component::RootDir | Component::Prefix(_) => return path.display().to_string(),
            part => {
                text.push_str(if text.is_empty() { "" } else { "/" });
                text.push_str(&part.as_os_str().to_string_lossy());
            }
        }
    }
    text
}
