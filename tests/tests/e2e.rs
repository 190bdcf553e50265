//! Whole imports over HTTP against the emulator: builders, packing, client, result files, account.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use secrecy::SecretString;
use tempfile::TempDir;
use van_bulk::{Column, FinishedJob, Header, Job};
use van_bulk_emulator::{Config, Emulator};
use van_bulk_import::client::{Client, Credentials, DatabaseMode, ValueSelection, WaitOptions};
use van_bulk_import::delimited::Input;
use van_bulk_import::results::Status;
use van_bulk_import::rows::{Packing, Preflight};
use van_bulk_import::{ClientError, Outcome, Reconciliation, UploadTarget};
use van_bulk_mappings::Mode;
use van_bulk_mappings::activist_code::ActivistCode;
use van_bulk_mappings::create_or_update_contact::CreateOrUpdateContact;
use van_bulk_mappings::email::Email;
use van_bulk_mappings::phones::{Phones, phone_type_id};
use van_bulk_mappings::resource::{Contacts, ContactsActivistCodes};
use van_bulk_schema::overrides::Overrides;
use van_bulk_schema::snapshot::DIGEST;
use van_bulk_schema::{Schema, Snapshot};

const KEY: &str = "0f6b7a1e-key-of-the-tests";
/// What packing calls the first part of `rows.csv`.
const ZIP: &str = "rows-001.zip";

fn sample() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("snapshots/sample")
}

/// An emulator, a client that may use it, and a place for uploads that it can fetch from.
struct World {
    emulator: Emulator,
    client: Client<Mode>,
    uploads: UploadTarget,
    folder: TempDir,
}

impl World {
    async fn new(config: Config) -> Self {
        let config = Config {
            schema: Snapshot::load(&sample()).unwrap().0.schema,
            api_key: Some(SecretString::from(KEY)),
            step: Duration::from_millis(2),
            ..config
        };
        let emulator = Emulator::start(config).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let uploads = UploadTarget::loopback().await.unwrap();
        let client = client(&emulator, KEY);
        Self { emulator, client, uploads, folder }
    }

    /// Packs `rows` under the job's columns, submits the job and waits for its end.
    async fn run(&self, job: &FinishedJob<Mode>, rows: &[&str]) -> van_bulk_import::client::Job {
        let columns: Vec<&str> = job.columns().collect();
        let csv = self.folder.path().join("rows.csv");
        fs::write(&csv, format!("{}\n{}\n", columns.join(","), rows.join("\n"))).unwrap();
        // Without a schema: what VAN makes of bad rows is what these tests are about.
        let preflight = Preflight::of_columns(&columns, job.delimiter()).unwrap();
        let packing = Packing::new(&preflight, self.folder.path(), "rows.csv");
        let packed = packing.csv(Input::open(&csv).unwrap()).unwrap();
        assert_eq!(packed.parts[0].rows, rows.len() as u64);
        self.submit(job).await
    }

    /// Submits the job for the zip that is there and waits for its end.
    async fn submit(&self, job: &FinishedJob<Mode>) -> van_bulk_import::client::Job {
        self.uploads.put(ZIP, &self.folder.path().join(ZIP)).await.unwrap();
        let id = self.client.submit(job, "rows.csv", self.source_url().await).await.unwrap();
        let options = WaitOptions {
            poll_interval: Duration::from_millis(2),
            deadline: Duration::from_secs(20),
            ..WaitOptions::default()
        };
        let ended = self.client.wait(id, &options, |_| {}).await.unwrap();
        assert_eq!(self.uploads.was_fetched(ZIP), Some(true));
        ended
    }

    /// Where the emulator fetches the zip.
    async fn source_url(&self) -> String {
        self.uploads.url(ZIP).await.unwrap().expose().to_owned()
    }

    /// Downloads every result file and accounts for every row.
    async fn account(
        &self,
        job: &FinishedJob<Mode>,
        ended: &van_bulk_import::client::Job,
        rows: u64,
    ) -> Outcome {
        let files = self.client.download(ended, &self.folder.path().join("results")).await.unwrap();
        assert_eq!(files.len(), ended.result_files.len());
        let mut reconciliation = Reconciliation::of_job(rows, &job.payload("rows.csv", "unused")).unwrap();
        for file in &files {
            reconciliation.read(file).unwrap();
        }
        reconciliation.finish().unwrap()
    }
}

fn credentials(key: &str) -> Credentials {
    Credentials::new("tests", SecretString::from(key.to_owned()), DatabaseMode::MyCampaign).unwrap()
}

fn client(emulator: &Emulator, key: &str) -> Client<Mode> {
    Client::builder(&emulator.base_url(), credentials(key)).mode::<Mode>().build().unwrap()
}

/// Contacts with a phone and an e-mail address.
fn contacts() -> FinishedJob<Mode> {
    let header = Header::new(["FirstName", "LastName", "Email", "HomePhone"]).unwrap();
    let column = |name: &str| -> Column<Header> { header.column(name).unwrap() };
    Job::<Contacts, Header>::with_header("New contacts", &header)
        .apply(
            CreateOrUpdateContact::new()
                .first_name(column("FirstName"))
                .last_name(column("LastName"))
                .email(column("Email")),
        )
        .apply(Phones::new(column("HomePhone"), phone_type_id::Home))
        .apply(Email::new(column("Email")))
        .finish()
        .unwrap()
}

