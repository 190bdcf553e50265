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
    let fields = mapping.fields.iter().map(|field| field_rules(mapping, field));
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
            fields: &[#(#fields),*],
            exclusive: &[#(#exclusive),*],
        }
    }
}

fn field_rules(mapping: &Mapping, field: &Field) -> TokenStream {
    let wire = &field.wire;
    let required = match field.requirement {
        Requirement::Optional => quote! { No },
        Requirement::WhenAllowed => quote! { WhenAllowed },
        Requirement::Always => quote! { Always },
    };
    let takes_column = field.takes_column;
    let any_parent = field.any_parent.is_some();
    let parents = field.needs.iter().map(|need| parent_rule(mapping, need));
    quote! {
        ::van_bulk::rules::FieldRules {
            name: #wire,
            required: ::van_bulk::rules::Required::#required,
            takes_column: #takes_column,
            parents: &[#(#parents),*],
            any_parent: #any_parent,
        }
    }
}

fn parent_rule(mapping: &Mapping, need: &Need) -> TokenStream {
    let parent = &mapping.fields[need.parent];
    let wire = &parent.wire;
    let values = parent.values.as_ref().map_or(&[][..], |values| &values.typed);
    match need.gate {
        None => {
            quote! { ::van_bulk::rules::ParentRule { field: #wire, allowed: ::core::option::Option::None } }
        }
        Some(gate) => {
            let ids = mapping.gates[gate].allowed.iter().map(|index| &values[*index].id);
            quote! {
                ::van_bulk::rules::ParentRule { field: #wire, allowed: ::core::option::Option::Some(&[#(#ids),*]) }
            }
        }
    }
}
