//! The commands of this repository: `cargo xtask <command>`. One file a command; each parses its arguments, calls a
//! library and prints.

mod codegen;
mod report;
mod workspace;

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
    Codegen(codegen::Args),
}

fn main() -> miette::Result<()> {
    report::set_up()?;
    match Cli::parse().command {
        Command::Codegen(args) => codegen::run(&args),
    }
}
