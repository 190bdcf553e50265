//! `cargo van-bulk fetch`: saves what an API key may import as a snapshot.

use std::path::Path;

use indicatif::{ProgressBar, ProgressStyle};
use miette::{IntoDiagnostic as _, miette};
use van_bulk_import::Client;
use van_bulk_import::client::{DatabaseMode, Discovery, ValueSelection};
use van_bulk_schema::finding::any_error;
use van_bulk_schema::snapshot::{MAPPING_TYPES, SnapshotError, VALUES};
use van_bulk_schema::{Finding, Schema, Severity, Snapshot};

use crate::diff::{self, Named};
use crate::profiles::redact::{Pattern, redact};
use crate::profiles::{self, Profile, Profiles};
use crate::report;
use crate::workspace::{self, Workspace};

/// Save what an API key may import as a snapshot below `snapshots/`
///
/// Without a profile, those of van-bulk.toml are fetched, one after the other. The credentials come from the environment and are
/// written nowhere: from the variables that van-bulk.toml names for the profile, or else VAN_APP_NAME (the application name),
/// VAN_API_KEY (the key, without `|0` or `|1`) and VAN_MODE (`my-voters` or `my-campaign`).
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The name of the snapshot's folder, such as your organisation's
    #[arg(long, value_parser = workspace::profile_name)]
    profile: Option<String>,
    /// The API to ask, such as an emulator's; else the one of van-bulk.toml, or VAN's
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
    /// The lists of predefined values to fetch: `all`, `none`, or some of them, such as `Phones.PhoneTypeID,Email.EmailTypeId`
    ///
    /// Else those of van-bulk.toml, or all. Lists that the snapshot has already and that are not fetched now stay as they are.
    #[arg(long, value_name = "WHICH")]
    values: Option<ValueSelection>,
}

/// Refuses the sample, which is that of no key.
fn is_of_a_key(workspace: &Workspace, name: &str) -> miette::Result<()> {
    if workspace.sample() == Some(name) {
        return Err(miette!(
            help = "choose another name",
            "`{name}` is the snapshot that this repository ships, which is that of no key"
        ));
    }
    Ok(())
}

/// The profile of a key that was fetched before: the one that is named, or else the only one.
pub(crate) fn fetched_profile(workspace: &Workspace, name: Option<&str>) -> miette::Result<Profile> {
    name.map_or(Ok(()), |name| is_of_a_key(workspace, name))?;
    workspace.key(name)?.ok_or_else(none)
}

/// There is no profile of a key.
fn none() -> miette::Report {
    miette!(
        help = "add one as its head shows, or name one with `--profile`",
        "{} lists no profile that can be fetched",
        profiles::FILE
    )
}

/// What to fetch and what to keep of it.
#[derive(Debug, Default)]
pub(crate) struct Wanted {
    /// The value lists.
    pub(crate) values: ValueSelection,
    /// The fields whose display texts are replaced.
    pub(crate) redact: Vec<Pattern>,
}

impl Wanted {
    /// What a profile wants; value lists of the command line win.
    pub(crate) fn of(profile: &Profile, values: Option<&ValueSelection>) -> Self {
        Self { values: profile.values(values), redact: profile.redact.clone() }
    }
}

/// Runs the command.
pub(crate) async fn run(args: &Args, workspace: &Workspace) -> miette::Result<()> {
    let profiles = match &args.profile {
        Some(name) => {
            is_of_a_key(workspace, name)?;
            vec![workspace.new_profile(name)?]
        }
        None => to_fetch(workspace.settings()?.profiles, workspace.sample())?,
    };
    for profile in profiles {
        fetch_profile(&profile, args, workspace).await?;
    }
    Ok(())
}

/// Every profile of the file but the one that this repository ships.
fn to_fetch(mut profiles: Profiles, sample: Option<&str>) -> miette::Result<Vec<Profile>> {
    if let Some(sample) = sample {
        profiles.remove(sample);
    }
    if profiles.is_empty() {
        return Err(none());
    }
    Ok(profiles.into_values().collect())
}

