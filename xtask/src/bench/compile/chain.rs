//! K4: the longest chain of setters that compiles in a user's crate.

use std::path::Path;

use super::contenders::Design;
use crate::bench::core::schema::Schema;
use crate::bench::core::workspaces::Step;

/// The longest of these chains that compiles; 0 if none does. Longer ones are not tried after the first that fails.
pub(super) fn longest(design: Design, lengths: &[u64], folder: &Path) -> miette::Result<u64> {
    let mut longest = 0;
    for length in lengths {
        println!("a chain of {length} setters, {} ...", design.name());
        let workspace = design.workspace(Schema::new(1, *length), &folder.join("chains"))?;
        workspace.cargo(Step::Check, "lib")?;
        if !workspace.compiles(Step::Check, "program")? {
            break;
        }
        longest = *length;
    }
    Ok(longest)
}
