//! The rules of a mapping type as data, for what types cannot know.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::written::{Code, Written, tokens};
use super::{Scope, doc, ident};
use crate::ir::{Field, Mapping, Multiplicity, Need, Program, Requirement};
use crate::text;

/// The static `RULES` of a mapping type.
pub(super) fn rules(scope: &Scope<'_>, mapping: &Mapping, written: &mut Written) -> TokenStream {
    if let Some(name) = scope.shared.name_of(|| data(scope.program, mapping)).map(ident) {
        return quote! {
            #[doc(inline)]
            pub use super::super::shared::#name as RULES;
        };
    }
    let mut code = Code::default();
    code.docs(0, &[about(mapping)]);
    // As long as it is: there is nothing to break before the brace.
    code.whole(0, format!("pub static RULES: ::van_bulk::rules::MappingRules<'static> = {OPENED}"));
    members(&mut code, scope.program, mapping);
    code.line(0, "};");
    code.place(written, scope.indent)
}

/// How the expression begins.
const OPENED: &str = "::van_bulk::rules::MappingRules {";

/// The documentation of the static.
pub(super) fn docs(mapping: &Mapping) -> TokenStream {
    doc([about(mapping)])
}

fn about(mapping: &Mapping) -> String {
    format!(
        "The rules of {} as data, for what is known only when the program runs.",
        text::code(&mapping.wire)
    )
}

/// The rules of a mapping type as an expression.
pub(super) fn data(program: &Program, mapping: &Mapping) -> TokenStream {
    let mut code = Code::default();
    code.line(0, OPENED);
    members(&mut code, program, mapping);
    code.line(0, "}");
    tokens(&code.flat())
}

/// The members of the rules, each on a line.
fn members(code: &mut Code, program: &Program, mapping: &Mapping) {
    code.whole(4, format!("name: {},", literal(&mapping.wire)));
    let multiplicity = "multiplicity: ::van_bulk::rules::Multiplicity::";
    match &mapping.multiplicity {
        Multiplicity::Single(_) => code.whole(4, format!("{multiplicity}Single,")),
        Multiplicity::SinglePerType(per_type) => {
            let field = literal(&mapping.fields[per_type.field].wire);
            code.list(4, format!("{multiplicity}SinglePerType("), vec![field], "),");
        }
        Multiplicity::Multiple => code.whole(4, format!("{multiplicity}Multiple,")),
    }
    let mut list = |name: &str, items: Vec<String>| code.list(4, format!("{name}: &["), items, "],");
    let names = |which: &dyn Fn(&Field) -> bool| -> Vec<String> {
        mapping.fields.iter().filter(|field| which(field)).map(|field| literal(&field.wire)).collect()
    };
    let relations =
        || mapping.fields.iter().flat_map(|field| field.needs.iter().map(move |need| (field, need)));
    let parent = |(field, need): (&Field, &Need)| {
        format!("({}, {})", literal(&field.wire), literal(&mapping.fields[need.parent].wire))
    };
    let resources = mapping.resources.iter().map(|index| literal(&program.resources[*index].wire));
    list("resource_types", resources.collect());
    list("fields", names(&|_| true));
    list("required", names(&|field| field.requirement == Requirement::Always));
    list("required_when_allowed", names(&|field| field.requirement == Requirement::WhenAllowed));
    list("static_only", names(&|field| !field.takes_column));
    list("parents", relations().map(parent).collect());
    list("limits", relations().flat_map(|(field, need)| limits(mapping, field, need)).collect());
    list("any_parent", names(&|field| field.any_parent.is_some()));
    match exclusive(mapping) {
        sets if sets.is_empty() => list("exclusive", sets),
        sets => code.irregular(format!("exclusive: &[{}],", sets.join(", "))),
    }
}

/// The values of a parent that allow a field, one after the other: a list in a list would cost the compiler more.
fn limits(mapping: &Mapping, field: &Field, need: &Need) -> Vec<String> {
    let Some(gate) = need.gate else { return Vec::new() };
    let parent = &mapping.fields[need.parent];
    let values = parent.values.as_ref().map_or(&[][..], |values| &values.typed);
    let names = format!("{}, {}", literal(&field.wire), literal(&parent.wire));
    let ids = mapping.gates[gate].allowed.iter().map(|index| &values[*index].id);
    ids.map(|id| format!("({names}, {})", literal(id))).collect()
}

/// The sets of groups that exclude each other.
fn exclusive(mapping: &Mapping) -> Vec<String> {
    let sets = mapping.exclusive.iter().map(|set| {
        let groups = set.groups.iter().map(|group| {
            let fields: Vec<String> = group.fields.iter().map(|field| literal(field)).collect();
            let name = literal(&group.name);
            format!("::van_bulk::rules::Group {{ name: {name}, fields: &[{}] }}", fields.join(", "))
        });
        format!("&[{}]", groups.collect::<Vec<_>>().join(", "))
    });
    sets.collect()
}

/// A text as it stands in Rust.
fn literal(text: &str) -> String {
    Literal::string(text).to_string()
}
