//! Completions and manual pages.

use crate::support::Folder;

#[test]
fn a_shell_completes_every_command() {
    let folder = Folder::empty();
    for shell in ["bash", "zsh", "fish"] {
        folder.run(&["completions", shell]).ended(0, &["preflight", "codegen", "init", "part-bytes"]);
    }
}

#[test]
fn every_command_has_a_page_in_the_manual() {
    let folder = Folder::empty();
    folder.run(&["man", "man1"]).ended(0, &["pages into man1"]);
    let help = folder.run(&["--help"]).ended(0, &[]).out;
    let commands = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let names: Vec<&str> = commands
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .collect();
    assert!(names.len() > 10, "{names:?}");
    for name in names {
        let page = folder.read(&format!("man1/cargo-van-bulk-{name}.1"));
        assert!(page.contains(".SH SYNOPSIS"), "{page}");
    }
    assert!(folder.read("man1/cargo-van-bulk.1").contains("preflight"));
}
