//! What the key may import.

use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::future::Future;

use futures_util::{StreamExt, TryStreamExt, stream};
use serde::Deserialize;
use serde_json::value::RawValue;
use url::Url;
use van_bulk_schema::finding::Location;
use van_bulk_schema::json::JsonPath;
use van_bulk_schema::{Finding, Schema, ValueList, read, snapshot};

use super::http::{Api, Reply};
use super::secrets::Secrets;
use super::steady::{self, Entries};
use super::{Client, ClientError, MAX_REPLY_BYTES, ValueSelection};

/// A list may not have more pages than this. Our own bound: VAN's pages usually hold 50 entries.
pub const MAX_PAGES: usize = 1_000;

/// All pages of a list, joined. `Debug` does not show the text.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Listing {
    /// A JSON array of the entries, each as VAN sent it: what the functions of [`van_bulk_schema::read`] read.
    pub text: String,
    /// How many entries there are.
    pub items: usize,
    /// How many there should be, according to the last page (`count`).
    pub count: Option<u64>,
    /// What the pages say in `count`, from the first one on, each number told when it differs from the one before: more than
    /// one if the list changed while its pages were fetched.
    pub counts: Vec<u64>,
    /// How many pages there were.
    pub pages: usize,
    /// The first entry of each page.
    pub(super) page_starts: Vec<usize>,
}

impl fmt::Debug for Listing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listing")
            .field("items", &self.items)
            .field("counts", &self.counts)
            .field("pages", &self.pages)
            .finish_non_exhaustive()
    }
}

impl Listing {
    /// The page of an entry, from 1.
    pub(super) fn page_of(&self, index: usize) -> usize {
        self.page_starts.partition_point(|start| *start <= index)
    }
}

/// Everything that the key may import, as fetched. `Debug` shows how much it is, not what VAN sent.
#[derive(Clone, Default)]
#[non_exhaustive]
pub struct Discovery {
    /// What the replies say.
    pub schema: Schema,
    /// Every problem of the replies, with its place in `documents`.
    pub findings: Vec<Finding>,
    /// Mapping type and field of the value lists that should exist but were answered with 404.
    pub missing_values: Vec<(String, String)>,
    /// Mapping type and field of the value lists that should exist and were not selected.
    pub left_out: Vec<(String, String)>,
    /// The text of every reply, all pages of a list in one: `mapping-types.json`, `resources.json`, and
    /// `values/{mapping type}.{field}` for value lists.
    pub documents: BTreeMap<String, String>,
}

impl fmt::Debug for Discovery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Discovery")
            .field("mapping_types", &self.schema.mapping_types.len())
            .field("resources", &self.schema.resources.len())
            .field("value_lists", &self.schema.values.len())
            .field("missing_values", &self.missing_values.len())
            .field("left_out", &self.left_out.len())
            .field("findings", &self.findings)
            .finish_non_exhaustive()
    }
}

/// How far a discovery is.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// Lists fetched.
    pub done: usize,
    /// Lists to fetch, as far as known: value lists are known once the mapping types are.
    pub total: usize,
    /// The list fetched last, such as `Phones.PhoneTypeID`.
    pub last: String,
}

impl<M> Client<M> {
    /// `GET /bulkImportMappingTypes`, all pages: for [`read::mapping_types`].
    ///
    /// # Errors
    /// When a request fails, a page cannot be read, or the pages lead to another host, in a circle or on for ever.
    pub async fn mapping_types(&self) -> Result<Listing, ClientError> {
        self.api.list(self.api.endpoint(&["bulkImportMappingTypes"])).await
    }

    /// `GET /bulkImportMappingTypes/{mappingTypeName}`, as a list of one entry: for [`read::mapping_types`]. `None` if VAN
    /// answers 404.
    ///
    /// # Errors
    /// When the request fails otherwise or the reply is no JSON object.
    pub async fn mapping_type(&self, name: &str) -> Result<Option<Listing>, ClientError> {
        let url = self.api.endpoint(&["bulkImportMappingTypes", name]);
        let Some(reply) = none_if_not_found(self.api.get(url)).await? else { return Ok(None) };
        let item: &RawValue = serde_json::from_str(&reply.text)
            .map_err(|error| reply.problem(format!("it is not JSON: {error}")))?;
        if !item.get().starts_with('{') {
            return Err(reply.problem("it is not a JSON object"));
        }
        let text = format!("[{}]", item.get());
        Ok(Some(Listing { text, items: 1, count: None, counts: Vec::new(), pages: 1, page_starts: vec![0] }))
    }

