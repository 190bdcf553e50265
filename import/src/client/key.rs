//! The key itself.

use serde::{Deserialize, Serialize};

use super::secrets::Secrets;
use super::{Client, ClientError};

/// One entry of `GET /apiKeyProfiles`: what the key is for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ApiKeyProfile {
    /// The database.
    pub database_name: Option<String>,
    /// Whether the key may use My Voters.
    pub has_my_voters: Option<bool>,
    /// Whether the key may use My Campaign.
    pub has_my_campaign: Option<bool>,
    /// The committee.
    pub committee_name: Option<String>,
}

impl ApiKeyProfile {
    fn redacted(self, secrets: &Secrets) -> Self {
        let clean = |text: Option<String>| text.map(|text| secrets.redact(&text));
        let Self { database_name, has_my_voters, has_my_campaign, committee_name } = self;
        Self {
            database_name: clean(database_name),
            has_my_voters,
            has_my_campaign,
            committee_name: clean(committee_name),
        }
    }
}

/// The reply of `POST /echoes`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Echo {
    /// What was sent, but for the API key.
    pub message: Option<String>,
}

impl Client {
    /// `GET /apiKeyProfiles`: what the key is for.
    ///
    /// # Errors
    /// When a request fails or a reply cannot be read.
    pub async fn api_key_profiles(&self) -> Result<Vec<ApiKeyProfile>, ClientError> {
        let url = self.endpoint(&["apiKeyProfiles"]);
        let request = format!("GET {}", self.secrets.url(&url));
        let listing = self.list(url).await?;
        let profiles: Vec<ApiKeyProfile> = serde_json::from_str(&listing.text).map_err(|error| {
            let problem = self.secrets.line(&format!("it is not a list of profiles: {error}"), 1_000);
            ClientError::Reply { request, problem }
        })?;
        Ok(profiles.into_iter().map(|profile| profile.redacted(&self.secrets)).collect())
    }

    /// `POST /echoes`: asks VAN to send a message back, to see whether the key works.
    ///
    /// # Errors
    /// When the request fails or the reply cannot be read.
    pub async fn echo(&self, message: &str) -> Result<Echo, ClientError> {
        let url = self.endpoint(&["echoes"]);
        let sent = Echo { message: Some(message.to_owned()) };
        let json = serde_json::to_vec(&sent).map_err(|error| ClientError::Reply {
            request: format!("POST {}", self.secrets.url(&url)),
            problem: format!("the message cannot be written as JSON, so nothing was sent: {error}"),
        })?;
        let echo: Echo = self.post(url, json).await?.json()?;
        Ok(Echo { message: echo.message.map(|message| self.secrets.redact(&message)) })
    }
}
