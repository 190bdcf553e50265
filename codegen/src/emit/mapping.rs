//! The builder of one mapping type.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::written::{Code, Written};
use super::{Scope, docs, needs, rules, values};
use crate::ir::{AFTER, FILL, Field, Mapping, Multiplicity, Need, Requirement, STATES};

/// The module of a mapping type.
pub(super) fn module(scope: &Scope<'_>, mapping: &Mapping, written: &mut Written) -> TokenStream {
    let head = docs::module(mapping);
    let mut items = vec![builder(scope, mapping)];
    items.extend(required_struct(mapping));
    items.push(constructor(mapping));
    items.extend(setters(scope, mapping));
    items.extend([apply(mapping), conversion(mapping)]);
    let items = items.into_iter().map(|item| item.place(written, scope.indent));
    let items: Vec<TokenStream> = items.collect();
    let values = values::modules(scope, mapping, written);
    let rules = rules::rules(scope, mapping, written);
    let needs = needs::modules(scope, mapping, written);
    quote! {
        #![doc = #head]
        #(#items)*
        #rules
        #(#values)*
        #needs
    }
}

fn builder(scope: &Scope<'_>, mapping: &Mapping) -> Code {
    let name = &mapping.type_name;
    let mut code = Code::default();
    code.docs(0, &docs::builder(scope, mapping));
    code.aliases(0, docs::alias(&mapping.wire, name));
    code.whole(0, "#[must_use = \"a mapping does nothing until it is applied to a job\"]");
    let parameter = states_parameter(mapping);
    let first = tuple(mapping.parameters().map(|_| "::van_bulk::Unmapped"));
    let parameters = parameter.zip(first).map(|(parameter, first)| format!("{parameter} = {first}"));
    code.line(0, format!("pub struct {name}<{}> {{", after("Row", parameters)));
    code.line(4, "core: ::van_bulk::mapping::MappingCore,");
    let row_and_states = tuple([Some("Row"), parameter].into_iter().flatten()).unwrap_or_default();
    code.line(4, format!("state: ::core::marker::PhantomData<fn() -> {row_and_states}>,"));
    code.line(0, "}");
    code
}

/// Parameters behind those that come first.
fn after<S: AsRef<str>>(first: &str, others: impl IntoIterator<Item = S>) -> String {
    others.into_iter().fold(first.to_owned(), |all, other| all + ", " + other.as_ref())
}

/// Several types as one; nothing if there are none, and one is itself.
fn tuple<S: AsRef<str>>(types: impl IntoIterator<Item = S>) -> Option<String> {
    let mut types = types.into_iter();
    let first = types.next()?;
    match types.next() {
        None => Some(first.as_ref().to_owned()),
        Some(second) => Some(format!("({})", after(&after(first.as_ref(), [second]), types))),
    }
}

/// What the builder calls the states of its parents: by the name of the only one, or by one name for all, because the compiler
/// looks at every parameter wherever the builder stands.
fn states_parameter(mapping: &Mapping) -> Option<&str> {
    let mut parameters = mapping.parameters();
    let first = parameters.next()?;
    Some(if parameters.next().is_none() { first } else { STATES })
}

/// The parameters and the type of a builder in any state, of which nothing is asked.
fn any_state(mapping: &Mapping) -> (String, String) {
    let parameters = after("Row", states_parameter(mapping));
    let of = format!("{}<{parameters}>", mapping.type_name);
    (parameters, of)
}

/// The parameters and the type of a builder whose states have names of their own.
fn named_states(mapping: &Mapping) -> (String, String) {
    let of = in_states(mapping, mapping.parameters());
    (after("Row", mapping.parameters()), of)
}

/// The type of a builder in these states.
fn in_states<S: AsRef<str>>(mapping: &Mapping, states: impl IntoIterator<Item = S>) -> String {
    format!("{}<{}>", mapping.type_name, after("Row", tuple(states)))
}

fn constructor(mapping: &Mapping) -> Code {
    let name = &mapping.type_name;
    let mut code = Code::default();
    code.line(0, format!("impl<Row> {name}<Row> {{"));
    code.docs(4, &docs::constructor(mapping));
    code.aliases(4, mapping.required().filter_map(|field| docs::alias(&field.wire, "new")));
    let (generics, arguments) = (constructor_generics(mapping), constructor_arguments(mapping));
    let gives = in_states(mapping, first_states(mapping));
    let head = format!("pub fn new{generics}({arguments}) -> {gives}");
    code.head(4, head, constructor_bounds(mapping));
    // A chain without a local, which an argument could have the name of.
    let fills = mapping.required().map(|field| {
        let of = if mapping.required_struct.is_some() { "required." } else { "" };
        let wire = Literal::string(&field.wire);
        format!(".fill({}, {wire}, {of}{})", index_of(mapping, field), field.method)
    });
    let core = format!(
        "core: ::van_bulk::mapping::MappingCore::new({}, {})",
        Literal::string(&mapping.wire),
        mapping.fields.len()
    );
    code.line(8, format!("{name} {{"));
    code.chain(12, core, fills.collect());
    code.line(12, "state: ::core::marker::PhantomData,");
    code.line(8, "}");
    code.line(4, "}");
    code.line(0, "}");
    code
}

