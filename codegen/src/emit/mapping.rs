//! The builder of one mapping type.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::written::{Setter, Type, Written, tokens};
use super::{Scope, doc, docs, ident, needs, rules, values};
use crate::ir::{Field, Mapping, Multiplicity, Need, Requirement};

/// The module of a mapping type.
pub(super) fn module(scope: &Scope<'_>, mapping: &Mapping, written: &mut Written) -> TokenStream {
    let head = docs::module(mapping);
    let builder = builder(scope, mapping);
    let constructor = constructor(mapping);
    let setters = setters(scope, mapping, written);
    let apply = apply(mapping);
    let values = values::modules(scope, mapping, written);
    let rules = rules::rules(scope, mapping);
    let needs = needs::modules(scope, mapping, written);
    quote! {
        #![doc = #head]
        #builder
        #constructor
        #setters
        #apply
        #rules
        #(#values)*
        #needs
    }
}

fn builder(scope: &Scope<'_>, mapping: &Mapping) -> TokenStream {
    let name = ident(&mapping.type_name);
    let docs = doc(docs::builder(scope, mapping));
    let alias = docs::alias(&mapping.wire, &mapping.type_name).map(|alias| quote! { #[doc(alias = #alias)] });
    let parameters: Vec<_> = mapping.parameters().map(ident).collect();
    quote! {
        #docs
        #alias
        #[must_use = "a mapping does nothing until it is applied to a job"]
        pub struct #name<Row #(, #parameters = ::van_bulk::Unmapped)*> {
            core: ::van_bulk::mapping::MappingCore,
            state: ::core::marker::PhantomData<fn() -> (Row, #(#parameters),*)>,
        }
    }
}

fn constructor(mapping: &Mapping) -> TokenStream {
    let name = ident(&mapping.type_name);
    let wire = &mapping.wire;
    let capacity = field_count(mapping);
    let docs = doc(docs::constructor(mapping));
    let by_name = mapping.required_struct.as_deref().map(ident);
    // By place, only a parent that can have a value of its own needs a type parameter for its source.
    let is_generic = |field: &Field| by_name.is_some() || has_own_state(field);
    let generics: Vec<TokenStream> = mapping
        .required()
        .enumerate()
        .filter(|(_, field)| is_generic(field))
        .map(|(index, field)| {
            let generic = source_generic(index);
            let bound = tokens(&source_bound(field).flat());
            quote! { #generic: #bound }
        })
        .collect();
    let sources: Vec<_> = (0..mapping.required().count()).map(source_generic).collect();
    let arguments = match &by_name {
        Some(by_name) => quote! { required: #by_name<#(#sources),*> },
        None => {
            let arguments = mapping.required().enumerate().map(|(index, field)| {
                let argument = ident(&field.method);
                let bound = tokens(&source_bound(field).flat());
                let generic = source_generic(index);
                if is_generic(field) {
                    quote! { #argument: #generic }
                } else {
                    quote! { #argument: impl #bound }
                }
            });
            quote! { #(#arguments),* }
        }
    };
    // A chain without a local, which an argument could have the name of.
    let fills = mapping.required().map(|field| {
        let argument = ident(&field.method);
        let wire = &field.wire;
        let source = if by_name.is_some() {
            quote! { required.#argument }
        } else {
            quote! { #argument }
        };
        let index = Literal::usize_unsuffixed(index_of(mapping, field));
        quote! { .fill(#index, #wire, #source) }
    });
    let bounds: Vec<TokenStream> = mapping
        .required()
        .filter(|field| field.any_parent.is_none())
        .flat_map(|field| &field.needs)
        .filter_map(|need| {
            let gate = ident(&mapping.gates[need.gate?].trait_name);
            let parent = &mapping.fields[need.parent];
            let index = mapping.required().position(|field| field.wire == parent.wire)?;
            let state = tokens(&state_after(parent, &source_generic(index).to_string()));
            Some(quote! { #state: needs::#gate })
        })
        .collect();
    let bounds = where_clause(&bounds);
    let aliases = mapping.required().filter_map(|field| docs::alias(&field.wire, "new"));
    let states = mapping.parents().map(|(_, parent, _)| {
        match mapping.required().position(|field| field.wire == parent.wire) {
            Some(index) => tokens(&state_after(parent, &source_generic(index).to_string())),
            None => quote! { ::van_bulk::Unmapped },
        }
    });
    let states = states.chain(mapping.exclusive.iter().map(|_| quote! { ::van_bulk::Unmapped }));
    let required_struct = by_name.as_ref().map(|by_name| required_struct(mapping, by_name));
    quote! {
        #required_struct

        impl<Row> #name<Row> {
            #docs
            #(#[doc(alias = #aliases)])*
            pub fn new<#(#generics),*>(#arguments) -> #name<Row #(, #states)*> #bounds {
                #name {
                    core: ::van_bulk::mapping::MappingCore::new(#wire, #capacity) #(#fills)*,
                    state: ::core::marker::PhantomData,
                }
            }
        }
    }
}

/// The arguments of a constructor by their names.
fn required_struct(mapping: &Mapping, name: &proc_macro2::Ident) -> TokenStream {
    let docs = doc(docs::required_struct(mapping));
    let sources = (0..mapping.required().count()).map(source_generic);
    let fields = mapping.required().enumerate().map(|(index, field)| {
        let docs = doc(docs::setter(mapping, field));
        let (field, source) = (ident(&field.method), source_generic(index));
        quote! { #docs pub #field: #source }
    });
    quote! {
        #docs
        pub struct #name<#(#sources),*> {
            #(#fields),*
        }
    }
}

fn setters(scope: &Scope<'_>, mapping: &Mapping, written: &mut Written) -> TokenStream {
    let name = ident(&mapping.type_name);
    let parameters: Vec<_> = mapping.parameters().map(ident).collect();
    let methods: Vec<TokenStream> = mapping
        .optional()
        .map(|field| {
            let setter = setter(mapping, field);
            match setter.text(scope.indent + 4) {
                Some(text) => written.place(text),
                None => setter.tokens(),
            }
        })
        .collect();
    if methods.is_empty() {
        return TokenStream::new();
    }
    quote! {
        impl<Row #(, #parameters)*> #name<Row #(, #parameters)*> {
            #(#methods)*
        }
    }
}

/// The place of a field among those of its mapping type.
fn index_of(mapping: &Mapping, field: &Field) -> usize {
    mapping.fields.iter().take_while(|other| !std::ptr::eq(*other, field)).count()
}

fn setter<'a>(mapping: &'a Mapping, field: &'a Field) -> Setter<'a> {
    let mut bounds = parent_bounds(mapping, field);
    if let (Some(parameter), Some(traits)) = (&field.type_parameter, &field.parent_traits) {
        bounds.push(format!("{parameter}: needs::{}", traits.is_not_mapped));
    }
    for (set, group) in &field.groups {
        let set = &mapping.exclusive[*set];
        bounds.push(format!("{}: needs::{}", set.type_parameter, set.groups[*group].allows_trait));
    }
    let keeps_state = field.type_parameter.is_none() && field.groups.is_empty();
    Setter {
        docs: docs::setter(mapping, field),
        alias: docs::field_alias(field),
        name: &field.method,
        wire: &field.wire,
        index: index_of(mapping, field),
        bound: source_bound(field),
        is_generic: has_own_state(field),
        gives: (!keeps_state)
            .then(|| Type { name: mapping.type_name.clone(), arguments: states_after(mapping, field) }),
        bounds,
    }
}

/// The row type and the states of a builder after a field was filled.
fn states_after(mapping: &Mapping, field: &Field) -> Vec<String> {
    let of_fields = mapping.parents().map(|(_, parent, parameter)| {
        if parent.wire == field.wire { state_after(field, "Source") } else { parameter.to_owned() }
    });
    let of_sets = mapping.exclusive.iter().enumerate().map(|(index, set)| {
        match field.groups.iter().find(|(set, _)| *set == index) {
            Some((_, group)) => format!("exclusive::{}", set.groups[*group].marker),
            None => set.type_parameter.clone(),
        }
    });
    std::iter::once("Row".to_owned()).chain(of_fields).chain(of_sets).collect()
}

/// What the typestate must show of a field's parents before it may be mapped.
fn parent_bounds(mapping: &Mapping, field: &Field) -> Vec<String> {
    match &field.any_parent {
        Some(traits) => any_parent_bound(mapping, field, traits).into_iter().collect(),
        None => field.needs.iter().filter_map(|need| need_bound(mapping, need)).collect(),
    }
}

/// That one of the parents is enough; nothing if one is always mapped and may have any value.
fn any_parent_bound(mapping: &Mapping, field: &Field, traits: &[String]) -> Option<String> {
    let is_trivial =
        |need: &Need| need.gate.is_none() && mapping.fields[need.parent].requirement == Requirement::Always;
    if field.needs.iter().any(is_trivial) {
        return None;
    }
    let has_a_parent = traits.first()?;
    let states = field.needs.iter().rev().fold("()".to_owned(), |rest, need| {
        format!("({}, {rest})", state_parameter(&mapping.fields[need.parent]))
    });
    Some(format!("{states}: needs::{has_a_parent}"))
}

/// What the typestate must show before a field may be mapped; nothing for a parent that is mapped by the constructor
/// and may have any value.
fn need_bound(mapping: &Mapping, need: &Need) -> Option<String> {
    let parent = &mapping.fields[need.parent];
    let parameter = parent.type_parameter.as_deref()?;
    let name = match need.gate {
        Some(gate) => &mapping.gates[gate].trait_name,
        None => &parent.parent_traits.as_ref()?.is_mapped,
    };
    Some(format!("{parameter}: needs::{name}"))
}

fn where_clause(bounds: &[TokenStream]) -> Option<TokenStream> {
    (!bounds.is_empty()).then(|| quote! { where #(#bounds),* })
}

/// The trait of what fills a field.
fn source_bound(field: &Field) -> Type {
    let of = |name: &str, arguments: &[&str]| Type {
        name: name.to_owned(),
        arguments: arguments.iter().map(|argument| (*argument).to_owned()).collect(),
    };
    let marker = format!("field::{}", field.marker);
    match &field.values {
        Some(values) => of(&format!("needs::{}", values.trait_name), &["Row"]),
        None if field.takes_column => of("::van_bulk::source::FillsText", &[&marker, "Row"]),
        None => of("::van_bulk::source::FillsStaticText", &[&marker]),
    }
}

/// Whether the state of a parent depends on its source: columns and texts always leave it dynamic.
fn has_own_state(field: &Field) -> bool {
    field.type_parameter.is_some() && field.values.as_ref().is_some_and(|values| !values.typed.is_empty())
}

fn state_after(field: &Field, generic: &str) -> String {
    match has_own_state(field) {
        true => format!("<{generic} as ::van_bulk::source::IntoSource>::State"),
        false => "::van_bulk::Dynamic".to_owned(),
    }
}

fn field_count(mapping: &Mapping) -> Literal {
    Literal::usize_unsuffixed(mapping.fields.len())
}

fn source_generic(index: usize) -> proc_macro2::Ident {
    ident(&format!("Source{}", index + 1))
}

fn apply(mapping: &Mapping) -> TokenStream {
    let name = ident(&mapping.type_name);
    let parameters: Vec<_> = mapping.parameters().map(ident).collect();
    let takes = ident(&mapping.takes_trait);
    let room = mapping.room_trait.as_deref().map(|room| {
        let room = ident(room);
        match &mapping.multiplicity {
            Multiplicity::SinglePerType(per_type) => {
                let parameter = tokens(state_parameter(&mapping.fields[per_type.field]));
                quote! { needs::#room<#parameter> }
            }
            _ => quote! { needs::#room },
        }
    });
    // One slot after the other: that of the mapping type, then those of its sets of groups.
    let mut next = quote! { Slots };
    let mut rooms = Vec::new();
    let sets = mapping.exclusive.iter().map(|set| {
        let (room, parameter) = (ident(&set.room_trait), ident(&set.type_parameter));
        quote! { needs::#room<#parameter> }
    });
    for room in room.into_iter().chain(sets) {
        rooms.push(quote! { #next: #room, });
        next = quote! { <#next as #room>::Next };
    }
    let required_children = mapping.required().filter_map(|field| {
        let bound = tokens(&any_parent_bound(mapping, field, field.any_parent.as_ref()?)?);
        Some(quote! { #bound, })
    });
    let conditions = mapping.fields.iter().filter_map(|field| {
        let condition = field.condition.as_ref()?;
        let is_filled = ident(&condition.trait_name);
        let own = tokens(state_parameter(field));
        let parent = tokens(state_parameter(&mapping.fields[condition.parent]));
        Some(quote! { #own: needs::#is_filled<#parent>, })
    });
    quote! {
        // What it asks for is told at the fields, in words.
        #[doc(hidden)]
        impl<Resource, Row, Slots #(, #parameters)*> ::van_bulk::mapping::Apply<Resource, Row, Slots>
            for #name<Row #(, #parameters)*>
        where
            Resource: needs::#takes,
            #(#rooms)*
            #(#conditions)*
            #(#required_children)*
        {
            const RULES: &'static ::van_bulk::rules::MappingRules<'static> = &RULES;
            type Next = #next;
            fn into_mapping(self) -> ::van_bulk::payload::MappingType {
                self.core.into_mapping()
            }
        }

        impl<Row #(, #parameters)*> ::core::convert::From<#name<Row #(, #parameters)*>> for ::van_bulk::Mapping<Row> {
            fn from(builder: #name<Row #(, #parameters)*>) -> Self {
                ::van_bulk::Mapping::new(&RULES, builder.core)
            }
        }
    }
}

/// The state of a field: its type parameter, or what the constructor always makes it.
fn state_parameter(field: &Field) -> &str {
    field.type_parameter.as_deref().unwrap_or("::van_bulk::Dynamic")
}
