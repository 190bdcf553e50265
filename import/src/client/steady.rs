//! Whether a list stayed the same while its pages were fetched.
//!
//! VAN's docs do not say what happens to pages when a list changes meanwhile. Pages are cut by position (`$skip`), so an entry
//! that is added or removed moves others over the edge of a page: they come twice, or not at all.

use std::collections::HashMap;

use serde_json::value::RawValue;
use serde_json::{Map, Value as Json};
use van_bulk_schema::Finding;
use van_bulk_schema::json::JsonPath;
use van_bulk_schema::text::printable;

use super::discovery::Listing;

/// A list says that it has another number of entries than it has.
pub const COUNT_MISMATCH: &str = "client::count-mismatch";

/// An entry of one page of a list comes again on a later page: a warning for values, of which the first counts, and an error
/// for mapping types.
pub const DUPLICATE_ITEM: &str = "client::duplicate-item";

/// The pages of one list say different numbers of entries.
pub const LIST_CHANGED: &str = "client::list-changed";

/// How much of a name is shown, in characters.
const SHOWN: usize = 100;

/// What a list holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Entries {
    MappingTypes,
    ResourceTypes,
    Values,
}

impl Entries {
    /// The key that tells one entry from another. Resource types are bare strings without pages.
    fn key(self) -> Option<&'static str> {
        match self {
            Self::MappingTypes => Some("name"),
            Self::ResourceTypes => None,
            Self::Values => Some("id"),
        }
    }
}

/// Whether another fetch may give a better list: only one of several pages can change on the way.
pub(super) fn is_worth_another_fetch(listing: &Listing, entries: Entries) -> bool {
    listing.pages > 1 && !problems(listing, entries, "").is_empty()
}

/// What the pages of a list contradict each other in.
pub(super) fn problems(listing: &Listing, entries: Entries, document: &str) -> Vec<Finding> {
    // A list that changed has the right number of entries by chance only.
    let count = list_changed(listing, document).or_else(|| count_mismatch(listing, document));
    count.into_iter().chain(duplicate_item(listing, entries, document)).collect()
}

fn list_changed(listing: &Listing, document: &str) -> Option<Finding> {
    let [first, other, ..] = listing.counts[..] else { return None };
    let message = format!(
        "the pages of the list contradict each other: one says that it has {first} entries, a later one \
         {other}; entries may be missing or come twice"
    );
    Some(
        Finding::error(LIST_CHANGED, document, JsonPath::root(), message)
            .help("somebody changes the list right now; fetch again when that is done"),
    )
}

fn count_mismatch(listing: &Listing, document: &str) -> Option<Finding> {
    let count = listing.count.filter(|count| *count != listing.items as u64)?;
    let message = format!(
        "VAN says that the list has {count} entries, but its {} pages hold {}",
        listing.pages, listing.items
    );
    Some(
        Finding::warning(COUNT_MISMATCH, document, JsonPath::root(), message)
            .help("fetch again; the list may have changed meanwhile"),
    )
}

/// The first entry that is on an earlier page already; how many more there are is told with it.
fn duplicate_item(listing: &Listing, entries: Entries, document: &str) -> Option<Finding> {
    let key = entries.key()?;
    let items: Vec<&RawValue> = serde_json::from_str(&listing.text).ok()?;
    let mut pages = HashMap::new();
    let mut duplicates = Vec::new();
    for (index, item) in items.into_iter().enumerate() {
        let Some(identity) = identity(item, key) else { continue };
        let page = listing.page_of(index);
        let first = *pages.entry(identity.clone()).or_insert(page);
        if first != page {
            duplicates.push((index, identity, first, page));
        }
    }
    let (index, identity, first, page) = duplicates.first()?;
    let mut message = format!(
        "the entry with the {key} `{}` is on page {first} and again on page {page}",
        printable(identity, SHOWN)
    );
    if duplicates.len() > 1 {
        message.push_str(&format!("; so are {} more", duplicates.len() - 1));
    }
    message.push_str("; others may be missing");
    let place = JsonPath::root().index(*index).key(key);
    let finding = match entries {
        Entries::Values => Finding::warning(DUPLICATE_ITEM, document, place, message),
        Entries::MappingTypes | Entries::ResourceTypes => {
            Finding::error(DUPLICATE_ITEM, document, place, message)
        }
    };
    Some(finding.help("fetch again; the list may have changed while its pages were fetched"))
}

/// What an entry is told from others by; ids may be numbers or strings.
fn identity(item: &RawValue, key: &str) -> Option<String> {
    let object: Map<String, Json> = serde_json::from_str(item.get()).ok()?;
    match object.get(key)? {
        Json::String(text) => Some(text.clone()),
        Json::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Whether a finding tells that a list may not be whole.
pub(super) fn tells_of_pages(finding: &Finding) -> bool {
    [COUNT_MISMATCH, DUPLICATE_ITEM, LIST_CHANGED].contains(&finding.code)
}
