//! The commands of this repository: `cargo xtask <command>`. Those that users have, too, are in `cli/`; here is what only this
//! repository needs, one file a command. Each parses its arguments, calls a library and prints.

mod bench;
mod chaos;
mod demo;
mod deny;
mod fuzz;
mod interop;
mod process;
mod prove;
mod setup;
mod workspace;

use std::process::ExitCode;

use cargo_van_bulk::report;
use clap::{Parser, Subcommand};

/// Commands of the van-bulk repository
#[derive(Debug, Parser)]
#[command(name = workspace::PROGRAM, bin_name = workspace::PROGRAM, version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
#[allow(clippy::large_enum_variant, reason = "there is one")]
enum Command {
    #[command(flatten)]
    ForUsers(cargo_van_bulk::Command),
    Bench(bench::Args),
    Chaos(chaos::Args),
    Demo(demo::Args),
    Deny(deny::Args),
    Fuzz(fuzz::Args),
    Interop(interop::Args),
    Prove(prove::Args),
    Setup(setup::Args),
}

#[tokio::main]
async fn main() -> miette::Result<ExitCode> {
    report::set_up()?;
    match Cli::parse().command {
        Command::ForUsers(command) => return command.run(&workspace::repository()).await,
        Command::Bench(args) => bench::run(&args)?,
        Command::Chaos(args) => chaos::run(&args).await?,
        Command::Demo(args) => demo::run(&args).await?,
        Command::Deny(args) => deny::run(&args)?,
        Command::Fuzz(args) => fuzz::run(&args)?,
        Command::Interop(args) => interop::run(&args).await?,
        Command::Prove(args) => prove::run(&args).await?,
        Command::Setup(args) => setup::run(&args)?,
    }
    Ok(ExitCode::SUCCESS)
}
