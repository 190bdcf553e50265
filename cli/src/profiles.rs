//! `van-bulk.toml`: the profiles of a workspace, and what commands take from them.

mod read;
pub(crate) mod redact;

use std::collections::BTreeMap;
use std::fmt;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Component, Path, PathBuf};

use miette::{IntoDiagnostic as _, WrapErr as _, miette};
use secrecy::SecretString;
use van_bulk_codegen::CrateConfig;
use van_bulk_import::client::{DEFAULT_BASE_URL, DatabaseMode, ValueSelection};
use van_bulk_import::{Client, Credentials};

use crate::workspace::{self, GeneratedCrate, Source, Workspace};
use crate::{files, report};
use redact::Pattern;

/// The name of the file, at the root of the workspace.
pub(crate) const FILE: &str = "van-bulk.toml";

/// The folder of a crate where a profile names none.
const GENERATED: &str = "generated";

/// The package of that crate.
const MAPPINGS: &str = "van-bulk-mappings";

/// What stands at the head of the file: every key that there can be.
pub(crate) const HEAD: &str = include_str!("profiles/head.toml");

/// No more than this is read of the file.
const MAX_BYTES: u64 = 1024 * 1024;

/// The environment variable of the application name where a profile names none.
const APP_NAME: &str = "VAN_APP_NAME";

/// The environment variable of the key where a profile names none.
pub(crate) const API_KEY: &str = "VAN_API_KEY";

/// The environment variable of the database mode where a profile tells none.
const MODE: &str = "VAN_MODE";

/// What the file says of a profile. One that the file does not list has a folder of snapshots and no settings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Profile {
    pub(crate) name: String,
    mode: Option<DatabaseMode>,
    base_url: Option<String>,
    app_name_env: Option<String>,
    api_key_env: Option<String>,
    values: Option<ValueSelection>,
    /// The fields whose display texts are not saved.
    pub(crate) redact: Vec<Pattern>,
    out: Option<PathBuf>,
    package: Option<String>,
    inherit_workspace: Option<bool>,
}

impl Profile {
    /// A profile without settings.
    pub(crate) fn new(name: &str) -> Self {
        Self { name: name.to_owned(), ..Self::default() }
    }

    /// A profile that is laid out: its crate is in a folder, seen from the root of the workspace. It asks the API that is given,
    /// or else VAN's.
    pub(crate) fn laid_out(
        name: &str,
        mode: Option<DatabaseMode>,
        base_url: Option<String>,
        out: PathBuf,
    ) -> Self {
        Self { mode, base_url, out: Some(out), ..Self::new(name) }
    }

    /// The API to ask, if it is told.
    pub(crate) fn own_base_url(&self) -> Option<&str> {
        self.base_url.as_deref()
    }

    /// Its database mode, if it is told.
    pub(crate) fn mode(&self) -> Option<DatabaseMode> {
        self.mode
    }

    /// The folder of its snapshot.
    pub(crate) fn snapshot(&self, workspace: &Workspace) -> PathBuf {
        workspace.snapshots().join(&self.name)
    }

    /// The API to ask: what the command line says, then what the file says, then VAN's.
    pub(crate) fn base_url<'a>(&'a self, argument: Option<&'a str>) -> &'a str {
        argument.or(self.base_url.as_deref()).unwrap_or(DEFAULT_BASE_URL)
    }

    /// The value lists to fetch: what the command line says, then what the file says, then all.
    pub(crate) fn values(&self, argument: Option<&ValueSelection>) -> ValueSelection {
        argument.or(self.values.as_ref()).cloned().unwrap_or_default()
    }

    /// The environment variable that holds the key.
    pub(crate) fn api_key_env(&self) -> &str {
        self.api_key_env.as_deref().unwrap_or(API_KEY)
    }

    /// A client with the profile's credentials.
    pub(crate) fn client(&self, base_url: Option<&str>) -> miette::Result<Client> {
        let credentials = self.credentials(|name| std::env::var(name).ok())?;
        Client::new(self.base_url(base_url), credentials).into_diagnostic()
    }

