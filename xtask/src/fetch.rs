//! `cargo xtask fetch`: saves what an API key may import as a snapshot.

use indicatif::{ProgressBar, ProgressStyle};
use miette::{IntoDiagnostic as _, miette};
use van_bulk_import::client::{DEFAULT_BASE_URL, Discovery};
use van_bulk_import::{Client, Credentials};
use van_bulk_schema::Snapshot;
use van_bulk_schema::finding::any_error;

use crate::{report, workspace};

/// Save what an API key may import as a snapshot below `snapshots/`
///
/// The credentials come from the environment and are written nowhere: VAN_APP_NAME (the application name), VAN_API_KEY
/// (the key, without `|0` or `|1`) and VAN_MODE (`my-voters` or `my-campaign`).
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The name of the snapshot's folder, such as your organisation's
    #[arg(long, value_parser = new_profile)]
    profile: String,
    /// The API to ask: VAN's, or an emulator's
    #[arg(long, value_name = "URL", default_value = DEFAULT_BASE_URL)]
    base_url: String,
}

/// The name of a profile that may be written.
fn new_profile(name: &str) -> Result<String, String> {
    if name == workspace::DEFAULT_PROFILE {
        return Err(format!("`{name}` is the snapshot that this repository ships; choose another name"));
    }
    workspace::profile_name(name)
}

/// Runs the command.
pub(crate) async fn run(args: &Args) -> miette::Result<()> {
    let client = Client::new(&args.base_url, Credentials::from_env().into_diagnostic()?).into_diagnostic()?;
    let discovery = discover(&client).await?;
    report::findings(&discovery.findings, &discovery.documents, std::path::Path::new(&args.base_url));
    if any_error(&discovery.findings) {
        return Err(miette!(
            help = "VAN may have changed its API; please report this with the places shown above",
            "the responses of {} could not be read whole, so nothing was saved",
            args.base_url
        ));
    }
    let folder = workspace::snapshots().join(&args.profile);
    Snapshot::save(&discovery.schema, &folder).into_diagnostic()?;
    println!("{}", summary(&discovery));
    println!("saved as {}", folder.display());
    println!(
        "next: {} (writes the crate generated/; see --help for a crate of its own)",
        workspace::generated(&args.profile).config.command
    );
    Ok(())
}

/// Fetches everything, with a progress bar on a terminal.
pub(crate) async fn discover(client: &Client) -> miette::Result<Discovery> {
    let bar = ProgressBar::new(0);
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} {msg}") {
        bar.set_style(style);
    }
    let discovery = client
        .discover(|progress| {
            bar.set_length(progress.total as u64);
            bar.set_position(progress.done as u64);
            bar.set_message(progress.last.clone());
        })
        .await;
    bar.finish_and_clear();
    discovery.into_diagnostic()
}

/// What was fetched, in one line.
pub(crate) fn summary(discovery: &Discovery) -> String {
    let schema = &discovery.schema;
    let mut line = format!(
        "fetched {} mapping types, {} resource types and {} value lists",
        schema.mapping_types.len(),
        schema.resources.len(),
        schema.values.len()
    );
    if !discovery.missing_values.is_empty() {
        line.push_str(&format!("; {} fields have no value list", discovery.missing_values.len()));
    }
    line
}
