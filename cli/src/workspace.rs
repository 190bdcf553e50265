//! Where the commands work: in a workspace that `van-bulk.toml` marks, and which crates are generated there.

use std::path::{Path, PathBuf};

use miette::{IntoDiagnostic as _, WrapErr as _, miette};
use van_bulk_codegen::CrateConfig;
use van_bulk_schema::finding::did_you_mean;
use van_bulk_schema::overrides::rust_name::is_keyword;

use crate::files;
use crate::profiles::{self, Profile, Profiles, Settings};

/// The folder of the snapshots, one folder a profile.
const SNAPSHOTS: &str = "snapshots";

/// A snapshot that a crate is generated from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The name of its profile, which is told where a crate has several.
    pub profile: String,
    /// The folder.
    pub folder: PathBuf,
    /// The folder, for the reader of the generated files.
    pub shown: String,
}

impl Source {
    /// A snapshot in a folder that is named after its profile.
    fn new(folder: PathBuf, shown: String) -> Self {
        let profile = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Self { profile, folder, shown }
    }
}

/// The sources of a crate in one line, for the reader of the generated files.
pub(crate) fn sources_shown(sources: &[Source]) -> String {
    let shown: Vec<&str> = sources.iter().map(|source| source.shown.as_str()).collect();
    shown.join(", ")
}

/// A crate that is generated from a snapshot, or from those of several profiles.
#[derive(Debug, Clone)]
pub struct GeneratedCrate {
    /// The snapshots. If there are several, each profile is a module of its own.
    pub sources: Vec<Source>,
    /// The folder of the crate.
    pub out: PathBuf,
    /// How it is generated.
    pub config: CrateConfig,
    /// Whether doubts about the schema are told; those of crates made to show doubts are there on purpose.
    pub tells_warnings: bool,
}

/// A folder with `van-bulk.toml`, and how the commands are called in it.
#[derive(Debug, Clone)]
pub struct Workspace {
    root: PathBuf,
    program: &'static str,
    repository: Option<Repository>,
}

/// What only the repository of van-bulk itself has.
#[derive(Debug, Clone)]
struct Repository {
    /// The profile that is no key's.
    sample: &'static str,
    /// Crates that are generated from other snapshots than those of profiles.
    others: Vec<GeneratedCrate>,
}

impl Workspace {
    /// The workspace of a folder: the nearest one above it, itself included, with `van-bulk.toml`; the folder itself if there
    /// is none. `program` is how commands are called, such as `cargo van-bulk`; help and generated files name it.
    pub fn above(folder: &Path, program: &'static str) -> Self {
        let marked = folder.ancestors().find(|above| above.join(profiles::FILE).is_file());
        Self { root: marked.unwrap_or(folder).to_owned(), program, repository: None }
    }

    /// The workspace of the current folder.
    ///
    /// # Errors
    /// When there is no current folder.
    pub fn current(program: &'static str) -> miette::Result<Self> {
        let folder = std::env::current_dir().into_diagnostic().wrap_err("there is no current folder")?;
        Ok(Self::above(&folder, program))
    }

    /// The repository of van-bulk itself, whose profile `sample` is no key's, and which has more generated crates: for each
    /// package its folder, and those of its snapshots, below the root.
    pub fn of_repository(
        root: &Path,
        program: &'static str,
        sample: &'static str,
        others: &[(&str, &str, &[&str])],
    ) -> Self {
        let mut workspace = Self {
            root: root.to_owned(),
            program,
            repository: Some(Repository { sample, others: Vec::new() }),
        };
        let others = others.iter().map(|(package, out, snapshots)| {
            let source = |below: &&str| Source::new(shown(&root.join(below)), (*below).to_owned());
            let sources: Vec<Source> = snapshots.iter().map(source).collect();
            let config = CrateConfig {
                command: workspace.call("codegen"),
                ..inheriting(CrateConfig::new(*package, sources_shown(&sources)))
            };
            GeneratedCrate { sources, out: shown(&root.join(out)), config, tells_warnings: false }
        });
        let others = others.collect();
        workspace.repository = Some(Repository { sample, others });
        workspace
    }

