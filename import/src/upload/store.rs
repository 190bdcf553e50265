//! Parts in an object store.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use object_store::path::Path as ObjectPath;
use object_store::signer::{Method, Signer};
use object_store::{Error, MultipartUpload, ObjectStore, ObjectStoreExt as _};
use secrecy::SecretString;
use url::Url;

use super::UploadError;
use super::part_file::PartFile;
use super::reason::reason;

/// A part of at most so many bytes is sent at once, a larger one in pieces of so many: 8 MiB. Amazon S3 takes no smaller
/// pieces than 5 MiB.
const PIECE: usize = 8 * 1024 * 1024;

pub(super) struct Store {
    pub(super) store: Arc<dyn ObjectStore>,
    pub(super) signer: Arc<dyn Signer>,
    pub(super) kind: &'static str,
    /// The store for messages, such as `s3://bucket`.
    pub(super) shown: String,
    /// What no message may repeat.
    pub(super) secrets: Vec<SecretString>,
}

impl Store {
    pub(super) async fn put(&self, name: &str, file: &Path) -> Result<(), UploadError> {
        let path = self.path(name)?;
        let mut part = PartFile::open(file).await?;
        let first = part.next(PIECE).await?;
        if first.len() as u64 == part.bytes() {
            self.store.put(&path, first.into()).await.map_err(self.failed("put", name))?;
            return Ok(());
        }
        let mut upload = self.store.put_multipart(&path).await.map_err(self.failed("put", name))?;
        let sent = self.send(name, first, part, upload.as_mut()).await;
        if sent.is_err() {
            // The first error tells more than that the pieces could not be removed.
            let _ = upload.abort().await;
        }
        sent
    }

    /// Sends a part in pieces, one after the other, so that no more than one is in memory.
    async fn send(
        &self,
        name: &str,
        mut piece: Vec<u8>,
        mut part: PartFile,
        upload: &mut dyn MultipartUpload,
    ) -> Result<(), UploadError> {
        while !piece.is_empty() {
            upload.put_part(piece.into()).await.map_err(self.failed("put", name))?;
            piece = part.next(PIECE).await?;
        }
        upload.complete().await.map_err(self.failed("put", name))?;
        Ok(())
    }

    pub(super) async fn url(&self, name: &str, valid_for: Duration) -> Result<Url, UploadError> {
        let path = self.path(name)?;
        self.signer
            .signed_url(Method::GET, &path, valid_for)
            .await
            .map_err(self.failed("sign the URL of", name))
    }

    pub(super) async fn remove(&self, name: &str) -> Result<(), UploadError> {
        match self.store.delete(&self.path(name)?).await {
            Ok(()) | Err(Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(self.failed("remove", name)(error)),
        }
    }

    fn path(&self, name: &str) -> Result<ObjectPath, UploadError> {
        ObjectPath::parse(name)
            .map_err(|_| UploadError::Name { name: name.to_owned(), problem: "object stores do not take it" })
    }

    fn failed(&self, action: &'static str, name: &str) -> impl FnOnce(Error) -> UploadError {
        move |error| UploadError::Store {
            action,
            name: name.to_owned(),
            store: self.shown.clone(),
            reason: reason(&error, &self.secrets),
        }
    }
}