    fn credentials(&self, variable: impl Fn(&str) -> Option<String>) -> miette::Result<Credentials> {
        let required = |name: &str, key: &str| {
            let value = variable(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
            value.ok_or_else(|| {
                miette!(
                    code = "profiles::variable-not-set",
                    help = format!(
                        "set it, or name another one in {FILE} as `{key}` of [profile.{}]",
                        self.name
                    ),
                    "the environment variable {name} is not set, which the profile `{}` needs",
                    self.name
                )
            })
        };
        let app_name_env = self.app_name_env.as_deref().unwrap_or(APP_NAME);
        let app_name = required(app_name_env, "app-name-env")?;
        let key = SecretString::from(required(self.api_key_env(), "api-key-env")?);
        let mode = match self.mode {
            Some(mode) => mode,
            None => DatabaseMode::from_word(&required(MODE, "mode")?)
                .map_err(|_| miette!("{MODE} is neither my-voters (or 0) nor my-campaign (or 1)"))?,
        };
        Credentials::new(app_name, key, mode).into_diagnostic().wrap_err_with(|| {
            format!(
                "{app_name_env} and {} hold no credentials for the profile `{}`",
                self.api_key_env(),
                self.name
            )
        })
    }

    /// Whether the file says where its crate is.
    pub(crate) fn has_out(&self) -> bool {
        self.out.is_some()
    }

    /// Whether the file says that its builders stand in one crate with those of another profile.
    pub(crate) fn shares(&self, other: &Self) -> bool {
        self.has_out() && other.has_out() && plain(self.out()).eq(plain(other.out()))
    }

    /// What two profiles that share a crate say differently of it: the key and both values.
    fn contradicts(&self, other: &Self) -> Option<(&'static str, String, String)> {
        fn pair<T: PartialEq + fmt::Debug>(one: &Option<T>, other: &Option<T>) -> Option<(String, String)> {
            let (one, other) = one.as_ref().zip(other.as_ref())?;
            (one != other).then(|| (format!("{one:?}"), format!("{other:?}")))
        }
        let package = pair(&self.package, &other.package).map(|(one, other)| ("package", one, other));
        let inherits = pair(&self.inherit_workspace, &other.inherit_workspace);
        let inherits = inherits.map(|(one, other)| ("inherit-workspace", one, other));
        package.or(inherits).filter(|_| self.shares(other))
    }

    /// The folder of its crate, seen from the root of the workspace.
    pub(crate) fn out(&self) -> &Path {
        self.out.as_deref().unwrap_or(Path::new(GENERATED))
    }

    /// The package of its crate.
    pub(crate) fn package(&self) -> String {
        match (&self.package, &self.out) {
            (Some(package), _) => package.clone(),
            (None, Some(out)) => workspace::package_of(out),
            (None, None) => MAPPINGS.to_owned(),
        }
    }
}

/// The parts of a path that lead somewhere else.
fn plain(path: &Path) -> impl Iterator<Item = Component<'_>> {
    path.components().filter(|part| *part != Component::CurDir)
}

/// The profiles by name.
pub(crate) type Profiles = BTreeMap<String, Profile>;

/// What the file says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Settings {
    /// Where generated crates find the crate `van-bulk`.
    pub(crate) runtime: Option<Runtime>,
    pub(crate) profiles: Profiles,
}

