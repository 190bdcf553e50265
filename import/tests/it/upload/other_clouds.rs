//! Google Cloud Storage and Azure Blob Storage, as far as that can be seen without them.

use van_bulk_import::{UploadError, UploadTarget};

use super::Part;
use crate::server::{Server, reply};

fn target(url: &str, variables: &[(&str, &str)]) -> Result<UploadTarget, UploadError> {
    let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    UploadTarget::from_url_with(url, variables)
}

#[tokio::test]
async fn a_part_in_azure_has_a_signed_url_of_its_account() {
    let azure = target(
        "az://uploads/van",
        &[
            ("AZURE_STORAGE_ACCOUNT_NAME", "acme"),
            ("AZURE_STORAGE_ACCOUNT_KEY", "czNjcmV0LWtleQ=="),
            ("AZURE_DISABLE_SYSTEM_CERTIFICATES", "true"),
        ],
    )
    .unwrap();
    assert_eq!(azure.kind(), "azure");
    let url = azure.url("3f9c/a.zip").await.unwrap();
    assert!(url.expose().starts_with("https://acme.blob.core.windows.net/uploads/van/3f9c/a.zip?"));
    assert!(url.expose().contains("sig=") && url.expose().contains("sp=r&"), "{}", url.expose());
    assert_eq!(url.to_string(), "https://acme.blob.core.windows.net/…");
    assert!(!format!("{azure:?} {url:?}").contains("czNjcmV0"));
}

#[tokio::test]
async fn a_part_is_put_into_azure_with_the_token_that_is_in_the_environment_and_shown_nowhere() {
    let server =
        Server::start(|_, _| reply(403, &[], "<Error><Code>AuthorizationFailure</Code></Error>")).await;
    let azure = target(
        "az://uploads",
        &[
            ("AZURE_STORAGE_ACCOUNT_NAME", "acme"),
            ("AZURE_STORAGE_SAS_TOKEN", "sv=2024-01-01&sig=s3cret"),
            ("AZURE_ENDPOINT", &server.url("")),
            ("AZURE_ALLOW_HTTP", "true"),
            ("AZURE_DISABLE_SYSTEM_CERTIFICATES", "true"),
        ],
    )
    .unwrap();
    let error = azure.put("a.zip", &Part::new("bytes").path).await.unwrap_err();
    assert!(server.requests()[0].target.contains("sig=s3cret"), "{:?}", server.requests());
    assert!(error.to_string().contains("AuthorizationFailure"), "{error}");
    assert!(!format!("{error} {error:?} {azure:?}").contains("s3cret"), "{error:?}");
}

#[tokio::test]
async fn a_part_is_put_into_google_cloud_storage_and_removed_with_the_token_that_is_in_the_environment() {
    let server = Server::start(|request, _| match request.method.as_str() {
        "PUT" => reply(200, &[("ETag", "\"1\"")], ""),
        _ => reply(404, &[], ""),
    })
    .await;
    let google = target(
        "gs://uploads/van",
        &[
            ("GOOGLE_BEARER_TOKEN", "s3cret"),
            ("GOOGLE_BASE_URL", &server.url("")),
            ("GOOGLE_ALLOW_HTTP", "true"),
            ("GOOGLE_DISABLE_SYSTEM_CERTIFICATES", "true"),
        ],
    )
    .unwrap();
    assert_eq!(google.kind(), "gcs");
    google.put("a.zip", &Part::new("bytes").path).await.unwrap();
    google.remove("a.zip").await.unwrap();
    let requests = server.requests();
    let sent: Vec<(&str, &str, &str)> = requests
        .iter()
        .map(|request| (request.method.as_str(), request.target.as_str(), request.body.as_str()))
        .collect();
    assert_eq!(sent, [("PUT", "/uploads/van%2Fa%2Ezip", "bytes"), ("DELETE", "/uploads/van%2Fa%2Ezip", "")]);
    assert_eq!(requests[0].header("authorization"), Some("Bearer s3cret"));
    assert!(!format!("{google:?}").contains("s3cret"));
}

#[test]
fn settings_that_cannot_be_used_are_told_without_secrets() {
    let error = target("az://uploads", &[("AZURE_STORAGE_ACCOUNT_KEY", "s3cret")]).unwrap_err();
    let told = error.to_string();
    assert!(told.starts_with("az://uploads is no place for parts: "), "{told}");
    assert!(!format!("{error} {error:?}").contains("s3cret"), "{error:?}");
}
