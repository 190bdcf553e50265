//! Where parts are put for VAN to fetch them.

use std::path::PathBuf;
use std::time::Duration;

use van_bulk_import::upload::UploadTarget;

use super::{quoted, told};

/// Where parts are put for VAN to fetch them; unless it is said, they are served on this machine, for an emulator.
#[derive(Debug, clap::Args)]
pub(crate) struct UploadArgs {
    /// Into an object store: `s3://bucket/prefix`, `gs://bucket/prefix` or `az://container/prefix`
    ///
    /// Its credentials come from the environment, as AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. VAN gets signed links.
    #[arg(long, value_name = "URL", group = "place")]
    upload_to: Option<String>,
    /// Into a folder that a web server publishes at --public-url
    #[arg(long, value_name = "DIR", group = "place", requires = "public_url")]
    upload_dir: Option<PathBuf>,
    /// The URL of --upload-dir
    #[arg(long, value_name = "URL", requires = "upload_dir")]
    public_url: Option<String>,
    /// Nowhere: the only part is at this URL already
    #[arg(long, value_name = "URL", group = "place")]
    uploaded_at: Option<String>,
    /// How long signed links are valid
    #[arg(long, value_name = "HOURS", default_value_t = 24, value_parser = clap::value_parser!(u32).range(1..=168))]
    link_hours: u32,
}

impl UploadArgs {
    /// The arguments that name this place, for commands that are shown. URLs that open parts are not repeated.
    pub(super) fn shown(&self) -> String {
        match (&self.upload_to, &self.upload_dir, &self.uploaded_at) {
            (Some(url), ..) => format!(" --upload-to {}", quoted(url)),
            (None, Some(folder), _) => {
                format!(" --upload-dir {} --public-url URL", quoted(&folder.display().to_string()))
            }
            (None, None, Some(_)) => " --uploaded-at URL".to_owned(),
            (None, None, None) => String::new(),
        }
    }

    pub(crate) async fn target(&self) -> miette::Result<UploadTarget> {
        let lifetime = Duration::from_secs(u64::from(self.link_hours) * 3_600);
        let target = match (&self.upload_to, &self.upload_dir, &self.public_url, &self.uploaded_at) {
            (Some(url), ..) => UploadTarget::from_url(url),
            (None, Some(folder), Some(url), _) => UploadTarget::directory(folder, url),
            (None, _, _, Some(url)) => UploadTarget::published(url),
            (None, ..) => UploadTarget::loopback().await,
        };
        target.map(|target| target.valid_for(lifetime)).map_err(told)
    }
}