    /// The folder with `van-bulk.toml`.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The same workspace with another root.
    pub(crate) fn at(&self, root: &Path) -> Self {
        Self { root: root.to_owned(), ..self.clone() }
    }

    /// How a command is called here, such as `cargo van-bulk fetch`.
    pub fn call(&self, command: &str) -> String {
        format!("{} {command}", self.program)
    }

    /// Where cargo builds, and where commands keep what they install and write.
    pub fn target(&self) -> PathBuf {
        let target = std::env::var_os("CARGO_TARGET_DIR").map_or("target".into(), PathBuf::from);
        self.root.join(target)
    }

    /// The folder of the snapshots, one folder a profile.
    pub fn snapshots(&self) -> PathBuf {
        shown(&self.root.join(SNAPSHOTS))
    }

    /// The folder of a profile's snapshot, seen from the root.
    pub(crate) fn below_root(profile: &str) -> String {
        format!("{SNAPSHOTS}/{profile}")
    }

    /// The profile that is no key's, which only the repository of van-bulk itself has.
    pub(crate) fn sample(&self) -> Option<&'static str> {
        self.repository.as_ref().map(|repository| repository.sample)
    }

    /// The crate that is generated from the sample.
    ///
    /// # Errors
    /// When `van-bulk.toml` cannot be read, or this is not the repository of van-bulk itself.
    pub fn sample_crate(&self) -> miette::Result<GeneratedCrate> {
        let sample = self.sample().ok_or_else(|| miette!("only the repository of van-bulk has a sample"))?;
        self.crate_of(&self.profile(sample)?)
    }

    /// What `van-bulk.toml` says.
    pub(crate) fn settings(&self) -> miette::Result<Settings> {
        profiles::settings(self)
    }

    /// A profile that `van-bulk.toml` lists, or that has a snapshot.
    pub(crate) fn profile(&self, name: &str) -> miette::Result<Profile> {
        let mut profiles = self.settings()?.profiles;
        if let Some(listed) = profiles.remove(name) {
            return Ok(listed);
        }
        if self.snapshots().join(name).is_dir() {
            return Ok(Profile::new(name));
        }
        let file = shown(&self.root.join(profiles::FILE));
        let help = did_you_mean(name, profiles.keys().map(String::as_str)).unwrap_or_else(|| {
            format!("`{}` fetches its snapshot", self.call(&format!("fetch --profile {name}")))
        });
        Err(miette!(
            code = "profiles::unknown",
            help = help,
            "there is no profile `{name}`: {} does not list it, and it has no snapshot",
            file.display()
        ))
    }

    /// A profile that may not be there yet.
    pub(crate) fn new_profile(&self, name: &str) -> miette::Result<Profile> {
        let listed = self.settings()?.profiles.remove(name);
        Ok(listed.unwrap_or_else(|| Profile::new(name)))
    }

    /// The profile of a key that is named, or else the only one; nothing if none is listed.
    pub(crate) fn key(&self, name: Option<&str>) -> miette::Result<Option<Profile>> {
        if let Some(name) = name {
            return self.profile(name).map(Some);
        }
        let mut profiles = self.settings()?.profiles;
        if let Some(sample) = self.sample() {
            profiles.remove(sample);
        }
        only(profiles)
    }

    /// The profile that is named, or else the one that is meant: the sample where there is one, or the only one.
    pub(crate) fn profile_or_only(&self, name: Option<&str>) -> miette::Result<Profile> {
        if let Some(name) = name.or(self.sample()) {
            return self.profile(name);
        }
        only(self.settings()?.profiles)?.ok_or_else(|| {
            miette!(
                code = "profiles::none",
                help = format!("name one with `--profile`, or lay one out with `{}`", self.call("init")),
                "there is no profile: {} is not there, or lists none",
                shown(&self.root.join(profiles::FILE)).display()
            )
        })
    }

    /// Every crate that is generated here: those of the profiles that say where, and the others of the repository.
    pub(crate) fn generated(&self) -> miette::Result<Vec<GeneratedCrate>> {
        let settings = self.settings()?;
        let profiles = settings.profiles.values().filter(|profile| profile.has_out());
        // Profiles that share a crate are all told of by the first of them.
        let mut crates: Vec<GeneratedCrate> = profiles
            .filter(|profile| settings.side_by_side(profile).first() == Some(profile))
            .map(|profile| settings.generated(profile, self))
            .collect();
        crates.extend(self.repository.iter().flat_map(|repository| repository.others.clone()));
        if crates.is_empty() {
            return Err(miette!(
                code = "profiles::none",
                help = format!(
                    "name a profile with `--profile`, give one an `out`, or lay one out with `{}`",
                    self.call("init")
                ),
                "there is nothing to generate: no profile of {} has an `out`",
                shown(&self.root.join(profiles::FILE)).display()
            ));
        }
        Ok(crates)
    }

    /// The crate that is generated from the snapshot of a profile, and from those of the profiles that share it.
    pub(crate) fn crate_of(&self, profile: &Profile) -> miette::Result<GeneratedCrate> {
        Ok(self.settings()?.generated(profile, self))
    }

    /// A crate in a folder that `codegen --snapshot` names, from a snapshot anywhere.
    pub(crate) fn crate_at(&self, snapshot: PathBuf, out: PathBuf) -> miette::Result<GeneratedCrate> {
        let config = CrateConfig {
            command: self.call(&format!("codegen --snapshot {} --out {}", snapshot.display(), out.display())),
            runtime: self.settings()?.runtime_for(self, &out),
            own_workspace: self.is_below_repository(&out),
            ..CrateConfig::new(package_of(&out), snapshot.display().to_string())
        };
        let shown = snapshot.display().to_string();
        Ok(GeneratedCrate { sources: vec![Source::new(snapshot, shown)], out, config, tells_warnings: true })
    }

    /// Whether a folder lies below the repository of van-bulk, where Cargo would take its crate for a forgotten member.
    pub(crate) fn is_below_repository(&self, out: &Path) -> bool {
        self.repository.is_some() && files::resolved(out).starts_with(&self.root)
    }
}