/// By place, only a parent that can have a value of its own needs a type parameter for its source.
fn is_generic(mapping: &Mapping, field: &Field) -> bool {
    mapping.required_struct.is_some() || has_own_state(field)
}

/// The type parameters of the constructor, each with what it must be.
fn constructor_generics(mapping: &Mapping) -> String {
    let required = mapping.required().enumerate().filter(|(_, field)| is_generic(mapping, field));
    let generics: Vec<String> = required
        .map(|(index, field)| format!("{}: {}", source_generic(index), source_bound(field)))
        .collect();
    if generics.is_empty() { String::new() } else { format!("<{}>", generics.join(", ")) }
}

fn constructor_arguments(mapping: &Mapping) -> String {
    let required = mapping.required().enumerate();
    if let Some(by_name) = &mapping.required_struct {
        let sources: Vec<String> = required.map(|(index, _)| source_generic(index)).collect();
        return format!("required: {by_name}<{}>", sources.join(", "));
    }
    let arguments = required.map(|(index, field)| match is_generic(mapping, field) {
        true => format!("{}: {}", field.method, source_generic(index)),
        false => format!("{}: impl {}", field.method, source_bound(field)),
    });
    arguments.collect::<Vec<_>>().join(", ")
}

/// What the parents among the arguments must be.
fn constructor_bounds(mapping: &Mapping) -> Vec<String> {
    let needs = mapping.required().filter(|field| field.any_parent.is_none()).flat_map(|field| &field.needs);
    let bounds = needs.filter_map(|need| {
        let gate = &mapping.gates[need.gate?].trait_name;
        Some(format!("{}: needs::{gate}", first_state(mapping, &mapping.fields[need.parent])?))
    });
    bounds.collect()
}

/// The states of a builder that is new.
fn first_states(mapping: &Mapping) -> Vec<String> {
    let unmapped = || "::van_bulk::Unmapped".to_owned();
    let of_fields =
        mapping.parents().map(|(_, parent, _)| first_state(mapping, parent).unwrap_or_else(unmapped));
    of_fields.chain(mapping.exclusive.iter().map(|_| unmapped())).collect()
}

/// The state in which the constructor leaves a field that it fills.
fn first_state(mapping: &Mapping, field: &Field) -> Option<String> {
    let index = mapping.required().position(|required| required.wire == field.wire)?;
    Some(state_after(field, &source_generic(index)))
}

/// The arguments of a constructor by their names.
fn required_struct(mapping: &Mapping) -> Option<Code> {
    let name = mapping.required_struct.as_deref()?;
    let sources: Vec<String> = (0..mapping.required().count()).map(source_generic).collect();
    let mut code = Code::default();
    code.docs(0, &docs::required_struct(mapping));
    code.line(0, format!("pub struct {name}<{}> {{", sources.join(", ")));
    for (field, source) in mapping.required().zip(sources) {
        code.docs(4, &docs::setter(mapping, field));
        code.line(4, format!("pub {}: {source},", field.method));
    }
    code.line(0, "}");
    Some(code)
}

/// The methods that fill fields: first those that ask nothing of the states, which the compiler need not look at for them.
fn setters(scope: &Scope<'_>, mapping: &Mapping) -> Vec<Code> {
    let is_plain = |field: &&Field| {
        mapping.parameters().nth(1).is_none()
            || (keeps_state(field) && state_bounds(mapping, field).is_empty())
    };
    let (plain, others): (Vec<&Field>, Vec<&Field>) = mapping.optional().partition(is_plain);
    let methods = |(parameters, of): (String, String), fields: Vec<&Field>| {
        fields.first()?;
        let mut code = Code::default();
        code.line(0, format!("impl<{parameters}> {of} {{"));
        for field in fields {
            code.formatted(setter(mapping, field).method(scope.indent + 4));
        }
        code.line(0, "}");
        Some(code)
    };
    let blocks = [methods(any_state(mapping), plain), methods(named_states(mapping), others), fill(mapping)];
    blocks.into_iter().flatten().collect()
}

/// The place of a field among those of its mapping type.
fn index_of(mapping: &Mapping, field: &Field) -> usize {
    mapping.fields.iter().take_while(|other| !std::ptr::eq(*other, field)).count()
}

