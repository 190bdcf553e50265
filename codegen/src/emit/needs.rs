//! The traits that hold the rules: their messages are what people read when a mapping is wrong.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::{doc, ident};
use crate::ir::{Field, Gate, Mapping, Multiplicity, Program, Requirement, Values};
use crate::text;

/// The modules `field` and `needs` of a mapping type.
pub(super) fn modules(program: &Program, mapping: &Mapping) -> TokenStream {
    let markers = mapping.fields.iter().filter(|field| field.values.is_none()).map(|field| {
        let marker = ident(&field.marker);
        let docs = doc([format!("The field {}.", text::code(&field.wire))]);
        quote! { #docs pub enum #marker {} }
    });
    let takes = takes_resource(program, mapping);
    let room = room(program, mapping);
    let fills = mapping.fields.iter().filter_map(|field| Some(fills(mapping, field, field.values.as_ref()?)));
    let parents = mapping.parents().map(|(index, field, _)| parent(mapping, index, field));
    let gates = mapping.gates.iter().map(|gate| limited(mapping, gate));
    quote! {
        /// The fields without predefined values, as types that stand for them in compiler messages.
        pub mod field {
            #(#markers)*
        }

        /// What the compiler asks of a mapping. These traits are there to be read in its messages; implementing one for a
        /// type of your own takes the check away.
        pub mod needs {
            #takes
            #room
            #(#fills)*
            #(#parents)*
            #(#gates)*
        }
    }
}

fn takes_resource(program: &Program, mapping: &Mapping) -> TokenStream {
    let name = ident(&mapping.takes_trait);
    let wire = text::message(&mapping.wire);
    let allowed: Vec<String> = mapping
        .resources
        .iter()
        .map(|index| format!("`{}`", text::message(&program.resources[*index].wire)))
        .collect();
    let message = format!("a `{{Self}}` job does not take the mapping type `{wire}`");
    let label = format!("`{wire}` in a `{{Self}}` job");
    let note = match allowed.as_slice() {
        [] => format!("VAN lists no resource types for `{wire}`"),
        allowed => format!(
            "VAN lists `{wire}` for {}: start the job with `Job::<..>` of that",
            allowed.join(" and ")
        ),
    };
    let docs = doc([format!("The resource types of jobs that take {}.", text::code(&mapping.wire))]);
    let impls = mapping.resources.iter().map(|index| {
        let resource = &program.resources[*index];
        let feature = &resource.feature;
        let resource = ident(&resource.type_name);
        quote! {
            #[cfg(feature = #feature)]
            #[diagnostic::do_not_recommend]
            impl #name for crate::resource::#resource {}
        }
    });
    quote! {
        #docs
        #[diagnostic::on_unimplemented(message = #message, label = #label, note = #note)]
        pub trait #name {}
        #(#impls)*
    }
}

fn room(program: &Program, mapping: &Mapping) -> Option<TokenStream> {
    let Multiplicity::Single(slot) = mapping.multiplicity else { return None };
    let name = ident(mapping.room_trait.as_deref()?);
    let wire = text::message(&mapping.wire);
    let message = format!("this job already has a `{wire}` mapping, and VAN allows only one");
    let label = format!("a second `{wire}`");
    let note = "its `allowMultipleMode` is `Single`: set its fields in one mapping, or put the second one into another job";
    let docs = doc([format!("The slots of a job that has no {} yet.", text::code(&mapping.wire))]);
    let mut others = Vec::new();
    let free = slots(slot, program.slot_depth, &quote! { ::van_bulk::slots::Free }, &mut others);
    let used = slots(slot, program.slot_depth, &quote! { ::van_bulk::slots::Used }, &mut Vec::new());
    Some(quote! {
        #docs
        #[diagnostic::on_unimplemented(message = #message, label = #label, note = #note)]
        pub trait #name {
            /// The slots with this one taken.
            type Next;
        }
        #[diagnostic::do_not_recommend]
        impl<#(#others),*> #name for #free {
            type Next = #used;
        }
    })
}

