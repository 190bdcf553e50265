//! The discovery responses of one key, saved as a folder.
//!
//! ```text
//! snapshots/<profile>/
//!   mapping-types.json                 GET /bulkImportMappingTypes, all pages in one
//!   resources.json                     GET /bulkImportJobs/resources
//!   values/<mapping type>.<field>.json GET /bulkImportMappingTypes/{mappingTypeName}/{fieldName}/values, all pages in one
//!   profile.json                       optional: the database mode of the key, such as {"mode": "my-campaign"}
//!   digest.txt                         optional: the SHA-256 of the files above, as they were saved
//!   provenance.json                    optional: what is VAN's and what is made up
//!   overrides.toml                     optional: what people know beyond the responses
//!   names.lock                         optional: the Rust names that were given to VAN's names
//! ```
//!
//! Everything else in the folder belongs to people and is kept. The name of a value list's file is only a hint (it is
//! percent-encoded); the file itself says whose values it holds.

mod digest;
mod profile;
mod save;

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde_json::Value as Json;
use van_bulk::mode::DatabaseMode;

use crate::finding::{Finding, Severity};
use crate::json::JsonPath;
use crate::model::{Schema, ValueList};
use crate::overrides::{self, Places};
use crate::provenance::Provenance;
use crate::read;

/// The mapping types of a snapshot.
pub const MAPPING_TYPES: &str = "mapping-types.json";
/// The resource types of a snapshot.
pub const RESOURCES: &str = "resources.json";
/// The folder of a snapshot's value lists.
pub const VALUES: &str = "values";
/// What a snapshot says of the key that it was fetched with.
pub const PROFILE: &str = "profile.json";
/// The SHA-256 of what was fetched, written when a snapshot is saved.
pub const DIGEST: &str = "digest.txt";
/// The origin of the parts of a snapshot.
pub const PROVENANCE: &str = "provenance.json";

/// What people know beyond the responses.
pub const OVERRIDES: &str = "overrides.toml";

/// The Rust names that were given to VAN's names. Here it is a document like the others; the generator knows its format.
pub const NAMES_LOCK: &str = "names.lock";

/// What was fetched is no more what was saved with its digest.
pub const EDITED: &str = "snapshot::edited";

/// No file of a snapshot may be larger than this: 64 MiB.
pub const MAX_FILE_BYTES: u64 = 64 * 1024 * 1024;

/// A snapshot could not be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SnapshotError {
    /// The folder has no mapping types.
    #[error(
        "{} is no snapshot: it has no `{MAPPING_TYPES}`; fetch one with `cargo van-bulk fetch`",
        .0.display()
    )]
    NotASnapshot(PathBuf),
    /// A file is larger than [`MAX_FILE_BYTES`].
    #[error("{} is larger than {} MiB, the most that is read of one file", .0.display(), MAX_FILE_BYTES / 1024 / 1024)]
    TooLarge(PathBuf),
    /// A file is not text.
    #[error("{} is not UTF-8 text from byte {offset} on; save it as UTF-8, or fetch the snapshot again", .path.display())]
    NotUtf8 {
        /// The file.
        path: PathBuf,
        /// The first byte that is not UTF-8.
        offset: usize,
    },
    /// The file system refused.
    #[error("could not {action} {}", .path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// On which file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Something in the folder of a snapshot can be neither followed nor kept as it is.
    #[error(
        "{} is {kind}, which saving a snapshot neither follows nor copies; move it away and save again",
        .path.display()
    )]
    CannotKeep {
        /// What is in the way.
        path: PathBuf,
        /// What it is.
        kind: &'static str,
    },
    /// The new snapshot could not take the place of the old one, and the old one could not be put back.
    #[error(
        "could not replace {} ({source}), nor put back what was there ({restore}); it is now {}: move it back by hand",
        .folder.display(),
        .kept.display()
    )]
    NotRestored {
        /// Where the snapshot belongs.
        folder: PathBuf,
        /// Where the old one is now; the new one is beside it.
        kept: PathBuf,
        /// What the system said to replacing.
        source: io::Error,
        /// What it said to putting back.
        restore: io::Error,
    },
}

