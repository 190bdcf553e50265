//! A program to begin with.

use std::path::Path;

use toml_edit::Value;
use van_bulk_codegen::Example;

use super::{below, slashed};
use crate::files;
use crate::workspace::{self, GeneratedCrate};

/// The files of the example, which is a crate of its own in a folder, by path.
pub(super) fn files(
    example: &Example,
    generated: &GeneratedCrate,
    runtime: String,
    folder: &Path,
) -> [(String, String); 2] {
    let (package, mappings) = (workspace::package_of(folder), &generated.config.package);
    let path = Value::from(slashed(&below(folder, &files::resolved(&generated.out))));
    let manifest = format!(
        "[package]\nname = {package:?}\nversion = \"0.1.0\"\nedition = \"2024\"\npublish = false\n\n[dependencies]\n\
         {mappings} = {{ path = {path} }}\nvan-bulk = {runtime}\nserde_json = \"1\"\n",
    );
    let columns: Vec<String> = example.columns.iter().map(|column| format!("//! - `{column}`")).collect();
    let main = format!(
        "//! Prints the JSON of a job, which `cargo van-bulk import rows.csv --job job.json` imports. Its file has these columns:\n\
         {}\n\n{}",
        columns.join("\n"),
        example.main
    );
    [("Cargo.toml".to_owned(), manifest), ("src/main.rs".to_owned(), main)]
}
