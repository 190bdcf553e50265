//! The pre-flight against the emulator: what it rejects before a file is sent is what is left out of the import.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::time::Duration;

use secrecy::SecretString;
use tempfile::TempDir;
use van_bulk::payload::Delimiter;
use van_bulk::{Column, FinishedJob, Header, Job, raw};
use van_bulk_emulator::{Config, Contact, Emulator};
use van_bulk_import::UploadTarget;
use van_bulk_import::client::{Client, Credentials, DatabaseMode, WaitOptions};
use van_bulk_import::delimited::Input;
use van_bulk_import::rows::{Packing, Preflight};
use van_bulk_mappings::Mode;
use van_bulk_mappings::activist_code::ActivistCode;
use van_bulk_mappings::apply_contributions::{self, ApplyContributions, designation_id};
use van_bulk_mappings::create_or_update_contact::CreateOrUpdateContact;
use van_bulk_mappings::email::Email;
use van_bulk_mappings::phones::{Phones, country_code, phone_type_id};
use van_bulk_mappings::resource::{Contacts, ContactsActivistCodes};
use van_bulk_schema::{Schema, Snapshot};

const KEY: &str = "0f6b7a1e-key-of-the-tests";
/// Set it to run the rows of one seed alone.
const SEED: &str = "VAN_BULK_TEST_SEED";
const SEEDS: u64 = 3;
const ROWS: usize = 60;

/// The contacts that there are. That a `VanID` is none of a contact the emulator tells, too, and the pre-flight cannot know:
/// all whole numbers in the rows are of these.
const CONTACTS: [u64; 3] = [1001, 1002, 1003];

fn sample() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("snapshots/sample")
}

/// A number sequence that looks random, the same for the same seed (SplitMix64).
struct Rng(u64);

impl Rng {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % end as u64).unwrap()
    }
}

struct World {
    emulator: Emulator,
    client: Client,
    uploads: UploadTarget,
    folder: TempDir,
    schema: Schema,
}

impl World {
    async fn new() -> Self {
        let schema = Snapshot::load(&sample()).unwrap().0.schema;
        let config = Config {
            schema: schema.clone(),
            api_key: Some(SecretString::from(KEY)),
            step: Duration::from_millis(1),
            seed_contacts: CONTACTS.into_iter().map(Contact::new).collect(),
            ..Config::default()
        };
        let emulator = Emulator::start(config).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let uploads = UploadTarget::loopback().await.unwrap();
        let credentials =
            Credentials::new("tests", SecretString::from(KEY), DatabaseMode::MyCampaign).unwrap();
        let client = Client::new(&emulator.base_url(), credentials).unwrap();
        Self { emulator, client, uploads, folder, schema }
    }

    /// Which rows the emulator leaves out of an import of the file, and why. The file is packed as it is, for the columns
    /// alone are known.
    async fn left_out(&self, job: &FinishedJob<Mode>, file: &str) -> Vec<(u64, String)> {
        let columns: Vec<&str> = job.columns().collect();
        let preflight = Preflight::of_columns(&columns, job.delimiter()).unwrap();
        let packing = Packing::new(&preflight, self.folder.path(), "rows.csv");
        let packed = packing.csv(input(file)).unwrap();
        assert_eq!((packed.summary.rejected, packed.parts.len()), (0, 1));
        self.uploads.put("rows-001.zip", &packed.parts[0].path).await.unwrap();
        let url = self.uploads.url("rows-001.zip").await.unwrap();
        let id = self.client.submit(job, "rows.csv", url.expose().to_owned()).await.unwrap();
        let options = WaitOptions { poll_interval: Duration::from_millis(2), ..WaitOptions::default() };
        self.client.wait(id, &options, |_| {}).await.unwrap();
        let report = self.emulator.job(u32::try_from(id.0).unwrap()).unwrap();
        assert_eq!(report.rows, packed.summary.rows, "{:?}", report.errors);
        assert_eq!(report.left_out.len() as u64, report.rows_left_out);
        report.left_out.into_iter().map(|left_out| (left_out.row, left_out.reason)).collect()
    }

