//! Any object store: the one in memory, with a signer of a program's own.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::signer::{Method, Signer, Url};
use object_store::{ObjectStore, ObjectStoreExt as _};
use van_bulk_import::UploadTarget;
use van_bulk_import::upload::MAX_VALID_FOR;

use super::Part;

/// Signs nothing, and remembers what it was asked.
#[derive(Debug, Default)]
struct Signed(Mutex<Vec<(Method, String, Duration)>>);

#[async_trait]
impl Signer for Signed {
    async fn signed_url(
        &self,
        method: Method,
        path: &Path,
        expires_in: Duration,
    ) -> object_store::Result<Url> {
        self.0.lock().unwrap().push((method, path.to_string(), expires_in));
        Ok(Url::parse(&format!("https://memory.example.org/{path}?sig=s3cret")).unwrap())
    }
}

#[tokio::test]
async fn small_and_large_parts_are_put_replaced_and_removed() {
    let memory = Arc::new(InMemory::new());
    let target =
        UploadTarget::store(Arc::clone(&memory) as _, Arc::new(Signed::default())).prefix("van/imports");
    let stored = async |name: &str| memory.get(&Path::from(name)).await.unwrap().bytes().await.unwrap();

    // One that is sent at once, one that fills its pieces, and one that does not.
    for bytes in [b"bytes".to_vec(), vec![b'x'; 16 * 1024 * 1024], super::megabytes(20)] {
        target.put("3f9c/a.zip", &Part::new(&bytes).path).await.unwrap();
        assert!(stored("van/imports/3f9c/a.zip").await == bytes);
    }
    target.remove("3f9c/a.zip").await.unwrap();
    target.remove("3f9c/a.zip").await.unwrap();
    let left = memory.list_with_delimiter(None).await.unwrap();
    assert!(left.objects.is_empty() && left.common_prefixes.is_empty());
    assert_eq!((target.kind(), target.max_parts(), target.was_fetched("a.zip")), ("store", None, None));
}

#[tokio::test]
async fn urls_are_signed_for_reading_and_for_as_long_as_it_is_said() {
    let signed = Arc::new(Signed::default());
    let target = UploadTarget::store(Arc::new(InMemory::new()), Arc::clone(&signed) as _);
    let day = Duration::from_secs(24 * 60 * 60);
    let before = time::OffsetDateTime::now_utc();
    let url = target.url("a.zip").await.unwrap();
    let after = time::OffsetDateTime::now_utc();
    assert!((before + day..=after + day).contains(&url.valid_until().unwrap()));
    assert_eq!(url.expose(), "https://memory.example.org/a.zip?sig=s3cret");

    target.clone().valid_for(Duration::from_secs(60)).url("a.zip").await.unwrap();
    target.clone().valid_for(Duration::MAX).url("a.zip").await.unwrap();
    target.valid_for(Duration::ZERO).url("a.zip").await.unwrap();
    let expected = [day, Duration::from_secs(60), MAX_VALID_FOR, Duration::from_secs(1)];
    let expected = expected.map(|duration| (Method::GET, "a.zip".to_owned(), duration));
    assert_eq!(*signed.0.lock().unwrap(), expected);
}
