//! Reading and saving the folder of a snapshot.

#![allow(clippy::unwrap_used, clippy::panic)] // The helpers of the tests, too, fail by panicking.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use van_bulk_schema::overrides::Overrides;
use van_bulk_schema::snapshot::{EDITED, SnapshotError};
use van_bulk_schema::{DatabaseMode, Finding, Schema, Severity, Snapshot, read};

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

fn schema() -> Schema {
    Snapshot::load(&fixtures().join("rules/snapshot")).unwrap().0.schema
}

/// Reads documents of the fixtures under the names they would have in a snapshot.
fn parse<const N: usize>(files: [(&str, &str); N]) -> (Snapshot, Vec<Finding>) {
    let read = |file: &str| fs::read_to_string(fixtures().join("snapshot").join(file)).unwrap();
    Snapshot::parse(files.map(|(name, file)| (name.to_owned(), read(file))).into())
}

/// A folder with a saved snapshot.
struct Saved {
    parent: TempDir,
}

impl Saved {
    fn new() -> Self {
        let saved = Self { parent: tempfile::tempdir().unwrap() };
        saved.save().unwrap();
        saved
    }

    fn folder(&self) -> PathBuf {
        self.parent.path().join("profile")
    }

    fn save(&self) -> Result<(), SnapshotError> {
        Snapshot::save(&schema(), Some(DatabaseMode::MyVoters), &self.folder())
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.folder().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Every file below the folder with its text.
    fn files(&self) -> BTreeMap<PathBuf, String> {
        let mut files = BTreeMap::new();
        let mut folders = vec![self.folder()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() && !path.is_symlink() {
                    folders.push(path);
                } else {
                    let name = path.strip_prefix(self.folder()).unwrap().to_owned();
                    files.insert(name, fs::read_to_string(&path).unwrap_or_default());
                }
            }
        }
        files
    }