async fn fetch_profile(profile: &Profile, args: &Args, workspace: &Workspace) -> miette::Result<()> {
    let client = profile.client(args.base_url.as_deref())?;
    let wanted = Wanted::of(profile, args.values.as_ref());
    let folder = profile.snapshot(workspace);
    let fetched = fetch(&client, &wanted, &folder, workspace).await?;
    println!("{}: {}", profile.name, fetched.summary);
    println!("saved as {}", folder.display());
    println!("{}", fetched.changes);
    let generated = workspace.crate_of(profile)?;
    let (command, out) = (generated.config.command, generated.out);
    println!("next: {command} (writes the crate {}; see --help for another one)", out.display());
    Ok(())
}

/// What a fetch has to say.
struct Fetched {
    /// What was fetched, in one line.
    summary: String,
    /// What changed against the snapshot that was there.
    changes: String,
}

/// Fetches a snapshot into a folder, and says what was fetched and what changed.
async fn fetch(
    client: &Client,
    wanted: &Wanted,
    folder: &Path,
    workspace: &Workspace,
) -> miette::Result<Fetched> {
    let before = before(folder, workspace);
    let (schema, summary) = whole(client, wanted, folder).await?;
    Snapshot::save(&schema, Some(client.mode()), folder).into_diagnostic()?;
    Ok(Fetched { summary, changes: changes(before.as_ref(), folder, workspace) })
}

/// Fetches what is wanted, takes the value lists that are not from the snapshot in the folder, and redacts all of it. Says what
/// was fetched.
pub(crate) async fn whole(
    client: &Client,
    wanted: &Wanted,
    folder: &Path,
) -> miette::Result<(Schema, String)> {
    let fetches_all = wanted.values == ValueSelection::All;
    let old = if fetches_all { Schema::default() } else { old_values(folder, client.mode())? };
    let mut discovery = discover_whole(client, client.base_url(), &wanted.values).await?;
    let mut summary = summary(&discovery);
    if !discovery.left_out.is_empty() {
        let kept = keep_values(&mut discovery, old);
        let absent = discovery.left_out.len() - kept;
        summary.push_str(&format!("; kept {kept} value lists; {absent} were left out"));
    }
    redact(&mut discovery.schema, &wanted.redact).map_err(|unmatched| {
        miette!(
            code = "profiles::redacts-nothing",
            help = format!("correct `redact` of the profile in {}", profiles::FILE),
            "what should be redacted names no field: {}; nothing was saved",
            unmatched.join(", ")
        )
    })?;
    Ok((discovery.schema, summary))
}

/// The snapshot that a fetch replaces, if there is one that can be compared. What is wrong with one that cannot is told at its
/// place.
fn before(folder: &Path, workspace: &Workspace) -> Option<Named> {
    if !folder.join(MAPPING_TYPES).is_file() {
        return None;
    }
    let told = |error| eprintln!("the old snapshot cannot be compared: {error}");
    diff::from_folder(folder, workspace).map_err(told).ok()
}

/// What changed. The new snapshot is saved by now, so that what keeps it from being compared is told and is no error.
fn changes(before: Option<&Named>, folder: &Path, workspace: &Workspace) -> String {
    let Some(before) = before else {
        return "there was no snapshot to compare it with".to_owned();
    };
    let compared =
        diff::from_folder(folder, workspace).and_then(|after| diff::compare(before, &after, workspace));
    match compared {
        Ok(diff) => format!("against the snapshot before: {}", diff.to_string().trim_end()),
        Err(error) => format!("what changed is not known: {error}"),
    }
}

/// The snapshot that is there, for its value lists; an empty schema if there is none.
///
/// Of a snapshot that is partly made up, no list is taken: what is saved is not labelled with the origin of its parts. Nor is
/// any of a snapshot of the other database mode, whose ids mean other things.
fn old_values(folder: &Path, mode: DatabaseMode) -> miette::Result<Schema> {
    let (snapshot, findings) = match Snapshot::load(folder) {
        Ok(loaded) => loaded,
        Err(SnapshotError::NotASnapshot(_)) => return Ok(Schema::default()),
        Err(error) => return Err(error).into_diagnostic(),
    };
    let of_values = |finding: &Finding| finding.document.starts_with(VALUES);
    let unreadable: Vec<Finding> = findings
        .into_iter()
        .filter(|finding| finding.severity == Severity::Error && of_values(finding))
        .collect();
    if !unreadable.is_empty() {
        report::findings(&unreadable, &snapshot.documents, folder);
        return Err(miette!(
            help = "fetch all value lists again with `--values all`, or correct the places shown above",
            "value lists in {} cannot be read, so they cannot be kept; nothing was fetched",
            folder.display()
        ));
    }
    let is_made_up = !snapshot.provenance.mapping_types.is_empty();
    let is_of_other_mode = snapshot.mode.is_some_and(|old| old != mode);
    Ok(if is_made_up || is_of_other_mode { Schema::default() } else { snapshot.schema })
}