    /// Which rows the pre-flight rejects, with the first message about each.
    fn rejected(&self, job: &FinishedJob<Mode>, file: &str) -> Vec<(u64, String)> {
        let mut rejected: Vec<(u64, String)> = Vec::new();
        let preflight = Preflight::for_job(&self.schema, job).unwrap();
        let summary = preflight.check(input(file), |finding| {
            let row = finding.place.row;
            if rejected.last().is_none_or(|(last, _)| *last != row) {
                rejected.push((row, finding.problem.message.clone()));
            }
        });
        assert_eq!(summary.unwrap().rejected, rejected.len() as u64);
        rejected
    }
}

fn input(file: &str) -> Input {
    Input::new("rows.csv", Cursor::new(file.to_owned()))
}

/// What stands in the cells of each column of a job.
type Columns<'c> = &'c [(&'c str, &'c [&'c str])];

fn file(rng: &mut Rng, columns: Columns<'_>) -> String {
    let names: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
    let mut file = format!("{}\n", names.join(","));
    for _ in 0..ROWS {
        let cells = columns.iter().map(|(_, pool)| {
            let cell = pool[rng.below(pool.len())];
            format!("\"{}\"", cell.replace('"', "\"\""))
        });
        file.push_str(&format!("{}\n", cells.collect::<Vec<_>>().join(",")));
    }
    file
}

/// Compares the two over random rows of a job. Both must find good and bad rows.
async fn agree(
    job: impl Fn(&dyn Fn(&str) -> Column<Header>, &Header) -> FinishedJob<Mode>,
    columns: Columns<'_>,
) {
    let world = World::new().await;
    let header = Header::new(columns.iter().map(|(name, _)| (*name).to_owned())).unwrap();
    let job = job(&|name| header.column(name).unwrap(), &header);
    assert_eq!(job.delimiter(), &Delimiter::Csv);
    let given = std::env::var(SEED).ok().map(|seed| seed.parse::<u64>().unwrap());
    let (mut good, mut bad) = (0, 0);
    for seed in given.map_or(1..SEEDS + 1, |seed| seed..seed + 1) {
        let file = file(&mut Rng(seed), columns);
        let rejected = world.rejected(&job, &file);
        let left_out = world.left_out(&job, &file).await;
        assert_eq!(rejected, left_out, "{SEED}={seed}\n{file}");
        bad += rejected.len();
        good += ROWS - rejected.len();
    }
    println!("{good} good rows, {bad} bad");
    assert!(good > 10 && bad > 10, "{good} good rows, {bad} bad: the rows are worth nothing");
}

const VAN_IDS: &[&str] =
    &["1001", "1002", " 1003 ", "001001", "1001", "1002", "1003", "1001", "", "x", "+1001", "1001.0", "-1"];
const TEXTS: &[&str] = &["", "", " ", "Ada", "a, \"b\"", "two\nlines", "日本", "\u{a0}", "1001"];

#[tokio::test]
async fn rows_of_contacts_that_the_file_numbers() {
    let job = |column: &dyn Fn(&str) -> Column<Header>, header: &Header| {
        Job::<Contacts, Header>::with_header("Phones", header)
            .apply(
                Phones::new(column("Phone"), column("Kind"))
                    .country_code(country_code::UnitedStates)
                    .phone_opt_in_status_id(column("OptIn")),
            )
            .apply(Email::new(column("Email")))
            .finish()
            .unwrap()
    };
    let columns: Columns<'_> = &[
        ("VanID", VAN_IDS),
        ("Phone", &["413-555-0100", "413-555-0100", "none", "", "413-555-0101"]),
        ("Kind", &["H", "Home", "cell", " C ", "H", "", "Sundial", "h"]),
        ("OptIn", &["", "", "", "1", "Opt In", "opt out", "7"]),
        ("Email", &["ada@example.org", "ada@example.org", "", "no address"]),
    ];
    agree(job, columns).await;
}

#[tokio::test]
async fn rows_of_contacts_that_a_mapping_finds() {
    let job = |column: &dyn Fn(&str) -> Column<Header>, header: &Header| {
        Job::<Contacts, Header>::with_header("New contacts", header)
            .apply(
                CreateOrUpdateContact::new()
                    .van_id(column("VanID"))
                    .first_name(column("First"))
                    .email(column("Email"))
                    .state_or_province(column("State"))
                    .phone(column("Phone"))
                    .phone_country_code(column("Country")),
            )
            .apply(Phones::new(column("Phone"), phone_type_id::Home))
            .apply(Phones::new(column("Cell"), column("CellKind")))
            .apply(Email::new(column("Email")))
            .finish()
            .unwrap()
    };
    let columns: Columns<'_> = &[
        ("VanID", &["", "", "", "1001", " 1002", "", "x", "1e3"]),
        ("First", TEXTS),
        ("Email", &["ada@example.org", "bo@example.org", "cy@example.org", ""]),
        ("State", &["MA", "massachusetts", "", "ma", "Atlantis"]),
        ("Phone", &["413-555-0100", "413-555-0100", "413-555-0102", ""]),
        ("Country", &["US", "", "", "canada", "Nowhere"]),
        ("Cell", &["413-555-0103", "413-555-0104", "413-555-0105", ""]),
        // The first mapping has the type `H` already.
        ("CellKind", &["C", "Cell", "C", "C", "Home", "H", ""]),
    ];
    agree(job, columns).await;
}

#[tokio::test]
async fn rows_of_activist_codes() {
    let job = |column: &dyn Fn(&str) -> Column<Header>, header: &Header| {
        Job::<ContactsActivistCodes, Header>::with_header("Codes", header)
            .apply(
                ActivistCode::new(column("Code"))
                    .canvassed_by(column("By"))
                    .date_canvassed(column("When"))
                    .contact_type_id(column("How")),
            )
            .finish()
            .unwrap()
    };
    let columns: Columns<'_> = &[
        ("vanid", VAN_IDS),
        ("Code", &["4101", "Harbor Cleanup Host", "4103", "5k fun run runner", "4104 ", "", "4199"]),
        ("By", &["7", "7", "8", ""]),
        ("When", &["2026-11-03", "", ""]),
        ("How", &["2", "walk", "", "", "Run"]),
    ];
    agree(job, columns).await;
}

