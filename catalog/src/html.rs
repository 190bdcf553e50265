//! The page.

mod changes;
mod composer;
mod fields;
mod types;
mod values;

use maud::{DOCTYPE, Markup, PreEscaped, html};
use van_bulk_schema::provenance::Origin;

use crate::Catalog;
use crate::data::Data;
use crate::page::{STYLE, embedded, policy, script};
use crate::text;

/// The text of the page.
pub(crate) fn page(catalog: &Catalog<'_>) -> String {
    let script = script();
    let name = text::name(&catalog.name);
    // The data holds strings, numbers, booleans and lists only, which always serialize.
    let data = serde_json::to_string(&Data::new(catalog)).unwrap_or_default();
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy(STYLE, &script));
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="referrer" content="no-referrer";
                meta name="color-scheme" content="light dark";
                title { "What " (name) " may import into VAN" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                a.skip href="#main" { "Skip to the content" }
                (header(catalog, &name))
                main id="main" tabindex="-1" {
                    (types::section(catalog))
                    (composer::section(catalog))
                    (changes::section(catalog))
                }
                footer {
                    p { "Nothing on this page is loaded from or sent to anywhere. It shows a snapshot of what VAN told one API key; VAN may have changed since." }
                }
                script type="application/json" id="catalog-data" { (PreEscaped(embedded(&data))) }
                script { (PreEscaped(&script)) }
            }
        }
    };
    page.into_string()
}

fn header(catalog: &Catalog<'_>, name: &str) -> Markup {
    html! {
        header.top {
            div.brand {
                h1 { "Bulk import catalogue" }
                p.profile {
                    "Profile " b { (name) }
                    @if let Some(mode) = catalog.snapshot.mode { " · database mode " b { (mode) } }
                }
            }
            nav.views aria-label="Parts of this page" {
                a href="#types" { "Mapping types" }
                a href="#composer" { "Compose a job" }
                a href="#changes" { "Last change" }
            }
            button.theme type="button" id="theme" hidden { "Colours: as the system" }
        }
    }
}

/// A badge that says how much of a thing is VAN's; nothing for what was fetched, and for what is attested.
fn origin_badge(origin: Option<Origin>) -> Markup {
    match origin {
        Some(Origin::Invented) => html! { " " span.badge.badge-invented { "invented" } },
        Some(Origin::NameAttested) => html! { " " span.badge.badge-partly { "partly invented" } },
        Some(Origin::Attested) => html! { " " span.badge.badge-attested { "attested" } },
        None => html! {},
    }
}
