//! Object stores by their URLs, with credentials from the environment.

use super::UploadError;
use super::store::Store;

#[cfg(any(feature = "aws", feature = "azure", feature = "gcs"))]
mod settings;

/// The environment, or what stands for it.
pub(super) type Variables = [(String, String)];

/// The URL of a place in an object store.
struct Place<'a> {
    scheme: &'a str,
    bucket: &'a str,
    prefix: &'a str,
}

/// The object store of a URL such as `s3://bucket/prefix`, and the prefix.
pub(super) fn open(url: &str, variables: &Variables) -> Result<(Store, String), UploadError> {
    let place = Place::parse(url)?;
    let store = match place.scheme {
        "s3" => amazon(&place, variables),
        "gs" => google(&place, variables),
        "az" => azure(&place, variables),
        _ => Err(refuse("its scheme is none of s3, gs and az")),
    }?;
    Ok((store, place.prefix.to_owned()))
}

/// The URL is not repeated: someone may have put a key into it.
fn refuse(problem: &str) -> UploadError {
    let target = "the URL of the object store".to_owned();
    UploadError::Target {
        target,
        problem: format!(
            "{problem}; give one such as s3://bucket/prefix, gs://bucket or az://container/prefix"
        ),
    }
}

impl<'a> Place<'a> {
    fn parse(url: &'a str) -> Result<Self, UploadError> {
        let (scheme, rest) = url.trim().split_once("://").ok_or_else(|| refuse("it is no URL"))?;
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        // What this leaves out, such as `@`, `:` and `?`, would mean something else.
        if bucket.is_empty() || !bucket.chars().all(|c| c.is_ascii_alphanumeric() || "-._$".contains(c)) {
            return Err(refuse("it does not name a bucket or container"));
        }
        Ok(Self { scheme, bucket, prefix: prefix.trim_end_matches('/') })
    }

    /// The store without the prefix.
    fn shown(&self) -> String {
        format!("{}://{}", self.scheme, self.bucket)
    }
}

#[cfg(feature = "aws")]
fn amazon(place: &Place<'_>, variables: &Variables) -> Result<Store, UploadError> {
    use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};

    let mut builder = AmazonS3Builder::new()
        .with_client_options(settings::client_options())
        .with_retry(settings::retries())
        // One part is removed at a time, and not everything that speaks like S3 knows how to remove many.
        .with_config(AmazonS3ConfigKey::DisableBulkDelete, "true");
    for (name, value) in settings::starting_with("AWS_", variables) {
        if let Ok(key) = name.to_ascii_lowercase().parse() {
            builder = builder.with_config(key, value);
        }
    }
    let built = builder.with_bucket_name(place.bucket).build();
    settings::store(place, "s3", built, settings::secrets("AWS_", variables))
}

#[cfg(not(feature = "aws"))]
fn amazon(place: &Place<'_>, _: &Variables) -> Result<Store, UploadError> {
    Err(UploadError::MissingFeature { target: place.shown(), feature: "aws" })
}

#[cfg(feature = "gcs")]
fn google(place: &Place<'_>, variables: &Variables) -> Result<Store, UploadError> {
    let mut builder = object_store::gcp::GoogleCloudStorageBuilder::new()
        .with_client_options(settings::client_options())
        .with_retry(settings::retries());
    if let Some((_, path)) = variables.iter().find(|(name, _)| name == "SERVICE_ACCOUNT") {
        builder = builder.with_service_account_path(path);
    }
    for (name, value) in settings::starting_with("GOOGLE_", variables) {
        if let Ok(key) = name.to_ascii_lowercase().parse() {
            builder = builder.with_config(key, value);
        }
    }
    let built = builder.with_bucket_name(place.bucket).build();
    settings::store(place, "gcs", built, settings::secrets("GOOGLE_", variables))
}

#[cfg(not(feature = "gcs"))]
fn google(place: &Place<'_>, _: &Variables) -> Result<Store, UploadError> {
    Err(UploadError::MissingFeature { target: place.shown(), feature: "gcs" })
}

#[cfg(feature = "azure")]
fn azure(place: &Place<'_>, variables: &Variables) -> Result<Store, UploadError> {
    let mut builder = object_store::azure::MicrosoftAzureBuilder::new()
        .with_client_options(settings::client_options())
        .with_retry(settings::retries());
    for (name, value) in settings::starting_with("AZURE_", variables) {
        if let Ok(key) = name.to_ascii_lowercase().parse() {
            builder = builder.with_config(key, value);
        }
    }
    if let Some((_, endpoint)) = variables.iter().find(|(name, _)| name == "IDENTITY_ENDPOINT") {
        builder = builder.with_msi_endpoint(endpoint);
    }
    let built = builder.with_container_name(place.bucket).build();
    settings::store(place, "azure", built, settings::secrets("AZURE_", variables))
}

#[cfg(not(feature = "azure"))]
fn azure(place: &Place<'_>, _: &Variables) -> Result<Store, UploadError> {
    Err(UploadError::MissingFeature { target: place.shown(), feature: "azure" })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(url: &str) -> String {
        match open(url, &[]) {
            Ok(_) => panic!("{url} is accepted"),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn urls_that_name_no_bucket_are_refused_without_being_repeated() {
        for url in ["s3cret", "s3://", "s3://key:s3cret@bucket/a", "s3://bucket?key=s3cret", "s3:///s3cret"] {
            let problem = problem(url);
            assert!(problem.starts_with("the URL of the object store is no place for parts: "), "{problem}");
            assert!(!problem.contains("s3cret"), "{problem}");
        }
        assert!(problem("https://bucket/s3cret").contains("none of s3, gs and az"));
    }

    #[test]
    fn a_url_is_a_scheme_a_bucket_and_a_prefix() {
        let place = Place::parse(" s3://my-bucket.1/van/imports/ ").unwrap();
        assert_eq!((place.scheme, place.bucket, place.prefix), ("s3", "my-bucket.1", "van/imports"));
        assert_eq!(Place::parse("gs://bucket").unwrap().prefix, "");
    }
}