    /// That saving left nothing beside the folder.
    fn assert_nothing_beside(&self) {
        let beside: Vec<_> =
            fs::read_dir(self.parent.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
        assert_eq!(beside, ["profile"]);
    }
}

#[test]
fn what_is_saved_reads_back_the_same() {
    let saved = Saved::new();
    let (snapshot, findings) = Snapshot::load(&saved.folder()).unwrap();
    assert_eq!(findings, []);
    // Overrides are no responses of VAN, so they are not saved with them.
    let responses = Schema { overrides: Overrides::default(), ..schema() };
    assert_eq!(snapshot.schema, responses);
    assert_eq!(snapshot.mode, Some(DatabaseMode::MyVoters));
    saved.assert_nothing_beside();
}

#[test]
fn everything_that_is_no_part_of_a_snapshot_is_kept() {
    let saved = Saved::new();
    let before = saved.files();
    let others = [
        ("overrides.toml", "# a"),
        ("names.lock", "b"),
        ("notes/2024/why.md", "b"),
        ("notes/mapping-types.json", "c"),
        ("notes/provenance.json", "d"),
        ("PROVENANCE.md", "e"),
        ("values/README.md", "f"),
        ("values/old/Badge.ColorID.json", "g"),
        ("values/folder.json/inside", "h"),
    ];
    for (name, text) in others {
        saved.write(name, text);
    }
    fs::create_dir(saved.folder().join("empty")).unwrap();
    saved.save().unwrap();
    let mut expected = before;
    expected.extend(others.map(|(name, text)| (PathBuf::from(name), text.to_owned())));
    assert_eq!(saved.files(), expected);
    assert!(saved.folder().join("empty").is_dir());
    assert_eq!(Snapshot::load(&saved.folder()).unwrap().1, []);
    saved.assert_nothing_beside();
}

#[test]
fn value_lists_of_the_old_snapshot_do_not_stay() {
    let saved = Saved::new();
    let before = saved.files();
    saved.write("values/Gone.Field.json", r#"{"mappingType": "Gone", "field": "Field", "items": []}"#);
    saved.save().unwrap();
    assert_eq!(saved.files(), before);
}

#[test]
fn the_database_mode_of_the_old_snapshot_does_not_stay() {
    let saved = Saved::new();
    Snapshot::save(&schema(), None, &saved.folder()).unwrap();
    assert_eq!(Snapshot::load(&saved.folder()).unwrap().0.mode, None);
    assert!(!saved.folder().join("profile.json").exists());
}

#[test]
fn the_database_mode_is_read_whatever_else_the_profile_says() {
    for (text, mode) in [
        (r#"{"mode": "my-voters"}"#, Some(DatabaseMode::MyVoters)),
        (r#"{"mode": "My-Campaign", "committee": {"name": "a"}}"#, Some(DatabaseMode::MyCampaign)),
        (r#"{"mode": null}"#, None),
        ("{}", None),
    ] {
        let (snapshot, findings) = Snapshot::parse([("profile.json".to_owned(), text.to_owned())].into());
        assert_eq!((snapshot.mode, findings), (mode, Vec::new()), "{text}");
    }
}

#[test]
fn a_database_mode_that_is_none_is_told_with_its_place() {
    for (text, code, place) in [
        (r#"{"mode": "my-camp"}"#, read::UNKNOWN_DATABASE_MODE, r#""my-camp""#),
        (r#"{"mode": 1}"#, read::WRONG_TYPE, "1"),
        (r#"["my-voters"]"#, read::WRONG_TYPE, r#"["my-voters"]"#),
        ("my-voters", read::SYNTAX, ""),
    ] {
        let (snapshot, findings) = Snapshot::parse([("profile.json".to_owned(), text.to_owned())].into());
        assert_eq!(snapshot.mode, None);
        let [finding] = findings.try_into().unwrap();
        assert_eq!((finding.code, finding.severity), (code, Severity::Error));
        assert_eq!(&text[finding.span(&mut van_bulk_schema::json::Locator::new(text))], place);
    }
}

#[test]
fn what_was_fetched_is_not_labelled_with_the_origin_of_what_was_there_before() {
    let saved = Saved::new();
    saved.write(
        "provenance.json",
        r#"{"mappingTypes": {"ActivistCode": {"origin": "invented", "fields": {}}}}"#,
    );
    saved.write("PROVENANCE.md", "ActivistCode is invented");
    saved.save().unwrap();
    assert!(!saved.folder().join("PROVENANCE.md").exists());
    let (snapshot, _) = Snapshot::load(&saved.folder()).unwrap();
    assert!(snapshot.provenance.mapping_types.is_empty());
}

#[cfg(unix)]
mod on_unix {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    use std::os::unix::net::UnixListener;

    use super::*;

    #[test]
    fn links_are_kept_as_links() {
        let saved = Saved::new();
        let outside = tempfile::tempdir().unwrap();
        fs::write(outside.path().join("secret"), "x").unwrap();
        symlink(outside.path(), saved.folder().join("folder")).unwrap();
        symlink("../elsewhere", saved.folder().join("values/dangling")).unwrap();
        saved.save().unwrap();
        assert_eq!(fs::read_link(saved.folder().join("folder")).unwrap(), outside.path());
        assert_eq!(fs::read_link(saved.folder().join("values/dangling")).unwrap(), Path::new("../elsewhere"));
        assert_eq!(fs::read_to_string(outside.path().join("secret")).unwrap(), "x");
    }

    #[test]
    fn permissions_are_kept() {
        let saved = Saved::new();
        saved.write("script", "x");
        let script = saved.folder().join("script");
        fs::set_permissions(&script, fs::Permissions::from_mode(0o555)).unwrap();
        saved.save().unwrap();
        assert_eq!(fs::metadata(script).unwrap().permissions().mode() & 0o777, 0o555);
    }

    #[test]
    fn a_folder_that_is_a_link_is_refused_and_left_alone() {
        let saved = Saved::new();
        let link = saved.parent.path().join("link");
        symlink(saved.folder(), &link).unwrap();
        let error = Snapshot::save(&schema(), None, &link).unwrap_err();
        assert!(error.to_string().contains("is a symbolic link"), "{error}");
        assert!(link.is_symlink());

        let values = saved.folder().join("values");
        fs::rename(&values, saved.parent.path().join("elsewhere")).unwrap();
        symlink("../elsewhere", &values).unwrap();
        let error = saved.save().unwrap_err();
        assert!(matches!(error, SnapshotError::CannotKeep { path, .. } if path == values));
        assert!(Snapshot::load(&saved.folder()).is_ok());
    }

    #[test]
    fn what_can_be_neither_followed_nor_copied_is_refused_and_left_alone() {
        let saved = Saved::new();
        let socket = saved.folder().join("socket");
        let _listener = UnixListener::bind(&socket).unwrap();
        let before = saved.files();
        let error = saved.save().unwrap_err();
        assert!(error.to_string().contains("neither a file nor a folder"), "{error}");
        assert_eq!(saved.files(), before);
    }
}

#[test]
fn a_file_in_the_place_of_the_folder_is_refused_and_left_alone() {
    let parent = tempfile::tempdir().unwrap();
    let file = parent.path().join("profile");
    fs::write(&file, "x").unwrap();
    let error = Snapshot::save(&schema(), None, &file).unwrap_err();
    assert!(error.to_string().contains("profile is a file"), "{error}");
    assert_eq!(fs::read_to_string(file).unwrap(), "x");
}

#[test]
fn two_value_lists_for_the_same_field_are_an_error_that_names_both_and_the_first_counts() {
    let (snapshot, findings) =
        parse([("values/a.json", "colors.json"), ("values/b.json", "other_colors.json")]);
    let [finding] = findings.try_into().unwrap();
    assert_eq!((finding.code, finding.severity), (read::DUPLICATE_VALUE_LIST, Severity::Error));
    assert_eq!(finding.document, "values/b.json");
    assert!(finding.message.contains("`values/a.json`") && finding.message.contains("`values/b.json`"));
    assert_eq!(snapshot.schema.values("Badge", "ColorID").unwrap().by_id("R").unwrap().name, "Red");
}

#[test]
fn an_id_that_a_value_list_has_twice_is_a_doubt_and_the_first_counts() {
    let (snapshot, findings) = parse([("values/a.json", "colors_with_an_id_twice.json")]);
    let [finding] = findings.try_into().unwrap();
    assert_eq!((finding.code, finding.severity), (read::DUPLICATE_VALUE, Severity::Warning));
    assert_eq!(finding.path(), "items[2].id");
    let list = snapshot.schema.values("Badge", "ColorID").unwrap();
    assert_eq!(list.by_id("R").unwrap().name, "Red");
    assert_eq!(list.by_unique_name("Rose"), None, "its id would give another value");
    assert_eq!(list.by_unique_name("Green").unwrap().id, "G");
}

#[test]
fn an_empty_list_of_parent_values_allows_any() {
    let (snapshot, findings) = parse([
        ("mapping-types.json", "empty_limits.json"),
        ("values/a.json", "colors_with_empty_limits.json"),
    ]);
    assert_eq!(findings, []);
    let field = snapshot.schema.mapping_type("Badge").unwrap().field("Engraving").unwrap();
    let value = snapshot.schema.values("Badge", "ColorID").unwrap().by_id("R").unwrap();
    for limits in [field.parent_limits(), value.parent_limits()] {
        let allowed: Vec<_> =
            limits.iter().map(|limit| (limit.parent, limit.allows("1"), limit.allows("9"))).collect();
        // An empty list alone, and united with one that names the value 1.
        assert_eq!(allowed, [("Alone", true, true), ("United", true, true), ("Limited", true, false)]);
    }
}

#[test]
fn unknown_keys_of_parent_values_are_kept() {
    let (snapshot, _) = parse([("mapping-types.json", "empty_limits.json")]);
    let field = snapshot.schema.mapping_type("Badge").unwrap().field("Engraving").unwrap();
    let limited = field.parents.iter().find(|parent| parent.parent_field_name == "Limited").unwrap();
    assert_eq!(limited.limit().unwrap()[0].extra["isActive"], true);
    let saved = &Snapshot::documents_of(&snapshot.schema, None)["mapping-types.json"];
    assert!(saved.contains("\"isActive\": true"), "{saved}");
}

#[test]
fn what_was_edited_since_it_was_saved_is_a_warning() {
    let saved = Saved::new();
    let load = || Snapshot::load(&saved.folder()).unwrap().1;
    let told = || load().iter().filter(|finding| finding.code == EDITED).count();
    assert_eq!(told(), 0);
    let lists = saved.files().into_keys().filter(|path| path.parent().unwrap().ends_with("values"));
    let list = saved.folder().join(lists.min().unwrap());
    for path in [saved.folder().join("mapping-types.json"), saved.folder().join("profile.json"), list] {
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, text.clone() + " ").unwrap();
        assert_eq!(told(), 1, "{}", path.display());
        assert!(load().iter().all(|finding| finding.severity == Severity::Warning));
        fs::remove_file(&path).unwrap();
        assert!(path.ends_with("mapping-types.json") || told() == 1, "{}", path.display());
        fs::write(&path, text).unwrap();
        assert_eq!(told(), 0);
    }
    saved.write("values/New.Field.json", r#"{"mappingType": "New", "field": "Field", "items": []}"#);
    assert_eq!(told(), 1);
    saved.save().unwrap();
    assert_eq!(told(), 0);
}

#[test]
fn what_people_write_and_other_line_ends_are_no_edit() {
    let saved = Saved::new();
    saved.write("overrides.toml", "# ours\n");
    saved.write("names.lock", "# names\n");
    for (path, text) in saved.files() {
        if path.extension().is_some_and(|extension| extension == "json") {
            fs::write(saved.folder().join(path), text.replace('\n', "\r\n")).unwrap();
        }
    }
    let findings = Snapshot::load(&saved.folder()).unwrap().1;
    assert!(findings.iter().all(|finding| finding.code != EDITED), "{findings:?}");
}

#[test]
fn a_snapshot_without_a_digest_is_not_doubted() {
    let saved = Saved::new();
    fs::remove_file(saved.folder().join("digest.txt")).unwrap();
    saved.write("resources.json", "[]");
    let findings = Snapshot::load(&saved.folder()).unwrap().1;
    assert!(findings.iter().all(|finding| finding.code != EDITED), "{findings:?}");
}
