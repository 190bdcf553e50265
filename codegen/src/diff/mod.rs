//! What changed between two snapshots, and what it means for callers of the generated builders.
//!
//! Two resolved schemas are compared, after overrides and `names.lock`: what callers write are Rust names, and what the
//! compiler asks of them is decided there. What does not reach the builders, such as descriptions, is compared on the model.
//!
//! A change is breaking if some program that compiled with the old builders does not with the new ones, or compiles and means
//! something else. The [`Use`]s that a change breaks say which programs these are. Callers are promised the names of modules,
//! builders, methods, values, resource types and Cargo features, what each of them takes, and the chains of calls that
//! compile. Not promised are what stands in `needs`, `field` and `exclusive`, which is there to be read in compiler messages,
//! and the type parameters of builders after the first: a program that writes these out is told to have a
//! [look](Kind::TypeParameters).

mod change;
mod fields;
mod groups;
mod mappings;
mod parents;
mod program;
mod sentence;
mod show;
mod uses;
mod values;

use van_bulk_schema::Snapshot;

use crate::{CodegenError, resolved};

pub use change::{Bump, Change, Diff, Kind, Place, Verdict};
pub use sentence::Sentence;
pub use uses::{Given, Source, State, Use};

/// Two snapshots cannot be compared.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DiffError {
    /// No builders could be generated from the old one.
    #[error("no builders can be generated from the old snapshot, so nothing was compared")]
    Old(#[source] CodegenError),
    /// No builders could be generated from the new one.
    #[error("no builders can be generated from the new snapshot, so nothing was compared")]
    New(#[source] CodegenError),
}

/// Compares two snapshots, each with its own overrides and Rust names.
///
/// # Errors
/// When no builders can be generated from one of them.
///
/// ```
/// use van_bulk_codegen::diff::{Kind, Verdict, diff};
/// use van_bulk_schema::Snapshot;
///
/// let snapshot = |types: &str| {
///     let text = format!(r#"{{"items": [{{"name": "Email", "allowMultipleMode": "Single",
///         "resourceTypes": [{types}], "fields": []}}]}}"#);
///     Snapshot::parse([("mapping-types.json".to_owned(), text)].into()).0
/// };
/// let diff = diff(&snapshot(r#""Contacts""#), &snapshot(r#""Contacts", "Events""#)).unwrap();
/// assert_eq!(diff.worst(), Some(Verdict::Additive));
/// assert_eq!(diff.changes[0].kind, Kind::ResourceTypeAdded);
/// ```
pub fn diff(old: &Snapshot, new: &Snapshot) -> Result<Diff, DiffError> {
    let old_program = resolved(old).map_err(DiffError::Old)?.program;
    let new_program = resolved(new).map_err(DiffError::New)?.program;
    let changes =
        program::compare(&program::Side::new(old, &old_program), &program::Side::new(new, &new_program));
    Ok(Diff::new(changes))
}
