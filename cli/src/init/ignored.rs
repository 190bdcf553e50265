//! `.gitignore`: a ledger holds the rows of people, and what Cargo builds is nobody's to commit.

use std::path::Path;

use crate::files;
use crate::profiles::file_text;

/// The name of the file.
pub(super) const FILE: &str = ".gitignore";

/// The folder in which imports are recorded unless another one is named.
const LEDGER: &str = "van-bulk-ledger/";

/// Where Cargo builds.
const TARGET: &str = "target/";

/// The text that the file of a folder should have; `None` if it says everything already.
pub(super) fn text(root: &Path) -> miette::Result<Option<String>> {
    Ok(match file_text(&root.join(FILE))? {
        None => Some(format!("{TARGET}\n{LEDGER}\n")),
        Some(old) if old.lines().any(|line| line.trim().trim_matches('/') == LEDGER.trim_matches('/')) => {
            None
        }
        Some(old) => {
            let end = if old.is_empty() || old.ends_with('\n') { "" } else { "\n" };
            Some(files::with_line_ends_of(&old, format!("{old}{end}{LEDGER}\n")))
        }
    })
}
