//! How much a job can keep apart of what it may hold once.

use van_bulk_schema::Snapshot;
use van_bulk_schema::finding::Finding;
use van_bulk_schema::snapshot::MAPPING_TYPES;

use crate::ir::Program;

/// A job has not slots enough for the mapping types.
pub const TOO_MANY_SLOTS: &str = "schema::too-many-slots";

/// The most slots of a job: what its tree holds when it is three levels deep.
pub const MAX_SLOTS: usize = 512;

/// An error at the first mapping type, by name, for which no slot is left.
pub(crate) fn too_many_slots(snapshot: &Snapshot, program: &Program) -> Option<Finding> {
    let mut count = 0;
    let mapping = program.mappings.iter().find(|mapping| {
        count += mapping.slots();
        count > MAX_SLOTS
    })?;
    let mut placed = snapshot.schema.mapping_types.iter().zip(&snapshot.places);
    let place = placed.find_map(|(read, place)| place.clone().filter(|_| read.name == mapping.wire))?;
    let message = format!(
        "a job can keep {MAX_SLOTS} mappings apart that it may hold only once, and with `{}` there are {count}",
        mapping.wire
    );
    Some(Finding::error(TOO_MANY_SLOTS, MAPPING_TYPES, place.key("allowMultipleMode"), message).help(
        "a mapping type of mode `Single` counts once, one of mode `SinglePerType` once for each type: remove \
         mapping types that you do not use from the snapshot, or say `values = \"data\"` for the type field in \
         `overrides.toml`",
    ))
}
