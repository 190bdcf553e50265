//! `cargo van-bulk init`: lays out a profile in a workspace: snapshot, builders, an example, and `van-bulk.toml`.

mod example;
mod manifest;
mod sample;
mod settings;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use miette::{IntoDiagnostic as _, WrapErr as _, miette};
use van_bulk_import::client::DatabaseMode;
use van_bulk_schema::snapshot::{NAMES_LOCK, PROFILE};
use van_bulk_schema::{Schema, Snapshot};

use crate::fetch::{self, Wanted};
use crate::profiles::{self, Profile, Runtime};
use crate::workspace::{self, Workspace, shown};
use crate::{codegen, files};
use manifest::Manifest;

/// Lay out a profile in a Cargo workspace: van-bulk.toml, the snapshot of a key, its builders, and an example
///
/// The snapshot is fetched with the credentials of the environment (VAN_APP_NAME, VAN_API_KEY and VAN_MODE), unless it is
/// given. The crates become members of the workspace; where there is none yet, one is made. Nothing that is there already is
/// overwritten; if something is in the way, nothing is written.
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
    /// The API to fetch from, such as an emulator's; VAN's unless it is given
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
    let current = std::env::current_dir().into_diagnostic().wrap_err("there is no current folder")?;
    let manifest = Manifest::above(&current)?;
    // A file that is there already marks the workspace, wherever the manifest is.
    let root = match workspace.root().join(profiles::FILE).is_file() {
        true => workspace.root().to_owned(),
        false => manifest.folder().to_owned(),
    };
    let workspace = workspace.at(&root);
    let places = Places::of(args, &root, &current)?;
    let mut settings = workspace.settings()?;
    places.are_free(&settings.profiles, &args.profile)?;
    if settings.runtime.is_none() {
        settings.runtime = runtime(args, &current);
    }

    let source = source(args, &places.snapshot).await?.of_mode(args.mode)?;
    let (snapshot, _) = Snapshot::parse(source.documents.clone());
    let profile = Profile::laid_out(&args.profile, snapshot.mode, below(&root, &places.out));
    if let Some(other) = settings.profiles.values().find(|other| other.shares(&profile)) {
        return Err(miette!(
            help = "choose another folder with `--out`",
            "the builders of the profile `{}` belong into {}",
            other.name,
            shown(&places.out).display()
        ));
    }
    let generated = settings.generated(&profile, &workspace);
    // Everything is made before anything is written.
    let example = van_bulk_codegen::example(&snapshot, &generated.config);
    let output = codegen::generated(&generated, vec![source.documents.clone()], &workspace)?;
    let example = example.into_diagnostic()?.map(|example| {
        example::files(
            &example,
            &generated,
            settings.runtime_for(&workspace, &places.example),
            &places.example,
        )
    });
    let members: Vec<&Path> = match example {
        Some(_) => vec![&places.out, &places.example],
        None => vec![&places.out],
    };
    let manifest = manifest.with_members(&members)?;
    let text = settings::text(&root, &settings, &profile)?;

    source.save(&places.snapshot, output.names_lock())?;
    output.files.write(&generated.out).into_diagnostic()?;
    for (path, text) in example.iter().flatten() {
        files::write(path, text)?;
    }
    files::write(&root.join(profiles::FILE), &text)?;
    manifest.write()?;
    tell(args, &workspace, &places, &source, example.is_some());
    Ok(())
}

/// Where everything goes.
struct Places {
    snapshot: PathBuf,
    out: PathBuf,
    example: PathBuf,
}

impl Places {
    fn of(args: &Args, root: &Path, current: &Path) -> miette::Result<Self> {
        let place = |given: &Option<PathBuf>, what: &str| match given {
            Some(folder) => current.join(folder),
            None => root.join(format!("{}-{what}", args.profile)),
        };
        let places = Self {
            snapshot: root.join(Workspace::below_root(&args.profile)),
            out: place(&args.out, "mappings"),
            example: place(&args.example, "example"),
        };
        if places.out == places.example {
            return Err(miette!(
                help = "give them different folders with `--out` and `--example`",
                "the builders and the example cannot both be in {}",
                shown(&places.out).display()
            ));
        }
        Ok(places)
    }