fn setter(mapping: &Mapping, field: &Field) -> Code {
    let gives = match keeps_state(field) {
        true => "Self".to_owned(),
        false => in_states(mapping, states_after(mapping, field)),
    };
    let bound = source_bound(field);
    let (generics, source) = match has_own_state(field) {
        true => (format!("<Source: {bound}>"), "Source".to_owned()),
        false => (String::new(), format!("impl {bound}")),
    };
    let mut code = Code::default();
    code.docs(0, &docs::setter(mapping, field));
    code.aliases(0, docs::field_alias(field));
    let head = format!("pub fn {}{generics}(self, source: {source}) -> {gives}", field.method);
    code.head(0, head, state_bounds(mapping, field));
    let (index, wire) = (index_of(mapping, field), Literal::string(&field.wire));
    code.line(4, format!("self.{FILL}({index}, {wire}, source)"));
    code.line(0, "}");
    code
}

/// What every setter does, in a method of its own: the compiler would otherwise check it again and again.
fn fill(mapping: &Mapping) -> Option<Code> {
    mapping.optional().next()?;
    let (parameters, of) = any_state(mapping);
    let name = &mapping.type_name;
    let (generics, gives) = match states_parameter(mapping) {
        Some(_) => (format!("<{AFTER}>"), format!("{name}<Row, {AFTER}>")),
        None => (String::new(), "Self".to_owned()),
    };
    let mut code = Code::default();
    let source = "impl ::van_bulk::source::IntoSource";
    let arguments = format!("self, index: usize, field: &'static str, source: {source}");
    code.line(0, format!("impl<{parameters}> {of} {{"));
    code.line(4, format!("fn {FILL}{generics}({arguments}) -> {gives} {{"));
    code.line(8, format!("{name} {{"));
    code.line(12, "core: self.core.fill(index, field, source),");
    code.line(12, "state: ::core::marker::PhantomData,");
    code.line(8, "}");
    code.line(4, "}");
    code.line(0, "}");
    Some(code)
}

/// Whether a builder is in the same states after a field was filled.
fn keeps_state(field: &Field) -> bool {
    field.type_parameter.is_none() && field.groups.is_empty()
}

/// What a field asks of the states of a builder.
fn state_bounds(mapping: &Mapping, field: &Field) -> Vec<String> {
    let mut bounds = parent_bounds(mapping, field);
    if let (Some(parameter), Some(traits)) = (&field.type_parameter, &field.parent_traits) {
        bounds.push(format!("{parameter}: needs::{}", traits.is_not_mapped));
    }
    for (set, group) in &field.groups {
        let set = &mapping.exclusive[*set];
        bounds.push(format!("{}: needs::{}", set.type_parameter, set.groups[*group].allows_trait));
    }
    bounds
}

/// The states of a builder after a field was filled.
fn states_after(mapping: &Mapping, field: &Field) -> Vec<String> {
    let of_fields = mapping.parents().map(|(_, parent, parameter)| {
        if parent.wire == field.wire { state_after(field, "Source") } else { parameter.to_owned() }
    });
    let of_sets = mapping.exclusive.iter().enumerate().map(|(index, set)| {
        match field.groups.iter().find(|(set, _)| *set == index) {
            Some((_, group)) => format!("exclusive::{}", set.groups[*group].marker),
            None => set.type_parameter.clone(),
        }
    });
    of_fields.chain(of_sets).collect()
}

/// What the typestate must show of a field's parents before it may be mapped.
fn parent_bounds(mapping: &Mapping, field: &Field) -> Vec<String> {
    match &field.any_parent {
        Some(traits) => any_parent_bound(mapping, field, traits).into_iter().collect(),
        None => field.needs.iter().filter_map(|need| need_bound(mapping, need)).collect(),
    }
}

/// That one of the parents is enough; nothing if one is always mapped and may have any value.
fn any_parent_bound(mapping: &Mapping, field: &Field, traits: &[String]) -> Option<String> {
    let is_trivial =
        |need: &Need| need.gate.is_none() && mapping.fields[need.parent].requirement == Requirement::Always;
    if field.needs.iter().any(is_trivial) {
        return None;
    }
    let has_a_parent = traits.first()?;
    let states = field.needs.iter().rev().fold("()".to_owned(), |rest, need| {
        format!("({}, {rest})", state_parameter(&mapping.fields[need.parent]))
    });
    Some(format!("{states}: needs::{has_a_parent}"))
}

/// What the typestate must show before a field may be mapped; nothing for a parent that is mapped by the constructor
/// and may have any value.
fn need_bound(mapping: &Mapping, need: &Need) -> Option<String> {
    let parent = &mapping.fields[need.parent];
    let parameter = parent.type_parameter.as_deref()?;
    let name = match need.gate {
        Some(gate) => &mapping.gates[gate].trait_name,
        None => &parent.parent_traits.as_ref()?.is_mapped,
    };
    Some(format!("{parameter}: needs::{name}"))
}