/// The discovery responses of one key, with the text they were read from.
#[derive(Debug, Clone, Default)]
pub struct Snapshot {
    /// What the responses say.
    pub schema: Schema,
    /// The database mode of the key; nothing if the snapshot does not tell.
    pub mode: Option<DatabaseMode>,
    /// What of it is made up; empty for a snapshot that was fetched.
    pub provenance: Provenance,
    /// The text of every document by its name, for showing the place of a finding.
    pub documents: BTreeMap<String, String>,
    /// The place of each mapping type in its document; nothing for one of which parts could not be read.
    pub places: Vec<Option<JsonPath>>,
    /// Where the overrides stand in their document.
    pub override_places: Places,
    /// Whether nothing of the mapping types is unreadable.
    pub(crate) is_whole: bool,
    /// The document of each value list, by mapping type and field.
    list_names: BTreeMap<(String, String), String>,
}

impl Snapshot {
    /// Reads a snapshot from its documents, by name. Every problem becomes a finding; what can be read is returned. Of
    /// several value lists for the same field, the one of the first name counts.
    pub fn parse(documents: BTreeMap<String, String>) -> (Self, Vec<Finding>) {
        let mut findings = Vec::new();
        let mut schema = Schema::default();
        let mut mode = None;
        let mut provenance = Provenance::default();
        let mut places = Vec::new();
        let mut override_places = Places::default();
        let mut list_names = BTreeMap::<_, String>::new();
        for (name, text) in &documents {
            match name.as_str() {
                MAPPING_TYPES => {
                    for placed in read::placed_mapping_types(text, name, &mut findings) {
                        schema.mapping_types.push(placed.mapping_type);
                        places.push(placed.place);
                    }
                }
                OVERRIDES => {
                    (schema.overrides, override_places) = overrides::read(text, name, &mut findings);
                }
                NAMES_LOCK | DIGEST => {}
                RESOURCES => schema.resources = read::resources(text, name, &mut findings),
                PROFILE => mode = profile::mode(text, name, &mut findings),
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
                    let Some((key, list)) = value_list(text, name, &mut findings) else { continue };
                    match list_names.entry(key.clone()) {
                        Entry::Occupied(first) => findings.push(second_list(name, first.get(), &key)),
                        Entry::Vacant(free) => {
                            free.insert(name.clone());
                            schema.values.insert(key, list);
                        }
                    }
                }
            }
        }
        findings.extend(digest::check(&documents));
        let is_whole = !findings
            .iter()
            .any(|finding| finding.severity == Severity::Error && finding.document == MAPPING_TYPES);
        (
            Self { schema, mode, provenance, documents, places, override_places, is_whole, list_names },
            findings,
        )
    }

    /// The name of the document that holds the values of a field; that of their folder if there is none.
    pub fn values_document(&self, mapping_type: &str, field: &str) -> &str {
        let key = (mapping_type.to_owned(), field.to_owned());
        self.list_names.get(&key).map_or(VALUES, String::as_str)
    }

    /// Reads the folder of a snapshot.
    ///
    /// # Errors
    /// When the folder has no mapping types, a file is too large, or the file system refuses. Problems *in* the files
    /// are findings, not errors.
    pub fn load(folder: &Path) -> Result<(Self, Vec<Finding>), SnapshotError> {
        Self::documents_in(folder).map(Self::parse)
    }

    /// Reads the documents of a snapshot from its folder, by name: all that [`Snapshot::parse`] and whoever generates from
    /// it depend on. A byte order mark in front of a document is left out.
    ///
    /// # Errors
    /// When the folder has no mapping types, a file is too large or no text, or the file system refuses.
    pub fn documents_in(folder: &Path) -> Result<BTreeMap<String, String>, SnapshotError> {
        if !folder.join(MAPPING_TYPES).is_file() {
            return Err(SnapshotError::NotASnapshot(folder.to_owned()));
        }
        let mut documents = BTreeMap::new();
        for name in [MAPPING_TYPES, RESOURCES, PROFILE, DIGEST, PROVENANCE, OVERRIDES, NAMES_LOCK] {
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
                if is_value_list(name) && path.is_file() {
                    documents.insert(format!("{VALUES}/{name}"), read_text(&path)?);
                }
            }
        }
        Ok(documents)
    }

    /// The documents of a schema, and of the database mode of its key if that is known, in the form in which they are saved.
    pub fn documents_of(schema: &Schema, mode: Option<DatabaseMode>) -> BTreeMap<String, String> {
        let mut documents = BTreeMap::new();
        documents.extend(mode.map(|mode| (PROFILE.to_owned(), profile::text(mode))));
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

    /// The documents of a schema that was fetched: [`documents_of`](Self::documents_of) it, and the digest by which
    /// [`load`](Self::load) knows whether somebody edited them since.
    pub fn fetched_documents(schema: &Schema, mode: Option<DatabaseMode>) -> BTreeMap<String, String> {
        let mut documents = Self::documents_of(schema, mode);
        documents.insert(DIGEST.to_owned(), digest::text(&documents));
        documents
    }

    /// Saves a schema, and the database mode of its key if that is known, as the folder's snapshot.
    ///
    /// Everything is written and synced beside the folder first, in a folder named `.snapshot-` and some letters, so a
    /// failure leaves what was there. Then the old folder is moved into that one and the new one takes its place. These
    /// are two steps: a crash between them leaves no snapshot under its name, but both of them whole, as `old` and `new`
    /// in the `.snapshot-` folder, from where one can be moved back by hand. A crash at another time may leave a
    /// `.snapshot-` folder to delete.
    ///
    /// Everything in the folder that is no part of a snapshot is kept, in sub-folders too; symbolic links are kept as
    /// links. The folder itself and its `values` must not be links. `profile.json` is replaced, or removed without a mode.
    /// `digest.txt` is written, by which [`load`](Self::load) knows whether somebody edited what was fetched.
    /// `provenance.json` is not kept, nor is the `PROVENANCE.md` beside it: they tell what is made up in what was there
    /// before.
    ///
    /// # Errors
    /// When the file system refuses, or the folder holds something that can be neither followed nor kept.
    pub fn save(schema: &Schema, mode: Option<DatabaseMode>, folder: &Path) -> Result<(), SnapshotError> {
        save::save(&Self::fetched_documents(schema, mode), folder)
    }
}

