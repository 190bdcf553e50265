//! `lib.rs` and the resource types.

use proc_macro2::TokenStream;
use quote::quote;
use van_bulk_schema::DatabaseMode;
use van_bulk_schema::provenance::Origin;

use super::{doc, ident, only_with_features};
use crate::Config;
use crate::ir::Program;
use crate::text;

/// The root of the crate.
pub(super) fn root(program: &Program, config: &Config) -> TokenStream {
    let mut lines = vec![
        "Typed builders for the mapping types of one VAN API key.".to_owned(),
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
    let docs = lines.iter().map(|line| if line.is_empty() { String::new() } else { format!(" {line}") });
    let modules = program.mappings.iter().map(|mapping| {
        let cfg = only_with_features(program, mapping);
        let module = ident(&mapping.module);
        let path = (mapping.file != mapping.module).then(|| {
            let file = format!("{}.rs", mapping.file);
            quote! { #[path = #file] }
        });
        quote! { #cfg #path pub mod #module; }
    });
    let (mode, mode_docs) = (mode(program), mode_docs(program));
    let forbid = (!config.inherit_workspace).then(|| quote! { #![forbid(unsafe_code)] });
    quote! {
        #(#![doc = #docs])*
        #![deny(missing_docs)]
        #forbid
        // Names are as VAN has them, and a mapping may have many required fields.
        #![allow(non_camel_case_types, uncommon_codepoints, confusable_idents, mixed_script_confusables)]
        #![allow(clippy::too_many_arguments, clippy::type_complexity, clippy::new_without_default, clippy::module_inception)]
        // A program that leaves features out links to modules that are not there.
        #![allow(rustdoc::broken_intra_doc_links)]
        pub mod resource;
        #(#modules)*
        #mode_docs
        pub type Mode = #mode;
    }
}

/// The type of the database mode.
fn mode(program: &Program) -> TokenStream {
    match program.mode {
        Some(DatabaseMode::MyVoters) => quote! { ::van_bulk::mode::MyVoters },
        Some(DatabaseMode::MyCampaign) => quote! { ::van_bulk::mode::MyCampaign },
        None => quote! { ::van_bulk::mode::AnyMode },
    }
}

fn mode_docs(program: &Program) -> TokenStream {
    let known = match program.mode {
        Some(_) => {
            "Clients of this mode take their jobs; with a client of the other mode a program does not compile."
        }
        None => "The profile does not tell it, so clients of every mode take their jobs.",
    };
    doc(["The database mode of the profile that these builders were generated from.", "", known])
}

/// The resource types.
pub(super) fn resources(program: &Program) -> TokenStream {
    let slots = ident(match program.slot_depth {
        1 => "Slots8",
        2 => "Slots64",
        _ => "Slots512",
    });
    let mode = mode(program);
    let types = program.resources.iter().enumerate().map(|(index, resource)| {
        let feature = &resource.feature;
        let name = ident(&resource.type_name);
        let wire = &resource.wire;
        let mappings: Vec<String> = program
            .mappings
            .iter()
            .filter(|mapping| mapping.resources.contains(&index))
            .map(|mapping| format!("[`{}`](crate::{})", mapping.type_name, mapping.module))
            .collect();
        let taken = match mappings.as_slice() {
            [] => "No mapping type of this key takes it.".to_owned(),
            mappings => format!("Takes {}.", mappings.join(", ")),
        };
        let docs = doc([format!("The resource type {}.", text::code(wire)), String::new(), taken]);
        quote! {
            #docs
            #[cfg(feature = #feature)]
            pub enum #name {}

            #[cfg(feature = #feature)]
            impl ::van_bulk::Resource for #name {
                const NAME: &'static str = #wire;
                type Start = ::van_bulk::slots::#slots;
                type Mode = #mode;
            }
        }
    });
    quote! {
        #![doc = " The resource types: what the rows of a job are."]
        #(#types)*
    }
}
