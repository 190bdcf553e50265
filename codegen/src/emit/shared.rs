//! Data that several profiles of a crate have in common: written once, and used by each.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::{doc, ident, rules, values};
use crate::ir::Program;
use crate::names::Scope as Names;
use crate::text;

/// The names of the statics that more than one profile uses, by the expression that each is.
#[derive(Default)]
pub(crate) struct Shared(BTreeMap<String, String>);

struct Static {
    name: String,
    /// The item without its name, which comes between the two.
    item: (TokenStream, TokenStream),
    /// Which of the profiles have it.
    profiles: BTreeSet<usize>,
}

impl Shared {
    /// What the programs have in common, as it is seen when the program runs: rules, and lists of values.
    /// The second is the module that holds it; nothing if there is none.
    pub(crate) fn of(programs: &[&Program]) -> (Self, Option<TokenStream>) {
        let mut statics: BTreeMap<String, Static> = BTreeMap::new();
        let mut order = Vec::new();
        let mut add =
            |profile: usize, data: &TokenStream, name: String, docs: TokenStream, kind: TokenStream| {
                match statics.entry(data.to_string()) {
                    Entry::Occupied(mut known) => {
                        known.get_mut().profiles.insert(profile);
                    }
                    Entry::Vacant(new) => {
                        order.push(new.key().clone());
                        let item = (quote! { #docs pub static }, quote! { : #kind = #data; });
                        new.insert(Static { name, item, profiles: [profile].into() });
                    }
                }
            };
        for (profile, program) in programs.iter().enumerate() {
            for mapping in &program.mappings {
                let name = format!("RULES_{}", mapping.module);
                let kind = quote! { ::van_bulk::rules::MappingRules<'static> };
                add(profile, &rules::data(program, mapping), name, rules::docs(mapping), kind);
                for field in &mapping.fields {
                    let Some(values) = field.known_values() else {
                        continue;
                    };
                    let name = format!("VALUES_{}_{}", mapping.module, values.module);
                    let wires = (text::code(&field.wire), text::code(&mapping.wire));
                    let docs = doc([format!("The values of {} of {}.", wires.0, wires.1)]);
                    let count = Literal::usize_unsuffixed(values.known.len());
                    let kind = quote! { [::van_bulk::values::KnownValue; #count] };
                    add(profile, &values::data(values), name, docs, kind);
                }
            }
        }
        statics.retain(|_, item| item.profiles.len() > 1);
        // Profiles may mean different things by one name; the first in order keeps it.
        let mut names = Names::default();
        for data in order {
            if let Some(item) = statics.get_mut(&data) {
                item.name = names.take(std::mem::take(&mut item.name));
            }
        }
        let module = module(statics.values().collect());
        (Self(statics.into_iter().map(|(data, item)| (data, item.name)).collect()), module)
    }

    /// The static that holds this, if there is one; it is made only where something is shared.
    pub(super) fn name_of(&self, data: impl FnOnce() -> TokenStream) -> Option<&str> {
        if self.0.is_empty() { None } else { self.0.get(&data().to_string()).map(String::as_str) }
    }
}

/// The module that holds the statics; nothing if there are none.
fn module(mut statics: Vec<&Static>) -> Option<TokenStream> {
    if statics.is_empty() {
        return None;
    }
    statics.sort_by(|a, b| a.name.cmp(&b.name));
    let statics = statics.into_iter().map(|item| {
        let (name, (before, after)) = (ident(&item.name), &item.item);
        quote! { #before #name #after }
    });
    Some(quote! {
        #![doc = " What several profiles have in common when a program runs; each hands on what is its own."]
        // A program may leave out the profiles that use it. Modules have the names that their statics end with.
        #![allow(dead_code, unreachable_pub, non_upper_case_globals)]
        #(#statics)*
    })
}
