//! A program to begin with.

use std::path::{Path, PathBuf};

use van_bulk_codegen::Example;

use super::below;
use crate::workspace::{self, GeneratedCrate};

/// The files of the example, which is a crate of its own, by path.
pub(super) fn files(
    example: &Example,
    generated: &GeneratedCrate,
    runtime: String,
    folder: &Path,
) -> Vec<(PathBuf, String)> {
    let (package, mappings) = (workspace::package_of(folder), &generated.config.package);
    let manifest = format!(
        "[package]\nname = {package:?}\nversion = \"0.1.0\"\nedition = \"2024\"\npublish = false\n\n[dependencies]\n\
         {mappings} = {{ path = {:?} }}\nvan-bulk = {runtime}\nserde_json = \"1\"\n",
        below(folder, &workspace::absolute(&generated.out)),
    );
    let columns: Vec<String> = example.columns.iter().map(|column| format!("//! - `{column}`")).collect();
    let main = format!(
        "//! Prints the JSON of a job, which `cargo van-bulk import rows.csv --job job.json` imports. Its file has these columns:\n\
         {}\n\n{}",
        columns.join("\n"),
        example.main
    );
    vec![(folder.join("Cargo.toml"), manifest), (folder.join("src/main.rs"), main)]
}
