//! `Cargo.toml` of the workspace, of which the new crates become members.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use miette::{IntoDiagnostic as _, WrapErr as _, miette};
use toml_edit::{Array, DocumentMut, Formatted, Item, Table, TableLike, Value};

use super::{below, slashed};
use crate::files;
use crate::workspace::shown;

/// The name of the file.
pub(super) const FILE: &str = "Cargo.toml";

/// No more than this is read of the file.
const MAX_BYTES: u64 = 4 * 1024 * 1024;

/// No more folders than this are looked at for one pattern of members.
const MAX_ENTRIES: usize = 4096;

/// What a workspace starts with where there is none.
const EMPTY: &str = "[workspace]\nresolver = \"3\"\nmembers = []\n";

/// The manifest of a workspace, or of a package that is alone.
#[derive(Debug, Clone)]
pub(super) struct Manifest {
    path: PathBuf,
    /// The text on disk; empty if there is none.
    text: String,
    document: DocumentMut,
}

/// The manifest with the new members.
#[derive(Debug, Default)]
pub(super) struct Joined {
    pub(super) path: PathBuf,
    /// The new text; `None` if nothing changes.
    pub(super) text: Option<String>,
    /// The folders that are members now.
    members: Vec<PathBuf>,
    /// Whether the workspace leaves the resolver to Cargo, which warns of that: the new crates are of edition 2024.
    pub(super) lacks_resolver: bool,
}

impl Joined {
    /// Whether a folder is a member now.
    pub(super) fn has(&self, folder: &Path) -> bool {
        self.members.iter().any(|member| member == folder)
    }
}

impl Manifest {
    /// The manifest of the workspace that Cargo sees from a folder: the nearest with `[workspace]`, unless that excludes the
    /// folder, or the one that a package names; or else the nearest, of a package that is alone.
    pub(super) fn above(folder: &Path) -> miette::Result<Option<Self>> {
        let mut nearest: Option<Self> = None;
        for above in folder.ancestors() {
            let Some(manifest) = Self::read(above)? else { continue };
            if manifest.is_workspace() {
                let inner = nearest.as_ref().map_or(folder, Self::folder);
                return Ok(if manifest.excludes(inner) { nearest } else { Some(manifest) });
            }
            if let Some(root) = manifest.named_root()? {
                return Ok(Some(root));
            }
            nearest.get_or_insert(manifest);
        }
        Ok(nearest)
    }

    /// The manifest of a workspace that is still to be made.
    pub(super) fn new(folder: &Path) -> miette::Result<Self> {
        let document = EMPTY.parse().into_diagnostic()?;
        Ok(Self { path: folder.join(FILE), text: String::new(), document })
    }

