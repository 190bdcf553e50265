//! Groups of fields of which one job may fill one.

use proc_macro2::TokenStream;
use quote::quote;

use super::needs::{any_slots, named, slots};
use super::written::tokens;
use super::{NO_PAGE, Scope, doc, ident};
use crate::ir::{ExclusiveSet, Mapping};
use crate::text;

/// The types that stand for the groups of a mapping type.
pub(super) fn markers(mapping: &Mapping) -> Option<TokenStream> {
    let groups = mapping.exclusive.iter().flat_map(|set| &set.groups).map(|group| {
        let marker = ident(&group.marker);
        let docs = doc([format!("The fields of {}.", text::code(&group.name))]);
        quote! { #docs pub enum #marker {} }
    });
    let no_page = tokens(NO_PAGE);
    (!mapping.exclusive.is_empty()).then(|| {
        quote! {
            /// Groups of fields of which one job may fill one, as types.
            #no_page
            pub mod exclusive {
                #(#groups)*
            }
        }
    })
}

/// The traits that keep the groups of a set apart, in a mapping and in a job.
pub(super) fn needs(scope: &Scope<'_>, mapping: &Mapping, set: &ExclusiveSet) -> TokenStream {
    let quoted: Vec<String> =
        set.groups.iter().map(|group| format!("`{}`", text::message(&group.name))).collect();
    let (wire, of_profile) = (text::message(&mapping.wire), scope.of_profile());
    let depth = scope.program.slot_depth;
    let note =
        format!("one job may fill the fields of {}: import the others with another file", named(&quoted));
    let allows = set.groups.iter().map(|group| {
        let (allows, marker) = (ident(&group.allows_trait), ident(&group.marker));
        let name = text::message(&group.name);
        let message = format!(
            "this field belongs to `{name}`{of_profile}, and the mapping already fills fields of another group"
        );
        let label = format!("a field of `{name}` where `{{Self}}` is filled");
        let docs = doc([format!("No field of another group than {} is filled.", text::code(&group.name))]);
        quote! {
            #docs
            #[diagnostic::on_unimplemented(message = #message, label = #label, note = #note)]
            pub trait #allows {}
            #[diagnostic::do_not_recommend]
            impl #allows for ::van_bulk::Unmapped {}
            #[diagnostic::do_not_recommend]
            impl #allows for super::exclusive::#marker {}
        }
    });
    let all = any_slots();
    let room = ident(&set.room_trait);
    let message = format!("this job already fills fields of another group of `{wire}`{of_profile}");
    let label = "fields of `{Group}` in a job that fills others";
    let docs =
        doc([format!("The slots of a job that has room for a group of {}.", text::code(&mapping.wire))]);
    let takes = set.groups.iter().map(|group| {
        let marker = ident(&group.marker);
        let marker = quote! { super::exclusive::#marker };
        let mut others = Vec::new();
        let free = slots(set.slot, depth, &quote! { ::van_bulk::slots::Free }, &mut others);
        let taken = slots(set.slot, depth, &marker, &mut Vec::new());
        quote! {
            #[diagnostic::do_not_recommend]
            impl<#(#others),*> #room<#marker> for #free {
                type Next = #taken;
            }
            #[diagnostic::do_not_recommend]
            impl<#(#others),*> #room<#marker> for #taken {
                type Next = Self;
            }
        }
    });
    quote! {
        #(#allows)*
        #docs
        #[diagnostic::on_unimplemented(message = #message, label = #label, note = #note)]
        pub trait #room<Group> {
            /// The slots with the group remembered.
            type Next;
        }
        #[diagnostic::do_not_recommend]
        impl<#(#all),*> #room<::van_bulk::Unmapped> for ::van_bulk::slots::Slots8<#(#all),*> {
            type Next = Self;
        }
        #(#takes)*
    }
}