/// The only profile of all; nothing if there is none.
fn only(mut profiles: Profiles) -> miette::Result<Option<Profile>> {
    let names: Vec<String> = profiles.keys().map(|name| format!("`{name}`")).collect();
    if names.len() > 1 {
        return Err(miette!(
            code = "profiles::several",
            help = "name one of them with `--profile`",
            "there are several profiles: {}",
            names.join(", ")
        ));
    }
    Ok(profiles.pop_first().map(|(_, only)| only))
}

/// Lets a crate take version, edition, licence, lints and the runtime from the workspace.
pub(crate) fn inheriting(config: CrateConfig) -> CrateConfig {
    CrateConfig { runtime: "{ workspace = true }".to_owned(), inherit_workspace: true, ..config }
}

/// The name of the package in a folder: that of the folder, as far as Cargo takes it.
pub(crate) fn package_of(folder: &Path) -> String {
    let folder = files::resolved(folder);
    let folder = folder.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    let name: String =
        folder.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' }).collect();
    if name.starts_with(|c: char| c.is_ascii_alphabetic()) { name } else { format!("van-{name}") }
}

/// Why no package of a workspace can have a name that Cargo's rules for letters allow; `None` if one can.
pub(crate) fn package_problem(name: &str) -> Option<&'static str> {
    match name.replace('-', "_").as_str() {
        "van_bulk" => Some("it is that of the crate that every generated one needs"),
        "alloc" | "core" | "proc_macro" | "std" | "test" => Some("it is that of a crate of Rust itself"),
        name if is_keyword(name) => Some("it is a keyword of Rust"),
        _ => None,
    }
}

/// A path as a person would type it, if it lies below the current folder.
pub fn shown(path: &Path) -> PathBuf {
    let current = std::env::current_dir().unwrap_or_default();
    match path.strip_prefix(current) {
        Ok(below) if below.as_os_str().is_empty() => PathBuf::from("."),
        Ok(below) => below.to_owned(),
        Err(_) => path.to_owned(),
    }
}