/// Takes the value lists that were left out from what was there, and counts them.
fn keep_values(discovery: &mut Discovery, mut old: Schema) -> usize {
    let mut kept = 0;
    for list in &discovery.left_out {
        if let Some(values) = old.values.remove(list) {
            discovery.schema.values.insert(list.clone(), values);
            kept += 1;
        }
    }
    kept
}

/// Fetches everything that is selected, and refuses responses of which parts cannot be read.
pub(crate) async fn discover_whole(
    client: &Client,
    base_url: &str,
    values: &ValueSelection,
) -> miette::Result<Discovery> {
    let discovery = discover(client, values).await?;
    report::findings(&discovery.findings, &discovery.documents, Path::new(base_url));
    if any_error(&discovery.findings) {
        return Err(miette!(
            help = "VAN may have changed its API; please report this with the places shown above",
            "the responses of {base_url} could not be read whole, so nothing was saved"
        ));
    }
    Ok(discovery)
}

/// Fetches everything that is selected, with a progress bar on a terminal.
pub async fn discover(client: &Client, values: &ValueSelection) -> miette::Result<Discovery> {
    let bar = ProgressBar::new(0);
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} {msg}") {
        bar.set_style(style);
    }
    let discovery = client
        .discover(values, |progress| {
            bar.set_length(progress.total as u64);
            bar.set_position(progress.done as u64);
            bar.set_message(progress.last.clone());
        })
        .await;
    bar.finish_and_clear();
    discovery.into_diagnostic()
}