    /// The manifest in a folder; `None` if there is none.
    pub(super) fn read(folder: &Path) -> miette::Result<Option<Self>> {
        let path = folder.join(FILE);
        let failed = || format!("could not read {}", shown(&path).display());
        let file = match File::open(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            opened => opened.into_diagnostic().wrap_err_with(failed)?,
        };
        if fs::metadata(&path).is_ok_and(|state| state.len() > MAX_BYTES) {
            return Err(miette!(
                "{} is larger than 4 MiB, the most that is read of it",
                shown(&path).display()
            ));
        }
        let mut text = String::new();
        file.take(MAX_BYTES).read_to_string(&mut text).into_diagnostic().wrap_err_with(failed)?;
        let document = text.parse().into_diagnostic().wrap_err_with(failed)?;
        Ok(Some(Self { path, text, document }))
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The root of the workspace.
    pub(super) fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new("."))
    }

    pub(super) fn is_workspace(&self) -> bool {
        self.document.get("workspace").is_some()
    }

    /// The name of the package, if there is one.
    pub(super) fn package(&self) -> Option<&str> {
        self.table("package")?.get("name")?.as_str()
    }

    /// The packages of the workspace, each with its folder, as far as they can be read.
    pub(super) fn packages(&self) -> Vec<(String, PathBuf)> {
        let members = self.listed("members").flat_map(|pattern| folders(self.folder(), pattern));
        let members = members.filter_map(|folder| Self::read(&folder).ok()?);
        std::iter::once(self.clone())
            .chain(members)
            .filter_map(|manifest| Some((manifest.package()?.to_owned(), manifest.folder().to_owned())))
            .collect()
    }

    /// The root that the package names as that of its workspace.
    fn named_root(&self) -> miette::Result<Option<Self>> {
        let named = self.table("package").and_then(|package| package.get("workspace")).and_then(Item::as_str);
        let Some(named) = named else { return Ok(None) };
        let root = Self::read(&files::resolved(&self.folder().join(named)))?.filter(Self::is_workspace);
        let root = root.ok_or_else(|| {
            miette!(
                help = "correct `package.workspace`: Cargo cannot use the package either",
                "{} names `{named}` as the root of its workspace, where there is none",
                shown(&self.path).display()
            )
        });
        root.map(Some)
    }

    fn table(&self, key: &str) -> Option<&dyn TableLike> {
        self.document.get(key)?.as_table_like()
    }

    /// The texts of an array of the workspace.
    fn listed<'a>(&'a self, key: &str) -> impl Iterator<Item = &'a str> {
        let array = self.table("workspace").and_then(|workspace| workspace.get(key)).and_then(Item::as_array);
        array.into_iter().flatten().filter_map(Value::as_str)
    }

    /// Whether Cargo takes what is in a folder for no part of this workspace. Members that are listed win.
    fn excludes(&self, folder: &Path) -> bool {
        let names = |key| {
            let mut listed = self.listed(key);
            listed.any(|path| folder.starts_with(files::resolved(&self.folder().join(path))))
        };
        names("exclude") && !names("members")
    }

    /// The same with more members. Those that it has already, or that lie elsewhere, are not added.
    pub(super) fn with_members(mut self, folders: &[&Path]) -> miette::Result<Joined> {
        let root = self.folder().to_owned();
        let below_root = |folder: &&&Path| folder.starts_with(&root) && **folder != root;
        let members: Vec<PathBuf> =
            folders.iter().filter(below_root).map(|folder| folder.to_path_buf()).collect();
        let missing: Vec<String> = members
            .iter()
            .map(|folder| (folder, slashed(&below(&root, folder))))
            .filter(|(folder, member)| {
                self.excludes(folder) || !self.listed("members").any(|pattern| covers(pattern, member))
            })
            .map(|(_, member)| member)
            .collect();
        let lacks_resolver = self.lacks_resolver() && !members.is_empty();
        let text = if missing.is_empty() { None } else { Some(self.text_with(missing)?) };
        Ok(Joined { path: self.path, text, members, lacks_resolver })
    }

    fn lacks_resolver(&self) -> bool {
        let chosen = self.table("workspace").is_none_or(|workspace| workspace.contains_key("resolver"));
        !chosen && self.table("package").is_none()
    }

    fn text_with(&mut self, missing: Vec<String>) -> miette::Result<String> {
        let path = self.path.clone();
        let wrong = || {
            miette!(
                help = "make `workspace.members` an array of folders",
                "the members of the workspace in {} cannot be read",
                shown(&path).display()
            )
        };
        let workspace = self.document.entry("workspace").or_insert(Item::Table(Table::new()));
        let workspace = workspace.as_table_like_mut().ok_or_else(wrong)?;
        let members = workspace.entry("members").or_insert(Item::Value(Value::Array(Array::new())));
        let members = members.as_array_mut().ok_or_else(wrong)?;
        missing.into_iter().for_each(|member| push(members, member));
        Ok(files::with_line_ends_of(&self.text, self.document.to_string()))
    }
}

/// Adds a member in the style of the last one: in a line of its own, or beside it. Comments stay where they are.
fn push(members: &mut Array, member: String) {
    let raw = |text: Option<&toml_edit::RawString>| {
        text.and_then(|raw| raw.as_str()).unwrap_or_default().to_owned()
    };
    let trailing = raw(Some(members.trailing()));
    let Some(last) = members.iter_mut().last() else { return members.push(member) };
    let (before, after) = (raw(last.decor().prefix()), raw(last.decor().suffix()));
    last.decor_mut().set_suffix("");
    // What follows the last one: a comment, and the way to the bracket.
    let follows = format!("{after}{trailing}");
    let comments = follows.trim_end();
    let indent = match before.rsplit_once('\n') {
        Some((_, indent)) => format!("\n{indent}"),
        None if comments.contains('#') => "\n    ".to_owned(),
        None => " ".to_owned(),
    };
    let end = follows[comments.len()..].to_owned();
    let mut value = Value::String(Formatted::new(member));
    value.decor_mut().set_prefix(format!("{comments}{indent}"));
    members.push_formatted(value);
    members.set_trailing(end);
}

/// Whether a pattern such as `crates/*` is that of a folder. A pattern that is not understood covers nothing, and Cargo takes
/// members that are listed twice.
fn covers(pattern: &str, member: &str) -> bool {
    let member: Vec<&str> = member.split('/').collect();
    let pattern: Vec<&str> = parts(pattern).collect();
    pattern.len() == member.len() && pattern.iter().zip(&member).all(|(pattern, part)| fits(pattern, part))
}

/// The folders that a pattern such as `crates/*` means.
fn folders(root: &Path, pattern: &str) -> Vec<PathBuf> {
    let mut folders = vec![root.to_owned()];
    for part in parts(pattern) {
        let next = |folder: PathBuf| match part.contains(['*', '?']) {
            true => entries(&folder, part),
            false => vec![folder.join(part)],
        };
        folders = folders.into_iter().flat_map(next).take(MAX_ENTRIES).collect();
    }
    folders
}

