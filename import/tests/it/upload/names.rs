use std::fs::File;

use van_bulk_import::rows::MAX_ZIP_BYTES;
use van_bulk_import::{UploadError, UploadTarget};

use super::{Part, files_in};

#[tokio::test]
async fn names_and_prefixes_that_lead_elsewhere_are_refused_everywhere() {
    let folder = tempfile::tempdir().unwrap();
    let inside = folder.path().join("public");
    std::fs::create_dir(&inside).unwrap();
    let part = Part::new("bytes");
    for target in [
        UploadTarget::directory(&inside, "https://files.example.org").unwrap(),
        UploadTarget::loopback().await.unwrap(),
        UploadTarget::published("https://files.example.org/a.zip").unwrap().unchecked(),
    ] {
        for (prefix, name) in
            [("", "../a.zip"), ("van", "../../a.zip"), ("..", "a.zip"), ("", "/a.zip"), ("", "")]
        {
            let target = target.clone().prefix(prefix);
            for error in [
                target.put(name, &part.path).await.unwrap_err(),
                target.url(name).await.unwrap_err(),
                target.remove(name).await.unwrap_err(),
            ] {
                assert!(matches!(error, UploadError::Name { .. }), "{error}");
            }
        }
    }
    assert_eq!(files_in(folder.path()), Vec::<String>::new());
}

#[tokio::test]
async fn files_that_are_no_parts_are_refused() {
    let target = UploadTarget::loopback().await.unwrap();
    let part = Part::new("");
    let problem = async |path| target.put("a.zip", path).await.unwrap_err().to_string();
    assert!(problem(part.path.as_path()).await.contains("is no part: it is empty"));
    File::create(&part.path).unwrap().set_len(MAX_ZIP_BYTES + 1).unwrap();
    assert!(
        problem(part.path.as_path())
            .await
            .contains("it has 100000001 bytes; VAN takes zips of at most 100000000")
    );
    assert!(problem(part.path.parent().unwrap()).await.contains("is no part: it is no file"));
}
