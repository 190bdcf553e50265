//! `cargo van-bulk drift`: whether what VAN gives now is still what the snapshot says.

use std::path::Path;
use std::process::ExitCode;

use miette::IntoDiagnostic as _;
use van_bulk_codegen::diff::{Diff, Verdict};
use van_bulk_import::Client;
use van_bulk_schema::Snapshot;

use crate::diff::{self, Format, Named};
use crate::fetch::{self, Wanted};
use crate::workspace::{self, Workspace};

/// Fetch what an API key may import into memory and tell what is not as the snapshot says
///
/// The credentials come from the environment, as for `fetch`. Exit codes: 0 nothing changed, 1 no comparison could be made,
/// 10 texts only, 11 there is more, 12 something needs a look, 13 something breaks callers of the generated builders.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The name of the snapshot's folder below `snapshots/`; the only profile of van-bulk.toml unless it is named
    #[arg(long, value_parser = workspace::profile_name)]
    profile: Option<String>,
    /// The API to ask, such as an emulator's; else the one of van-bulk.toml, or VAN's
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
    /// Text for a terminal, Markdown for a pull request, or JSON
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Save what was fetched as the snapshot if anything changed; `codegen` is next then
    #[arg(long)]
    save: bool,
}

/// Runs the command.
pub(crate) async fn run(args: &Args, workspace: &Workspace) -> miette::Result<ExitCode> {
    let profile = fetch::fetched_profile(workspace, args.profile.as_deref())?;
    let client = profile.client(args.base_url.as_deref())?;
    let folder = profile.snapshot(workspace);
    let code = drift(&client, args, &Wanted::of(&profile, None), &folder, workspace).await?;
    Ok(ExitCode::from(code))
}

async fn drift(
    client: &Client,
    args: &Args,
    wanted: &Wanted,
    folder: &Path,
    workspace: &Workspace,
) -> miette::Result<u8> {
    let old = diff::from_folder(folder, workspace)?;
    let new = diff::fetched(client, wanted, folder, workspace).await?;
    let diff = diff::compare(&old, &new, workspace)?;
    diff::show(&diff, &old, &new, args.format)?;
    if args.save {
        save(&diff, &new, folder)?;
    }
    Ok(exit_code(&diff))
}

fn exit_code(diff: &Diff) -> u8 {
    match diff.worst() {
        None => 0,
        Some(Verdict::Text) => 10,
        Some(Verdict::Additive) => 11,
        Some(Verdict::NeedsALook) => 12,
        Some(Verdict::Breaking) => 13,
    }
}

/// Saves what was fetched, with what people added to the folder.
fn save(diff: &Diff, new: &Named, folder: &Path) -> miette::Result<()> {
    if diff.changes.is_empty() {
        return Ok(());
    }
    Snapshot::save(&new.snapshot.schema, new.snapshot.mode, folder).into_diagnostic()?;
    eprintln!("saved as {}", folder.display());
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::profiles::redact::Pattern;
    use secrecy::SecretString;
    use tempfile::TempDir;
    use van_bulk_emulator::{Config, Emulator};
    use van_bulk_import::Credentials;
    use van_bulk_import::client::{DatabaseMode, ValueSelection};
    use van_bulk_schema::Schema;
    use van_bulk_schema::snapshot::{NAMES_LOCK, OVERRIDES};

    fn sample() -> Schema {
        let folder = workspace::tests::sample();
        Snapshot::load(&folder).unwrap().0.schema
    }

    /// A folder with the sample as if it had been fetched, and with what people added.
    fn folder() -> TempDir {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("profile");
        Snapshot::save(&sample(), Some(DatabaseMode::MyCampaign), &folder).unwrap();
        for name in [OVERRIDES, NAMES_LOCK] {
            let from = workspace::tests::sample().join(name);
            fs::copy(from, folder.join(name)).unwrap();
        }
        parent
    }

    /// What the command does when VAN has this schema.
    async fn drift_to(schema: Schema, parent: &TempDir, save: bool) -> u8 {
        drift_of(schema, parent, save, &Wanted::default()).await
    }

    async fn drift_of(schema: Schema, parent: &TempDir, save: bool, wanted: &Wanted) -> u8 {
        let emulator = Emulator::start(Config { schema, ..Config::default() }).await.unwrap();
        let credentials =
            Credentials::new("test", SecretString::from("key"), DatabaseMode::MyCampaign).unwrap();
        let client = Client::new(&emulator.base_url(), credentials).unwrap();
        let args = Args { profile: Some("profile".to_owned()), base_url: None, format: Format::Text, save };
        let workspace = workspace::tests::repository();
        drift(&client, &args, wanted, &parent.path().join("profile"), &workspace).await.unwrap()
    }

    #[tokio::test]
    async fn nothing_drifts_while_van_gives_the_same() {
        assert_eq!(drift_to(sample(), &folder(), true).await, 0);
    }

    #[tokio::test]
    async fn the_exit_code_tells_the_worst_change() {
        let parent = folder();
        let mut schema = sample();
        schema.mapping_types[0].fields[0].description = Some("another".to_owned());
        assert_eq!(drift_to(schema.clone(), &parent, false).await, 10);
        schema.resources.push("Quilts".to_owned());
        assert_eq!(drift_to(schema.clone(), &parent, false).await, 11);
        let list = schema.values.values_mut().find(|list| !list.values.is_empty()).unwrap();
        list.values[0].name = "Another name".to_owned();
        assert_eq!(drift_to(schema.clone(), &parent, false).await, 12);
        schema.mapping_types.pop();
        assert_eq!(drift_to(schema, &parent, false).await, 13);
    }

    #[tokio::test]
    async fn what_is_saved_drifts_no_more_and_keeps_what_people_added() {
        let parent = folder();
        let mut schema = sample();
        schema.resources.push("Quilts".to_owned());
        let file = |name: &str| fs::read_to_string(parent.path().join("profile").join(name)).unwrap();
        let before = [file(OVERRIDES), file(NAMES_LOCK)];
        assert_eq!(drift_to(schema.clone(), &parent, true).await, 11);
        assert_eq!([file(OVERRIDES), file(NAMES_LOCK)], before);
        assert_eq!(drift_to(schema, &parent, false).await, 0);
    }

    #[tokio::test]
    async fn what_a_profile_redacts_or_does_not_fetch_drifts_neither_in_nor_out() {
        let parent = folder();
        let redact = vec![Pattern::new("ActivistCode.*").unwrap()];
        let wanted = Wanted { values: ValueSelection::None, redact };
        assert_ne!(drift_of(sample(), &parent, true, &wanted).await, 0);
        let saved = Snapshot::load(&parent.path().join("profile")).unwrap().0;
        assert_eq!(saved.schema.values.len(), sample().values.len());
        let list = saved.schema.values("ActivistCode", "ActivistCodeID").unwrap();
        assert!(list.values.iter().all(|value| value.name.starts_with("redacted ")), "{list:?}");
        assert_eq!(drift_of(sample(), &parent, false, &wanted).await, 0);
    }
}
