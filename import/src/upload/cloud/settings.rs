//! What the object stores have in common.

use std::sync::Arc;
use std::time::Duration;

use object_store::signer::Signer;
use object_store::{ClientOptions, ObjectStore, RetryConfig};
use secrecy::SecretString;

use super::super::UploadError;
use super::super::reason::reason;
use super::super::store::Store;
use super::{Place, Variables};

/// A variable with a value that is shorter holds no secret, and hiding it would hide other words.
const SHORTEST_SECRET: usize = 4;

/// The store that was built for a place.
pub(super) fn store<S: ObjectStore + Signer>(
    place: &Place<'_>,
    kind: &'static str,
    built: object_store::Result<S>,
    secrets: Vec<SecretString>,
) -> Result<Store, UploadError> {
    let shown = place.shown();
    match built {
        Ok(store) => {
            let store = Arc::new(store);
            Ok(Store { store: Arc::clone(&store) as _, signer: store, kind, shown, secrets })
        }
        Err(error) => Err(UploadError::Target { target: shown, problem: reason(&error, &secrets) }),
    }
}

/// The variables of a cloud.
pub(super) fn starting_with<'a>(
    start: &str,
    variables: &'a Variables,
) -> impl Iterator<Item = &'a (String, String)> {
    variables.iter().filter(move |(name, _)| name.starts_with(start))
}

/// The values of the variables that hold secrets, by their names.
pub(super) fn secrets(start: &str, variables: &Variables) -> Vec<SecretString> {
    let is_secret =
        |name: &str| ["KEY", "SECRET", "TOKEN", "SAS", "PASSWORD"].iter().any(|word| name.contains(word));
    starting_with(start, variables)
        .filter(|(name, value)| is_secret(name) && value.len() >= SHORTEST_SECRET)
        .map(|(_, value)| value.clone().into())
        .collect()
}

/// A piece of a part may take two minutes: 0.6 Mbit/s. Variables such as `AWS_TIMEOUT` come after this.
pub(super) fn client_options() -> ClientOptions {
    ClientOptions::new().with_timeout(Duration::from_secs(120))
}

/// Seconds of patience with a store that cannot be reached, instead of minutes.
pub(super) fn retries() -> RetryConfig {
    RetryConfig { max_retries: 6, retry_timeout: Duration::from_secs(120), ..RetryConfig::default() }
}
