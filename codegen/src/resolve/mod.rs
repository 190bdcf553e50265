//! From the schema to the program to write. The schema has passed [`validate`](crate::validate), so this cannot fail.

mod fields;

use van_bulk_schema::Snapshot;
use van_bulk_schema::model::{self, AllowMultipleMode, Schema};
use van_bulk_schema::provenance::Provenance;

use crate::ir::{Field, Mapping, Multiplicity, PerType, Program, Requirement, Resource};
use crate::lock::{NameScope, NamesLock};
use crate::names::{self, Scope};
use fields::{Fields, Resolved};

/// Lists with more values than this stay data: a type for each would cost the user's compiler more than it helps.
pub const MAX_TYPED_VALUES: usize = 40;

/// Resolves a valid snapshot. Names that `lock` remembers are kept, and names that are new are remembered.
pub fn resolve(snapshot: &Snapshot, lock: &mut NamesLock) -> Program {
    let Snapshot { schema, provenance, .. } = snapshot;
    let resources = resources(schema, lock);
    let mut sorted: Vec<&model::MappingType> = schema.mapping_types.iter().collect();
    sorted.sort_by(|a, b| a.name.cmp(&b.name));

    let most_fields = sorted.iter().map(|mapping| mapping.fields.len()).max().unwrap_or_default();
    let overridden: Vec<(&str, &str)> = sorted
        .iter()
        .filter_map(|mapping| {
            Some((mapping.name.as_str(), schema.overrides.mapping_type(&mapping.name)?.name.as_deref()?))
        })
        .collect();
    let camel: Vec<(&str, String)> =
        overridden.iter().map(|(wire, name)| (*wire, names::camel(name, "Mapping"))).collect();
    let snake: Vec<(&str, String)> =
        overridden.iter().map(|(wire, name)| (*wire, names::snake(name, "mapping"))).collect();
    let mut types = generics(most_fields)
        .remembering(camel.iter().map(|(wire, name)| (*wire, name.as_str())))
        .remembering(lock.names(NameScope::Types));
    let mut modules = Scope::reserving(RESERVED_MODULES.iter().copied())
        .remembering(snake.iter().map(|(wire, name)| (*wire, name.as_str())))
        .remembering(lock.names(NameScope::Modules));
    let mut files = Scope::reserving(RESERVED_MODULES.iter().copied());
    let mut slots = 0;
    let mappings: Vec<Mapping> = sorted
        .into_iter()
        .map(|mapping| {
            let wire = mapping.name.as_str();
            let module = modules.take_for(wire, names::snake(wire, "mapping"));
            lock.insert(NameScope::Modules, wire, &module);
            let type_name = types.take_for(wire, names::camel(wire, "Mapping"));
            lock.insert(NameScope::Types, wire, &type_name);
            let file = files.take(names::file(&module));
            let mapping =
                resolve_mapping(schema, provenance, mapping, type_name, &resources, &mut slots, lock);
            Mapping { module, file, ..mapping }
        })
        .collect();
    let slot_depth = match slots {
        0..=8 => 1,
        9..=64 => 2,
        _ => 3,
    };
    Program { mode: snapshot.mode, resources, mappings, slot_depth }
}

/// Names that modules may not have: `resource` is one of ours, `van_bulk` is the runtime in the examples, `src/lib.rs` and
/// `src/main.rs` mean something to Cargo, and Windows has no files of the other names.
const RESERVED_MODULES: &[&str] = &["resource", "van_bulk", "lib", "main", "aux", "con", "nul", "prn"];

fn resolve_mapping(
    schema: &Schema,
    provenance: &Provenance,
    mapping: &model::MappingType,
    type_name: String,
    resources: &[Resource],
    slots: &mut usize,
    lock: &mut NamesLock,
) -> Mapping {
    let origin = provenance.mapping_types.get(&mapping.name);
    let mut traits = Scope::default();
    let takes_trait = traits.take(format!("Takes{type_name}"));
    let room_trait = traits.take(format!("RoomFor{type_name}"));
    let Resolved { fields, gates, mut exclusive } =
        Fields::new(schema, mapping).resolve(&type_name, origin, &mut traits, lock);
    let takes = |resource: &Resource| mapping.resource_types.contains(&resource.wire);
    let multiplicity = multiplicity(schema, mapping, &fields, slots);
    for set in &mut exclusive {
        set.slot = *slots;
        *slots += 1;
    }
    Mapping {
        wire: mapping.name.clone(),
        display_name: mapping.display_name.clone(),
        mode: mapping.allow_multiple_mode.as_str().to_owned(),
        resources: (0..resources.len()).filter(|index| takes(&resources[*index])).collect(),
        module: String::new(),
        file: String::new(),
        required_struct: required_struct(&type_name, &fields),
        type_name,
        takes_trait,
        room_trait: (multiplicity != Multiplicity::Multiple).then_some(room_trait),
        multiplicity,
        fields,
        gates,
        exclusive,
        origin: origin.map(|origin| origin.origin),
    }
}

/// From this many required fields on, the constructor takes them by name: two columns cannot be swapped unseen.
const NAMED_FROM: usize = 4;

fn required_struct(type_name: &str, fields: &[Field]) -> Option<String> {
    let required = fields.iter().filter(|field| field.requirement == Requirement::Always).count();
    let modules = fields.iter().filter_map(|field| Some(field.values.as_ref()?.module.as_str()));
    let mut types = Scope::reserving(modules.chain([type_name]));
    (required >= NAMED_FROM).then(|| types.take("Required".to_owned()))
}

/// How often a job may hold a mapping type; `slots` are those given away so far.
fn multiplicity(
    schema: &Schema,
    mapping: &model::MappingType,
    fields: &[Field],
    slots: &mut usize,
) -> Multiplicity {
    let mut take = || {
        *slots += 1;
        *slots - 1
    };
    match mapping.allow_multiple_mode {
        AllowMultipleMode::Single => Multiplicity::Single(take()),
        AllowMultipleMode::SinglePerType => {
            let type_field = schema.type_field(mapping);
            let Some(index) = type_field
                .and_then(|type_field| fields.iter().position(|field| field.wire == type_field.name))
            else {
                return Multiplicity::Multiple;
            };
            let field = &fields[index];
            let values = field.values.as_ref().map_or(0, |values| values.typed.len());
            Multiplicity::SinglePerType(PerType {
                field: index,
                slots: (0..values).map(|_| take()).collect(),
                untyped_slot: (field.requirement != Requirement::Always).then(&mut take),
            })
        }
        AllowMultipleMode::Multiple | AllowMultipleMode::Unknown(_) => Multiplicity::Multiple,
    }
}

/// The names of type parameters that a builder of `fields` fields uses itself.
fn generics(fields: usize) -> Scope {
    let mut scope = Scope::reserving(["Row", "Resource", "Slots", "Source"]);
    for number in 1..=fields {
        scope.take(format!("Source{number}"));
    }
    scope
}

fn resources(schema: &Schema, lock: &mut NamesLock) -> Vec<Resource> {
    let mut wires = schema.all_resources();
    wires.sort_unstable();
    let mut types = Scope::default().remembering(lock.names(NameScope::Resources));
    let mut features = Scope::reserving(["default"]).remembering(lock.names(NameScope::Features));
    wires
        .into_iter()
        .map(|wire| {
            let type_name = types.take_for(wire, names::camel(wire, "Resource"));
            lock.insert(NameScope::Resources, wire, &type_name);
            let feature = features.take_for(wire, names::feature(wire));
            lock.insert(NameScope::Features, wire, &feature);
            Resource { wire: wire.to_owned(), type_name, feature }
        })
        .collect()
}