/// What was fetched, in one line.
pub fn summary(discovery: &Discovery) -> String {
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;

    use super::*;
    use secrecy::SecretString;
    use tempfile::TempDir;
    use van_bulk_emulator::faults::Faults;
    use van_bulk_emulator::{Config, Emulator};
    use van_bulk_import::Credentials;

    /// An emulator that serves the sample, and a folder to fetch into.
    struct World {
        emulator: Emulator,
        parent: TempDir,
        sample: Snapshot,
        redact: Vec<Pattern>,
    }

    impl World {
        async fn new() -> Self {
            Self::with(tempfile::tempdir().unwrap(), Faults::none(), |_| {}).await
        }

        /// The same after VAN changed what it has, and with faults.
        async fn with(parent: TempDir, faults: Faults, change: impl FnOnce(&mut Schema)) -> Self {
            let folder = workspace::tests::sample();
            let (mut sample, _) = Snapshot::load(&folder).unwrap();
            change(&mut sample.schema);
            let config = Config { schema: sample.schema.clone(), faults, page_size: 3, ..Config::default() };
            Self { emulator: Emulator::start(config).await.unwrap(), parent, sample, redact: Vec::new() }
        }

        fn folder(&self) -> std::path::PathBuf {
            self.parent.path().join("profile")
        }

        async fn fetch(&self, values: &str) -> miette::Result<Fetched> {
            self.fetch_in(DatabaseMode::MyCampaign, values).await
        }

        async fn fetch_in(&self, mode: DatabaseMode, values: &str) -> miette::Result<Fetched> {
            let credentials = Credentials::new("test", SecretString::from("key"), mode).unwrap();
            let client = Client::new(&self.emulator.base_url(), credentials).unwrap();
            let wanted = Wanted { values: values.parse().unwrap(), redact: self.redact.clone() };
            fetch(&client, &wanted, &self.folder(), &workspace::tests::repository()).await
        }

        /// The value lists of the fetched snapshot, by mapping type and field.
        fn lists(&self) -> BTreeSet<String> {
            let (snapshot, findings) = Snapshot::load(&self.folder()).unwrap();
            assert_eq!(findings, []);
            for (list, values) in &snapshot.schema.values {
                assert_eq!(values, &self.sample.schema.values[list]);
            }
            snapshot.schema.values.keys().map(|(mapping, field)| format!("{mapping}.{field}")).collect()
        }

        /// Those of the sample.
        fn all(&self) -> BTreeSet<String> {
            let lists = self.sample.schema.values.keys();
            lists.map(|(mapping, field)| format!("{mapping}.{field}")).collect()
        }
    }

    #[tokio::test]
    async fn value_lists_that_are_not_fetched_this_time_stay() {
        let world = World::new().await;
        let lists: Vec<String> = world.all().into_iter().collect();
        world.fetch("none").await.unwrap();
        assert_eq!(world.lists(), BTreeSet::new());
        world.fetch(&lists[0]).await.unwrap();
        assert_eq!(world.lists(), BTreeSet::from([lists[0].clone()]));
        let line = world.fetch(&format!("{}, {}", lists[1], lists[2])).await.unwrap().summary;
        assert_eq!(world.lists(), lists[..3].iter().cloned().collect());
        assert!(line.contains("2 value lists") && line.contains("kept 1 value lists"), "{line}");
        world.fetch("all").await.unwrap();
        assert_eq!(world.lists(), world.all());
        world.fetch("none").await.unwrap();
        assert_eq!(world.lists(), world.all());
    }

    #[tokio::test]
    async fn a_list_that_no_field_has_any_more_does_not_stay() {
        let world = World::new().await;
        world.fetch("all").await.unwrap();
        let stray = world.folder().join("values/Gone.Field.json");
        fs::write(&stray, r#"{"mappingType": "Gone", "field": "Field", "items": []}"#).unwrap();
        world.fetch("none").await.unwrap();
        assert_eq!(world.lists(), world.all());
    }

    #[tokio::test]
    async fn a_list_that_is_made_up_is_not_kept_as_a_fetched_one() {
        let world = World::new().await;
        world.fetch("all").await.unwrap();
        let provenance = &world.sample.documents["provenance.json"];
        fs::write(world.folder().join("provenance.json"), provenance).unwrap();
        world.fetch("none").await.unwrap();
        assert_eq!(world.lists(), BTreeSet::new());
    }

    #[tokio::test]
    async fn the_database_mode_is_saved_and_lists_of_the_other_mode_are_not_kept() {
        let world = World::new().await;
        let mode = || Snapshot::load(&world.folder()).unwrap().0.mode;
        world.fetch("all").await.unwrap();
        assert_eq!(mode(), Some(DatabaseMode::MyCampaign));
        world.fetch_in(DatabaseMode::MyVoters, "none").await.unwrap();
        assert_eq!(mode(), Some(DatabaseMode::MyVoters));
        assert_eq!(world.lists(), BTreeSet::new());
    }

    #[tokio::test]
    async fn a_list_that_cannot_be_read_is_not_lost_but_stops_the_fetch() {
        let world = World::new().await;
        world.fetch("all").await.unwrap();
        let list = world.folder().join("values/Broken.json");
        fs::write(&list, "{").unwrap();
        let error = world.fetch("none").await.err().unwrap();
        assert!(error.to_string().contains("cannot be kept"), "{error}");
        assert_eq!(fs::read_to_string(&list).unwrap(), "{");
        world.fetch("all").await.unwrap();
        assert!(!list.exists());
    }

    #[tokio::test]
    async fn a_value_list_that_does_not_exist_is_refused_and_nothing_is_saved() {
        let world = World::new().await;
        let error = world.fetch("ActivistCode.ActivistCodeId").await.err().unwrap();
        assert!(error.to_string().contains("did you mean `ActivistCode.ActivistCodeID`?"), "{error}");
        assert!(!world.folder().exists());
    }

    #[tokio::test]
    async fn overrides_and_remembered_names_stay() {
        let world = World::new().await;
        world.fetch("all").await.unwrap();
        for name in ["overrides.toml", "names.lock"] {
            fs::write(world.folder().join(name), "# by people\n").unwrap();
        }
        world.fetch("all").await.unwrap();
        for name in ["overrides.toml", "names.lock"] {
            assert_eq!(fs::read_to_string(world.folder().join(name)).unwrap(), "# by people\n");
        }
    }

    #[tokio::test]
    async fn the_first_fetch_says_that_there_is_nothing_to_compare_with() {
        let fetched = World::new().await.fetch("all").await.unwrap();
        assert_eq!(fetched.changes, "there was no snapshot to compare it with");
    }

    #[tokio::test]
    async fn a_fetch_says_what_changed_counts_first() {
        let world = World::new().await;
        world.fetch("all").await.unwrap();
        let unchanged = world.fetch("all").await.unwrap().changes;
        assert_eq!(unchanged, "against the snapshot before: Nothing changed.");
        let world = World::with(world.parent, Faults::none(), |schema| {
            schema.resources.push("Quilts".to_owned());
        })
        .await;
        let changes = world.fetch("all").await.unwrap().changes;
        assert!(changes.starts_with("against the snapshot before: 1 "), "{changes}");
        assert!(changes.lines().count() > 1 && changes.contains("Quilts"), "{changes}");
    }

    #[tokio::test]
    async fn a_snapshot_that_cannot_be_compared_is_replaced_all_the_same() {
        let world = World::new().await;
        world.fetch("all").await.unwrap();
        fs::write(world.folder().join(MAPPING_TYPES), "{").unwrap();
        assert_eq!(world.fetch("all").await.unwrap().changes, "there was no snapshot to compare it with");
        assert_eq!(world.lists(), world.all());
    }

    #[tokio::test]
    async fn paging_that_breaks_off_leaves_the_old_snapshot_as_it_was() {
        let world = World::new().await;
        world.fetch("all").await.unwrap();
        let before = Snapshot::load(&world.folder()).unwrap().0.documents;
        for fault in ["html@discovery:every=4", "short-length@discovery:every=4"] {
            // Three pages come before one that is not repeated.
            let faults = Faults::none().with(fault.parse().unwrap());
            let parent = tempfile::tempdir().unwrap();
            fs::rename(world.folder(), parent.path().join("profile")).unwrap();
            let broken = World::with(parent, faults, |schema| schema.resources.clear()).await;
            assert!(broken.fetch("all").await.is_err(), "{fault}");
            assert_eq!(Snapshot::load(&broken.folder()).unwrap().0.documents, before, "{fault}");
            assert_eq!(fs::read_dir(broken.parent.path()).unwrap().count(), 1, "{fault}");
            fs::rename(broken.folder(), world.folder()).unwrap();
        }
    }

    /// Everything that is in the folder, as one text.
    fn saved(world: &World) -> String {
        Snapshot::load(&world.folder()).unwrap().0.documents.into_values().collect()
    }

    #[tokio::test]
    async fn what_a_profile_redacts_is_not_saved_in_lists_that_are_kept_either() {
        let mut world = World::new().await;
        let names = world.sample.schema.values("ActivistCode", "ActivistCodeID").unwrap().values.clone();
        world.fetch("all").await.unwrap();
        assert!(saved(&world).contains(&names[0].name));
        world.redact = vec![Pattern::new("ActivistCode.ActivistCodeID").unwrap()];
        world.fetch("none").await.unwrap();
        assert!(names.iter().all(|value| !saved(&world).contains(&value.name)));
        world.fetch("all").await.unwrap();
        assert!(names.iter().all(|value| !saved(&world).contains(&value.name)));
        assert_eq!(
            world.fetch("all").await.unwrap().changes,
            "against the snapshot before: Nothing changed."
        );
    }

    #[tokio::test]
    async fn a_slip_in_what_is_redacted_saves_nothing() {
        let mut world = World::new().await;
        world.redact = vec![Pattern::new("ActivistCode.ActivistCodeId").unwrap()];
        let error = world.fetch("all").await.err().unwrap();
        assert!(error.to_string().contains("did you mean `ActivistCode.ActivistCodeID`?"), "{error}");
        assert!(!world.folder().exists());
    }

    #[test]
    fn without_a_profile_all_of_the_file_are_fetched_but_the_sample() {
        let profile = |name: &str| (name.to_owned(), Profile::new(name));
        let all = Profiles::from([profile("sample"), profile("b"), profile("a")]);
        let names: Vec<String> =
            to_fetch(all, Some("sample")).unwrap().into_iter().map(|profile| profile.name).collect();
        assert_eq!(names, ["a", "b"]);
        let error = to_fetch(Profiles::from([profile("sample")]), Some("sample")).unwrap_err();
        assert!(error.to_string().contains("lists no profile"), "{error}");
    }
}
