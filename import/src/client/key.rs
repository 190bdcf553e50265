//! The key itself.

use serde::{Deserialize, Serialize};

use super::http::Call;
use super::secrets::Secrets;
use super::{Client, ClientError, DatabaseMode};
use van_bulk_schema::text::printable;

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

/// How many profiles of a key a message shows.
const SHOWN_PROFILES: usize = 5;

impl ApiKeyProfile {
    /// Whether it may use the mode, as far as it tells.
    fn may_use(&self, mode: DatabaseMode) -> bool {
        let told = match mode {
            DatabaseMode::MyVoters => self.has_my_voters,
            DatabaseMode::MyCampaign => self.has_my_campaign,
        };
        told != Some(false)
    }

    /// Its database and modes, for messages.
    fn shown(&self) -> String {
        let database = match &self.database_name {
            Some(name) => format!("`{}`", printable(name, 60)),
            None => "a database without a name".to_owned(),
        };
        let modes = [DatabaseMode::MyVoters, DatabaseMode::MyCampaign];
        let modes: Vec<String> =
            modes.into_iter().filter(|mode| self.may_use(*mode)).map(|mode| mode.to_string()).collect();
        let modes = if modes.is_empty() { "neither mode".to_owned() } else { modes.join(" and ") };
        format!("{modes} of {database}")
    }

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

impl<M> Client<M> {
    /// `GET /apiKeyProfiles`: what the key is for.
    ///
    /// # Errors
    /// When a request fails or a reply cannot be read.
    pub async fn api_key_profiles(&self) -> Result<Vec<ApiKeyProfile>, ClientError> {
        let api = &self.api;
        let url = api.endpoint(&["apiKeyProfiles"]);
        let request = format!("GET {}", api.secrets.url(&url));
        let listing = api.list(url).await?;
        let profiles: Vec<ApiKeyProfile> = serde_json::from_str(&listing.text).map_err(|error| {
            let problem = api.secrets.line(&format!("it is not a list of profiles: {error}"), 1_000);
            ClientError::Reply { request, problem }
        })?;
        Ok(profiles.into_iter().map(|profile| profile.redacted(&api.secrets)).collect())
    }

    /// Asks VAN whether the key may use the database mode of the credentials.
    pub(crate) async fn check_mode(&self) -> Result<(), ClientError> {
        let wanted = self.mode();
        let profiles = self.api_key_profiles().await?;
        if profiles.is_empty() || profiles.iter().any(|profile| profile.may_use(wanted)) {
            return Ok(());
        }
        let mut told: Vec<String> = profiles.iter().take(SHOWN_PROFILES).map(ApiKeyProfile::shown).collect();
        if profiles.len() > SHOWN_PROFILES {
            told.push(format!("and {} more", profiles.len() - SHOWN_PROFILES));
        }
        Err(ClientError::ModeNotAllowed { wanted, told: told.join(", ") })
    }

    /// `POST /echoes`: asks VAN to send a message back, to see whether the key works.
    ///
    /// # Errors
    /// When the request fails or the reply cannot be read.
    pub async fn echo(&self, message: &str) -> Result<Echo, ClientError> {
        let url = self.api.endpoint(&["echoes"]);
        let json = self.api.json(&url, &Echo { message: Some(message.to_owned()) })?;
        let call = Call::post(url, json).that_changes_nothing();
        let echo: Echo = self.api.call(call).await?.json()?;
        Ok(Echo { message: echo.message.map(|message| self.api.secrets.redact(&message)) })
    }
}
