//! Why a part could not be put where VAN can fetch it.

use std::io;
use std::path::{Path, PathBuf};

use van_bulk_schema::text::printable;

use crate::rows::MAX_ZIP_BYTES;

/// A part could not be put, signed or removed. No message shows a secret of a store, or a query, user or unguessable path
/// of a URL.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum UploadError {
    /// Parts cannot be put there at all.
    #[error("{target} is no place for parts: {problem}")]
    Target {
        /// What was given, as it may be shown.
        target: String,
        /// Why, and what to do.
        problem: String,
    },
    /// The object store of a URL was left out when the program was compiled.
    #[error(
        "this program cannot put parts in {target}: it was compiled without this kind of store; turn on the feature \
         `{feature}` of van-bulk-import"
    )]
    MissingFeature {
        /// The store, such as `s3://bucket`.
        target: String,
        /// The feature of van-bulk-import.
        feature: &'static str,
    },
    /// The name of a part, or the prefix in front of it, leads elsewhere or is none that every place can have.
    #[error("`{}` is no name for a part: {problem}; use one such as `3f9c/codes-001.zip`", printable(.name, 200))]
    Name {
        /// The prefix and the name.
        name: String,
        /// Why.
        problem: &'static str,
    },
    /// The file of a part is none that VAN takes.
    #[error("{} is no part: {problem}; VAN takes zips of at most {MAX_ZIP_BYTES} bytes", .path.display())]
    Part {
        /// The file.
        path: PathBuf,
        /// Why.
        problem: String,
    },
    /// The file of a part became shorter or longer while it was read.
    #[error("{} changed while it was read; put it again once nothing writes to it", .path.display())]
    Changed {
        /// The file.
        path: PathBuf,
    },
    /// The object store refused, or could not be reached.
    #[error("could not {action} {name} in {store}: {reason}")]
    Store {
        /// What was tried.
        action: &'static str,
        /// The name of the part, with its prefix.
        name: String,
        /// The store, such as `s3://bucket`.
        store: String,
        /// What the store or the network said, without secrets.
        reason: String,
    },
    /// A part is in another place than the one that is given.
    #[error(
        "it was put into {place}, and {here} is another place; give the place that the import was started with"
    )]
    Elsewhere {
        /// Where it was put.
        place: String,
        /// The place that was given.
        here: String,
    },
    /// What was published could not be fetched.
    #[error("the part that is published at {url} could not be fetched: {problem}")]
    Fetch {
        /// The URL as it may be shown.
        url: String,
        /// Why, and what to do.
        problem: String,
    },
    /// What was published is not the part.
    #[error(
        "what is published at {url} is not {}: {difference}; upload that file there again, or give the URL under which it \
         is published", .part.display()
    )]
    Differs {
        /// The URL as it may be shown.
        url: String,
        /// The file of the part.
        part: PathBuf,
        /// The first difference.
        difference: String,
    },
    /// The HTTP client or server could not be set up.
    #[error("could not {action}: {source}")]
    SetUp {
        /// What was tried.
        action: &'static str,
        /// What the system said.
        source: io::Error,
    },
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

impl UploadError {
    /// For `map_err` of an operation on a file or folder.
    pub(super) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { action, path: path.to_owned(), source }
    }
}