/// The trait of what fills a field.
fn source_bound(field: &Field) -> String {
    let marker = &field.marker;
    let of_fields = |name: &str| match field.takes_column {
        true => format!("::van_bulk::source::Fills{name}<field::{marker}, Row>"),
        false => format!("::van_bulk::source::FillsStatic{name}<field::{marker}>"),
    };
    match field.known_values() {
        Some(values) => format!("needs::{}<Row>", values.trait_name),
        None => of_fields(if field.takes_text { "Text" } else { "Id" }),
    }
}

/// Whether the state of a parent depends on its source: columns and texts always leave it dynamic.
fn has_own_state(field: &Field) -> bool {
    field.type_parameter.is_some() && field.values.as_ref().is_some_and(|values| !values.typed.is_empty())
}

fn state_after(field: &Field, generic: &str) -> String {
    match has_own_state(field) {
        true => format!("<{generic} as ::van_bulk::source::IntoSource>::State"),
        false => "::van_bulk::Dynamic".to_owned(),
    }
}

fn source_generic(index: usize) -> String {
    format!("Source{}", index + 1)
}

fn apply(mapping: &Mapping) -> Code {
    // One slot after the other: that of the mapping type, then those of its sets of groups.
    let mut next = "Slots".to_owned();
    let mut bounds = vec![format!("Resource: needs::{}", mapping.takes_trait)];
    for room in rooms(mapping) {
        bounds.push(format!("{next}: {room}"));
        next = format!("<{next} as {room}>::Next");
    }
    bounds.extend(mapping.fields.iter().filter_map(|field| {
        let condition = field.condition.as_ref()?;
        let parent = state_parameter(&mapping.fields[condition.parent]);
        Some(format!("{}: needs::{}<{parent}>", state_parameter(field), condition.trait_name))
    }));
    let required = mapping.required();
    bounds.extend(required.filter_map(|field| any_parent_bound(mapping, field, field.any_parent.as_ref()?)));
    let (parameters, builder) =
        if asks_for_states(mapping) { named_states(mapping) } else { any_state(mapping) };
    let mut code = Code::default();
    // What it asks for is told at the fields, in words.
    code.line(0, "#[doc(hidden)]");
    code.implementation(
        0,
        format!("impl<Resource, Slots, {parameters}> ::van_bulk::mapping::Apply<Resource, Row, Slots>"),
        format!("for {builder}"),
        "",
    );
    code.bounds(0, bounds);
    code.line(4, "const RULES: &'static ::van_bulk::rules::MappingRules<'static> = &RULES;");
    code.line(4, format!("type Next = {next};"));
    code.line(4, "fn into_mapping(self) -> ::van_bulk::payload::MappingType {");
    code.line(8, "self.core.into_mapping()");
    code.line(4, "}");
    code.line(0, "}");
    code
}

/// Whether a job asks in which states a builder is.
fn asks_for_states(mapping: &Mapping) -> bool {
    matches!(mapping.multiplicity, Multiplicity::SinglePerType(_))
        || !mapping.exclusive.is_empty()
        || mapping.fields.iter().any(|field| field.condition.is_some())
        || mapping.required().any(|field| field.any_parent.is_some())
}

/// What a job must have room for.
fn rooms(mapping: &Mapping) -> Vec<String> {
    let own = mapping.room_trait.as_deref().map(|room| match &mapping.multiplicity {
        Multiplicity::SinglePerType(per_type) => {
            format!("needs::{room}<{}>", state_parameter(&mapping.fields[per_type.field]))
        }
        _ => format!("needs::{room}"),
    });
    let sets = mapping.exclusive.iter();
    let sets = sets.map(|set| format!("needs::{}<{}>", set.room_trait, set.type_parameter));
    own.into_iter().chain(sets).collect()
}

/// From a builder to a mapping that is known only when the program runs.
fn conversion(mapping: &Mapping) -> Code {
    let (parameters, builder) = any_state(mapping);
    let mut code = Code::default();
    code.implementation(
        0,
        format!("impl<{parameters}> ::core::convert::From<{builder}>"),
        "for ::van_bulk::Mapping<Row>".to_owned(),
        " {",
    );
    code.line(4, format!("fn from(builder: {builder}) -> Self {{"));
    code.line(8, "::van_bulk::Mapping::new(&RULES, builder.core)");
    code.line(4, "}");
    code.line(0, "}");
    code
}

/// The state of a field: its type parameter, or what the constructor always makes it.
fn state_parameter(field: &Field) -> &str {
    field.type_parameter.as_deref().unwrap_or("::van_bulk::Dynamic")
}
