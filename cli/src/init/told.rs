//! What `init` says when all is laid out.

use std::fmt::Write as _;
use std::path::Path;

use super::manifest::Joined;
use super::{Args, Ground, Source, ignored, near};
use crate::profiles::{self, Runtime};
use crate::workspace::{self, shown};

/// What was laid out, and where.
pub(super) struct LaidOut<'a> {
    pub(super) args: &'a Args,
    pub(super) ground: &'a Ground,
    pub(super) source: &'a Source,
    pub(super) joined: &'a Joined,
    pub(super) ignores: bool,
    pub(super) has_example: bool,
    /// Whether the members are those of the workspace of the current folder.
    pub(super) is_here: bool,
}

impl LaidOut<'_> {
    pub(super) fn told(&self) -> String {
        let lines = [self.written(), self.notes(), self.next()].concat();
        lines.join("\n")
    }

    fn written(&self) -> Vec<String> {
        let (places, root) = (&self.ground.places, self.ground.workspace.root());
        let mut lines = vec![
            format!("laid out the profile `{}`:", self.args.profile),
            format!("  {}: {}", path(&places.snapshot), self.source.told),
            format!("  {}: the builders", path(&places.out)),
        ];
        if self.has_example {
            lines.push(format!("  {}: a program that prints the JSON of a first job", path(&places.example)));
        }
        lines.push(format!("  {}: the profile", path(&root.join(profiles::FILE))));
        if self.joined.text.is_some() {
            lines.push(format!("  {}: the new members of the workspace", path(&self.joined.path)));
        }
        if self.ignores {
            lines.push(format!("  {}: the ledgers of imports", path(&root.join(ignored::FILE))));
        }
        lines
    }

    fn notes(&self) -> Vec<String> {
        let mut lines = Vec::new();
        let example = self.has_example.then_some(&self.ground.places.example);
        for folder in [Some(&self.ground.places.out), example].into_iter().flatten() {
            if !self.joined.has(folder) {
                lines.push(format!("{} is a member of no workspace", path(folder)));
            }
        }
        if self.joined.lacks_resolver {
            lines.push(format!(
                "{} chooses no resolver, of which Cargo warns, as the new crates are of edition 2024: `resolver = \"3\"` below \
                 [workspace] is theirs",
                path(&self.joined.path)
            ));
        }
        if let Some(Runtime::Path(folder)) = &self.ground.settings.runtime
            && folder.is_absolute()
        {
            lines.push(format!(
                "others cannot build this yet: `runtime` of {} is a folder of this machine, {}; make it a version, the URL of \
                 a git repository, or a relative path",
                profiles::FILE,
                folder.display()
            ));
        }
        lines.push("a snapshot holds what VAN tells about a key: look at it before you commit it".to_owned());
        lines
    }

    fn next(&self) -> Vec<String> {
        let call =
            |command: &str| self.ground.workspace.call(&format!("{command} --profile {}", self.args.profile));
        let mut lines = vec!["next:".to_owned()];
        if self.has_example {
            lines.push(format!("  {} > job.json", self.run()));
        }
        lines.push(format!("  {} # VAN on this machine, in another terminal", call("emulate")));
        if self.has_example {
            let import = call("import rows.csv --job job.json");
            let key = "# an emulator takes any VAN_APP_NAME and VAN_API_KEY";
            lines.push(format!("  {import} --base-url {EMULATOR} {key}"));
        }
        lines.push(format!("  {}", call("drift")));
        lines
    }

    /// How Cargo runs the example.
    fn run(&self) -> String {
        let example = &self.ground.places.example;
        if self.is_here && self.joined.has(example) {
            return format!("cargo run -p {}", workspace::package_of(example));
        }
        let mut command = "cargo run --manifest-path ".to_owned();
        let manifest = example.join(super::manifest::FILE);
        let manifest = near(&self.ground.current, &manifest).unwrap_or(manifest).display().to_string();
        let _ = match manifest.contains(char::is_whitespace) {
            true => write!(command, "{manifest:?}"),
            false => write!(command, "{manifest}"),
        };
        command
    }
}

/// Where `emulate` listens unless it is told otherwise.
const EMULATOR: &str = "http://127.0.0.1:8085/v4";

fn path(path: &Path) -> String {
    shown(path).display().to_string()
}
