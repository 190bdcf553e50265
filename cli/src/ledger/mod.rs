//! What the commands around the ledger share: which ledger, which API, where uploads go, and what is shown.

pub(crate) mod advice;
pub(crate) mod api;
pub(crate) mod show;
pub(crate) mod upload;
pub(crate) mod watch;

use std::path::PathBuf;

use miette::miette;
use van_bulk_import::LedgerError;
use van_bulk_import::ledger::{DEFAULT_FOLDER, ImportId, ImportRecord, ImportState, Ledger};

use crate::workspace::Workspace;
use api::ApiArgs;
use upload::UploadArgs;

/// Which ledger.
#[derive(Debug, clap::Args)]
pub(crate) struct LedgerArgs {
    /// The folder of the ledger, with the files of every import in it
    #[arg(long, value_name = "DIR", default_value = DEFAULT_FOLDER)]
    ledger: PathBuf,
}

impl LedgerArgs {
    /// The ledger; one that is not there is created.
    pub(crate) fn open(&self) -> miette::Result<Ledger> {
        Ledger::open(&self.ledger).map_err(told)
    }

    /// The ledger, which must be there.
    pub(crate) fn open_existing(&self, workspace: &Workspace) -> miette::Result<Ledger> {
        Ledger::open_existing(&self.ledger).map_err(|error| match error {
            LedgerError::None(folder) => miette!(
                help = format!(
                    "name with `--ledger` the folder that the import was started with; `{}` creates one",
                    workspace.call("import")
                ),
                "there is no ledger in {}",
                folder.display()
            ),
            error => told(error),
        })
    }

    /// The arguments that name this ledger, for commands that are shown.
    fn shown(&self) -> String {
        if self.ledger == *DEFAULT_FOLDER {
            return String::new();
        }
        format!(" --ledger {}", quoted(&self.ledger.display().to_string()))
    }
}

/// How to name an import in another command: with the same ledger, API and place for uploads.
pub(crate) struct Same<'a> {
    pub(crate) ledger: &'a LedgerArgs,
    pub(crate) api: &'a ApiArgs,
    pub(crate) upload: &'a UploadArgs,
    pub(crate) workspace: &'a Workspace,
}

impl Same<'_> {
    /// The command `resume` with what it needs to go on with this import.
    pub(crate) fn resume(&self, import: ImportId) -> String {
        let Self { ledger, api, upload, workspace } = self;
        let resume = workspace.call("resume");
        format!("{resume} {import}{}{}{}", ledger.shown(), api.shown(), upload.shown())
    }

    /// The command `status` of this import.
    pub(crate) fn status(&self, import: ImportId) -> String {
        format!("{} {import}{}", self.workspace.call("status"), self.ledger.shown())
    }
}

/// An error whose message tells its causes, which are not told once more then.
pub(crate) fn told(error: impl std::error::Error) -> miette::Report {
    miette!("{error}")
}

/// A word for a shell.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "/\\._-:=@%+".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// The import of this number, which must be there.
pub(crate) fn existing(ledger: &Ledger, id: ImportId, workspace: &Workspace) -> miette::Result<ImportId> {
    match ledger.import(id) {
        Ok(import) => Ok(import.id),
        Err(error @ LedgerError::NoSuchImport { .. }) => {
            let history = workspace.call("history");
            Err(miette!(help = format!("`{history}` lists all imports of a ledger"), "{error}"))
        }
        Err(error) => Err(told(error)),
    }
}

/// The only import that is not finished.
pub(crate) fn unfinished(ledger: &Ledger, workspace: &Workspace) -> miette::Result<ImportId> {
    let imports = ledger.imports().map_err(told)?;
    if imports.is_empty() {
        return Err(no_imports(ledger, workspace));
    }
    let open: Vec<ImportRecord> = imports
        .into_iter()
        .filter(|import| matches!(import.state, ImportState::Open | ImportState::Packing))
        .collect();
    match open.as_slice() {
        [import] => Ok(import.id),
        [] => Err(miette!(
            help = format!("`{}` lists all imports", workspace.call("history")),
            "there is nothing to resume: every import of the ledger in {} has ended",
            ledger.folder().display()
        )),
        several => {
            let numbers: Vec<String> = several.iter().map(|import| import.id.to_string()).collect();
            Err(miette!(
                help = format!(
                    "give one of these numbers, as in `{}`; `{}` tells more of them",
                    workspace.call("resume 7"),
                    workspace.call("history")
                ),
                "several imports are not finished: {}",
                numbers.join(", ")
            ))
        }
    }
}

/// The ledger is there, and nothing is in it.
pub(crate) fn no_imports(ledger: &Ledger, workspace: &Workspace) -> miette::Report {
    miette!(
        help = format!("`{}` starts one", workspace.call("import")),
        "the ledger in {} has no imports",
        ledger.folder().display()
    )
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn words_that_a_shell_would_split_or_read_are_quoted() {
        assert_eq!(quoted("/srv/van-bulk_2"), "/srv/van-bulk_2");
        assert_eq!(quoted("our ledger"), "'our ledger'");
        assert_eq!(quoted("it's; $HOME"), r"'it'\''s; $HOME'");
    }
}
