use std::fs;

use van_bulk_import::UploadTarget;

use super::{Part, files_in};

#[tokio::test]
async fn a_part_gets_into_the_folder_under_its_name_and_has_a_url_that_is_encoded() {
    let folder = tempfile::tempdir().unwrap();
    let part = Part::new("bytes");
    let target = UploadTarget::directory(folder.path(), "https://files.example.org/public/")
        .unwrap()
        .prefix("van")
        .prefix("imports");
    target.put("3f9c/Größe 1.zip", &part.path).await.unwrap();

    assert_eq!(files_in(folder.path()), ["van/imports/3f9c/Größe 1.zip"]);
    assert_eq!(fs::read(folder.path().join("van/imports/3f9c/Größe 1.zip")).unwrap(), b"bytes");
    let url = target.url("3f9c/Größe 1.zip").await.unwrap();
    assert_eq!(url.expose(), "https://files.example.org/public/van/imports/3f9c/Gr%C3%B6%C3%9Fe%201.zip");
    assert_eq!(url.valid_until(), None);
    assert_eq!((target.kind(), target.max_parts(), target.was_fetched("a.zip")), ("directory", None, None));
}

#[tokio::test]
async fn a_part_that_is_put_again_replaces_the_first_and_one_that_cannot_be_read_does_not() {
    let folder = tempfile::tempdir().unwrap();
    let target = UploadTarget::directory(folder.path(), "https://files.example.org").unwrap();
    for bytes in ["first", "second"] {
        target.put("a.zip", &Part::new(bytes).path).await.unwrap();
    }
    let missing = Part::new("").beside("missing.zip");
    let error = target.put("a.zip", &missing).await.unwrap_err().to_string();
    assert!(error.starts_with("could not open ") && error.contains("missing.zip"), "{error}");

    assert_eq!(files_in(folder.path()), ["a.zip"]);
    assert_eq!(fs::read(folder.path().join("a.zip")).unwrap(), b"second");
}

#[tokio::test]
async fn a_part_can_be_removed_twice_and_others_stay() {
    let folder = tempfile::tempdir().unwrap();
    let part = Part::new("bytes");
    let target = UploadTarget::directory(folder.path(), "https://files.example.org").unwrap();
    target.put("x/a.zip", &part.path).await.unwrap();
    target.put("x/b.zip", &part.path).await.unwrap();
    target.remove("x/a.zip").await.unwrap();
    target.remove("x/a.zip").await.unwrap();
    target.remove("never/there.zip").await.unwrap();
    assert_eq!(files_in(folder.path()), ["x/b.zip"]);
}

#[tokio::test]
async fn what_a_killed_program_left_of_a_part_goes_with_it_and_so_does_its_folder() {
    let folder = tempfile::tempdir().unwrap();
    let part = Part::new("bytes");
    let target = UploadTarget::directory(folder.path(), "https://files.example.org").unwrap();
    let left = folder.path().join("x/.a.zip.part");
    fs::create_dir(folder.path().join("x")).unwrap();
    fs::write(&left, "by").unwrap();
    target.put("x/a.zip", &part.path).await.unwrap();
    assert_eq!(files_in(folder.path()), ["x/a.zip"]);

    fs::write(&left, "by").unwrap();
    target.remove("x/a.zip").await.unwrap();
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[cfg(unix)]
#[tokio::test]
async fn the_web_server_may_read_a_part_if_any_file_that_is_made() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = tempfile::tempdir().unwrap();
    let target = UploadTarget::directory(folder.path(), "https://files.example.org").unwrap();
    let part = Part::new("bytes");
    target.put("a.zip", &part.path).await.unwrap();
    let mode = |path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    // The file of the part was made with the usual permissions.
    assert_eq!(mode(folder.path().join("a.zip")), mode(part.path.clone()));
}

#[test]
fn a_folder_that_is_none_and_urls_that_are_no_place_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let problem = |url: &str| UploadTarget::directory(folder.path(), url).unwrap_err().to_string();
    assert!(problem("https://files.example.org/?key=s3cret").contains("a query or fragment"));
    assert!(problem("http://files.example.org/").contains("plain http would show personal data"));
    let missing = folder.path().join("missing");
    let error = UploadTarget::directory(&missing, "https://files.example.org").unwrap_err().to_string();
    assert!(error.ends_with("it is no folder; create it, or name another"), "{error}");
}
