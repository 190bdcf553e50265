//! The discovery responses of one key, saved as a folder.
//!
//! ```text
//! snapshots/<profile>/
//!   mapping-types.json                 GET /bulkImportMappingTypes, all pages in one
//!   resources.json                     GET /bulkImportJobs/resources
//!   values/<mapping type>.<field>.json GET /bulkImportMappingTypes/{mappingTypeName}/{fieldName}/values, all pages in one
//!   provenance.json                    optional: what is VAN's and what is made up
//! ```
//!
//! Other files in the folder belong to people and are kept. The name of a value list's file is only a hint (it is
//! percent-encoded); the file itself says whose values it holds.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde_json::Value as Json;

use crate::finding::Finding;
use crate::json::JsonPath;
use crate::model::{Schema, ValueList};
use crate::provenance::Provenance;
use crate::read;

/// The mapping types of a snapshot.
pub const MAPPING_TYPES: &str = "mapping-types.json";
/// The resource types of a snapshot.
pub const RESOURCES: &str = "resources.json";
/// The folder of a snapshot's value lists.
pub const VALUES: &str = "values";
/// The origin of the parts of a snapshot.
pub const PROVENANCE: &str = "provenance.json";

/// No file of a snapshot may be larger than this: 64 MiB.
pub const MAX_FILE_BYTES: u64 = 64 * 1024 * 1024;

/// A snapshot could not be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SnapshotError {
    /// The folder has no mapping types.
    #[error(
        "{} is no snapshot: it has no `{MAPPING_TYPES}`; fetch one with `cargo xtask fetch`",
        .0.display()
    )]
    NotASnapshot(PathBuf),
    /// A file is larger than [`MAX_FILE_BYTES`].
    #[error("{} is larger than {} MiB, the most that is read of one file", .0.display(), MAX_FILE_BYTES / 1024 / 1024)]
    TooLarge(PathBuf),
    /// The file system refused.
    #[error("could not {action} {}: {source}", .path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// On which file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// The discovery responses of one key, with the text they were read from.
#[derive(Debug, Clone, Default)]
pub struct Snapshot {
    /// What the responses say.
    pub schema: Schema,
    /// What of it is made up; empty for a snapshot that was fetched.
    pub provenance: Provenance,
    /// The text of every document by its name, for showing the place of a finding.
    pub documents: BTreeMap<String, String>,
    /// The place of each mapping type in its document; nothing for one of which parts could not be read.
    pub places: Vec<Option<JsonPath>>,
}

impl Snapshot {
    /// Reads a snapshot from its documents, by name. Every problem becomes a finding; what can be read is returned.
    pub fn parse(documents: BTreeMap<String, String>) -> (Self, Vec<Finding>) {
        let mut findings = Vec::new();
        let mut schema = Schema::default();
        let mut provenance = Provenance::default();
        let mut places = Vec::new();
        for (name, text) in &documents {
            match name.as_str() {
                MAPPING_TYPES => {
                    for placed in read::placed_mapping_types(text, name, &mut findings) {
                        schema.mapping_types.push(placed.mapping_type);
                        places.push(placed.place);
                    }
                }
                RESOURCES => schema.resources = read::resources(text, name, &mut findings),
                PROVENANCE => match serde_json::from_str(text) {
                    Ok(read) => provenance = read,
                    Err(error) => findings.push(Finding {
                        location: crate::finding::Location::Offset(crate::json::offset(
                            text,
                            error.line(),
                            error.column(),
                        )),
                        ..Finding::error(
                            read::WRONG_TYPE,
                            name,
                            JsonPath::root(),
                            format!("this is no provenance file: {error}"),
                        )
                    }),
                },
                _ => {
                    if let Some((key, list)) = value_list(text, name, &mut findings) {
                        schema.values.insert(key, list);
                    }
                }
            }
        }
        (Self { schema, provenance, documents, places }, findings)
    }

    /// Reads the folder of a snapshot.
    ///
    /// # Errors
    /// When the folder has no mapping types, a file is too large, or the file system refuses. Problems *in* the files
    /// are findings, not errors.
    pub fn load(folder: &Path) -> Result<(Self, Vec<Finding>), SnapshotError> {
        if !folder.join(MAPPING_TYPES).is_file() {
            return Err(SnapshotError::NotASnapshot(folder.to_owned()));
        }
        let mut documents = BTreeMap::new();
        for name in [MAPPING_TYPES, RESOURCES, PROVENANCE] {
            let path = folder.join(name);
            if path.is_file() {
                documents.insert(name.to_owned(), read_text(&path)?);
            }
        }
        let values = folder.join(VALUES);
        if values.is_dir() {
            let entries = fs::read_dir(&values).map_err(|source| io_error("list", &values, source))?;
            for entry in entries {
                let path = entry.map_err(|source| io_error("list", &values, source))?.path();
                let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
                if name.ends_with(".json") {
                    documents.insert(format!("{VALUES}/{name}"), read_text(&path)?);
                }
            }
        }
        Ok(Self::parse(documents))
    }