fn counts(outcome: &Outcome) -> [u64; 4] {
    assert_eq!(outcome.sent, outcome.processed + outcome.refused + outcome.missing);
    [outcome.sent, outcome.processed, outcome.refused, outcome.missing]
}

#[tokio::test]
async fn every_row_of_a_good_file_is_processed_and_arrives() {
    let world = World::new(Config::default()).await;
    let job = contacts();
    let rows = [
        "Ada,Abara,ada@example.org,413-555-0100",
        "\"Bao \"\"Bo\"\"\",\"Brandt, Jr\",bao@example.org,413-555-0101",
        "Dāvis,Čakste,davis@example.org,413-555-0102",
    ];
    let ended = world.run(&job, &rows).await;
    assert_eq!(ended.status, Status::Completed);
    assert_eq!(counts(&world.account(&job, &ended, 3).await), [3, 3, 0, 0]);

    let names: Vec<String> = world
        .emulator
        .contacts()
        .iter()
        .map(|contact| contact.fields.get("LastName").cloned().unwrap_or_default())
        .collect();
    assert_eq!(names, ["Abara", "Brandt, Jr", "Čakste"]);
}

#[tokio::test]
async fn a_refused_mapping_is_counted_though_the_job_is_completed() {
    let world = World::new(Config::default()).await;
    let job = contacts();
    let rows = ["Ada,Abara,ada@example.org,413-555-0100", "Bao,Brandt,bao@example.org,none"];
    let ended = world.run(&job, &rows).await;
    assert_eq!(ended.status, Status::Completed);
    let outcome = world.account(&job, &ended, 2).await;
    assert_eq!(counts(&outcome), [2, 1, 1, 0]);
    assert_eq!(outcome.refused_rows[0].row, 2);
    assert_eq!(outcome.mappings[1].messages["Invalid phone number"], 1);
}

#[tokio::test]
async fn rows_that_are_left_out_are_missing_and_the_job_is_completed_with_errors() {
    let world = World::new(Config::default()).await;
    let job = contacts();
    let rows =
        ["Ada,Abara,ada@example.org,413-555-0100", "Bao,Brandt,bao@example.org,", "Cy,Cole,,413-555-0102"];
    let ended = world.run(&job, &rows).await;
    assert_eq!(ended.status, Status::CompletedWithErrors);
    let outcome = world.account(&job, &ended, 3).await;
    assert_eq!(counts(&outcome), [3, 1, 0, 2]);
    assert_eq!(outcome.missing_rows().collect::<Vec<_>>(), [2..=3]);
}

#[tokio::test]
async fn a_job_whose_file_cannot_name_its_records_fails_and_says_so() {
    let world = World::new(Config::default()).await;
    let header = Header::new(["Code"]).unwrap();
    let job = Job::<ContactsActivistCodes, _>::with_header("Codes without contacts", &header)
        .apply(ActivistCode::new(header.column("Code").unwrap()))
        .finish()
        .unwrap();
    let ended = world.run(&job, &["4101"]).await;
    assert_eq!(ended.status, Status::Failed);
    assert!(ended.result_files.is_empty());
    let errors: Vec<String> = ended.errors.iter().map(ToString::to_string).collect();
    assert!(errors.join("\n").contains("VanID"), "{errors:?}");
}

#[tokio::test]
async fn a_truncated_zip_fails_the_job_and_changes_no_contact() {
    let world = World::new(Config::default()).await;
    let job = contacts();
    world.run(&job, &["Ada,Abara,ada@example.org,413-555-0100"]).await;
    let before = world.emulator.contacts();

    let zip = world.folder.path().join(ZIP);
    let whole = fs::read(&zip).unwrap();
    fs::write(&zip, &whole[..whole.len() / 2]).unwrap();
    let ended = world.submit(&job).await;
    assert_eq!(ended.status, Status::Failed);
    assert!(ended.errors[0].to_string().contains("zip"), "{}", ended.errors[0]);
    assert_eq!(world.emulator.contacts(), before);
}

#[tokio::test]
async fn an_early_404_after_the_post_is_waited_out() {
    let world = World::new(Config { early_not_found: 3, ..Config::default() }).await;
    let job = contacts();
    let ended = world.run(&job, &["Ada,Abara,ada@example.org,413-555-0100"]).await;
    assert_eq!(ended.status, Status::Completed);
    assert_eq!(world.emulator.jobs_received(), 1);
}

#[tokio::test]
async fn several_result_files_are_one_account() {
    let world = World::new(Config { max_result_file_bytes: Some(600), ..Config::default() }).await;
    let job = contacts();
    let rows: Vec<String> =
        (0..40).map(|row| format!("Ada{row},Abara,ada{row}@example.org,413-555-01{row:02}")).collect();
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    let ended = world.run(&job, &rows).await;
    assert!(ended.result_files.len() > 2, "{} files", ended.result_files.len());
    assert_eq!(counts(&world.account(&job, &ended, 40).await), [40, 40, 0, 0]);
}

