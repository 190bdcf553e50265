//! From the schema to the program to write. The schema has passed [`validate`](crate::validate), so this cannot fail.

mod fields;

use van_bulk_schema::Snapshot;
use van_bulk_schema::cores::on_all_cores;
use van_bulk_schema::model::{self, AllowMultipleMode, Schema};
use van_bulk_schema::provenance::Provenance;

use crate::ir::{AFTER, Field, Mapping, Multiplicity, PerType, Program, Requirement, Resource, STATES};
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
    let named: Vec<Named<'_>> = sorted
        .into_iter()
        .map(|mapping| {
            let wire = mapping.name.as_str();
            let module = modules.take_for(wire, names::snake(wire, "mapping"));
            let type_name = types.take_for(wire, names::camel(wire, "Mapping"));
            let file = files.take(names::file(&module));
            Named { mapping, module, type_name, file }
        })
        .collect();
    let mut mappings =
        on_all_cores(&named, |named| resolve_mapping(schema, provenance, named, &resources, lock));
    let mut slots = 0;
    for mapping in &mut mappings {
        let count = mapping.slots();
        move_slots(mapping, slots);
        slots += count;
        remember(mapping, lock);
    }
    let of_all = |name: fn(&Mapping) -> &str| -> Vec<(&str, &str)> {
        mappings.iter().map(|mapping| (mapping.wire.as_str(), name(mapping))).collect()
    };
    lock.insert_all(NameScope::Modules, of_all(|mapping| &mapping.module));
    lock.insert_all(NameScope::Types, of_all(|mapping| &mapping.type_name));
    let slot_depth = match slots {
        0..=8 => 1,
        9..=64 => 2,
        _ => 3,
    };
    Program { mode: snapshot.mode, resources, mappings, slot_depth }
}

/// A mapping type with the names that no other has.
struct Named<'a> {
    mapping: &'a model::MappingType,
    module: String,
    type_name: String,
    file: String,
}

/// Moves the slots of a mapping type, which begin at 0, behind those of others.
fn move_slots(mapping: &mut Mapping, by: usize) {
    match &mut mapping.multiplicity {
        Multiplicity::Single(slot) => *slot += by,
        Multiplicity::SinglePerType(per_type) => {
            per_type.slots.iter_mut().chain(&mut per_type.untyped_slot).for_each(|slot| *slot += by);
        }
        Multiplicity::Multiple => {}
    }
    mapping.exclusive.iter_mut().for_each(|set| set.slot += by);
}

/// Remembers the names within a mapping type.
fn remember(mapping: &Mapping, lock: &mut NamesLock) {
    let wire = mapping.wire.as_str();
    let fields = || mapping.fields.iter().map(|field| (field.wire.as_str(), field));
    let values = || fields().filter_map(|(field, known)| Some((field, known.values.as_ref()?)));
    lock.insert_all(NameScope::Methods(wire), fields().map(|(field, known)| (field, known.method.as_str())));
    let parameters = fields().filter_map(|(field, known)| Some((field, known.type_parameter.as_deref()?)));
    lock.insert_all(NameScope::Parameters(wire), parameters);
    lock.insert_all(
        NameScope::ValueModules(wire),
        values().map(|(field, values)| (field, values.module.as_str())),
    );
    for (field, values) in values() {
        let types = values.typed.iter().map(|value| (value.id.as_str(), value.type_name.as_str()));
        lock.insert_all(NameScope::Values(wire, field), types);
    }
}

/// Names that modules may not have: `resource` is one of ours, `van_bulk` is the runtime in the examples, `src/lib.rs` and
/// `src/main.rs` mean something to Cargo, and Windows has no files of the other names.
const RESERVED_MODULES: &[&str] = &["resource", "van_bulk", "lib", "main", "aux", "con", "nul", "prn"];

fn resolve_mapping(
    schema: &Schema,
    provenance: &Provenance,
    named: &Named<'_>,
    resources: &[Resource],
    lock: &NamesLock,
) -> Mapping {
    let Named { mapping, module, type_name, file } = named;
    let origin = provenance.mapping_types.get(&mapping.name);
    let mut traits = Scope::default();
    let takes_trait = traits.take(format!("Takes{type_name}"));
    let room_trait = traits.take(format!("RoomFor{type_name}"));
    let Resolved { fields, gates, mut exclusive } =
        Fields::new(schema, mapping).resolve(type_name, origin, &mut traits, lock);
    let takes = |resource: &Resource| mapping.resource_types.contains(&resource.wire);
    let mut slots = 0;
    let multiplicity = multiplicity(schema, mapping, &fields, &mut slots);
    for (index, set) in exclusive.iter_mut().enumerate() {
        set.slot = slots + index;
    }
    Mapping {
        wire: mapping.name.clone(),
        display_name: mapping.display_name.clone(),
        mode: mapping.allow_multiple_mode.as_str().to_owned(),
        resources: (0..resources.len()).filter(|index| takes(&resources[*index])).collect(),
        module: module.clone(),
        file: file.clone(),
        required_struct: required_struct(type_name, &fields),
        type_name: type_name.clone(),
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
    let mut scope = Scope::reserving(["Row", "Resource", "Slots", "Source", STATES, AFTER]);
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
    let resources: Vec<Resource> = wires
        .into_iter()
        .map(|wire| Resource {
            wire: wire.to_owned(),
            type_name: types.take_for(wire, names::camel(wire, "Resource")),
            feature: features.take_for(wire, names::feature(wire)),
        })
        .collect();
    let named = |name: fn(&Resource) -> &str| -> Vec<(&str, &str)> {
        resources.iter().map(|resource| (resource.wire.as_str(), name(resource))).collect()
    };
    lock.insert_all(NameScope::Resources, named(|resource| &resource.type_name));
    lock.insert_all(NameScope::Features, named(|resource| &resource.feature));
    resources
}
