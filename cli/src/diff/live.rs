//! The snapshot that VAN gives now, in memory.

use std::path::Path;

use van_bulk_import::Client;
use van_bulk_schema::Snapshot;
use van_bulk_schema::snapshot::{NAMES_LOCK, OVERRIDES};

use super::{Named, from_documents, from_folder};
use crate::fetch::{self, Wanted};
use crate::workspace::Workspace;

/// Fetches what is wanted. What people know of the key, and the Rust names given so far, are those of the snapshot in `folder`.
pub(crate) async fn fetched(
    client: &Client,
    wanted: &Wanted,
    folder: &Path,
    workspace: &Workspace,
) -> miette::Result<Named> {
    let known = from_folder(folder, workspace)?.snapshot.documents;
    let (schema, _) = fetch::whole(client, wanted, folder).await?;
    let mut documents = Snapshot::documents_of(&schema, Some(client.mode()));
    documents.extend(known.into_iter().filter(|(name, _)| name == OVERRIDES || name == NAMES_LOCK));
    from_documents(client.base_url().to_owned(), documents, workspace)
}
