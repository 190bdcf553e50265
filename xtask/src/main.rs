//! The commands of this repository: `cargo xtask <command>`. One file a command; each parses its arguments, calls a
//! library and prints.

mod bench;
mod browser;
mod catalog;
mod chaos;
mod codegen;
mod demo;
mod deny;
mod diff;
mod drift;
mod emulate;
mod fetch;
mod fuzz;
mod given;
mod history;
mod import;
mod interop;
mod ledger;
mod lint;
mod preflight;
mod process;
mod profiles;
mod prove;
mod report;
mod resume;
mod status;
mod stop;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Commands of the van-bulk repository
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    #[command(subcommand)]
    Bench(bench::Command),
    Browser(browser::Args),
    Catalog(catalog::Args),
    Chaos(chaos::Args),
    Codegen(codegen::Args),
    Demo(demo::Args),
    Deny(deny::Args),
    Diff(diff::Args),
    Drift(drift::Args),
    Emulate(emulate::Args),
    Fetch(fetch::Args),
    Fuzz(fuzz::Args),
    History(history::Args),
    Import(import::Args),
    Interop(interop::Args),
    Lint(lint::Args),
    Preflight(preflight::Args),
    Prove(prove::Args),
    Resume(resume::Args),
    Status(status::Args),
}

#[tokio::main]
async fn main() -> miette::Result<ExitCode> {
    report::set_up()?;
    match Cli::parse().command {
        Command::Bench(command) => bench::run(&command)?,
        Command::Browser(args) => browser::run(&args)?,
        Command::Catalog(args) => catalog::run(&args)?,
        Command::Chaos(args) => chaos::run(&args).await?,
        Command::Codegen(args) => codegen::run(&args)?,
        Command::Demo(args) => demo::run(&args).await?,
        Command::Deny(args) => deny::run(&args)?,
        Command::Emulate(args) => emulate::run(&args).await?,
        Command::Fetch(args) => fetch::run(&args).await?,
        Command::Fuzz(args) => fuzz::run(&args)?,
        Command::History(args) => history::run(&args)?,
        Command::Interop(args) => interop::run(&args).await?,
        Command::Prove(args) => prove::run(&args).await?,
        Command::Status(args) => status::run(&args)?,
        Command::Diff(args) => return diff::run(&args).await,
        Command::Drift(args) => return drift::run(&args).await,
        Command::Import(args) => return import::run(&args).await,
        Command::Lint(args) => return lint::run(&args),
        Command::Preflight(args) => return preflight::run(&args).await,
        Command::Resume(args) => return resume::run(&args).await,
    }
    Ok(ExitCode::SUCCESS)
}