/// The tree of slots with `leaf` at one place and a type parameter, added to `others`, at every other branch on the way.
fn slots(slot: usize, depth: u32, leaf: &TokenStream, others: &mut Vec<Ident>) -> TokenStream {
    if depth == 0 {
        return leaf.clone();
    }
    let taken = slot / 8_usize.pow(depth - 1) % 8;
    let branches: Vec<TokenStream> = (0..8)
        .map(|branch| {
            if branch == taken {
                slots(slot, depth - 1, leaf, others)
            } else {
                let other = format_ident!("S{depth}{branch}");
                others.push(other.clone());
                quote! { #other }
            }
        })
        .collect();
    quote! { ::van_bulk::slots::Slots8<#(#branches),*> }
}

fn fills(mapping: &Mapping, field: &Field, values: &Values) -> TokenStream {
    let name = ident(&values.trait_name);
    let wire = text::message(&field.wire);
    let message = format!("`{{Self}}` cannot fill the field `{wire}` of `{}`", text::message(&mapping.wire));
    let label = format!("not a source for `{wire}`");
    let note = sources(mapping, field, values).join(", or ");
    let note = match field.takes_column {
        true => format!("use {note}"),
        false => format!("VAN takes one value for the whole file (`canBeMappedToColumn: false`): use {note}"),
    };
    let docs = doc([format!("What fills {}.", text::code(&field.wire))]);
    let column = field.takes_column.then(|| {
        quote! { #[diagnostic::do_not_recommend] impl<Row> #name<Row> for ::van_bulk::Column<Row> {} }
    });
    let text = field.takes_text.then(|| {
        quote! { #[diagnostic::do_not_recommend] impl<Row> #name<Row> for ::van_bulk::StaticValue {} }
    });
    let raw = (!field.takes_text).then(|| {
        quote! { #[diagnostic::do_not_recommend] impl<Row> #name<Row> for ::van_bulk::Raw {} }
    });
    quote! {
        #docs
        #[diagnostic::on_unimplemented(message = #message, label = #label, note = #note)]
        pub trait #name<Row>: ::van_bulk::source::IntoSource {}
        #column
        #text
        #raw
    }
}

/// The calls that fill a field, for a message.
fn sources(mapping: &Mapping, field: &Field, values: &Values) -> Vec<String> {
    let mut sources = Vec::new();
    if let Some(first) = values.typed.first() {
        let example = format!("{}::{}::{}", mapping.module, values.module, first.type_name);
        sources.push(format!("one of its predefined values, such as `{example}`"));
    }
    if field.takes_column {
        sources.push("a column of `{Row}`".to_owned());
    }
    sources.push(if field.takes_text { "`static_value(\"..\")`" } else { "`raw(\"id\")`" }.to_owned());
    sources
}

/// Whether a parent is an argument of the constructor, so that it is always mapped.
fn always_mapped(field: &Field) -> bool {
    field.requirement == Requirement::Always
}

fn parent(mapping: &Mapping, index: usize, field: &Field) -> TokenStream {
    let Some(traits) = &field.parent_traits else { return TokenStream::new() };
    let wire = text::message(&field.wire);
    let unlimited = mapping
        .fields
        .iter()
        .any(|child| child.needs.iter().any(|need| need.parent == index && need.gate.is_none()));
    let is_mapped = unlimited.then(|| {
        let name = ident(&traits.is_mapped);
        let message = format!("map the field `{wire}` before this one");
        let label = format!("needs `{wire}`");
        let note = format!("call `.{}(..)` earlier in the chain", field.method);
        let docs = doc([format!("{} is mapped.", text::code(&field.wire))]);
        quote! {
            #docs
            #[diagnostic::on_unimplemented(message = #message, label = #label, note = #note)]
            pub trait #name {}
            #[diagnostic::do_not_recommend]
            impl<State: ::van_bulk::state::IsMapped> #name for State {}
        }
    });
    let name = ident(&traits.is_not_mapped);
    let message = format!("the field `{wire}` is already mapped");
    let label = format!("`{wire}` is mapped a second time");
    let note = format!(
        "other fields may depend on its value: call `.{}(..)` once, or start another `{}` mapping",
        field.method, mapping.type_name
    );
    let docs = doc([format!("{} is not mapped yet.", text::code(&field.wire))]);
    quote! {
        #is_mapped
        #docs
        #[diagnostic::on_unimplemented(message = #message, label = #label, note = #note)]
        pub trait #name {}
        #[diagnostic::do_not_recommend]
        impl #name for ::van_bulk::Unmapped {}
    }
}

/// At most this many values are named in a message.
const MAX_NAMED: usize = 5;

fn limited(mapping: &Mapping, gate: &Gate) -> TokenStream {
    let parent = &mapping.fields[gate.parent];
    let Some(values) = &parent.values else { return TokenStream::new() };
    let name = ident(&gate.trait_name);
    let module = ident(&values.module);
    let wire = text::message(&parent.wire);
    let allowed: Vec<&str> =
        gate.allowed.iter().map(|index| values.typed[*index].type_name.as_str()).collect();
    let mut named: Vec<String> = allowed.iter().take(MAX_NAMED).map(|value| format!("`{value}`")).collect();
    if allowed.len() > MAX_NAMED {
        named.push(format!("{} others", allowed.len() - MAX_NAMED));
    }
    let or_column = if parent.takes_column { ", or to a column," } else { "" };
    let (message, note) = if always_mapped(parent) {
        (
            format!("this field can be mapped only if `{wire}` is {}{or_column}", named.join(" or ")),
            format!(
                "pass `{}::{}` to `{}::new(..)`",
                values.module,
                allowed.first().unwrap_or(&""),
                mapping.type_name
            ),
        )
    } else {
        (
            format!("map the field `{wire}` to {}{or_column} before this one", named.join(" or ")),
            format!(
                "call `.{}({}::{})` earlier in the chain",
                parent.method,
                values.module,
                allowed.first().unwrap_or(&"")
            ),
        )
    };
    let message = message.trim_end_matches(',');
    let label = format!("`{wire}` is `{{Self}}` here");
    let docs = doc([format!(
        "{} has one of the values that some field needs, or is not known yet.",
        text::code(&parent.wire)
    )]);
    let impls = gate.allowed.iter().map(|index| {
        let value = ident(&values.typed[*index].type_name);
        quote! {
            #[diagnostic::do_not_recommend]
            impl #name for ::van_bulk::Fixed<super::#module::#value> {}
        }
    });
    quote! {
        #docs
        #[diagnostic::on_unimplemented(message = #message, label = #label, note = #note)]
        pub trait #name {}
        #[diagnostic::do_not_recommend]
        impl #name for ::van_bulk::Dynamic {}
        #(#impls)*
    }
}
