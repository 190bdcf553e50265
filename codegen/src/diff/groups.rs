//! Groups of fields of which one job may fill one.

use std::collections::BTreeMap;

use super::mappings::Pair;
use super::program::{Changes, Found, builder_item};
use super::{Kind, Sentence, Use, Verdict};
use crate::ir::{Field, Mapping, Requirement};

/// Compares the groups of a mapping type.
pub(super) fn compare(pair: &Pair<'_>, changes: &mut Changes<'_>) {
    if grouped(pair.old) == grouped(pair.new) {
        return;
    }
    let mut breaks = Vec::new();
    let (old, new) = (methods(pair.old), methods(pair.new));
    for (first, one) in &old {
        for (second, other) in
            old.range::<str, _>((std::ops::Bound::Excluded(*first), std::ops::Bound::Unbounded))
        {
            let (Some(now_one), Some(now_other)) = (new.get(first), new.get(second)) else { continue };
            if !exclude(one, other) && exclude(now_one, now_other) {
                breaks.push(Use::Together(pair.wire(), (*first).to_owned(), (*second).to_owned()));
            }
        }
    }
    let what = Sentence::new("the groups of fields of which one job may fill one were ")
        .then(shown(pair.old))
        .text(", are ")
        .then(shown(pair.new));
    let found = Found::new(Kind::ExclusiveGroups, pair.place(), Verdict::NeedsALook, what);
    changes.add(found.items([builder_item(pair.old)]).breaks(breaks));
}

type Grouped<'a> = Vec<BTreeMap<&'a str, &'a [String]>>;

fn grouped(mapping: &Mapping) -> Grouped<'_> {
    let groups = mapping
        .exclusive
        .iter()
        .map(|set| set.groups.iter().map(|group| (group.name.as_str(), group.fields.as_slice())).collect());
    groups.collect()
}

fn shown(mapping: &Mapping) -> Sentence {
    let mut shown = Sentence::default();
    for (index, group) in mapping.exclusive.iter().flat_map(|set| &set.groups).enumerate() {
        shown = if index > 0 { shown.text(" and ") } else { shown };
        shown = shown.name(&group.name).text(" (").names(group.fields.iter().map(String::as_str)).text(")");
    }
    if mapping.exclusive.is_empty() { shown.text("none") } else { shown }
}

/// The fields that have methods.
fn methods(mapping: &Mapping) -> BTreeMap<&str, &Field> {
    let fields = mapping.fields.iter().filter(|field| field.requirement != Requirement::Always);
    fields.map(|field| (field.wire.as_str(), field)).collect()
}

/// Whether two fields belong to different groups of a set.
fn exclude(one: &Field, other: &Field) -> bool {
    one.groups.iter().any(|(set, group)| {
        other.groups.iter().any(|(other_set, other_group)| set == other_set && group != other_group)
    })
}
