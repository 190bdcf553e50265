//! The values of a field: which there are, which of them are types, and what they depend on.

use std::collections::BTreeMap;

use van_bulk_schema::model;

use super::fields::Both;
use super::program::{Changes, Found, Side, renamed, value_item, values_item};
use super::{Kind, Place, Sentence, Source, Use, Verdict};
use crate::ir::{Field, Mapping, Value, Values};

/// Compares the values of a field.
pub(super) fn compare(both: &Both<'_>, changes: &mut Changes<'_>) {
    let (before, now) = (known(both.old), known(both.new));
    match (before, now) {
        (None, None) => return,
        (None, Some(now)) => {
            let what = Sentence::new(&format!("{} value(s) of the field are known now", now.known.len()));
            let items = [values_item(both.pair.new, &now.module)];
            changes.add(both.found(Kind::ListAdded, Verdict::Additive, what).items(items));
        }
        (Some(before), None) => {
            let what =
                Sentence::new(&format!("none of the {} value(s) is known any more", before.known.len()));
            let found = both.found(Kind::ListRemoved, Verdict::Breaking, what);
            let items = [values_item(both.pair.old, &before.module)];
            changes.add(found.items(items).breaks(everything(both)));
        }
        (Some(before), Some(now)) => lists(both, before, now, changes),
    }
    value_parents(both, changes);
}

/// The values, if any is known: only then has the field a module of values.
fn known(field: &Field) -> Option<&Values> {
    field.values.as_deref().filter(|values| !values.known.is_empty())
}

/// All that programs do with the values of a field.
fn everything(both: &Both<'_>) -> Vec<Use> {
    let fill = |source| Use::Fill(both.pair.wire(), both.old.wire.clone(), source);
    vec![Use::Values(both.pair.wire(), both.old.wire.clone()), fill(Source::Any), fill(Source::TranslatedAny)]
}

fn lists(both: &Both<'_>, before: &Values, now: &Values, changes: &mut Changes<'_>) {
    if before.module != now.module {
        let found = both.found(Kind::RustName, Verdict::Breaking, renamed(&before.module, &now.module));
        changes.add(found.items([values_item(both.pair.old, &before.module)]).breaks(everything(both)));
    }
    let typed = |values: &Values| -> BTreeMap<String, Value> {
        values.typed.iter().map(|value| (value.id.clone(), value.clone())).collect()
    };
    let (old_typed, new_typed) = (typed(before), typed(now));
    let names = |values: &Values| -> BTreeMap<String, String> {
        values.known.iter().map(|value| (value.id.clone(), value.name.clone())).collect()
    };
    let (old_names, new_names) = (names(before), names(now));
    let list = Lists { both, before, now };
    for (id, name) in &old_names {
        let old_type = old_typed.get(id);
        match new_names.get(id) {
            None => {
                let what = Sentence::new("the value ").name(name).text(" is gone");
                let found = list.found(Kind::ValueRemoved, id, Verdict::NeedsALook, what);
                changes.add(list.touching(found, old_type));
            }
            Some(new_name) => {
                if name != new_name {
                    let what =
                        Sentence::new("the value was called ").name(name).text(", is called ").name(new_name);
                    changes.add(list.found(Kind::ValueName, id, Verdict::NeedsALook, what));
                }
                if let (Some(old), Some(new)) = (old_type, new_typed.get(id))
                    && old.type_name != new.type_name
                {
                    let what = renamed(&old.type_name, &new.type_name);
                    let found = list.found(Kind::RustName, id, Verdict::Breaking, what);
                    changes.add(list.touching(found, Some(old)));
                }
            }
        }
    }
    for (id, name) in new_names.iter().filter(|(id, _)| !old_names.contains_key(*id)) {
        let what = Sentence::new("the value ").name(name).text(" is new");
        let item = match new_typed.get(id) {
            Some(value) => value_item(both.pair.new, &now.module, value),
            None => values_item(both.pair.new, &now.module),
        };
        changes.add(list.found(Kind::ValueAdded, id, Verdict::Additive, what).items([item]));
    }
    let no_types: Vec<&Value> = old_typed
        .values()
        .filter(|value| new_names.contains_key(&value.id) && !new_typed.contains_key(&value.id))
        .collect();
    if !no_types.is_empty() {
        let what = format!(
            "{} value(s) are no types any more, but can be found with `Any::try_from`",
            no_types.len()
        );
        let mut found = both.found(Kind::ValuesAreData, Verdict::Breaking, Sentence::new(&what));
        for value in no_types {
            found = list.touching(found, Some(value));
        }
        changes.add(found);
    }
    let types =
        new_typed.keys().filter(|id| old_names.contains_key(*id) && !old_typed.contains_key(*id)).count();
    if types > 0 {
        let what = Sentence::new(&format!("{types} value(s) are types now"));
        let item = values_item(both.pair.new, &now.module);
        changes.add(both.found(Kind::ValuesAreTypes, Verdict::Additive, what).items([item]));
    }
}

/// The values of a field before and now.
struct Lists<'a> {
    both: &'a Both<'a>,
    before: &'a Values,
    now: &'a Values,
}

impl Lists<'_> {
    fn found(&self, kind: Kind, id: &str, otherwise: Verdict, what: Sentence) -> Found {
        Found::new(kind, place(self.both, id), otherwise, what)
    }

    /// That a change touches a value that was a type, or one that was data.
    fn touching(&self, found: Found, value: Option<&Value>) -> Found {
        let pair = self.both.pair;
        match value {
            Some(value) => found
                .items([value_item(pair.old, &self.before.module, value)])
                .breaks([Use::Value(pair.wire(), self.both.old.wire.clone(), value.id.clone())]),
            None => found.items([values_item(pair.new, &self.now.module)]),
        }
    }
}

fn place(both: &Both<'_>, id: &str) -> Place {
    Place { value: Some(id.to_owned()), ..both.pair.field(&both.old.wire) }
}

/// What each value depends on is known when the program runs.
fn value_parents(both: &Both<'_>, changes: &mut Changes<'_>) {
    let list = |side: &Side<'_>, mapping: &Mapping| -> BTreeMap<String, model::Value> {
        let list = side.schema.values(&mapping.wire, &both.old.wire);
        let values = list.into_iter().flat_map(|list| &list.values);
        values.map(|value| (value.id.clone(), value.clone())).collect()
    };
    let (before, now) = (list(both.pair.old_side, both.pair.old), list(both.pair.new_side, both.pair.new));
    for (id, value) in &before {
        let Some(new) = now.get(id) else { continue };
        if limits(value) != limits(new) {
            let what =
                Sentence::new("the value ").name(&value.name).text(" depends on other values of parents");
            changes.add(Found::new(Kind::ValueParents, place(both, id), Verdict::NeedsALook, what));
        }
    }
}

/// The values of parents that allow a value, by parent.
fn limits(value: &model::Value) -> BTreeMap<String, Option<Vec<String>>> {
    let limits = value.parent_limits();
    let limits = limits.into_iter().map(|limit| {
        let allowed = limit.allowed.map(|ids| {
            let mut ids: Vec<String> = ids.into_iter().map(str::to_owned).collect();
            ids.sort();
            ids.dedup();
            ids
        });
        (limit.parent.to_owned(), allowed)
    });
    limits.collect()
}
