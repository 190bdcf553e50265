//! `cargo van-bulk emulate`: VAN's bulk import API on this machine.

use std::io::{self, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use comfy_table::{ContentArrangement, Table, presets};
use miette::{IntoDiagnostic as _, miette};
use secrecy::SecretString;
use van_bulk_emulator::faults::{Endpoint, Entry, Fault, Faults, catalogue};
use van_bulk_emulator::{Config, Contact, Emulator};
use van_bulk_schema::Snapshot;
use van_bulk_schema::finding::any_error;

use crate::report;
use crate::workspace::{self, Workspace};

/// The width of the list of faults in characters.
const WIDTH: u16 = 120;

/// Run an emulator of VAN's bulk import API on this machine, until ctrl-c
///
/// Any application name and key are accepted with the password `key|0` or `key|1`, unless the environment has VAN_API_KEY, or
/// the variable that van-bulk.toml names for the profile's key: then only that key is.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The port on 127.0.0.1; 0 takes a free one
    #[arg(long, default_value_t = 8085)]
    port: u16,
    /// The snapshot that says what can be imported: a folder below `snapshots/`; the only profile of van-bulk.toml unless it is
    /// named
    #[arg(long, value_parser = workspace::profile_name)]
    profile: Option<String>,
    /// How many contacts there are at the start; their ids, VanID, are 1 and on
    #[arg(long, value_name = "N", default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(0..=1_000_000))]
    contacts: u32,
    /// Milliseconds from one status of a job to the next
    #[arg(long, value_name = "MS", default_value_t = 300)]
    step: u64,
    /// How many requests for a new job answer 404
    #[arg(long, value_name = "N", default_value_t = 0)]
    early_not_found: u32,
    /// What goes wrong, as `KIND[=VALUE][@ENDPOINT][:HOW]`; can be given several times
    ///
    /// For example `reset-after@submit:next=1`, `429=5@status:every=3` or `latency=200ms`. HOW is `always` (the
    /// default), `next=N`, `every=N` or `chance=P`. Without ENDPOINT, it happens wherever it can, save where the zip is
    /// fetched. `--list-faults` lists the kinds.
    #[arg(long = "fault", value_name = "FAULT")]
    faults: Vec<Fault>,
    /// Draw faults that a patient client outlives from this seed: the same requests meet the same ones in every run
    #[arg(long, value_name = "N")]
    chaos_seed: Option<u64>,
    /// The share of requests that meet a drawn fault, from 0 to 1
    #[arg(long, value_name = "SHARE", default_value_t = 0.2, value_parser = share, requires = "chaos_seed")]
    chaos_intensity: f64,
    /// List the kinds of faults, where each can happen and what is known of it; starts nothing
    #[arg(long)]
    list_faults: bool,
}

fn share(text: &str) -> Result<f64, String> {
    let share = text.parse().ok().filter(|share| (0.0..=1.0).contains(share));
    share.ok_or_else(|| "give a number from 0 to 1, such as 0.2".to_owned())
}

impl Args {
    fn faults(&self) -> Faults {
        let drawn = match self.chaos_seed {
            Some(seed) => Faults::from_seed(seed, self.chaos_intensity),
            None => Faults::none(),
        };
        self.faults.iter().cloned().fold(drawn, Faults::with)
    }
}

/// Runs the command.
pub(crate) async fn run(args: &Args, workspace: &Workspace) -> miette::Result<()> {
    if args.list_faults {
        return report::print(list_faults);
    }
    let profile = workspace.profile_or_only(args.profile.as_deref())?;
    let folder = profile.snapshot(workspace);
    let (snapshot, findings) = Snapshot::load(&folder).into_diagnostic()?;
    report::findings(&findings, &snapshot.documents, &folder);
    if any_error(&findings) {
        return Err(miette!(
            help = format!(
                "correct the places shown above, or fetch the snapshot again with `{}`",
                workspace.call("fetch")
            ),
            "the snapshot `{}` has errors",
            folder.display()
        ));
    }
    let config = Config {
        schema: snapshot.schema,
        address: SocketAddr::from((Ipv4Addr::LOCALHOST, args.port)),
        api_key: std::env::var(profile.api_key_env())
            .ok()
            .filter(|key| !key.is_empty())
            .map(SecretString::from),
        step: Duration::from_millis(args.step),
        early_not_found: args.early_not_found,
        faults: args.faults(),
        seed_contacts: (1..=u64::from(args.contacts)).map(Contact::new).collect(),
        ..Config::default()
    };
    let mut emulator = Emulator::start(config).await.into_diagnostic()?;
    println!("emulating VAN's bulk import API at {}", emulator.base_url());
    match args.contacts {
        0 => println!("contacts: none"),
        last => println!("contacts: those of VanID 1 to {last}"),
    }
    println!("faults: {}", args.faults());
    println!("stop it with ctrl-c; RUST_LOG=info shows what it does");
    let ended = tokio::select! {
        ended = emulator.finished() => ended.into_diagnostic(),
        pressed = tokio::signal::ctrl_c() => pressed.into_diagnostic(),
    };
    emulator.stop().await;
    ended
}

/// Prints the kinds of faults.
fn list_faults(out: &mut dyn Write) -> io::Result<()> {
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(WIDTH)
        .set_header(["Fault", "Where", "What it imitates", "Known?"]);
    for entry in catalogue() {
        let places: Vec<&str> = entry.endpoints.iter().map(|endpoint| Endpoint::as_str(*endpoint)).collect();
        table.add_row([written(entry), places.join(" "), entry.imitates.to_owned(), entry.known.to_string()]);
    }
    writeln!(out, "{table}")
}

/// The fault as it is written, such as `latency[=DURATION]`.
fn written(entry: &Entry) -> String {
    match entry.value_name() {
        Some(value) => format!("{}[={value}]", entry.word),
        None => entry.word.to_owned(),
    }
}
