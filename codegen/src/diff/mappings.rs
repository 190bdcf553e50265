//! Mapping types: which there are, where they can be used, how often, and what their constructors take.

use std::collections::BTreeSet;

use super::program::{Changes, Found, Side, builder_item, constructor_item, renamed};
use super::{Kind, Place, Sentence, Use, Verdict, fields, groups};
use crate::ir::{Mapping, Multiplicity, Requirement};

/// A mapping type before and now.
pub(super) struct Pair<'a> {
    pub(super) old_side: &'a Side<'a>,
    pub(super) new_side: &'a Side<'a>,
    pub(super) old: &'a Mapping,
    pub(super) new: &'a Mapping,
}

impl Pair<'_> {
    /// VAN's name.
    pub(super) fn wire(&self) -> String {
        self.old.wire.clone()
    }

    pub(super) fn place(&self) -> Place {
        place(self.old)
    }

    pub(super) fn field(&self, field: &str) -> Place {
        Place { field: Some(field.to_owned()), ..self.place() }
    }
}

fn place(mapping: &Mapping) -> Place {
    Place { mapping_type: Some(mapping.wire.clone()), ..Place::default() }
}

/// Compares all mapping types.
pub(super) fn compare(old_side: &Side<'_>, new_side: &Side<'_>, changes: &mut Changes<'_>) {
    for old in &old_side.program.mappings {
        match new_side.program.mappings.iter().find(|new| new.wire == old.wire) {
            Some(new) => pair(&Pair { old_side, new_side, old, new }, changes),
            None => {
                let what = Sentence::new("the mapping type is gone");
                let found = Found::new(Kind::MappingTypeRemoved, place(old), Verdict::Breaking, what);
                changes.add(found.items([builder_item(old)]).breaks([Use::Builder(old.wire.clone())]));
            }
        }
    }
    for new in &new_side.program.mappings {
        if !old_side.program.mappings.iter().any(|old| old.wire == new.wire) {
            let what = Sentence::new(&format!("the mapping type is new, with {} field(s)", new.fields.len()));
            let found = Found::new(Kind::MappingTypeAdded, place(new), Verdict::Additive, what);
            changes.add(found.items([builder_item(new)]));
        }
    }
}

fn pair(pair: &Pair<'_>, changes: &mut Changes<'_>) {
    rust_names(pair, changes);
    resource_types(pair, changes);
    multiplicity(pair, changes);
    constructor(pair, changes);
    type_parameters(pair, changes);
    groups::compare(pair, changes);
    model(pair, changes);
    fields::compare(pair, changes);
}

fn rust_names(pair: &Pair<'_>, changes: &mut Changes<'_>) {
    let names = [(&pair.old.module, &pair.new.module), (&pair.old.type_name, &pair.new.type_name)];
    for (before, now) in names {
        if before != now {
            let found = Found::new(Kind::RustName, pair.place(), Verdict::Breaking, renamed(before, now));
            changes.add(found.items([builder_item(pair.old)]).breaks([Use::Builder(pair.wire())]));
        }
    }
}

fn resource_types(pair: &Pair<'_>, changes: &mut Changes<'_>) {
    let of = |side: &Side<'_>, mapping: &Mapping| -> BTreeSet<String> {
        mapping.resources.iter().map(|index| side.program.resources[*index].wire.clone()).collect()
    };
    let (before, now) = (of(pair.old_side, pair.old), of(pair.new_side, pair.new));
    let place = |resource: &String| Place { resource_type: Some(resource.clone()), ..pair.place() };
    for gone in before.difference(&now) {
        // Where the resource type itself is gone, that is told once.
        if pair.new_side.program.resources.iter().any(|resource| resource.wire == *gone) {
            let what = Sentence::new("jobs of this resource type no longer take the mapping type");
            let found = Found::new(Kind::ResourceTypeRemoved, place(gone), Verdict::Breaking, what);
            changes
                .add(found.items([builder_item(pair.old)]).breaks([Use::ApplyTo(pair.wire(), gone.clone())]));
        }
    }
    for new in now.difference(&before) {
        let what = Sentence::new("jobs of this resource type take the mapping type");
        // A mapping type without resource types needs no Cargo feature.
        let verdict = if before.is_empty() { Verdict::NeedsALook } else { Verdict::Additive };
        let found = Found::new(Kind::ResourceTypeAdded, place(new), verdict, what);
        changes.add(found.items([builder_item(pair.old)]));
    }
}

/// The field whose value may be in a job once, if there is one; nothing for mapping types that may be in a job any number of
/// times.
fn counted(mapping: &Mapping) -> Option<Option<&str>> {
    match &mapping.multiplicity {
        Multiplicity::Multiple => None,
        Multiplicity::Single(_) => Some(None),
        Multiplicity::SinglePerType(per_type) => Some(Some(mapping.fields[per_type.field].wire.as_str())),
    }
}

