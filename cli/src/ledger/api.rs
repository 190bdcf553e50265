//! Which API is asked, and how long its jobs are waited for.

use std::time::Duration;

use van_bulk_import::client::{DEFAULT_BASE_URL, WaitOptions};
use van_bulk_import::{Client, Credentials};

use super::{quoted, told};
use crate::profiles::Profile;
use crate::workspace::{self, Workspace};

/// Which API, and how to wait for it.
#[derive(Debug, clap::Args)]
pub(crate) struct ApiArgs {
    /// The profile whose key is used: its variables for the credentials, mode and base URL stand in van-bulk.toml; the only one
    /// that is listed there unless it is named
    #[arg(long, value_parser = workspace::profile_name)]
    profile: Option<String>,
    /// The API, such as an emulator's; else that of the profile, or VAN's
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
    /// Seconds between two questions for the status of a job
    #[arg(long, value_name = "SECONDS", default_value_t = 5.0, value_parser = seconds)]
    poll: f64,
    /// Minutes that a job may take; it can be waited for again with `resume`
    #[arg(long, value_name = "MINUTES", default_value_t = 60.0, value_parser = seconds)]
    deadline: f64,
}

impl ApiArgs {
    /// A client with the credentials of the environment.
    pub(crate) fn client(&self, workspace: &Workspace) -> miette::Result<Client> {
        if let Some(profile) = self.profile(workspace)? {
            return profile.client(self.base_url.as_deref());
        }
        let credentials = Credentials::from_env().map_err(told)?;
        Client::new(self.base_url.as_deref().unwrap_or(DEFAULT_BASE_URL), credentials).map_err(told)
    }

    /// The profile, if there is one.
    pub(crate) fn profile(&self, workspace: &Workspace) -> miette::Result<Option<Profile>> {
        workspace.key(self.profile.as_deref())
    }

    /// The arguments that name this API, for commands that are shown.
    pub(super) fn shown(&self) -> String {
        let profile = self.profile.as_ref().map(|name| format!(" --profile {name}"));
        let base_url = self.base_url.as_ref().map(|url| format!(" --base-url {}", quoted(url)));
        profile.into_iter().chain(base_url).collect()
    }

    pub(crate) fn wait(&self) -> WaitOptions {
        let deadline = Duration::from_secs_f64(self.deadline * 60.0);
        WaitOptions { poll_interval: Duration::from_secs_f64(self.poll), deadline, ..WaitOptions::default() }
    }
}

/// A time of up to a year.
fn seconds(text: &str) -> Result<f64, String> {
    const MOST: f64 = 366.0 * 24.0 * 60.0 * 60.0;
    match text.parse::<f64>() {
        Ok(number) if (0.0..=MOST).contains(&number) => Ok(number),
        _ => Err("give a number from 0 on, such as 0.5".to_owned()),
    }
}
