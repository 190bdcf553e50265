//! `Cargo.toml` of the workspace, of which the new crates become members.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use miette::{IntoDiagnostic as _, WrapErr as _, miette};
use toml_edit::{Array, DocumentMut, Formatted, Item, Table, Value};

use super::below;
use crate::files;
use crate::workspace::shown;

const FILE: &str = "Cargo.toml";

/// No more than this is read of the file.
const MAX_BYTES: u64 = 4 * 1024 * 1024;

/// What a workspace starts with where there is none.
const EMPTY: &str = "[workspace]\nresolver = \"3\"\nmembers = []\n";

/// The manifest of a workspace.
pub(super) struct Manifest {
    path: PathBuf,
    document: DocumentMut,
}

impl Manifest {
    /// The manifest of the workspace around a folder: the nearest with `[workspace]`, or else the nearest, whose package becomes
    /// the first of a workspace; a new one in the folder if there is none.
    pub(super) fn above(folder: &Path) -> miette::Result<Self> {
        let mut nearest = None;
        for above in folder.ancestors() {
            let path = above.join(FILE);
            let Some(document) = read(&path)? else { continue };
            if document.get("workspace").is_some() {
                return Ok(Self { path, document });
            }
            nearest.get_or_insert(Self { path, document });
        }
        match nearest {
            Some(manifest) => Ok(manifest),
            None => {
                let document = EMPTY.parse().into_diagnostic()?;
                Ok(Self { path: folder.join(FILE), document })
            }
        }
    }

    /// The root of the workspace.
    pub(super) fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new("."))
    }

    /// The same with more members. Those that it has already, or that lie elsewhere, are not added.
    pub(super) fn with_members(mut self, folders: &[&Path]) -> miette::Result<Self> {
        let root = self.folder().to_owned();
        let wrong = || {
            miette!(
                help = "make `workspace.members` an array of folders",
                "the members of the workspace in {} cannot be read",
                shown(&root.join(FILE)).display()
            )
        };
        let workspace = self.document.entry("workspace").or_insert(Item::Table(Table::new()));
        let workspace = workspace.as_table_like_mut().ok_or_else(wrong)?;
        let members = workspace.entry("members").or_insert(Item::Value(Value::Array(Array::new())));
        let members = members.as_array_mut().ok_or_else(wrong)?;
        for folder in folders {
            let member = below(&root, folder);
            let Some(member) = member.to_str().map(|member| member.replace('\\', "/")) else { continue };
            let is_there = members.iter().filter_map(Value::as_str).any(|pattern| covers(pattern, &member));
            if !is_there && !member.starts_with("..") && !Path::new(&member).is_absolute() {
                push(members, member);
            }
        }
        Ok(self)
    }

    pub(super) fn write(&self) -> miette::Result<()> {
        files::write(&self.path, &self.document.to_string())
    }
}

fn read(path: &Path) -> miette::Result<Option<DocumentMut>> {
    let failed = || format!("could not read {}", shown(path).display());
    let file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        opened => opened.into_diagnostic().wrap_err_with(failed)?,
    };
    if fs::metadata(path).is_ok_and(|state| state.len() > MAX_BYTES) {
        return Err(miette!("{} is larger than 4 MiB, the most that is read of it", shown(path).display()));
    }
    let mut text = String::new();
    file.take(MAX_BYTES).read_to_string(&mut text).into_diagnostic().wrap_err_with(failed)?;
    text.parse().map(Some).into_diagnostic().wrap_err_with(failed)
}

/// Adds a member in the style of the last one: in a line of its own, or beside it.
fn push(members: &mut Array, member: String) {
    let style = members.iter().last().map(|last| last.decor().clone());
    let mut value = Value::String(Formatted::new(member));
    match style {
        Some(style) => {
            *value.decor_mut() = style;
            members.push_formatted(value);
        }
        None => members.push(value),
    }
}

/// Whether a pattern such as `crates/*` is that of a folder. A pattern that is not understood covers nothing, and Cargo takes
/// members that are listed twice.
fn covers(pattern: &str, member: &str) -> bool {
    let (pattern, member): (Vec<&str>, Vec<&str>) =
        (pattern.trim_matches('/').split('/').collect(), member.split('/').collect());
    pattern.len() == member.len()
        && pattern.iter().zip(&member).all(|(pattern, part)| *pattern == "*" || pattern == part)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(text: &str, members: &[&str]) -> String {
        let manifest = Manifest { path: PathBuf::from("/w/Cargo.toml"), document: text.parse().unwrap() };
        let folders: Vec<PathBuf> = members.iter().map(|member| Path::new("/w").join(member)).collect();
        let folders: Vec<&Path> = folders.iter().map(PathBuf::as_path).collect();
        manifest.with_members(&folders).unwrap().document.to_string()
    }

    #[test]
    fn members_are_added_in_the_style_of_those_that_are_there() {
        assert_eq!(with(EMPTY, &["a", "b"]), EMPTY.replace("[]", "[\"a\", \"b\"]"));
        assert_eq!(
            with("[workspace]\nmembers = [\n    \"x\",\n    \"y\",\n]\n# end\n", &["a"]),
            "[workspace]\nmembers = [\n    \"x\",\n    \"y\",\n    \"a\",\n]\n# end\n"
        );
    }

    #[test]
    fn a_package_becomes_the_first_of_a_workspace() {
        let text = with("[package]\nname = \"p\" # ours\n", &["a"]);
        assert_eq!(text, "[package]\nname = \"p\" # ours\n\n[workspace]\nmembers = [\"a\"]\n");
    }

    #[test]
    fn members_that_are_covered_or_lie_elsewhere_are_not_added() {
        let text = "[workspace]\nmembers = [\"crates/*\"]\n";
        assert_eq!(with(text, &["crates/a", "../elsewhere"]), text);
        assert!(with(text, &["crates/deep/a"]).contains("crates/deep/a"));
    }

    #[test]
    fn members_that_are_no_array_are_told() {
        let document = "[workspace]\nmembers = 1\n".parse().unwrap();
        let manifest = Manifest { path: PathBuf::from("/w/Cargo.toml"), document };
        let error = manifest.with_members(&[Path::new("/w/a")]).err().unwrap();
        assert!(error.to_string().contains("cannot be read"), "{error}");
    }
}
