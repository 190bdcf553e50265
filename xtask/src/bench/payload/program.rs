//! The program that builds and serializes a mapping in three ways.

use std::fmt::Write as _;
use std::path::Path;

use miette::{IntoDiagnostic as _, miette};
use van_bulk_codegen::ir::{Field, Mapping};
use van_bulk_codegen::{CrateConfig, generate};

use crate::bench::compile::contenders::{Design, Filling, ROW, filling, runtime};
use crate::bench::core::locks;
use crate::bench::core::schema::Schema;
use crate::bench::core::workspaces::Workspace;

/// The program, and the generated library that it uses.
pub(super) fn workspace(folder: &Path) -> miette::Result<Workspace> {
    let (snapshot, program) = Schema::new(1, 60).resolved()?;
    let mapping = program.mappings.first().ok_or_else(|| miette!("the made-up schema is empty"))?;
    let config = CrateConfig { runtime: runtime(), ..CrateConfig::new("lib", "a made-up schema") };
    let lib = generate(&snapshot, &config).into_diagnostic()?.files;
    let version = |package| locks::version(locks::REPOSITORY, package);
    // The versions that are told, whatever a lock file of an earlier run holds.
    let dependencies = format!(
        "van-bulk = {}\nserde = {{ version = \"={}\", features = [\"derive\"] }}\nserde_json = \"={}\"\n",
        runtime(),
        version("serde"),
        version("serde_json")
    );
    Workspace::write(folder.to_owned(), &lib, &text(mapping), &dependencies, locks::REPOSITORY)
}

fn text(mapping: &Mapping) -> String {
    let mut text = String::from(HEAD);
    text.push_str(ROW);
    let chain = Design::Ours.chain(mapping);
    // Writing to a string does not fail.
    let _ = write!(text, "\nfn ours() -> Vec<u8> {{\n    bytes(&mapping({chain}))\n}}\n");
    let _ = write!(
        text,
        "\nfn by_hand() -> Vec<u8> {{\n    bytes(&Mapping {{ name: {:?}, field_value_mappings: vec![\n",
        mapping.wire
    );
    for field in in_order(mapping) {
        let (column, text_value) = filled(field);
        let _ = writeln!(
            text,
            "        Field {{ field_name: {:?}, column_name: {column:?}, static_value: {text_value:?} }},",
            field.wire
        );
    }
    text.push_str("    ] })\n}\n");
    let _ = write!(
        text,
        "\nfn json() -> Vec<u8> {{\n    bytes(&json!({{ \"name\": {:?}, \"fieldValueMappings\": [\n",
        mapping.wire
    );
    for field in in_order(mapping) {
        let source = match filled(field) {
            (Some(column), _) => format!("\"columnName\": {column:?}"),
            (None, value) => format!("\"staticValue\": {:?}", value.unwrap_or_default()),
        };
        let _ = writeln!(text, "        {{ \"fieldName\": {:?}, {source} }},", field.wire);
    }
    text.push_str("    ] }))\n}\n");
    text
}

/// The fields in the order in which the builder fills them.
fn in_order(mapping: &Mapping) -> impl Iterator<Item = &Field> {
    mapping.required().chain(mapping.optional())
}

/// The column or the text that fills a field, as in the chain of setters.
fn filled(field: &Field) -> (Option<&str>, Option<&str>) {
    match filling(field) {
        Filling::Column => (Some("Column"), None),
        Filling::Text(text) | Filling::Id(text) => (None, Some(text)),
        Filling::Value(value) => (None, Some(&value.id)),
    }
}

const HEAD: &str = r#"//! Builds and serializes a mapping in three ways: `program <way> <times>`.
#![recursion_limit = "1024"]

use std::hint::black_box;
use std::time::Instant;

use lib::resource::Contacts;
use serde::Serialize;
use serde_json::json;
use van_bulk::mapping::Apply;
use van_bulk::payload::MappingType;
use van_bulk::{Column, Resource, column, raw, static_value};

/// A mapping as one would write it by hand.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Mapping {
    name: &'static str,
    field_value_mappings: Vec<Field>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Field {
    field_name: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    column_name: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    static_value: Option<&'static str>,
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let way = match arguments[1].as_str() {
        "ours" => ours,
        "struct" => by_hand,
        "json" => json,
        other => panic!("`{other}` is none of the ways"),
    };
    let times: u64 = arguments[2].parse().unwrap();
    let begun = Instant::now();
    let mut bytes = 0;
    for _ in 0..times {
        bytes = black_box(way()).len();
    }
    let seconds = begun.elapsed().as_secs_f64();
    if times > 1_000 {
        let of = |bytes: Vec<u8>| serde_json::from_slice::<serde_json::Value>(&bytes).unwrap();
        assert_eq!(ours(), by_hand());
        assert_eq!(of(ours()), of(json()));
    }
    println!("{{\"seconds\": {seconds}, \"bytes\": {bytes}}}");
}

fn mapping<M: Apply<Contacts, Row, <Contacts as Resource>::Start>>(builder: M) -> MappingType {
    builder.into_mapping()
}

fn bytes(mapping: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(mapping).unwrap()
}
"#;