fn entries(folder: &Path, pattern: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().take(MAX_ENTRIES).flatten();
    let named = entries.filter(|entry| fits(pattern, &entry.file_name().to_string_lossy()));
    named.map(|entry| entry.path()).collect()
}

fn parts(pattern: &str) -> impl Iterator<Item = &str> {
    pattern.split('/').filter(|part| !part.is_empty() && *part != ".")
}

/// Whether a name fits a pattern in which `*` is any text and `?` any character.
fn fits(pattern: &str, name: &str) -> bool {
    let mut chars = pattern.chars();
    match chars.next() {
        None => name.is_empty(),
        Some('*') => {
            let ends = (0..=name.len()).filter(|at| name.is_char_boundary(*at));
            ends.into_iter().any(|at| fits(chars.as_str(), &name[at..]))
        }
        Some(wanted) => {
            let mut rest = name.chars();
            let found = rest.next().is_some_and(|found| wanted == '?' || found == wanted);
            found && fits(chars.as_str(), rest.as_str())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest(text: &str) -> Manifest {
        let (path, document) = (PathBuf::from("/w/Cargo.toml"), text.parse().unwrap());
        Manifest { path, text: text.to_owned(), document }
    }

    fn with(text: &str, members: &[&str]) -> String {
        let folders: Vec<PathBuf> =
            members.iter().map(|member| files::resolved(&Path::new("/w").join(member))).collect();
        let folders: Vec<&Path> = folders.iter().map(PathBuf::as_path).collect();
        manifest(text).with_members(&folders).unwrap().text.unwrap_or_else(|| text.to_owned())
    }

    #[test]
    fn members_are_added_in_the_style_of_those_that_are_there() {
        assert_eq!(with(EMPTY, &["a", "b"]), EMPTY.replace("[]", "[\"a\", \"b\"]"));
        assert_eq!(
            with("[workspace]\nmembers = [\n    \"x\",\n    \"y\",\n]\n# end\n", &["a"]),
            "[workspace]\nmembers = [\n    \"x\",\n    \"y\",\n    \"a\",\n]\n# end\n"
        );
        assert_eq!(
            with("[workspace]\nmembers = [\n  \"x\",\n  \"y\"\n]\n", &["a", "b"]),
            "[workspace]\nmembers = [\n  \"x\",\n  \"y\",\n  \"a\",\n  \"b\"\n]\n"
        );
        assert_eq!(
            with("[workspace]\nmembers = [ \"x\" ]\n", &["a"]),
            "[workspace]\nmembers = [ \"x\", \"a\" ]\n"
        );
    }

    #[test]
    fn comments_stay_where_they_are() {
        assert_eq!(
            with(
                "[workspace]\nmembers = [\"x\", # the first\n    # the second\n    \"y\", # and more\n]\n",
                &["a", "b"]
            ),
            "[workspace]\nmembers = [\"x\", # the first\n    # the second\n    \"y\", # and more\n    \"a\",\n    \"b\",\n]\n"
        );
        assert_eq!(
            with("[workspace]\nmembers = [\"x\" # the only one\n]\n", &["a", "b"]),
            "[workspace]\nmembers = [\"x\", # the only one\n    \"a\",\n    \"b\"\n]\n"
        );
        let none = "[workspace]\nmembers = [\n    # none yet\n]\n";
        let document: DocumentMut = with(none, &["a"]).parse().unwrap();
        assert!(document.to_string().contains("# none yet") && document.to_string().contains("\"a\""));
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
        let text = "[package]\nname = \"p\"\n";
        assert_eq!(with(text, &["../elsewhere"]), text);
        let text = "[workspace]\nmembers = [\"crates/*\"]\nexclude = [\"crates/a\"]\n";
        assert!(with(text, &["crates/a"]).contains("[\"crates/*\", \"crates/a\"]"));
    }

    #[test]
    fn members_that_are_no_array_are_told() {
        let error = manifest("[workspace]\nmembers = 1\n").with_members(&[Path::new("/w/a")]).unwrap_err();
        assert!(error.to_string().contains("cannot be read"), "{error}");
    }

    #[test]
    fn patterns_mean_what_cargo_takes_them_for() {
        for (pattern, name) in
            [("*", "a"), ("a*", "a"), ("*-core", "van-core"), ("a?c", "aéc"), ("a*c*e", "abcde")]
        {
            assert!(fits(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in [("a", "ab"), ("a*b", "a"), ("?", ""), ("*-core", "core")] {
            assert!(!fits(pattern, name), "{pattern} {name}");
        }
    }
}
