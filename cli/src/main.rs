//! `cargo van-bulk <command>`, or `cargo-van-bulk <command>`.

use std::process::ExitCode;

use cargo_van_bulk::{Command, Completions, Man, Workspace, report};
use clap::{CommandFactory as _, Parser, Subcommand};

/// How the commands are called.
const PROGRAM: &str = "cargo van-bulk";

/// Checked bulk imports into NGP VAN / EveryAction
#[derive(Debug, Parser)]
#[command(name = PROGRAM, bin_name = PROGRAM, version)]
struct Cli {
    #[command(subcommand)]
    command: Everything,
}

#[derive(Debug, Subcommand)]
#[allow(clippy::large_enum_variant, reason = "there is one")]
enum Everything {
    #[command(flatten)]
    Command(Command),
    Completions(Completions),
    Man(Man),
}

#[tokio::main]
async fn main() -> miette::Result<ExitCode> {
    report::set_up()?;
    let mut arguments: Vec<_> = std::env::args_os().collect();
    // Cargo hands on the name of the command that it was asked for.
    if arguments.get(1).is_some_and(|first| first == "van-bulk") {
        arguments.remove(1);
    }
    match Cli::parse_from(arguments).command {
        Everything::Command(command) => return command.run(&Workspace::current(PROGRAM)?).await,
        Everything::Completions(completions) => completions.run(Cli::command())?,
        Everything::Man(man) => man.run(Cli::command())?,
    }
    Ok(ExitCode::SUCCESS)
}
