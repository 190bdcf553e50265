//! The pages that are tested.

use std::path::{Path, PathBuf};

use van_bulk_catalog::Catalog;
use van_bulk_codegen::diff::{Diff, diff};
use van_bulk_schema::Snapshot;

use crate::browser::folder;

/// A snapshot of this repository, without errors.
pub(crate) fn snapshot(path: &str) -> Snapshot {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path);
    let (snapshot, findings) = Snapshot::load(&folder).unwrap();
    assert!(!van_bulk_schema::finding::any_error(&findings), "{findings:?}");
    snapshot
}

/// The sample, with a diff to an earlier one that shows every verdict.
pub(crate) fn sample() -> PathBuf {
    let new = snapshot("snapshots/sample");
    let diff = made_up_change(&new);
    let page = folder("pages").join("sample.html");
    Catalog::new(&new)
        .unwrap()
        .name("sample")
        .with_diff("a1b2c3d:snapshots/sample", &diff)
        .write(&page)
        .unwrap();
    page
}

fn made_up_change(new: &Snapshot) -> Diff {
    let mut old = new.clone();
    let types = &mut old.schema.mapping_types;
    types.retain(|mapping| mapping.name != "Suppressions");
    for mapping in types.iter_mut() {
        match mapping.name.as_str() {
            "Email" => mapping.display_name = Some("E-mail".to_owned()),
            "Phones" => mapping.fields.iter_mut().for_each(|field| field.is_required = false),
            "ActivistCode" => mapping.fields[1].description = Some("Who".to_owned()),
            "CanvassResults" => {
                let mut gone = mapping.fields[0].clone();
                gone.name = "OldField".to_owned();
                gone.is_required = false;
                mapping.fields.push(gone);
            }
            _ => {}
        }
    }
    if let Some(list) = old.schema.values.get_mut(&("Phones".to_owned(), "PhoneTypeID".to_owned())) {
        list.values[0].name = "Mobile".to_owned();
    }
    diff(&old, new).unwrap()
}

/// A page of a snapshot in the repository, without a diff.
pub(crate) fn page_of(path: &str, name: &str, package: &str) -> PathBuf {
    let snapshot = snapshot(path);
    let page = folder("pages").join(format!("{name}.html"));
    Catalog::new(&snapshot).unwrap().name(name).package(package).write(&page).unwrap();
    page
}

/// The page of the snapshot with every rule and hostile text.
pub(crate) fn every_rule() -> PathBuf {
    page_of("tests/golden/every_rule/snapshot", "every_rule", "golden-every-rule")
}
