//! Puts the parts of an import where VAN can fetch them.
//!
//! VAN is not sent a file: it fetches the zip of a job from its `sourceUrl`. An [`UploadTarget`] is a place for such zips:
//! an object store with signed URLs, a folder that a web server publishes, loopback for an emulator, or a URL at which the
//! user has published the part already.
//!
//! Parts hold personal data, and their URLs open them to everyone who has one. So a [`SourceUrl`] is not shown in whole,
//! folders and published parts have `https` URLs unless they stay on this machine, and the secrets of a store are in no
//! error and no `Debug`. VAN's API key is not known here.
//!
//! The object stores of [`UploadTarget::from_url`] are behind the features `aws`, `gcs` and `azure`, which are off by
//! default, since they take long to compile. [`UploadTarget::store`] takes any store of the crate `object_store`.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

pub use object_store;
use object_store::ObjectStore;
use object_store::signer::Signer;
use time::OffsetDateTime;
use van_bulk_schema::text::printable;

mod cloud;
mod directory;
mod error;
mod loopback;
mod name;
mod part_file;
mod published;
mod reason;
mod source_url;
mod store;

pub use error::UploadError;
pub use source_url::SourceUrl;

use directory::Directory;
use loopback::Loopback;
use published::Published;
use store::Store;

/// The longest that a signed URL can be valid: 7 days, which is what Amazon S3 and Google Cloud Storage allow.
pub const MAX_VALID_FOR: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// How long a signed URL is valid unless it is said. VAN's docs do not tell when a job's file is fetched.
const VALID_FOR: Duration = Duration::from_secs(24 * 60 * 60);

/// A place where parts are put so that VAN can fetch them. Cheap to clone; clones are the same place.
///
/// ```
/// use std::path::Path;
/// use van_bulk_import::upload::{UploadError, UploadTarget};
///
/// async fn publish(part: &Path) -> Result<String, UploadError> {
///     let target = UploadTarget::directory("/srv/files", "https://files.example.org/")?.prefix("van");
///     target.put("3f9c/codes-001.zip", part).await?;
///     let url = target.url("3f9c/codes-001.zip").await?;
///     println!("VAN will fetch the part from {url}"); // shows the host alone
///     Ok(url.expose().to_owned()) // https://files.example.org/van/3f9c/codes-001.zip, for the job
/// }
/// ```
#[derive(Clone)]
pub struct UploadTarget {
    place: Arc<Place>,
    prefix: String,
    valid_for: Duration,
    is_checked: bool,
}

enum Place {
    Store(Store),
    Directory(Directory),
    Loopback(Loopback),
    Published(Published),
}

impl fmt::Debug for UploadTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = match &*self.place {
            Place::Store(store) => store.shown.clone(),
            Place::Directory(directory) => directory.shown(),
            Place::Loopback(loopback) => loopback.shown(),
            Place::Published(published) => published.shown(),
        };
        f.debug_struct("UploadTarget")
            .field("kind", &self.kind())
            .field("place", &place)
            .field("prefix", &self.prefix)
            .field("valid_for", &self.valid_for)
            .finish_non_exhaustive()
    }
}

impl UploadTarget {
    fn new(place: Place) -> Self {
        Self { place: Arc::new(place), prefix: String::new(), valid_for: VALID_FOR, is_checked: true }
    }

    /// Which place this is, for people and to tell it from others: a bucket or a folder, with the prefix. Nothing in it opens a
    /// part.
    pub fn place(&self) -> String {
        let place = match &*self.place {
            Place::Store(store) => store.shown.clone(),
            Place::Directory(directory) => directory.folder(),
            Place::Loopback(_) => "this machine".to_owned(),
            Place::Published(_) => "a URL of the user's".to_owned(),
        };
        if self.prefix.is_empty() { place } else { format!("{place}/{}", self.prefix) }
    }

    /// Any object store. The `signer` makes URLs that others can fetch objects of the store with; for those of the crate
    /// `object_store` that is the store itself.
    ///
    /// What the store writes to messages is shown without queries of URLs and without bodies of replies, but what else is
    /// a secret of the store cannot be known here.
    pub fn store(store: Arc<dyn ObjectStore>, signer: Arc<dyn Signer>) -> Self {
        let shown = printable(&store.to_string(), 100);
        Self::new(Place::Store(Store { store, signer, kind: "store", shown, secrets: Vec::new() }))
    }

