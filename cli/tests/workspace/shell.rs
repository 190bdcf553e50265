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
fn bash_completes_options_and_their_values() {
    let folder = Folder::empty();
    folder.write("completions.bash", &folder.run(&["completions", "bash"]).ended(0, &[]).out);
    for (words, expected) in [
        ("import --p", "--profile"),
        ("diff --deny n", "needs-a-look"),
        ("codegen --na", "--names"),
        ("em", "emulate"),
    ] {
        let script = format!(
            "source completions.bash; COMP_WORDS=(cargo-van-bulk {words}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); \
             name=$(complete -p cargo-van-bulk | grep -o '\\-F [^ ]*' | cut -d ' ' -f 2); \
             $name cargo-van-bulk \"${{COMP_WORDS[COMP_CWORD]}}\" \"${{COMP_WORDS[COMP_CWORD-1]}}\"; echo \"${{COMPREPLY[@]}}\""
        );
        let mut bash = std::process::Command::new("bash");
        let said = bash.args(["-c", &script]).current_dir(folder.path("")).output().unwrap();
        let said = String::from_utf8(said.stdout).unwrap();
        assert!(said.split_whitespace().any(|word| word == expected), "{words}: {said}");
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
        let synopsis = format!("cargo\\-van\\-bulk\\-{}", name.replace('-', "\\-"));
        assert!(page.contains(".SH SYNOPSIS") && page.contains(&synopsis), "{page}");
    }
    assert!(folder.read("man1/cargo-van-bulk.1").contains("preflight"));
}
