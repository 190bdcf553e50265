//! The file that a module of a user's own crate includes.

use proc_macro2::TokenStream;
use quote::quote;

use super::written::Written;
use super::{Scope, doc, ident, mapping, root};
use crate::text;

/// All modules of a profile, one below the other. What is included has no attributes of its own, so each item has them.
pub(super) fn items(scope: &Scope<'_>, written: &mut Written) -> TokenStream {
    let attributes = attributes();
    let resources = root::resources(scope);
    let mappings = root::mappings(scope).map(|(mapping, only_if)| {
        let (module, items) = (ident(&mapping.module), mapping::module(scope, mapping, written));
        quote! { #only_if #attributes pub mod #module { #items } }
    });
    let mode = root::mode(scope);
    quote! {
        #attributes
        pub mod resource { #resources }
        #(#mappings)*
        #attributes
        #mode
    }
}

/// The module of one of several profiles.
pub(super) fn profile(scope: &Scope<'_>, module: &str, written: &mut Written) -> TokenStream {
    let (docs, items) =
        (doc([format!("The profile {}.", text::code(scope.label.unwrap_or(module)))]), items(scope, written));
    let (attributes, module) = (attributes(), ident(module));
    quote! { #docs #attributes pub mod #module { #items } }
}

/// The module of what profiles share.
pub(super) fn shared(statics: &TokenStream) -> TokenStream {
    quote! { mod shared { #statics } }
}

/// Lints of a user's crate that generated code cannot keep: a program does not use all of it, and names are as VAN has them.
fn attributes() -> TokenStream {
    quote! {
        #[allow(dead_code, unreachable_pub, non_camel_case_types)]
        #[allow(clippy::all, clippy::pedantic, clippy::nursery)]
        #[allow(rustdoc::broken_intra_doc_links, rustdoc::private_intra_doc_links)]
    }
}
