//! Who is calling: the application name, the API key and the database mode.

use std::env;
use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use van_bulk::mode::DatabaseMode;

/// Credentials are missing or malformed. The messages never repeat what was given, since it may be the key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CredentialsError {
    /// An environment variable is not set, or empty.
    #[error(
        "the environment variable {0} is not set; set VAN_APP_NAME (the application name of the key), VAN_API_KEY (the \
         key, without `|0` or `|1`) and VAN_MODE (my-voters or my-campaign)"
    )]
    Missing(&'static str),
    /// The application name cannot be sent.
    #[error(
        "the application name (VAN_APP_NAME) is empty or contains a colon or a control character; give the name that \
         VAN assigned to the key"
    )]
    ApplicationName,
    /// The key cannot be one of VAN's.
    #[error(
        "the API key (VAN_API_KEY) is empty or contains spaces, `|` or a control character; give the key alone, the \
         database mode belongs into VAN_MODE"
    )]
    ApiKey,
    /// The mode is neither of VAN's two.
    #[error("the database mode (VAN_MODE) is neither my-voters (or 0) nor my-campaign (or 1)")]
    Mode,
}

/// The credentials of one API key. `Debug` does not show the key.
///
/// VAN uses HTTP Basic authentication: the user is the application name, the password `{key}|{mode}`.
#[derive(Clone)]
pub struct Credentials {
    application_name: String,
    api_key: SecretString,
    mode: DatabaseMode,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("application_name", &self.application_name)
            .field("api_key", &"[redacted]")
            .field("mode", &self.mode)
            .finish()
    }
}

impl Credentials {
    /// Credentials from their parts; the key is given without `|0` or `|1`.
    ///
    /// # Errors
    /// When the name or the key cannot be sent as it is.
    pub fn new(
        application_name: impl Into<String>,
        api_key: SecretString,
        mode: DatabaseMode,
    ) -> Result<Self, CredentialsError> {
        let application_name = application_name.into();
        if application_name.trim().is_empty()
            || application_name.contains(|c: char| c == ':' || c.is_control())
        {
            return Err(CredentialsError::ApplicationName);
        }
        let key = api_key.expose_secret();
        if key.is_empty() || key.contains(|c: char| c == '|' || c.is_whitespace() || c.is_control()) {
            return Err(CredentialsError::ApiKey);
        }
        Ok(Self { application_name, api_key, mode })
    }

    /// Credentials from `VAN_APP_NAME`, `VAN_API_KEY` and `VAN_MODE`. None has a default: other clients send the name
    /// `default`, but VAN's docs ask for the name that was assigned to the key.
    ///
    /// # Errors
    /// When one is not set or malformed.
    pub fn from_env() -> Result<Self, CredentialsError> {
        Self::from_variables(|name| env::var(name).ok())
    }

    fn from_variables(variable: impl Fn(&str) -> Option<String>) -> Result<Self, CredentialsError> {
        let required = |name: &'static str| {
            let value = variable(name).map(|value| value.trim().to_owned());
            value.filter(|value| !value.is_empty()).ok_or(CredentialsError::Missing(name))
        };
        let application_name = required("VAN_APP_NAME")?;
        let api_key = SecretString::from(required("VAN_API_KEY")?);
        let mode = DatabaseMode::from_word(&required("VAN_MODE")?).map_err(|_| CredentialsError::Mode)?;
        Self::new(application_name, api_key, mode)
    }

    /// The application name.
    pub fn application_name(&self) -> &str {
        &self.application_name
    }

    /// The database mode.
    pub fn mode(&self) -> DatabaseMode {
        self.mode
    }

    /// The key, for the removal of its traces.
    pub(super) fn api_key(&self) -> &str {
        self.api_key.expose_secret()
    }

    /// The password of the Basic authentication.
    pub(super) fn password(&self) -> SecretString {
        self.password_for(self.mode)
    }

    /// The password for any mode.
    pub(super) fn password_for(&self, mode: DatabaseMode) -> SecretString {
        SecretString::from(format!("{}|{}", self.api_key.expose_secret(), mode.digit()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &str, key: &str, mode: &str) -> Result<Credentials, CredentialsError> {
        Credentials::from_variables(|variable| {
            let value = match variable {
                "VAN_APP_NAME" => name,
                "VAN_API_KEY" => key,
                _ => mode,
            };
            (!value.is_empty()).then(|| value.to_owned())
        })
    }

    #[test]
    fn the_password_is_the_key_and_the_mode() {
        for (mode, digit) in [("my-voters", '0'), ("0", '0'), ("My-Campaign", '1'), (" 1 ", '1')] {
            let credentials = read("app", "k-1", mode).unwrap();
            assert_eq!(credentials.password().expose_secret(), format!("k-1|{digit}"));
        }
    }

    #[test]
    fn every_missing_variable_is_named() {
        assert_eq!(read("", "k", "0").unwrap_err(), CredentialsError::Missing("VAN_APP_NAME"));
        assert_eq!(read("app", "  ", "0").unwrap_err(), CredentialsError::Missing("VAN_API_KEY"));
        assert_eq!(read("app", "k", "").unwrap_err(), CredentialsError::Missing("VAN_MODE"));
    }

    #[test]
    fn malformed_credentials_are_refused_without_being_repeated() {
        assert_eq!(read("a:b", "k", "0").unwrap_err(), CredentialsError::ApplicationName);
        assert_eq!(read("app", "s3cret|1", "0").unwrap_err(), CredentialsError::ApiKey);
        assert_eq!(read("app", "k", "s3cret").unwrap_err(), CredentialsError::Mode);
        for error in [CredentialsError::ApplicationName, CredentialsError::ApiKey, CredentialsError::Mode] {
            assert!(!error.to_string().contains("s3cret"));
        }
    }

    #[test]
    fn debug_does_not_show_the_key() {
        let shown = format!("{:?}", read("app", "s3cret", "1").unwrap());
        assert!(
            shown.contains("app") && shown.contains("MyCampaign") && !shown.contains("s3cret"),
            "{shown}"
        );
    }
}
