//! `cargo xtask demo`: a whole import against the emulator.
//!
//! The import itself is the program `demo/`, which uses the generated crate; this command does not, so that it still
//! compiles when the builders change.

use std::process::Command;

use cargo_van_bulk::{fetch, files_of};
use miette::{IntoDiagnostic as _, miette};
use secrecy::SecretString;
use van_bulk_emulator::{Config, Emulator};
use van_bulk_import::client::{DatabaseMode, ValueSelection};
use van_bulk_import::{Client, Credentials};
use van_bulk_schema::{Schema, Snapshot};

use crate::workspace;

/// Run a whole import against an emulator: fetch, check the builders, pack, submit, wait, account for every row
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

/// The emulator of the demo takes this key only.
const KEY: &str = "demo-key";
const APPLICATION: &str = "demo";

/// Runs the command.
pub(crate) async fn run(_: &Args) -> miette::Result<()> {
    let (snapshot, _) = Snapshot::load(&workspace::sample()).into_diagnostic()?;
    let config = Config {
        schema: snapshot.schema.clone(),
        api_key: Some(SecretString::from(KEY)),
        ..Config::default()
    };
    let emulator = Emulator::start(config).await.into_diagnostic()?;
    println!("emulator  at {}", emulator.base_url());

    check_builders(&emulator, snapshot).await?;
    let import = import(&emulator.base_url());
    emulator.stop().await;
    import
}

/// Fetches the discovery responses and checks that the committed builders are what they generate.
async fn check_builders(emulator: &Emulator, committed: Snapshot) -> miette::Result<()> {
    let credentials =
        Credentials::new(APPLICATION, SecretString::from(KEY), DatabaseMode::MyCampaign).into_diagnostic()?;
    let client = Client::new(&emulator.base_url(), credentials).into_diagnostic()?;
    let discovery = fetch::discover(&client, &ValueSelection::All).await?;
    println!("{}", fetch::summary(&discovery));

    // The API tells neither what of the sample is made up nor what people know of it; the rest is as fetched.
    let mut fetched = committed;
    let overrides = std::mem::take(&mut fetched.schema.overrides);
    fetched.schema = Schema { overrides, ..discovery.schema };
    let repository = workspace::repository();
    let generated = repository.sample_crate()?;
    let files = files_of(fetched, &generated, &repository)?;
    let differences = files.compare(&generated.out).into_diagnostic()?;
    for difference in &differences {
        println!("{difference}");
    }
    if !differences.is_empty() {
        return Err(miette!(
            help = format!("run `{}`", generated.config.command),
            "the committed builders are not what the emulator's responses generate"
        ));
    }
    println!("checked   {} generated files: they are what these responses generate", files.iter().len());
    Ok(())
}

/// Runs the import as a program of its own, as a user would.
fn import(base_url: &str) -> miette::Result<()> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo)
        .args(["run", "--quiet", "--locked", "--package", "van-bulk-demo", "--", base_url])
        .current_dir(workspace::root())
        .env("VAN_APP_NAME", APPLICATION)
        .env("VAN_API_KEY", KEY)
        .env("VAN_MODE", "my-campaign")
        .status()
        .into_diagnostic()?;
    if status.success() { Ok(()) } else { Err(miette!("the import failed: {status}")) }
}
