//! The predefined values of a field, as types.

use proc_macro2::{Literal, TokenStream};
use quote::quote;
use van_bulk_schema::provenance::Origin;

use super::written::{Written, items, tokens};
use super::{DO_NOT_RECOMMEND, NO_PAGE, Scope, doc, ident};
use crate::ir::{Field, Mapping, Values};
use crate::text;

/// The modules of values of a mapping type.
pub(super) fn modules(scope: &Scope<'_>, mapping: &Mapping, written: &mut Written) -> Vec<TokenStream> {
    let modules = mapping.fields.iter().filter_map(|field| {
        let values = field.values.as_ref().filter(|values| !values.known.is_empty())?;
        Some(module(scope, field, values, written))
    });
    modules.collect()
}

/// The known values of a field, as an expression.
pub(super) fn data(values: &Values) -> TokenStream {
    let known = values.known.iter().map(|value| {
        let (id, name) = (&value.id, text::plain(&value.name));
        quote! { ::van_bulk::values::KnownValue { id: #id, name: #name } }
    });
    quote! { [#(#known),*] }
}

fn module(scope: &Scope<'_>, field: &Field, values: &Values, written: &mut Written) -> TokenStream {
    let wire = &field.wire;
    let module = ident(&values.module);
    let trait_name = ident(&values.trait_name);
    let mut lines = vec![format!("Values of {}, as types.", text::code(&field.wire))];
    if let Some(listed) = values.listed.filter(|listed| *listed > values.typed.len()) {
        lines.push(String::new());
        lines.push(format!("VAN lists {listed} values, too many for a type each."));
    }
    lines.push(String::new());
    lines.push(
        "`Any` is one of them, chosen when the program runs: by id or by name, with `Any::try_from`."
            .to_owned(),
    );
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
    if !values.typed.is_empty() {
        lines.push(String::new());
        lines.extend(["| Type | Value | Sent as |", "|---|---|---|"].map(str::to_owned));
        lines.extend(values.typed.iter().map(|value| {
            format!("| `{}` | {} | {} |", value.type_name, text::markdown(&value.name), text::code(&value.id))
        }));
    }
    let docs = doc(lines);
    // Each type would have a page of 20 KB, most of it about what every type does: the table has what is worth reading.
    let no_page = tokens(NO_PAGE);
    let types = values.typed.iter().map(|value| {
        let lines = [
            format!("/// {}, sent as {}.", text::markdown(&value.name), text::code(&value.id)),
            NO_PAGE.to_owned(),
            format!("pub struct {};", value.type_name),
            DO_NOT_RECOMMEND.to_owned(),
            format!("impl ::van_bulk::source::PredefinedValue for {} {{", value.type_name),
            format!("    const ID: &'static str = {};", Literal::string(&value.id)),
            "}".to_owned(),
            DO_NOT_RECOMMEND.to_owned(),
            format!("impl<Row> super::needs::{}<Row> for {} {{}}", values.trait_name, value.type_name),
        ];
        items(written, scope.indent + 4, &lines)
    });
    let types: Vec<TokenStream> = types.collect();
    let known = data(values);
    let known = match scope.shared.name(&known) {
        Some(name) => quote! { super::super::super::shared::#name },
        None => known,
    };
    let translated = field.takes_column.then(|| {
        quote! {
            #[diagnostic::do_not_recommend]
            impl<Row> super::needs::#trait_name<Row> for ::van_bulk::source::Translated<Row, Any> {}
        }
    });
    quote! {
        #docs
        pub mod #module {
            #(#types)*

            /// One of the values, chosen when the program runs: by id or by name, with `Any::try_from`.
            #no_page
            pub type Any = ::van_bulk::values::AnyValue<Values>;

            /// The values as data.
            #no_page
            pub enum Values {}

            impl ::van_bulk::values::KnownValues for Values {
                const FIELD: &'static str = #wire;
                const VALUES: &'static [::van_bulk::values::KnownValue] = &#known;
            }

            #[diagnostic::do_not_recommend]
            impl<Row> super::needs::#trait_name<Row> for Any {}
            #translated
        }
    }
}
