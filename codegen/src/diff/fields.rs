//! Fields: which there are, when they are required, and what fills them.

use std::collections::{BTreeMap, BTreeSet};

use van_bulk_schema::model::Extra;

use super::mappings::Pair;
use super::program::{Changes, Found, constructor_item, field_item, renamed, values_item};
use super::uses::sources;
use super::{Given, Kind, Sentence, Source, State, Use, Verdict, parents, values};
use crate::ir::{Field, Mapping, Requirement};

/// A field before and now.
pub(super) struct Both<'a> {
    pub(super) pair: &'a Pair<'a>,
    pub(super) old: &'a Field,
    pub(super) new: &'a Field,
}

impl Both<'_> {
    pub(super) fn found(&self, kind: Kind, otherwise: Verdict, what: Sentence) -> Found {
        let item = field_item(self.pair.old, self.old);
        Found::new(kind, self.pair.field(&self.old.wire), otherwise, what).items([item])
    }

    /// Whether the field has a method before and now.
    pub(super) fn has_methods(&self) -> bool {
        self.old.requirement != Requirement::Always && self.new.requirement != Requirement::Always
    }

    fn field(&self) -> Use {
        Use::Field(self.pair.wire(), self.old.wire.clone())
    }
}

/// The field of this name.
pub(super) fn find<'m>(mapping: &'m Mapping, wire: &str) -> Option<&'m Field> {
    mapping.fields.iter().find(|field| field.wire == wire)
}

/// Compares all fields of a mapping type.
pub(super) fn compare(pair: &Pair<'_>, changes: &mut Changes<'_>) {
    for old in &pair.old.fields {
        match find(pair.new, &old.wire) {
            Some(new) => both(&Both { pair, old, new }, changes),
            None => removed(pair, old, changes),
        }
    }
    for new in &pair.new.fields {
        if find(pair.old, &new.wire).is_none() {
            added(pair, new, changes);
        }
    }
}

fn removed(pair: &Pair<'_>, field: &Field, changes: &mut Changes<'_>) {
    let mut breaks = vec![Use::Field(pair.wire(), field.wire.clone())];
    let mut items = vec![field_item(pair.old, field)];
    if field.requirement == Requirement::Always {
        breaks.push(Use::New(pair.wire()));
        items.push(constructor_item(pair.old));
    }
    if let Some(values) = field.known_values() {
        breaks.push(Use::Values(pair.wire(), field.wire.clone()));
        items.push(values_item(pair.old, &values.module));
    }
    let what = Sentence::new("the field is gone");
    let found = Found::new(Kind::FieldRemoved, pair.field(&field.wire), Verdict::Breaking, what);
    changes.add(found.items(items).breaks(breaks));
}

fn added(pair: &Pair<'_>, field: &Field, changes: &mut Changes<'_>) {
    let (what, otherwise, breaks) = match field.requirement {
        Requirement::Always => {
            ("the field is new, and required", Verdict::Breaking, vec![Use::New(pair.wire())])
        }
        Requirement::WhenAllowed => {
            let breaks =
                required_for(pair.new, field).into_iter().filter_map(|case| left_out(pair, field, &case));
            (
                "the field is new, and required for some values of its parents",
                Verdict::NeedsALook,
                breaks.collect(),
            )
        }
        Requirement::Optional => ("the field is new", Verdict::Additive, Vec::new()),
    };
    let item = match field.requirement {
        Requirement::Always => constructor_item(pair.old),
        _ => field_item(pair.new, field),
    };
    let found = Found::new(Kind::FieldAdded, pair.field(&field.wire), otherwise, Sentence::new(what));
    changes.add(found.items([item]).breaks(breaks));
}

fn both(both: &Both<'_>, changes: &mut Changes<'_>) {
    requirement(both, changes);
    rust_name(both, changes);
    fills(both, changes);
    values::compare(both, changes);
    parents::compare(both, changes);
    remembered(both, changes);
    model(both, changes);
}

/// The values of parents for which a field is required, each as parent and id.
fn required_for(mapping: &Mapping, field: &Field) -> BTreeSet<(String, String)> {
    if field.requirement != Requirement::WhenAllowed {
        return BTreeSet::new();
    }
    let gates = field
        .needs
        .iter()
        .filter_map(|need| Some((&mapping.fields[need.parent], &mapping.gates[need.gate?])));
    let cases = gates.flat_map(|(parent, gate)| {
        let values = parent
            .values
            .iter()
            .flat_map(move |values| gate.allowed.iter().map(|index| &values.typed[*index]));
        values.map(|value| (parent.wire.clone(), value.id.clone()))
    });
    cases.collect()
}

/// The use of leaving a field out where the compiler knows that it is required; nothing where it does not know.
fn left_out(pair: &Pair<'_>, field: &Field, (parent, id): &(String, String)) -> Option<Use> {
    let condition = field.condition.as_ref()?;
    let conditional = &pair.new.fields[condition.parent];
    let values = find(pair.old, parent)?.values.as_ref()?;
    let is_known = conditional.wire == *parent && values.typed.iter().any(|value| value.id == *id);
    let given = Given::from([
        (field.wire.clone(), BTreeSet::from([State::Unmapped])),
        (parent.clone(), BTreeSet::from([State::Value(id.clone())])),
    ]);
    is_known.then(|| Use::Apply(pair.wire(), given))
}

