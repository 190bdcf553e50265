//! `cargo xtask emulate`: VAN's bulk import API on this machine.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use miette::{IntoDiagnostic as _, miette};
use secrecy::SecretString;
use van_bulk_emulator::{Config, Emulator};
use van_bulk_schema::Snapshot;
use van_bulk_schema::finding::any_error;

use crate::{report, workspace};

/// Run an emulator of VAN's bulk import API on this machine, until ctrl-c
///
/// Any application name and key are accepted with the password `key|0` or `key|1`, unless the environment has
/// VAN_API_KEY: then only that key is.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The port on 127.0.0.1; 0 takes a free one
    #[arg(long, default_value_t = 8085)]
    port: u16,
    /// The snapshot that says what can be imported: a folder below `snapshots/`
    #[arg(long, default_value = workspace::DEFAULT_PROFILE, value_parser = workspace::profile_name)]
    profile: String,
    /// Milliseconds from one status of a job to the next
    #[arg(long, value_name = "MS", default_value_t = 300)]
    step: u64,
    /// How many requests for a new job answer 404
    #[arg(long, value_name = "N", default_value_t = 0)]
    early_not_found: u32,
}

/// Runs the command.
pub(crate) async fn run(args: &Args) -> miette::Result<()> {
    let folder = workspace::snapshots().join(&args.profile);
    let (snapshot, findings) = Snapshot::load(&folder).into_diagnostic()?;
    report::findings(&findings, &snapshot.documents, &folder);
    if any_error(&findings) {
        return Err(miette!(
            help = "correct the places shown above, or fetch the snapshot again with `cargo xtask fetch`",
            "the snapshot `{}` has errors",
            folder.display()
        ));
    }
    let config = Config {
        schema: snapshot.schema,
        address: SocketAddr::from((Ipv4Addr::LOCALHOST, args.port)),
        api_key: std::env::var("VAN_API_KEY").ok().filter(|key| !key.is_empty()).map(SecretString::from),
        step: Duration::from_millis(args.step),
        early_not_found: args.early_not_found,
        ..Config::default()
    };
    let mut emulator = Emulator::start(config).await.into_diagnostic()?;
    println!("emulating VAN's bulk import API at {}", emulator.base_url());
    println!("stop it with ctrl-c; RUST_LOG=info shows what it does");
    let ended = tokio::select! {
        ended = emulator.finished() => ended.into_diagnostic(),
        pressed = tokio::signal::ctrl_c() => pressed.into_diagnostic(),
    };
    emulator.stop().await;
    ended
}
