//! The snapshot that VAN gives now, in memory.

use std::path::Path;

use miette::IntoDiagnostic as _;
use van_bulk_import::client::ValueSelection;
use van_bulk_import::{Client, Credentials};
use van_bulk_schema::Snapshot;
use van_bulk_schema::snapshot::{NAMES_LOCK, OVERRIDES};

use super::{Named, from_documents, from_folder};
use crate::fetch;

/// A client with the credentials of the environment.
pub(crate) fn client(base_url: &str) -> miette::Result<Client> {
    Client::new(base_url, Credentials::from_env().into_diagnostic()?).into_diagnostic()
}

/// Fetches everything. What people know of the key, and the Rust names given so far, are those of the snapshot in `folder`.
pub(crate) async fn fetched(client: &Client, base_url: &str, folder: &Path) -> miette::Result<Named> {
    let known = from_folder(folder)?.snapshot.documents;
    let discovery = fetch::discover_whole(client, base_url, &ValueSelection::All).await?;
    let mut documents = Snapshot::documents_of(&discovery.schema, Some(client.mode()));
    documents.extend(known.into_iter().filter(|(name, _)| name == OVERRIDES || name == NAMES_LOCK));
    from_documents(base_url.to_owned(), documents)
}
