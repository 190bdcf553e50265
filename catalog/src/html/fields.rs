//! The table of fields.

use maud::{Markup, html};
use van_bulk_schema::Field;
use van_bulk_schema::provenance::Origin;
use van_bulk_schema::rules::{self, Required};

use super::types::Type;
use crate::text;

/// The most values of a parent that are named in the table.
const MOST_VALUES: usize = 12;

/// Roles are given because narrow screens show each row as a block, which makes browsers forget that it is a table.
pub(super) fn table(each: &Type<'_>) -> Markup {
    if each.mapping.fields.is_empty() {
        return html! { p { "It has no fields." } };
    }
    html! {
        table.fields role="table" aria-label={ "Fields of " (text::name(&each.mapping.name)) } {
            thead role="rowgroup" {
                tr role="row" {
                    @for head in ["Field", "Required", "Column", "Predefined values", "Needs"] {
                        th role="columnheader" scope="col" { (head) }
                    }
                }
            }
            tbody role="rowgroup" { @for field in &each.mapping.fields { (row(each, field)) } }
        }
    }
}

fn row(each: &Type<'_>, field: &Field) -> Markup {
    let invented = each.origin.and_then(|origin| origin.fields.get(&field.name)) == Some(&Origin::Invented);
    html! {
        tr role="row" id={ "field-" (each.module) "-" (each.method(&field.name)) } {
            th role="rowheader" scope="row" {
                code { (text::name(&field.name)) }
                @if invented { " " span.badge.badge-invented { "invented" } }
                @if let Some(description) = text::description(field.description.as_deref()) { span.description { (description) } }
            }
            td role="cell" data-head="Required" { (required(each, field)) }
            td role="cell" data-head="Column" { @if field.can_be_mapped_to_column { "allowed" } @else { "one value for the whole file only" } }
            td role="cell" data-head="Predefined values" { (predefined(each, field)) }
            td role="cell" data-head="Needs" { (needs(each, field)) }
        }
    }
}

fn required(each: &Type<'_>, field: &Field) -> Markup {
    match rules::required(each.schema, each.mapping, field) {
        Required::Always => html! { b { "required" } },
        Required::WhenAllowed => html! { "required where its parents allow it" },
        Required::No => html! { "optional" },
    }
}

fn predefined(each: &Type<'_>, field: &Field) -> Markup {
    let list = each.schema.values(&each.mapping.name, &field.name);
    html! {
        @match (list, field.has_predefined_values) {
            (Some(list), _) => a href={ "#" (super::values::id(each, field)) } { (text::count(list.values.len(), "value")) },
            (None, true) => "yes, but this snapshot has no list",
            (None, false) => "no",
        }
        @if let Some(most) = each.schema.max_characters(&each.mapping.name, &field.name) { " · at most " (most) " characters" }
    }
}

fn needs(each: &Type<'_>, field: &Field) -> Markup {
    let limits = field.parent_limits();
    if limits.is_empty() {
        return html! { "nothing" };
    }
    let word = if each.schema.any_parent(&each.mapping.name, &field.name) { " or " } else { " and " };
    html! {
        @for (index, limit) in limits.iter().enumerate() {
            @if index > 0 { (word) }
            a href={ "#field-" (each.module) "-" (each.method(limit.parent)) } { code { (text::name(limit.parent)) } }
            @if let Some(ids) = &limit.allowed { " is " (allowed(each, limit.parent, ids)) }
        }
    }
}

fn allowed(each: &Type<'_>, parent: &str, ids: &[&str]) -> Markup {
    let list = each.schema.values(&each.mapping.name, parent);
    html! {
        @for (index, id) in ids.iter().take(MOST_VALUES).enumerate() {
            @if index > 0 { " or " }
            code { (text::name(id)) }
            @if let Some(value) = list.and_then(|list| list.by_id(id)) { " (" (text::name(&value.name)) ")" }
        }
        @if ids.len() > MOST_VALUES { " or one of " (ids.len() - MOST_VALUES) " more" }
    }
}