#[tokio::test]
async fn an_expired_result_file_is_a_clear_error() {
    let world = World::new(Config { link_lifetime: Duration::ZERO, ..Config::default() }).await;
    let job = contacts();
    let ended = world.run(&job, &["Ada,Abara,ada@example.org,413-555-0100"]).await;
    let error = world.client.download(&ended, &world.folder.path().join("results")).await.unwrap_err();
    assert!(matches!(error, ClientError::ResultLink { .. }), "{error:?}");
    assert!(error.to_string().contains("24 hours"), "{error}");
}

#[tokio::test]
async fn wrong_credentials_are_told_without_the_key() {
    let world = World::new(Config::default()).await;
    let error =
        client(&world.emulator, "another-key").discover(&ValueSelection::All, |_| {}).await.unwrap_err();
    assert!(matches!(error, ClientError::Unauthorized { .. }), "{error:?}");
    let shown = format!("{error} {error:?}");
    assert!(shown.contains("VAN_API_KEY"), "{shown}");
    assert!(!shown.contains("another-key"), "{shown}");
}

#[tokio::test]
async fn a_job_that_breaks_the_rules_is_refused_with_the_paths_of_its_mistakes() {
    let world = World::new(Config::default()).await;
    let mut payload = contacts().payload("rows.csv", world.source_url().await);
    payload.actions[0].mapping_types[1].field_value_mappings[1].static_value = None;
    payload.actions[0].mapping_types[2].name = "Emial".into();
    let error = world.client.create_job(&payload).await.unwrap_err().to_string();
    assert!(error.contains("actions[0].mappingTypes[1].fieldValueMappings[1]"), "{error}");
    assert!(error.contains("actions[0].mappingTypes[2].name"), "{error}");
    assert!(error.contains("did you mean `Email`?"), "{error}");
    assert_eq!(world.emulator.jobs_received(), 0);
}

#[tokio::test]
async fn what_is_fetched_and_saved_is_the_snapshot_that_the_emulator_serves() {
    let world = World::new(Config { page_size: 7, ..Config::default() }).await;
    let discovery = world.client.discover(&ValueSelection::All, |_| {}).await.unwrap();
    assert_eq!(discovery.findings, []);

    let folder = world.folder.path().join("snapshots/fetched");
    Snapshot::save(&discovery.schema, None, &folder).unwrap();
    let (fetched, findings) = Snapshot::load(&folder).unwrap();
    assert_eq!(findings, []);
    let (served, _) = Snapshot::load(&sample()).unwrap();
    // What people know beyond the responses is not served.
    let responses = Schema { overrides: Overrides::default(), ..served.schema };
    assert_eq!(fetched.schema, responses);
    // The sample was written by people, so it has no digest of what was fetched.
    for (name, text) in fetched.documents.iter().filter(|(name, _)| *name != DIGEST) {
        assert_eq!(text, &served.documents[name], "{name}");
    }
}

#[tokio::test]
async fn what_another_client_sends_by_column_name_is_applied() {
    let world = World::new(Config::default()).await;
    let job = contacts();
    world.run(&job, &["Ada,Abara,ada@example.org,413-555-0100"]).await;
    let mut payload = job.payload("rows.csv", world.source_url().await);
    payload.actions[0].mapping_types.truncate(1);
    payload.actions[0].mapping_types[0].field_value_mappings.clear();
    let id = world.client.create_job(&payload).await.unwrap();
    let ended = world.client.wait(id, &WaitOptions::default(), |_| {}).await.unwrap();
    assert_eq!(ended.status, Status::Completed);
    let contact = &world.emulator.contacts()[0];
    assert_eq!(contact.fields.get("FirstName").map(String::as_str), Some("Ada"));
}

#[tokio::test]
async fn a_job_that_was_built_for_the_other_database_mode_is_not_sent() {
    let world = World::new(Config::default()).await;
    let header = Header::new(["VanID", "Code"]).unwrap();
    let code = header.column("Code").unwrap();
    let job =
        Job::<golden_activist_code::resource::ContactsActivistCodes, Header>::with_header("Codes", &header)
            .apply(golden_activist_code::activist_code::ActivistCode::new(code))
            .finish()
            .unwrap();
    let client = Client::new(&world.emulator.base_url(), credentials(KEY)).unwrap();
    let error = client.submit(&job, "rows.csv", world.source_url().await).await.unwrap_err();
    assert!(
        matches!(
            error,
            ClientError::WrongMode { job: DatabaseMode::MyVoters, client: DatabaseMode::MyCampaign, .. }
        ),
        "{error}"
    );
    assert!(error.is_definite_refusal());

    // The same job without its mode goes out; VAN has the last word.
    let id = client.submit(&job.any_mode(), "rows.csv", world.source_url().await).await.unwrap();
    let id = u32::try_from(id.0).unwrap();
    assert!(world.emulator.job(id).is_some());
    assert!(world.emulator.job(id - 1).is_none(), "it is the first that arrived");
}
