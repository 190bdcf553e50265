//! The same schema gives the same bytes. That the crates in `tests/golden` are what their snapshots generate is tested
//! by `xtask`; they are members of the workspace, so that they are compiled, documented and tested like any crate.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use std::path::Path;

use van_bulk_codegen::{CrateConfig, Files, generate};
use van_bulk_schema::Snapshot;

fn snapshot(name: &str) -> Snapshot {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden").join(name).join("snapshot");
    let (snapshot, findings) = Snapshot::load(&folder).unwrap();
    assert_eq!(findings, [], "{name}");
    snapshot
}

fn files(name: &str, snapshot: &Snapshot) -> Files {
    generate(snapshot, &CrateConfig::new(name, "a snapshot")).unwrap().files
}

#[test]
fn generating_twice_gives_the_same_bytes() {
    for name in ["activist_code", "every_rule"] {
        assert_eq!(files(name, &snapshot(name)), files(name, &snapshot(name)));
    }
}

#[test]
fn the_order_of_the_schema_does_not_change_a_byte() {
    for name in ["activist_code", "every_rule"] {
        let snapshot = snapshot(name);
        let mut shuffled = snapshot.clone();
        shuffled.schema.mapping_types.reverse();
        shuffled.schema.resources.reverse();
        for (turn, mapping) in shuffled.schema.mapping_types.iter_mut().enumerate() {
            mapping.resource_types.reverse();
            let count = mapping.fields.len();
            if count > 0 {
                mapping.fields.rotate_left(turn % count);
                mapping.fields.swap(0, count - 1);
            }
            for field in &mut mapping.fields {
                field.parents.reverse();
                for parent in &mut field.parents {
                    if let Some(values) = &mut parent.limited_to_parent_values {
                        values.reverse();
                    }
                }
            }
        }
        for list in shuffled.schema.values.values_mut() {
            list.values.reverse();
        }
        assert_ne!(shuffled.schema, snapshot.schema);
        let (shuffled, straight) = (files(name, &shuffled), files(name, &snapshot));
        for ((path, text), (_, expected)) in shuffled.iter().zip(straight.iter()) {
            assert_eq!(text, expected, "{path}");
        }
        assert_eq!(shuffled, straight);
    }
}

/// A mapping type with optional text fields of these names.
fn with_fields(names: &[&str], names_lock: Option<String>) -> Snapshot {
    let fields: Vec<_> = names
        .iter()
        .map(|name| {
            serde_json::json!({ "name": name, "hasPredefinedValues": false, "isRequired": false, "canBeMappedToColumn": true })
        })
        .collect();
    let types = serde_json::json!([{
        "name": "Contact", "allowMultipleMode": "Multiple", "resourceTypes": ["Contacts"], "fields": fields
    }]);
    let mut documents: std::collections::BTreeMap<String, String> =
        [("mapping-types.json".to_owned(), types.to_string())].into();
    documents.extend(names_lock.map(|text| ("names.lock".to_owned(), text)));
    let (snapshot, findings) = Snapshot::parse(documents);
    assert_eq!(findings, []);
    snapshot
}

#[test]
fn a_field_that_appears_later_never_renames_an_old_one() {
    let config = CrateConfig::new("mappings", "a snapshot");
    let method = |snapshot: &Snapshot, wire: &str| {
        let generated = generate(snapshot, &config).unwrap();
        let text = generated.files.get("src/contact.rs").unwrap();
        let row = text.lines().find(|line| line.starts_with(&format!("/// | `{wire}` |"))).unwrap();
        row.split("(#method.").nth(1).unwrap().split(')').next().unwrap().to_owned()
    };
    let before = with_fields(&["e-mail"], None);
    assert_eq!(method(&before, "e-mail"), "e_mail");
    let lock = generate(&before, &config).unwrap().names_lock;

    let without_lock = with_fields(&["E Mail", "e-mail"], None);
    assert_eq!(method(&without_lock, "e-mail"), "e_mail_2", "the newcomer stands first in the alphabet");
    let with_lock = with_fields(&["E Mail", "e-mail"], Some(lock));
    assert_eq!(method(&with_lock, "e-mail"), "e_mail");
    assert_eq!(method(&with_lock, "E Mail"), "e_mail_2");
}
