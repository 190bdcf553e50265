//! A struct, read as a row.

use std::collections::HashMap;

use syn::punctuated::Punctuated;
use syn::{
    Data, DeriveInput, Error, Field, Fields, GenericArgument, Generics, Ident, LitStr, PathArguments, Result,
    Token, Type, Visibility,
};

use crate::field::{Role, role};
use crate::names;

/// VAN allows this many columns in a file.
const MAX_COLUMNS: usize = 50;

/// The constant of the trait, which one of the same name on the type would hide.
const COLUMNS: &str = "COLUMNS";

/// A struct that is a row.
pub(crate) struct RowType {
    pub(crate) ident: Ident,
    pub(crate) visibility: Visibility,
    pub(crate) generics: Generics,
    /// The fields that are part of the row, in order.
    pub(crate) parts: Vec<Part>,
}

/// A field that is part of the row.
pub(crate) struct Part {
    pub(crate) field: Ident,
    pub(crate) type_: Type,
    /// The name of its constant.
    pub(crate) constant: Ident,
    pub(crate) kind: Kind,
}

/// What a field adds to the row.
pub(crate) enum Kind {
    /// A column of this name.
    Column(String),
    /// The columns of this row type.
    Flattened(Box<Type>),
}

impl RowType {
    /// Reads a struct. The error holds every mistake that was found.
    pub(crate) fn read(input: &DeriveInput) -> Result<Self> {
        let mut reader = Reader::default();
        if let Some(attribute) = input.attrs.iter().find(|attribute| attribute.path().is_ident("row")) {
            let message = "`#[row(..)]` belongs on a field: it says nothing of a whole row";
            reader.mistake(Error::new_spanned(attribute, message));
        }
        for field in named_fields(input)? {
            if let Err(mistake) = reader.field(field, &input.ident) {
                reader.mistake(mistake);
            }
        }
        if reader.parts.is_empty() && reader.mistakes.is_none() {
            let message = format!(
                "`{}` has no columns: a row needs at least one field without `#[row(skip)]`",
                input.ident
            );
            reader.mistake(Error::new(input.ident.span(), message));
        }
        match reader.mistakes {
            Some(mistakes) => Err(mistakes),
            None => Ok(Self {
                ident: input.ident.clone(),
                visibility: input.vis.clone(),
                generics: input.generics.clone(),
                parts: reader.parts,
            }),
        }
    }
}

/// The fields of a struct that has names for them.
fn named_fields(input: &DeriveInput) -> Result<&Punctuated<Field, Token![,]>> {
    let what = match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) => return Ok(&fields.named),
            Fields::Unnamed(_) => "the fields of this struct have no names",
            Fields::Unit => "this struct has no fields",
        },
        Data::Enum(_) => "this is an enum",
        Data::Union(_) => "this is a union",
    };
    let message = format!(
        "{what}, but a row is a struct with named fields, one for each column: \
         `struct {} {{ first_name: String, email: String }}`",
        input.ident
    );
    Err(Error::new(input.ident.span(), message))
}

/// What is known after some fields.
#[derive(Default)]
struct Reader {
    parts: Vec<Part>,
    /// Every mistake so far.
    mistakes: Option<Error>,
    /// The fields by the names of their columns, as VAN compares them.
    columns: HashMap<String, Ident>,
    /// The fields by the names of their constants.
    constants: HashMap<String, Ident>,
}

impl Reader {
    fn mistake(&mut self, mistake: Error) {
        match &mut self.mistakes {
            Some(mistakes) => mistakes.combine(mistake),
            None => self.mistakes = Some(mistake),
        }
    }

    fn field(&mut self, field: &Field, row: &Ident) -> Result<()> {
        // Only the fields of tuples have no name.
        let Some(ident) = &field.ident else { return Ok(()) };
        let kind = match role(&field.attrs)? {
            Role::Skipped => return Ok(()),
            Role::Flattened => {
                let inner = without_pointers(&field.ty);
                if is(inner, row) {
                    let message = format!(
                        "`{row}` cannot be flattened into itself, as its columns would never end: use a struct of its own \
                         for the columns of this field, or `#[row(skip)]`"
                    );
                    return Err(Error::new_spanned(inner, message));
                }
                Kind::Flattened(Box::new(inner.clone()))
            }
            Role::Column(name) => Kind::Column(self.column(ident, name.as_ref())?),
        };
        let column = match &kind {
            Kind::Column(name) => Some(name.as_str()),
            Kind::Flattened(_) => None,
        };
        let constant = self.constant(ident, column)?;
        self.parts.push(Part { field: ident.clone(), type_: field.ty.clone(), constant, kind });
        Ok(())
    }

