//! `cargo van-bulk completions` and `cargo van-bulk man`: what shells and readers of manuals want of the commands.

use std::path::PathBuf;

use clap_complete::Shell;
use miette::{IntoDiagnostic as _, WrapErr as _};

use crate::{files, report};

/// The name of the program, which Cargo runs for `cargo van-bulk`.
const BINARY: &str = "cargo-van-bulk";

/// The same without hyphens.
const PLAIN: &str = "cargo_van_bulk";

/// Print what makes a shell complete these commands
///
/// It completes `cargo-van-bulk ..`; whether `cargo van-bulk ..` is completed, too, is up to the shell's completions of Cargo.
/// For bash: `cargo van-bulk completions bash > ~/.local/share/bash-completion/completions/cargo-van-bulk`.
#[derive(Debug, clap::Args)]
pub struct Completions {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

impl Completions {
    /// Prints the script of the shell.
    ///
    /// # Errors
    /// When standard output cannot be written.
    pub fn run(&self, command: clap::Command) -> miette::Result<()> {
        // With hyphens in the name, the script for bash sets other names of commands than it looks for.
        let name = if self.shell == Shell::Bash { PLAIN } else { BINARY };
        let mut command = command.name(name).bin_name(name);
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut command, name, &mut script);
        let script = String::from_utf8(script).into_diagnostic()?;
        let script = script.replace(&format!("-o default {name}"), &format!("-o default {BINARY}"));
        report::print(|out| out.write_all(script.as_bytes()))
    }
}

/// Write the manual of each command into a folder, for `man`
#[derive(Debug, clap::Args)]
pub struct Man {
    /// The folder, such as `~/.local/share/man/man1`; it is created if need be
    folder: PathBuf,
}

impl Man {
    /// Writes a page for each command.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn run(&self, command: clap::Command) -> miette::Result<()> {
        let mut command = command.name(BINARY).disable_help_subcommand(true);
        command.build();
        self.write(&command, BINARY)?;
        let mut pages = 1;
        for below in command.get_subcommands() {
            self.write(below, &format!("{BINARY}-{}", below.get_name()))?;
            pages += 1;
        }
        report::print(|out| {
            writeln!(out, "wrote {} into {}", report::counted(pages, "page"), self.folder.display())
        })
    }

    fn write(&self, command: &clap::Command, name: &str) -> miette::Result<()> {
        let file = format!("{name}.1");
        let mut page = Vec::new();
        clap_mangen::Man::new(command.clone()).title(name.to_owned()).render(&mut page).into_diagnostic()?;
        let text =
            String::from_utf8(page).into_diagnostic().wrap_err_with(|| format!("{file} is no text"))?;
        files::write(&self.folder.join(file), &text)
    }
}
