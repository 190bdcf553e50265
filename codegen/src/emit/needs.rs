//! The traits that hold the rules: their messages are what people read when a mapping is wrong.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};

use super::written::{Written, items, tokens};
use super::{DO_NOT_RECOMMEND, NO_PAGE, Scope, doc, groups, ident};
use crate::ir::{Condition, Field, Gate, Mapping, Multiplicity, Requirement, Values};
use crate::text;

/// The modules `field` and `needs` of a mapping type.
pub(super) fn modules(scope: &Scope<'_>, mapping: &Mapping, written: &mut Written) -> TokenStream {
    let markers = mapping.fields.iter().filter(|field| field.known_values().is_none()).map(|field| {
        let docs = format!("/// The field {}.", text::code(&field.wire));
        items(written, scope.indent + 4, &[docs, format!("pub enum {} {{}}", field.marker)])
    });
    let markers: Vec<TokenStream> = markers.collect();
    let takes = takes_resource(scope, mapping);
    let room = room(scope, mapping);
    let mut place = |lines: Vec<String>| items(written, scope.indent + 4, &lines);
    let filled = mapping.fields.iter().filter_map(|field| Some((field, field.known_values()?)));
    let fills: Vec<TokenStream> =
        filled.map(|(field, values)| place(fills(scope, mapping, field, values))).collect();
    let parents: Vec<TokenStream> =
        mapping.parents().map(|(index, field, _)| place(parent(scope, mapping, index, field))).collect();
    let gates: Vec<TokenStream> =
        mapping.gates.iter().map(|gate| place(limited(scope, mapping, gate))).collect();
    let conditions = mapping
        .fields
        .iter()
        .filter_map(|field| Some(condition(scope, mapping, field, field.condition.as_ref()?)));
    let any_parents = mapping
        .fields
        .iter()
        .filter_map(|field| Some(any_parent(scope, mapping, field, field.any_parent.as_ref()?)));
    let exclusive = mapping.exclusive.iter().map(|set| groups::needs(scope, mapping, set));
    let groups = groups::markers(mapping);
    let no_page = tokens(NO_PAGE);
    quote! {
        /// The fields of which no values are known, as types that stand for them in compiler messages.
        #no_page
        pub mod field {
            #(#markers)*
        }

        /// What the compiler asks of a mapping. These traits are there to be read in its messages; implementing one for a
        /// type of your own takes the check away.
        #no_page
        pub mod needs {
            #takes
            #room
            #(#fills)*
            #(#parents)*
            #(#gates)*
            #(#conditions)*
            #(#any_parents)*
            #(#exclusive)*
        }

        #groups
    }
}

fn takes_resource(scope: &Scope<'_>, mapping: &Mapping) -> TokenStream {
    let name = ident(&mapping.takes_trait);
    let (wire, of_profile) = (text::message(&mapping.wire), scope.of_profile());
    let allowed: Vec<String> = mapping
        .resources
        .iter()
        .map(|index| format!("`{}`", text::message(&scope.program.resources[*index].wire)))
        .collect();
    let message = format!("a `{{Self}}` job does not take the mapping type `{wire}`{of_profile}");
    let label = format!("`{wire}` in a `{{Self}}` job");
    let note = match allowed.as_slice() {
        [] => format!("VAN lists no resource types for `{wire}`"),
        allowed => format!(
            "VAN lists `{wire}` for {}{of_profile}: start the job with `Job::<..>` of that",
            allowed.join(" and ")
        ),
    };
    let docs = doc([format!("The resource types of jobs that take {}.", text::code(&mapping.wire))]);
    let impls = mapping.resources.iter().filter_map(|index| {
        let resource = &scope.program.resources[*index];
        let only_if = scope.only_if(resource)?;
        let resource = ident(&resource.type_name);
        Some(quote! {
            #only_if
            #[diagnostic::do_not_recommend]
            impl #name for super::super::resource::#resource {}
        })
    });
    quote! {
        #docs
        #[diagnostic::on_unimplemented(message = #message, label = #label, note = #note)]
        pub trait #name {}
        #(#impls)*
    }
}