fn requirement(both: &Both<'_>, changes: &mut Changes<'_>) {
    let (pair, old, new) = (both.pair, both.old, both.new);
    let is_always = |field: &Field| field.requirement == Requirement::Always;
    match (is_always(old), is_always(new)) {
        (false, true) => {
            let mut what = Sentence::new("the field is required now");
            if let Some(child) = promoting(pair.new, new) {
                what = what.text(", since ").name(&child.wire).text(" is, which depends on it");
            }
            let found = both.found(Kind::NowRequired, Verdict::Breaking, what);
            changes
                .add(found.items([constructor_item(pair.old)]).breaks([Use::New(pair.wire()), both.field()]));
        }
        (true, false) => {
            let what = match new.requirement {
                Requirement::Optional => {
                    "the field is no longer required: it is filled by a method, not by the constructor"
                }
                _ => {
                    "the field is required only for some values of its parents: it is filled by a method, not by the constructor"
                }
            };
            let found = both.found(Kind::NoLongerRequired, Verdict::Breaking, Sentence::new(what));
            changes
                .add(found.items([constructor_item(pair.old)]).breaks([Use::New(pair.wire()), both.field()]));
        }
        (true, true) => {}
        (false, false) => conditions(both, changes),
    }
}

/// The field that needs another one in the constructor.
fn promoting<'m>(mapping: &'m Mapping, parent: &Field) -> Option<&'m Field> {
    mapping.required().find(|child| {
        child.any_parent.is_none()
            && child.needs.iter().any(|need| mapping.fields[need.parent].wire == parent.wire)
    })
}

fn conditions(both: &Both<'_>, changes: &mut Changes<'_>) {
    let (pair, old, new) = (both.pair, both.old, both.new);
    let (before, now) = (required_for(pair.old, old), required_for(pair.new, new));
    let shown = |cases: Vec<&(String, String)>| {
        let cases: Vec<String> = cases.iter().map(|(parent, id)| format!("{parent} = {id}")).collect();
        Sentence::default().names(cases.iter().map(String::as_str))
    };
    // What the compiler asks for now and did not before, although the values may be the same.
    let asked = |mapping: &Mapping, field: &Field| {
        field.condition.as_ref().map(|condition| mapping.fields[condition.parent].wire.clone())
    };
    let is_asked_now = asked(pair.old, old) != asked(pair.new, new) && asked(pair.new, new).is_some();
    let more: Vec<_> = now.iter().filter(|case| is_asked_now || !before.contains(*case)).collect();
    if !more.is_empty() {
        let breaks: Vec<Use> = more.iter().filter_map(|case| left_out(pair, new, case)).collect();
        let what = Sentence::new("the field is required now where ").then(shown(more));
        changes.add(both.found(Kind::RequiredForMore, Verdict::NeedsALook, what).breaks(breaks));
    }
    let fewer: Vec<_> = before.difference(&now).collect();
    if !fewer.is_empty() {
        let what = Sentence::new("the field is no longer required where ").then(shown(fewer));
        changes.add(both.found(Kind::RequiredForFewer, Verdict::Additive, what));
    }
}

fn rust_name(both: &Both<'_>, changes: &mut Changes<'_>) {
    let (pair, old, new) = (both.pair, both.old, both.new);
    let by_name = pair.old.required_struct.is_some() && pair.new.required_struct.is_some();
    let is_written = both.has_methods()
        || (by_name && old.requirement == Requirement::Always && new.requirement == Requirement::Always);
    if old.method != new.method && is_written {
        let mut breaks = vec![both.field()];
        if old.requirement == Requirement::Always {
            breaks.push(Use::New(pair.wire()));
        }
        let what = renamed(&old.method, &new.method);
        changes.add(both.found(Kind::RustName, Verdict::Breaking, what).breaks(breaks));
    }
}

/// What fills the field beside its values.
fn fills(both: &Both<'_>, changes: &mut Changes<'_>) {
    let (old, new) = (both.old, both.new);
    let (before, now) = (sources(old), sources(new));
    let lost = |is_this: &dyn Fn(&Source) -> bool| -> Vec<Use> {
        let lost = before.difference(&now).filter(|source| is_this(source));
        lost.map(|source| Use::Fill(both.pair.wire(), old.wire.clone(), source.clone())).collect()
    };
    match (old.takes_column, new.takes_column) {
        (true, false) => {
            let what =
                Sentence::new("a column can no longer fill the field, only one value for the whole file");
            let found = both.found(Kind::ColumnRefused, Verdict::Breaking, what);
            changes.add(found.breaks(lost(&|source| source.is_column())));
        }
        (false, true) => {
            let what = Sentence::new("a column can fill the field");
            changes.add(both.found(Kind::ColumnAllowed, Verdict::Additive, what));
        }
        _ => {}
    }
    let of_text = |source: &Source| matches!(source, Source::Text | Source::Raw | Source::TranslatedRaw);
    match (old.takes_text, new.takes_text) {
        (true, false) => {
            let what = Sentence::new("the field takes predefined values now, where it took any text");
            changes.add(both.found(Kind::PredefinedOnly, Verdict::Breaking, what).breaks(lost(&of_text)));
        }
        (false, true) => {
            let what = Sentence::new("the field takes any text now, where it took predefined values");
            changes.add(both.found(Kind::AnyText, Verdict::Breaking, what).breaks(lost(&of_text)));
        }
        _ => {}
    }
}

