//! The rules of a mapping type as data, for what types cannot know.

use proc_macro2::TokenStream;
use quote::quote;

use super::{Scope, doc};
use crate::ir::{Field, Mapping, Multiplicity, Need, Program, Requirement};
use crate::text;

/// The static `RULES` of a mapping type.
pub(super) fn rules(scope: &Scope<'_>, mapping: &Mapping) -> TokenStream {
    let rules = data(scope.program, mapping);
    match scope.shared.name(&rules) {
        Some(name) => quote! {
            #[doc(inline)]
            pub use super::super::shared::#name as RULES;
        },
        None => {
            let docs = docs(mapping);
            quote! { #docs pub static RULES: ::van_bulk::rules::MappingRules<'static> = #rules; }
        }
    }
}

/// The documentation of the static.
pub(super) fn docs(mapping: &Mapping) -> TokenStream {
    doc([format!(
        "The rules of {} as data, for what is known only when the program runs.",
        text::code(&mapping.wire)
    )])
}

/// The rules of a mapping type as an expression.
pub(super) fn data(program: &Program, mapping: &Mapping) -> TokenStream {
    let wire = &mapping.wire;
    let multiplicity = match &mapping.multiplicity {
        Multiplicity::Single(_) => quote! { Single },
        Multiplicity::SinglePerType(per_type) => {
            let field = &mapping.fields[per_type.field].wire;
            quote! { SinglePerType(#field) }
        }
        Multiplicity::Multiple => quote! { Multiple },
    };
    let resources = mapping.resources.iter().map(|index| &program.resources[*index].wire);
    let names = |which: &dyn Fn(&Field) -> bool| -> TokenStream {
        let names = mapping.fields.iter().filter(|field| which(field)).map(|field| &field.wire);
        quote! { &[#(#names),*] }
    };
    let fields = names(&|_| true);
    let required = names(&|field| field.requirement == Requirement::Always);
    let required_when_allowed = names(&|field| field.requirement == Requirement::WhenAllowed);
    let static_only = names(&|field| !field.takes_column);
    let any_parent = names(&|field| field.any_parent.is_some());
    let relations =
        || mapping.fields.iter().flat_map(|field| field.needs.iter().map(move |need| (field, need)));
    let parents = relations().map(|(field, need)| {
        let (child, parent) = (&field.wire, &mapping.fields[need.parent].wire);
        quote! { (#child, #parent) }
    });
    let limits = relations().flat_map(|(field, need)| limits(mapping, field, need));
    let exclusive = mapping.exclusive.iter().map(|set| {
        let groups = set.groups.iter().map(|group| {
            let (name, fields) = (&group.name, &group.fields);
            quote! { ::van_bulk::rules::Group { name: #name, fields: &[#(#fields),*] } }
        });
        quote! { &[#(#groups),*] }
    });
    quote! {
        ::van_bulk::rules::MappingRules {
            name: #wire,
            multiplicity: ::van_bulk::rules::Multiplicity::#multiplicity,
            resource_types: &[#(#resources),*],
            fields: #fields,
            required: #required,
            required_when_allowed: #required_when_allowed,
            static_only: #static_only,
            parents: &[#(#parents),*],
            limits: &[#(#limits),*],
            any_parent: #any_parent,
            exclusive: &[#(#exclusive),*],
        }
    }
}

/// The values of a parent that allow a field, one after the other: a list in a list would cost the compiler more.
fn limits(mapping: &Mapping, field: &Field, need: &Need) -> Vec<TokenStream> {
    let Some(gate) = need.gate else { return Vec::new() };
    let parent = &mapping.fields[need.parent];
    let values = parent.values.as_ref().map_or(&[][..], |values| &values.typed);
    let (child, parent) = (&field.wire, &parent.wire);
    let ids = mapping.gates[gate].allowed.iter().map(|index| &values[*index].id);
    ids.map(|id| quote! { (#child, #parent, #id) }).collect()
}
