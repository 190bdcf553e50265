//! Where the new crates find the crate `van-bulk`.

use std::path::{Path, PathBuf};

use miette::miette;

use super::manifest::Manifest;
use super::near;
use crate::files;
use crate::profiles::{self, Runtime, Settings};
use crate::workspace::shown;

const PACKAGE: &str = "van-bulk";

/// Where it is: in the folder that is given, or where these commands came from; a version if both is nowhere.
pub(super) fn of(
    given: Option<&Path>,
    settings: &Settings,
    root: &Path,
    current: &Path,
) -> miette::Result<Option<Runtime>> {
    match (&settings.runtime, given) {
        (Some(_), Some(_)) => Err(miette!(
            help = "leave out `--runtime`, or change `runtime` there",
            "{} says already where the crate `{PACKAGE}` is",
            profiles::FILE
        )),
        (Some(said), None) => Ok(Some(said.clone())),
        (None, Some(given)) => checked(&current.join(given)).map(|folder| Some(path(root, &folder))),
        (None, None) => {
            // With the sources that these commands were built from, if they are on this machine.
            let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../runtime");
            let is_there = beside.join("Cargo.toml").is_file();
            Ok(is_there.then(|| path(root, &files::resolved(&beside))))
        }
    }
}

fn checked(folder: &Path) -> miette::Result<PathBuf> {
    let folder = files::resolved(folder);
    match Manifest::read(&folder)?.and_then(|manifest| manifest.package().map(str::to_owned)) {
        Some(package) if package == PACKAGE => Ok(folder),
        _ => Err(miette!(
            help = "give the folder of the crate itself: its Cargo.toml says `name = \"van-bulk\"`",
            "the crate `{PACKAGE}` is not in {}",
            shown(&folder).display()
        )),
    }
}

/// As others can find it, too, if it lies nearby.
fn path(root: &Path, folder: &Path) -> Runtime {
    Runtime::Path(near(root, folder).unwrap_or_else(|| folder.to_owned()))
}