#[tokio::test]
async fn rows_of_translated_columns() {
    let job = |column: &dyn Fn(&str) -> Column<Header>, header: &Header| {
        let kind = [("landline", raw("H")), ("mobile", raw("C")), (" mo bile ", raw("C"))];
        Job::<Contacts, Header>::with_header("Translated", header)
            .apply(Phones::new(column("Phone"), column("Kind").translate(kind)))
            .apply(ActivistCode::new(column("Code").translate([("y", raw("4101")), ("", raw("4102"))])))
            .finish()
            .unwrap()
    };
    let columns: Columns<'_> = &[
        ("VanID", &["1001", "1002", "1003"]),
        ("Phone", &["413-555-0100", "413-555-0101", "413-555-0102", ""]),
        ("Kind", &["landline", "mobile", " mobile ", "mo bile", "Mobile", "H", "", "landline"]),
        ("Code", &["y", "y", "", " ", " y", "Y", "4101"]),
    ];
    agree(job, columns).await;
}

#[tokio::test]
async fn rows_of_fields_that_are_limited_to_values_of_their_parents() {
    let job = |column: &dyn Fn(&str) -> Column<Header>, header: &Header| {
        let required = apply_contributions::Required {
            amount: column("Amount"),
            date_received: column("Received"),
            designation_id: designation_id::General,
            payment_type_id: column("Payment"),
        };
        Job::<Contacts, Header>::with_header("Gifts", header)
            .apply(
                ApplyContributions::new(required)
                    .check_number(column("Check"))
                    .check_date(column("CheckDate"))
                    .notes(column("Note")),
            )
            .finish()
            .unwrap()
    };
    let columns: Columns<'_> = &[
        ("VanID", &["1001", "1002", "1003", "1001", "1002", ""]),
        ("Amount", &["5", "10.00", "5", "5", "$5", ""]),
        ("Received", &["2026-11-03", "2026-11-03", "2026-11-03", "2026-11-03", ""]),
        ("Payment", &["2", "Check", "check", "1", "cash", "", "barter"]),
        ("Check", &["", "", "17", "18"]),
        ("CheckDate", &["", "", "2026-11-02"]),
        ("Note", TEXTS),
    ];
    agree(job, columns).await;
}
