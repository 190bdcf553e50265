//! The generated crates in `tests/golden` are what their snapshots generate. They are members of the workspace, so that
//! they are compiled, documented and tested like any crate. To accept changes: `BLESS=1 cargo test -p van-bulk-tests --test golden`.

use std::path::{Path, PathBuf};

use van_bulk_codegen::{Config, Files, generate};
use van_bulk_schema::Snapshot;

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("golden").join(name)
}

fn snapshot(name: &str) -> Snapshot {
    let (snapshot, findings) = Snapshot::load(&folder(name).join("snapshot")).unwrap();
    assert_eq!(findings, [], "{name}");
    snapshot
}

fn files(name: &str, snapshot: &Snapshot) -> Files {
    let config = Config {
        command: "BLESS=1 cargo test -p van-bulk-tests --test golden".to_owned(),
        runtime: "{ workspace = true }".to_owned(),
        inherit_workspace: true,
        ..Config::new(format!("golden-{}", name.replace('_', "-")), format!("tests/golden/{name}/snapshot"))
    };
    generate(snapshot, &config).unwrap().files
}

fn compare(name: &str) {
    let files = files(name, &snapshot(name));
    if std::env::var_os("BLESS").is_some() {
        files.write(&folder(name)).unwrap();
    }
    let differences = files.compare(&folder(name)).unwrap();
    let shown: Vec<String> = differences.iter().map(ToString::to_string).collect();
    assert!(shown.is_empty(), "{}", shown.join("\n"));
}

#[test]
fn the_attested_activist_code_generates_its_golden_crate() {
    compare("activist_code");
}

#[test]
fn a_schema_with_every_rule_and_hostile_text_generates_its_golden_crate() {
    compare("every_rule");
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