/// Where generated crates find the crate `van-bulk`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Runtime {
    /// In the registry.
    Version(String),
    /// In a folder, seen from the root of the workspace.
    Path(PathBuf),
    /// In a git repository: its URL, and the `branch`, `tag` or `rev` of it.
    Git { url: String, at: Option<(&'static str, String)> },
}

impl Settings {
    /// The profiles whose builders stand in one crate with those of a profile, which is one of them, by name.
    pub(crate) fn side_by_side<'a>(&'a self, profile: &'a Profile) -> Vec<&'a Profile> {
        let others =
            self.profiles.values().filter(|other| other.name != profile.name && other.shares(profile));
        let mut profiles: Vec<&Profile> = others.chain([profile]).collect();
        profiles.sort_by(|a, b| a.name.cmp(&b.name));
        profiles
    }

    /// The crate that is generated from the snapshot of a profile, and from those of the profiles that share it.
    pub(crate) fn generated(&self, profile: &Profile, workspace: &Workspace) -> GeneratedCrate {
        let command = match profile.has_out() {
            true => workspace.call("codegen"),
            false => workspace.call(&format!("codegen --profile {}", profile.name)),
        };
        let out = workspace::shown(&workspace.root().join(profile.out()));
        let source = |profile: &&Profile| Source {
            profile: profile.name.clone(),
            folder: profile.snapshot(workspace),
            shown: Workspace::below_root(&profile.name),
        };
        let beside = self.side_by_side(profile);
        let sources: Vec<Source> = beside.iter().map(source).collect();
        // What one of them says of the crate, none of the others contradicts.
        let package = beside.iter().find_map(|profile| profile.package.clone());
        let inherits = beside.iter().find_map(|profile| profile.inherit_workspace);
        let config = CrateConfig {
            command,
            ..CrateConfig::new(
                package.unwrap_or_else(|| profile.package()),
                workspace::sources_shown(&sources),
            )
        };
        let config = match inherits.unwrap_or_default() {
            true => workspace::inheriting(config),
            false => CrateConfig {
                runtime: self.runtime_for(workspace, &out),
                own_workspace: workspace.is_below_repository(&out),
                ..config
            },
        };
        GeneratedCrate { sources, out, config, tells_warnings: true }
    }

    /// The dependency on `van-bulk` of a crate in a folder.
    pub(crate) fn runtime_for(&self, workspace: &Workspace, out: &Path) -> String {
        match &self.runtime {
            None => format!("{:?}", env!("CARGO_PKG_VERSION")),
            Some(Runtime::Version(version)) => format!("{version:?}"),
            Some(Runtime::Path(path)) if path.is_absolute() => format!("{{ path = {path:?} }}"),
            Some(Runtime::Path(path)) => {
                let path = files::resolved(&workspace.root().join(path));
                let below = pathdiff::diff_paths(&path, files::resolved(out)).unwrap_or(path);
                format!("{{ path = {below:?} }}")
            }
            Some(Runtime::Git { url, at: None }) => format!("{{ git = {url:?} }}"),
            Some(Runtime::Git { url, at: Some((key, value)) }) => {
                format!("{{ git = {url:?}, {key} = {value:?} }}")
            }
        }
    }
}

/// What the file of a workspace says; nothing if there is no file.
pub(crate) fn settings(workspace: &Workspace) -> miette::Result<Settings> {
    let path = workspace::shown(&workspace.root().join(FILE));
    match file_text(&path)? {
        Some(text) => parse(&text, &path),
        None => Ok(Settings::default()),
    }
}

/// The text of the file; `None` if there is none.
pub(crate) fn file_text(path: &Path) -> miette::Result<Option<String>> {
    let file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        opened => opened.into_diagnostic().wrap_err_with(|| format!("could not open {}", path.display()))?,
    };
    let mut text = String::new();
    file.take(MAX_BYTES + 1)
        .read_to_string(&mut text)
        .into_diagnostic()
        .wrap_err_with(|| format!("could not read {}", path.display()))?;
    if text.len() as u64 > MAX_BYTES {
        return Err(miette!("{} is larger than 1 MiB, the most that is read of it", path.display()));
    }
    Ok(Some(text))
}

