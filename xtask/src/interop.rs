//! `cargo xtask interop`: imports into the emulator with clients that nobody here wrote.

mod compare;
mod python;
mod sent;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use cargo_van_bulk::workspace::shown;
use comfy_table::{Table, presets};
use miette::{IntoDiagnostic as _, WrapErr as _, miette};
use secrecy::SecretString;
use van_bulk_emulator::{Config, Contact, Emulator, FileHost};
use van_bulk_schema::{Schema, Snapshot};

use crate::{process, workspace};
use compare::{Line, Seen};
use python::Python;

/// Import into an emulator with parsons and everyaction-client, and compare what they saw with what it did
///
/// Needs Python 3.10 or later with `venv`, and PyPI for the first run, which installs the versions of
/// `tests/interop/requirements.txt` into `target/interop`. Fails if a client sees anything but what the emulator has, if a row
/// does not arrive as it was meant, or if a payload breaks a rule. `BLESS=1` accepts changed payloads.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Install nothing and ask no registry: if the clients are not there, say so and end well
    #[arg(long)]
    if_installed: bool,
}

/// The emulators take this key only.
const KEY: &str = "interop-key";
/// The most that a client may take for all that it does; it takes a few seconds.
const PATIENCE: Duration = Duration::from_secs(120);
/// The items of a page, few, so that clients follow links to further pages.
const PAGE_SIZE: usize = 7;

/// A client, used by a script of `tests/interop`.
struct Client {
    script: &'static str,
    /// Whether it reads fields with the property `canBeMappedByName`. everyaction-client refuses properties of fields that it
    /// does not know. VAN's docs do not list this one, which one captured response has, so that clients may meet both.
    knows_by_name: bool,
}

const CLIENTS: [Client; 2] = [
    Client { script: "with_parsons.py", knows_by_name: true },
    Client { script: "with_everyaction_client.py", knows_by_name: false },
];

/// Runs the command.
pub(crate) async fn run(args: &Args) -> miette::Result<()> {
    let folder = workspace::target().join("interop");
    let python = match Python::installed(&folder) {
        Some(python) => python,
        None if args.if_installed => {
            eprintln!(
                "SKIPPED: the clients are not installed, so none was tried; `cargo xtask interop` installs them"
            );
            return Ok(());
        }
        None => Python::install(&folder)?,
    };
    let mut table = Table::new();
    table
        .load_style(presets::UTF8_FULL_CONDENSED)
        .set_header(["Client", "Did", "Saw", "Emulator", "Payload"]);
    let mut faults = Vec::new();
    for client in &CLIENTS {
        let (seen, lines) = client.run(&folder, &python).await?;
        for line in lines {
            let client = format!("{} {}", seen.client, seen.version);
            table.add_row([&client, &line.did, &line.saw, &line.emulator, &line.payload]);
            faults.extend(line.faults.iter().map(|fault| format!("{client}, {}: {fault}", line.did)));
        }
    }
    println!("{table}");
    if faults.is_empty() {
        return Ok(());
    }
    faults.iter().for_each(|fault| eprintln!("{fault}"));
    Err(miette!(
        code = "interop::differs",
        help = format!("what the clients saw is in {}", shown(&folder).display()),
        "clients and emulator differ"
    ))
}

impl Client {
    /// Runs the script against an emulator of its own. Gives what it saw, and how that compares.
    async fn run(&self, folder: &Path, python: &Python) -> miette::Result<(Seen, Vec<Line>)> {
        let schema = self.schema()?;
        let config = Config {
            schema: schema.clone(),
            api_key: Some(SecretString::from(KEY)),
            step: Duration::from_millis(10),
            page_size: PAGE_SIZE,
            seed_contacts: (101..=103).map(Contact::new).collect(),
            ..Config::default()
        };
        let public = folder.join("public");
        empty(&public)?;
        let emulator = Emulator::start(config).await.into_diagnostic()?;
        let host = FileHost::start(&public).await.into_diagnostic()?;
        let report = folder.join(self.script).with_extension("json");
        let mut command = python.script(&workspace::root().join("tests/interop").join(self.script));
        command
            .arg(&report)
            .env("VAN_BASE_URL", emulator.base_url())
            .env("VAN_API_KEY", KEY)
            .env("PUBLIC_FOLDER", &public)
            .env("PUBLIC_URL", host.url(""));
        let seen = self.see(command, folder, report).await;
        let lines = seen.and_then(|seen| {
            let lines = compare::all(&seen, &schema, &emulator)?;
            Ok((seen, lines))
        });
        host.stop().await;
        emulator.stop().await;
        lines
    }

    /// Runs the command, elsewhere than the emulator does its work, and reads what it reports.
    async fn see(&self, mut command: Command, folder: &Path, report: PathBuf) -> miette::Result<Seen> {
        let log = folder.join(self.script).with_extension("log");
        let script = self.script;
        let run = move || {
            process::finish(&mut command, PATIENCE, &log).map_err(|failure| {
                miette!(
                    code = "interop::client-failed",
                    help = "the emulator lacks what the client needs, or the client was used wrongly",
                    "tests/interop/{script} failed: {failure}"
                )
            })
        };
        tokio::task::spawn_blocking(run).await.into_diagnostic()??;
        let text = std::fs::read_to_string(&report)
            .into_diagnostic()
            .wrap_err_with(|| format!("tests/interop/{script} left no report"))?;
        serde_json::from_str(&text)
            .into_diagnostic()
            .wrap_err_with(|| format!("the report of tests/interop/{script} cannot be read"))
    }

    /// The sample, as far as the client can read it.
    fn schema(&self) -> miette::Result<Schema> {
        let mut schema = Snapshot::load(&workspace::sample()).into_diagnostic()?.0.schema;
        if !self.knows_by_name {
            let fields = schema.mapping_types.iter_mut().flat_map(|mapping| &mut mapping.fields);
            fields.for_each(|field| field.can_be_mapped_by_name = None);
        }
        Ok(schema)
    }
}

/// Makes a folder, without what an earlier run left in it.
fn empty(folder: &Path) -> miette::Result<()> {
    let made = match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => std::fs::create_dir_all(folder),
    };
    made.into_diagnostic().wrap_err_with(|| format!("could not make an empty folder {}", folder.display()))
}
