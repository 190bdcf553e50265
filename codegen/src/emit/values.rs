//! The predefined values of a field, as types.

use proc_macro2::{Literal, TokenStream};
use quote::quote;
use van_bulk_schema::provenance::Origin;

use super::written::{Code, Written};
use super::{DO_NOT_RECOMMEND, NO_PAGE, Scope};
use crate::ir::{Field, Mapping, Values};
use crate::text;

/// The modules of values of a mapping type.
pub(super) fn modules(scope: &Scope<'_>, mapping: &Mapping, written: &mut Written) -> Vec<TokenStream> {
    let modules = mapping.fields.iter().filter_map(|field| {
        let values = field.known_values()?;
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
    let mut code = Code::default();
    code.docs(0, &lines);
    code.line(0, format!("pub mod {} {{", values.module));
    // Each type would have a page of 20 KB, most of it about what every type does: the table has what is worth reading.
    for value in &values.typed {
        let name = &value.type_name;
        code.docs(4, &[format!("{}, sent as {}.", text::markdown(&value.name), text::code(&value.id))]);
        code.line(4, NO_PAGE);
        code.line(4, format!("pub struct {name};"));
        code.line(4, DO_NOT_RECOMMEND);
        code.line(4, format!("impl ::van_bulk::source::PredefinedValue for {name} {{"));
        code.whole(8, format!("const ID: &'static str = {};", Literal::string(&value.id)));
        code.line(4, "}");
        fills(&mut code, values, name);
    }
    code.whole(
        4,
        "/// One of the values, chosen when the program runs: by id or by name, with `Any::try_from`.",
    );
    code.line(4, NO_PAGE);
    code.line(4, "pub type Any = ::van_bulk::values::AnyValue<Values>;");
    code.whole(4, "/// The values as data.");
    code.line(4, NO_PAGE);
    code.line(4, "pub enum Values {}");
    code.line(4, "impl ::van_bulk::values::KnownValues for Values {");
    code.whole(8, format!("const FIELD: &'static str = {};", Literal::string(&field.wire)));
    let list = "const VALUES: &'static [::van_bulk::values::KnownValue] = &";
    match scope.shared.name_of(|| data(values)) {
        Some(name) => code.whole(8, format!("{list}super::super::super::shared::{name};")),
        None => {
            code.line(8, format!("{list}["));
            for value in &values.known {
                code.line(12, "::van_bulk::values::KnownValue {");
                code.whole(16, format!("id: {},", Literal::string(&value.id)));
                code.whole(16, format!("name: {},", Literal::string(&text::plain(&value.name))));
                code.line(12, "},");
            }
            code.line(8, "];");
        }
    }
    code.line(4, "}");
    fills(&mut code, values, "Any");
    if field.takes_column {
        fills(&mut code, values, "::van_bulk::source::Translated<Row, Any>");
    }
    code.line(0, "}");
    code.place(written, scope.indent)
}

/// That a type fills the field.
fn fills(code: &mut Code, values: &Values, name: &str) {
    code.line(4, DO_NOT_RECOMMEND);
    code.implementation(
        4,
        format!("impl<Row> super::needs::{}<Row>", values.trait_name),
        format!("for {name}"),
        " {}",
    );
}
