//! The mapping types, for reading: all of it is there without a script.

use maud::{Markup, html};
use van_bulk_codegen::ir;
use van_bulk_schema::provenance::{MappingTypeOrigin, Origin};
use van_bulk_schema::rules::{self, Multiplicity};
use van_bulk_schema::{MappingType, Schema};

use super::{fields, origin_badge, values};
use crate::Catalog;
use crate::graph::{self, Graph, NodeKind};
use crate::text;

/// A mapping type with all that is known of it.
pub(super) struct Type<'a> {
    pub(super) schema: &'a Schema,
    pub(super) mapping: &'a MappingType,
    pub(super) origin: Option<&'a MappingTypeOrigin>,
    /// Its Rust name, which is a plain word: elements are named after it, so that links to them last.
    pub(super) module: &'a str,
    pub(super) program: &'a ir::Mapping,
}

impl<'a> Type<'a> {
    /// The mapping types in VAN's order.
    fn all(catalog: &'a Catalog<'_>) -> Vec<Self> {
        let schema = &catalog.snapshot.schema;
        let one = |mapping: &'a MappingType| {
            let program = catalog.program.mappings.iter().find(|known| known.wire == mapping.name)?;
            let origin = catalog.snapshot.provenance.mapping_types.get(&mapping.name);
            Some(Self { schema, mapping, origin, module: &program.module, program })
        };
        schema.mapping_types.iter().filter_map(one).collect()
    }

    pub(super) fn id(&self) -> String {
        format!("type-{}", self.module)
    }

    /// The Rust name of a field, for the names of elements.
    pub(super) fn method(&self, field: &str) -> &str {
        self.program.fields.iter().find(|known| known.wire == field).map_or("", |known| known.method.as_str())
    }

    fn title(&self) -> String {
        text::name(self.mapping.display_name.as_deref().unwrap_or(&self.mapping.name))
    }
}

pub(super) fn section(catalog: &Catalog<'_>) -> Markup {
    let types = Type::all(catalog);
    html! {
        section.view id="types" aria-labelledby="types-title" {
            div.intro {
                h2 id="types-title" { "Mapping types" }
                p { "Each mapping type is one thing that an import can do with the rows of a file. This key has " (text::count(types.len(), "mapping type")) "." }
                @if !catalog.snapshot.provenance.mapping_types.is_empty() {
                    p.notice { b { "This is a sample. " } "It was not fetched from VAN: most of it is made up, and each part says so." }
                }
            }
            div.browse {
                div.side {
                    search.search id="search" hidden {
                        label for="search-for" { "Search names, fields and values" }
                        input id="search-for" type="search" autocomplete="off" spellcheck="false" aria-describedby="search-hint";
                        p.hint id="search-hint" { "Press " kbd { "/" } " to get here from anywhere." }
                        p.found id="search-found" role="status" {}
                    }
                    nav.index aria-label="Mapping types" {
                        ul id="index" {
                            @for each in &types {
                                li { a href={ "#" (each.id()) } { span.title { (each.title()) } code { (text::name(&each.mapping.name)) } } }
                            }
                        }
                    }
                }
                div class=(if is_large(catalog) { "articles many" } else { "articles" }) {
                    @for each in &types { (article(each)) }
                    @if types.is_empty() { p { "There are none." } }
                }
            }
        }
    }
}

/// Whether a browser takes long to lay the whole page out.
fn is_large(catalog: &Catalog<'_>) -> bool {
    const MANY: usize = 600;
    catalog.snapshot.schema.mapping_types.iter().map(|mapping| mapping.fields.len()).sum::<usize>() > MANY
}

fn article(each: &Type<'_>) -> Markup {
    let id = each.id();
    let graph = Graph::new(each.schema, each.mapping);
    html! {
        article.type id=(id) aria-labelledby={ (id) "-name" } {
            h3 id={ (id) "-name" } { (each.title()) (origin_badge(each.origin.map(|origin| origin.origin))) }
            (origin_note(each.origin))
            dl.facts {
                div { dt { "Name in a job" } dd { code { (text::name(&each.mapping.name)) } } }
                div { dt { "Mode" } dd { code { (text::name(each.mapping.allow_multiple_mode.as_str())) } " – " (mode(each)) } }
                div { dt { "Resource types" } dd { (resources(each)) } }
            }
            p.compose hidden { button type="button" data-compose=(each.module) { "Use it in a job" } }
            h4 { "What needs what" }
            div.graph tabindex="0" role="group" aria-label={ "Graph of " (each.title()) } {
                (graph::svg(&graph, &id, &format!("What needs what in {}", each.title())))
            }
            (legend(&graph))
            details.words {
                summary { "The same in words" }
                ul { @for sentence in graph.sentences() { li { (sentence) } } }
            }
            @for set in each.schema.overrides.exclusive.iter().filter(|set| set.mapping_type == each.mapping.name) {
                p.notice {
                    "A job fills the fields of one of these groups only: "
                    @for (index, (name, fields)) in set.groups.iter().enumerate() {
                        @if index > 0 { "; or " }
                        (text::name(name)) " (" (joined(fields)) ")"
                    }
                    "."
                }
            }
            h4 { "Fields" }
            (fields::table(each))
            (values::lists(each))
        }
    }
}

/// What the boxes of the graph mean, as far as they are there.
fn legend(graph: &Graph) -> Markup {
    let has = |kind| graph.nodes.iter().any(|node| node.kind == kind);
    html! {
        ul.legend {
            @if has(NodeKind::Required) { li.is-required { "required" } }
            @if has(NodeKind::Conditional) { li.is-conditional { "required where its parents allow it" } }
            @if has(NodeKind::Optional) || has(NodeKind::Rest) { li { "optional" } }
        }
    }
}

fn joined(names: &[String]) -> String {
    let names: Vec<String> = names.iter().map(|name| text::name(name)).collect();
    graph::joined(&names.iter().map(String::as_str).collect::<Vec<_>>(), "and")
}

fn origin_note(origin: Option<&MappingTypeOrigin>) -> Markup {
    let note = match origin.map(|origin| origin.origin) {
        Some(Origin::Invented) => {
            "Made up to have something to show: VAN may have none like it. Fetch the snapshot of your own API key."
        }
        Some(Origin::NameAttested) => {
            "The name is known to be VAN's; its mode, its fields' rules and everything marked invented are guesses. Fetch the snapshot of your own API key."
        }
        Some(Origin::Attested) => {
            "Published as it is, but your API key may show another one. Fetch the snapshot of your own API key."
        }
        None => return html! {},
    };
    html! { p.origin { (note) } }
}

fn mode(each: &Type<'_>) -> Markup {
    match (rules::multiplicity(each.schema, each.mapping), each.mapping.allow_multiple_mode.as_str()) {
        (Multiplicity::Single, _) => html! { "once in a job" },
        (Multiplicity::SinglePerType(field), _) => {
            html! { "once in a job for each " code { (text::name(field)) } }
        }
        (Multiplicity::Multiple, "Multiple") => html! { "any number in a job" },
        (Multiplicity::Multiple, "SinglePerType") => {
            html! { "once in a job for each type, but which field is the type is not known: any number is taken" }
        }
        (Multiplicity::Multiple, _) => html! { "an unknown mode, treated as any number in a job" },
    }
}

fn resources(each: &Type<'_>) -> Markup {
    html! {
        @if each.mapping.resource_types.is_empty() { "none, so no job can take it" }
        @for (index, resource) in each.mapping.resource_types.iter().enumerate() {
            @if index > 0 { ", " }
            code { (text::name(resource)) }
        }
    }
}
