//! The database mode, the resource types, and what all comparisons share.

use std::collections::{BTreeMap, BTreeSet};

use van_bulk_schema::model::{self, Schema};
use van_bulk_schema::{DatabaseMode, Snapshot};

use super::{Change, Kind, Place, Sentence, Use, Verdict, mappings};
use crate::ir::{Field, Mapping, Program, Requirement, Resource, Value};

/// One of the two that are compared.
pub(super) struct Side<'a> {
    pub(super) schema: &'a Schema,
    pub(super) program: &'a Program,
    /// What each path of the crate means, in VAN's names.
    meanings: BTreeMap<String, Vec<&'a str>>,
}

impl<'a> Side<'a> {
    pub(super) fn new(snapshot: &'a Snapshot, program: &'a Program) -> Self {
        let mut meanings = BTreeMap::new();
        for resource in &program.resources {
            meanings.insert(resource_item(resource), vec![resource.wire.as_str()]);
        }
        for mapping in &program.mappings {
            let wire = mapping.wire.as_str();
            meanings.insert(builder_item(mapping), vec![wire]);
            for field in &mapping.fields {
                let wires = vec![wire, field.wire.as_str()];
                meanings.insert(field_item(mapping, field), wires.clone());
                let Some(values) = &field.values else { continue };
                meanings.insert(values_item(mapping, &values.module), wires.clone());
                for value in &values.typed {
                    let wires = wires.iter().copied().chain([value.id.as_str()]).collect();
                    meanings.insert(value_item(mapping, &values.module, value), wires);
                }
            }
        }
        Self { schema: &snapshot.schema, program, meanings }
    }

    /// A mapping type as VAN describes it.
    pub(super) fn model(&self, mapping: &Mapping) -> Option<&'a model::MappingType> {
        self.schema.mapping_type(&mapping.wire)
    }
}

/// The path of a resource type.
pub(super) fn resource_item(resource: &Resource) -> String {
    format!("resource::{}", resource.type_name)
}

/// The path of a builder.
pub(super) fn builder_item(mapping: &Mapping) -> String {
    format!("{}::{}", mapping.module, mapping.type_name)
}

/// The path of a constructor.
pub(super) fn constructor_item(mapping: &Mapping) -> String {
    format!("{}::new", builder_item(mapping))
}

/// The path of what fills a field: a method, a named argument, or the constructor.
pub(super) fn field_item(mapping: &Mapping, field: &Field) -> String {
    match (&field.requirement, &mapping.required_struct) {
        (Requirement::Always, Some(by_name)) => format!("{}::{by_name}::{}", mapping.module, field.method),
        (Requirement::Always, None) => constructor_item(mapping),
        _ => format!("{}::{}", builder_item(mapping), field.method),
    }
}

/// The path of the module with a field's values.
pub(super) fn values_item(mapping: &Mapping, module: &str) -> String {
    format!("{}::{module}", mapping.module)
}

/// The path of a value.
pub(super) fn value_item(mapping: &Mapping, module: &str, value: &Value) -> String {
    format!("{}::{}", values_item(mapping, module), value.type_name)
}

/// The changes that were found.
pub(super) struct Changes<'a> {
    old: &'a Side<'a>,
    new: &'a Side<'a>,
    found: Vec<Change>,
}

/// A change before its verdict.
pub(super) struct Found {
    pub(super) kind: Kind,
    pub(super) place: Place,
    pub(super) what: Sentence,
    pub(super) items: Vec<String>,
    pub(super) breaks: Vec<Use>,
    /// The verdict if it breaks nothing.
    pub(super) otherwise: Verdict,
}

impl Found {
    pub(super) fn new(kind: Kind, place: Place, otherwise: Verdict, what: Sentence) -> Self {
        Self { kind, place, what, items: Vec::new(), breaks: Vec::new(), otherwise }
    }

    #[must_use]
    pub(super) fn items(mut self, items: impl IntoIterator<Item = String>) -> Self {
        self.items.extend(items);
        self
    }

    #[must_use]
    pub(super) fn breaks(mut self, breaks: impl IntoIterator<Item = Use>) -> Self {
        self.breaks.extend(breaks);
        self
    }
}