    /// The object store of a URL: `s3://bucket/prefix`, `gs://bucket/prefix` or `az://container/prefix`.
    ///
    /// Credentials and settings come from the environment, as the crate `object_store` reads it: `AWS_ACCESS_KEY_ID`,
    /// `AWS_SECRET_ACCESS_KEY`, `AWS_REGION`, `AWS_ENDPOINT_URL`; `GOOGLE_APPLICATION_CREDENTIALS`;
    /// `AZURE_STORAGE_ACCOUNT_NAME`, `AZURE_STORAGE_ACCOUNT_KEY` and others of their kind. Without credentials there, those
    /// of the machine in its cloud are used. Nothing is sent yet.
    ///
    /// # Errors
    /// When the URL or a setting cannot be used, or the feature for this kind of store is not turned on.
    pub fn from_url(url: &str) -> Result<Self, UploadError> {
        // Those that are no text are none of theirs.
        let variables = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
        Self::from_url_with(url, variables)
    }

    /// The object store of a URL, with credentials and settings from these variables in place of the environment's.
    ///
    /// # Errors
    /// As [`from_url`](Self::from_url).
    pub fn from_url_with(
        url: &str,
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, UploadError> {
        let variables: Vec<(String, String)> = variables.into_iter().collect();
        let (store, prefix) = cloud::open(url, &variables)?;
        Ok(Self { prefix, ..Self::new(Place::Store(store)) })
    }

    /// A folder that a web server of the user's publishes at `public_url`. Files in it are readable by every user of this
    /// machine as far as its `umask` allows, and by everyone who knows or guesses their names.
    ///
    /// # Errors
    /// When `folder` is no folder, or `public_url` is not `https` (or `http` on a loopback host) or carries a user,
    /// password, query or fragment.
    pub fn directory(folder: impl Into<PathBuf>, public_url: &str) -> Result<Self, UploadError> {
        Ok(Self::new(Place::Directory(Directory::new(folder.into(), public_url)?)))
    }

    /// This machine, for an emulator that runs on it: copies of the parts are served on a free port of 127.0.0.1, under a
    /// path that cannot be guessed, and nothing else is. The server runs in the current Tokio runtime and ends, and the
    /// copies vanish, when the last clone is dropped.
    ///
    /// # Errors
    /// When no port is free or there is no temporary folder.
    pub async fn loopback() -> Result<Self, UploadError> {
        Ok(Self::new(Place::Loopback(Loopback::start().await?)))
    }

    /// A URL at which the user has published the only part already. [`put`](Self::put) checks that it is this part.
    ///
    /// # Errors
    /// When it is no URL, is not `https` (or `http` on a loopback host), or carries a user or password.
    pub fn published(url: &str) -> Result<Self, UploadError> {
        Ok(Self::new(Place::Published(Published::new(url)?)))
    }

    /// The same place without the check of what is [published](Self::published), for a URL that VAN can reach and this
    /// machine cannot.
    #[must_use]
    pub fn unchecked(self) -> Self {
        Self { is_checked: false, ..self }
    }

    /// The same place with all parts in this folder of it, which lies in the one that it had before. Slashes separate
    /// folders. [`put`](Self::put) and the others refuse one that leads elsewhere.
    #[must_use]
    pub fn prefix(self, prefix: &str) -> Self {
        let prefix = match (self.prefix.as_str(), prefix) {
            ("", prefix) | (prefix, "") => prefix.to_owned(),
            (before, prefix) => format!("{before}/{prefix}"),
        };
        Self { prefix, ..self }
    }

    /// The same place with another lifetime of signed URLs; 24 hours at first. It is brought between one second and
    /// [`MAX_VALID_FOR`].
    #[must_use]
    pub fn valid_for(self, duration: Duration) -> Self {
        Self { valid_for: duration.clamp(Duration::from_secs(1), MAX_VALID_FOR), ..self }
    }

    /// Puts the file of a part there under a name such as `3f9c/codes-001.zip`. What is there under that name is replaced.
    ///
    /// The file is read in pieces; no more than 8 MiB of it are in memory. Others find the whole part under its name or
    /// what was there before. An object store may keep pieces of a part if the program is killed in between: its rules for
    /// unfinished uploads remove them.
    ///
    /// For a [published](Self::published) part nothing is put: it is downloaded without credentials and compared with the
    /// file, unless the place is [unchecked](Self::unchecked).
    ///
    /// # Errors
    /// When the name leads elsewhere; the file is none, empty, larger than VAN takes, or changes while it is read; the
    /// place refuses it; or what is published is something else.
    pub async fn put(&self, name: &str, file: &Path) -> Result<(), UploadError> {
        let name = self.full_name(name)?;
        match &*self.place {
            Place::Store(store) => store.put(&name, file).await,
            Place::Directory(directory) => directory.put(&name, file).await,
            Place::Loopback(loopback) => loopback.put(&name, file).await,
            Place::Published(published) if self.is_checked => published.check(file).await,
            Place::Published(_) => Ok(()),
        }
    }

    /// The URL that VAN fetches the part of this name from. Whether the part is there is not asked.
    ///
    /// A signed URL is a new one each time. It is valid no longer than the credentials that signed it, which may be less
    /// than [`valid_until`](SourceUrl::valid_until) says.
    ///
    /// # Errors
    /// When the name leads elsewhere, or a URL cannot be signed.
    pub async fn url(&self, name: &str) -> Result<SourceUrl, UploadError> {
        let name = self.full_name(name)?;
        match &*self.place {
            Place::Store(store) => {
                // Before it is signed, so that it is not told to be valid for longer.
                let valid_until = OffsetDateTime::now_utc() + self.valid_for;
                Ok(SourceUrl::new(store.url(&name, self.valid_for).await?, Some(valid_until)))
            }
            Place::Directory(directory) => Ok(SourceUrl::new(directory.url(&name), None)),
            Place::Loopback(loopback) => Ok(SourceUrl::new(loopback.url(&name), None)),
            Place::Published(published) => Ok(SourceUrl::new(published.url(), None)),
        }
    }

    /// Removes the part of this name. One that is not there is no error; a [published](Self::published) one stays. In
    /// a published folder, what a program that was killed has left of the part goes, too, and so does the folder of the part
    /// when it becomes empty.
    ///
    /// # Errors
    /// When the name leads elsewhere, or the place refuses.
    pub async fn remove(&self, name: &str) -> Result<(), UploadError> {
        let name = self.full_name(name)?;
        match &*self.place {
            Place::Store(store) => store.remove(&name).await,
            Place::Directory(directory) => directory.remove(&name).await,
            Place::Loopback(loopback) => {
                loopback.remove(&name);
                Ok(())
            }
            Place::Published(_) => Ok(()),
        }
    }

    /// Whether the part of this name was fetched to its end since it was put, where that can be seen: on
    /// [loopback](Self::loopback) alone. The end was handed to the system then; whether it arrived is not known.
    pub fn was_fetched(&self, name: &str) -> Option<bool> {
        match &*self.place {
            Place::Loopback(loopback) => {
                Some(self.full_name(name).is_ok_and(|name| loopback.was_fetched(&name)))
            }
            _ => None,
        }
    }

    /// What kind of place it is, in one word: `s3`, `gcs`, `azure`, `store`, `directory`, `loopback` or `published`.
    pub fn kind(&self) -> &'static str {
        match &*self.place {
            Place::Store(store) => store.kind,
            Place::Directory(_) => "directory",
            Place::Loopback(_) => "loopback",
            Place::Published(_) => "published",
        }
    }

    /// How many parts there is room for, if not for any number: one if it is [published](Self::published) already.
    pub fn max_parts(&self) -> Option<usize> {
        matches!(&*self.place, Place::Published(_)).then_some(1)
    }

    fn full_name(&self, name: &str) -> Result<String, UploadError> {
        name::full_name(&self.prefix, name)
    }
}