    fn are_free(&self, profiles: &profiles::Profiles, name: &str) -> miette::Result<()> {
        if profiles.contains_key(name) {
            return Err(miette!(
                help = "choose another name with `--profile`",
                "{} has a profile `{name}` already",
                profiles::FILE
            ));
        }
        for (folder, option) in
            [(&self.snapshot, "--profile"), (&self.out, "--out"), (&self.example, "--example")]
        {
            let is_free = match fs::read_dir(folder) {
                Ok(mut entries) => entries.next().is_none(),
                Err(error) => error.kind() == std::io::ErrorKind::NotFound,
            };
            if !is_free {
                return Err(miette!(
                    help = format!("move it away, or choose another one with `{option}`"),
                    "{} is there already, so nothing was written",
                    shown(folder).display()
                ));
            }
        }
        Ok(())
    }
}

/// A snapshot that was fetched or given.
struct Source {
    documents: BTreeMap<String, String>,
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

    /// Saves the snapshot under its name, whole.
    fn save(&self, folder: &Path, names_lock: &str) -> miette::Result<()> {
        let mut documents = self.documents.clone();
        documents.insert(NAMES_LOCK.to_owned(), names_lock.to_owned());
        let parent = folder.parent().unwrap_or(Path::new("."));
        let failed = || format!("could not write the snapshot {}", shown(folder).display());
        fs::create_dir_all(parent).into_diagnostic().wrap_err_with(failed)?;
        let staged = tempfile::Builder::new().prefix(".van-bulk-").tempdir_in(parent);
        let staged = staged.into_diagnostic().wrap_err_with(failed)?;
        let inner = staged.path().join("snapshot");
        for (name, text) in &documents {
            files::write(&inner.join(name), text)?;
        }
        // An empty folder may be there.
        let _ = fs::remove_dir(folder);
        fs::rename(&inner, folder).into_diagnostic().wrap_err_with(failed)
    }
}

async fn source(args: &Args, folder: &Path) -> miette::Result<Source> {
    if args.sample {
        let documents = sample::documents();
        return Ok(Source { documents, told: "the sample of van-bulk; most of it is made up".to_owned() });
    }
    if let Some(given) = &args.snapshot {
        let documents = Snapshot::documents_in(given).into_diagnostic()?;
        return Ok(Source { documents, told: format!("from {}", given.display()) });
    }
    let profile = Profile::laid_out(&args.profile, args.mode, PathBuf::new());
    let client = profile.client(args.base_url.as_deref()).map_err(|error| {
        let help = "set VAN_APP_NAME, VAN_API_KEY and VAN_MODE; or start from a snapshot with `--snapshot DIR`, or from the \
                    sample with `--sample`";
        miette!(help = help, "nothing can be fetched: {error}")
    })?;
    let (schema, told) = fetch::whole(&client, &Wanted::of(&profile, None), folder).await?;
    let documents = Snapshot::fetched_documents(&schema, Some(client.mode()));
    Ok(Source { documents, told })
}

/// Where the crate `van-bulk` is: with the sources that these commands were built from, if they are on this machine.
fn runtime(args: &Args, current: &Path) -> Option<Runtime> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../runtime");
    let found = match &args.runtime {
        Some(given) => Some(current.join(given)),
        None => beside.join("Cargo.toml").is_file().then_some(beside),
    };
    found.map(|folder| Runtime::Path(workspace::absolute(&folder)))
}

/// A path as it is seen from a folder.
fn below(root: &Path, path: &Path) -> PathBuf {
    pathdiff::diff_paths(workspace::absolute(path), workspace::absolute(root))
        .unwrap_or_else(|| path.to_owned())
}

fn tell(args: &Args, workspace: &Workspace, places: &Places, source: &Source, has_example: bool) {
    let path = |folder: &Path| shown(folder).display().to_string();
    println!("laid out the profile `{}`:", args.profile);
    println!("  {}: {}", path(&places.snapshot), source.told);
    println!("  {}: the builders", path(&places.out));
    if has_example {
        println!("  {}: a program that prints the JSON of a first job", path(&places.example));
    }
    println!("  {}, and the members of the workspace", path(&workspace.root().join(profiles::FILE)));
    println!("a snapshot holds what VAN tells about a key: look at it before you commit it");
    println!("next:");
    if has_example {
        let package = workspace::package_of(&places.example);
        println!("  cargo run -p {package} > job.json");
    }
    println!("  {}", workspace.call(&format!("emulate --profile {}", args.profile)));
    println!("  {}", workspace.call(&format!("drift --profile {}", args.profile)));
}
