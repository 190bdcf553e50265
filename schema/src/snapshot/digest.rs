//! Whether a saved snapshot is still what was saved: `digest.txt`.

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};

use super::{DIGEST, EDITED, MAPPING_TYPES, PROFILE, RESOURCES, VALUES};
use crate::finding::Finding;
use crate::json::JsonPath;

/// The text of the file: the SHA-256 of the documents that are fetched, by name. What people write themselves does not count,
/// and neither does the kind of line ends, which git may change.
pub(super) fn text(documents: &BTreeMap<String, String>) -> String {
    let mut hash = Sha256::new();
    for (name, text) in documents.iter().filter(|(name, _)| is_fetched(name)) {
        let text = text.replace("\r\n", "\n");
        for part in [name.as_str(), &text] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
    }
    let hex: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{hex}\n")
}

fn is_fetched(name: &str) -> bool {
    let is_value_list = name.strip_prefix(VALUES).is_some_and(|rest| rest.starts_with('/'));
    [MAPPING_TYPES, RESOURCES, PROFILE].contains(&name) || is_value_list
}

/// A warning if the documents are others than those that were saved with their digest.
pub(super) fn check(documents: &BTreeMap<String, String>) -> Option<Finding> {
    let saved = documents.get(DIGEST)?;
    if saved.trim() == text(documents).trim() {
        return None;
    }
    let message = "the snapshot was edited since it was fetched: its documents do not have this digest";
    Some(Finding::warning(EDITED, DIGEST, JsonPath::root(), message.to_owned()).help(
        "fetch it again, and write what you know beyond it into `overrides.toml`; delete this file if the edit is meant",
    ))
}