    /// `GET /bulkImportMappingTypes/{mappingTypeName}/{fieldName}/values`, all pages: for [`read::values`]. `None` if
    /// VAN answers 404.
    ///
    /// # Errors
    /// Those of [`mapping_types`](Self::mapping_types).
    pub async fn values(&self, mapping_type: &str, field: &str) -> Result<Option<Listing>, ClientError> {
        let url = self.api.endpoint(&["bulkImportMappingTypes", mapping_type, field, "values"]);
        none_if_not_found(self.api.list(url)).await
    }

    /// `GET /bulkImportJobs/resources`: for [`read::resources`].
    ///
    /// # Errors
    /// Those of [`mapping_types`](Self::mapping_types).
    pub async fn resources(&self) -> Result<Listing, ClientError> {
        self.api.list(self.api.endpoint(&["bulkImportJobs", "resources"])).await
    }

    /// Fetches the mapping types, the resource types and the selected value lists of fields that have predefined values, a
    /// few at a time, and calls `progress` after each list.
    ///
    /// Problems in the replies are findings; a value list that is answered with 404 is noted, and so is one that is not
    /// selected. A list whose pages contradict each other is fetched once more; the second answer counts, and what is still
    /// wrong with it is a finding: [`LIST_CHANGED`](super::LIST_CHANGED), [`DUPLICATE_ITEM`](super::DUPLICATE_ITEM) or
    /// [`COUNT_MISMATCH`](super::COUNT_MISMATCH).
    ///
    /// # Errors
    /// When any request fails otherwise, or `values` names a list that no field has; nothing is returned then.
    pub async fn discover(
        &self,
        values: &ValueSelection,
        mut progress: impl FnMut(&Progress),
    ) -> Result<Discovery, ClientError> {
        let mut found = Discovery::default();
        let mut state = Progress { done: 0, total: 2, last: String::new() };
        let mut step = |total: usize, last: String| {
            state = Progress { done: state.done + 1, total, last };
            progress(&state);
        };

        let types = self.mapping_types().await?;
        let types = if steady::is_worth_another_fetch(&types, Entries::MappingTypes) {
            self.mapping_types().await?
        } else {
            types
        };
        found.schema.mapping_types =
            read::mapping_types(&types.text, snapshot::MAPPING_TYPES, &mut found.findings);
        let (fields, left_out) = values.split(&found.schema, &self.api.secrets)?;
        found.left_out = left_out;
        let total = fields.len() + 2;
        found.keep(snapshot::MAPPING_TYPES, types, Entries::MappingTypes);
        step(total, "mapping types".to_owned());

        let resources = self.resources().await?;
        found.schema.resources = read::resources(&resources.text, snapshot::RESOURCES, &mut found.findings);
        found.keep(snapshot::RESOURCES, resources, Entries::ResourceTypes);
        step(total, "resource types".to_owned());

        let requests = fields.into_iter().map(|(mapping_type, field)| async move {
            let listing = self.steady_values(&mapping_type, &field).await?;
            Ok::<_, ClientError>((mapping_type, field, listing))
        });
        // Replies are taken in the order of the requests, so that the same replies give the same findings.
        let mut lists = stream::iter(requests).buffered(self.api.concurrency);
        while let Some((mapping_type, field, listing)) = lists.try_next().await? {
            step(total, self.api.secrets.line(&format!("{mapping_type}.{field}"), 200));
            match listing {
                Some(listing) => found.take_values(mapping_type, field, listing),
                None => found.missing_values.push((mapping_type, field)),
            }
        }
        found.findings =
            found.findings.into_iter().map(|finding| redacted(finding, &self.api.secrets)).collect();
        for finding in found.findings.iter().filter(|finding| steady::tells_of_pages(finding)) {
            tracing::warn!("{finding}");
        }
        Ok(found)
    }

    /// Fetches a value list, and once more if its pages contradict each other.
    async fn steady_values(&self, mapping_type: &str, field: &str) -> Result<Option<Listing>, ClientError> {
        let listing = self.values(mapping_type, field).await?;
        match &listing {
            Some(first) if steady::is_worth_another_fetch(first, Entries::Values) => {
                self.values(mapping_type, field).await
            }
            _ => Ok(listing),
        }
    }
}

impl Api {
    /// Fetches a list with all its pages.
    pub(super) async fn list(&self, first: Url) -> Result<Listing, ClientError> {
        let mut joined = Joined::default();
        let mut seen = HashSet::from([first.clone()]);
        let mut url = first;
        loop {
            let reply = self.get(url.clone()).await?;
            let page = Page::read(&reply)?;
            joined.add(&page, &reply)?;
            let Some(link) = page.next else { return Ok(joined.into_listing()) };
            let refuse = |problem: String| ClientError::Paging {
                request: reply.request.clone(),
                page: joined.pages,
                problem: reply.secrets.redact(&problem),
            };
            url = self.next_page(&url, &link).map_err(refuse)?;
            if !seen.insert(url.clone()) {
                return Err(refuse("it leads back to a page that was already read".to_owned()));
            }
            if joined.pages >= MAX_PAGES {
                return Err(refuse(format!("it has more than {MAX_PAGES} pages")));
            }
        }
    }

