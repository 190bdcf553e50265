//! What the derive writes. Paths are absolute, so that nothing in scope at the struct can stand in for what is meant.

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{GenericParam, Generics, Ident, parse_quote};

use crate::row::{Kind, Part, RowType};

/// The `impl Row` and the constants.
pub(crate) fn expand(row: &RowType) -> TokenStream {
    let RowType { ident, generics, parts, .. } = row;
    let names = columns(row);
    let check = check(row);
    let constants = parts.iter().map(|part| constant(row, part));
    let writes = parts.iter().map(write);

    let (impl_generics, type_generics, where_clause) = generics.split_for_impl();
    let bounded = bounded(generics, parts);
    let (_, _, bounded) = bounded.split_for_impl();
    quote! {
        #[automatically_derived]
        impl #impl_generics #ident #type_generics #where_clause {
            #(#constants)*
        }

        #[automatically_derived]
        #[allow(deprecated)]
        impl #impl_generics ::van_bulk::Row for #ident #type_generics #bounded {
            const COLUMNS: &'static [&'static ::core::primitive::str] = #names;

            fn write(&self, __cells: &mut ::van_bulk::Cells) {
                #(#writes)*
            }
        }

        #check
    }
}

/// The names of the row's columns.
fn columns(row: &RowType) -> TokenStream {
    let mut own = Vec::new();
    let mut joined = quote!(::van_bulk::__private::Joined::NONE);
    for part in &row.parts {
        let field = part.field.to_string();
        // Each call has the span of its field, which is then where the compiler reports what is wrong.
        joined = match &part.kind {
            Kind::Column(name) => {
                own.push(name);
                quote_spanned!(part.field.span()=>
                    ::van_bulk::__private::Joined::with(#joined, #field, &[#name])
                )
            }
            Kind::Flattened(_) => {
                let type_ = &part.type_;
                quote_spanned!(part.field.span()=>
                    ::van_bulk::__private::Joined::with(#joined, #field, <#type_ as ::van_bulk::Row>::COLUMNS)
                )
            }
        };
    }
    if has_flattened(row) { quote!(const { &#joined }.names()) } else { quote!(&[#(#own),*]) }
}

fn has_flattened(row: &RowType) -> bool {
    row.parts.iter().any(|part| matches!(part.kind, Kind::Flattened(_)))
}

/// Has the compiler put the columns together even if nothing uses the row, so that mistakes show.
fn check(row: &RowType) -> TokenStream {
    let parameters = &row.generics.params;
    if !has_flattened(row) || parameters.iter().any(|one| !matches!(one, GenericParam::Lifetime(_))) {
        return TokenStream::new();
    }
    let ident = &row.ident;
    let lifetimes = parameters.iter().map(|_| quote!('static));
    quote! {
        const _: &[&::core::primitive::str] = <#ident<#(#lifetimes),*> as ::van_bulk::Row>::COLUMNS;
    }
}

/// The constant of a field.
fn constant(row: &RowType, part: &Part) -> TokenStream {
    let (visibility, constant) = (&row.visibility, &part.constant);
    let (doc, type_, value) = match &part.kind {
        Kind::Column(name) => (
            format!("The column {}.", code(name)),
            quote!(::van_bulk::Column<Self>),
            quote!(::van_bulk::__private::column::<Self>(#name)),
        ),
        Kind::Flattened(inner) => (
            format!("The columns of the field {}.", code(&part.field.to_string())),
            quote!(::van_bulk::Flattened<Self, #inner>),
            quote!(::van_bulk::__private::flattened::<Self, #inner>()),
        ),
    };
    quote! {
        #[doc = #doc]
        #[allow(dead_code, non_upper_case_globals)]
        #visibility const #constant: #type_ = #value;
    }
}

/// A text as code in Markdown, whatever it holds.
fn code(text: &str) -> String {
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    match text.matches('`').count() {
        0 => format!("`{text}`"),
        backticks => {
            let fence = "`".repeat(backticks + 1);
            format!("{fence} {text} {fence}")
        }
    }
}

/// Hands over the cells of a field.
fn write(part: &Part) -> TokenStream {
    let Part { field, type_, kind, .. } = part;
    // The type stands where rustc looks for the mistake when it is no cell or no row.
    match kind {
        Kind::Column(_) => quote_spanned!(type_.span()=>
            ::van_bulk::Cells::push::<#type_>(__cells, &self.#field);
        ),
        Kind::Flattened(_) => quote_spanned!(type_.span()=>
            <#type_ as ::van_bulk::Row>::write(&self.#field, __cells);
        ),
    }
}

/// The generics of the row, with what the types of its fields have to be where these depend on them.
fn bounded(generics: &Generics, parts: &[Part]) -> Generics {
    let parameters: Vec<&Ident> = generics
        .params
        .iter()
        .filter_map(|parameter| match parameter {
            GenericParam::Lifetime(_) => None,
            GenericParam::Type(parameter) => Some(&parameter.ident),
            GenericParam::Const(parameter) => Some(&parameter.ident),
        })
        .collect();
    let mut bounded = generics.clone();
    for Part { type_, kind, .. } in parts {
        if names_any(type_.to_token_stream(), &parameters) {
            bounded.make_where_clause().predicates.push(match kind {
                Kind::Column(_) => parse_quote!(#type_: ::van_bulk::Cell),
                Kind::Flattened(_) => parse_quote!(#type_: ::van_bulk::Row),
            });
        }
    }
    bounded
}

/// Whether one of the names stands in the tokens.
fn names_any(tokens: TokenStream, names: &[&Ident]) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(ident) => names.iter().any(|name| **name == ident),
        TokenTree::Group(group) => names_any(group.stream(), names),
        _ => false,
    })
}