/// Reads the profiles; what is wrong is told at its place.
pub(crate) fn parse(text: &str, path: &Path) -> miette::Result<Settings> {
    let read = read::read(text);
    if read.findings.is_empty() {
        return Ok(read.settings);
    }
    let documents = read.shown.map(|shown| (FILE.to_owned(), shown)).into_iter().collect();
    report::findings(&read.findings, &documents, path.parent().unwrap_or(Path::new("")));
    Err(miette!(
        code = "profiles::errors",
        help = "correct the places shown above; the head of the file says what each key takes",
        "{} has errors, so nothing was done",
        path.display()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(text: &str) -> Profile {
        let mut read = read::read(text);
        assert_eq!(read.findings, []);
        read.settings.profiles.remove("acme").unwrap()
    }

    #[test]
    fn the_head_of_the_file_shows_every_key_and_is_that_of_this_repository() {
        let here = std::fs::read_to_string(workspace::tests::repository().root().join(FILE)).unwrap();
        assert!(here.starts_with(HEAD));
        for key in read::KEYS {
            assert!(HEAD.contains(&format!("# {key} = ")), "{key}");
        }
    }

    #[test]
    fn the_file_of_this_repository_says_of_the_sample_what_is_committed() {
        let repository = workspace::tests::repository();
        let sample = repository.profile("sample").unwrap();
        let given = repository.crate_of(&sample).unwrap();
        assert!(given.out.ends_with("generated") && given.config.package == MAPPINGS);
        assert!(given.config.inherit_workspace);
        let (snapshot, _) = van_bulk_schema::Snapshot::load(&workspace::tests::sample()).unwrap();
        assert_eq!(sample.mode, snapshot.mode);
    }

    #[test]
    fn the_command_line_wins_over_the_file_and_the_file_over_the_defaults() {
        let acme = profile("[profile.acme]\nbase-url = \"https://a.example/v4\"\nvalues = [\"A.B\"]");
        let only = ValueSelection::Only(vec!["A.B".to_owned()]);
        assert_eq!(acme.base_url(Some("http://127.0.0.1:1")), "http://127.0.0.1:1");
        assert_eq!(acme.base_url(None), "https://a.example/v4");
        assert_eq!(acme.values(Some(&ValueSelection::None)), ValueSelection::None);
        assert_eq!(acme.values(None), only);
        let bare = profile("[profile.acme]");
        assert_eq!((bare.base_url(None), bare.values(None)), (DEFAULT_BASE_URL, ValueSelection::All));
    }

    #[test]
    fn credentials_come_from_the_variables_that_the_profile_names() {
        let acme = profile(
            "[profile.acme]\nmode = \"my-voters\"\napp-name-env = \"ACME_APP\"\napi-key-env = \"ACME_KEY\"",
        );
        let variable = |name: &str| match name {
            "ACME_APP" => Some("app".to_owned()),
            "ACME_KEY" => Some("s3cret".to_owned()),
            "VAN_MODE" => Some("my-campaign".to_owned()),
            _ => None,
        };
        let credentials = acme.credentials(variable).unwrap();
        assert_eq!((credentials.application_name(), credentials.mode()), ("app", DatabaseMode::MyVoters));
        let error = acme.credentials(|name| variable(name).filter(|_| name != "ACME_KEY")).unwrap_err();
        assert!(error.to_string().contains("ACME_KEY is not set, which the profile `acme`"), "{error}");
        let error = acme.credentials(|name| variable(name).map(|value| value + " s3cret")).unwrap_err();
        assert!(!format!("{error:?}").contains("s3cret"), "{error:?}");
    }

    #[test]
    fn without_names_of_variables_those_of_every_key_are_read() {
        let variable = |name: &str| match name {
            "VAN_APP_NAME" => Some("app".to_owned()),
            "VAN_API_KEY" => Some("key".to_owned()),
            "VAN_MODE" => Some("1".to_owned()),
            _ => None,
        };
        let credentials = profile("[profile.acme]").credentials(variable).unwrap();
        assert_eq!(credentials.mode(), DatabaseMode::MyCampaign);
    }

    #[test]
    fn the_runtime_is_found_where_the_file_says() {
        let read = |text: &str| {
            let read = read::read(text);
            assert_eq!(read.findings, []);
            read.settings.runtime_for(&Workspace::above(Path::new("/w"), "x"), Path::new("/w/a/b"))
        };
        assert_eq!(read(""), format!("{:?}", env!("CARGO_PKG_VERSION")));
        assert_eq!(read("runtime = \"0.9\""), "\"0.9\"");
        assert_eq!(read("runtime = { path = \"x/runtime\" }"), "{ path = \"../../x/runtime\" }");
        let git = "runtime = { git = \"https://example.org/v\", tag = \"1\" }";
        assert_eq!(read(git), "{ git = \"https://example.org/v\", tag = \"1\" }");
    }
}