    /// The URL of the next page, if the credentials may go there.
    fn next_page(&self, current: &Url, link: &str) -> Result<Url, String> {
        let url = current.join(link).map_err(|error| format!("its `nextPageLink` is no URL ({error})"))?;
        let stays = url.scheme() == self.base.scheme()
            && url.host() == self.base.host()
            && url.port_or_known_default() == self.base.port_or_known_default();
        if !stays || !url.username().is_empty() || url.password().is_some() {
            return Err(format!(
                "its `nextPageLink` leads to {}, away from {}; it is not followed, as the API key would go along",
                self.secrets.url(&url),
                self.secrets.url(&self.base),
            ));
        }
        Ok(url)
    }
}

impl Discovery {
    fn take_values(&mut self, mapping_type: String, field: String, listing: Listing) {
        let document = format!("{}/{mapping_type}.{field}", snapshot::VALUES);
        let list: ValueList = read::values(&listing.text, &document, &mut self.findings);
        self.keep(&document, listing, Entries::Values);
        self.schema.values.insert((mapping_type, field), list);
    }

    fn keep(&mut self, document: &str, listing: Listing, entries: Entries) {
        self.findings.extend(steady::problems(&listing, entries, document));
        self.documents.insert(document.to_owned(), listing.text);
    }
}

/// A finding that cites no secret of the reply.
fn redacted(mut finding: Finding, secrets: &Secrets) -> Finding {
    if secrets.are_in(&finding.path()) {
        finding.location = Location::Path(JsonPath::root());
    }
    finding.document = secrets.redact(&finding.document);
    finding.message = secrets.redact(&finding.message);
    finding.help = finding.help.map(|help| secrets.redact(&help));
    finding
}

async fn none_if_not_found<T>(
    request: impl Future<Output = Result<T, ClientError>>,
) -> Result<Option<T>, ClientError> {
    match request.await {
        Ok(value) => Ok(Some(value)),
        Err(ClientError::NotFound(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The entries of the pages read by now, as the inside of a JSON array.
#[derive(Default)]
struct Joined {
    text: String,
    items: usize,
    pages: usize,
    page_starts: Vec<usize>,
    count: Option<u64>,
    counts: Vec<u64>,
}

impl Joined {
    fn add(&mut self, page: &Page<'_>, reply: &Reply) -> Result<(), ClientError> {
        self.page_starts.push(self.items);
        for item in &page.items {
            if self.items > 0 {
                self.text.push_str(",\n");
            }
            self.text.push_str(item.get());
            self.items += 1;
        }
        self.pages += 1;
        self.count = page.count;
        self.counts.extend(page.count.filter(|count| self.counts.last() != Some(count)));
        if self.text.len() as u64 > MAX_REPLY_BYTES {
            let (request, limit) = (reply.request.clone(), MAX_REPLY_BYTES);
            return Err(ClientError::TooLarge { request, limit });
        }
        Ok(())
    }

    fn into_listing(self) -> Listing {
        let Self { text, items, pages, page_starts, count, counts } = self;
        Listing { text: format!("[{text}]"), items, count, counts, pages, page_starts }
    }
}

/// One page of a list: VAN's envelope, or a bare array.
struct Page<'a> {
    items: Vec<&'a RawValue>,
    next: Option<String>,
    count: Option<u64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Envelope<'a> {
    #[serde(borrow)]
    items: Option<Vec<&'a RawValue>>,
    next_page_link: Option<String>,
    count: Option<u64>,
}

impl<'a> Page<'a> {
    fn read(reply: &'a Reply) -> Result<Self, ClientError> {
        let not_a_list = |error: serde_json::Error| {
            let error = reply.secrets.line(&error.to_string(), 300);
            let start = reply.secrets.line(&reply.text, 60);
            reply.problem(format!("it is not a list ({error}); it begins with `{start}`"))
        };
        if reply.text.trim_start().starts_with('[') {
            let items = serde_json::from_str(&reply.text).map_err(not_a_list)?;
            return Ok(Self { items, next: None, count: None });
        }
        let envelope: Envelope<'a> = serde_json::from_str(&reply.text).map_err(not_a_list)?;
        let Some(items) = envelope.items else {
            return Err(reply.problem("it has no list `items`"));
        };
        let next = envelope.next_page_link.filter(|link| !link.trim().is_empty());
        Ok(Self { items, next, count: envelope.count })
    }
}