    /// The name of a field's column, which no earlier field may have.
    fn column(&mut self, field: &Ident, name: Option<&LitStr>) -> Result<String> {
        let (name, span) = match name {
            Some(literal) => (checked(literal)?, literal.span()),
            None => (names::column(field), field.span()),
        };
        if name.is_empty() {
            let message =
                format!("`{field}` gives the column no name: name it with `#[row(column = \"..\")]`");
            return Err(Error::new(span, message));
        }
        if self.columns.len() == MAX_COLUMNS {
            let message = format!(
                "this is column {}, but VAN takes at most {MAX_COLUMNS}: leave fields out with `#[row(skip)]`",
                MAX_COLUMNS + 1
            );
            // One such message is enough: the others would say the same.
            if self.mistakes.as_ref().is_none_or(|mistakes| !says(mistakes, &message)) {
                return Err(Error::new(span, message));
            }
            return Ok(name);
        }
        if let Some(earlier) = self.columns.get(&name.to_lowercase()) {
            let message = format!(
                "the field `{earlier}` has the column `{name}` already (case does not count): \
                 name one of them otherwise with `#[row(column = \"..\")]`"
            );
            return Err(Error::new(span, message));
        }
        self.columns.insert(name.to_lowercase(), field.clone());
        Ok(name)
    }

    /// The name of a field's constant, which neither the trait nor an earlier field may have. `column` is its column, if it
    /// is one.
    fn constant(&mut self, field: &Ident, column: Option<&str>) -> Result<Ident> {
        let Some(constant) = names::constant(field) else {
            let message = "no constant can be named after this field: rename the field";
            return Err(Error::new(field.span(), message));
        };
        if constant == COLUMNS {
            let mut message = format!(
                "the constant of this field would be `{COLUMNS}`, which would hide `Row::{COLUMNS}`: rename the field"
            );
            if let Some(name) = column {
                message.push_str(&format!("; `#[row(column = {name:?})]` keeps the name of its column"));
            }
            return Err(Error::new(field.span(), message));
        }
        if let Some(earlier) = self.constants.insert(constant.to_string(), field.clone()) {
            let message = format!(
                "the constant of this field would be `{constant}`, which is that of the field `{earlier}` already: rename \
                 one of the fields; `#[row(column = \"..\")]` keeps the name of its column"
            );
            return Err(Error::new(field.span(), message));
        }
        Ok(constant)
    }
}

/// Whether a mistake like this has been found.
fn says(mistakes: &Error, message: &str) -> bool {
    mistakes.clone().into_iter().any(|mistake| mistake.to_string() == message)
}

/// The name in the quotes.
fn checked(literal: &LitStr) -> Result<String> {
    let name = literal.value();
    if name.trim().is_empty() {
        let message =
            "a column needs a name that is not blank; without `column`, it is made from the field's name";
        return Err(Error::new(literal.span(), message));
    }
    if name.trim() != name {
        let message = format!(
            "there are blanks around the name of the column, which nobody sees in a file: write `{:?}`",
            name.trim()
        );
        return Err(Error::new(literal.span(), message));
    }
    if let Some(control) = name.chars().find(|c| c.is_control()) {
        let message = format!(
            "the name of the column has the control character `{}` in it, which nobody sees in a file: remove it",
            control.escape_debug()
        );
        return Err(Error::new(literal.span(), message));
    }
    Ok(name)
}

/// The type without the `Option`, `Box` or reference around it, as rows through these have the columns of what is inside.
fn without_pointers(type_: &Type) -> &Type {
    let inner = match type_ {
        Type::Reference(reference) => Some(&*reference.elem),
        Type::Paren(paren) => Some(&*paren.elem),
        Type::Group(group) => Some(&*group.elem),
        Type::Path(path) => path.path.segments.last().and_then(|segment| match &segment.arguments {
            PathArguments::AngleBracketed(arguments)
                if segment.ident == "Option" || segment.ident == "Box" =>
            {
                match arguments.args.first() {
                    Some(GenericArgument::Type(inner)) => Some(inner),
                    _ => None,
                }
            }
            _ => None,
        }),
        _ => None,
    };
    inner.map_or(type_, without_pointers)
}

/// Whether the type is that of the row itself; without it, the compiler would report a cycle of constants.
fn is(type_: &Type, row: &Ident) -> bool {
    let Type::Path(path) = type_ else { return false };
    let segments = &path.path.segments;
    segments.len() == 1 && segments.iter().any(|segment| segment.ident == *row || segment.ident == "Self")
}

#[cfg(test)]
mod tests {
    use super::*;
    use quote::ToTokens as _;

    #[test]
    fn options_boxes_and_references_around_a_row_do_not_count() {
        for type_ in ["Address", "Option<Address>", "&'a Address", "std::option::Option<Box<Address>>"] {
            let type_ = syn::parse_str(type_).unwrap();
            assert_eq!(without_pointers(&type_).to_token_stream().to_string(), "Address");
        }
    }
}
