//! Rust names of overrides that mean something already.

use van_bulk_schema::Snapshot;
use van_bulk_schema::finding::Finding;
use van_bulk_schema::json::JsonPath;
use van_bulk_schema::snapshot::OVERRIDES;

use crate::ir::Program;
use crate::names;

/// A Rust name of an override is taken, by the generator or by the language.
pub const NAME_TAKEN: &str = "overrides::name-taken";

/// An error for every override whose name its builder or method did not get.
pub(crate) fn taken_names(snapshot: &Snapshot, program: &Program) -> Vec<Finding> {
    let mut findings = Vec::new();
    // A name, and the names that were given for it beside those that were wanted.
    let mut check = |path: &JsonPath, name: &str, given: &[(&str, String)]| {
        if given.iter().any(|(given, wanted)| given != wanted) {
            let place = snapshot.override_places.bytes(&path.key("name"));
            let message = format!("the Rust name `{name}` means something else in the generated code");
            findings
                .push(Finding::error_at(NAME_TAKEN, OVERRIDES, place, message).help("choose another name"));
        }
    };
    for (wire, mapping_override) in &snapshot.schema.overrides.mapping_types {
        let Some(mapping) = program.mappings.iter().find(|mapping| mapping.wire == *wire) else { continue };
        let path = JsonPath::root().key("mapping-types").key(wire);
        if let Some(name) = &mapping_override.name {
            let type_name = (mapping.type_name.as_str(), names::camel(name, "Mapping"));
            let module = (mapping.module.as_str(), names::snake(name, "mapping"));
            check(&path, name, &[type_name, module]);
        }
        for (wire, field_override) in &mapping_override.fields {
            let field = mapping.fields.iter().find(|field| field.wire == *wire);
            if let (Some(field), Some(name)) = (field, &field_override.name) {
                let method = (field.method.as_str(), names::snake(name, "field"));
                check(&path.key("fields").key(wire), name, &[method]);
            }
        }
    }
    findings
}
