//! An emulator, a client, a ledger, and files to import.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use secrecy::SecretString;
use tempfile::TempDir;
use van_bulk::{FinishedJob, Header, Job};
use van_bulk_emulator::{Config, Emulator};
use van_bulk_import::client::{Client, Credentials, DatabaseMode, WaitOptions};
use van_bulk_import::delimited::Input;
use van_bulk_import::import::{BadRows, Import};
use van_bulk_import::ledger::Ledger;
use van_bulk_import::upload::UploadTarget;
use van_bulk_mappings::Mode;
use van_bulk_mappings::create_or_update_contact::CreateOrUpdateContact;
use van_bulk_mappings::email::Email;
use van_bulk_mappings::phones::{Phones, phone_type_id};
use van_bulk_mappings::resource::Contacts;
use van_bulk_schema::{Schema, Snapshot};

pub(crate) const KEY: &str = "5d0c9a7e-key-of-the-imports";

pub(crate) fn sample() -> Schema {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("snapshots/sample");
    Snapshot::load(&folder).unwrap().0.schema
}

/// Contacts with a phone and an e-mail address.
pub(crate) fn contacts() -> FinishedJob<Mode> {
    let header = Header::new(["FirstName", "LastName", "Email", "HomePhone"]).unwrap();
    let column = |name: &str| header.column(name).unwrap();
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

/// A good row of its own for each number, which cannot be compressed much.
pub(crate) fn row(number: u64) -> String {
    let name = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    format!("Ada{name:x},Abara,ada{number}@example.org,413-555-{:04}", number % 10_000)
}

pub(crate) struct World {
    pub(crate) emulator: Emulator,
    pub(crate) client: Client,
    pub(crate) target: UploadTarget,
    pub(crate) ledger: Ledger,
    folder: TempDir,
}

impl World {
    pub(crate) async fn new(config: Config) -> Self {
        // Fast, unless the test says how fast.
        let step = if config.step == Config::default().step { Duration::from_millis(2) } else { config.step };
        let config = Config { schema: sample(), api_key: Some(SecretString::from(KEY)), step, ..config };
        let emulator = Emulator::start(config).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        Self {
            client: client(&emulator.base_url(), KEY),
            emulator,
            target: UploadTarget::loopback().await.unwrap(),
            ledger: Ledger::open(folder.path().join("ledger")).unwrap(),
            folder,
        }
    }

    /// Where its files are.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A file with these rows.
    pub(crate) fn file(&self, rows: &[String]) -> PathBuf {
        let path = self.folder.path().join("rows.csv");
        fs::write(&path, format!("FirstName,LastName,Email,HomePhone\n{}\n", rows.join("\n"))).unwrap();
        path
    }

    /// An import of these rows, in small parts, that leaves out bad rows.
    pub(crate) fn import(&self, rows: &[String]) -> Import<Mode> {
        Import::new(contacts(), Input::open(&self.file(rows)).unwrap())
            .ledger(&self.ledger)
            .bad_rows(BadRows::LeaveOut)
            .part_bytes(64 * 1024)
            .wait(wait())
    }

    /// How often each contact was created or changed, by e-mail address.
    pub(crate) fn applied(&self) -> BTreeMap<String, usize> {
        let contacts = self.emulator.contacts().into_iter();
        contacts
            .map(|contact| {
                let times = contact.applied.iter();
                let times = times.filter(|applied| applied.mapping_type == "CreateOrUpdateContact").count();
                (contact.fields["Email"].clone(), times)
            })
            .collect()
    }

    /// The lines of the outcome file of the last import, with their cells.
    pub(crate) fn outcome(&self) -> Vec<Vec<String>> {
        let last = self.ledger.imports().unwrap().pop().unwrap().id;
        let text = fs::read_to_string(self.ledger.folder_of(last).join("outcome.csv")).unwrap();
        // No cell of these tests has a comma, a quote or a line break.
        text.lines().map(|line| line.split(',').map(str::to_owned).collect()).collect()
    }
}

pub(crate) fn client(base_url: &str, key: &str) -> Client {
    let key = SecretString::from(key.to_owned());
    let credentials = Credentials::new("tests", key, DatabaseMode::MyCampaign).unwrap();
    Client::new(base_url, credentials).unwrap()
}

pub(crate) fn wait() -> WaitOptions {
    WaitOptions {
        poll_interval: Duration::from_millis(10),
        deadline: Duration::from_secs(20),
        ..WaitOptions::default()
    }
}
