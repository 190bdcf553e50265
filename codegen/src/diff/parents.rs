//! What must be mapped before a field: its parents, the values of them that allow it, and how many of them.

use std::collections::{BTreeMap, BTreeSet};

use super::fields::{Both, find};
use super::program::{Changes, Found};
use super::{Given, Kind, Sentence, State, Use, Verdict};
use crate::ir::{Field, Mapping, Requirement};

/// The ids of a parent's values that allow a field; nothing if any does.
type Allowed = Option<BTreeSet<String>>;

/// What a field needs, by parent.
fn needs(mapping: &Mapping, field: &Field) -> BTreeMap<String, Allowed> {
    let needs = field.needs.iter().map(|need| {
        let parent = &mapping.fields[need.parent];
        let allowed = need.gate.map(|gate| {
            let values = parent.values.as_ref().map_or(&[][..], |values| &values.typed);
            mapping.gates[gate].allowed.iter().map(|index| values[*index].id.clone()).collect()
        });
        (parent.wire.clone(), allowed)
    });
    needs.collect()
}

/// Compares what a field needs.
pub(super) fn compare(both: &Both<'_>, changes: &mut Changes<'_>) {
    let conditions = Conditions {
        both,
        before: needs(both.pair.old, both.old),
        now: needs(both.pair.new, both.new),
        was_any: both.old.any_parent.is_some(),
        is_any: both.new.any_parent.is_some(),
    };
    let mut found = conditions.differences();
    for (parent, given) in conditions.lost() {
        let broken = conditions.broken(given);
        // The change that brought it about: that of the parent, or any where one parent was or is enough.
        let cause = found.iter_mut().find(|(of, found)| match &parent {
            Some(parent) => of.as_ref() == Some(parent) && conditions.tightens(found.kind),
            None => conditions.tightens(found.kind),
        });
        if let Some((_, cause)) = cause {
            cause.breaks.push(broken);
        }
    }
    for (_, found) in found {
        changes.add(found);
    }
}

struct Conditions<'a> {
    both: &'a Both<'a>,
    before: BTreeMap<String, Allowed>,
    now: BTreeMap<String, Allowed>,
    was_any: bool,
    is_any: bool,
}