fn multiplicity(pair: &Pair<'_>, changes: &mut Changes<'_>) {
    let (before, now) = (counted(pair.old), counted(pair.new));
    let shown = |mapping: &Mapping| match counted(mapping) {
        Some(Some(field)) => Sentence::new("").name(&mapping.mode).text(" by ").name(field),
        _ => Sentence::new("").name(&mapping.mode),
    };
    let (kind, verdict) = match (before, now) {
        (None, None) | (Some(None), Some(None)) if pair.old.mode == pair.new.mode => return,
        (None, None) | (Some(None), Some(None)) => (Kind::ModeWord, Verdict::NeedsALook),
        (Some(Some(before)), Some(Some(now))) if before == now => return,
        (Some(Some(_)), Some(Some(_))) => (Kind::TypeField, Verdict::NeedsALook),
        (None, Some(_)) | (Some(Some(_)), Some(None)) => (Kind::ModeTightened, Verdict::NeedsALook),
        (Some(_), None) | (Some(None), Some(Some(_))) => (Kind::ModeRelaxed, Verdict::Additive),
    };
    let breaks = match (before, now) {
        (None | Some(Some(_)), Some(None)) => vec![Use::Second(pair.wire(), None)],
        (None | Some(Some(_)), Some(Some(field))) if can_be_the_same(pair, field) => {
            vec![Use::Second(pair.wire(), Some(field.to_owned()))]
        }
        _ => Vec::new(),
    };
    let what = Sentence::new("the mode was ").then(shown(pair.old)).text(", is ").then(shown(pair.new));
    let found = Found::new(kind, pair.place(), verdict, what);
    changes.add(found.items([builder_item(pair.old)]).breaks(breaks));
}

/// Whether the compiler may know of two mappings of an old program that they have the same type, or none.
fn can_be_the_same(pair: &Pair<'_>, type_field: &str) -> bool {
    let Some(field) = pair.old.fields.iter().find(|field| field.wire == type_field) else { return true };
    let has_types = field.values.as_ref().is_some_and(|values| !values.typed.is_empty());
    field.requirement != Requirement::Always || has_types
}

/// The arguments for the same fields in another order or form. That there are others is told of their fields.
fn constructor(pair: &Pair<'_>, changes: &mut Changes<'_>) {
    let order =
        |mapping: &Mapping| -> Vec<String> { mapping.required().map(|field| field.wire.clone()).collect() };
    let (before, now) = (order(pair.old), order(pair.new));
    let sorted = |order: &[String]| order.iter().cloned().collect::<BTreeSet<String>>();
    if sorted(&before) != sorted(&now) {
        return;
    }
    let form = (&pair.old.required_struct, &pair.new.required_struct);
    let what = match form {
        (None, None) if before != now => {
            let names = |order| Sentence::default().names(order);
            Sentence::new("the constructor took ")
                .then(names(before.iter().map(String::as_str)))
                .text(" in this order, takes ")
                .then(names(now.iter().map(String::as_str)))
        }
        (Some(old), Some(new)) if old != new => renamed(old, new),
        _ => return,
    };
    let found = Found::new(Kind::Constructor, pair.place(), Verdict::Breaking, what);
    changes.add(found.items([constructor_item(pair.old)]).breaks([Use::New(pair.wire())]));
}

fn type_parameters(pair: &Pair<'_>, changes: &mut Changes<'_>) {
    let of = |mapping: &Mapping| -> Vec<String> {
        let fields = mapping.parents().map(|(_, field, _)| field.wire.clone());
        fields.chain(mapping.exclusive.iter().map(|_| "exclusive groups".to_owned())).collect()
    };
    let (before, now) = (of(pair.old), of(pair.new));
    if before != now {
        let what = Sentence::new("the states in the type of the builder were of ")
            .names(before.iter().map(String::as_str))
            .text(", are of ")
            .names(now.iter().map(String::as_str));
        let found = Found::new(Kind::TypeParameters, pair.place(), Verdict::NeedsALook, what);
        changes.add(found.items([builder_item(pair.old)]));
    }
}

/// What does not reach the builders.
fn model(pair: &Pair<'_>, changes: &mut Changes<'_>) {
    let (before, now) = (&pair.old.display_name, &pair.new.display_name);
    if before != now {
        let what = fields::text_changed("the display name", before.as_deref(), now.as_deref());
        changes.add(Found::new(Kind::DisplayName, pair.place(), Verdict::Text, what));
    }
    let (Some(before), Some(now)) = (pair.old_side.model(pair.old), pair.new_side.model(pair.new)) else {
        return;
    };
    for what in fields::properties(&before.extra, &now.extra) {
        changes.add(Found::new(Kind::UnknownProperty, pair.place(), Verdict::NeedsALook, what));
    }
    if before.upload_type != now.upload_type {
        let what = Sentence::new("the property ").name("uploadType").text(" has another value");
        changes.add(Found::new(Kind::UnknownProperty, pair.place(), Verdict::NeedsALook, what));
    }
}
