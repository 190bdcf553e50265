//! What the modules of a profile depend on besides its program: where they are, who else is there, and what is compiled.
//!
//! Nothing else is known of the place: modules name each other by `super`, so that they may stand at the root of a crate,
//! beside those of another profile, or in any module of a user's own crate.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::quote;

use super::shared::Shared;
use crate::ir::{Mapping, Program, Resource};
use crate::text;

/// A profile as it is written.
pub(crate) struct Scope<'a> {
    pub(crate) program: &'a Program,
    /// The name of the profile, for messages; nothing where programs know of one profile only.
    pub(crate) label: Option<&'a str>,
    /// The path of its modules in other crates, for the examples; nothing if nobody knows it.
    pub(crate) path: Option<String>,
    /// Its module, where others of its kind stand beside it.
    pub(crate) module: Option<&'a str>,
    pub(crate) compiled: Compiled<'a>,
    /// What other profiles beside it have, too.
    pub(crate) shared: &'a Shared,
    /// How far the items of its modules are indented.
    pub(crate) indent: usize,
}

/// Which resource types are compiled, with the mapping types that they take.
pub(crate) enum Compiled<'a> {
    /// Those whose Cargo features are on.
    ByFeature,
    /// All, whatever features there are.
    All,
    /// These, by VAN's names.
    Only(&'a BTreeSet<String>),
}

impl Scope<'_> {
    /// The profile behind a noun of a message.
    pub(super) fn of_profile(&self) -> String {
        self.label.map(|label| format!(" of profile `{}`", text::message(label))).unwrap_or_default()
    }

    /// The condition on what belongs to a resource type, which may be empty; nothing if it is left out.
    pub(super) fn only_if(&self, resource: &Resource) -> Option<TokenStream> {
        match &self.compiled {
            Compiled::ByFeature => {
                let feature = &resource.feature;
                Some(quote! { #[cfg(feature = #feature)] })
            }
            Compiled::All => Some(TokenStream::new()),
            Compiled::Only(resources) => resources.contains(&resource.wire).then(TokenStream::new),
        }
    }

    /// The condition on a mapping type: that one of the resource types which take it is compiled; none if none takes it.
    pub(super) fn only_if_any(&self, mapping: &Mapping) -> Option<TokenStream> {
        let mut resources = mapping.resources.iter().map(|index| &self.program.resources[*index]);
        match &self.compiled {
            Compiled::ByFeature => {
                let features: Vec<&str> = resources.map(|resource| resource.feature.as_str()).collect();
                Some(match features.as_slice() {
                    [] => TokenStream::new(),
                    [feature] => quote! { #[cfg(feature = #feature)] },
                    features => quote! { #[cfg(any(#(feature = #features),*))] },
                })
            }
            Compiled::All => Some(TokenStream::new()),
            Compiled::Only(only) => (mapping.resources.is_empty()
                || resources.any(|resource| only.contains(&resource.wire)))
            .then(TokenStream::new),
        }
    }
}
