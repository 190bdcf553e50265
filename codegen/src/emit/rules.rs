//! The rules of a mapping type as data, for what types cannot know.

use proc_macro2::{Literal, TokenStream};
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
    let fields = fields(mapping);
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
            exclusive: &[#(#exclusive),*],
        }
    }
}

/// The rules of the fields: their names, and what is not usual.
fn fields(mapping: &Mapping) -> TokenStream {
    let names = mapping.fields.iter().map(|field| &field.wire);
    let optional = quote! { ::van_bulk::rules::FieldRules::optional([#(#names),*]) };
    let changes: Vec<TokenStream> =
        mapping.fields.iter().enumerate().map(|(index, field)| unusual(mapping, index, field)).collect();
    if changes.iter().all(TokenStream::is_empty) {
        return quote! { &#optional };
    }
    quote! { &{ let mut fields = #optional; #(#changes)* fields } }
}

/// What makes a field another one than an optional one that a column may fill and that depends on nothing.
fn unusual(mapping: &Mapping, index: usize, field: &Field) -> TokenStream {
    let index = Literal::usize_unsuffixed(index);
    let required = match field.requirement {
        Requirement::Optional => None,
        Requirement::WhenAllowed => Some(quote! { WhenAllowed }),
        Requirement::Always => Some(quote! { Always }),
    };
    let required =
        required.map(|when| quote! { fields[#index].required = ::van_bulk::rules::Required::#when; });
    let takes_column = (!field.takes_column).then(|| quote! { fields[#index].takes_column = false; });
    let parents = field.needs.iter().map(|need| parent_rule(mapping, need));
    let parents = (!field.needs.is_empty()).then(|| quote! { fields[#index].parents = &[#(#parents),*]; });
    let any_parent = field.any_parent.is_some().then(|| quote! { fields[#index].any_parent = true; });
    quote! { #required #takes_column #parents #any_parent }
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