impl Changes<'_> {
    /// Gives a change its verdict: what breaks some use is breaking. Where what old programs write means something else now,
    /// the change says so.
    pub(super) fn add(&mut self, found: Found) {
        let Found { kind, place, mut what, mut items, mut breaks, otherwise } = found;
        items.sort();
        items.dedup();
        breaks.sort();
        breaks.dedup();
        let verdict = if breaks.is_empty() { otherwise } else { Verdict::Breaking };
        let mut silent = false;
        for item in items.iter().filter(|_| verdict == Verdict::Breaking) {
            if let (Some(before), Some(now)) = (self.old.meanings.get(item), self.new.meanings.get(item))
                && before != now
                // Arguments of a constructor have no names of their own.
                && !item.ends_with("::new")
            {
                silent = true;
                what = what.text("; ").name(item).text(" now means ").name(&now.join("."));
            }
        }
        if swaps_arguments(self.old, self.new, &breaks) {
            silent = true;
            what = what.text("; check the order of its arguments");
        }
        self.found.push(Change { verdict, place, kind, what, silent, rust_items: items, breaks });
    }
}

/// Whether a constructor that a change breaks takes as many arguments by place as before: a program with columns compiles.
fn swaps_arguments(old: &Side<'_>, new: &Side<'_>, breaks: &[Use]) -> bool {
    let by_place = |side: &Side<'_>, wire: &str| {
        let mapping = side.program.mappings.iter().find(|mapping| mapping.wire == wire)?;
        mapping.required_struct.is_none().then(|| mapping.required().count())
    };
    breaks.iter().any(|broken| match broken {
        Use::New(wire) => {
            by_place(old, wire).is_some_and(|count| count > 0 && by_place(new, wire) == Some(count))
        }
        _ => false,
    })
}

/// All changes, in no order.
pub(super) fn compare(old: &Side<'_>, new: &Side<'_>) -> Vec<Change> {
    let mut changes = Changes { old, new, found: Vec::new() };
    mode(old, new, &mut changes);
    resources(old, new, &mut changes);
    mappings::compare(old, new, &mut changes);
    changes.found
}

fn mode(old: &Side<'_>, new: &Side<'_>, changes: &mut Changes<'_>) {
    let shown = |mode: Option<DatabaseMode>| mode.map_or("not told".to_owned(), |mode| mode.to_string());
    let (before, now) = (old.program.mode, new.program.mode);
    if before != now {
        let what = Sentence::new(&format!("the database mode was {}, is {}", shown(before), shown(now)));
        let found = Found::new(Kind::DatabaseMode, Place::default(), Verdict::Breaking, what);
        changes.add(found.items(["Mode".to_owned()]).breaks([Use::Mode]));
    }
}

fn resources(old: &Side<'_>, new: &Side<'_>, changes: &mut Changes<'_>) {
    let place = |wire: &str| Place { resource_type: Some(wire.to_owned()), ..Place::default() };
    let feature_item = |resource: &Resource| format!("feature {}", resource.feature);
    for resource in &old.program.resources {
        let wire = &resource.wire;
        let Some(now) = new.program.resources.iter().find(|other| other.wire == *wire) else {
            let what = Sentence::new("the resource type is gone");
            let found = Found::new(Kind::ResourceTypeRemoved, place(wire), Verdict::Breaking, what);
            changes.add(
                found
                    .items([resource_item(resource), feature_item(resource)])
                    .breaks([Use::Resource(wire.clone()), Use::Feature(wire.clone())]),
            );
            continue;
        };
        let names = [
            (&resource.type_name, &now.type_name, resource_item(resource), Use::Resource(wire.clone())),
            (&resource.feature, &now.feature, feature_item(resource), Use::Feature(wire.clone())),
        ];
        for (before, now, item, broken) in names {
            if before != now {
                let found = Found::new(Kind::RustName, place(wire), Verdict::Breaking, renamed(before, now));
                changes.add(found.items([item]).breaks([broken]));
            }
        }
    }
    for resource in &new.program.resources {
        if !old.program.resources.iter().any(|other| other.wire == resource.wire) {
            let what = Sentence::new("the resource type is new");
            let found = Found::new(Kind::ResourceTypeAdded, place(&resource.wire), Verdict::Additive, what);
            changes.add(found.items([resource_item(resource), feature_item(resource)]));
        }
    }
    let listed = |side: &Side<'_>| side.schema.resources.iter().cloned().collect::<BTreeSet<String>>();
    let (before, now) = (listed(old), listed(new));
    for wire in before.symmetric_difference(&now) {
        let known = |side: &Side<'_>| side.program.resources.iter().any(|other| other.wire == *wire);
        if known(old) && known(new) {
            let what = match now.contains(wire) {
                true => "VAN lists the resource type, which only mapping types named",
                false => "VAN no longer lists the resource type; mapping types still name it",
            };
            let what = Sentence::new(what);
            changes.add(Found::new(Kind::ResourceTypeListed, place(wire), Verdict::NeedsALook, what));
        }
    }
}

/// That a Rust name is another one.
pub(super) fn renamed(before: &str, now: &str) -> Sentence {
    Sentence::new("the Rust name was ").name(before).text(", is ").name(now)
}
