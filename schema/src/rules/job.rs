//! Rules about the job and its file.

use std::collections::HashSet;

use super::codes::*;
use super::context::{Context, Findings, error};
use super::{MAX_COLUMNS, MAX_DESCRIPTION_CHARS};
use crate::json::JsonPath;
use crate::payload::Delimiter;

fn file(key: &str) -> JsonPath {
    JsonPath::root().key("file").key(key)
}

pub(super) fn description_is_given(context: &Context<'_>, findings: &mut Findings) {
    if context.payload.description.trim().is_empty() {
        findings.push(
            error(DESCRIPTION, JsonPath::root().key("description"), "the job has no `description`")
                .help("say what the import is for; VAN shows it in its notifications"),
        );
    }
}

pub(super) fn description_is_short(context: &Context<'_>, findings: &mut Findings) {
    let length = context.payload.description.chars().count();
    if length > MAX_DESCRIPTION_CHARS {
        findings.push(
            error(
                DESCRIPTION,
                JsonPath::root().key("description"),
                format!("the `description` has {length} characters"),
            )
            .help(format!("VAN allows {MAX_DESCRIPTION_CHARS}; shorten it")),
        );
    }
}

pub(super) fn description_has_no_html(context: &Context<'_>, findings: &mut Findings) {
    for forbidden in ["<", ">", "&#"] {
        if context.payload.description.contains(forbidden) {
            findings.push(
                error(
                    DESCRIPTION,
                    JsonPath::root().key("description"),
                    format!("the `description` holds `{forbidden}`"),
                )
                .help("VAN refuses `<`, `>` and `&#`, which it takes for HTML; write it in words"),
            );
        }
    }
}

pub(super) fn file_name_is_given(context: &Context<'_>, findings: &mut Findings) {
    if context.payload.file.file_name.trim().is_empty() {
        findings.push(
            error(FILE_NAME, file("fileName"), "the file has no `fileName`")
                .help("name the delimited file inside the zip, such as `contacts.csv`"),
        );
    }
}

pub(super) fn source_url_is_given(context: &Context<'_>, findings: &mut Findings) {
    if context.payload.file.source_url.trim().is_empty() {
        findings.push(
            error(SOURCE_URL, file("sourceUrl"), "the file has no `sourceUrl`")
                .help("publish the zip where VAN can fetch it and give its URL"),
        );
    }
}

pub(super) fn source_url_can_be_fetched(context: &Context<'_>, findings: &mut Findings) {
    let url = context.payload.file.source_url.as_ref();
    if !url.trim().is_empty() && !is_fetchable(url) {
        // The URL itself may hold a signature, so it is not repeated here.
        findings.push(
            error(SOURCE_URL, file("sourceUrl"), "the `sourceUrl` is not a URL that VAN can fetch").help(
                "give an absolute URL that starts with `https://`, `http://` or `sftp://` and names a host",
            ),
        );
    }
}

fn is_fetchable(url: &str) -> bool {
    let Some((scheme, rest)) = url.split_once("://") else { return false };
    let is_known = ["http", "https", "sftp"].iter().any(|known| scheme.eq_ignore_ascii_case(known));
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    is_known
        && !host.is_empty()
        && !host.starts_with(':')
        && !url.contains(|c: char| c.is_whitespace() || c.is_control())
}

pub(super) fn there_are_columns(context: &Context<'_>, findings: &mut Findings) {
    if context.payload.file.columns.is_empty() {
        findings.push(
            error(COLUMN_COUNT, file("columns"), "the file has no `columns`")
                .help("name every column in the order of the file; VAN never reads names from the header"),
        );
    }
}

pub(super) fn columns_are_not_too_many(context: &Context<'_>, findings: &mut Findings) {
    let count = context.payload.file.columns.len();
    if count > MAX_COLUMNS {
        findings.push(
            error(COLUMN_COUNT, file("columns"), format!("the file has {count} columns")).help(format!(
                "VAN allows {MAX_COLUMNS}; leave out what no mapping uses, or split the import"
            )),
        );
    }
}

pub(super) fn columns_have_names(context: &Context<'_>, findings: &mut Findings) {
    for (index, name) in context.columns().enumerate() {
        if name.trim().is_empty() {
            findings.push(
                error(
                    BLANK_COLUMN,
                    file("columns").index(index).key("name"),
                    format!("column {} has no `name`", index + 1),
                )
                .help("name every column; the name need not be in the file"),
            );
        }
    }
}

pub(super) fn columns_are_unique(context: &Context<'_>, findings: &mut Findings) {
    let mut seen = HashSet::new();
    for (index, name) in context.columns().enumerate() {
        if !name.trim().is_empty() && !seen.insert(name.to_lowercase()) {
            findings.push(
                error(
                    DUPLICATE_COLUMN,
                    file("columns").index(index).key("name"),
                    format!("there is already a column `{name}`, ignoring case"),
                )
                .help("give each column a name of its own; the name need not be in the file"),
            );
        }
    }
}

pub(super) fn delimiter_is_known(context: &Context<'_>, findings: &mut Findings) {
    if let Delimiter::Other(word) = &context.payload.file.column_delimiter {
        findings.push(
            error(
                UNKNOWN_DELIMITER,
                file("columnDelimiter"),
                format!("`{word}` is no known `columnDelimiter`"),
            )
            .help("use `csv` for commas or `tab` for tabs"),
        );
    }
}
