//! The composer: its fixed parts. The script makes what depends on the job.

use maud::{Markup, html};
use van_bulk_schema::{MAX_COLUMNS, MAX_DESCRIPTION_CHARS, RESULT_FILE_SIZE_KB};

use crate::Catalog;
use crate::text;

pub(super) fn section(catalog: &Catalog<'_>) -> Markup {
    html! {
        section.view id="composer" aria-labelledby="composer-title" {
            div.intro {
                h2 id="composer-title" { "Compose a job" }
                p { "Say what is in your file and what VAN should do with it. What is still missing is told as you go; a job without mistakes can be copied as the JSON that VAN takes, or as the Rust program that makes it." }
                noscript { p.notice { "The composer needs JavaScript. The mapping types and the last change can be read without it." } }
            }
            form.composer id="composer-form" hidden {
                div.steps { (file()) (job(catalog)) (mappings()) }
                (outcome())
            }
        }
    }
}

fn file() -> Markup {
    html! {
        fieldset.step {
            legend { "1. The columns of your file" }
            div.drop id="drop" {
                label for="headers" { "Header line" }
                p.hint id="headers-hint" {
                    "Paste the first line of the file, or the names of its columns one a line; at most " (MAX_COLUMNS)
                    " columns. Or choose the file, or drop it here: only its first line is read, and it stays on this machine."
                }
                textarea id="headers" rows="3" spellcheck="false" autocomplete="off" aria-describedby="headers-hint" placeholder="VanID,FirstName,LastName,Email" {}
                label.file for="csv" { "Choose a file" }
                input id="csv" type="file" accept=".csv,.txt,.tsv,text/csv,text/plain";
                p.problem id="csv-problem" role="status" {}
            }
            div id="columns" {}
        }
    }
}

fn job(catalog: &Catalog<'_>) -> Markup {
    html! {
        fieldset.step {
            legend { "2. The job" }
            div.pair {
                div {
                    label for="resource" { "What the rows are (resource type)" }
                    select id="resource" {
                        option value="" { "Choose …" }
                        @for (index, resource) in catalog.program.resources.iter().enumerate() {
                            option value=(index) { (text::name(&resource.wire)) }
                        }
                    }
                }
                div {
                    label for="description" { "Description" }
                    input id="description" autocomplete="off" aria-describedby="description-hint";
                    p.hint id="description-hint" { "VAN shows it in its notifications; at most " (MAX_DESCRIPTION_CHARS) " characters." }
                }
            }
            details {
                summary { "File name, address and result files" }
                div.pair {
                    div {
                        label for="file-name" { "Name of the file in the zip" }
                        input id="file-name" autocomplete="off" spellcheck="false";
                    }
                    div {
                        label for="source-url" { "Where VAN fetches the zip (URL)" }
                        input id="source-url" autocomplete="off" spellcheck="false" aria-describedby="source-url-hint";
                        p.hint id="source-url-hint" { "An example until you publish the zip." }
                    }
                    div {
                        label for="delimiter" { "Between two columns" }
                        select id="delimiter" {
                            option value="csv" { "a comma" }
                            option value="tab" { "a tab" }
                        }
                    }
                    div {
                        label for="result-kb" { "Largest result file, in KB" }
                        input id="result-kb" type="number" min=(RESULT_FILE_SIZE_KB.start()) max=(RESULT_FILE_SIZE_KB.end()) step="1";
                    }
                }
            }
        }
    }
}

fn mappings() -> Markup {
    html! {
        fieldset.step {
            legend { "3. What VAN does with each row" }
            p.hint { "VAN applies the mappings in this order. Only those that take the resource type are offered." }
            ol.mappings id="mappings" {}
            div.add {
                label for="add-mapping" { "Add a mapping" }
                div.row {
                    select id="add-mapping" {}
                    button type="button" id="add-mapping-button" { "Add" }
                }
                p.hint id="add-mapping-hint" {}
            }
        }
    }
}

fn outcome() -> Markup {
    html! {
        div.outcome {
            section aria-labelledby="missing-title" {
                h3 id="missing-title" { "What is missing" }
                p.state id="missing-state" role="status" aria-live="polite" {}
                ul.problems id="missing" aria-labelledby="missing-title" {}
                h3 id="doubts-title" hidden { "Worth a look" }
                ul.problems id="doubts" aria-labelledby="doubts-title" {}
            }
            section aria-labelledby="export-title" {
                h3 id="export-title" { "Export" }
                p id="export-withheld" {
                    "The exports come when nothing is missing. A draft is not shown, because a draft that looks whole gets sent."
                }
                div id="exports" hidden {
                    (export("json", "JSON for VAN", "The body of POST /bulkImportJobs.", "job.json"))
                    (export("rust", "Rust program", "It makes the same job on the generated builders, and the compiler checks it again.", "job.rs"))
                }
            }
        }
    }
}

fn export(id: &str, title: &str, hint: &str, file: &str) -> Markup {
    html! {
        div.export {
            h4 { (title) }
            p.hint { (hint) }
            p.buttons {
                button type="button" id={ (id) "-copy" } { "Copy" span.hidden { " the " (title) } }
                button type="button" id={ (id) "-save" } data-file=(file) { "Download " (file) }
                span id={ (id) "-said" } role="status" {}
            }
            pre id={ (id) "-text" } tabindex="0" role="group" aria-label=(title) { code {} }
        }
    }
}
