//! Where everything goes, and what keeps it from going there.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use miette::miette;

use super::manifest::{Joined, Manifest};
use super::{Args, below};
use crate::files;
use crate::profiles::{self, Profiles};
use crate::workspace::{self, Workspace, shown};

/// The folders, without `..` and links.
pub(super) struct Places {
    root: PathBuf,
    /// That of all snapshots.
    snapshots: PathBuf,
    pub(super) snapshot: PathBuf,
    pub(super) out: PathBuf,
    pub(super) example: PathBuf,
}

/// A folder for a new crate.
struct Place<'a> {
    folder: &'a Path,
    what: &'static str,
    /// What names it on the command line.
    option: &'static str,
}

impl Places {
    pub(super) fn of(args: &Args, root: &Path, current: &Path) -> miette::Result<Self> {
        let place = |given: &Option<PathBuf>, what: &str| match given {
            Some(folder) => files::resolved(&current.join(folder)),
            None => files::resolved(&root.join(format!("{}-{what}", args.profile))),
        };
        let snapshot = files::resolved(&root.join(Workspace::below_root(&args.profile)));
        let places = Self {
            root: root.to_owned(),
            snapshots: snapshot.parent().unwrap_or(root).to_owned(),
            snapshot,
            out: place(&args.out, "mappings"),
            example: place(&args.example, "example"),
        };
        places.are_apart()?;
        Ok(places)
    }

    fn crates(&self) -> [Place<'_>; 2] {
        [
            Place { folder: &self.out, what: "the builders", option: "--out" },
            Place { folder: &self.example, what: "the example", option: "--example" },
        ]
    }

    fn are_apart(&self) -> miette::Result<()> {
        for Place { folder, what, option } in self.crates() {
            if lies_in(&self.root, folder) {
                return Err(miette!(
                    help = format!("choose a folder below it with `{option}`"),
                    "{what} cannot be in {}, where the workspace itself is",
                    shown(folder).display()
                ));
            }
            if below(&self.root, folder).to_str().is_none() {
                return Err(miette!(
                    help = format!("choose another folder with `{option}`"),
                    "{what} cannot be in {}: the name is no UTF-8",
                    shown(folder).display()
                ));
            }
            if meet(folder, &self.snapshots) {
                return Err(miette!(
                    help = format!("choose another folder with `{option}`"),
                    "{what} cannot be in {}, as the snapshots are in {}",
                    shown(folder).display(),
                    shown(&self.snapshots).display()
                ));
            }
        }
        if self.out == self.example {
            return Err(miette!(
                help = "give them different folders with `--out` and `--example`",
                "the builders and the example cannot both be in {}",
                shown(&self.out).display()
            ));
        }
        if meet(&self.out, &self.example) {
            return Err(miette!(
                help = "give them folders beside each other with `--out` and `--example`",
                "of the builders and the example, one would be inside the other: {} and {}",
                shown(&self.out).display(),
                shown(&self.example).display()
            ));
        }
        Ok(())
    }

    /// Nothing is in the way, and nothing of another profile belongs there.
    pub(super) fn are_free(&self, profiles: &Profiles, name: &str) -> miette::Result<()> {
        if let Some(other) = profiles.keys().find(|other| other.eq_ignore_ascii_case(name)) {
            let case = if other == name { "" } else { ", whose name differs in case only" };
            return Err(miette!(
                help = "choose another name with `--profile`",
                "{} has a profile `{other}` already{case}",
                profiles::FILE
            ));
        }
        for other in profiles.values() {
            let theirs = files::resolved(&self.root.join(other.out()));
            for Place { folder, option, .. } in self.crates() {
                if meet(folder, &theirs) {
                    return Err(miette!(
                        help = format!("choose another folder with `{option}`"),
                        "the builders of the profile `{}` belong into {}",
                        other.name,
                        shown(&theirs).display()
                    ));
                }
            }
        }
        let crates = self.crates().map(|place| (place.folder, place.option));
        for (folder, option) in [(self.snapshot.as_path(), "--profile")].into_iter().chain(crates) {
            if !is_free(folder) {
                return Err(miette!(
                    help = format!("move it away, or choose another one with `{option}`"),
                    "{} is there already, so nothing was written",
                    shown(folder).display()
                ));
            }
        }
        Ok(())
    }

    /// The packages can have the names of their folders.
    pub(super) fn can_name_packages(
        &self,
        manifest: Option<&Manifest>,
        profiles: &Profiles,
    ) -> miette::Result<()> {
        let mut taken: Vec<(String, String)> = profiles
            .values()
            .filter(|profile| profile.has_out())
            .map(|profile| (profile.package(), format!("the profile `{}` has it", profile.name)))
            .collect();
        for (package, folder) in manifest.map(Manifest::packages).unwrap_or_default() {
            taken.push((package, format!("the package in {} has it", shown(&folder).display())));
        }
        for Place { folder, what, option } in self.crates() {
            let package = workspace::package_of(folder);
            let library = |name: &str| name.replace('-', "_");
            let problem = match workspace::package_problem(&package) {
                Some(problem) => Some(problem.to_owned()),
                None if library(&package) == "serde_json" => {
                    Some("the example needs that of serde_json".to_owned())
                }
                None if option == "--example" && BUILD_FOLDERS.contains(&package.as_str()) => {
                    Some("Cargo has a folder of that name beside the programs that it builds".to_owned())
                }
                None => taken
                    .iter()
                    .find(|(other, _)| library(other) == library(&package))
                    .map(|(_, by)| by.clone()),
            };
            if let Some(problem) = problem {
                return Err(miette!(
                    help = format!(
                        "choose a folder of another name with `{option}`: the package is named after it"
                    ),
                    "{what} in {} cannot be the package `{package}`: {problem}",
                    shown(folder).display()
                ));
            }
            taken.push((package, format!("{what} would have it")));
        }
        Ok(())
    }

    /// Cargo takes each new crate for a member of the workspace, or for a workspace of its own.
    pub(super) fn are_seen_alike(&self, joined: &Joined, has_example: bool) -> miette::Result<()> {
        for Place { folder, what, option } in self.crates() {
            if folder == self.example && !has_example {
                continue;
            }
            let Some(other) = Manifest::above(folder)?.filter(Manifest::is_workspace) else { continue };
            if other.path() != joined.path || !joined.has(folder) {
                return Err(miette!(
                    help = format!(
                        "choose another folder with `{option}`: one below {}, or one that is in no workspace",
                        shown(&self.root).display()
                    ),
                    "{what} in {} cannot become a member of the workspace in which Cargo would look for it, that of {}",
                    shown(folder).display(),
                    shown(other.path()).display()
                ));
            }
        }
        Ok(())
    }
}

/// What Cargo refuses as the name of a program.
const BUILD_FOLDERS: [&str; 4] = ["build", "deps", "examples", "incremental"];

/// Whether there is nothing, or an empty folder. A link that leads nowhere is something.
fn is_free(folder: &Path) -> bool {
    match fs::read_dir(folder) {
        Ok(mut entries) => entries.next().is_none(),
        Err(error) => error.kind() == io::ErrorKind::NotFound && fs::symlink_metadata(folder).is_err(),
    }
}

/// Whether one of two folders is the other or inside it.
fn meet(one: &Path, other: &Path) -> bool {
    lies_in(one, other) || lies_in(other, one)
}

/// Whether a folder is another one or inside it, for file systems that ignore case, too.
fn lies_in(inner: &Path, outer: &Path) -> bool {
    let lower = |path: &Path| PathBuf::from(path.to_string_lossy().to_lowercase());
    lower(inner).starts_with(lower(outer))
}