/// Whether a file of this name in the folder of value lists is one.
fn is_value_list(name: &str) -> bool {
    name.ends_with(".json")
}

fn second_list(document: &str, first: &str, (mapping_type, field): &(String, String)) -> Finding {
    Finding::error(
        read::DUPLICATE_VALUE_LIST,
        document,
        JsonPath::root(),
        format!(
            "`{first}` and `{document}` are both the value list of the field `{field}` of `{mapping_type}`; `{first}` \
             is the one that counts"
        ),
    )
    .help("delete one of the two files, or correct its `mappingType` and `field`")
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
    Some(((mapping_type?, field?), read::values_in(&json, document, findings)))
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
    // Not twice of it, which a text that grows would take.
    let len = file.metadata().map_or(0, |metadata| metadata.len().min(MAX_FILE_BYTES));
    let mut bytes = Vec::with_capacity(usize::try_from(len).unwrap_or_default() + 1);
    file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes).map_err(|source| io_error("read", path, source))?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(SnapshotError::TooLarge(path.to_owned()));
    }
    let text = String::from_utf8(bytes).map_err(|error| SnapshotError::NotUtf8 {
        path: path.to_owned(),
        offset: error.utf8_error().valid_up_to(),
    })?;
    // Some editors put a byte order mark in front.
    Ok(match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_owned(),
        None => text,
    })
}

fn io_error(action: &'static str, path: &Path, source: io::Error) -> SnapshotError {
    SnapshotError::Io { action, path: path.to_owned(), source }
}