/// A profile is the name of one folder.
pub(crate) fn profile_name(name: &str) -> Result<String, String> {
    let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    if plain && !name.is_empty() && !name.starts_with('-') {
        Ok(name.to_owned())
    } else {
        Err("use letters, digits, `-` and `_` only, and no `-` first".to_owned())
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::fs;

    use super::*;

    /// The root of the repository.
    fn root() -> PathBuf {
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
        manifest.parent().unwrap().to_owned()
    }

    /// The repository of van-bulk itself.
    pub(crate) fn repository() -> Workspace {
        Workspace::of_repository(&root(), "cargo xtask", "sample", &[])
    }

    /// The folder of the sample.
    pub(crate) fn sample() -> PathBuf {
        root().join("snapshots/sample")
    }

    /// A workspace with this text as `van-bulk.toml`.
    fn workspace(text: &str) -> (tempfile::TempDir, Workspace) {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(profiles::FILE), text).unwrap();
        fs::create_dir_all(folder.path().join("some/where")).unwrap();
        let workspace = Workspace::above(&folder.path().join("some/where"), "cargo van-bulk");
        (folder, workspace)
    }

    #[test]
    fn the_nearest_folder_with_the_file_is_the_root_and_without_one_the_folder_itself() {
        let (folder, found) = workspace("");
        assert_eq!(found.root(), folder.path());
        let elsewhere = tempfile::tempdir().unwrap();
        assert_eq!(Workspace::above(elsewhere.path(), "x").root(), elsewhere.path());
    }

    #[test]
    fn the_only_profile_needs_no_name_and_several_do() {
        let (_folder, one) = workspace("[profile.acme]");
        assert_eq!(one.profile_or_only(None).unwrap().name, "acme");
        let (_folder, two) = workspace("[profile.acme]\n[profile.beta]");
        let error = two.profile_or_only(None).unwrap_err();
        assert_eq!(error.to_string(), "there are several profiles: `acme`, `beta`");
        assert_eq!(two.profile_or_only(Some("beta")).unwrap().name, "beta");
        let (_folder, none) = workspace("");
        assert!(none.profile_or_only(None).unwrap_err().to_string().starts_with("there is no profile"));
        assert_eq!(repository().profile_or_only(None).unwrap().name, "sample");
    }

    #[test]
    fn crates_are_generated_where_profiles_say_and_find_the_runtime() {
        let (folder, workspace) = workspace(
            "runtime = { path = \"van/runtime\" }\n[profile.a]\nout = \"crates/a\"\n[profile.b]\n[profile.c]\nout = \"c\"\ninherit-workspace = true",
        );
        let crates = workspace.generated().unwrap();
        let outs: Vec<_> = crates.iter().map(|each| each.out.strip_prefix(folder.path()).unwrap()).collect();
        assert_eq!(outs, [Path::new("crates/a"), Path::new("c")]);
        assert_eq!(crates[0].config.package, "a");
        assert_eq!(crates[0].config.runtime, "{ path = \"../../van/runtime\" }");
        assert_eq!(crates[0].config.command, "cargo van-bulk codegen");
        assert_eq!(crates[1].config.runtime, "{ workspace = true }");
        let b = workspace.crate_of(&workspace.profile("b").unwrap()).unwrap();
        assert_eq!(b.out, folder.path().join("generated"));
        assert_eq!(b.config.command, "cargo van-bulk codegen --profile b");
        assert_eq!(b.config.package, "van-bulk-mappings");
    }
    #[test]
    fn profiles_with_the_same_out_are_one_crate_whichever_is_named() {
        let (folder, workspace) = workspace(
            "[profile.acme]\nout = \"van\"\n[profile.beta]\nout = \"./van\"\npackage = \"tenants\"\n[profile.other]\nout = \"other\"",
        );
        let crates = workspace.generated().unwrap();
        let outs: Vec<_> = crates.iter().map(|each| each.out.strip_prefix(folder.path()).unwrap()).collect();
        assert_eq!(outs, [Path::new("van"), Path::new("other")]);
        for name in ["acme", "beta"] {
            let shared = workspace.crate_of(&workspace.profile(name).unwrap()).unwrap();
            let profiles: Vec<_> = shared.sources.iter().map(|source| source.profile.as_str()).collect();
            assert_eq!(profiles, ["acme", "beta"]);
            assert_eq!(shared.config, crates[0].config);
            assert_eq!(shared.config.package, "tenants");
            assert_eq!(shared.config.source, "snapshots/acme, snapshots/beta");
        }
    }
}
