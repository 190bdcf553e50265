//! Value lists.

use maud::{Markup, html};
use van_bulk_schema::provenance::Origin;
use van_bulk_schema::{Field, Value, ValueList};

use super::types::Type;
use crate::{graph, text};

/// The most values of a list that are written into the page as elements; the script shows more on demand.
const SHOWN: usize = 30;

/// The name of the element of a list.
pub(super) fn id(each: &Type<'_>, field: &Field) -> String {
    format!("values-{}-{}", each.module, each.method(&field.name))
}

pub(super) fn lists(each: &Type<'_>) -> Markup {
    let lists: Vec<(&Field, &ValueList)> = each
        .mapping
        .fields
        .iter()
        .filter_map(|field| Some((field, each.schema.values(&each.mapping.name, &field.name)?)))
        .collect();
    html! {
        @if !lists.is_empty() {
            h4 { "Value lists" }
            @for (field, list) in lists { (one(each, field, list)) }
        }
    }
}

fn one(each: &Type<'_>, field: &Field, list: &ValueList) -> Markup {
    let invented = each.origin.and_then(|origin| origin.values.get(&field.name)) == Some(&Origin::Invented);
    let has_parents = list.values.iter().any(|value| !value.parents.is_empty());
    let name = text::name(&field.name);
    html! {
        details.values id=(id(each, field)) data-mapping=(each.module) data-field=(each.method(&field.name)) {
            summary {
                code { (name) } " " span.count { (text::count(list.values.len(), "value")) }
                @if invented { " " span.badge.badge-invented { "invented" } }
            }
            div.list {
                table aria-label={ "Values of " (name) } {
                    thead { tr {
                        th scope="col" { "Sent as" }
                        th scope="col" { "Value" }
                        @if has_parents { th scope="col" { "Allowed where" } }
                    } }
                    tbody { @for value in list.values.iter().take(SHOWN) { (row(value, has_parents)) } }
                }
                @if list.values.len() > SHOWN {
                    p.more { "The first " (SHOWN) " of " (text::count(list.values.len(), "value")) "." }
                }
            }
        }
    }
}

fn row(value: &Value, has_parents: bool) -> Markup {
    html! {
        tr {
            td { code { (text::name(&value.id)) } }
            td { (text::name(&value.name)) }
            @if has_parents {
                td {
                    @for (index, limit) in value.parent_limits().iter().enumerate() {
                        @if index > 0 { " and " }
                        @let ids: Vec<String> = limit.allowed.iter().flatten().map(|id| text::name(id)).collect();
                        code { (text::name(limit.parent)) }
                        @if !ids.is_empty() { " is " (graph::joined(&ids.iter().map(String::as_str).collect::<Vec<_>>(), "or")) }
                    }
                }
            }
        }
    }
}