/// Whether the builder's type stays the same when the field is filled.
fn keeps_the_type(field: &Field) -> bool {
    field.type_parameter.is_none() && field.groups.is_empty()
}

fn remembered(both: &Both<'_>, changes: &mut Changes<'_>) {
    if !both.has_methods() {
        return;
    }
    let (pair, old, new) = (both.pair, both.old, both.new);
    let mut breaks = Vec::new();
    if keeps_the_type(old) && !keeps_the_type(new) {
        breaks.push(Use::Reassign(pair.wire(), old.wire.clone()));
    }
    if old.parent_traits.is_none() && new.parent_traits.is_some() {
        breaks.push(Use::Again(pair.wire(), old.wire.clone()));
    }
    if !breaks.is_empty() {
        let mut what =
            Sentence::new("filling the field changes the type of the builder now, so no branch can do it");
        if new.parent_traits.is_some() {
            what = what.text("; it can be filled once, because others depend on it");
        }
        changes.add(both.found(Kind::Remembered, Verdict::Breaking, what).breaks(breaks));
    }
}

/// What does not reach the builders.
fn model(both: &Both<'_>, changes: &mut Changes<'_>) {
    let (pair, old, new) = (both.pair, both.old, both.new);
    let (before, now) = (&old.description, &new.description);
    if before != now {
        let what = text_changed("the description", before.as_deref(), now.as_deref());
        changes.add(both.found(Kind::Description, Verdict::Text, what));
    }
    let most = |side: &super::program::Side<'_>| side.schema.max_characters(&pair.old.wire, &old.wire);
    let (before, now) = (most(pair.old_side), most(pair.new_side));
    if before != now {
        let shown = |most: Option<usize>| most.map_or("any number of".to_owned(), |most| most.to_string());
        let is_tighter = now.is_some_and(|now| before.is_none_or(|before| now < before));
        let otherwise = if is_tighter { Verdict::NeedsALook } else { Verdict::Additive };
        let what = format!("a text could have {} characters, can have {}", shown(before), shown(now));
        changes.add(both.found(Kind::TextLength, otherwise, Sentence::new(&what)));
    }
    let of = |side: &super::program::Side<'_>, mapping: &Mapping| {
        let field = side.model(mapping).and_then(|mapping| mapping.field(&old.wire));
        field.map(|field| (field.can_be_mapped_by_name, field.extra.clone()))
    };
    let (Some((before, old_extra)), Some((now, new_extra))) =
        (of(pair.old_side, pair.old), of(pair.new_side, pair.new))
    else {
        return;
    };
    if before != now {
        let shown = |by_name: Option<bool>| match by_name {
            Some(true) => "yes",
            Some(false) => "no",
            None => "not told",
        };
        let what = format!(
            "whether VAN fills the field from a column of its name: was {}, is {}",
            shown(before),
            shown(now)
        );
        changes.add(both.found(Kind::MappedByName, Verdict::NeedsALook, Sentence::new(&what)));
    }
    for what in properties(&old_extra, &new_extra) {
        changes.add(both.found(Kind::UnknownProperty, Verdict::NeedsALook, what));
    }
}

/// That a text which people read is another one.
pub(super) fn text_changed(what: &str, before: Option<&str>, now: Option<&str>) -> Sentence {
    match (before, now) {
        (Some(before), Some(now)) => {
            // The beginning of two long texts may be the same.
            let same = before.chars().zip(now.chars()).take_while(|(old, new)| old == new).count();
            let from = same.saturating_sub(20);
            let end = |text: &str| {
                let end: String = text.chars().skip(from).collect();
                if from > 0 { format!("…{end}") } else { end }
            };
            Sentence::new(what).text(" was ").name(&end(before)).text(", is ").name(&end(now))
        }
        (None, Some(now)) => Sentence::new(what).text(" is new: ").name(now),
        (Some(before), None) => Sentence::new(what).text(" is gone: ").name(before),
        (None, None) => Sentence::new(what),
    }
}

/// The properties of unknown meaning that came, went or have another value.
pub(super) fn properties(old: &Extra, new: &Extra) -> Vec<Sentence> {
    let keys: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let known: BTreeMap<&String, _> =
        keys.into_iter().map(|key| (key, (old.get(key), new.get(key)))).collect();
    let changed = known.into_iter().filter(|(_, (before, now))| before != now);
    changed
        .map(|(key, (before, now))| {
            let what = match (before, now) {
                (None, _) => " is new",
                (_, None) => " is gone",
                _ => " has another value",
            };
            Sentence::new("the property ").name(key).text(what)
        })
        .collect()
}
