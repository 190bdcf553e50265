//! `lib.rs` and the resource types.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use van_bulk_schema::DatabaseMode;
use van_bulk_schema::provenance::Origin;

use super::{Scope, doc, ident};
use crate::CrateConfig;
use crate::ir::{Mapping, Program};
use crate::names;
use crate::text;

/// The root of a crate of one profile.
pub(super) fn root(scope: &Scope<'_>, config: &CrateConfig) -> TokenStream {
    let (docs, attributes, items) = (docs(scope), attributes(config), items(scope));
    quote! {
        #(#![doc = #docs])*
        #attributes
        #items
    }
}

/// The root of a crate of several profiles.
pub(super) fn side_by_side(
    profiles: &[(&str, Scope<'_>)],
    config: &CrateConfig,
    shares: bool,
) -> TokenStream {
    let mut lines = vec![
        "Typed builders for the mapping types of several VAN API keys, each in a module of its own.".to_owned(),
        String::new(),
        "What was built for one profile does not compile with another, nor with a client for another.".to_owned(),
        "Each profile and each resource type is a Cargo feature, so that a program compiles only what it uses; a resource"
            .to_owned(),
        "type that several profiles have is one feature for all of them.".to_owned(),
        String::new(),
        "| Profile | Database mode | Module |".to_owned(),
        "|---|---|---|".to_owned(),
    ];
    lines.extend(profiles.iter().map(|(name, scope)| {
        let mode = scope.program.mode.map_or("not told".to_owned(), |mode| text::code(&mode.to_string()));
        format!("| {} | {mode} | [`{}`] |", text::code(name), scope.module.unwrap_or_default())
    }));
    let docs = lines.iter().map(|line| spaced(line));
    let attributes = attributes(config);
    let modules = profiles.iter().map(|(name, scope)| {
        let module = ident(scope.module.unwrap_or_default());
        quote! { #[cfg(feature = #name)] pub mod #module; }
    });
    let shared = shares.then(|| quote! { mod shared; });
    quote! {
        #(#![doc = #docs])*
        #attributes
        #(#modules)*
        #shared
    }
}

/// The module of a profile in a crate of several.
pub(super) fn profile(scope: &Scope<'_>) -> TokenStream {
    let (docs, items) = (docs(scope), items(scope));
    quote! {
        #(#![doc = #docs])*
        #items
    }
}

/// A line of an inner documentation.
fn spaced(line: &str) -> String {
    if line.is_empty() { String::new() } else { format!(" {line}") }
}

/// The attributes of a crate.
fn attributes(config: &CrateConfig) -> TokenStream {
    let forbid = (!config.inherit_workspace).then(|| quote! { #![forbid(unsafe_code)] });
    quote! {
        #![deny(missing_docs)]
        #forbid
        // Names are as VAN has them, and a mapping may have many required fields.
        #![allow(non_camel_case_types, uncommon_codepoints, confusable_idents, mixed_script_confusables)]
        #![allow(clippy::too_many_arguments, clippy::type_complexity, clippy::new_without_default, clippy::module_inception)]
        // A program that leaves features out links to modules that are not there.
        #![allow(rustdoc::broken_intra_doc_links)]
    }
}

/// What the modules of a profile hold, for people.
fn docs(scope: &Scope<'_>) -> Vec<String> {
    let program = scope.program;
    let of = match scope.label {
        Some(label) => format!("the profile {}", text::code(label)),
        None => "one VAN API key".to_owned(),
    };
    let mut lines = vec![
        format!("Typed builders for the mapping types of {of}."),
        String::new(),
        "Each module holds the builder of one mapping type; [`resource`] holds the resource types of jobs."
            .to_owned(),
        "Each resource type is a Cargo feature, so that a program compiles only what it uses.".to_owned(),
    ];
    if program.mappings.iter().any(|mapping| mapping.origin.is_some()) {
        lines.extend(
            [
                "",
                "**This is a sample.** It was not fetched from VAN: most of its mapping types, fields and values are",
                "made up, and each says so. Fetch the snapshot of your own API key before you import anything.",
            ]
            .map(str::to_owned),
        );
    }
    lines.extend(["", "| Mapping type | Mode | Module |", "|---|---|---|"].map(str::to_owned));
    for mapping in &program.mappings {
        let invented = if mapping.origin == Some(Origin::Invented) { " (invented)" } else { "" };
        let linked = match mapping.resources.len() {
            0 => format!("`{}`", mapping.module),
            _ => format!("[`{0}`]", mapping.module),
        };
        lines.push(format!(
            "| {}{invented} | {} | {linked} |",
            text::code(&mapping.wire),
            text::code(&mapping.mode)
        ));
    }
    lines.iter().map(|line| spaced(line)).collect()
}

/// The modules of a profile, in files of their own, and its database mode.
fn items(scope: &Scope<'_>) -> TokenStream {
    let modules = mappings(scope).map(|(mapping, only_if)| {
        let module = ident(&mapping.module);
        let path = (mapping.file != mapping.module).then(|| {
            let file = format!("{}.rs", mapping.file);
            quote! { #[path = #file] }
        });
        quote! { #only_if #path pub mod #module; }
    });
    let mode = mode(scope);
    quote! {
        pub mod resource;
        #(#modules)*
        #mode
    }
}

/// The mapping types that are written, each with the condition on it.
pub(super) fn mappings<'a>(scope: &'a Scope<'_>) -> impl Iterator<Item = (&'a Mapping, TokenStream)> {
    let mappings = scope.program.mappings.iter();
    mappings.filter_map(|mapping| Some((mapping, scope.only_if_any(mapping)?)))
}

/// The type `Mode`: that of the database mode, or that of the profile, which is a mode of its own.
pub(super) fn mode(scope: &Scope<'_>) -> TokenStream {
    let known = match (scope.label, scope.program.mode) {
        (Some(_), _) => {
            "Clients of this profile take their jobs; with a client of another profile a program does not compile."
        }
        (None, Some(_)) => {
            "Clients of this mode take their jobs; with a client of the other mode a program does not compile."
        }
        (None, None) => "The profile does not tell it, so clients of every mode take their jobs.",
    };
    let docs = doc(["The database mode of the profile that these builders were generated from.", "", known]);
    let profile = profile_type(scope);
    let mode = match &profile {
        Some((name, _)) => quote! { #name },
        None => database_mode(scope.program),
    };
    let profile = profile.map(|(_, item)| item);
    quote! {
        #profile

        #docs
        pub type Mode = #mode;
    }
}

/// The type that stands for a profile with a name, and its item.
fn profile_type(scope: &Scope<'_>) -> Option<(Ident, TokenStream)> {
    let label = scope.label?;
    let name = names::Scope::reserving(["Mode"]).take(names::camel(label, "Profile"));
    let name = ident(&name);
    let docs = doc([format!(
        "The profile {}, as the mode of its jobs and clients. It has no values.",
        text::code(label)
    )]);
    let mode = match scope.program.mode {
        Some(DatabaseMode::MyVoters) => {
            quote! { ::core::option::Option::Some(::van_bulk::DatabaseMode::MyVoters) }
        }
        Some(DatabaseMode::MyCampaign) => {
            quote! { ::core::option::Option::Some(::van_bulk::DatabaseMode::MyCampaign) }
        }
        None => quote! { ::core::option::Option::None },
    };
    let item = quote! {
        #docs
        pub enum #name {}

        impl ::van_bulk::__private::IsMode for #name {}

        impl ::van_bulk::mode::Mode for #name {
            const MODE: ::core::option::Option<::van_bulk::DatabaseMode> = #mode;
            const PROFILE: ::core::option::Option<&'static str> = ::core::option::Option::Some(#label);
        }

        #[diagnostic::do_not_recommend]
        impl ::van_bulk::mode::SubmitsWith<#name> for #name {}
        #[diagnostic::do_not_recommend]
        impl ::van_bulk::mode::SubmitsWith<::van_bulk::mode::AnyMode> for #name {}
    };
    Some((name, item))
}

/// The type of the database mode.
fn database_mode(program: &Program) -> TokenStream {
    match program.mode {
        Some(DatabaseMode::MyVoters) => quote! { ::van_bulk::mode::MyVoters },
        Some(DatabaseMode::MyCampaign) => quote! { ::van_bulk::mode::MyCampaign },
        None => quote! { ::van_bulk::mode::AnyMode },
    }
}

/// The resource types.
pub(super) fn resources(scope: &Scope<'_>) -> TokenStream {
    let program = scope.program;
    let slots = ident(match program.slot_depth {
        1 => "Slots8",
        2 => "Slots64",
        _ => "Slots512",
    });
    let mode = match profile_type(scope) {
        Some((name, _)) => quote! { super::#name },
        None => database_mode(program),
    };
    let types = program.resources.iter().enumerate().filter_map(|(index, resource)| {
        let only_if = scope.only_if(resource)?;
        let name = ident(&resource.type_name);
        let wire = &resource.wire;
        let mappings: Vec<String> = program
            .mappings
            .iter()
            .filter(|mapping| mapping.resources.contains(&index))
            .map(|mapping| format!("[`{}`](super::{})", mapping.type_name, mapping.module))
            .collect();
        let taken = match mappings.as_slice() {
            [] => "No mapping type of this key takes it.".to_owned(),
            mappings => format!("Takes {}.", mappings.join(", ")),
        };
        let docs = doc([format!("The resource type {}.", text::code(wire)), String::new(), taken]);
        Some(quote! {
            #docs
            #only_if
            pub enum #name {}

            #only_if
            impl ::van_bulk::Resource for #name {
                const NAME: &'static str = #wire;
                type Start = ::van_bulk::slots::#slots;
                type Mode = #mode;
            }
        })
    });
    quote! {
        #![doc = " The resource types: what the rows of a job are."]
        #(#types)*
    }
}