fn room(scope: &Scope<'_>, mapping: &Mapping) -> Option<TokenStream> {
    let name = ident(mapping.room_trait.as_deref()?);
    let wire = text::message(&mapping.wire);
    let docs = doc([format!("The slots of a job that has room for another {}.", text::code(&mapping.wire))]);
    let (depth, of_profile) = (scope.program.slot_depth, scope.of_profile());
    match &mapping.multiplicity {
        Multiplicity::Multiple => None,
        Multiplicity::Single(slot) => {
            let message =
                format!("this job{of_profile} already has a `{wire}` mapping, and VAN allows only one");
            let label = format!("a second `{wire}`");
            let note = "its `allowMultipleMode` is `Single`: set its fields in one mapping, or put the second one into another job";
            let takes = takes_slot(&quote! { #name }, *slot, depth);
            Some(quote! {
                #docs
                #[diagnostic::on_unimplemented(message = #message, label = #label, note = #note)]
                pub trait #name {
                    /// The slots with this one taken.
                    type Next;
                }
                #takes
            })
        }
        Multiplicity::SinglePerType(per_type) => {
            let all = any_slots();
            let field = &mapping.fields[per_type.field];
            let field_wire = text::message(&field.wire);
            let message = format!(
                "this job{of_profile} already has a `{wire}` mapping with this `{field_wire}`, and VAN allows only one of each"
            );
            let label = format!("a second `{wire}` with the type `{{Type}}`");
            let note = format!(
                "its `allowMultipleMode` is `SinglePerType`: give it another `{field_wire}`, or put it into another job"
            );
            let typed =
                field.values.iter().flat_map(|values| values.typed.iter().map(move |value| (values, value)));
            let values = typed.zip(&per_type.slots).map(|((values, value), slot)| {
                let (module, value) = (ident(&values.module), ident(&value.type_name));
                takes_slot(&quote! { #name<::van_bulk::Fixed<super::#module::#value>> }, *slot, depth)
            });
            let untyped = per_type
                .untyped_slot
                .map(|slot| takes_slot(&quote! { #name<::van_bulk::Unmapped> }, slot, depth));
            Some(quote! {
                #docs
                #[diagnostic::on_unimplemented(message = #message, label = #label, note = #note)]
                pub trait #name<Type> {
                    /// The slots with the one of this type taken.
                    type Next;
                }
                // The types are known only when the program runs or the file is read: they are checked then.
                #[diagnostic::do_not_recommend]
                impl<#(#all),*> #name<::van_bulk::Dynamic> for ::van_bulk::slots::Slots8<#(#all),*> {
                    type Next = Self;
                }
                #(#values)*
                #untyped
            })
        }
    }
}

/// The implementation of a room trait that takes one slot.
pub(super) fn takes_slot(room: &TokenStream, slot: usize, depth: u32) -> TokenStream {
    let mut others = Vec::new();
    let free = slots(slot, depth, &quote! { ::van_bulk::slots::Free }, &mut others);
    let used = slots(slot, depth, &quote! { ::van_bulk::slots::Used }, &mut Vec::new());
    quote! {
        #[diagnostic::do_not_recommend]
        impl<#(#others),*> #room for #free {
            type Next = #used;
        }
    }
}

/// Type parameters for the slots of any job. Not one for all of them: it would be for every type there is.
pub(super) fn any_slots() -> Vec<Ident> {
    (0..8).map(|branch| format_ident!("S{branch}")).collect()
}

/// The tree of slots with `leaf` at one place and a type parameter, added to `others`, at every other branch on the way.
pub(super) fn slots(slot: usize, depth: u32, leaf: &TokenStream, others: &mut Vec<Ident>) -> TokenStream {
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

fn fills(scope: &Scope<'_>, mapping: &Mapping, field: &Field, values: &Values) -> Vec<String> {
    let name = &values.trait_name;
    let wire = text::message(&field.wire);
    let message = format!(
        "`{{Self}}` cannot fill the field `{wire}` of `{}`{}",
        text::message(&mapping.wire),
        scope.of_profile()
    );
    let label = format!("not a source for `{wire}`");
    let note = sources(scope, mapping, field, values).join(", or ");
    let note = match field.takes_column {
        true => format!("use {note}"),
        false => format!("VAN takes one value for the whole file (`canBeMappedToColumn: false`): use {note}"),
    };
    let docs = format!("What fills {}.", text::code(&field.wire));
    let mut lines =
        asked(&docs, [&message, &label, &note], &format!("{name}<Row>: ::van_bulk::source::IntoSource"));
    let mut by = |source: &str| lines.extend(met(&format!("impl<Row> {name}<Row> for {source} {{}}")));
    if field.takes_column {
        by("::van_bulk::Column<Row>");
    }
    match field.takes_text {
        true => by("::van_bulk::StaticValue"),
        false => by("::van_bulk::Raw"),
    }
    if field.takes_column && !field.takes_text {
        by("::van_bulk::source::Translated<Row, ::van_bulk::Raw>");
    }
    lines
}

/// The calls that fill a field, for a message.
fn sources(scope: &Scope<'_>, mapping: &Mapping, field: &Field, values: &Values) -> Vec<String> {
    let mut sources = Vec::new();
    if let Some(first) = values.typed.first() {
        let profile = scope.module.map(|module| format!("{module}::")).unwrap_or_default();
        let example = format!("{profile}{}::{}::{}", mapping.module, values.module, first.type_name);
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

fn parent(scope: &Scope<'_>, mapping: &Mapping, index: usize, field: &Field) -> Vec<String> {
    let Some(traits) = &field.parent_traits else { return Vec::new() };
    let (wire, of_profile) = (text::message(&field.wire), scope.of_profile());
    let unlimited = mapping
        .fields
        .iter()
        .any(|child| child.needs.iter().any(|need| need.parent == index && need.gate.is_none()));
    let mut lines = Vec::new();
    if unlimited {
        let name = &traits.is_mapped;
        let message = format!("map the field `{wire}`{of_profile} before this one");
        let label = format!("needs `{wire}`");
        let note = format!("call `.{}(..)` earlier in the chain", field.method);
        let docs = format!("{} is mapped.", text::code(&field.wire));
        lines.extend(asked(&docs, [&message, &label, &note], name));
        lines.extend(met(&format!("impl<State: ::van_bulk::state::IsMapped> {name} for State {{}}")));
    }
    let name = &traits.is_not_mapped;
    let message = format!("the field `{wire}`{of_profile} is already mapped");
    let label = format!("`{wire}` is mapped a second time");
    let note = format!(
        "other fields may depend on its value: call `.{}(..)` once, or start another `{}` mapping",
        field.method, mapping.type_name
    );
    let docs = format!("{} is not mapped yet.", text::code(&field.wire));
    lines.extend(asked(&docs, [&message, &label, &note], name));
    lines.extend(met(&format!("impl {name} for ::van_bulk::Unmapped {{}}")));
    lines
}

/// A trait with its message, label and note.
fn asked(docs: &str, [message, label, note]: [&str; 3], name: &str) -> Vec<String> {
    vec![
        format!("/// {docs}"),
        "#[diagnostic::on_unimplemented(".to_owned(),
        format!("    message = {},", Literal::string(message)),
        format!("    label = {},", Literal::string(label)),
        format!("    note = {}", Literal::string(note)),
        ")]".to_owned(),
        format!("pub trait {name} {{}}"),
    ]
}

/// What has a trait that is asked for.
fn met(implementation: &str) -> [String; 2] {
    [DO_NOT_RECOMMEND.to_owned(), implementation.to_owned()]
}

/// At most this many values are named in a message.
const MAX_NAMED: usize = 5;

fn limited(scope: &Scope<'_>, mapping: &Mapping, gate: &Gate) -> Vec<String> {
    let parent = &mapping.fields[gate.parent];
    let Some(values) = &parent.values else { return Vec::new() };
    let name = &gate.trait_name;
    let (wire, of_profile) = (text::message(&parent.wire), scope.of_profile());
    let allowed: Vec<&str> =
        gate.allowed.iter().map(|index| values.typed[*index].type_name.as_str()).collect();
    let quoted: Vec<String> = allowed.iter().map(|value| format!("`{value}`")).collect();
    let named = named(&quoted);
    let or_column = if parent.takes_column { ", or to a column," } else { "" };
    let (message, note) = if always_mapped(parent) {
        (
            format!("this field can be mapped only if `{wire}`{of_profile} is {}{or_column}", named),
            format!(
                "pass `{}::{}` to `{}::new(..)`",
                values.module,
                allowed.first().unwrap_or(&""),
                mapping.type_name
            ),
        )
    } else {
        (
            format!("map the field `{wire}`{of_profile} to {}{or_column} before this one", named),
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
    let docs = format!(
        "{} has one of the values that some field needs, or is not known yet.",
        text::code(&parent.wire)
    );
    let mut lines = asked(&docs, [message, &label, &note], name);
    lines.extend(met(&format!("impl {name} for ::van_bulk::Dynamic {{}}")));
    for value in allowed {
        let state = format!("::van_bulk::Fixed<super::{}::{value}>", values.module);
        lines.extend(met(&format!("impl {name} for {state} {{}}")));
    }
    lines
}

/// The trait of the states of a field that are enough for the states of the parent that may require it.
fn condition(scope: &Scope<'_>, mapping: &Mapping, field: &Field, condition: &Condition) -> TokenStream {
    let parent = &mapping.fields[condition.parent];
    let Some(values) = &parent.values else { return TokenStream::new() };
    let name = ident(&condition.trait_name);
    let module = ident(&values.module);
    let (wire, parent_wire) = (text::message(&field.wire), text::message(&parent.wire));
    let required: Vec<String> =
        condition.values.iter().map(|index| format!("`{}`", values.typed[*index].type_name)).collect();
    let of_profile = scope.of_profile();
    let message =
        format!("the field `{wire}`{of_profile} is required where `{parent_wire}` is {}", named(&required));
    let label = format!("`{wire}` is missing, and `{parent_wire}` is `{{Parent}}`");
    let note = format!("call `.{}(..)` before the mapping is applied", field.method);
    let docs = doc([format!(
        "{} is mapped, or {} does not require it.",
        text::code(&field.wire),
        text::code(&parent.wire)
    )]);
    let others = values.typed.iter().enumerate().filter(|(index, _)| !condition.values.contains(index)).map(
        |(_, value)| {
            let value = ident(&value.type_name);
            quote! {
                #[diagnostic::do_not_recommend]
                impl #name<::van_bulk::Fixed<super::#module::#value>> for ::van_bulk::Unmapped {}
            }
        },
    );
    quote! {
        #docs
        #[diagnostic::on_unimplemented(message = #message, label = #label, note = #note)]
        pub trait #name<Parent> {}
        #[diagnostic::do_not_recommend]
        impl<Parent> #name<Parent> for ::van_bulk::Dynamic {}
        #[diagnostic::do_not_recommend]
        impl<Parent, Value> #name<Parent> for ::van_bulk::Fixed<Value> {}
        #[diagnostic::do_not_recommend]
        impl #name<::van_bulk::Unmapped> for ::van_bulk::Unmapped {}
        #[diagnostic::do_not_recommend]
        impl #name<::van_bulk::Dynamic> for ::van_bulk::Unmapped {}
        #(#others)*
    }
}

/// Some names with `or`; long lists are cut.
pub(super) fn named(names: &[String]) -> String {
    let mut shown: Vec<String> = names.iter().take(MAX_NAMED).cloned().collect();
    if names.len() > MAX_NAMED {
        shown.push(format!("{} others", names.len() - MAX_NAMED));
    }
    shown.join(" or ")
}

/// The traits of the states of a field's parents of which one is enough, as nested pairs.
fn any_parent(scope: &Scope<'_>, mapping: &Mapping, field: &Field, traits: &[String]) -> TokenStream {
    let parents: Vec<&Field> = field.needs.iter().map(|need| &mapping.fields[need.parent]).collect();
    let wires: Vec<String> =
        parents.iter().map(|parent| format!("`{}`", text::message(&parent.wire))).collect();
    let calls: Vec<String> = parents
        .iter()
        .filter(|parent| !always_mapped(parent))
        .map(|parent| format!("`.{}(..)`", parent.method))
        .collect();
    let message = format!(
        "map one of the fields {}{} before `{}`",
        named(&wires),
        scope.of_profile(),
        text::message(&field.wire)
    );
    let label = format!("needs {}", named(&wires));
    let note = format!("call {} earlier in the chain, with a value that allows it", named(&calls));
    let traits = traits.iter().zip(&field.needs).enumerate().map(|(index, (name, need))| {
        let name = ident(name);
        let rest = traits.get(index + 1).map(|rest| ident(rest));
        let docs = doc([format!("One of the parents of {} is enough.", text::code(&field.wire))]);
        let impls = any_parent_impls(mapping, need, &name, rest.as_ref());
        quote! {
            #docs
            #[diagnostic::on_unimplemented(message = #message, label = #label, note = #note)]
            pub trait #name {}
            #impls
        }
    });
    quote! { #(#traits)* }
}

/// The states of one parent that are enough, and those in which the rest of the parents must be.
fn any_parent_impls(
    mapping: &Mapping,
    need: &crate::ir::Need,
    name: &Ident,
    rest: Option<&Ident>,
) -> TokenStream {
    let parent = &mapping.fields[need.parent];
    let enough = |state: TokenStream, generics: TokenStream| {
        quote! {
            #[diagnostic::do_not_recommend]
            impl<Rest #generics> #name for (#state, Rest) {}
        }
    };
    let not_enough = |state: TokenStream| {
        rest.map(|rest| {
            quote! {
                #[diagnostic::do_not_recommend]
                impl<Rest: #rest> #name for (#state, Rest) {}
            }
        })
    };
    let dynamic = enough(quote! { ::van_bulk::Dynamic }, TokenStream::new());
    let unmapped = not_enough(quote! { ::van_bulk::Unmapped });
    let fixed = match (need.gate, &parent.values) {
        (Some(gate), Some(values)) => {
            let module = ident(&values.module);
            let impls = values.typed.iter().enumerate().map(|(index, value)| {
                let value = ident(&value.type_name);
                let state = quote! { ::van_bulk::Fixed<super::#module::#value> };
                match mapping.gates[gate].allowed.contains(&index) {
                    true => Some(enough(state, TokenStream::new())),
                    false => not_enough(state),
                }
            });
            quote! { #(#impls)* }
        }
        _ => enough(quote! { ::van_bulk::Fixed<Value> }, quote! { , Value }),
    };
    quote! { #dynamic #unmapped #fixed }
}
