//! `cargo xtask bench`: how fast packing is, beside what others use for it, and generating, beside itself. `benches/` has
//! what is measured and what came of it.
//!
//! Contenders take turns, and what is told is the ratio of their medians: times of one machine say little on another.

mod codegen;
mod libraries;
mod pack;
mod parsons;
mod samples;
mod tools;
mod verdict;

/// Measure packing or generating
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    Codegen(codegen::Args),
    Pack(pack::Args),
    Libraries(libraries::Args),
}

/// Runs the command.
pub(crate) fn run(command: &Command) -> miette::Result<()> {
    match command {
        Command::Codegen(args) => codegen::run(args),
        Command::Pack(args) => pack::run(args),
        Command::Libraries(args) => libraries::run(args),
    }
}