impl Conditions<'_> {
    /// What is different, each with the parent that it is about; nothing for what is about all of them.
    fn differences(&self) -> Vec<(Option<String>, Found)> {
        let mut found = Vec::new();
        let one_is_enough = self.was_any && self.is_any;
        // Where one parent is enough, another one more is a relief, and one less is none.
        let (more, less) = match one_is_enough {
            true => (Verdict::Additive, Verdict::NeedsALook),
            false => (Verdict::NeedsALook, Verdict::Additive),
        };
        let both = self.both;
        let mut add = |parent: &String, kind, verdict, what: Sentence| {
            found.push((Some(parent.clone()), both.found(kind, verdict, what)));
        };
        for (parent, allowed) in &self.before {
            let Some(now) = self.now.get(parent) else {
                let what = Sentence::new("the field no longer depends on ").name(parent);
                add(parent, Kind::ParentRemoved, less, what);
                continue;
            };
            if allowed == now {
                continue;
            }
            if is_narrower(allowed, now) {
                let what = narrowed(parent, allowed, now);
                add(parent, Kind::LimitNarrowed, Verdict::NeedsALook, what);
            }
            if is_narrower(now, allowed) {
                let what =
                    Sentence::new("more values of ").name(parent).text(" allow the field: ").then(shown(now));
                add(parent, Kind::LimitWidened, Verdict::Additive, what);
            }
        }
        for (parent, allowed) in self.now.iter().filter(|(parent, _)| !self.before.contains_key(*parent)) {
            let what = Sentence::new("the field depends on ").name(parent);
            let what =
                if allowed.is_some() { what.text(", which must be ").then(shown(allowed)) } else { what };
            add(parent, Kind::ParentAdded, more, what);
        }
        if self.was_any && !self.is_any {
            let what = Sentence::new("all parents of the field must be mapped, where one was enough");
            found.push((None, both.found(Kind::AllParents, Verdict::NeedsALook, what)));
        } else if self.is_any && !self.was_any {
            let what = Sentence::new("one of the parents of the field is enough");
            found.push((None, both.found(Kind::AnyParent, Verdict::Additive, what)));
        }
        found
    }

    /// Whether a change of this kind can make programs wrong.
    fn tightens(&self, kind: Kind) -> bool {
        match kind {
            Kind::LimitNarrowed | Kind::AllParents => true,
            Kind::ParentAdded => !self.is_any || !self.was_any,
            Kind::ParentRemoved | Kind::AnyParent => self.is_any,
            _ => false,
        }
    }

    /// The states of parents in which an old program may fill the field, and new ones may not; each with the parent that
    /// does not allow it, if it is one alone.
    fn lost(&self) -> Vec<(Option<String>, Given)> {
        let refused: Vec<(&String, BTreeSet<State>)> = self
            .now
            .iter()
            .map(|(parent, allowed)| {
                let states =
                    self.possible(parent).into_iter().filter(|state| !self.accepts(parent, allowed, state));
                (parent, states.collect())
            })
            .collect();
        if !self.is_any {
            return refused
                .into_iter()
                .filter(|(_, states)| !states.is_empty())
                .map(|(parent, states)| {
                    // Where one parent was enough, another one may have been there in its stead.
                    let cause = (!self.was_any || !self.before.contains_key(parent)).then(|| parent.clone());
                    (cause, Given::from([(parent.clone(), states)]))
                })
                .collect();
        }
        let all: Given = refused.into_iter().map(|(parent, states)| (parent.clone(), states)).collect();
        let is_possible =
            all.values().all(|states| !states.is_empty()) && (!self.was_any || self.had_one_beside(&all));
        if is_possible { vec![(None, all)] } else { Vec::new() }
    }

    /// Whether one parent may have been enough before while all are as `given`.
    fn had_one_beside(&self, given: &Given) -> bool {
        self.before.iter().any(|(parent, allowed)| {
            let mut states = self.possible(parent).into_iter();
            states.any(|state| {
                let was_enough = match &state {
                    State::Unmapped => false,
                    State::Dynamic => true,
                    State::Value(id) => allowed.as_ref().is_none_or(|allowed| allowed.contains(id)),
                };
                was_enough && given.get(parent).is_none_or(|refused| refused.contains(&state))
            })
        })
    }

    /// The states of a field in which an old program may fill this one.
    fn possible(&self, parent: &str) -> BTreeSet<State> {
        let Some(old) = find(self.both.pair.old, parent) else { return BTreeSet::from([State::Unmapped]) };
        let mut states = BTreeSet::from([State::Dynamic]);
        let needed = self.before.get(parent).filter(|_| !self.was_any);
        let allows = |id: &String| match needed {
            Some(Some(allowed)) => allowed.contains(id),
            _ => true,
        };
        let values = old.values.iter().flat_map(|values| &values.typed).filter(|value| allows(&value.id));
        states.extend(values.map(|value| State::Value(value.id.clone())));
        if needed.is_none() && old.requirement != Requirement::Always {
            states.insert(State::Unmapped);
        }
        states
    }

    /// Whether the field may be filled now while a parent is in this state. That a value is no type any more, or that the
    /// parent is an argument of the constructor now, is told as such.
    fn accepts(&self, parent: &str, allowed: &Allowed, state: &State) -> bool {
        let Some(new) = find(self.both.pair.new, parent) else { return true };
        match state {
            State::Unmapped => new.requirement == Requirement::Always,
            State::Dynamic => true,
            State::Value(id) => {
                let is_type = new.values.iter().flat_map(|values| &values.typed).any(|value| value.id == *id);
                !is_type || allowed.as_ref().is_none_or(|allowed| allowed.contains(id))
            }
        }
    }

    /// What a program does that fills the field in these states. One of the parents of an argument of the constructor is
    /// asked for when the mapping is applied.
    fn broken(&self, given: Given) -> Use {
        let wire = self.both.pair.wire();
        match self.is_any && self.both.new.requirement == Requirement::Always {
            true => Use::Apply(wire, given),
            false => Use::Call(wire, self.both.old.wire.clone(), given),
        }
    }
}

fn shown(allowed: &Allowed) -> Sentence {
    match allowed {
        Some(ids) => Sentence::default().names(ids.iter().map(String::as_str)),
        None => Sentence::new("any value"),
    }
}

/// Whether something that `before` allowed is not allowed `now`.
fn is_narrower(before: &Allowed, now: &Allowed) -> bool {
    match (before, now) {
        (_, None) => false,
        (None, Some(_)) => true,
        (Some(before), Some(now)) => !before.is_subset(now),
    }
}

fn narrowed(parent: &str, before: &Allowed, now: &Allowed) -> Sentence {
    let what = Sentence::new("fewer values of ").name(parent).text(" allow the field: ").then(shown(now));
    match (before, now) {
        (Some(before), Some(now)) => {
            let gone = before.difference(now).map(String::as_str);
            what.text(", no longer ").names(gone)
        }
        _ => what,
    }
}
