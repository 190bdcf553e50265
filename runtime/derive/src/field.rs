//! The attributes of one field.

use proc_macro2::Span;
use syn::ext::IdentExt as _;
use syn::parse::ParseStream;
use syn::{Attribute, Error, Ident, LitStr, Meta, Result, Token, token};

use crate::names;

/// What a field can say of itself.
const WORDS: [&str; 3] = ["column", "skip", "flatten"];

/// The list of [`WORDS`] for messages.
const KNOWN: &str = "`#[row(column = \"..\")]`, `#[row(skip)]` or `#[row(flatten)]`";

/// What a field is in its row.
pub(crate) enum Role {
    /// A column, perhaps with a name of its own.
    Column(Option<LitStr>),
    /// No part of the row.
    Skipped,
    /// Several columns: those of its own type.
    Flattened,
}

/// A word and where it stands.
struct Word {
    text: String,
    span: Span,
    name: Option<LitStr>,
}

/// What the attributes make of a field.
pub(crate) fn role(attributes: &[Attribute]) -> Result<Role> {
    let mut words: Vec<Word> = Vec::new();
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("row")) {
        match &attribute.meta {
            Meta::List(list) if !list.tokens.is_empty() => {
                attribute.parse_args_with(|input: ParseStream<'_>| read(input, &mut words))?;
            }
            _ => {
                let message = format!("this says nothing of the field: write {KNOWN}, or remove it");
                return Err(Error::new_spanned(attribute, message));
            }
        }
    }
    let is_there = |text: &str| words.iter().any(|word| word.text == text);
    let other_than = |text: &str| words.iter().find(|word| word.text != text);
    if is_there("skip") {
        return other_than("skip").map_or(Ok(Role::Skipped), |other| {
            let message = format!(
                "`skip` leaves the field out of the row, so `{}` says nothing: remove one of them",
                other.text
            );
            Err(Error::new(other.span, message))
        });
    }
    if is_there("flatten") {
        return other_than("flatten").map_or(Ok(Role::Flattened), |other| {
            let message = "a flattened field has no column of its own, as its columns are named in its type: \
                           remove `column` or `flatten`";
            Err(Error::new(other.span, message))
        });
    }
    Ok(Role::Column(words.pop().and_then(|word| word.name)))
}

/// Reads what stands in the parentheses of one attribute.
fn read(input: ParseStream<'_>, words: &mut Vec<Word>) -> Result<()> {
    while !input.is_empty() {
        let word = input
            .call(Ident::parse_any)
            .map_err(|error| Error::new(error.span(), format!("a field takes {KNOWN}")))?;
        let text = word.to_string();
        if !WORDS.contains(&text.as_str()) {
            let meant = names::nearest(&text, &WORDS);
            let meant = meant.map(|meant| format!("did you mean `{meant}`? ")).unwrap_or_default();
            let message = format!("unknown attribute `{text}`; {meant}a field takes {KNOWN}");
            return Err(Error::new(word.span(), message));
        }
        if words.iter().any(|known| known.text == text) {
            let message = format!("`{text}` stands here for the second time: remove one of them");
            return Err(Error::new(word.span(), message));
        }
        let name = if text == "column" { Some(column_name(&word, input)?) } else { None };
        if name.is_none() && (input.peek(Token![=]) || input.peek(token::Paren)) {
            let message = format!("`{text}` takes no value: write `#[row({text})]`");
            return Err(Error::new(word.span(), message));
        }
        words.push(Word { text, span: word.span(), name });
        if !input.is_empty() {
            input.parse::<Token![,]>()?;
        }
    }
    Ok(())
}

/// Reads the name after `column`.
fn column_name(word: &Ident, input: ParseStream<'_>) -> Result<LitStr> {
    if !input.peek(Token![=]) {
        let message = "say how the column is named: `#[row(column = \"..\")]`";
        return Err(Error::new(word.span(), message));
    }
    input.parse::<Token![=]>()?;
    let span = if input.is_empty() { word.span() } else { input.span() };
    input
        .parse()
        .map_err(|_| Error::new(span, "the name of a column is a text in quotes: `#[row(column = \"..\")]`"))
}