    /// The documents of a schema in the form in which they are saved.
    pub fn documents_of(schema: &Schema) -> BTreeMap<String, String> {
        let mut documents = BTreeMap::new();
        documents.insert(MAPPING_TYPES.to_owned(), pretty(&Items { items: &schema.mapping_types }));
        documents.insert(RESOURCES.to_owned(), pretty(&schema.resources));
        for ((mapping_type, field), list) in &schema.values {
            let file = ValuesFile { mapping_type, field, items: &list.values };
            let hint = format!("{VALUES}/{}.{}", encode(mapping_type), encode(field));
            // File systems that ignore case would hold two such names in one file.
            let mut name = format!("{hint}.json");
            let mut number = 2;
            while documents.keys().any(|taken: &String| taken.eq_ignore_ascii_case(&name)) {
                name = format!("{hint}~{number}.json");
                number += 1;
            }
            documents.insert(name, pretty(&file));
        }
        documents
    }

    /// Saves a schema as the folder's snapshot. Everything is written beside it first, so a failure leaves what was
    /// there; files of the folder that are no part of a fetched snapshot are kept.
    ///
    /// # Errors
    /// When the file system refuses.
    pub fn save(schema: &Schema, folder: &Path) -> Result<(), SnapshotError> {
        let parent = match folder.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        fs::create_dir_all(parent).map_err(|source| io_error("create", parent, source))?;
        let staging = tempfile::Builder::new()
            .prefix(".snapshot-")
            .tempdir_in(parent)
            .map_err(|source| io_error("write in", parent, source))?;
        let new = staging.path().join("new");
        fs::create_dir_all(new.join(VALUES)).map_err(|source| io_error("create", &new, source))?;
        for (name, text) in Self::documents_of(schema) {
            let path = new.join(name);
            let written = fs::File::create(&path).and_then(|mut file| {
                file.write_all(text.as_bytes())?;
                file.sync_all()
            });
            written.map_err(|source| io_error("write", &path, source))?;
        }
        if folder.exists() {
            keep_other_files(folder, &new)?;
            let old = staging.path().join("old");
            fs::rename(folder, &old).map_err(|source| io_error("replace", folder, source))?;
            if let Err(source) = fs::rename(&new, folder) {
                // Put back what was there; the first error is the one to tell.
                let _ = fs::rename(&old, folder);
                return Err(io_error("replace", folder, source));
            }
            return Ok(());
        }
        fs::rename(&new, folder).map_err(|source| io_error("create", folder, source))
    }
}

fn keep_other_files(from: &Path, to: &Path) -> Result<(), SnapshotError> {
    let entries = fs::read_dir(from).map_err(|source| io_error("list", from, source))?;
    for entry in entries {
        let entry = entry.map_err(|source| io_error("list", from, source))?;
        let target = to.join(entry.file_name());
        if entry.path().is_file() && !target.exists() {
            fs::copy(entry.path(), &target).map_err(|source| io_error("copy", &entry.path(), source))?;
        }
    }
    Ok(())
}

fn value_list(
    text: &str,
    document: &str,
    findings: &mut Vec<Finding>,
) -> Option<((String, String), ValueList)> {
    let json = read::json(text, document, findings)?;
    let mut name = |key: &str| match json.get(key) {
        Some(Json::String(name)) => Some(name.clone()),
        _ => {
            findings.push(
                Finding::error(
                    read::MISSING_KEY,
                    document,
                    JsonPath::root(),
                    format!("the key `{key}` is missing or not a string"),
                )
                .help("a saved value list names its mapping type (`mappingType`) and its field (`field`)"),
            );
            None
        }
    };
    let mapping_type = name("mappingType");
    let field = name("field");
    Some(((mapping_type?, field?), read::values(text, document, findings)))
}

#[derive(Serialize)]
struct Items<'a, T> {
    items: &'a [T],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ValuesFile<'a> {
    mapping_type: &'a str,
    field: &'a str,
    items: &'a [crate::model::Value],
}

fn pretty(value: &impl Serialize) -> String {
    // The model holds strings, booleans and JSON values only, which always serialize.
    let mut text = serde_json::to_string_pretty(value).unwrap_or_default();
    text.push('\n');
    text
}

/// Percent-encodes everything that a file name might not hold.
fn encode(name: &str) -> String {
    let mut encoded = String::with_capacity(name.len());
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-' {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    // Most file systems allow 255 bytes; the file itself holds the whole name.
    encoded.truncate(100);
    encoded
}

fn read_text(path: &Path) -> Result<String, SnapshotError> {
    let file = fs::File::open(path).map_err(|source| io_error("open", path, source))?;
    let mut text = String::new();
    file.take(MAX_FILE_BYTES + 1)
        .read_to_string(&mut text)
        .map_err(|source| io_error("read", path, source))?;
    if text.len() as u64 > MAX_FILE_BYTES {
        return Err(SnapshotError::TooLarge(path.to_owned()));
    }
    Ok(text)
}

fn io_error(action: &'static str, path: &Path, source: io::Error) -> SnapshotError {
    SnapshotError::Io { action, path: path.to_owned(), source }
}
