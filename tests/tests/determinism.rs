//! The same schema gives the same bytes. That the crates in `tests/golden` are what their snapshots generate is tested
//! by `xtask`; they are members of the workspace, so that they are compiled, documented and tested like any crate.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use std::path::Path;

use van_bulk_codegen::{Config, Files, generate};
use van_bulk_schema::Snapshot;

fn snapshot(name: &str) -> Snapshot {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden").join(name).join("snapshot");
    let (snapshot, findings) = Snapshot::load(&folder).unwrap();
    assert_eq!(findings, [], "{name}");
    snapshot
}

fn files(name: &str, snapshot: &Snapshot) -> Files {
    generate(snapshot, &Config::new(name, "a snapshot")).unwrap().files
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
