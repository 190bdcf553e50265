//! The last change of the snapshot.

use maud::{Markup, html};
use van_bulk_codegen::diff::{Change, Diff, Verdict};

use crate::Catalog;
use crate::text;

/// The most changes of one verdict that are listed.
const MOST: usize = 500;

/// The most Rust items of one change that are listed.
const MOST_ITEMS: usize = 5;

pub(super) fn section(catalog: &Catalog<'_>) -> Markup {
    html! {
        section.view id="changes" aria-labelledby="changes-title" {
            div.intro {
                h2 id="changes-title" { "Last change" }
                @match &catalog.change {
                    None => p { "There is no earlier snapshot to compare with." },
                    Some(change) => {
                        p { "What changed between " code { (text::name(&change.from)) } " and this snapshot, and what it means for programs on the generated builders." }
                    }
                }
            }
            @if let Some(change) = &catalog.change { (diff(change.diff)) }
        }
    }
}

fn diff(diff: &Diff) -> Markup {
    if diff.changes.is_empty() {
        return html! { p { "Nothing changed." } };
    }
    html! {
        ul.counts aria-label="How many changes there are" {
            @for verdict in Verdict::ALL {
                li class={ "count count-" (class(verdict)) } { b { (diff.count(verdict)) } " " (verdict) }
            }
        }
        @for verdict in Verdict::ALL.into_iter().filter(|verdict| diff.count(*verdict) > 0) {
            h3 { (verdict.title()) }
            p.meaning { (meaning(verdict)) }
            ul.changes {
                @for change in diff.changes.iter().filter(|change| change.verdict == verdict).take(MOST) { (one(change)) }
            }
            @if diff.count(verdict) > MOST { p { "and " (diff.count(verdict) - MOST) " more: " code { "cargo xtask diff" } " shows all." } }
        }
    }
}

fn one(change: &Change) -> Markup {
    html! {
        li class={ "change count-" (class(change.verdict)) } {
            p.place { (place(change)) }
            // On one line, with whatever hides text or turns it around taken out.
            p.what { (sentence(&change.what.to_string())) "." }
            @if change.silent { p.hint { "Programs may compile all the same, and do something else." } }
            @if !change.rust_items.is_empty() {
                p.items { "In Rust: "
                    @for (index, item) in change.rust_items.iter().take(MOST_ITEMS).enumerate() {
                        @if index > 0 { ", " }
                        code { (text::name(item)) }
                    }
                    @if change.rust_items.len() > MOST_ITEMS { " and " (change.rust_items.len() - MOST_ITEMS) " more" }
                }
            }
        }
    }
}

/// A sentence in which what stands between backticks is code. A name that has some itself is shown whole all the same.
fn sentence(text: &str) -> Markup {
    html! {
        @for (index, piece) in text.split('`').enumerate() {
            @if index % 2 == 0 { (piece) } @else { code { (piece) } }
        }
    }
}

fn place(change: &Change) -> Markup {
    let place = &change.place;
    let names = [&place.mapping_type, &place.field, &place.value, &place.resource_type];
    let names: Vec<String> = names.into_iter().flatten().map(|name| text::name(name)).collect();
    html! {
        @if names.is_empty() { "The profile" }
        @for (index, name) in names.iter().enumerate() {
            @if index > 0 { " › " }
            code { (name) }
        }
    }
}

fn class(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Breaking => "breaking",
        Verdict::NeedsALook => "look",
        Verdict::Additive => "additive",
        Verdict::Text => "text",
    }
}

fn meaning(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Breaking => "Some program that compiled does not any more, or does something else.",
        Verdict::NeedsALook => {
            "Every program compiles, but jobs or rows may be refused when it runs, or VAN may treat them in another way."
        }
        Verdict::Additive => "There is more that programs may do.",
        Verdict::Text => "Only what people read.",
    }
}
