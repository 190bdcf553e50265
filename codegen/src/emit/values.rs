//! The predefined values of a field, as types.

use proc_macro2::TokenStream;
use quote::quote;
use van_bulk_schema::provenance::Origin;

use super::{doc, ident};
use crate::ir::{Field, Mapping, Values};
use crate::text;

/// The modules of values of a mapping type.
pub(super) fn modules(mapping: &Mapping) -> impl Iterator<Item = TokenStream> {
    mapping.fields.iter().filter_map(|field| {
        let values = field.values.as_ref().filter(|values| !values.typed.is_empty())?;
        Some(module(field, values))
    })
}

fn module(field: &Field, values: &Values) -> TokenStream {
    let module = ident(&values.module);
    let trait_name = ident(&values.trait_name);
    let mut lines = vec![format!("Values of {}, as types.", text::code(&field.wire))];
    if let Some(listed) = values.listed.filter(|listed| *listed > values.typed.len()) {
        lines.push(String::new());
        lines.push(format!(
            "VAN lists {listed} values; only those that other fields depend on are types. Use [`raw`](::van_bulk::raw) for the others."
        ));
    }
    match values.origin {
        Some(Origin::Invented) => {
            lines.push(String::new());
            lines.push("**Invented**: these values are made up; the list of your key has others.".to_owned());
        }
        Some(Origin::NameAttested) => {
            lines.push(String::new());
            lines.push("Only the ids or the names of these values are known to be VAN's.".to_owned());
        }
        Some(Origin::Attested) | None => {}
    }
    let docs = doc(lines);
    let types = values.typed.iter().map(|value| {
        let name = ident(&value.type_name);
        let id = &value.id;
        let docs = doc([format!("{}, sent as {}.", text::markdown(&value.name), text::code(id))]);
        quote! {
            #docs
            pub struct #name;

            #[diagnostic::do_not_recommend]
            impl ::van_bulk::source::PredefinedValue for #name {
                const ID: &'static str = #id;
            }

            #[diagnostic::do_not_recommend]
            impl<Row> super::needs::#trait_name<Row> for #name {}
        }
    });
    quote! {
        #docs
        pub mod #module {
            #(#types)*
        }
    }
}
